"""What the tests of Label Studio share: an article with an odd text, and the articles of the recorded exports."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from bilan import model
from bilan.exchange import assembly
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.model import Json
from conftest import REPOSITORY

RECORDED = Path(__file__).resolve().parent / "data" / "labelstudio"
"""Exports that Label Studio 1.23.2 wrote. ``tests/test_exchange_labelstudio_server.py`` says how they are made anew."""

STORY = "ml-2025-05-23-dioura"

TEXT = (
    "🚨 Cafe\u0301 blast 💥\n\nThe army of Mali (الجيش المالي) said 👨\u200d👩\u200d👧 at least 12 soldiers died in"
    " Dioura 🇲🇱.\n“🙂 We lost forty of them”, it added. Reportedly\u00a0three\u2028fled; 2 were hurt."
)
"""Characters beyond the first plane, joined and combining ones, letters from right to left, odd line ends."""


def odd_graph() -> Graph:
    """Nested and crossing stretches, a source without words, one entity with two roles, of which one has a fate."""
    graph = Graph("", TEXT)
    for layer, ident, words, field, kind, values in (
        ("zones", "z1", "🚨 Cafe\u0301 blast 💥", "", None, {"kind": "headline"}),
        (
            "entities",
            "e1",
            "army of Mali",
            "mentions",
            "name",
            {"type": "state_force", "name": "Army\u00a0of Mali"},
        ),
        ("entities", "e1", "الجيش المالي", "mentions", "name", {}),
        ("entities", "e2", "Mali", "mentions", "name", _place("Mali", "country")),
        ("entities", "e3", "Dioura", "mentions", "name", _place("Dioura", "settlement")),
        ("events", "ev1", "blast", "triggers", None, {"type": "armed_clash", "story_event": "main"}),
        ("events", "ev1", "died", "triggers", None, {}),
        ("figures", "f1", "at least 12 soldiers", "", None, _killed("soldiers", 12, 12, None, "at_least")),
        (
            "figures",
            "f2",
            "forty",
            "",
            None,
            {**_killed("soldiers", 40, 40, 40, "exact"), "references": ["r2", "r1"]},
        ),
        ("figures", "f3", "three", "", None, _killed("people", 3.5, 3.5, 4, "range")),
        (
            "sources",
            "s1",
            "army of Mali",
            "mentions",
            None,
            {"kind": "military", "form": "group", "named": True},
        ),
        ("sources", "s2", "", "mentions", None, {"kind": "unspecified"}),
        (
            "attributions",
            "a1",
            "said",
            "cues",
            None,
            {"stance": "claims", "said": "2025-05-27", "reference": "r1"},
        ),
        ("attributions", "a1", "added", "cues", None, {}),
        ("attributions", "a1", "🙂 We lost forty of them", "quotes", None, {}),
        ("attributions", "a2", "Reportedly", "cues", None, {"stance": "states", "hedged": True}),
    ):
        node = graph.nodes.setdefault(ident, Node(layer, ident))
        node.values.update(values)
        if words:
            start = TEXT.index(words)
            graph.marks.append(Mark(layer, ident, field, kind, start, start + len(words)))
    graph.arrows = [
        Arrow("happened_at", "ev1", "e3"),
        Arrow("target", "ev1", "e1", {"fate": "killed"}),
        Arrow("party", "ev1", "e1", {"fate": None}),
        Arrow("counts", "f1", "ev1"),
        Arrow("counts", "f2", "ev1"),
        Arrow("counts", "f3", "ev1"),
        Arrow("side", "f1", "e1"),
        Arrow("is", "s1", "e1"),
        Arrow("said_by", "a1", "s1"),
        Arrow("content", "a1", "f1"),
        Arrow("content", "a1", "f2"),
        Arrow("said_by", "a2", "s2"),
        Arrow("content", "a2", "f3"),
        Arrow("updates", "f2", "f1", {"id": "rel2"}),
        Arrow("restates", "f2", "f1", {"id": "rel7"}),
    ]
    return graph


def _place(name: str, kind: str) -> Json:
    return {"type": "place", "place_kind": kind, "name": name}


def _killed(of: str, stated: float, low: float, high: float | None, modifier: str) -> Json:
    value = {"stated": stated, "low": low, "high": high, "modifier": modifier}
    return {"of": of, "measure": "killed", "scope": "event", **value}


def odd_base() -> Json:
    """The head of an article of the corpus over the odd text, without annotation."""
    base: Json = json.loads((REPOSITORY / "corpus" / "ml" / "2025-05-23-dioura" / "en-1.json").read_bytes())
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    base["text"].update(content=TEXT, length=len(TEXT), sha256=digest)
    return {**base, "id": f"{STORY}.en.9", **{layer: [] for layer in model.LAYERS}}


def odd_article() -> Json:
    """The article of ``odd_graph``."""
    return assembly.article(odd_graph(), odd_base())


def recorded_articles() -> list[Json]:
    """The articles of the recorded exports: one with relations, one with a source that no word names, one with
    direct speech and a fate, and the odd one."""
    names = ("ng/2024-06-29-gwoza/fr-1", "so/2017-10-14-mogadishu/fr-1", "lb/2024-09-17-beirut/en-1")
    some = [json.loads((REPOSITORY / "corpus" / f"{name}.json").read_bytes()) for name in names]
    return [*some, odd_article()]
