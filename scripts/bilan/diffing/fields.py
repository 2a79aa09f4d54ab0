"""What changed inside a record whose partner is known: its fields one by one, as JSON and as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bilan.diffing import form, words
from bilan.diffing.changes import Change
from bilan.model import SELF_SPANNED, SPAN_KEYS, SPAN_LISTS, Json

VALUE = ("stated", "low", "high", "modifier", "unit")
"""Fields of a figure that are one value."""

Named = tuple[str, Json]
"""A record with its layer."""

Names = tuple[Mapping[str, Named], Mapping[str, Named]]
"""Id → record, in the old and in the new document."""

_SHOWN = 3
"""So many spans or ids of a list are shown; the JSON has all."""


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: 1 is not true."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict | list):
        return one == other and form.key(one) == form.key(other)
    return bool(one == other)


def notation() -> Change:
    """The change of a document that says the same in other bytes."""
    return Change("notation", None, None, "a number", "the same, written otherwise")


def scalar(field: str, old: Any, new: Any) -> Change:
    """A change of a field that is shown as it is."""
    return Change(field, old, new, words.plain(old), words.plain(new))


def compare(
    layer: str, old: Json, carried: Json, new: Json, ids: form.Ids, story: form.Ids, names: Names
) -> tuple[list[Change], list[str]]:
    """Changed fields of a pair, and the names of its lists that are in another order only.

    ``carried`` is the old record with its spans in the offsets of the new text.
    """
    changes: list[Change] = []
    reordered: list[str] = []
    skip = {"id"}
    if layer in SELF_SPANNED:
        skip.update(SPAN_KEYS)
        if found := _own_span(old, carried, new):
            changes.append(found)
    if layer == "figures":
        skip.update(VALUE)
        if found := _value(old, new):
            changes.append(found)
    for field in dict.fromkeys((*old, *new)):
        if field in skip:
            continue
        ours, theirs = carried.get(field), new.get(field)
        if field in SPAN_LISTS.get(layer, ()):
            change = spans(field, old[field], carried[field], new[field])
            moved = ours
        elif form.REFERENCES.get(layer, {}).get(field):
            moved = form.mapped(layer, field, ours, ids, story)
            change = _reference(layer, field, ours, moved, theirs, ids, story, names)
        else:
            moved = ours
            change = None
            if not same(ours, theirs) or (field in old) != (field in new):
                change = scalar(field, ours, theirs)
        if change is not None:
            changes.append(change)
        elif isinstance(moved, list) and moved != theirs:
            reordered.append(field)
    return changes, reordered


def _own_span(old: Json, carried: Json, new: Json) -> Change | None:
    ours = {key: carried[key] for key in SPAN_KEYS if key in carried}
    theirs = {key: new[key] for key in SPAN_KEYS if key in new}
    if ours == theirs:
        return None
    before = {key: old[key] for key in SPAN_KEYS if key in old}
    return Change("span", before, theirs, *_apart(before, theirs))


def _apart(old: Json, new: Json) -> tuple[str, str]:
    """Two spans in words; with their places if the words are the same."""
    ours, theirs = words.surface(old), words.surface(new)
    if ours != theirs:
        return ours, theirs
    return tuple(f"{words.surface(one)} at {one['start']}–{one['end']}" for one in (old, new))  # type: ignore[return-value]


def _value(old: Json, new: Json) -> Change | None:
    ours = {key: old[key] for key in VALUE if key in old}
    theirs = {key: new[key] for key in VALUE if key in new}
    if same(ours, theirs):
        return None
    shown = (words.value(old), words.value(new))
    if shown[0] == shown[1]:
        shown = (words.whole_value(old), words.whole_value(new))
    return Change("value", ours, theirs, *shown)


def spans(field: str, old: Sequence[Json], carried: Sequence[Json], new: Sequence[Json]) -> Change | None:
    """What is gone from a list of spans and what came, whatever the order; None if nothing."""
    ours, theirs = [form.key(one) for one in carried], [form.key(one) for one in new]
    gone, came = _left(ours, theirs), _left(theirs, ours)
    if not gone and not came:
        return None
    before, after = [old[i] for i in gone], [new[j] for j in came]
    return Change(field, before, after, *_listed(before, after))


def _listed(old: Sequence[Json], new: Sequence[Json]) -> tuple[str, str]:
    def tell(some: Sequence[Json], exact: bool) -> str:
        return listed(
            [
                words.surface(one)
                + (f" ({one['kind']})" if "kind" in one else "")
                + (f" at {one['start']}–{one['end']}" if exact else "")
                for one in some
            ]
        )

    exact = tell(old, False) == tell(new, False)
    return tell(old, exact), tell(new, exact)


def listed(some: Sequence[str]) -> str:
    """The first few of a list, and how many more."""
    more = len(some) - _SHOWN
    return ", ".join(some[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _left(some: Sequence[bytes], others: Sequence[bytes]) -> list[int]:
    """Indices of what the others do not have, counting doubles."""
    there = Counter(others)
    out = []
    for i, one in enumerate(some):
        if there[one]:
            there[one] -= 1
        else:
            out.append(i)
    return out


def _reference(
    layer: str, field: str, old: Any, moved: Any, new: Any, ids: form.Ids, story: form.Ids, names: Names
) -> Change | None:
    how = form.REFERENCES[layer][field]
    if how == "entity":
        return _participants(field, old or (), moved or (), new or (), names)
    if isinstance(old, list) and isinstance(new, list):
        return id_list(field, old, new, story if how in form.PAGES else ids, names)
    if same(moved, new):
        return None
    return Change(field, old, new, named(old, names[0]), named(new, names[1]))


def named(ident: Any, names: Mapping[str, Named]) -> str:
    """An id with the record it stands for: "e5 Malian army"."""
    if isinstance(ident, str) and ident in names:
        return f"{ident} {words.record(*names[ident])}"
    return words.plain(ident)


def id_list(field: str, old: Any, new: Any, ids: form.Ids, names: Names) -> Change | None:
    """What is gone from a list of ids and what came, whatever the order; None if nothing."""
    old, new = old or [], new or []
    ours = [form.key(ids.get(one, form.gone(one))) for one in old]
    theirs = [form.key(one) for one in new]
    before = [old[i] for i in _left(ours, theirs)]
    after = [new[j] for j in _left(theirs, ours)]
    if not before and not after:
        return None
    shown = [
        listed([named(one, some) for one in part]) for part, some in zip((before, after), names, strict=True)
    ]
    return Change(field, before, after, shown[0], shown[1])


def _participants(
    field: str, old: Sequence[Json], moved: Sequence[Json], new: Sequence[Json], names: Names
) -> Change | None:
    ours, theirs = [form.key(one) for one in moved], [form.key(one) for one in new]
    before = [old[i] for i in _left(ours, theirs)]
    after = [new[j] for j in _left(theirs, ours)]
    if not before and not after:
        return None

    def tell(some: Sequence[Json], names: Mapping[str, Named]) -> str:
        roles = [
            f"{named(one['entity'], names)} ({', '.join(str(one[k]) for k in ('role', 'fate') if one.get(k))})"
            for one in some
        ]
        return listed(roles)

    return Change(field, before, after, tell(before, names[0]), tell(after, names[1]))
