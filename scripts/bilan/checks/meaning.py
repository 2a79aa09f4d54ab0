"""Level 4: do the annotations make sense, each for itself and together?"""

from __future__ import annotations

from datetime import date
from typing import Any

from bilan import edtf, labels, model, withhold
from bilan.checks import figures
from bilan.checks.context import Context
from bilan.incidents import Incident
from bilan.model import Json

MAX_CLEAR_WORDS = withhold.CLEAR_WORDS
_ZONES_WITHOUT = ("caption", "byline", "boilerplate")
_DATES = (("times", "edtf"), ("events", "date"), ("attributions", "said"))
_OF_THE_DEAD = {"killed", "casualties", "neutralised"}


def check(article: Json, file: str, context: Context) -> list[Incident]:
    """Incidents of level 4 of one article whose spans and references are sound."""
    out: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str) -> None:
        out.append(Incident(code, message, mend, file=file, pointer=pointer))

    _dates(article, report)
    if not out:
        _times(article, report)
        _events(article, report)
    figures.check(article, report)
    _zones(article, report)
    _sources_and_attributions(article, report)
    _relations(article, report)
    _registry(article, context, report)
    leaks(article, report)
    return out


def _dates(article: Json, report: Any) -> None:
    if article["published"] is not None:
        _date(article["published"], ("published",), report)
    for layer, key in _DATES:
        for i, record in enumerate(article[layer]):
            value = record[key]
            if value is not None:
                _date(value, (layer, i, key), report)


def _date(value: str, path: tuple[str | int, ...], report: Any) -> None:
    try:
        edtf.bounds(value)
    except edtf.EdtfError as error:
        pointer = "".join(f"/{step}" for step in path)
        report("B403", pointer, str(error), "write a day that the calendar has")


def _times(article: Json, report: Any) -> None:
    for i, time in enumerate(article["times"]):
        kind = time["kind"]
        if kind == "duration":
            if time["edtf"]:
                report("B412", f"/times/{i}/edtf", "a duration has no date", "write null, or change the kind")
            if not time["duration"]:
                report(
                    "B412", f"/times/{i}/duration", "a duration without its value", "write ISO 8601, as P3D"
                )
        elif time["duration"]:
            report(
                "B412",
                f"/times/{i}/duration",
                f"a {kind} has no duration",
                "write null, or change the kind",
            )
        if kind == "time" and not (time["part"] or time["clock"]):
            report(
                "B412",
                f"/times/{i}/kind",
                "a time needs a part of day or a clock",
                "give one, or write kind date",
            )
        if kind == "date" and (time["part"] or time["clock"]):
            report(
                "B412",
                f"/times/{i}/kind",
                "with a part of day or a clock the kind is time",
                "write kind time",
            )
    published = article["published"]
    latest = _latest(published)
    if latest is None:
        return
    for i, attribution in enumerate(article["attributions"]):
        said = attribution["said"]
        if said and (first := edtf.bounds(said)[0]) and first > latest:
            report(
                "B411",
                f"/attributions/{i}/said",
                f"said {said}, published {published}",
                "mend one of the two",
            )


def _latest(published: str | None) -> date | None:
    """The last day on which an article can have been published, if its date sets one."""
    return edtf.bounds(published)[1] if published else None


def _events(article: Json, report: Any) -> None:
    dates = {time["id"]: time["edtf"] for time in article["times"]}
    types = {entity["id"]: entity["type"] for entity in article["entities"]}
    published = article["published"]
    latest = _latest(published)
    for i, event in enumerate(article["events"]):
        day = event["date"]
        if day:
            for j, ident in enumerate(event["times"]):
                value = dates[ident]
                if value and value != day and not edtf.overlap(value, day):
                    report(
                        "B404",
                        f"/events/{i}/times/{j}",
                        f"{ident} is {value}, the event {day}",
                        "mend the time or the date",
                    )
        for j, ident in enumerate(event["places"]):
            if types[ident] not in ("place", "facility"):
                report(
                    "B405",
                    f"/events/{i}/places/{j}",
                    f"{ident} is a {types[ident]}, no place",
                    "name a place or facility",
                )
        if day and latest and (first := edtf.bounds(day)[0]) and first > latest:
            report(
                "B411",
                f"/events/{i}/date",
                f"the event is of {day}, published {published}",
                "mend one of the two",
            )
        participants = event["participants"]
        if len(participants) > 1 and len({(one["entity"], one["role"]) for one in participants}) < len(
            participants
        ):
            report(
                "B405",
                f"/events/{i}/participants",
                "the same participant stands twice in the same role",
                "keep one",
            )


def _zones(article: Json, report: Any) -> None:
    closed = [
        (zone["start"], zone["end"], zone["kind"])
        for zone in article["zones"]
        if zone["kind"] in _ZONES_WITHOUT
    ]
    if not closed:
        return
    for layer, ident, _, span, pointer in model.spans(article):
        if layer not in ("events", "figures", "sources", "attributions"):
            continue
        for start, end, kind in closed:
            if span["start"] < end and start < span["end"]:
                report("B405", pointer, f"{ident} stands in a {kind}", f"a {kind} carries names only")


def _sources_and_attributions(article: Json, report: Any) -> None:
    used: set[str] = set()
    for i, attribution in enumerate(article["attributions"]):
        stance = attribution["stance"]
        used.update(attribution["sources"])
        if stance == "no_comment" and not _are_events(attribution["content"], article):
            report(
                "B414",
                f"/attributions/{i}/content",
                "silence about something else than an event",
                "the content of no_comment is the event",
            )
        if stance == "claims_responsibility" and not attribution["blames"]:
            report(
                "B409",
                f"/attributions/{i}/blames",
                "a claim of responsibility without the claimant",
                "write the id of the entity that claims it",
            )
    for i, source in enumerate(article["sources"]):
        if source["id"] not in used:
            report(
                "B413",
                f"/sources/{i}",
                f"{source['id']} says nothing",
                "add its attribution, or take the source out",
            )


def _are_events(idents: list[str], article: Json) -> bool:
    return {event["id"] for event in article["events"]}.issuperset(idents)


def _relations(article: Json, report: Any) -> None:
    if not article["relations"]:
        return
    by_id = {figure["id"]: figure for figure in article["figures"]}
    seen = set()
    for i, relation in enumerate(article["relations"]):
        at, kind = f"/relations/{i}", relation["type"]
        key = (kind, relation["from"], relation["to"])
        a, b = by_id[relation["from"]], by_id[relation["to"]]
        if a is b:
            report("B407", at, f"{relation['from']} {kind} itself", "point at the other figure")
            continue
        if key in seen:
            report("B407", at, "the same relation stands twice", "keep one")
        seen.add(key)
        if kind in ("updates", "restates"):
            if a["event"] != b["event"] or a["scope"] != b["scope"]:
                report(
                    "B407",
                    at,
                    f"{kind} a figure of another event or scope",
                    "make event and scope agree, or drop the relation",
                )
            if a["measure"] != b["measure"] and not {a["measure"], b["measure"]} <= _OF_THE_DEAD:
                report(
                    "B407",
                    at,
                    f"{kind} {b['measure']} with {a['measure']}",
                    "make the measures agree, or drop the relation",
                )
        if kind == "restates" and not labels.comparable(a["of"], b["of"]):
            report("B407", at, f"{a['of']} restates {b['of']}", "only comparable things are restated")
        if kind == "restates" and not _overlap(a, b):
            report(
                "B407",
                at,
                "restates a figure whose interval it does not meet",
                "rivals get no relation; a newer toll updates",
            )
        if kind == "part_of" and b["high"] is not None and a["low"] > b["high"]:
            report(
                "B408",
                at,
                f"the part is {a['low']} at least, the whole {b['high']} at most",
                "mend the values or the relation",
            )


def _overlap(a: Json, b: Json) -> bool:
    return (a["high"] is None or b["low"] <= a["high"]) and (b["high"] is None or a["low"] <= b["high"])


def _registry(article: Json, context: Context, report: Any) -> None:
    seen: dict[str, str] = {}
    actors, places = context.registry["actors"], context.registry["places"]
    for i, entity in enumerate(article["entities"]):
        ident = entity["registry"]
        if not ident:
            continue
        if ident in seen:
            report(
                "B410",
                f"/entities/{i}/registry",
                f"{seen[ident]} and {entity['id']} are both {ident}",
                "make one entity of the two",
            )
        seen[ident] = entity["id"]
        entry = actors.get(ident) or places.get(ident)
        if entry is None:
            continue
        if entity["type"] != entry["type"] or entity["place_kind"] != entry.get("place_kind"):
            report(
                "B410",
                f"/entities/{i}/type",
                f"the registry has {ident} as {entry['type']} {entry.get('place_kind') or ''}".rstrip(),
                "follow the registry",
            )
        if entity["name"] != entry["names"]["en"]:
            report(
                "B410",
                f"/entities/{i}/name",
                f"the registry calls {ident} {entry['names']['en']!r}",
                "use that name",
            )


def leaks(article: Json, report: Any) -> None:
    """B415 for every run of clear words of a withheld article that is too long."""
    if article["text"]["access"] != "withheld":
        return
    for start, end, count in withhold.clear_runs(article):
        if count > MAX_CLEAR_WORDS:
            report(
                "B415",
                "/text",
                f"{count} words in a row stand in clear at {start}–{end}; {MAX_CLEAR_WORDS} at most",
                "shorten a figure's span or mark fewer nested names there",
            )
