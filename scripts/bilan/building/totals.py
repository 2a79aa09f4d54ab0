"""What a build says of its data as a whole, added up part by part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bilan.model import Json
from bilan.tables import croissant

ANNOTATION_LICENCE = "CC-BY-4.0"


@dataclass(slots=True)
class Totals:
    """Counts, licences, languages and annotating machines. ``days``: country → its first and last day, an EDTF
    interval, "" where its stories have no dated event."""

    articles: int = 0
    cut_tokens: int = 0
    licences: set[str] = field(default_factory=lambda: {ANNOTATION_LICENCE})
    languages: set[str] = field(default_factory=set)
    annotators: set[str] = field(default_factory=set)
    days: dict[str, str] = field(default_factory=dict)

    def add_story(self, story: Json) -> None:
        self._extend(story["country"], croissant.temporal_coverage([story]) or "")

    def add_articles(self, articles: Iterable[Json]) -> None:
        for article in articles:
            self.articles += 1
            self.languages.add(article["lang"])
            if article["text"]["licence"]:
                self.licences.add(article["text"]["licence"])
            made = article["provenance"].values()
            self.annotators.update(one["annotator"] for one in made if one["method"] != "manual")

    def add(self, other: Totals) -> None:
        self.articles += other.articles
        self.cut_tokens += other.cut_tokens
        self.licences |= other.licences
        self.languages |= other.languages
        self.annotators |= other.annotators
        for country, days in other.days.items():
            self._extend(country, days)

    def _extend(self, country: str, days: str) -> None:
        both = [one for one in (self.days.get(country), days) if one]
        events = [{"date": one} for one in both]
        self.days[country] = (
            days if len(both) < 2 else croissant.temporal_coverage([{"events": events}]) or ""
        )
        if not days and len(both) == 1:
            self.days[country] = both[0]

    def coverage(self) -> list[Json]:
        """For each country one story that happened on all the days that its stories cover."""
        return [
            {"country": country, "events": [{"date": days}] if days else []}
            for country, days in sorted(self.days.items())
        ]

    def to_json(self) -> Json:
        return {
            "articles": self.articles,
            "cut_tokens": self.cut_tokens,
            "licences": sorted(self.licences),
            "languages": sorted(self.languages),
            "annotators": sorted(self.annotators),
            "days": dict(sorted(self.days.items())),
        }

    @classmethod
    def from_json(cls, told: Json) -> Totals:
        """The inverse of ``to_json``; other keys are passed over."""
        return cls(
            told["articles"],
            told["cut_tokens"],
            set(told["licences"]),
            set(told["languages"]),
            set(told["annotators"]),
            dict(told["days"]),
        )
