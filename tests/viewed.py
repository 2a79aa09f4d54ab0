"""Articles for the tests of pages: an Arabic one, one full of hostile strings, and the means to make others."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

from conftest import REPOSITORY

Json = dict[str, Any]

CORPUS = REPOSITORY / "corpus"
ARABIC = (
    "مقتل نحو 40 جنديا في هجوم على معسكر في مالي\n\n"
    "باماكو — قال مصدر أمني إن نحو 40 جنديا قتلوا يوم الجمعة في هجوم على معسكر ديورا، فيما أعلنت جماعة JNIM "
    "أنها قتلت 41 جنديا. ونفى الجيش سقوط «أكثر من 20 قتيلا».\n"
)

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202etxt.exe\u202c\u200b & \"'"


def story_of(ident: str) -> tuple[list[Json], Json]:
    """The articles and the story.json of a story of the corpus."""
    folder = CORPUS / ident[:2] / ident[3:]
    found = [json.loads(path.read_bytes()) for path in sorted(folder.glob("[a-z][a-z]-*.json"))]
    return found, json.loads((folder / "story.json").read_bytes())


def at(text: str, words: str, nth: int = 0) -> Json:
    """The span of the n-th place where the words stand."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return {"start": start, "end": start + len(words), "surface": words}


def blank(text: str, lang: str, ident: str = "ml-2025-05-23-dioura.ar.1") -> Json:
    """An open article with a text and without annotations."""
    found, _ = story_of("ml-2025-05-23-dioura")
    article = copy.deepcopy(next(one for one in found if one["text"]["access"] == "open"))
    for layer in ("zones", "entities", "times", "events", "figures", "sources", "attributions", "relations"):
        article[layer] = []
    sha = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    article.update(id=ident, lang=lang)
    article["text"].update(content=text, length=len(text), sha256=sha)
    return article


def figure(
    ident: str, span: Json, stated: float, low: float, high: float | None, modifier: str = "exact"
) -> Json:
    """A figure of soldiers killed in the event ev1."""
    return {
        "id": ident,
        **span,
        "of": "soldiers",
        "measure": "killed",
        "scope": "event",
        "event": "ev1",
        "entity": None,
        "period": None,
        "stated": stated,
        "low": low,
        "high": high,
        "modifier": modifier,
        "unit": None,
        "references": [],
    }


def said(ident: str, source: str, content: list[str], cue: Json, stance: str = "states") -> Json:
    """A statement."""
    return {
        "id": ident,
        "sources": [source],
        "content": content,
        "cues": [cue],
        "stance": stance,
        "blames": [],
        "quotes": [],
        "hedged": False,
        "said": None,
        "reference": None,
    }


def arabic() -> Json:
    """A short report in Arabic with nested and crossing marks."""
    text = ARABIC
    article = blank(text, "ar")
    headline = text.split("\n")[0]
    article["zones"] = [{"id": "z1", "kind": "headline", **at(text, headline)}]
    article["entities"] = [
        {
            "id": "e1",
            "type": "facility",
            "place_kind": None,
            "name": "معسكر ديورا",
            "registry": None,
            "mentions": [{"kind": "name", **at(text, "معسكر ديورا")}],
        },
        {
            "id": "e2",
            "type": "place",
            "place_kind": "settlement",
            "name": "ديورا",
            "registry": None,
            "mentions": [{"kind": "name", **at(text, "ديورا")}],
        },
        {
            "id": "e3",
            "type": "armed_group",
            "place_kind": None,
            "name": "JNIM",
            "registry": None,
            "mentions": [{"kind": "name", **at(text, "JNIM")}],
        },
    ]
    article["times"] = [
        {
            "id": "t1",
            "kind": "date",
            "edtf": "2025-05-23",
            "duration": None,
            "part": None,
            "clock": None,
            "mod": None,
            **at(text, "يوم الجمعة"),
        }
    ]
    article["events"] = [
        {
            "id": "ev1",
            "type": "armed_clash",
            "date": "2025-05-23",
            "times": ["t1"],
            "places": ["e1"],
            "participants": [],
            "story_event": "main",
            "part_of": None,
            "triggers": [at(text, "هجوم"), at(text, "هجوم", 1)],
        }
    ]
    article["figures"] = [
        figure("f1", at(text, "نحو 40 جنديا"), 40, 35, 45, "approximate"),
        figure("f2", at(text, "نحو 40 جنديا", 1), 40, 35, 45, "approximate"),
        figure("f3", at(text, "41 جنديا"), 41, 41, 41),
        figure("f4", at(text, "أكثر من 20 قتيلا"), 20, 21, None, "more_than"),
    ]
    article["sources"] = [
        _source("s1", "security_forces", None, at(text, "مصدر أمني")),
        _source("s2", "armed_group", "e3", at(text, "جماعة JNIM")),
        _source("s3", "military", None, at(text, "الجيش")),
    ]
    article["attributions"] = [
        said("a1", "s1", ["f2"], at(text, "قال")),
        said("a2", "s2", ["f3"], at(text, "أعلنت"), "claims"),
        {**said("a3", "s3", ["f4"], at(text, "نفى"), "denies"), "quotes": [at(text, "أكثر من 20 قتيلا")]},
    ]
    return article


def _source(ident: str, kind: str, entity: str | None, mention: Json) -> Json:
    return {"id": ident, "kind": kind, "form": None, "named": False, "entity": entity, "mentions": [mention]}


def hostile() -> tuple[Json, Json]:
    """An article, and its story, that have a hostile string wherever a string may stand."""
    text = f"{HOSTILE}\n\nKilled: 40 soldiers, says {HOSTILE}."
    article = blank(text, "en", "ml-2025-05-23-dioura.en.9")
    _, story = story_of("ml-2025-05-23-dioura")
    story = copy.deepcopy(story)
    story["title"] = {"en": HOSTILE, "fr": HOSTILE}
    for page in story["references"]:
        page.update(publisher=HOSTILE, note=HOSTILE, url="javascript:alert(1)//")
    article["text"]["attribution"] = HOSTILE
    article["provenance"] = {k: {**v, "annotator": HOSTILE} for k, v in article["provenance"].items()}
    article["record"] = {"title": None, "authors": [HOSTILE], "outlet": HOSTILE, "url": "data:text/html,x"}
    article["zones"] = [{"id": "z1", "kind": "headline", **at(text, HOSTILE)}]
    article["references"] = [page["id"] for page in story["references"]]
    article["entities"] = [
        {
            "id": "e1",
            "type": "armed_group",
            "place_kind": None,
            "name": HOSTILE,
            "registry": HOSTILE,
            "mentions": [{"kind": "name", **at(text, HOSTILE, 1)}],
        }
    ]
    article["events"] = [
        {
            "id": "ev1",
            "type": "armed_clash",
            "date": "2025-05-23",
            "times": [],
            "places": ["e1"],
            "participants": [{"entity": "e1", "role": "party", "fate": None}],
            "story_event": "main",
            "part_of": None,
            "triggers": [at(text, "Killed")],
        }
    ]
    article["figures"] = [
        figure("f1", at(text, "40 soldiers"), 40, 40, 40),
        figure("f2", at(text, HOSTILE), 1, 1, 1),
    ]
    for record in article["figures"]:  # of one toll, so that there is a chart with the name of the side
        record.update(entity="e1", references=article["references"])
    article["sources"] = [_source("s1", "armed_group", "e1", at(text, HOSTILE, 1))]
    article["attributions"] = [{**said("a1", "s1", ["f1", "f2"], at(text, "says")), "blames": ["e1"]}]
    return article, story
