"""Level 4: do the annotations make sense, each for itself and together?"""

from __future__ import annotations

from typing import Any

from bilan import edtf, labels, model, numbers, withhold
from bilan.checks.context import Context
from bilan.incidents import Incident
from bilan.model import Json

MAX_CLEAR_WORDS = withhold.CLEAR_WORDS
_ZONES_WITHOUT = ("caption", "byline", "boilerplate")


def check(article: Json, file: str, context: Context) -> list[Incident]:
    """Incidents of level 4 of one article whose spans and references are sound."""
    out: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str) -> None:
        out.append(Incident(code, message, mend, file=file, pointer=pointer))

    _dates(article, report)
    if not out:
        _times(article, report)
        _events(article, report)
    _figures(article, report)
    _zones(article, report)
    _sources_and_attributions(article, report)
    _relations(article, report)
    _registry(article, context, report)
    leaks(article, report)
    return out


def _dates(article: Json, report: Any) -> None:
    def valid(value: str | None, pointer: str) -> None:
        if value is not None:
            try:
                edtf.bounds(value)
            except edtf.EdtfError as error:
                report("B403", pointer, str(error), "write a day that the calendar has")

    valid(article["published"], "/published")
    for i, time in enumerate(article["times"]):
        valid(time["edtf"], f"/times/{i}/edtf")
    for i, event in enumerate(article["events"]):
        valid(event["date"], f"/events/{i}/date")
    for i, attribution in enumerate(article["attributions"]):
        valid(attribution["said"], f"/attributions/{i}/said")


def _times(article: Json, report: Any) -> None:
    for i, time in enumerate(article["times"]):
        at, kind = f"/times/{i}", time["kind"]
        if kind == "duration" and time["edtf"]:
            report("B412", f"{at}/edtf", "a duration has no date", "write null, or change the kind")
        if kind == "duration" and not time["duration"]:
            report("B412", f"{at}/duration", "a duration without its value", "write ISO 8601, as P3D")
        if kind != "duration" and time["duration"]:
            report("B412", f"{at}/duration", f"a {kind} has no duration", "write null, or change the kind")
        if kind == "time" and not (time["part"] or time["clock"]):
            report(
                "B412", f"{at}/kind", "a time needs a part of day or a clock", "give one, or write kind date"
            )
        if kind == "date" and (time["part"] or time["clock"]):
            report("B412", f"{at}/kind", "with a part of day or a clock the kind is time", "write kind time")
    published = article["published"]
    for i, attribution in enumerate(article["attributions"]):
        if published and attribution["said"]:
            first, last = edtf.bounds(attribution["said"])[0], edtf.bounds(published)[1]
            if first and last and first > last:
                report(
                    "B411",
                    f"/attributions/{i}/said",
                    f"said {attribution['said']}, published {published}",
                    "mend one of the two",
                )


def _events(article: Json, report: Any) -> None:
    times = {time["id"]: time for time in article["times"]}
    entities = {entity["id"]: entity for entity in article["entities"]}
    published = article["published"]
    for i, event in enumerate(article["events"]):
        at = f"/events/{i}"
        for j, ident in enumerate(event["times"]):
            value = times[ident]["edtf"]
            if value and event["date"] and not edtf.overlap(value, event["date"]):
                report(
                    "B404",
                    f"{at}/times/{j}",
                    f"{ident} is {value}, the event {event['date']}",
                    "mend the time or the date",
                )
        for j, ident in enumerate(event["places"]):
            if entities[ident]["type"] not in ("place", "facility"):
                report(
                    "B405",
                    f"{at}/places/{j}",
                    f"{ident} is a {entities[ident]['type']}, no place",
                    "name a place or facility",
                )
        if published and event["date"]:
            first, last = edtf.bounds(event["date"])[0], edtf.bounds(published)[1]
            if first and last and first > last:
                report(
                    "B411",
                    f"{at}/date",
                    f"the event is of {event['date']}, published {published}",
                    "mend one of the two",
                )
        roles = [(participant["entity"], participant["role"]) for participant in event["participants"]]
        if len(set(roles)) < len(roles):
            report(
                "B405", f"{at}/participants", "the same participant stands twice in the same role", "keep one"
            )


def _figures(article: Json, report: Any) -> None:
    kinds = {time["id"]: time["kind"] for time in article["times"]}
    for i, figure in enumerate(article["figures"]):
        at = f"/figures/{i}"
        low, high, stated, modifier = figure["low"], figure["high"], figure["stated"], figure["modifier"]
        if high is not None and low > high:
            report("B402", f"{at}/low", f"low {low} is above high {high}", "a value is low ≤ high")
        if modifier == "exact" and not low == high == stated:
            report(
                "B402",
                f"{at}/modifier",
                f"exact, but {stated}, {low}–{high}",
                "exact means stated = low = high",
            )
        if modifier in ("at_least", "more_than") and high is not None:
            report("B402", f"{at}/high", f"{modifier} with an upper bound {high}", "write null")
        if modifier in ("range", "indefinite") and stated is not None:
            report("B402", f"{at}/stated", f"{modifier} states no single number", "write null")
        if modifier not in ("range", "indefinite") and stated is None:
            report("B402", f"{at}/stated", f"{modifier} without its number", "write the number in the words")
        if figure["unit"] == "percent" and figure["scope"] != "share":
            report("B402", f"{at}/scope", "a percentage is a share", "write scope share")
        if figure["period"] and figure["scope"] != "total":
            report(
                "B406", f"{at}/period", f"a period with scope {figure['scope']}", "only a total has a period"
            )
        if figure["period"] and kinds[figure["period"]] == "set":
            report("B406", f"{at}/period", "a period is a stretch of time, not a set", "point at a date")
        surface = figure.get("surface")
        if surface is not None:
            _words(article, figure, surface, at, report)


def _words(article: Json, figure: Json, surface: str, at: str, report: Any) -> None:
    """The words fix the value: what is written must be what ``bilan.numbers`` reads."""
    value = numbers.parse(surface, article["lang"])
    if value is None:
        report(
            "B401",
            f"{at}/surface",
            f"no number can be read from {surface!r}",
            "mend the span, or take the figure out",
        )
        return
    given = (figure["stated"], figure["low"], figure["high"], figure["modifier"], figure["unit"])
    read = (value.stated, value.low, value.high, value.modifier, value.unit)
    if given != read:
        report(
            "B401",
            f"{at}/low",
            f"{surface!r} is annotated as {_value(*given)} but says {_value(*read)}",
            "write what the words say (GUIDELINES.md, section 10), or list an exemption with its reason",
        )


def _value(stated: Any, low: Any, high: Any, modifier: str, unit: str | None) -> str:
    return f"{modifier} {stated} ({low}–{'∞' if high is None else high}{' ' + unit if unit else ''})"


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
    events = {event["id"] for event in article["events"]}
    used: set[str] = set()
    for i, attribution in enumerate(article["attributions"]):
        at, stance = f"/attributions/{i}", attribution["stance"]
        used.update(attribution["sources"])
        if stance == "no_comment" and not set(attribution["content"]) <= events:
            report(
                "B414",
                f"{at}/content",
                "silence about something else than an event",
                "the content of no_comment is the event",
            )
        if stance == "claims_responsibility" and not attribution["blames"]:
            report(
                "B409",
                f"{at}/blames",
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


def _relations(article: Json, report: Any) -> None:
    figures = {figure["id"]: figure for figure in article["figures"]}
    seen = set()
    for i, relation in enumerate(article["relations"]):
        at, kind = f"/relations/{i}", relation["type"]
        a, b = figures[relation["from"]], figures[relation["to"]]
        key = (kind, relation["from"], relation["to"])
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
            if a["measure"] != b["measure"] and not {a["measure"], b["measure"]} <= {
                "killed",
                "casualties",
                "neutralised",
            }:
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
    for i, entity in enumerate(article["entities"]):
        ident = entity["registry"]
        if not ident:
            continue
        at = f"/entities/{i}"
        if ident in seen:
            report(
                "B410",
                f"{at}/registry",
                f"{seen[ident]} and {entity['id']} are both {ident}",
                "make one entity of the two",
            )
        seen[ident] = entity["id"]
        entry = context.registry["actors"].get(ident) or context.registry["places"].get(ident)
        if entry is None:
            continue
        if entity["type"] != entry["type"] or entity["place_kind"] != entry.get("place_kind"):
            report(
                "B410",
                f"{at}/type",
                f"the registry has {ident} as {entry['type']} {entry.get('place_kind') or ''}".rstrip(),
                "follow the registry",
            )
        if entity["name"] != entry["names"]["en"]:
            report(
                "B410", f"{at}/name", f"the registry calls {ident} {entry['names']['en']!r}", "use that name"
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
