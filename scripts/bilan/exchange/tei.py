"""TEI P5 with standOff: the text as it stands, everything that is said of it beside it.

    <div><head><anchor xml:id="c0"/>Some 40 soldiers<anchor xml:id="c16"/> reported …</head>

    <p>…</p></div>
    <standOff>
      <list type="figures"><item xml:id="f1" corresp="#r2"><measure type="killed" commodity="soldiers"><num
        value="40" atLeast="35" atMost="45">Some 40 soldiers</num></measure></item>…</list>
      <spanGrp type="figure"><span from="#c0" to="#c16" corresp="#f1">Some 40 soldiers</span>…</spanGrp>
      <listRelation type="figures"><relation name="counts" active="#f1" passive="#ev1"/>…</listRelation>
      <fs type="figures" corresp="#f1"><f name="of"><symbol value="soldiers"/></f>…</fs>

**Text.** All that stands in ``<div>`` is the text to the letter, line ends included: each line is a ``<p>``, headlines
before the first are ``<head>``. An ``<anchor>`` stands wherever a stretch begins or ends; its id is the offset in code
points (c16). A character that XML cannot hold is ``<g n="U+000C"/>``.

**standOff.** A record is one element with its id: person, org, place, event, else an item of a list. ``<spanGrp>`` has
the stretches by kind (name, nominal, trigger, figure, time, zone, source, cue, quote), ``<listRelation>`` the arrows
(participants with their fate as subtype, relations of figures with their id), ``<fs>`` all values of a record; what
TEI has attributes for (measure, num, date, event) says them again. ``<certainty>`` stands for hedged statements. The
pages behind the article are ``<bibl>`` in the header, the provenance of the layers is in its respStmt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bilan import model
from bilan.exchange import graph as graphs
from bilan.exchange import teihead
from bilan.exchange.graph import Graph, Node
from bilan.exchange.parts import PARTS, Carried
from bilan.exchange.xml import element, lines, text
from bilan.model import Json

_MARKED = (*(layer for layer in model.LAYERS if layer != "relations"), "attributions.quotes")
_SPAN = Carried("shown", "span from anchor to anchor; corresp names the record")
_FS = Carried("shown", "fs of the record")
_RELATION = Carried("shown", "relation in listRelation")

CARRIED = {
    **dict.fromkeys(PARTS, _FS),
    **dict.fromkeys(_MARKED, _SPAN),
    **{name: _RELATION for name in PARTS if name.endswith(".arrows") or name == "relations"},
    "text": Carried("shown", "the content of div"),
    "times.value": Carried("shown", "fs; date with when-iso, from-iso and to-iso"),
    "figures.value": Carried("shown", "fs; measure, and num with value, atLeast, atMost"),
    "references": Carried("shown", "fs; corresp to the bibl of the header"),
}

_LISTS = {
    "person": ("listPerson", "person", "persName"),
    "place": ("listPlace", "place", "placeName"),
    "facility": ("listPlace", "place", "placeName"),
    **dict.fromkeys(("weapon", "vehicle", "operation"), ("list", "item", "name")),
}
"""Type of an entity → list, element and name of TEI; all others are organisations."""
_ORG = ("listOrg", "org", "orgName")

_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?\Z")


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """One file an article."""
    for article in articles:
        graph = graphs.of(article)
        tei = element(
            "TEI",
            {"xmlns": "http://www.tei-c.org/ns/1.0", "xml:id": graph.id},
            lines(
                teihead.header(article),
                element("text", {"xml:lang": article["lang"]}, f"<body>{_div(article, graph)}</body>"),
                _stand_off(article, graph),
            ),
        )
        yield f"{graph.id}.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{tei}\n'.encode()


# --- text ------------------------------------------------------------------------------------------------


def _div(article: Json, graph: Graph) -> str:
    """The text with an anchor at every edge; an edge at the end of a line stands within the line."""
    edges = sorted({edge for mark in graph.marks for edge in (mark.start, mark.end)})
    heads = [(z["start"], z["end"]) for z in article["zones"] if z["kind"] == "headline"]
    out, begun, at, last = [], False, 0, -1
    for match in re.finditer(r"[^\n]+", graph.text):
        start, end = match.span()
        out.append(_anchored(graph.text, at, start, [e for e in edges if last < e < start]))
        headline = not begun and any(a <= start and end <= b for a, b in heads)
        begun = begun or not headline
        inside = [e for e in edges if start <= e <= end]
        out.append(element("head" if headline else "p", None, _anchored(graph.text, start, end, inside)))
        at = last = end
    out.append(_anchored(graph.text, at, len(graph.text), [e for e in edges if e > last]))
    return element("div", {"xml:space": "preserve"}, "".join(out))


def _anchored(whole: str, start: int, end: int, edges: list[int]) -> str:
    out, at = [], start
    for edge in edges:
        out += [text(whole[at:edge]), element("anchor", {"xml:id": f"c{edge}"})]
        at = edge
    return "".join([*out, text(whole[at:end])])


# --- beside it -------------------------------------------------------------------------------------------


def _stand_off(article: Json, graph: Graph) -> str:
    by_layer: dict[str, list[Node]] = {layer: [] for layer in model.LAYERS}
    for node in graph.nodes.values():
        by_layer[node.layer].append(node)
    parts = [*_entities(by_layer["entities"]), _events(by_layer["events"])]
    for layer in ("zones", "times", "figures", "sources", "attributions"):
        items = [_item(article, graph, node) for node in by_layer[layer]]
        parts.append(element("list", {"type": layer}, lines(*items)) if items else "")
    for name in graphs.KINDS:
        some = sorted({m for m in graph.marks if m.name == name}, key=lambda m: (m.start, m.end, m.record))
        spans = [
            element(
                "span",
                {"from": f"#c{m.start}", "to": f"#c{m.end}", "corresp": f"#{m.record}"},
                text(graph.text[m.start : m.end]),
            )
            for m in some
        ]
        parts.append(element("spanGrp", {"type": name}, lines(*spans)) if spans else "")
    parts += [*_relations(graph), *_hedges(by_layer["attributions"])]
    parts += [_features(node) for node in graph.nodes.values()]
    return element("standOff", None, lines(*parts)) if any(parts) else ""


def _entities(nodes: list[Node]) -> Iterator[str]:
    """Records by list. The registry id is the key of the name."""
    found: dict[str, list[str]] = {"listPerson": [], "listOrg": [], "listPlace": [], "list": []}
    for node in nodes:
        kind = node.values["type"]
        into, tag, called = _LISTS.get(kind, _ORG)
        attributes: dict[str, object] = {"xml:id": node.id}
        if tag in ("org", "place"):
            attributes.update(type=kind, subtype=node.values.get("place_kind"))
        key = {"type": kind, "key": node.values.get("registry")}
        found[into].append(element(tag, attributes, element(called, key, text(node.values["name"]))))
    for into, some in found.items():
        if some:
            yield element(into, {"type": "entities"}, lines(*some))


def _events(nodes: list[Node]) -> str:
    some = [
        element(
            "event",
            {"xml:id": node.id, "type": node.values["type"], **dates(node.values.get("date"))},
            element("label", None, text(node.values["type"].replace("_", " "))),
        )
        for node in nodes
    ]
    return element("listEvent", {"type": "events"}, lines(*some)) if some else ""


def _item(article: Json, graph: Graph, node: Node) -> str:
    words = " … ".join(graph.text[m.start : m.end] for m in graph.marks_of(node.id))
    content, values = text(words), node.values
    if node.layer == "times":
        content = element("date", dates(values.get("edtf")), content)
    if node.layer == "figures":
        number = {"value": values["stated"], "atLeast": values["low"], "atMost": values["high"]}
        measure = {"type": values["measure"], "commodity": values["of"], "unit": values.get("unit")}
        content = element("measure", measure, element("num", number, content))
    pages = values.get("references") or [values.get("reference")]
    known = " ".join(f"#{page}" for page in pages if page in article["references"])
    return element("item", {"xml:id": node.id, "corresp": known}, content)


def dates(edtf: str | None) -> dict[str, object]:
    """What of an EDTF date TEI's attributes can say: days, months and years, and intervals of them."""
    first, slash, last = (edtf or "").partition("/")
    found = {"from-iso": first, "to-iso": last} if slash else {"when-iso": first}
    return {key: value for key, value in found.items() if _DAY.match(value)}


def _relations(graph: Graph) -> Iterator[str]:
    for layer in model.LAYERS:
        some = [
            element(
                "relation",
                {
                    "xml:id": arrow.values.get("id"),
                    "name": arrow.label,
                    "type": "participant" if graphs.ARROWS[arrow.label][1] == "participants" else None,
                    "active": f"#{arrow.source}",
                    "passive": f"#{arrow.target}",
                    "subtype": arrow.values.get("fate"),
                },
            )
            for arrow in graph.arrows
            if graphs.ARROWS[arrow.label][0] == layer
        ]
        if some:
            yield element("listRelation", {"type": layer}, lines(*some))


def _hedges(nodes: list[Node]) -> Iterator[str]:
    said = element("desc", None, "hedged")
    for node in nodes:
        if node.values.get("hedged"):
            yield element("certainty", {"target": f"#{node.id}", "locus": "value", "cert": "unknown"}, said)


def _features(node: Node) -> str:
    features = [
        element("f", {"name": key}, _value((node.layer, key), value))
        for key, value in node.values.items()
        if value not in (None, [])
    ]
    return element("fs", {"type": node.layer, "corresp": f"#{node.id}"}, lines(*features)) if features else ""


def _value(key: tuple[str, str], value: object) -> str:
    if isinstance(value, bool):
        return element("binary", {"value": str(value).lower()})
    if isinstance(value, int | float):
        return element("numeric", {"value": repr(value)})
    if isinstance(value, list):
        return element("vColl", {"org": "list"}, "".join(_value(key, one) for one in value))
    if key in graphs.INVENTORIES:
        return element("symbol", {"value": value})
    return element("string", None, text(str(value)))
