"""What a tool without records gives back, turned into a graph: regions of text with a label, joined by arrows.

brat and INCEpTION know labelled regions, values on a region and arrows between two regions; a record of ours may have
several stretches, or none. So both formats say a record alike:

* a region has one of the labels of ``graph.MARKS``; regions joined by ``graph.MEMBER``, or with the same id, are the
  stretches of one record;
* the first region of a record carries its id and its values, under the names of ``FIELDS`` (``figure_of``, ``low``);
  a user may put them on any of its regions, if no two of them disagree;
* a record without a stretch is a region with a label of ``UNWORDED``, which marks no words and only gives the arrows
  something to hold on to; it lies where the records do that it is joined with;
* an arrow joins a region of one record with a region of the other.

A user who adds regions need not give ids. Whatever cannot be understood is an incident with the place in the tool's
file, all of a document at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bilan.exchange import graph as graphs
from bilan.exchange.graph import Graph, Node

UNWORDED = {"unworded_source": "sources", "unworded_attribution": "attributions"}
"""Label of a region that stands for a record without stretches → layer. Records of other layers have some."""

LABELS: dict[str, str] = {**{name: key[0] for key, name in graphs.MARKS.items()}, **UNWORDED}
"""Label of a region → layer of its record."""

FIELDS: dict[str, tuple[str, str]] = {
    "zone_kind" if layer == "zones" else graphs.INVENTORIES.get((layer, key), key): (layer, key)
    for layer, keys in graphs.VALUES.items()
    for key in keys
}
"""Name of a value in a tool → layer and field. Names tell apart what several layers call ``type`` or ``kind``."""

NAMES = {place: name for name, place in FIELDS.items()}
"""(layer, field) → the name of the value in a tool."""

ID = "id"
FATE = "fate"
"""What an arrow may carry besides its label: the id of a relation, and the fate of a participant."""


@dataclass(slots=True)
class Region:
    """A labelled region. ``key``: the tool's name for it; ``pieces``: half-open, code points; ``values``: name of
    ``FIELDS`` → text as the tool has it; ``id``: of its record, where somebody gave one; ``line``: in the file;
    ``words``: for messages."""

    key: str
    label: str
    pieces: list[tuple[int, int]]
    id: str = ""
    values: dict[str, str] = field(default_factory=dict)
    line: int = 0
    words: str = ""

    def __str__(self) -> str:
        return f"{self.key} {self.words[:40]!r}" if self.words else self.key


@dataclass(slots=True)
class Link:
    """An arrow between two regions, by their keys."""

    label: str
    source: str
    target: str
    values: dict[str, str] = field(default_factory=dict)
    line: int = 0


# --- out -------------------------------------------------------------------------------------------------


def regions(graph: Graph) -> tuple[list[Region], dict[str, list[Region]]]:
    """The regions of a graph in the order of the text, keys counted from 1, and those of each record. The first of a
    record carries its id and its values, as text."""
    order = {label: i for i, label in enumerate(LABELS)}
    places = [(m.start, m.end, order[m.name], m.record, m.name) for m in set(graph.marks)]
    places += [(start, end, order[label], ident, label) for ident, label, start, end in _unworded(graph)]
    places.sort(key=lambda one: (one[0], -one[1], one[2], one[3]))
    all_regions: list[Region] = []
    of_record: dict[str, list[Region]] = {}
    for number, (start, end, _, ident, label) in enumerate(places, 1):
        region = Region(str(number), label, [(start, end)])
        if ident not in of_record:
            region.id, region.values = ident, told(graph.nodes[ident])
        all_regions.append(region)
        of_record.setdefault(ident, []).append(region)
    return all_regions, of_record


def told(node: Node) -> dict[str, str]:
    """The values of a record as text, by their names in tools; what is not there left out."""
    out = {}
    for key, value in node.values.items():
        if value is None or value is False or value == []:  # 0 is a value
            continue
        if isinstance(value, list):
            text = " ".join(value)
        elif value is True:
            text = "true"
        else:
            text = _plain(value)
        out[NAMES[node.layer, key]] = text
    return out


def _plain(value: Any) -> str:
    return f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)


def links(graph: Graph, of_record: dict[str, list[Region]]) -> list[Link]:
    """The arrows of a graph, each between the two nearest regions of its records, in the order of the text."""
    out = []
    for arrow in graph.arrows:
        pairs = ((a, b) for a in of_record[arrow.source] for b in of_record[arrow.target])
        a, b = min(pairs, key=lambda pair: (_gap(*pair), int(pair[0].key), int(pair[1].key)))
        values = {key: str(value) for key, value in arrow.values.items() if value is not None}
        out.append(Link(arrow.label, a.key, b.key, values))
    return sorted(
        out, key=lambda one: (int(one.source), int(one.target), one.label, sorted(one.values.items()))
    )


def _gap(a: Region, b: Region) -> int:
    (first, one), (second, other) = a.pieces[0], b.pieces[0]
    return max(first, second) - min(one, other)


def _unworded(graph: Graph) -> list[tuple[str, str, int, int]]:
    """(record, label, start, end) for every record without stretches: it lies where its first neighbour does."""
    places: dict[str, tuple[int, int]] = {}
    for mark in graph.marks:
        places[mark.record] = min(places.get(mark.record, (mark.start, mark.end)), (mark.start, mark.end))
    missing = [node for node in graph.nodes.values() if node.id not in places]
    near: dict[str, set[str]] = {}
    for arrow in graph.arrows:
        near.setdefault(arrow.source, set()).add(arrow.target)
        near.setdefault(arrow.target, set()).add(arrow.source)
    word = re.search(r"\S+", graph.text)
    left = missing
    while left:
        found = {
            node.id: min(places[other] for other in near.get(node.id, ()) if other in places)
            for node in left
            if any(other in places for other in near.get(node.id, ()))
        } or {node.id: word.span() if word else (0, len(graph.text)) for node in left}
        places.update(found)
        left = [node for node in left if node.id not in found]
    by_layer = {layer: label for label, layer in UNWORDED.items()}
    return [(node.id, by_layer[node.layer], *places[node.id]) for node in missing]
