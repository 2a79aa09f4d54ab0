"""Articles for the tests of exported formats: all open ones, and one on any text with any stretches."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from bilan import model
from bilan.model import Json
from conftest import REPOSITORY

ODD = [
    *"aÉz9😀 \n\t\x0c\x01\x85\x1c\u00a0\ufeff\u2028.'_*()<&|\\=#",
    "e\u0301",
    "قُتل",
    "  ",
    "\r\n",
    "\n\n",
    "[2]",
]
"""Pieces of texts that formats stumble over."""


@cache
def open_articles() -> tuple[Json, ...]:
    """The open articles of the corpus, in order of their files."""
    files = sorted((REPOSITORY / "corpus").glob("[a-z][a-z]/*/[a-z][a-z]-*.json"))
    found = (json.loads(path.read_bytes()) for path in files)
    return tuple(one for one in found if one["text"]["access"] == "open")


def odd_article(
    text: str, stretches: list[tuple[int, int]], ident: str = "ml-2025-05-23-dioura.fr.9"
) -> Json:
    """An article that has these stretches as mentions of one entity (name, nominal), as figures and as cues."""
    base = open_articles()[0]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    body = {**base["text"], "content": text, "length": len(text), "sha256": sha256}
    article: Json = {**base, "id": ident, "lang": "fr", "text": body, "references": ["r1"]}
    article.update({layer: [] for layer in model.LAYERS})
    spans = [{"start": start, "end": end, "surface": text[start:end]} for start, end in stretches]
    if not spans:
        return article
    half = len(spans) // 2
    mentions = [{"kind": ("name", "nominal")[i % 2], **span} for i, span in enumerate(spans[:half])]
    entity = {"id": "e1", "type": "place", "place_kind": "region", "name": "A|b=c <&>\n\f", "registry": None}
    article["entities"] = [{**entity, "mentions": mentions}]
    figure = {"of": "people", "measure": "killed", "scope": "context", "event": None, "entity": "e1"}
    value = {"stated": None, "low": 2.125, "high": None, "modifier": "at_least", "unit": "kg"}
    article["figures"] = [
        {"id": f"f{i}", **span, **figure, "period": None, **value, "references": ["r1"]}
        for i, span in enumerate(spans[half:], 1)
    ]
    source = {"kind": "unspecified", "form": None, "named": False, "entity": None, "mentions": []}
    article["sources"] = [{"id": "s1", **source}]
    said = {"stance": "states", "blames": ["e1"], "quotes": spans, "hedged": True, "said": None}
    article["attributions"] = [
        {"id": "a1", "sources": ["s1"], "content": ["f1"], "cues": spans[:1], **said, "reference": None}
    ]
    article["relations"] = [{"id": "rel7", "type": "restates", "from": "f1", "to": "f1"}]
    return article
