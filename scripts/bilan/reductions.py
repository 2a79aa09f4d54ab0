"""Tolls as typed records: every claim about the toll of an event, and beside them what databases would keep.

``bilan.tolls()`` reads the table ``tolls``; nothing is reduced anew. A *toll* is what the table calls one: story,
event, measure and, where somebody says it, whose people they are. It falls into classes that can be compared
(``of``, ``unit``, ``part``); there is one ``Toll`` for each. A claim stands in every class that it can be compared
with, so that "150 civilians" is found under civilians and under people.

The *headline* toll of an event is, for one measure, the class on whose numbers most sources have a say:

1. Parts are left out ("four women among them").
2. Of the rest, the class with the most claims that enter the reductions (asserted, no copies, with a number).
3. Of these, the broadest ``of`` (people before civilians), then the toll that names no side, then the one with
   more claims of any kind, then the first in the table.

An event whose claims are all parts, or all without a number, has no headline toll.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bilan import labels, records
from bilan.load import read_tables, unknown
from bilan.model import Json
from bilan.tables import tolls as table

if TYPE_CHECKING:
    from bilan.load import Loaded
    from bilan.tables.views import View

REDUCTIONS = ("interval", "acled_conservative", "latest")
"""The names of the three reductions; docs of each in ``bilan.tables.tolls``."""

Interval = tuple[float | None, float | None]
"""Lowest low and highest high; high None = unbounded, both None = nothing is claimed that could be reduced."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Who passes a statement on."""

    kind: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A number in the words of one source; without source_kind it is the article's own voice.

    ``surface``: the words (None where the text is withheld). ``stated`` stands in them; they allow ``low`` to
    ``high`` (None = unbounded). ``date``: when it was said, else published by the reference, else by the article;
    an ISO day, month or year. ``root``: the reference that it goes back to. ``counted``: False for a copy of a
    claim that stands elsewhere. ``asserts``: False where the source only denies it or calls it unverified.
    """

    id: str
    split: str
    article: str
    lang: str
    figure: str
    surface: str | None
    of: str
    unit: str | None
    part: bool
    stated: float | None
    low: float
    high: float | None
    modifier: str
    attribution: str | None
    stance: str | None
    asserts: bool
    hedged: bool
    source_kind: str | None
    source_form: str | None
    source_named: bool | None
    source_name: str | None
    through: tuple[Channel, ...]
    said: str | None
    published: str | None
    date: str | None
    reference: str | None
    reference_date: str | None
    publisher: str | None
    root: str
    counted: bool
    contradicts: tuple[str, ...]

    @property
    def reduced(self) -> bool:
        """Whether it enters the reductions: asserted, no copy of another claim, and with a number."""
        vague = self.modifier == "indefinite" and self.low <= 2 and self.high is None
        return self.counted and self.asserts and not vague

    @property
    def number(self) -> float | None:
        """The one number that stands for it: as stated, else as ACLED reads the words (dozens 12, ranges from
        below). None for bounds from above ("up to 200"), denials, and words without a number."""
        if not self.asserts or self.stance == "denies" or self.modifier in table.FROM_ABOVE:
            return None
        if self.modifier == "indefinite" and self.low <= 2 and self.high is None:
            return None
        return table.point({"stated": self.stated, "low": self.low, "modifier": self.modifier})


@dataclass(frozen=True, slots=True)
class Latest:
    """The last claim of one kind of source; ``claim`` is its id."""

    source_kind: str | None
    claim: str
    date: str | None
    stated: float | None
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class Toll:
    """All claims about one toll that can be compared, by date, and the reductions computed from them.

    ``id``: story/event/measure/entity, shared by the classes of one toll. ``entity``: whose people or things are
    counted, a registry id or type:name; None where nobody says. ``event_date`` is EDTF. ``external``: records of
    the event in other databases; UCDP counts all deaths of the event, of all sides. ``perpetrators``: types of the
    entities that articles themselves, not their sources, hold to have done it.
    """

    id: str
    story: str
    subset: str | None
    country: str
    region: str
    story_event: str
    event_type: str
    event_date: str
    place: str | None
    perpetrators: tuple[str, ...]
    measure: str
    entity: str | None
    entity_type: str | None
    entity_name: str | None
    of: str
    unit: str | None
    part: bool
    claims: tuple[Claim, ...]
    interval: Interval
    acled_conservative: float | None
    latest: tuple[Latest, ...]
    external: tuple[records.ExternalRecord, ...]

    def reduction(self, how: str) -> Any:
        """One reduction by its name: "interval", "acled_conservative" or "latest". Raises UnknownName."""
        if how not in REDUCTIONS:
            raise unknown("reduction", how, REDUCTIONS)
        return getattr(self, how)


def tolls(
    story: str | None = None,
    *,
    measure: str | None = "killed",
    headline: bool = False,
    split: str | None = None,
    lang: str | None = None,
    subset: str | None = None,
    source: str | os.PathLike[str] | None = None,
) -> list[Toll]:
    """The tolls of a story, or of all, in the order of the table.

    ``measure``: killed, wounded, …; None = all. ``headline``: only the headline toll of each event and measure
    (the rule is in the documentation of this module). ``split`` and ``lang`` keep the claims of those articles
    only; reductions, ``counted`` and the choice of headlines remain those over all claims. ``source``: as in
    ``load``. Raises UnknownName (a ValueError) for a story, measure, split, language or subset that does not
    exist, and BilanError if the source has faults.

    >>> (toll,) = bilan.tolls("ml-2025-05-23-dioura", headline=True)
    >>> toll.interval, toll.acled_conservative
    ((35, 65), 40)
    """
    found = read_tables(["tolls", "articles"], source)
    rows = [
        {**row, "split": name} for name, part in found["tolls"].tables.items() for row in part.to_pylist()
    ]
    _known("measure", measure, labels.names("measure"))
    _known("split", split, list(found["tolls"].tables))
    _known("language", lang, sorted({row["lang"] for row in rows}))
    _known("subset", subset, sorted({row["subset"] for row in rows if row["subset"]}))
    events = _events(found["articles"])
    _known("story", story, sorted({ident for ident, _ in events}))
    rows = [
        row
        for row in rows
        if story in (None, row["story"])
        and measure in (None, row["measure"])
        and subset in (None, row["subset"])
    ]
    every = _classes(rows, events)
    chosen = headlines(every) if headline else every
    return [kept for toll in chosen if (kept := _only(toll, split, lang)).claims]


def of_story(views: Sequence[View]) -> list[Toll]:
    """The tolls of one story straight from its articles, as ``tolls`` has them: of documents that are in no table yet.

    ``views``: of the story's articles, in the order of the tables. Tolls of the articles that are given, no more.
    """
    if not views:
        return []
    story = views[0].story
    events: dict[tuple[str, str], Json] = {
        (story["id"], event["id"]): {
            "region": story["region"],
            "external": event["external"],
            "perpetrators": set(),
        }
        for event in story["events"]
    }
    for view in views:
        for event in view.article["events"]:
            here = events.get((story["id"], event["story_event"]))
            if here is not None:
                here["perpetrators"].update(
                    view.by_id[one["entity"]]["type"]
                    for one in event["participants"]
                    if one["role"] == "perpetrator"
                )
    order = labels.names("split")
    rows = [
        {**row, "split": split}
        for split, row in table.rows(views)
        if (story["id"], row["story_event"]) in events
    ]
    return _classes(sorted(rows, key=lambda row: order.index(row["split"])), events)


def stories(source: str | os.PathLike[str] | None = None) -> list[str]:
    """The ids of all stories of a source, those without tolls included."""
    return sorted({ident for ident, _ in _events(read_tables(["articles"], source)["articles"])})


def headlines(every: Iterable[Toll]) -> list[Toll]:
    """The headline toll of each event and measure, in the order in which the events come."""
    best: dict[tuple[str, str, str], tuple[tuple[int, ...], Toll]] = {}
    for toll in every:
        weight = _weight(toll)
        key = (toll.story, toll.story_event, toll.measure)
        if not toll.part and weight[0] and (key not in best or weight > best[key][0]):
            best[key] = (weight, toll)
    return [toll for _, toll in best.values()]


def leading(every: Iterable[Toll]) -> list[Toll]:
    """The leading class of each toll, sides kept apart: chosen like a headline, but one for each ``id``."""
    groups: dict[str, list[Toll]] = {}
    for toll in every:
        groups.setdefault(toll.id, []).append(toll)
    return [toll for group in groups.values() for toll in headlines(group)]


def distinct(every: Iterable[Toll]) -> list[Toll]:
    """The tolls without classes that hold the very claims of a broader one: civilians beside people, mostly."""
    best: dict[tuple[str, bool, tuple[str, ...]], Toll] = {}
    for toll in every:
        key = (toll.id, toll.part, tuple(claim.id for claim in toll.claims))
        if key not in best or _weight(toll) > _weight(best[key]):
            best[key] = toll
    return list(best.values())


def _weight(toll: Toll) -> tuple[int, ...]:
    used = sum(claim.reduced for claim in toll.claims)
    return (used, -len(labels.of_ancestors(toll.of)), toll.entity is None, len(toll.claims))


def _known(what: str, wanted: str | None, known: Sequence[str]) -> None:
    if wanted is not None and wanted not in known:
        raise unknown(what, wanted, known)


def _only(toll: Toll, split: str | None, lang: str | None) -> Toll:
    if split is None and lang is None:
        return toll
    from dataclasses import replace

    kept = tuple(c for c in toll.claims if split in (None, c.split) and lang in (None, c.lang))
    return replace(toll, claims=kept)


# --- from the tables ---------------------------------------------------------------------------------------


def _events(articles: Loaded) -> dict[tuple[str, str], Json]:
    """(story, story event) → region, external records, and who did it according to the articles themselves."""
    out: dict[tuple[str, str], Json] = {}
    columns = ["story", "region", "story_events", "events", "entities"]
    for part in articles.tables.values():
        for article in part.select(columns).to_pylist():
            for event in article["story_events"]:
                here = {"region": article["region"], "external": event["external"], "perpetrators": set()}
                out.setdefault((article["story"], event["id"]), here)
            types = {entity["id"]: entity["type"] for entity in article["entities"]}
            for event in article["events"]:
                if event["story_event"] is not None:
                    out[article["story"], event["story_event"]]["perpetrators"].update(
                        types[p["entity"]] for p in event["participants"] if p["role"] == "perpetrator"
                    )
    return out


def _classes(rows: Iterable[Json], events: dict[tuple[str, str], Json]) -> list[Toll]:
    """The tolls that the rows speak of; a toll may stand in two splits (articles whose text is withheld)."""
    groups: dict[str, list[Json]] = {}
    for row in rows:
        groups.setdefault(row["toll"], []).append(row)
    out = []
    for group in groups.values():
        group.sort(key=lambda row: row["date"] or "")
        first: dict[tuple[str, str | None, bool], Json] = {}
        for row in group:
            first.setdefault((row["of"], row["unit"], row["part"]), row)
        for row in first.values():
            claims = [other for other in group if table.compare(row, other)]
            out.append(_toll(row, claims, events[row["story"], row["story_event"]]))
    return out


def _toll(row: Json, claims: list[Json], event: Json) -> Toll:
    shared = {
        **row,
        "id": row["toll"],
        "place": row["event_place"],
        "claims": claims,
        "interval": (row["interval_low"], row["interval_high"]),
        "region": event["region"],
        "external": event["external"],
        "perpetrators": sorted(event["perpetrators"]),
    }
    return records.read(Toll, shared)
