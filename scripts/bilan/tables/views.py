"""An article with its story at hand: what every table reads from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bilan.model import Json
from bilan.segment import Interval, sentences

Registry = dict[str, dict[str, Json]]
"""actors, places, outlets → id → entry."""


@dataclass(frozen=True, slots=True)
class View:
    """A valid article, its story and the registry, with indexes by id and the sentences of the text."""

    article: Json
    story: Json
    registry: Registry
    split: str
    text: str | None
    sentences: list[Interval]
    by_id: dict[str, Json]
    holders: dict[str, list[Json]] = field(default_factory=dict)
    """Record id → the attributions whose content it is."""

    @property
    def id(self) -> str:
        return str(self.article["id"])

    @property
    def head(self) -> Json:
        """The columns with which a row of a flat table begins, its own id apart."""
        article = self.article
        return {
            "article": article["id"],
            "story": article["story"],
            "subset": self.story["subset"],
            "lang": article["lang"],
            "published": article["published"],
        }

    def get(self, ident: str | None) -> Json | None:
        return None if ident is None else self.by_id[ident]

    def sentence(self, start: int) -> int | None:
        """Index of the sentence that holds the offset; None where there is no text."""
        if not self.sentences:
            return None
        return max(0, bisect_right(self.sentences, start, key=_start) - 1)

    def stretch(self, spans: Iterable[Json]) -> Interval | None:
        """The shortest run of sentences that covers the spans."""
        bounds = [(span["start"], span["end"]) for span in spans]
        if not bounds:
            return None
        first, last = self.sentence(min(bounds)[0]), self.sentence(max(end for _, end in bounds) - 1)
        if first is None or last is None:
            return None
        return self.sentences[first][0], self.sentences[last][1]

    def source_name(self, source: Json) -> str | None:
        """Name of the entity that speaks, else the words that name the source; None if they are withheld."""
        entity = self.get(source["entity"])
        if entity is not None:
            return str(entity["name"])
        return next((mention["surface"] for mention in source["mentions"] if "surface" in mention), None)

    def spoken(self, ident: str) -> Iterator[tuple[Json, Json]]:
        """Every (attribution, source) that speaks of a record."""
        for attribution in self.holders.get(ident, ()):
            for source in attribution["sources"]:
                yield attribution, self.by_id[source]

    def through(self, attribution: str) -> list[Json]:
        """The sources that report an attribution, from the nearest outwards: kind and name."""
        found: list[Json] = []
        seen, level = {attribution}, [attribution]
        while level:
            outer = [
                holder
                for ident in level
                for holder in self.holders.get(ident, ())
                if holder["id"] not in seen
            ]
            seen.update(holder["id"] for holder in outer)
            for holder in outer:
                for ident in holder["sources"]:
                    source = self.by_id[ident]
                    found.append({"kind": source["kind"], "name": self.source_name(source)})
            level = [holder["id"] for holder in outer]
        return found

    def registered(self, entity: Json) -> Json:
        """The registry's entry of an entity; empty if it has none."""
        ident = entity["registry"]
        for kind in ("actors", "places", "outlets"):
            if ident is not None and ident in self.registry.get(kind, {}):
                return self.registry[kind][ident]
        return {}


def _start(interval: Interval) -> int:
    return interval[0]


def view(article: Json, story: Json, registry: Registry) -> View:
    """Reads an article once for all tables."""
    text = article["text"].get("content")
    names = [mention for entity in article["entities"] for mention in entity["mentions"]]
    whole = [(span["start"], span["end"]) for span in (*names, *article["figures"])]
    by_id: dict[str, Any] = {}
    for layer in ("entities", "times", "events", "figures", "sources", "attributions"):
        for record in article[layer]:
            by_id[record["id"]] = record
    out = View(
        article=article,
        story=story,
        registry=registry,
        split="wild" if article["text"]["access"] == "withheld" else story["split"],
        text=text,
        sentences=[] if text is None else sentences(text, whole),
        by_id=by_id,
    )
    for attribution in article["attributions"]:
        for ident in attribution["content"]:
            out.holders.setdefault(ident, []).append(attribution)
    return out


def span(record: Json) -> Json:
    """Offsets of a span with its words or their hash."""
    return {
        "start": record["start"],
        "end": record["end"],
        "surface": record.get("surface"),
        "hash": record.get("hash"),
    }
