"""Articles as tasks of a Label Studio project, annotation and all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from bilan import labels
from bilan.exchange import graph as graphs
from bilan.exchange.graph import Arrow, Graph, Mark
from bilan.exchange.labelstudio import config
from bilan.exchange.labelstudio.controls import FATE, MARK, RECORD, TEXT, VALUES, WORDLESS, Control, encoded
from bilan.model import Json

_ROLES = frozenset(labels.names("participant_role"))


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """The configuration of the project and its tasks, one an article."""
    yield "config.xml", config.xml().encode()
    lines = b",\n".join(orjson.dumps(task(article)) for article in articles)
    yield "tasks.json", b"[\n" + lines + b"\n]\n"


def task(article: Json) -> Json:
    """One article as a task: ``data`` with text and head, and one annotation with every record."""
    graph = graphs.of(article)
    data = {
        TEXT: graph.text,
        "id": graph.id,
        "sha256": article["text"]["sha256"],
        "lang": article["lang"],
        "published": article["published"] or "",
        "relations": "; ".join(
            f"{a.values['id']} = {a.source} {a.label} {a.target}" for a in graph.arrows if a.values.get("id")
        ),
    }
    return {"data": data, "annotations": [{"result": list(rows(graph))}]}


def rows(graph: Graph) -> Iterator[Json]:
    """The rows of an annotation: regions with their values record by record, then relations."""
    regions = _regions(graph)
    named = {mark.record for mark in graph.marks}
    for ident, marks in regions.items():
        yield from _record(graph, marks, ident not in named)
    yield from _relations(graph, regions)


def _regions(graph: Graph) -> dict[str, list[Mark]]:
    """Record → its stretches, the one that holds its values first. One without words gets those of a neighbour."""
    own: dict[str, list[Mark]] = {ident: [] for ident in graph.nodes}
    for mark in sorted(set(graph.marks), key=lambda m: (m.field, m.start, m.end)):
        own[mark.record].append(mark)
    near: dict[str, list[str]] = {}
    for arrow in graph.arrows:
        near.setdefault(arrow.source, []).append(arrow.target)
        near.setdefault(arrow.target, []).append(arrow.source)
    return {ident: marks or [_lent(graph, ident, own, near)] for ident, marks in own.items()}


def _lent(graph: Graph, ident: str, own: dict[str, list[Mark]], near: dict[str, list[str]]) -> Mark:
    layer = graph.nodes[ident].layer
    where, what, kind = next(key for key in graphs.MARKS if key[0] == layer)
    places = (own[other][0] for other in near.get(ident, ()) if own[other])
    place = next(places, Mark(layer, ident, "", None, 0, 1))
    return Mark(where, ident, what, kind, place.start, place.end)


def _name(record: str, number: int) -> str:
    """Id of a region: that of its record, from the second on with a number."""
    return f"{record}-{number + 1}" if number else record


def _record(graph: Graph, marks: list[Mark], wordless: bool) -> Iterator[Json]:
    """The rows of one record: a label and a name for each region, the values on the first."""
    node = graph.nodes[marks[0].record]
    for number, mark in enumerate(marks):
        place = {"start": mark.start, "end": mark.end}
        region = {"id": _name(node.id, number), "to_name": TEXT}
        value = {**place, "text": graph.text[mark.start : mark.end], "labels": [mark.name]}
        yield {**region, "from_name": MARK, "type": "labels", "value": value}
        said: list[tuple[Control, Any]] = [(RECORD, node.id)]
        if number == 0:
            said += [(WORDLESS, wordless)]
            said += [(control, node.values.get(control.field)) for control in VALUES[node.layer]]
        for control, plain in said:
            inner = encoded(control, plain)
            if inner is not None:
                value = {**place, control.key: inner}
                yield {**region, "from_name": control.name, "type": control.type, "value": value}


# --- arrows ----------------------------------------------------------------------------------------------


def _relations(graph: Graph, regions: dict[str, list[Mark]]) -> Iterator[Json]:
    ends: dict[tuple[str, str], list[Arrow]] = {}
    for arrow in graph.arrows:
        ends.setdefault((arrow.source, arrow.target), []).append(arrow)
    used: set[tuple[str, str]] = set()
    for (source, target), arrows in ends.items():
        for group in _groups(arrows):
            one, other, direction = _slot(source, target, regions, used)
            used.add((one, other))
            yield {
                "type": "relation",
                "from_id": one,
                "to_id": other,
                "direction": direction,
                "labels": group,
            }


def _groups(arrows: list[Arrow]) -> list[list[str]]:
    """Labels of arrows between two records, by what one relation can say: no label twice, one fate for all roles."""
    groups: list[tuple[list[str], set[str | None]]] = []
    for arrow in arrows:
        fates = {arrow.values.get("fate")} if arrow.label in _ROLES else set()
        for names, there in groups:
            if arrow.label not in names and len(there | fates) <= 1:
                names.append(arrow.label)
                there |= fates
                break
        else:
            groups.append(([arrow.label], set(fates)))
    return [[*names, *(FATE + fate for fate in fates if fate)] for names, fates in groups]


def _slot(
    source: str, target: str, regions: dict[str, list[Mark]], used: set[tuple[str, str]]
) -> tuple[str, str, str]:
    """The two regions nearest to each other that no relation joins yet, else the same turned round."""
    pairs = sorted(
        (abs(a.start - b.start), i, j)
        for i, a in enumerate(regions[source])
        for j, b in enumerate(regions[target])
    )
    names = [(_name(source, i), _name(target, j)) for _, i, j in pairs]
    free = [(one, other, "right") for one, other in names]
    free += [(other, one, "left") for one, other in names]
    return next((slot for slot in free if slot[:2] not in used), free[0])
