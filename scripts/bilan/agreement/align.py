"""Which record of one annotation is which record of the other: optimal one-to-one alignment by shared words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bilan.incidents import BilanError, Incident
from bilan.model import Json

T = TypeVar("T")
Span = tuple[int, int]

EXTRA = "pip install 'bilan[agree]'"


def shared(a: Span, b: Span) -> int:
    """Code points that two spans share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def likeness(a: Span, b: Span) -> float:
    """Code points shared over code points covered: 1 for equal spans, 0 for spans apart."""
    common = shared(a, b)
    return common / (max(a[1], b[1]) - min(a[0], b[0])) if common else 0.0


def one_to_one(ours: Sequence[T], theirs: Sequence[T], weight: Callable[[T, T], float]) -> list[tuple[T, T]]:
    """The pairs of the assignment with the greatest total weight, pairs of weight 0 left out.

    Raises BilanError if the extra ``agree`` (SciPy) is not installed.
    """
    table = [[weight(a, b) for b in theirs] for a in ours]
    return [(ours[i], theirs[j]) for i, j in assignment(table) if table[i][j] > 0]


def assignment(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Row and column of the assignment with the greatest total weight (Kuhn–Munkres, by SciPy)."""
    if not weights or not weights[0]:
        return []
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError:
        message = "comparing annotations needs SciPy, which is not installed"
        raise BilanError(Incident("B809", message, EXTRA)) from None
    first, second = linear_sum_assignment(weights, maximize=True)
    return [(int(i), int(j)) for i, j in zip(first, second, strict=True)]


def place(record: Json) -> Span:
    return record["start"], record["end"]


def overlaps(a: Sequence[Json], b: Sequence[Json]) -> float:
    """How many spans of one list meet one of the other, equal ones counting more."""
    return sum(max((likeness(place(x), place(y)) for y in b), default=0.0) for x in a)


def records(ours: Json, theirs: Json) -> dict[str, dict[str, str]]:
    """Layer → our record's id → their record's id, for the records that are the same."""
    out: dict[str, dict[str, str]] = {}
    for layer in ("times", "figures"):
        pairs = one_to_one(ours[layer], theirs[layer], lambda a, b: likeness(place(a), place(b)))
        out[layer] = {a["id"]: b["id"] for a, b in pairs}
    for layer, field in (("entities", "mentions"), ("events", "triggers")):
        pairs = one_to_one(ours[layer], theirs[layer], lambda a, b, f=field: _list_weight(a, b, f))  # type: ignore[misc]
        out[layer] = {a["id"]: b["id"] for a, b in pairs}
    out["attributions"] = _attributions(ours, theirs, out["figures"])
    out["sources"] = _sources(ours, theirs, out["attributions"])
    return out


def _list_weight(a: Json, b: Json, field: str) -> float:
    """Shared spans; of two candidates with as many, the one of the same type."""
    common = overlaps(a[field], b[field])
    return common + 0.01 * (a["type"] == b["type"]) if common else 0.0


def _attributions(ours: Json, theirs: Json, figures: Mapping[str, str]) -> dict[str, str]:
    """By their cues; of two with the same cue, by the figures that they hold."""

    def weight(a: Json, b: Json) -> float:
        common = overlaps(a["cues"], b["cues"])
        content = sum(figures.get(ident) in b["content"] for ident in a["content"] if ident in figures)
        return common + 0.1 * content if common else 0.0

    return {a["id"]: b["id"] for a, b in one_to_one(ours["attributions"], theirs["attributions"], weight)}


def _sources(ours: Json, theirs: Json, attributions: Mapping[str, str]) -> dict[str, str]:
    """By their mentions; where there are none, by the statements that they make."""
    said = {b["id"]: b for b in theirs["attributions"]}
    together: dict[tuple[str, str], int] = {}
    for a in ours["attributions"]:
        other = said.get(attributions.get(a["id"], ""))
        for one in a["sources"] if other else ():
            for two in other["sources"] if other else ():
                together[one, two] = together.get((one, two), 0) + 1

    def weight(a: Json, b: Json) -> float:
        statements = together.get((a["id"], b["id"]), 0)
        if a["mentions"] and b["mentions"]:
            common = overlaps(a["mentions"], b["mentions"])
            return common + 0.1 * statements if common else 0.0
        return 0.1 * statements if not a["mentions"] and not b["mentions"] else 0.0

    return {a["id"]: b["id"] for a, b in one_to_one(ours["sources"], theirs["sources"], weight)}
