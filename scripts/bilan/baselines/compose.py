"""Baselines of T4 and T5: the figures and links of a text put together, with simple events around them."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bilan.baselines import figures, links, names
from bilan.baselines.document import Document, Interval, of
from bilan.model import Json
from bilan.scoring.names import fold
from bilan.tasks import gold
from bilan.tasks.gold import Unit

_MONTHS = {
    month: i
    for listed in (
        "january february march april may june july august september october november december",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    )
    for i, month in enumerate(listed.split(), 1)
}
_NAMES = "|".join(_MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?P<month>{_NAMES})(?:\s+(?P<year>\d{{4}}))?"
    rf"|(?P<month_>{_NAMES})\s+(?P<day_>\d{{1,2}})\b(?:,\s*(?P<year_>\d{{4}}))?)",
    re.I,
)
_WEEKDAYS = {
    day: i
    for listed in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for i, day in enumerate(listed.split())
}
_WEEKDAY = re.compile(rf"\b(?P<weekday>{'|'.join(_WEEKDAYS)}|yesterday|hier)\b", re.I)


class Parts:
    """One system's figures and links together, fitted on the same articles."""

    def __init__(self, name: str) -> None:
        self.figures = figures.SYSTEMS[name]()
        self.links = links.SYSTEMS[name]()

    def fit(self, units: Sequence[Unit]) -> None:
        self.figures.fit(units)
        self.links.fit(units)

    def read(self, given: Json) -> list[tuple[Json, list[Json]]]:
        """The figures of a text, each with the links to its speakers."""
        found = self.figures.predict(given)
        contents = [
            {"id": f"f{i}", "layer": "figures", "spans": [{"start": f["start"], "end": f["end"]}]}
            for i, f in enumerate(found)
        ]
        said: dict[str, list[Json]] = {str(content["id"]): [] for content in contents}
        for link in self.links.predict({**given, "contents": contents}):
            said[link["content"]].append(link)
        return list(zip(found, said.values(), strict=True))


def _source(document: Document, link: Json) -> Json:
    place = link["source"]
    return {
        "kind": link["kind"],
        "name": None if place is None else document.text[place["start"] : place["end"]],
    }


_OWN_VOICE: list[Json | None] = [None]


class Tolls:
    """T4: every figure of one event in every article; all of the first event of the story; the same said twice once."""

    def __init__(self, name: str) -> None:
        self.parts = Parts(name)

    def fit(self, units: Sequence[Unit]) -> None:
        self.parts.fit(units)

    def predict(self, given: Json) -> list[Json]:
        out: dict[tuple[Any, ...], Json] = {}
        for article in given["articles"]:
            document = of(article)
            for figure, said in self.parts.read(article):
                place = (figure["start"], figure["end"])
                if figures.scope(document, place) == "event":
                    for link in said or _OWN_VOICE:
                        claim = self._claim(given, document, figure, link)
                        source = claim["source"] or {}
                        name = fold(source.get("name") or "")
                        key = (
                            claim["measure"],
                            claim["of"],
                            claim["low"],
                            claim["high"],
                            source.get("kind"),
                            name,
                        )
                        out.setdefault(key, claim)
        return list(out.values())

    def _claim(self, given: Json, document: Document, figure: Json, link: Json | None) -> Json:
        return {
            "event": given["events"][0]["id"],
            **{key: figure[key] for key in ("measure", "of", *gold.VALUE)},
            "source": None if link is None else _source(document, link),
            "stance": None if link is None else link["stance"],
        }


class Extraction:
    """T5: one event, of the type of the first trigger, on the first day and in the first place that the text names."""

    def __init__(self, name: str) -> None:
        self.parts = Parts(name)
        self.names = (names.Crf if name == "crf" else names.Lookup if name == "rules" else names.Majority)()

    def fit(self, units: Sequence[Unit]) -> None:
        self.parts.fit(units)
        self.names.fit(units)
        triggers: dict[str, Counter[str]] = {}
        every: Counter[str] = Counter()
        for unit in units:
            for event in unit.article["events"]:
                every[event["type"]] += 1
                for trigger in event["triggers"]:
                    triggers.setdefault(trigger["surface"].lower(), Counter())[event["type"]] += 1
        self.usual = every.most_common(1)[0][0]
        self.triggers = {word: types.most_common(1)[0][0] for word, types in triggers.items()}

    def predict(self, given: Json) -> Json:
        document = of(given)
        event = {
            "id": "E1",
            "type": self._type(document),
            "date": written_date(document),
            "places": self._places(document),
            "participants": [],
        }
        made = []
        for figure, said in self.parts.read(given):
            place: Interval = (figure["start"], figure["end"])
            scope = figures.scope(document, place)
            made.append(
                {
                    "words": document.text[slice(*place)],
                    "of": figure["of"],
                    "measure": figure["measure"],
                    "scope": scope,
                    "event": "E1" if scope == "event" else None,
                    "side": None,
                    **{key: figure[key] for key in gold.VALUE},
                    "sources": [{**_source(document, link), "stance": link["stance"]} for link in said],
                }
            )
        return {"events": [event], "figures": made}

    def _type(self, document: Document) -> str:
        """The type of the first word of the text that is a trigger in train."""
        lower = (word.lower() for word in document.words)
        return next((self.triggers[word] for word in lower if word in self.triggers), self.usual)

    def _places(self, document: Document) -> list[str]:
        """The first place that the text names."""
        found = self.names.predict(
            {"id": document.id, "lang": document.lang, "published": None, "text": document.text}
        )
        return [document.text[n["start"] : n["end"]] for n in found if n["type"] == "place"][:1]


def written_date(document: Document) -> str | None:
    """The first day that is written, as EDTF: with its month, or as a weekday or yesterday before publication."""
    found = [*_DATE.finditer(document.text), *_WEEKDAY.finditer(document.text)]
    for match in sorted(found, key=lambda m: m.start()):
        day = _day(match, document.published)
        if day is not None:
            return day
    return None


def _day(match: re.Match[str], published: str | None) -> str | None:
    groups = match.groupdict()
    known = (published or "").split("/")[0]
    if "weekday" not in groups:
        year = groups["year"] or groups["year_"] or known[:4]
        month = _MONTHS[(groups["month"] or groups["month_"]).lower()]
        return f"{year}-{month:02d}-{int(groups['day'] or groups['day_']):02d}" if year else None
    try:
        today = datetime.date.fromisoformat(known)
    except ValueError:
        return None
    word = match.group().lower()
    back = 1 if word in ("yesterday", "hier") else (today.weekday() - _WEEKDAYS[word]) % 7
    return (today - datetime.timedelta(days=back)).isoformat()
