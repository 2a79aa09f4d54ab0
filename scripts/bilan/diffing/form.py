"""Records in a form in which two can be compared: references by the new document's ids, lists without their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bilan import jsonio
from bilan.model import Json

Ids = Mapping[str, str]
"""Old id → new id of what was matched."""

REFERENCES: dict[str, dict[str, str]] = {
    "events": {
        "times": "list",
        "places": "list",
        "participants": "entity",
        "part_of": "one",
        "story_event": "story event",
    },
    "figures": {"event": "one", "entity": "one", "period": "one", "references": "pages"},
    "sources": {"entity": "one"},
    "attributions": {
        "sources": "list",
        "content": "list",
        "blames": "list",
        "reference": "page",
    },
    "relations": {"from": "one", "to": "one"},
    "references": {"derived_from": "one"},  # of a story
}
"""Layer → field → how it refers: one id, a list of ids, objects with an ``entity``, events or pages of the story."""

OWN = {"events": ("part_of",), "attributions": ("content",), "references": ("derived_from",)}
"""Fields that point into the record's own layer (``content`` does so in part)."""

PAGES = ("page", "pages", "story event")


def gone(ident: str) -> str:
    """What stands for a record that is not in the new document: no id looks like this."""
    return f"-{ident}"


def key(value: Any) -> bytes:
    """Bytes that are equal for equal JSON values and no others."""
    try:
        return jsonio.canonical_json(value, floats=False)
    except TypeError:  # an integer beyond 64 bits
        return jsonio.canonical_json(value)


def mapped(layer: str, field: str, value: Any, ids: Ids, story: Ids) -> Any:
    """The value of a field with its references in the new document's ids; other fields as they are."""
    how = REFERENCES.get(layer, {}).get(field)
    if how is None or value is None:
        return value
    table = story if how in PAGES else ids

    def to(ident: Any) -> Any:
        return table.get(ident, gone(ident)) if isinstance(ident, str) else ident

    if how == "entity":
        return [{**one, "entity": to(one["entity"])} for one in value]
    return [to(one) for one in value] if isinstance(value, list) else to(value)


def normal(
    record: Json, layer: str, renamed: Callable[[str, Any], Any], without: frozenset[str] | None
) -> bytes:
    """A record without its id as bytes: equal for two that say the same of the same.

    ``renamed`` gives the value of a field in the new document's ids. ``without``: ids of the record's own layer, whose
    partners are not known yet: references to them are left out; None: nothing is left out.
    """
    out = {}
    for field, value in record.items():
        if field == "id":
            continue
        if without is not None and field in OWN.get(layer, ()):
            value = [one for one in value if one not in without] if isinstance(value, list) else None
        value = renamed(field, value)
        out[field] = sorted(map(key, value)) if isinstance(value, list) else key(value)
    return repr(sorted(out.items())).encode()
