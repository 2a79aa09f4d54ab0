"""The claims of one article for the table ``tolls``: who says how many, when, and where that comes from.

Which toll a figure counts stands in ``toll_parts``, what the claims of a toll make of each other in ``tolls``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bilan.labels import names
from bilan.model import Json
from bilan.tables.articles import own_reference
from bilan.tables.features import columns
from bilan.tables.toll_parts import Keys, Toll, parts_of, tolls_of
from bilan.tables.views import View

NOT_ASSERTED = ("not_verified", "no_comment")
"""Stances that put no number forward."""

_NO_ENTITY: Json = dict.fromkeys(("type", "name"))
_NO_EVENT: Json = dict.fromkeys(("type", "date", "place"))
_NO_PAGE: Json = dict.fromkeys(("publisher", "date", "derived_from"))

Group = tuple[int, int, str, str]
"""What one toll is sorted by: position of the story's event, of the measure, the entity, the event's id."""


class _Pages(dict[str | None, tuple[str | None, str | None, str | None, str | None]]):
    """Reference → publisher, date, the reference that it goes back to, last day of the date. Filled as it is asked."""

    def __init__(self, references: Iterable[Json]) -> None:
        self.known: dict[str | None, Json] = {one["id"]: one for one in references}

    def __missing__(self, ident: str | None) -> tuple[str | None, str | None, str | None, str | None]:
        page = self.known.get(ident, _NO_PAGE)
        date = page["date"]
        origin = ident if page["derived_from"] is None else root(ident, self.known)
        self[ident] = found = (page["publisher"], date, origin, last_day(date))
        return found


@dataclass(frozen=True, slots=True)
class Story:
    """What the rows of a story's articles look up."""

    record: Json
    events: dict[str, Json]
    event_order: dict[str, int]
    pages: _Pages

    def group(self, toll: Toll) -> Group:
        """Where a toll stands among those of the story."""
        event, measure, key, _ = toll
        return (
            self.event_order.get(event, len(self.events)),
            names("measure").index(measure),
            key or "",
            event,
        )


@dataclass(slots=True)
class Claim:
    """A row with what the rows beside it are compared by."""

    row: Json
    split: str
    order: tuple[str, int, int, str]
    """By date, then article, then place in the text; the row's id tells the sources of one figure apart."""
    superseded: bool
    speaker: str | None
    """What the source's entity is called in every article."""
    series: tuple[int, str]
    """The series of revised figures in its article: a newer toll does not contradict the older one."""


def story_of(record: Json) -> Story:
    """A story indexed once for all of its articles."""
    events = {event["id"]: event for event in record["events"]}
    return Story(
        record=record,
        events=events,
        event_order={ident: i for i, ident in enumerate(events)},
        pages=_Pages(record["references"]),
    )


def claims(view: View, position: int, story: Story) -> list[tuple[Group, list[Claim]]]:
    """Every claim of an article with its toll. ``position``: of the article in the table. Their order is free."""
    relations, split = view.article["relations"], view.split
    article = _Article(view, story)
    tolls = tolls_of(view, article.keys)
    parts = parts_of(view, tolls, article.keys)
    series = _series(relations)
    updated = {relation["to"] for relation in relations if relation["type"] == "updates"}
    out = []
    for toll, figures in tolls.items():
        found: list[Claim] = []
        base, entity = article.toll_row(toll, figures[0]), figures[0]["entity"]
        for figure in figures:
            ident: str = figure["id"]
            start = figure["start"]
            if figure["entity"] != entity:  # two records of one entity: it may have other names
                base, entity = article.toll_row(toll, figure), figure["entity"]
            base["part"] = ident in parts
            superseded, of_series = ident in updated, (position, series.get(ident, ident))
            for attribution, source, asserts in _voices(view, figure):
                row = article.row(base, figure, attribution, source)
                row["asserts"] = asserts
                speaker = None if source is None else article.keys[source["entity"]]
                order = (row["date"] or "", position, start, row["id"])
                found.append(Claim(row, split, order, superseded, speaker, of_series))
        out.append((story.group(toll), found))
    return out


def _voices(view: View, figure: Json) -> list[tuple[Json | None, Json | None, bool]]:
    """(attribution, source, whether it puts the number forward); where nobody does, first the article's own voice."""
    said: list[tuple[Json | None, Json | None, bool]] = []
    silent = True
    for attribution, source in view.spoken(figure["id"]):
        stance = attribution["stance"]
        # who denies any losses states the zero
        asserts = stance not in NOT_ASSERTED and (stance != "denies" or figure["high"] == 0)
        said.append((attribution, source, asserts))
        if asserts:
            silent = False
    return [(None, None, True), *said] if silent else said


def _series(relations: Iterable[Json]) -> dict[str, str]:
    """Figure → one that stands for its series: figures joined by updates and restates, over however many steps.

    A figure that is in no such relation is its own series and left out.
    """
    members: dict[str, list[str]] = {}
    for relation in relations:
        if relation["type"] in ("updates", "restates"):
            old, new = (members.setdefault(ident, [ident]) for ident in (relation["from"], relation["to"]))
            if old is not new:
                new.extend(old)
                members.update(dict.fromkeys(old, new))
    return {ident: together[0] for ident, together in members.items()}


class _Article:
    """Fills the rows of one article.

    A row begins as the copy of one that has what it shares with others: a row has some fifty columns, and a
    toll of an article often several rows.
    """

    __slots__ = ("base", "day", "ident", "keys", "own", "story", "view")

    def __init__(self, view: View, story: Story) -> None:
        article, record = view.article, story.record
        self.view, self.story = view, story
        self.ident: str = article["id"]
        self.own = own_reference(view)
        self.keys = Keys(view)
        self.day = last_day(article["published"])
        # every column in its order; null until it is filled
        self.base: Json = dict.fromkeys(columns("tolls"))
        self.base.update(
            story=record["id"],
            subset=record["subset"],
            country=record["country"],
            article=article["id"],
            lang=article["lang"],
            published=article["published"],
            hedged=False,
        )

    def toll_row(self, toll: Toll, figure: Json) -> Json:
        """What the rows of a toll share."""
        story_event, measure, key, unit = toll
        event = self.story.events.get(story_event, _NO_EVENT)
        entity = _NO_ENTITY if key is None else self.view.by_id[figure["entity"]]
        row = self.base.copy()
        row["toll"] = f"{row['story']}/{story_event}/{measure}/{key or '-'}"
        row["story_event"] = story_event
        row["event_type"] = event["type"]
        row["event_date"] = event["date"]
        row["event_place"] = event["place"]
        row["measure"] = measure
        row["entity"] = key
        row["entity_type"] = entity["type"]
        row["entity_name"] = entity["name"]
        row["unit"] = unit
        return row

    def row(self, base: Json, figure: Json, attribution: Json | None, source: Json | None) -> Json:
        """A row of the toll, as far as figure and statement go. Without these it is the article's own voice."""
        row = base.copy()
        row["id"] = claim = f"{self.ident}/{figure['id']}"
        row["figure"] = figure["id"]
        row["surface"] = figure.get("surface")
        row["of"] = figure["of"]
        row["stated"] = figure["stated"]
        row["low"] = figure["low"]
        row["high"] = figure["high"]
        row["modifier"] = figure["modifier"]
        reference = said = None
        if attribution is None or source is None:
            row["through"] = []
        else:
            statement, view = attribution["id"], self.view
            row["id"] = f"{claim}/{statement}/{source['id']}"
            row["attribution"] = statement
            row["stance"] = attribution["stance"]
            row["hedged"] = attribution["hedged"]
            row["source"] = source["id"]
            row["source_kind"] = source["kind"]
            row["source_form"] = source["form"]
            row["source_named"] = source["named"]
            row["source_name"] = view.source_name(source)
            # most statements are passed on by nobody
            row["through"] = view.through(statement) if statement in view.holders else []
            row["said"] = said = attribution["said"]
            reference = attribution["reference"]
        if not reference:
            reference = figure["references"][0] if figure["references"] else self.own
        publisher, date, origin, day = self.story.pages[reference]
        row["reference"] = reference
        row["publisher"] = publisher
        row["reference_date"] = date
        row["date"] = last_day(said) if said else day if date else self.day
        row["root"] = origin or self.ident
        return row


def root(reference: str | None, known: Mapping[str | None, Json]) -> str | None:
    """The reference from which a reference derives in the end."""
    seen: set[str] = set()
    while reference is not None and reference not in seen:
        seen.add(reference)
        origin = known.get(reference, {}).get("derived_from")
        if origin is None:
            break
        reference = origin
    return reference


# the rows of an article share few days, and pages cite each other's
@lru_cache(maxsize=1024)
def last_day(edtf: str | None) -> str | None:
    """The end of an EDTF value as far as it is known, so that it sorts: 2021-06-04/2021-06-05 → the 5th."""
    if edtf is None:
        return None
    known = [edge for edge in edtf.split("/") if edge not in ("..", "")]
    return re.sub(r"[~?%]", "", known[-1]) if known else None
