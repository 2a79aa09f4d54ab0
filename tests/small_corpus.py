"""A corpus of two stories and five articles, written from text forms, for tests of tables, build and load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bilan import jsonio, textform

Json = dict[str, Any]

TEXT_FORMS = Path(__file__).parent / "data" / "small"
"""The articles: <article id>.md"""

REAL = Path(__file__).parent.parent / "corpus"
"""The corpus of the repository."""


def _reference(
    ident: str, publisher: str, date: str, lang: str, url: str | None = None, origin: str | None = None
) -> Json:
    return {
        "id": ident,
        "publisher": publisher,
        "url": url or f"https://example.org/{ident}",
        "lang": lang,
        "date": date,
        "authors": [],
        "derived_from": origin,
        "note": None,
    }


def _story(
    ident: str, title: str, split: str, kind: str, date: str, place: str, references: list[Json]
) -> Json:
    event = {"id": "main", "type": kind, "date": date, "place": place, "external": [], "note": None}
    return {
        "schema_version": "1.0",
        "id": ident,
        "title": {"en": title, "fr": title},
        "country": ident[:2].upper(),
        "region": "sahel",
        "split": split,
        "subset": "unseen_conflict" if split == "test" else None,
        "events": [event],
        "references": references,
    }


STORIES = (
    _story(
        "ml-2025-05-23-dioura",
        "Dioura",
        "test",
        "armed_clash",
        "2025-05-23",
        "dioura",
        [
            _reference("r1", "Hamanie", "2025-05-26", "fr", url="https://example.org/dioura", origin="r2"),
            _reference("r2", "RFI", "2025-05-26", "fr"),
            _reference("r3", "Reuters", "2025-05-26", "en"),
        ],
    ),
    _story(
        "bf-2021-06-05-solhan",
        "Solhan",
        "train",
        "attack",
        "2021-06-05",
        "solhan",
        [_reference("r1", "Sidwaya", "2021-06-05", "fr"), _reference("r2", "AFP", "2021-06-07", "fr")],
    ),
)


def _actor(ident: str, kind: str, name: str, aliases: list[str], acled: str) -> Json:
    return {
        "id": ident,
        "type": kind,
        "names": {"en": name, "fr": name},
        "aliases": aliases,
        "country": "ML",
        "acled_actor_class": acled,
        "wikidata": None,
    }


def _place(ident: str, name: str, country: str, lat: float | None, lon: float | None) -> Json:
    return {
        "id": ident,
        "type": "place",
        "place_kind": "settlement",
        "names": {"en": name, "fr": name},
        "aliases": [],
        "country": country,
        "lat": lat,
        "lon": lon,
        "coordinates_from": None if lat is None else "UCDP GED 24.1",
        "wikidata": None,
        "geonames": None,
    }


REGISTRY: dict[str, list[Json]] = {
    "actors": [
        _actor("jnim", "armed_group", "JNIM", ["Jnim"], "rebel_groups"),
        _actor("malian-army", "state_force", "Malian army", ["armée"], "state_forces"),
    ],
    "places": [
        _place("dioura", "Dioura", "ML", 14.8252, -5.2547),
        _place("solhan", "Solhan", "BF", None, None),
    ],
    "outlets": [{"id": "hamanie", "name": "Hamanie", "country": "CI", "url": None, "wikidata": None}],
}


def has_articles(corpus: Path) -> bool:
    """Whether a corpus has articles yet."""
    return any(corpus.glob("??/*/??-*.json"))


def article_path(corpus: Path, ident: str) -> Path:
    """Where an article of a corpus lies."""
    story, lang, number = ident.rsplit(".", 2)
    return corpus / story[:2] / story[3:] / f"{lang}-{number}.json"


def documents() -> list[Json]:
    """The articles as plain data."""
    return [textform.unmark(path.read_text("utf-8"), path.name) for path in sorted(TEXT_FORMS.glob("*.md"))]


def write(corpus: Path) -> Path:
    """Writes the corpus and returns its folder."""
    for kind, entries in REGISTRY.items():
        document = {"schema_version": "1.0", kind: entries}
        jsonio.write_atomic(corpus / "registry" / f"{kind}.json", jsonio.dumps(document))
    for story in STORIES:
        folder = corpus / story["id"][:2] / story["id"][3:]
        jsonio.write_atomic(folder / "story.json", jsonio.dumps(story))
    for document in documents():
        jsonio.write_atomic(article_path(corpus, document["id"]), jsonio.dumps(document))
    return corpus


def write_many(corpus: Path, stories: int) -> Path:
    """A larger corpus: copies of the open Solhan articles as stories of their own, with other numbers."""
    write(corpus)
    for number in range(stories):
        ident = f"bf-2021-06-05-copy-{number:03d}"
        story = {**STORIES[1], "id": ident, "split": ("train", "validation", "test")[number % 3]}
        folder = corpus / "bf" / ident[3:]
        jsonio.write_atomic(folder / "story.json", jsonio.dumps(story))
        for path in sorted(TEXT_FORMS.glob("bf-2021-06-05-solhan.*.md")):
            source = path.read_text("utf-8").replace("bf-2021-06-05-solhan", ident)
            document = textform.unmark(source.replace("132", str(200 + number)), path.name)
            jsonio.write_atomic(article_path(corpus, document["id"]), jsonio.dumps(document))
    return corpus
