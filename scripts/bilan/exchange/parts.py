"""The parts of an annotation, by which is told what a format carries: each a projection of an article's graph."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bilan.exchange import graph as graphs
from bilan.exchange.graph import Graph

How = Literal["shown", "kept", "partly", "lost"]
"""shown: the tool shows it and lets it be edited as what it is; kept: it survives by a convention of ours, in a field
that the tool keeps and does not understand; partly: some of it is there, the note says what; lost: it does not come
back, or is not there."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How a format carries a part. ``note``: in what, for the table of the documents."""

    how: How
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """``title`` for the table; ``items``: what of a graph belongs to it, as comparable strings, ids included."""

    title: str
    items: Callable[[Graph], list[str]]


_VALUE = ("stated", "low", "high", "modifier", "unit")


def _marks(layer: str, *fields: str) -> Callable[[Graph], list[str]]:
    def items(graph: Graph) -> list[str]:
        return sorted(
            f"{m.record} {m.field} {m.kind} {m.start} {m.end}"
            for m in set(graph.marks)
            if m.layer == layer and (not fields or m.field in fields)
        )

    return items


def _values(layer: str, fields: Iterable[str]) -> Callable[[Graph], list[str]]:
    wanted = tuple(fields)

    def items(graph: Graph) -> list[str]:
        return sorted(
            f"{node.id} {key} {_plain(node.values[key])}"
            for node in graph.nodes.values()
            if node.layer == layer
            for key in wanted
            if node.values.get(key) not in (None, []) and node.values[key] is not False  # 0 is a value
        )

    return items


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _arrows(layer: str) -> Callable[[Graph], list[str]]:
    def items(graph: Graph) -> list[str]:
        return sorted(
            f"{a.label} {a.source} {a.target} {_plain({k: v for k, v in a.values.items() if v is not None})}"
            for a in graph.arrows
            if a.label in graphs.ARROWS and graphs.ARROWS[a.label][0] == layer
        )

    return items


_REFERENCES = {"references", "reference"}

PARTS: dict[str, Part] = {
    "text": Part("the text, to the letter", lambda graph: [graph.text]),
    "zones": Part("zones: stretches", _marks("zones")),
    "zones.kind": Part("zones: kind", _values("zones", ("kind",))),
    "entities": Part("entities: names and descriptions, and which are one", _marks("entities")),
    "entities.labels": Part("entities: type, kind of place", _values("entities", ("type", "place_kind"))),
    "entities.identity": Part(
        "entities: canonical name, registry id", _values("entities", ("name", "registry"))
    ),
    "times": Part("times: stretches", _marks("times")),
    "times.value": Part("times: kind, EDTF, clock, part, modifier", _values("times", graphs.VALUES["times"])),
    "events": Part("events: triggers, and which are one", _marks("events")),
    "events.labels": Part(
        "events: type, date, event of the story", _values("events", graphs.VALUES["events"])
    ),
    "events.arrows": Part("events: times, places, participants with fate, part of", _arrows("events")),
    "figures": Part("figures: stretches", _marks("figures")),
    "figures.labels": Part("figures: of, measure, scope", _values("figures", ("of", "measure", "scope"))),
    "figures.value": Part("figures: stated, low, high, modifier, unit", _values("figures", _VALUE)),
    "figures.arrows": Part("figures: event, side, period", _arrows("figures")),
    "sources": Part("sources: mentions, and which are one", _marks("sources")),
    "sources.labels": Part("sources: kind, form, named", _values("sources", graphs.VALUES["sources"])),
    "sources.arrows": Part("sources: the entity that speaks", _arrows("sources")),
    "attributions": Part("attributions: cues, and which are one", _marks("attributions", "cues")),
    "attributions.quotes": Part("attributions: direct speech", _marks("attributions", "quotes")),
    "attributions.labels": Part(
        "attributions: stance, hedged, said", _values("attributions", ("stance", "hedged", "said"))
    ),
    "attributions.arrows": Part("attributions: sources, content, blames", _arrows("attributions")),
    "references": Part(
        "pages behind figures and attributions",
        lambda graph: sorted(
            [*_values("figures", _REFERENCES)(graph), *_values("attributions", _REFERENCES)(graph)]
        ),
    ),
    "relations": Part("relations of figures", _arrows("relations")),
}
"""Name → part, in the order of the documents. Together they are the whole graph."""


def same(part: str, one: Graph, other: Graph) -> bool:
    """True where two graphs agree in a part, ids included; order says nothing."""
    items = PARTS[part].items
    return items(one) == items(other)
