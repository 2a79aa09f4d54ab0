"""A graph put together again: the article that a tool gives back, on the article that it belongs to.

The text must be the same to the letter: nothing is placed anew. Head, licence and provenance are those of the base;
ids that a tool left out are given, values that it left empty get their defaults, values of figures are read from the
words. Lists and records keep the order of the base where it has them, since order says nothing and tools change it.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bilan import model
from bilan.exchange import graph as graphs
from bilan.exchange.graph import Graph
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.textform.canonical import canonical, fill_defaults

_LISTS = ("times", "places", "sources", "content", "blames")


def article(graph: Graph, base: Json, file: str = "") -> Json:
    """The article with the annotation of the graph and everything else of ``base``, keys in canonical order.

    Raises BilanError with everything that is wrong: B863 another text, B864 a record, stretch or arrow that cannot
    be. What is wrong with values is for the checks. ``graph`` is left as it was; ``file`` names the place in messages.
    """
    same_text(graph.text, base, file)
    found = _faults(graph, file)
    if found:
        raise BilanError(found)
    graph = _numbered(graph, base)
    layers = {layer: [] for layer in model.LAYERS}  # type: dict[str, list[Json]]
    records = {}
    for node in graph.nodes.values():
        records[node.id] = {"id": node.id, **copy.deepcopy(node.values)}
        layers[node.layer].append(records[node.id])
    _spans(graph, records)
    _arrows(graph, records, layers)
    out = {**copy.deepcopy(base), **layers}
    _values(out, file)
    fill_defaults(out)
    for layer in model.LAYERS:
        out[layer] = _in_order(out[layer], base[layer], lambda record: str(record["id"]))
    return canonical(out)


def same_text(text: str, base: Json, file: str = "") -> None:
    """Raises BilanError (B863) where the text is not that of the base, to the letter."""
    found, wanted = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest(), base["text"]["sha256"]
    if found != wanted:
        message = f"the text is not that of {base['id']}: SHA-256 {found[:12]}…, not {wanted[:12]}…"
        own = base["text"].get("content")
        if own is not None:
            at = next(
                (i for i, (a, b) in enumerate(zip(text, own, strict=False)) if a != b),
                min(len(text), len(own)),
            )
            message += (
                f"; it differs from code point {at} on: {text[at : at + 20]!r}, not {own[at : at + 20]!r}"
            )
        mend = "export the article anew and annotate that: offsets of another text point nowhere"
        raise BilanError(Incident("B863", message, mend, file=file))


def _faults(graph: Graph, file: str) -> list[Incident]:
    """B864 for everything in the graph that no article can hold."""
    found: list[Incident] = []

    def fault(message: str, mend: str) -> None:
        found.append(Incident("B864", message, mend, file=file))

    for node in graph.nodes.values():
        if node.layer not in model.PREFIXES or node.layer == "relations":
            fault(f"{node.id} is of no layer: {node.layer!r}", "use the labels of the export")
        own = graphs.layer_of(node.id)
        if own is not None and own != node.layer:
            message = f"{node.id} stands among {node.layer}, its id is one of {own}"
            fault(message, f"take the id out, or give one that begins with {model.PREFIXES[node.layer]}")
    size = len(graph.text)
    alone: set[str] = set()
    for mark in graph.marks:
        words = graph.text[mark.start : mark.end]
        if not 0 <= mark.start < mark.end <= size:
            fault(f"{mark.record} marks {mark.start} to {mark.end} of {size} code points", "mark words anew")
        if mark.record not in graph.nodes:
            fault(f"{words!r} belongs to {mark.record}, which is no record", "give it a label of ours")
        elif graph.nodes[mark.record].layer != mark.layer:
            there = graph.nodes[mark.record].layer
            fault(
                f"{words!r} is marked as {mark.layer}, its record {mark.record} is one of {there}",
                "a record has stretches of its own layer only",
            )
        if mark.layer in model.SELF_SPANNED:
            if mark.record in alone:
                message = f"{mark.record} has a second stretch, {words!r}"
                fault(message, f"a {mark.layer[:-1]} has one; make it a record of its own")
            alone.add(mark.record)
    for node in graph.nodes.values():
        if node.layer in model.SELF_SPANNED and node.id not in alone:
            fault(f"{node.id} marks no words", "mark them, or take the record out")
    taken: set[tuple[str, str]] = set()
    for arrow in graph.arrows:
        said = f"arrow {arrow.label!r} from {arrow.source} to {arrow.target}"
        if arrow.label not in graphs.ENDS:
            fault(f"{said}: there is no such label", f"use one of {', '.join(graphs.ENDS)}")
            continue
        for ident, layers in zip((arrow.source, arrow.target), graphs.ENDS[arrow.label], strict=True):
            if ident not in graph.nodes:
                fault(f"{said}: {ident} is no record", "draw it between marked words")
            elif graph.nodes[ident].layer not in layers:
                fault(
                    f"{said}: {ident} is none of {', '.join(layers)}", "draw it the other way, or elsewhere"
                )
        if arrow.label in graphs.SINGLE:
            if (arrow.source, arrow.label) in taken:
                fault(f"{said}: {arrow.source} has another one", "keep one of the two")
            taken.add((arrow.source, arrow.label))
    return found


def _numbered(graph: Graph, base: Json) -> Graph:
    """The same graph with an id of ours for every record; ids of the base are not given to new records."""
    used = set(graph.nodes) | {record["id"] for layer in model.LAYERS for record in base[layer]}
    used |= {a.values["id"] for a in graph.arrows if a.values.get("id")}
    free = {layer: _numbers(layer, used) for layer in model.LAYERS}
    places: dict[str, tuple[int, int]] = {}
    for mark in graph.marks:
        places[mark.record] = min((mark.start, mark.end), places.get(mark.record, (mark.start, mark.end)))
    fresh = [node for node in graph.nodes.values() if graphs.layer_of(node.id) != node.layer]
    names = {
        node.id: next(free[node.layer])
        for node in sorted(fresh, key=lambda node: places.get(node.id, (len(graph.text), 0)))
    }
    out = Graph(graph.id, graph.text)
    for node in graph.nodes.values():
        ident = names.get(node.id, node.id)
        out.nodes[ident] = graphs.Node(node.layer, ident, node.values)
    for m in graph.marks:
        out.marks.append(graphs.Mark(m.layer, names.get(m.record, m.record), m.field, m.kind, m.start, m.end))
    before = {(one["type"], one["from"], one["to"]): one["id"] for one in base["relations"]}
    given = {a.values["id"] for a in graph.arrows if a.values.get("id")}
    taken: set[str] = set()
    for a in graph.arrows:
        values = dict(a.values)
        ends = names.get(a.source, a.source), names.get(a.target, a.target)
        if graphs.ARROWS[a.label][0] == "relations":
            if not values.get("id") or values["id"] in taken or graphs.layer_of(values["id"]) != "relations":
                known = before.get((a.label, *ends))  # deleted and drawn again: the same relation
                values["id"] = known if known and known not in given else next(free["relations"])
            taken.add(values["id"])
            given.add(values["id"])
        out.arrows.append(graphs.Arrow(a.label, *ends, values))
    return out


def _numbers(layer: str, used: set[str]) -> Iterator[str]:
    """Ids of a layer behind the last that is used."""
    prefix = model.PREFIXES[layer]
    last = max((int(one[len(prefix) :]) for one in used if graphs.layer_of(one) == layer), default=0)
    return (f"{prefix}{number}" for number in itertools.count(last + 1))


def _spans(graph: Graph, records: dict[str, Json]) -> None:
    for node in graph.nodes.values():
        for key in model.SPAN_LISTS.get(node.layer, ()):
            records[node.id][key] = []
    for mark in sorted(set(graph.marks), key=lambda m: (m.start, m.end)):
        span = {"start": mark.start, "end": mark.end, "surface": graph.text[mark.start : mark.end]}
        if not mark.field:
            records[mark.record].update(span)
        elif mark.layer == "entities":
            records[mark.record][mark.field].append({"kind": mark.kind, **span})
        else:
            records[mark.record][mark.field].append(span)


def _arrows(graph: Graph, records: dict[str, Json], layers: dict[str, list[Json]]) -> None:
    for layer, key in graphs.ARROWS.values():
        if layer != "relations":
            for record in layers[layer]:
                record.setdefault(key, [] if key in (*_LISTS, "participants") else None)
    for arrow in graph.arrows:
        layer, key = graphs.ARROWS[arrow.label]
        if layer == "relations":
            ends = {"from": arrow.source, "to": arrow.target}
            layers[layer].append({"id": arrow.values["id"], "type": arrow.label, **ends})
        elif key == "participants":
            one = {"entity": arrow.target, "role": arrow.label, "fate": arrow.values.get("fate")}
            if one not in records[arrow.source][key]:
                records[arrow.source][key].append(one)
        elif key in _LISTS:
            if arrow.target not in records[arrow.source][key]:
                records[arrow.source][key].append(arrow.target)
        else:
            records[arrow.source][key] = arrow.target


def _values(out: Json, file: str) -> None:
    """Values of figures that a tool left empty are read from the words; numbers are whole where they can be."""
    from bilan import numbers

    found = []
    for record in out["figures"]:
        for key in graphs.NUMBERS:
            if isinstance(record.get(key), float) and record[key].is_integer():
                record[key] = int(record[key])
        if any(record.get(key) is not None for key in ("stated", "low", "high", "modifier")):
            continue
        value = numbers.parse(record["surface"], out["lang"])
        if value is None:
            message = f"no number can be read from the words of {record['id']}: {record['surface']!r}"
            mend = "give low, high and modifier, or take the figure out"
            found.append(Incident("B864", message, mend, file=file))
            continue
        record.update(stated=value.stated, low=value.low, high=value.high, modifier=value.modifier)
        if record.get("unit") is None:
            record["unit"] = value.unit
    if found:
        raise BilanError(found)


# --- order -----------------------------------------------------------------------------------------------


def _in_order(new: list[Json], old: list[Json], key: Callable[[Json], str]) -> list[Json]:
    """Records in the order of the base, the new ones behind by number; their lists as those of the base."""
    there = {key(record): i for i, record in enumerate(old)}
    before = {key(record): record for record in old}

    def place(record: Json) -> tuple[int, int, str]:
        ident = key(record)
        digits = ident.lstrip("abcdefghijklmnopqrstuvwxyz")
        return there.get(ident, len(old)), int(digits) if digits.isdigit() else 0, ident

    out = sorted(new, key=place)
    for record in out:
        earlier = before.get(key(record), {})
        for name in (*_LISTS, "participants", "references"):
            if isinstance(record.get(name), list) and isinstance(earlier.get(name), list):
                record[name] = _like(record[name], earlier[name])
    return out


def _like(new: Iterable[Any], old: list[Any]) -> list[Any]:
    """The items of ``new``, those that ``old`` has in its order and before the others."""

    def same(item: Any) -> str:
        return json.dumps(item, sort_keys=True)

    places = {same(item): i for i, item in reversed(list(enumerate(old)))}
    return sorted(new, key=lambda item: places.get(same(item), len(old)))
