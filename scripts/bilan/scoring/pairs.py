"""Which predicted span is which gold span: one to one, equal ones first, the rest by shared characters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from bilan.agreement.align import assignment, likeness

Labelled = tuple[int, int, str]
"""Start, end (half-open, code points) and label."""

Pair = tuple[int | None, int | None]
"""Position in the gold list, position in the predicted list; None = nothing there."""

_SAME_LABEL = 0.01
_ONE_MORE = 1e-6
"""Of assignments with the same likeness, the one with more pairs, whichever list is the gold one."""


def pair(
    gold: Sequence[Labelled],
    predicted: Sequence[Labelled | None],
    same: Callable[[int, int], bool] | None = None,
) -> list[Pair]:
    """Every gold and every predicted span once, in order of the gold list; a predicted None meets nothing.

    First equal spans with equal labels, then equal spans, then overlapping ones by the optimal assignment of
    their likeness (code points shared over code points covered), where the same label breaks ties. ``same`` says
    of a gold and a predicted position whether they agree in everything: of several predictions with one span and
    label that one is taken, in whatever order they come.
    """
    partner: dict[int, int] = {}
    free = {j for j, span in enumerate(predicted) if span is not None}
    for key in (_with_label, _without_label):
        places: dict[tuple[int | str, ...], list[int]] = {}
        for j in sorted(free):
            places.setdefault(key(predicted[j]), []).append(j)  # type: ignore[arg-type]
        for i, span in enumerate(gold):
            if i not in partner and (found := places.get(key(span))):
                best = next((j for j in found if same(i, j)), found[0]) if same else found[0]
                found.remove(best)
                partner[i] = best
                free.discard(best)
    rest = [i for i in range(len(gold)) if i not in partner]
    for i, j in _overlapping(gold, rest, predicted, free):
        partner[i] = j
        free.discard(j)
    taken = set(partner.values())
    return [
        *((i, partner.get(i)) for i in range(len(gold))),
        *((None, j) for j in range(len(predicted)) if j not in taken),
    ]


def _with_label(span: Labelled) -> tuple[int | str, ...]:
    return span


def _without_label(span: Labelled) -> tuple[int | str, ...]:
    return span[:2]


def _overlapping(
    gold: Sequence[Labelled], rest: Sequence[int], predicted: Sequence[Labelled | None], free: set[int]
) -> list[tuple[int, int]]:
    """Assignment within each group of spans that hang together by overlaps."""
    order = sorted(free, key=lambda j: predicted[j][:2])  # type: ignore[index]
    starts = [predicted[j][0] for j in order]  # type: ignore[index]
    longest = max((predicted[j][1] - predicted[j][0] for j in order), default=0)  # type: ignore[index]
    edges: dict[int, list[int]] = {}
    for i in rest:
        start, end, _ = gold[i]
        for at in range(bisect_left(starts, start - longest), bisect_left(starts, end)):
            j = order[at]
            if predicted[j][1] > start:  # type: ignore[index]
                edges.setdefault(i, []).append(j)
    out: list[tuple[int, int]] = []
    for group in _components(edges):
        theirs = sorted({j for i in group for j in edges[i]})
        if len(group) == 1 and len(theirs) == 1:
            out.append((group[0], theirs[0]))
            continue
        table = [[_weight(gold[i], predicted[j]) for j in theirs] for i in group]
        out += [(group[a], theirs[b]) for a, b in assignment(table) if table[a][b] > 0]
    return out


def _weight(a: Labelled, b: Labelled | None) -> float:
    if b is None:
        return 0.0
    common = likeness(a[:2], b[:2])
    return common + _SAME_LABEL * (a[2] == b[2]) + _ONE_MORE if common else 0.0


def _components(edges: dict[int, list[int]]) -> list[list[int]]:
    """Gold spans that share candidates, directly or through others."""
    by_candidate: dict[int, list[int]] = {}
    for i, candidates in edges.items():
        for j in candidates:
            by_candidate.setdefault(j, []).append(i)
    out, seen = [], set()
    for first in edges:
        if first in seen:
            continue
        group, heap = [], [first]
        seen.add(first)
        while heap:
            i = heap.pop()
            group.append(i)
            for j in edges[i]:
                for other in by_candidate.pop(j, ()):
                    if other not in seen:
                        seen.add(other)
                        heap.append(other)
        out.append(sorted(group))
    return out
