"""A sound article of a text that is odd for tools: emoji, combining marks, Arabic, empty lines, odd values."""

from __future__ import annotations

import hashlib
import json

from bilan import model
from bilan.exchange import assembly
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.model import Json
from conftest import REPOSITORY

ODD = (
    "😀 Quarante\u0301 soldats tués à Diên\u0302 Biên.\nقُتل 40 جنديًا في ديورا.\n\n"
    "Forty 👩\u200d👩\u200d👧 soldiers, 🇲🇱 said the army."
)


def odd_article() -> Json:
    """The head of an article of the corpus over the odd text, with a stretch on every odd place of it."""
    base: Json = json.loads((REPOSITORY / "corpus/ml/2025-05-23-dioura/en-1.json").read_bytes())
    base |= {layer: [] for layer in model.LAYERS}
    base["text"] |= {"content": ODD, "length": len(ODD), "sha256": hashlib.sha256(ODD.encode()).hexdigest()}
    graph = Graph(base["id"], ODD)

    def put(
        layer: str, ident: str, words: str, values: Json, field: str = "", kind: str | None = None
    ) -> None:
        graph.nodes[ident] = Node(layer, ident, values)
        start = ODD.index(words)
        graph.marks.append(Mark(layer, ident, field, kind, start, start + len(words)))

    labels = {"of": "soldiers", "measure": "killed", "scope": "context"}
    exact = {"stated": 40, "low": 40, "high": 40, "modifier": "exact", "references": ["r1", "r2"]}
    put("figures", "f1", "40 جنديًا", {**labels, **exact})
    put(
        "figures",
        "f2",
        "Forty 👩\u200d👩\u200d👧 soldiers",
        {**labels, "stated": 0.5, "low": 0, "modifier": "range"},
    )
    name = 'Dioura; the "town" = ديورا'
    put(
        "entities",
        "e1",
        "ديورا",
        {"type": "place", "place_kind": "settlement", "name": name},
        "mentions",
        "name",
    )
    put(
        "entities",
        "e2",
        "🇲🇱",
        {"type": "place", "place_kind": "country", "name": "🇲🇱"},
        "mentions",
        "name",
    )
    put("times", "t1", "tués à Diên\u0302", {"kind": "date"})
    graph.arrows.append(Arrow("side", "f1", "e2"))
    return assembly.article(graph, base)
