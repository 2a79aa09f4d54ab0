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
    taken = set(partner.values())
    return [
        *((i, partner.get(i)) for i in range(len(gold))),
        *((None, j) for j in range(len(predicted)) if j not in taken),
    ]


def outcome(slot: str, one: Any, two: Any, same: Same) -> tuple[int, int, int]:
    """(gold fills, predicted fills, right ones) of one slot; the fills of a set are matched one to one, as many
    as possible: a fill that accepts anything (an unnamed source) must not take what only another accepts."""
    ours, theirs = _fills(one), _fills(two)
    if not ours or not theirs:
        return len(ours), len(theirs), 0
    fits = [[j for j, other in enumerate(theirs) if same(slot, fill, other)] for fill in ours]
    owner: dict[int, int] = {}

    def find(i: int, tried: set[int]) -> bool:
        for j in fits[i]:
            if j not in tried:
                tried.add(j)
                if j not in owner or find(owner[j], tried):
                    owner[j] = i
                    return True
        return False

    right = sum(find(i, set()) for i in range(len(ours)))
    return len(ours), len(theirs), right


def _fills(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def agreement(slots: Sequence[str], one: Template, two: Template, same: Same) -> float:
    """How many fills two templates share."""
    return sum(outcome(slot, one.get(slot), two.get(slot), same)[2] for slot in slots)
