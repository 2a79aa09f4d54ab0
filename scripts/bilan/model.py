"""The shape of an article as plain data: layers, key order, and walks over spans and references.

The order of keys is that of the schema's ``properties``; this module reads it from there, so that there is
one place for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from bilan.paths import schema_file

Json = dict[str, Any]

LAYERS = ("zones", "entities", "times", "events", "figures", "sources", "attributions", "relations")

PREFIXES = {
    "zones": "z",
    "entities": "e",
    "times": "t",
    "events": "ev",
    "figures": "f",
    "sources": "s",
    "attributions": "a",
    "relations": "rel",
}
"""Layer → the letters its ids begin with."""

SPAN_LISTS = {
    "entities": ("mentions",),
    "events": ("triggers",),
    "sources": ("mentions",),
    "attributions": ("cues", "quotes"),
}
"""Layer → fields that hold lists of spans."""

SELF_SPANNED = ("zones", "times", "figures")
"""Layers whose records are spans themselves."""

SPAN_KEYS = ("start", "end", "surface", "hash", "anchor")


@cache
def _schema() -> Json:
    with open(schema_file("article.schema.json"), encoding="utf-8") as file:
        schema: Json = json.load(file)
    return schema


@cache
def record_keys(layer: str) -> tuple[str, ...]:
    """Keys of a record of a layer in canonical order, the span's own keys included."""
    return tuple(_schema()["$defs"][layer]["properties"])


@cache
def top_keys() -> tuple[str, ...]:
    """Keys of an article in canonical order."""
    return tuple(_schema()["properties"])


@cache
def sub_keys(*path: str) -> tuple[str, ...]:
    """Keys of a nested object, by the path of property names below the article, as ("text", "anchors")."""
    node = _schema()
    for name in path:
        node = node["properties"][name]
    return tuple(node["properties"])


@cache
def item_keys(layer: str, field: str) -> tuple[str, ...]:
    """Keys of the objects in a list field of a layer, as ("events", "participants")."""
    items = _schema()["$defs"][layer]["properties"][field]["items"]
    if "$ref" in items:
        items = _schema()["$defs"][items["$ref"].rsplit("/", 1)[1]]
    return tuple(items["properties"])


def ordered(record: Json, keys: tuple[str, ...]) -> Json:
    """The record with its keys in canonical order; unknown keys last, as they stood, for the schema to refuse."""
    out = {key: record[key] for key in keys if key in record}
    out.update((key, value) for key, value in record.items() if key not in out)
    return out


class SpanAt(NamedTuple):
    """One span of an article: its record's layer and id, its field ("" if the record is the span) and data."""

    layer: str
    id: str
    field: str
    span: Json
    pointer: str


def spans(article: Json) -> Iterator[SpanAt]:
    """Every span of an article in the order of the file, with its JSON pointer."""
    for layer in SELF_SPANNED:
        for i, record in enumerate(article[layer]):
            yield SpanAt(layer, record["id"], "", record, f"/{layer}/{i}")
    for layer, fields in SPAN_LISTS.items():
        for i, record in enumerate(article[layer]):
            ident = record["id"]
            for field in fields:
                for j, span in enumerate(record[field]):
                    yield SpanAt(layer, ident, field, span, f"/{layer}/{i}/{field}/{j}")


def span_lists(article: Json) -> Iterator[tuple[str, str, int, Sequence[Json]]]:
    """The same spans, list by list: (layer, field, index of the record, its spans)."""
    for layer in SELF_SPANNED:
        for i, record in enumerate(article[layer]):
            yield layer, "", i, (record,)
    for layer, fields in SPAN_LISTS.items():
        for i, record in enumerate(article[layer]):
            for field in fields:
                yield layer, field, i, record[field]


def span_pointer(layer: str, field: str, i: int, j: int) -> str:
    """JSON pointer of the j-th span of a field of the i-th record of a layer; field "" = the record itself."""
    return f"/{layer}/{i}/{field}/{j}" if field else f"/{layer}/{i}"


def references(article: Json) -> Iterator[tuple[tuple[str | int, ...], str, tuple[str, ...]]]:
    """Every reference from record to record: (path to it, target id, layers it may point into)."""
    for i, event in enumerate(article["events"]):
        for field, layers in (("times", ("times",)), ("places", ("entities",))):
            for j, target in enumerate(event[field]):
                yield ("events", i, field, j), target, layers
        for j, participant in enumerate(event["participants"]):
            yield ("events", i, "participants", j, "entity"), participant["entity"], ("entities",)
        if event["part_of"]:
            yield ("events", i, "part_of"), event["part_of"], ("events",)
    for i, figure in enumerate(article["figures"]):
        for field, layers in (("event", ("events",)), ("entity", ("entities",)), ("period", ("times",))):
            if figure[field]:
                yield ("figures", i, field), figure[field], layers
    for i, source in enumerate(article["sources"]):
        if source["entity"]:
            yield ("sources", i, "entity"), source["entity"], ("entities",)
    for i, attribution in enumerate(article["attributions"]):
        for j, target in enumerate(attribution["sources"]):
            yield ("attributions", i, "sources", j), target, ("sources",)
        for j, target in enumerate(attribution["content"]):
            yield ("attributions", i, "content", j), target, ("figures", "events", "attributions")
        for j, target in enumerate(attribution["blames"]):
            yield ("attributions", i, "blames", j), target, ("entities",)
    for i, relation in enumerate(article["relations"]):
        for field in ("from", "to"):
            yield ("relations", i, field), relation[field], ("figures",)


def has_floats(article: Json) -> bool:
    """True if a checked article holds a float: by the schema only the values of figures can be one."""
    for figure in article["figures"]:
        if type(figure["low"]) is float or type(figure["high"]) is float or type(figure["stated"]) is float:
            return True
    return False
