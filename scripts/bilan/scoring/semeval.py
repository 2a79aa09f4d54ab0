"""The four SemEval-2013 schemas as ``nervaluate`` counts them: strict, exact, partial, type.

Predictions are taken in the order of the text; each looks for a gold span that is still free. The order of
decisions, and the threshold of 1 % of the gold span, are those of nervaluate 1.2 (MIT): the counts are equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from bilan.scoring.items import Measure
from bilan.scoring.pairs import Labelled

SCHEMAS = ("strict", "exact", "partial", "type")
OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")
PERCENT = 1.0


def decide(
    schema: str, gold: Sequence[Labelled], predicted: Sequence[Labelled]
) -> list[tuple[int | None, int | None, str]]:
    """(position in gold, position in predicted, outcome) of everything, under one schema."""
    out: list[tuple[int | None, int | None, str]] = []
    taken: set[int] = set()
    for j, span in enumerate(predicted):
        near = [i for i, other in enumerate(gold) if i not in taken and _meets(span, other)]
        right = _right(schema, gold, near, span)
        if right is not None:
            out.append((right, j, "correct"))
            taken.add(right)
        elif near:
            out.append((near[0], j, "partial" if schema == "partial" else "incorrect"))
            taken.add(near[0])
        else:
            out.append((None, j, "spurious"))
    out += [(i, None, "missed") for i in range(len(gold)) if i not in taken]
    return out


def _right(schema: str, gold: Sequence[Labelled], near: Sequence[int], span: Labelled) -> int | None:
    if schema == "type":
        same = [i for i in near if gold[i][2] == span[2]]
        apart = [abs(gold[i][0] - span[0]) + abs(gold[i][1] - span[1]) for i in same]
        return same[apart.index(min(apart))] if same else None
    for i in near:
        if gold[i][:2] == span[:2] and (schema != "strict" or gold[i][2] == span[2]):
            return i
    return None


def _meets(span: Labelled, gold: Labelled) -> bool:
    shared = min(span[1], gold[1]) - max(span[0], gold[0])
    return shared > 0 and shared / (gold[1] - gold[0]) * 100 >= PERCENT


def counts(schema: str, outcome: str) -> dict[str, float]:
    """The counts of one decision, under the keys of ``measures``."""
    right = {"correct": 1.0, "partial": 0.5}.get(outcome, 0.0)
    return {
        f"semeval {schema} {outcome}": 1,
        f"semeval {schema} right": right,
        f"semeval {schema} gold": float(outcome != "spurious"),
        f"semeval {schema} predicted": float(outcome != "missed"),
    }


def measures(section: str) -> list[Measure]:
    """F1 under each schema: partly right counts one half, as in nervaluate's partial schema."""
    return [
        Measure(
            section,
            schema,
            "F1",
            (f"semeval {schema} right", f"semeval {schema} gold", f"semeval {schema} predicted"),
        )
        for schema in SCHEMAS
    ]
