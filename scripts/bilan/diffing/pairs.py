"""Which record of an old list is which of a new one: by id and place, never by position in the list.

Spans of old records are given in the offsets of the new text (``carry``). The passes, each over what the ones before
left: equal in everything; equal but for the id; same id and same spans; same spans; same id, and spans that overlap, or
the same content elsewhere, or no spans to go by; spans that share more than half of their letters.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from bilan.diffing import form
from bilan.diffing.form import Ids
from bilan.model import SELF_SPANNED, SPAN_KEYS, SPAN_LISTS, Json

Pairs = list[tuple[int, int]]
Place = tuple[str, int, int]


def pair(layer: str, old: Sequence[Json], new: Sequence[Json], ids: Ids, story: Ids) -> Pairs:
    """Pairs of indices of an article's records, in order of the old list. What is in no pair is gone, or new.

    ``ids``: old → new ids of the layers that this one refers to; ``story``: of the story's events and references.
    """
    own_old = frozenset(one["id"] for one in old)
    own_new = frozenset(one["id"] for one in new)

    def renamed(field: str, value: Any) -> Any:
        return form.mapped(layer, field, value, ids, story)

    found = _Passes(old, new)
    whole_old = found.each_old(lambda one: form.normal(one, layer, renamed, own_old))
    whole_new = found.each_new(lambda one: form.normal(one, layer, _same, own_new))
    found.take(lambda i: (old[i]["id"], whole_old[i]), lambda j: (new[j]["id"], whole_new[j]))
    found.take(whole_old.__getitem__, whole_new.__getitem__)
    if not found.open():
        return found.pairs()
    places_old = found.each_old(lambda one: places(layer, one))
    places_new = found.each_new(lambda one: places(layer, one))
    found.take(
        lambda i: (old[i]["id"], places_old[i]) if places_old[i] else None,
        lambda j: (new[j]["id"], places_new[j]) if places_new[j] else None,
    )
    found.take(lambda i: places_old[i] or None, lambda j: places_new[j] or None)

    def still_the_same(i: int, j: int) -> bool:
        if not places_old[i] or not places_new[j] or overlap(places_old[i], places_new[j]) > 0:
            return True
        bare_old, bare_new = _bare(layer, old[i]), _bare(layer, new[j])
        return form.normal(bare_old, layer, renamed, own_old) == form.normal(bare_new, layer, _same, own_new)

    by_id = {new[j]["id"]: j for j in found.new_left}
    for i in list(found.old_left):
        j = by_id.get(old[i]["id"])
        if j is not None and j in found.new_left and still_the_same(i, j):
            found.add(i, j)
    shares = [
        (-share, i, j)
        for i in found.old_left
        for j in found.new_left
        if (share := overlap(places_old[i], places_new[j])) > 0.5
    ]
    for _, i, j in sorted(shares):
        if i in found.old_left and j in found.new_left:
            found.add(i, j)
    return found.pairs()


def pair_by_id(layer: str, old: Sequence[Json], new: Sequence[Json], same: tuple[str, ...]) -> Pairs:
    """Pairs of a story's records, which have no spans: equal ones first, then those of one id that also agree in one
    of the fields ``same``, then those that agree in the first of these, then those of one id."""
    own_old = frozenset(one["id"] for one in old)
    own_new = frozenset(one["id"] for one in new)
    found = _Passes(old, new)
    whole_old = found.each_old(lambda one: form.normal(one, layer, _same, own_old))
    whole_new = found.each_new(lambda one: form.normal(one, layer, _same, own_new))
    found.take(lambda i: (old[i]["id"], whole_old[i]), lambda j: (new[j]["id"], whole_new[j]))
    found.take(whole_old.__getitem__, whole_new.__getitem__)
    by_id = {new[j]["id"]: j for j in found.new_left}
    for i in list(found.old_left):
        j = by_id.get(old[i]["id"])
        if j is not None and any(old[i].get(key) == new[j].get(key) is not None for key in same):
            found.add(i, j)
    found.take(lambda i: old[i].get(same[0]), lambda j: new[j].get(same[0]))
    found.take(lambda i: old[i]["id"], lambda j: new[j]["id"])
    return found.pairs()


def places(layer: str, record: Json) -> tuple[Place, ...]:
    """Where a record stands: field, start and end of each of its spans, sorted."""
    if layer in SELF_SPANNED:
        return (("", record["start"], record["end"]),)
    fields = SPAN_LISTS.get(layer, ())
    return tuple(sorted((field, span["start"], span["end"]) for field in fields for span in record[field]))


def overlap(ours: tuple[Place, ...], theirs: tuple[Place, ...]) -> float:
    """How much of the letters of either record are letters of both, from 0 to 1, field by field."""
    common = sum(
        max(0, min(end, other_end) - max(start, other_start))
        for field, start, end in ours
        for other, other_start, other_end in theirs
        if field == other
    )
    if not common:
        return 0.0
    letters = sum(end - start for some in (ours, theirs) for _, start, end in some)
    return common / (letters - common) if letters > common else 1.0


def _same(field: str, value: Any) -> Any:
    return value


def _bare(layer: str, record: Json) -> Json:
    left_out = SPAN_KEYS if layer in SELF_SPANNED else SPAN_LISTS.get(layer, ())
    return {field: value for field, value in record.items() if field not in left_out}


class _Passes:
    """Two lists and what of them has no partner yet."""

    def __init__(self, old: Sequence[Json], new: Sequence[Json]) -> None:
        self.old, self.new = old, new
        self.old_left = dict.fromkeys(range(len(old)))
        self.new_left = dict.fromkeys(range(len(new)))
        self._pairs: Pairs = []

    def each_old(self, of: Callable[[Json], Any]) -> dict[int, Any]:
        return {i: of(self.old[i]) for i in self.old_left}

    def each_new(self, of: Callable[[Json], Any]) -> dict[int, Any]:
        return {j: of(self.new[j]) for j in self.new_left}

    def open(self) -> bool:
        """Whether both sides have something left."""
        return bool(self.old_left and self.new_left)

    def add(self, i: int, j: int) -> None:
        del self.old_left[i], self.new_left[j]
        self._pairs.append((i, j))

    def take(self, ours: Callable[[int], Hashable], theirs: Callable[[int], Hashable]) -> None:
        """Pairs all that have one key, in order; None is no key."""
        free: dict[Hashable, deque[int]] = defaultdict(deque)
        for j in self.new_left:
            if (key := theirs(j)) is not None:
                free[key].append(j)
        for i in list(self.old_left):
            if (key := ours(i)) is not None and free.get(key):
                self.add(i, free[key].popleft())

    def pairs(self) -> Pairs:
        return sorted(self._pairs)
