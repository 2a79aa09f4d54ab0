"""Slots as MUC scored templates: every fill is correct, incorrect, missing or spurious; templates aligned optimally.

A template is a mapping of slot → fill. A *fill* is a value, or a list of values for a slot that holds a set. A slot
that is absent on both sides counts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bilan.agreement.align import assignment

Template = Mapping[str, Any]
Same = Callable[[str, Any, Any], bool]
"""(slot, gold fill, predicted fill) → whether they are the same."""


def align(
    gold: Sequence[Template], predicted: Sequence[Template], weight: Callable[[Template, Template], float]
) -> list[tuple[int | None, int | None]]:
    """Every template of both sides once: the one-to-one alignment of greatest weight; weight 0 aligns nothing."""
    table = [[weight(a, b) for b in predicted] for a in gold]
    partner = {i: j for i, j in assignment(table) if table[i][j] > 0}
    return [
        *((i, partner.get(i)) for i in range(len(gold))),
        *((None, j) for j in range(len(predicted)) if j not in partner.values()),
    ]


def outcome(slot: str, one: Any, two: Any, same: Same) -> tuple[int, int, int]:
    """(gold fills, predicted fills, right ones) of one slot; the fills of a set are matched one to one."""
    ours, theirs = _fills(one), _fills(two)
    left = list(theirs)
    right = 0
    for fill in ours:
        for at, other in enumerate(left):
            if same(slot, fill, other):
                del left[at]
                right += 1
                break
    return len(ours), len(theirs), right


def _fills(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def agreement(slots: Sequence[str], one: Template, two: Template, same: Same) -> float:
    """How many fills two templates share."""
    return sum(outcome(slot, one.get(slot), two.get(slot), same)[2] for slot in slots)
