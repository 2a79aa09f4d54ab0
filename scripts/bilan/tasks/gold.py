"""What each task gives and what it asks, read from the published tables, so that a built folder will do."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from bilan.load import only_split, read_filled
from bilan.model import Json
from bilan.tasks import Task

VALUE = ("stated", "low", "high", "modifier", "unit")
"""The fields that make the value of a figure."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An article, or for tolls a story, with all that scorers ask. ``articles`` are rows of the table ``articles``.

    ``rows``: of a story its rows of ``tolls``; of an article its rows of ``ner`` or of ``extraction``, where the
    task needs them.
    """

    id: str
    story: str
    split: str
    articles: tuple[Json, ...]
    rows: tuple[Json, ...]

    @property
    def article(self) -> Json:
        """The article of a unit that is one."""
        return self.articles[0]

    @property
    def texts(self) -> bool:
        """Whether all its texts are there."""
        return all(article["text"] is not None for article in self.articles)

    @property
    def groups(self) -> dict[str, str]:
        """What the unit can be grouped by; several languages of a story are joined by "+"."""
        first = self.articles[0]
        return {
            "lang": "+".join(sorted({article["lang"] for article in self.articles})),
            "region": first["region"],
            "country": first["country"],
            "style": first["style"] if len(self.articles) == 1 and first["style"] else "none",
            "subset": first["subset"] or "none",
            "split": self.split,
            "story": self.story,
        }


Copies = str | os.PathLike[str] | bool
"""Texts of withheld articles, as ``bilan.load`` takes them: a file or folder, True for the cache, False for none."""


def units(
    task: Task,
    *,
    split: str | None = None,
    source: str | os.PathLike[str] | None = None,
    hydrate: Copies = False,
) -> list[Unit]:
    """The units of a split (None: of all), in the order of the table ``articles``."""
    articles = _rows("articles", split, source, hydrate)
    extra: dict[str, list[Json]] = {}
    if task.config in ("ner", "extraction", "tolls"):
        by = "story" if task.unit == "story" else "article"
        for row in _rows(task.config, split, source, hydrate):
            extra.setdefault(row[by], []).append(row)
    if task.unit == "article":
        return [Unit(a["id"], a["story"], a["split"], (a,), tuple(extra.get(a["id"], ()))) for a in articles]
    stories: dict[tuple[str, str], list[Json]] = {}
    for article in articles:
        stories.setdefault((article["story"], article["split"]), []).append(article)
    # a story with a withheld article is in two splits; the claims of each article stay with it
    return [
        Unit(story, story, part, tuple(own), tuple(_of(extra.get(story, ()), own)))
        for (story, part), own in stories.items()
    ]


def _of(rows: Iterable[Json], articles: list[Json]) -> list[Json]:
    ids = {article["id"] for article in articles}
    return [row for row in rows if row["article"] in ids]


def _rows(
    config: str, split: str | None, source: str | os.PathLike[str] | None, hydrate: Copies
) -> list[Json]:
    tables = read_filled(config, source, None, hydrate).tables
    if split is not None:
        tables = only_split(tables, split, config)
    return [row for table in tables.values() for row in table.to_pylist()]


# --- what is given ---------------------------------------------------------------------------------------


def given(task: Task, unit: Unit) -> Json:
    """The input of a unit, plain data."""
    if task.unit == "story":
        return {
            "story": unit.id,
            "events": [
                {key: event[key] for key in ("id", "type", "date", "place")}
                for event in unit.article["story_events"]
            ],
            "articles": [_text(article) for article in unit.articles],
        }
    out = _text(unit.article)
    if task.name == "attribution":
        out["contents"] = contents(unit.article)
    return out


def _text(article: Json) -> Json:
    return {key: article[key] for key in ("id", "lang", "published", "text")}


def contents(article: Json) -> list[Json]:
    """The figures and events of an article, in the order of the text: id, layer, and where they stand."""
    found = [
        {"id": figure["id"], "layer": "figures", "spans": [_place(figure)]} for figure in article["figures"]
    ]
    found += [
        {"id": event["id"], "layer": "events", "spans": [_place(at) for at in event["triggers"]]}
        for event in article["events"]
    ]
    return sorted(found, key=lambda c: (c["spans"][0]["start"] if c["spans"] else 0, c["id"]))


def _place(span: Json) -> Json:
    return {"start": span["start"], "end": span["end"]}


# --- what is asked ---------------------------------------------------------------------------------------


def target(task: Task, unit: Unit) -> Json:
    """A perfect prediction."""
    made: Any = _TARGETS[task.name](unit)
    return {task.unit: unit.id, task.key: made}


def names(unit: Unit) -> list[Json]:
    """The outermost names, in the order of the text."""
    found = sorted(
        (
            {**_place(mention), "type": entity["type"]}
            for entity in unit.article["entities"]
            for mention in entity["mentions"]
            if mention["kind"] == "name"
        ),
        key=lambda m: (m["start"], -m["end"]),
    )
    out: list[Json] = []
    for mention in found:
        if not out or mention["start"] >= out[-1]["end"]:
            out.append(mention)
    return out


def figures(unit: Unit) -> list[Json]:
    """All figures, in the order of the text."""
    keys = ("start", "end", "of", "measure", *VALUE)
    found = sorted(unit.article["figures"], key=lambda f: (f["start"], f["end"]))
    return [{key: whole(figure[key]) for key in keys} for figure in found]


def links(unit: Unit) -> list[Json]:
    """Content → source, once for each source of each attribution, with everything that a scorer accepts.

    ``sources`` are the places of the source's mentions and of the names of the entity that speaks, the mention
    nearest to the content first; empty where nobody is named ("reportedly").
    """
    article = unit.article
    records = {r["id"]: r for layer in ("entities", "sources") for r in article[layer]}
    out = []
    for content in contents(article):
        for attribution in article["attributions"]:
            if content["id"] not in attribution["content"]:
                continue
            for ident in attribution["sources"]:
                source = records[ident]
                out.append(
                    {
                        "content": content["id"],
                        "layer": content["layer"],
                        "spans": content["spans"],
                        "sources": _mentions(source, records.get(source["entity"]), content["spans"]),
                        "kind": source["kind"],
                        "cues": [_place(cue) for cue in attribution["cues"]],
                        "stance": attribution["stance"],
                    }
                )
    return out


def _mentions(source: Json, entity: Json | None, near: list[Json]) -> list[Json]:
    at = near[0]["start"] if near else 0
    own = sorted((_place(m) for m in source["mentions"]), key=lambda m: abs(m["start"] - at))
    more = [_place(m) for m in (entity or {}).get("mentions", ()) if m["kind"] == "name"]
    return own + [place for place in more if place not in own]


def _links_asked(unit: Unit) -> list[Json]:
    """The links with one source and one cue each, as a prediction gives them."""
    return [
        {
            "content": link["content"],
            "source": next(iter(link["sources"]), None),
            "kind": link["kind"],
            "cue": next(iter(link["cues"]), None),
            "stance": link["stance"],
        }
        for link in links(unit)
    ]


def claims(unit: Unit) -> list[Json]:
    """The distinct claims about a story's events: who says how many of what.

    Rows of the table ``tolls`` that say the same, in whatever article or language, are one claim; ``names`` are all
    names of its source, ``stances`` the ways in which it is said, ``articles`` where it stands. A source without a
    name is known by its kind. What is denied and what is said are two claims.
    """
    out: dict[tuple[Any, ...], Json] = {}
    for row in unit.rows:
        named = bool(row["source_named"])
        speaker = _speaker(unit, row) if named else None
        key = (
            *(
                row[k]
                for k in ("story_event", "measure", "of", "low", "high", "unit", "source_kind", "asserts")
            ),
            speaker,
        )
        claim = out.setdefault(
            key,
            {
                "event": row["story_event"],
                **{k: row[k] for k in ("measure", "of")},
                **{k: whole(row[k]) for k in VALUE},
                "source": None
                if row["source_kind"] is None
                else {"kind": row["source_kind"], "name": row["source_name"] if named else None},
                "stance": row["stance"],
                "names": [],
                "stances": [],
                "articles": [],
            },
        )
        if named and row["source_name"] not in claim["names"]:
            claim["names"].append(row["source_name"])
        for listed, value in (("stances", row["stance"]), ("articles", row["article"])):
            if value not in claim[listed]:
                claim[listed].append(value)
    for claim in out.values():
        claim["names"] += _aliases(unit, claim)
    return list(out.values())


def _speaker(unit: Unit, row: Json) -> str:
    """What the source is called in every article: the registry's id where it has one."""
    article = next(a for a in unit.articles if a["id"] == row["article"])
    source = next(s for s in article["sources"] if s["id"] == row["source"])
    entity = next((e for e in article["entities"] if e["id"] == source["entity"]), None)
    return str((entity and entity["registry"]) or row["source_name"].casefold())


def _aliases(unit: Unit, claim: Json) -> list[str]:
    """The words by which the articles name the entities that carry one of the claim's names."""
    found = []
    for article in unit.articles:
        for entity in article["entities"]:
            if entity["name"] in claim["names"]:
                found += [m["surface"] for m in entity["mentions"] if m["kind"] == "name" and m["surface"]]
    return [name for name in dict.fromkeys(found) if name not in claim["names"]]


def _claims_asked(unit: Unit) -> list[Json]:
    more = ("names", "stances", "articles")
    return [{k: v for k, v in claim.items() if k not in more} for claim in claims(unit)]


def extraction(unit: Unit) -> Json:
    """The target of the table ``extraction``."""
    document: Json = orjson.loads(unit.rows[0]["target"])
    return document


def whole(number: Any) -> Any:
    """Counts are whole numbers: Parquet has 41.0 where the corpus has 41."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


_TARGETS = {
    "entities": names,
    "figures": figures,
    "attribution": _links_asked,
    "tolls": _claims_asked,
    "extraction": extraction,
}
