"""An article as annotation tools see it: records with values, marked stretches of text, and arrows between records.

    graph = graph.of(article)
    graph.nodes["f1"].values     {"of": "soldiers", "measure": "killed", "low": 41, …}
    graph.marks[0]               Mark("figures", "f1", "", None, 31, 57)
    graph.arrows[0]              Arrow("counts", "f1", "ev1", {})

Nothing is lost: ``assembly.article(graph.of(article), article)`` is the article. Offsets are half-open, Unicode code
points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bilan import labels, model
from bilan.incidents import BilanError, Incident
from bilan.model import Json

MEMBER = "same"
"""The arrow that says of two stretches that they belong to one record, in tools that know no records."""

ARROWS: dict[str, tuple[str, str]] = {
    "dated_by": ("events", "times"),
    "happened_at": ("events", "places"),
    **dict.fromkeys(labels.names("participant_role"), ("events", "participants")),
    "event_part_of": ("events", "part_of"),
    "counts": ("figures", "event"),
    "side": ("figures", "entity"),
    "over": ("figures", "period"),
    "is": ("sources", "entity"),
    "said_by": ("attributions", "sources"),
    "content": ("attributions", "content"),
    "blames": ("attributions", "blames"),
    **dict.fromkeys(labels.names("relation_type"), ("relations", "type")),
}
"""Label of an arrow → layer that it starts from and field that it fills. Arrows of relations join two figures."""

ENDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "dated_by": (("events",), ("times",)),
    "happened_at": (("events",), ("entities",)),
    **dict.fromkeys(labels.names("participant_role"), (("events",), ("entities",))),
    "event_part_of": (("events",), ("events",)),
    "counts": (("figures",), ("events",)),
    "side": (("figures",), ("entities",)),
    "over": (("figures",), ("times",)),
    "is": (("sources",), ("entities",)),
    "said_by": (("attributions",), ("sources",)),
    "content": (("attributions",), ("figures", "events", "attributions")),
    "blames": (("attributions",), ("entities",)),
    **dict.fromkeys(labels.names("relation_type"), (("figures",), ("figures",))),
}
"""Label of an arrow → layers of its start and of its end."""

SINGLE = ("event_part_of", "counts", "side", "over", "is")
"""Arrows of which a record has one at most."""

MARKS: dict[tuple[str, str, str | None], str] = {
    ("zones", "", None): "zone",
    ("times", "", None): "time",
    ("figures", "", None): "figure",
    ("entities", "mentions", "name"): "name",
    ("entities", "mentions", "nominal"): "nominal",
    ("events", "triggers", None): "trigger",
    ("sources", "mentions", None): "source",
    ("attributions", "cues", None): "cue",
    ("attributions", "quotes", None): "quote",
}
"""(layer, field, kind of mention) → what a tool may call the stretch."""

KINDS = {name: key for key, name in MARKS.items()}
"""Name of a stretch → (layer, field, kind of mention)."""

VALUES: dict[str, tuple[str, ...]] = {
    layer: tuple(
        key
        for key in model.record_keys(layer)
        if key != "id"
        and key not in model.SPAN_LISTS.get(layer, ())
        and not (layer in model.SELF_SPANNED and key in model.SPAN_KEYS)
        and layer != "relations"
        and (layer, key) not in set(ARROWS.values())
    )
    for layer in model.LAYERS
}
"""Layer → the fields of its records that are neither stretches nor arrows. Relations are arrows alone."""

INVENTORIES: dict[tuple[str, str], str] = {
    ("zones", "kind"): "zone",
    ("entities", "type"): "entity_type",
    ("entities", "place_kind"): "place_kind",
    ("times", "kind"): "time_kind",
    ("times", "part"): "day_part",
    ("times", "mod"): "time_mod",
    ("events", "type"): "event_type",
    ("figures", "of"): "figure_of",
    ("figures", "measure"): "measure",
    ("figures", "scope"): "scope",
    ("figures", "modifier"): "modifier",
    ("sources", "kind"): "source_kind",
    ("sources", "form"): "source_form",
    ("attributions", "stance"): "stance",
}
"""(layer, field) → the inventory of labels its value is from. The fate of a participant is a ``measure``."""

NUMBERS = frozenset(("stated", "low", "high"))
FLAGS = frozenset(("named", "hedged"))
LISTS = frozenset(("references",))


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A stretch of text that a record names. ``field`` is "" where the record is the stretch; ``kind`` is name or
    nominal for mentions of entities, else None."""

    layer: str
    record: str
    field: str
    kind: str | None
    start: int
    end: int

    @property
    def name(self) -> str:
        """What a tool may call it: name, nominal, trigger, cue …"""
        return MARKS[self.layer, self.field, self.kind]


@dataclass(slots=True)
class Node:
    """A record but for its stretches and arrows. ``values``: field → label, number, text, flag, list or None."""

    layer: str
    id: str
    values: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link from record to record. ``values``: ``fate`` of a participant; ``id`` of a relation."""

    label: str
    source: str
    target: str
    values: Json = field(default_factory=dict)


@dataclass(slots=True)
class Graph:
    """The annotation of one text. ``nodes`` by id, in order; relations are arrows and no nodes."""

    id: str
    text: str
    nodes: dict[str, Node] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)

    def marks_of(self, record: str) -> list[Mark]:
        """The stretches of a record, in order of the text."""
        return sorted((m for m in self.marks if m.record == record), key=lambda m: (m.start, m.end))


def layer_of(ident: str) -> str | None:
    """The layer that an id belongs to by its letters; None for no id of ours."""
    match = _ID.fullmatch(ident)
    return _LAYERS.get(match[1]) if match else None


_ID = re.compile(r"([a-z]+)[1-9][0-9]{0,4}")
_LAYERS = {prefix: layer for layer, prefix in model.PREFIXES.items()}


def of(article: Json) -> Graph:
    """The graph of a sound article with its text. Raises BilanError (B862) where the text is not at hand."""
    text = article["text"].get("content")
    if text is None:
        raise BilanError(
            Incident(
                "B862",
                f"the text of {article['id']} is withheld",
                "give --hydrate DIR with a copy of the text (docs/withheld.md)",
                file=article["id"],
            )
        )
    graph = Graph(article["id"], text)
    for layer in model.LAYERS:
        for record in article[layer] if layer != "relations" else ():
            graph.nodes[record["id"]] = Node(
                layer, record["id"], {key: record[key] for key in VALUES[layer] if key in record}
            )
    for at in model.spans(article):
        kind = at.span.get("kind") if at.layer == "entities" else None
        graph.marks.append(Mark(at.layer, at.id, at.field, kind, at.span["start"], at.span["end"]))
    graph.arrows.extend(_arrows(article))
    return graph


def _arrows(article: Json) -> Iterator[Arrow]:
    for label, (layer, key) in ARROWS.items():
        if key in ("participants", "type"):
            continue
        for record in article[layer]:
            targets: Any = record[key]
            for target in targets if isinstance(targets, list) else [targets] if targets else []:
                yield Arrow(label, record["id"], target)
    for event in article["events"]:
        for one in event["participants"]:
            yield Arrow(one["role"], event["id"], one["entity"], {"fate": one["fate"]})
    for one in article["relations"]:
        yield Arrow(one["type"], one["from"], one["to"], {"id": one["id"]})
