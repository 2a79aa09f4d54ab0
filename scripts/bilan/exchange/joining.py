"""The way back from regions to records (see ``regions``): what a tool's regions, values and arrows say as a graph.

Whatever cannot be understood is an incident with the line of the tool's file, all of a document at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from bilan import labels, model
from bilan.exchange import graph as graphs
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.regions import FATE, FIELDS, ID, LABELS, NAMES, UNWORDED, Link, Region
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.paths import schema_file

MAX_FAULTS = 50
"""Of more faults in one document the first are told, and that there are more."""

MAX_REGIONS = 10_000
"""Of one document; articles of the corpus have 200 at most."""

_OWN_ID = re.compile(r"([a-z]{1,3})[1-9][0-9]{0,4}\Z")
_NUMBER = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,20})?\Z")
_FLAGS = {"true": True, "yes": True, "1": True, "": True, "false": False, "no": False, "0": False}


class Faults:
    """Incidents of one document, with lines; the first ``MAX_FAULTS`` of them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Incident] = []

    @property
    def full(self) -> bool:
        """Whether no more are told."""
        return len(self.found) > MAX_FAULTS

    def add(self, line: int, message: str, mend: str, code: str = "B864") -> None:
        if len(self.found) < MAX_FAULTS:
            self.found.append(Incident(code, message, mend, file=self.file, line=line, column=min(line, 1)))
        elif len(self.found) == MAX_FAULTS:
            message = f"there are more than {MAX_FAULTS} faults"
            self.found.append(Incident(code, message, "mend these first", file=self.file))


def build(ident: str, text: str, some: Iterable[Region], links: Iterable[Link], faults: Faults) -> Graph:
    """The graph of the regions and links; ``graph.MEMBER`` among the links joins regions to one record. What is wrong
    goes to ``faults``; then the graph is of no use."""
    graph = Graph(ident, text)
    some = list(some)
    if len(some) > MAX_REGIONS:
        faults.add(0, f"{len(some):,} stretches; {MAX_REGIONS:,} at most", "split the text", "B861")
        return graph
    by_key = {one.key: one for one in some if _sound(one, faults)}
    links = list(links)
    record_of: dict[str, str] = {}
    for group in _groups(by_key, links, faults):
        node = _node(group, faults)
        graph.nodes[node.id] = node
        record_of.update((one.key, node.id) for one in group)
        marks = [
            Mark(LABELS[one.label], node.id, *graphs.KINDS[one.label][1:], *piece)
            for one in group
            if one.label not in UNWORDED
            for piece in one.pieces
        ]
        graph.marks += marks
        _complete(node, marks, group[0], text, faults)
    _arrows(graph, links, by_key, record_of, faults)
    firsts = {record_of[one.key]: one for one in reversed(by_key.values())}
    _needed(graph, firsts, faults)
    return graph


def _sound(one: Region, faults: Faults) -> bool:
    if one.label in LABELS:
        return True
    faults.add(one.line, f"{one}: {one.label[:80]!r} is no label of ours", f"use one of {', '.join(LABELS)}")
    return False


def _groups(by_key: dict[str, Region], links: list[Link], faults: Faults) -> list[list[Region]]:
    """Regions by record, in the order of the file."""
    parent = {key: key for key in by_key}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    first: dict[tuple[str, str], str] = {}
    for one in by_key.values():
        if one.id:
            parent[root(one.key)] = root(first.setdefault((LABELS[one.label], one.id), one.key))
    for link in links:
        a, b = link.source, link.target
        if link.label != graphs.MEMBER:
            continue
        if a not in by_key or b not in by_key:
            message = f"{_said(a, by_key)} and {_said(b, by_key)} are joined as one, and "
            message += f"{b if a in by_key else a} is no stretch of ours"
            faults.add(link.line, message, "join marked words")
        elif LABELS[by_key[a].label] != LABELS[by_key[b].label]:
            one, other = by_key[a], by_key[b]
            message = f"{one}, a {one.label}, and {other}, a {other.label}, are joined as one"
            faults.add(link.line, message, "join stretches of one layer only")
        else:
            parent[root(b)] = root(a)
    groups: dict[str, list[Region]] = {}
    for key, one in by_key.items():
        groups.setdefault(root(key), []).append(one)
    return list(groups.values())


def _said(key: str, by_key: dict[str, Region]) -> str:
    return str(by_key.get(key, key))


def _node(group: list[Region], faults: Faults) -> Node:
    """The record of a group: its id, ours where one of them is, and its values."""
    layer = LABELS[group[0].label]
    own = []
    for one in group:
        letters = _OWN_ID.match(one.id)
        if letters and letters.group(1) == model.PREFIXES[layer]:
            own.append(one.id)
        elif graphs.layer_of(one.id) is not None:
            message = f"{one} has the id {one.id[:40]!r}, which is none of {layer}"
            faults.add(one.line, message, f"leave the id out, or give one as {model.PREFIXES[layer]}1")
    if layer in model.SELF_SPANNED and len(group) > 1:
        message = f"{' and '.join(map(str, group[:3]))} are one record, and a {layer[:-1]} has one stretch"
        faults.add(group[1].line, message, "make each a record of its own")
    ident = (
        min(own, key=lambda one: int(one[len(model.PREFIXES[layer]) :])) if own else f"{layer}:{group[0].key}"
    )
    node = Node(layer, ident)
    given: dict[str, Region] = {}
    for one in group:
        for name, raw in one.values.items():
            if FIELDS.get(name, ("",))[0] != layer:
                message = f"{name!r} says nothing about {one}, a {one.label}"
                faults.add(one.line, message, "take it out, or change the label")
                continue
            key = FIELDS[name][1]
            value = value_of(name, raw, one, faults)
            if value is None:
                continue
            if key in given and node.values[key] != value:
                message = f"{given[key]} and {one} are one record and differ in {name}: "
                message += f"{node.values[key]!r}, {value!r}"
                faults.add(one.line, message, "take one of the two out")
                continue
            given[key] = one
            node.values[key] = value
    return node


def value_of(name: str, raw: str, at: Region | Link, faults: Faults) -> Any:
    """The value that a text stands for; None where it is empty or, with an incident, wrong."""
    layer, key = FIELDS[name]
    if any("\ud800" <= char <= "\udfff" for char in raw):
        faults.add(at.line, f"{name} is {raw[:80]!r}: half of a character", "write it anew")
        return None
    if key == "name":
        return raw if raw.strip() else None
    raw = raw.strip()
    if key in graphs.FLAGS:
        if raw.casefold() not in _FLAGS:
            faults.add(at.line, f"{name} is {raw[:80]!r}", "write true or false")
        return _FLAGS.get(raw.casefold())
    if not raw:
        return None
    if key in graphs.NUMBERS:
        if not _NUMBER.match(raw):
            faults.add(at.line, f"{name} is {raw[:80]!r}, no number", "write digits, as 1200 or 1.5")
            return None
        return float(raw) if "." in raw else int(raw)
    if key in graphs.LISTS:
        return [one for one in re.split(r"[\s,]+", raw) if one]
    inventory = graphs.INVENTORIES.get((layer, key))
    if inventory is not None and raw not in labels.names(inventory):
        faults.add(at.line, f"{name} is {raw[:80]!r}", f"use one of {', '.join(labels.names(inventory))}")
        return None
    return raw


def _arrows(
    graph: Graph, links: list[Link], by_key: dict[str, Region], record_of: dict[str, str], faults: Faults
) -> None:
    seen: dict[tuple[str, str, str, str], Json] = {}
    single: dict[tuple[str, str], str] = {}
    for one in links:
        if one.label == graphs.MEMBER:
            continue
        said = f"arrow {one.label[:40]!r} from {_said(one.source, by_key)} to {_said(one.target, by_key)}"
        if one.label not in graphs.ENDS:
            known = ", ".join((*graphs.ENDS, graphs.MEMBER))
            faults.add(one.line, f"{said}: there is no such label", f"use one of {known}")
            continue
        if one.source not in by_key or one.target not in by_key:
            missing = one.source if one.source not in by_key else one.target
            faults.add(one.line, f"{said}: {missing} is no stretch of ours", "draw it between marked words")
            continue
        ends = [LABELS[by_key[key].label] for key in (one.source, one.target)]
        allowed = graphs.ENDS[one.label]
        if ends[0] not in allowed[0] or ends[1] not in allowed[1]:
            message = f"{said}: it joins {ends[0]} with {ends[1]}"
            mend = f"draw it from {' or '.join(allowed[0])} to {' or '.join(allowed[1])}"
            faults.add(one.line, message, mend)
            continue
        values = _carried(one, said, faults)
        source, target = record_of[one.source], record_of[one.target]
        if one.label in graphs.SINGLE and single.setdefault((one.label, source), target) != target:
            faults.add(one.line, f"{said}: its record has another one", "keep one of the two")
        before = seen.setdefault((one.label, source, target, str(values.get(FATE))), values)
        if before is values:
            graph.arrows.append(Arrow(one.label, source, target, values))
        elif values.get(ID) and not before.get(
            ID
        ):  # drawn twice, between other stretches of the same records
            before[ID] = values[ID]


def _carried(one: Link, said: str, faults: Faults) -> Json:
    """What an arrow carries: the fate of a participant, the id of a relation."""
    layer, key = graphs.ARROWS[one.label]
    out: Json = {FATE: None} if key == "participants" else {}
    for name, raw in one.values.items():
        if not raw:
            continue
        if name == FATE and key == "participants":
            if raw not in labels.names("measure"):
                mend = f"use one of {', '.join(labels.names('measure'))}"
                faults.add(one.line, f"{said}: its fate is {raw[:80]!r}", mend)
            out[FATE] = raw
        elif name == ID and layer == "relations":
            if not re.fullmatch(r"rel[1-9][0-9]{0,4}", raw):
                faults.add(one.line, f"{said}: {raw[:80]!r} is no id of a relation", "leave the id out")
            out[ID] = raw
        else:
            faults.add(one.line, f"{said}: {name!r} says nothing about it", "take it out")
    return out


@cache
def _required() -> tuple[tuple[str, str], ...]:
    """(layer, field) of the labels that every record must have; the modifier of a figure is read from its words."""
    with open(schema_file("article.schema.json"), encoding="utf-8") as file:
        records = json.load(file)["$defs"]
    return tuple(
        (layer, key)
        for layer, key in graphs.INVENTORIES
        if None not in records[layer]["properties"][key]["enum"] and (layer, key) != ("figures", "modifier")
    )


def _complete(node: Node, marks: list[Mark], first: Region, text: str, faults: Faults) -> None:
    """Gives an entity the name of its words; says which labels are missing."""
    if node.layer == "entities" and marks and not node.values.get("name"):
        one = min(marks, key=lambda m: (m.kind != "name", m.start, m.end))
        node.values["name"] = " ".join(text[one.start : min(one.end, one.start + 1000)].split())[:200]
    for layer, key in _required():
        if layer == node.layer and node.values.get(key) is None:
            name = NAMES[layer, key]
            mend = f"choose one of {', '.join(labels.names(graphs.INVENTORIES[layer, key]))}"
            faults.add(first.line, f"{first} has no {name}", mend)
    if node.layer == "sources" and not marks and node.values.get("kind") not in (None, "unspecified"):
        mend = "mark words as source, or choose unspecified"
        faults.add(first.line, f"{first} is a source without words, and no unspecified one", mend)
    if node.values.get("type") == "place" and node.layer == "entities" and not node.values.get("place_kind"):
        mend = f"choose one of {', '.join(labels.names('place_kind'))}"
        faults.add(first.line, f"{first} is a place and has no place_kind", mend)


def _needed(graph: Graph, firsts: dict[str, Region], faults: Faults) -> None:
    """Says which arrows are missing: who says what, and which event a figure with that scope counts."""
    there = {(arrow.label, arrow.source) for arrow in graph.arrows}
    for node in graph.nodes.values():
        needed: tuple[str, ...] = {"attributions": ("said_by", "content")}.get(node.layer, ())
        if node.layer == "figures" and node.values.get("scope") == "event":
            needed = ("counts",)
        for label in needed:
            if (label, node.id) not in there:
                mend = f"draw one to {' or '.join(graphs.ENDS[label][1])}, or change the label"
                first = firsts[node.id]
                faults.add(first.line, f"from {first}, a {first.label}, goes no arrow {label!r}", mend)


def none_of_the_format(message: str, mend: str, file: str) -> BilanError:
    """B861: the file as a whole cannot be read."""
    return BilanError(Incident("B861", message, mend, file=file))
