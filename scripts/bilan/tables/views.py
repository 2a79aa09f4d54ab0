"""An article with its story at hand: what every table reads from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

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
    starts: list[int]
    """Where the sentences begin."""
    by_id: dict[str, Json]
    holders: dict[str, list[Json]]
    """Record id → the attributions whose content it is."""
    figures: list[Json]
    """The figures in the order of the text."""

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
        if not self.starts:
            return None
        return max(0, bisect_right(self.starts, start) - 1)

    def around(self, start: int, end: int) -> Interval | None:
        """The shortest run of sentences that covers the characters; None where there is no text."""
        starts = self.starts
        if not starts:
            return None
        # white space before the first sentence goes with it
        first = bisect_right(starts, start) or 1
        last = bisect_right(starts, end - 1) or 1
        return starts[first - 1], self.sentences[last - 1][1]

    def stretch(self, spans: Iterable[Json]) -> Interval | None:
        """The shortest run of sentences that covers the spans; None for no spans."""
        start = end = None
        for span in spans:
            if start is None or span["start"] < start:
                start = span["start"]
            if end is None or span["end"] > end:
                end = span["end"]
        return None if start is None or end is None else self.around(start, end)

    def source_name(self, source: Json) -> str | None:
        """Name of the entity that speaks, else the words that name the source; None if they are withheld."""
        entity = source["entity"]
        if entity is not None:
            return str(self.by_id[entity]["name"])
        for mention in source["mentions"]:
            if "surface" in mention:
                return str(mention["surface"])
        return None

    def spoken(self, ident: str) -> list[tuple[Json, Json]]:
        """Every (attribution, source) that speaks of a record."""
        by_id = self.by_id
        return [
            (attribution, by_id[source])
            for attribution in self.holders.get(ident, ())
            for source in attribution["sources"]
        ]

    def through(self, attribution: str) -> list[Json]:
        """The sources that report an attribution, from the nearest outwards: kind and name."""
        found: list[Json] = []
        holders = self.holders
        if attribution not in holders:  # as nearly always
            return found
        seen, level = {attribution}, [attribution]
        while level:
            outer = [
                holder for ident in level for holder in holders.get(ident, ()) if holder["id"] not in seen
            ]
            level = [holder["id"] for holder in outer]
            seen.update(level)
            for holder in outer:
                for ident in holder["sources"]:
                    source = self.by_id[ident]
                    found.append({"kind": source["kind"], "name": self.source_name(source)})
        return found

    def registered(self, entity: Json) -> Json:
        """The registry's entry of an entity; empty if it has none."""
        ident = entity["registry"]
        if ident is not None:
            for kind in ("actors", "places", "outlets"):
                entries = self.registry.get(kind)
                if entries is not None and ident in entries:
                    return entries[ident]
        return {}


_BOUNDS = itemgetter("start", "end")


def view(article: Json, story: Json, registry: Registry) -> View:
    """Reads an article once for all tables."""
    text = article["text"].get("content")
    figures = article["figures"]
    if text is None:
        found = []
    else:
        whole = [_BOUNDS(mention) for entity in article["entities"] for mention in entity["mentions"]]
        whole += map(_BOUNDS, figures)
        found = sentences(text, whole)
    holders: dict[str, list[Json]] = {}
    for attribution in article["attributions"]:
        for ident in attribution["content"]:
            if ident in holders:
                holders[ident].append(attribution)
            else:
                holders[ident] = [attribution]
    return View(
        article=article,
        story=story,
        registry=registry,
        split="wild" if article["text"]["access"] == "withheld" else story["split"],
        text=text,
        sentences=found,
        starts=[start for start, _ in found],
        by_id={record["id"]: record for layer in _INDEXED for record in article[layer]},
        holders=holders,
        figures=sorted(figures, key=_BOUNDS),
    )


_INDEXED = ("entities", "times", "events", "figures", "sources", "attributions")


def span(record: Json) -> Json:
    """Offsets of a span with its words or their hash."""
    return {
        "start": record["start"],
        "end": record["end"],
        "surface": record.get("surface"),
        "hash": record.get("hash"),
    }


def first_start(spans: Sequence[Json]) -> int:
    """Where the first of some spans begins; 0 for none."""
    if len(spans) == 1:
        return int(spans[0]["start"])
    return min((span["start"] for span in spans), default=0)
