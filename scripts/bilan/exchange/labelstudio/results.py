"""The rows of one annotation of Label Studio, put together: regions, records of regions, values and arrows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bilan import labels
from bilan.exchange import graph as graphs
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.labelstudio.controls import (
    CONTROLS,
    FATE,
    MARK,
    RECORD,
    WORDLESS,
    Control,
    decoded,
)
from bilan.incidents import Incident
from bilan.model import Json

_ROLES = frozenset(labels.names("participant_role"))
_KEPT = re.compile(r"(rel[1-9][0-9]{0,4}) = (\w{1,20}) (\w{1,30}) (\w{1,20})(?:; |$)")
_LONGEST = 100


@dataclass(slots=True)
class _Region:
    """``label``: of graph.MARKS. ``values``: control → value. ``record``: the record that it belongs to."""

    id: str
    start: int
    end: int
    label: str
    values: dict[str, Any] = field(default_factory=dict)
    record: str = ""

    @property
    def layer(self) -> str:
        return graphs.KINDS[self.label][0]


class Found:
    """What the rows hold: ``graph``, what is wrong with it, and what was left out."""

    def __init__(self, ident: str, text: str, file: str) -> None:
        self.graph = Graph(ident, text)
        self.incidents: list[Incident] = []
        self.notes: list[str] = []
        self.file = file
        self.regions: dict[str, _Region] = {}

    def fault(self, message: str, mend: str) -> None:
        self.incidents.append(Incident("B864", message, mend, file=self.file))

    def region(self, ident: Any) -> _Region | None:
        """The region of an id, whatever the file has for one."""
        return self.regions.get(ident) if isinstance(ident, str) else None

    def said(self, region: _Region) -> str:
        """A region as a message names it: its words and where they are."""
        words = self.graph.text[max(0, region.start) : max(0, region.end)]
        return f"{region.label} {words[:40]!r} at {region.start}"


def graph_of(ident: str, text: str, rows: list[Any], kept: Any, file: str) -> Found:
    """The graph of the rows of one annotation. ``kept``: ids of relations, as ``writing.task`` writes them."""
    found = Found(ident, text, file)
    sound = [row for row in rows if isinstance(row, dict)]
    if len(sound) < len(rows):
        found.fault(f"{len(rows) - len(sound)} rows of the result are no objects", "export it anew")
    _regions(found, sound)
    _values(found, sound)
    _records(found, [row for row in sound if row.get("type") == "relation"])
    _nodes(found)
    _arrows(found, [row for row in sound if row.get("type") == "relation"], kept)
    return found


# --- regions ---------------------------------------------------------------------------------------------


def _regions(found: Found, rows: list[Json]) -> None:
    for row in rows:
        if row.get("from_name") != MARK:
            continue
        value, ident = row.get("value"), row.get("id")
        if not isinstance(value, dict) or not isinstance(ident, str) or not 0 < len(ident) <= _LONGEST:
            found.fault("a region has no id or no value", "export it anew")
            continue
        start, end, names = value.get("start"), value.get("end"), value.get("labels")
        if type(start) is not int or type(end) is not int:
            mend = "use the configuration of the export: it shows plain text"
            found.fault(f"region {ident} has no offsets in code points", mend)
            continue
        names = names if isinstance(names, list) else []
        known = [one for one in names if isinstance(one, str) and one in graphs.KINDS]
        words = repr(found.graph.text[max(0, start) : max(0, end)][:40])
        if len(names) != 1 or len(known) != 1:
            shown = ", ".join(one[:40] for one in names if isinstance(one, str)) or "no label"
            mend = f"give it one of {', '.join(graphs.KINDS)}"
            found.fault(f"region {words} at {start} has {shown}", mend)
            continue
        region = _Region(ident, start, end, known[0])
        there = found.regions.setdefault(ident, region)
        if row.get("meta"):
            found.notes.append(f"left out: the note on {found.said(region)}")
        if (there.start, there.end, there.label) != (start, end, region.label):
            message = f"two regions have the id {ident}: {found.said(there)} and {found.said(region)}"
            found.fault(message, "delete one of them and mark it anew")


def _values(found: Found, rows: list[Json]) -> None:
    strange: Counter[str] = Counter()
    hidden: list[str] = []
    for row in rows:
        name = row.get("from_name")
        if name == MARK or row.get("type") == "relation":
            continue
        control = CONTROLS.get(name) if isinstance(name, str) else None
        if control is None and _labelling(row):  # a whole annotation might be left out
            mend = "use the configuration of the export (config.xml)"
            found.fault(f"a region is labelled with another control than {MARK!r}", mend)
        elif control is None:
            strange[name[:40] if isinstance(name, str) else "no name"] += 1
        elif (region := found.region(row.get("id"))) is None:
            found.fault(f"{control.name} is said of a region that is not there", "give the region a label")
        elif region.layer not in control.layers:  # left from a label that it had before; the tool hides it
            hidden.append(f"{control.name} of {found.said(region)}")
        else:
            _value(found, region, control, row.get("value"))
    for name, count in sorted(strange.items()):
        found.notes.append(f"left out: {count} values of {name}, which is no control of ours")
    for text in hidden:
        found.notes.append(f"left out: {text}, which has no such field")


def _labelling(row: Json) -> bool:
    kind = row.get("type")
    return isinstance(kind, str) and kind.endswith("labels")


def _value(found: Found, region: _Region, control: Control, value: Any) -> None:
    try:
        inner = decoded(control, value.get(control.key) if isinstance(value, dict) else value)
    except ValueError as error:
        found.fault(f"{control.name} of {found.said(region)} {error}", "set it anew in the tool")
        return
    if inner is None:
        return
    if region.values.setdefault(control.name, inner) != inner:
        found.fault(f"{control.name} of {found.said(region)} is there twice", "set it anew in the tool")


# --- records ---------------------------------------------------------------------------------------------


def _records(found: Found, relations: list[Json]) -> None:
    """Gives every region its record: by the name in its field, and by the relation that makes two of them one."""
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        while parents.setdefault(key, key) != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    def join(one: str, other: str) -> None:
        """The id of ours stays, of two the one with the lower number."""
        keep, drop = sorted((root(one), root(other)), key=_rank)
        parents[drop] = keep

    for region in found.regions.values():
        typed = region.values.get(RECORD.name)
        if isinstance(typed, str) and len(typed) > _LONGEST:
            found.fault(f"record of {found.said(region)} is no name: it is too long", "write a short one")
            typed = None
        own = typed if typed and graphs.layer_of(typed) else f"{region.layer}/{typed}" if typed else ""
        region.record = own or f"region {region.id}"
    for row in relations:
        if graphs.MEMBER in _labels(row):
            one, other = _ends(found, row)
            if one is None or other is None:
                continue  # told of with the arrows
            if one.layer != other.layer:
                message = f"'{graphs.MEMBER}' joins {found.said(one)} and {found.said(other)}"
                found.fault(message, "join regions of one kind of record")
            else:
                join(one.record, other.record)
    for region in found.regions.values():
        region.record = root(region.record)


def _rank(key: str) -> tuple[int, int, str]:
    if graphs.layer_of(key):
        return 0, len(key), key
    return 2 if key.startswith("region ") else 1, len(key), key


def _nodes(found: Found) -> None:
    first: dict[str, _Region] = {}
    for region in found.regions.values():
        layer, what, kind = graphs.KINDS[region.label]
        there = first.setdefault(region.record, region)
        if there.layer != layer:
            message = f"{found.said(there)} and {found.said(region)} have the record {region.record}"
            found.fault(message, "a record has regions of one kind: empty the field record of one of them")
            continue
        node = found.graph.nodes.setdefault(region.record, Node(layer, region.record))
        if WORDLESS.name not in region.values:
            found.graph.marks.append(Mark(layer, region.record, what, kind, region.start, region.end))
        for name, value in region.values.items():
            key = CONTROLS[name].field
            if key and node.values.setdefault(key, value) != value:
                message = f"{found.said(region)} says {key} {value}, another region of its record"
                mend = "a record has each value once: make them alike, or empty one of the fields"
                found.fault(f"{message} says {node.values[key]}", mend)


# --- arrows ----------------------------------------------------------------------------------------------


def _labels(row: Json) -> list[str]:
    some = row.get("labels")
    return [one for one in some if isinstance(one, str)] if isinstance(some, list) else []


def _ends(found: Found, row: Json) -> tuple[_Region | None, _Region | None]:
    """The regions that a relation leads from and to."""
    one, other = found.region(row.get("from_id")), found.region(row.get("to_id"))
    return (other, one) if row.get("direction") == "left" else (one, other)


def _arrows(found: Found, relations: list[Json], kept: Any) -> None:
    ids: dict[tuple[str, str, str], list[str]] = {}
    for ident, source, label, target in _KEPT.findall(kept) if isinstance(kept, str) else ():
        ids.setdefault((label, source, target), []).append(ident)
    seen: set[tuple[str, str, str, str | None]] = set()
    for row in relations:
        one, other = _ends(found, row)
        if one is None or other is None:
            found.fault("a relation leads to a region that is not there", "delete the relation in the tool")
            continue
        said = f"the relation from {found.said(one)} to {found.said(other)}"
        fates = [name.removeprefix(FATE) for name in _labels(row) if name.startswith(FATE)]
        names = [name for name in _labels(row) if not name.startswith(FATE) and name != graphs.MEMBER]
        if not _labels(row):
            found.fault(f"{said} has no label", "choose one in the list of relations, or delete it")
        if row.get("direction") == "bi" and names:
            found.fault(f"{said} leads both ways", "let it lead from one to the other")
            continue
        if fates and (len(fates) > 1 or not _ROLES.intersection(names)):
            found.fault(f"{said}: 'fate' needs a role beside it, and is there once", "choose the labels anew")
            continue
        for name in names:
            fate = fates[0] if fates and name in _ROLES else None
            key = (name, one.record, other.record)
            if graphs.ARROWS.get(name, ("",))[0] == "relations":
                if ids.get(key):
                    found.graph.arrows.append(Arrow(*key, {"id": ids[key].pop(0)}))
                elif (*key, None) not in seen:
                    found.graph.arrows.append(Arrow(*key, {"id": None}))
            elif (*key, fate) not in seen:
                found.graph.arrows.append(Arrow(*key, {"fate": fate} if name in _ROLES else {}))
            seen.add((*key, fate))
