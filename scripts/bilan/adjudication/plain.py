"""Records as readings: references and values as they are, spans as places, so that two can be compared field by field.

A zone, time or figure has its place under ``span``; lists of spans hold places. Lists have no order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bilan import model
from bilan.diffing.form import REFERENCES
from bilan.model import Json

HEAD = ("published", "style", "added_in", "record", "references")
"""Fields of the article itself that annotations may differ in."""

MAY_LACK: dict[str, tuple[str, ...]] = {
    "article": ("added_in", "references"),
    "entities": ("registry", "name"),
    "figures": ("references",),
    "attributions": ("reference",),
}
"""Layer → fields that are looked up, not read from the words. One who left such a field empty says nothing by it. (The
name of an entity is that of the registry: one who looks nothing up names it by the words.)"""

ARTICLE = "article"
"""The record, and the layer, of those fields."""

SPANS = tuple(dict.fromkeys(field for some in model.SPAN_LISTS.values() for field in some))
"""Fields that hold lists of places."""

NUMBERS = ("stated", "low", "high")
"""Fields where a number is a value."""


def reading(layer: str, record: Json) -> Json:
    """A record without its id, in this form."""
    if layer == ARTICLE:
        return {field: record[field] for field in HEAD}
    out: Json = {}
    if layer in model.SELF_SPANNED:
        out["span"] = place_of(record)
    lists = model.SPAN_LISTS.get(layer, ())
    for field in fields(layer):
        if field in lists:
            out[field] = [place_of(span) for span in record[field]]
        elif field != "span":
            out[field] = record[field]
    return out


def fields(layer: str) -> tuple[str, ...]:
    """The fields of a reading in order."""
    if layer == ARTICLE:
        return HEAD
    own = layer in model.SELF_SPANNED
    rest = tuple(k for k in model.record_keys(layer) if k != "id" and not (own and k in model.SPAN_KEYS))
    return ("span", *rest) if own else rest


def places(reading: Json) -> list[Json]:
    """The places in the text that a reading names."""
    lists = [reading[field] for field in SPANS if field in reading]
    return ([reading["span"]] if "span" in reading else []) + [place for some in lists for place in some]


def place_of(span: Json) -> Json | None:
    """The place of a span, with its kind if it is a mention; None for a record without a place (yet)."""
    if "start" not in span:
        return None
    kind = {"kind": span["kind"]} if span.get("kind") in ("name", "nominal") else {}
    return {**kind, "start": span["start"], "end": span["end"]}


def key(value: Any) -> str:
    """Equal for equal values: numbers by what they are worth, lists without their order."""
    if isinstance(value, list):
        return json.dumps(sorted(key(one) for one in value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def layer_of(ident: str) -> str:
    """The layer of an id; the article's own fields are a layer of one record."""
    return _LAYERS.get(ident.rstrip("0123456789"), ARTICLE)


_LAYERS = {prefix: layer for layer, prefix in model.PREFIXES.items()}


def same(a: Json | None, b: Json | None) -> bool:
    """Whether two readings say the same; None: no such record."""
    if a is None or b is None:
        return a is b
    return a.keys() == b.keys() and all(key(a[field]) == key(b[field]) for field in a)


def given(field: str, readings: Sequence[Json], layer: str) -> list[Any]:
    """The values of a field; of one that is looked up, those of the readings that looked it up, if there are any."""
    values = [reading[field] for reading in readings]
    if field in MAY_LACK.get(layer, ()):
        tell = "registry" if field == "name" else field
        values = [reading[field] for reading in readings if reading[tell]] or values
    return values


def references(layer: str, reading: Json) -> Iterator[str]:
    """The records of the article that a reading, or a record, points at."""
    for field, how in REFERENCES.get(layer, {}).items():
        value = reading.get(field)
        if how == "one" and isinstance(value, str):
            yield value
        elif how == "list" and isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))
        elif how == "entity" and isinstance(value, list):
            yield from (one["entity"] for one in value if isinstance(one, dict) and "entity" in one)
