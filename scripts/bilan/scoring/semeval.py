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
    free = list(range(len(gold)))
    for j, span in enumerate(predicted):
        near = [i for i in free if span[0] < gold[i][1] and gold[i][0] < span[1] and _enough(span, gold[i])]
        if not near:
            out.append((None, j, "spurious"))
            continue
        right = _right(schema, gold, near, span)
        wrong = "partial" if schema == "partial" else "incorrect"
        out.append((near[0], j, wrong) if right is None else (right, j, "correct"))
        free.remove(near[0] if right is None else right)
    out += [(i, None, "missed") for i in free]
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


def _enough(span: Labelled, gold: Labelled) -> bool:
    shared = min(span[1], gold[1]) - max(span[0], gold[0])
    return shared / (gold[1] - gold[0]) * 100 >= PERCENT


def counts(schema: str, outcome: str, times: int = 1) -> dict[str, float]:
    """The counts of one decision that was taken so many times, under the keys of ``measures``."""
    right = {"correct": 1.0, "partial": 0.5}.get(outcome, 0.0)
    return {
        f"semeval {schema} {outcome}": float(times),
        f"semeval {schema} right": times * right,
        f"semeval {schema} gold": float(times * (outcome != "spurious")),
        f"semeval {schema} predicted": float(times * (outcome != "missed")),
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
