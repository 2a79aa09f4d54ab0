"""Level 5: was anything missed? Reads the words of an open text again, beside its annotations and its story."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from bilan import edtf, labels, numbers, segment
from bilan.checks.context import Context
from bilan.checks.lexicon import ARTICLES, CASUALTIES, COUNTED_BY, NUMBERS, SILENT_ZONES
from bilan.incidents import Incident
from bilan.model import Json

NEAR = 6
"""Words between a number and a casualty word, at most, for the one to count the other."""

_ANYONE = frozenset(labels.names("source_kind"))
_INSTITUTIONS = _ANYONE - {"armed_group", "military", "media", "witness", "resident", "social_media"}
KINDS: dict[str, frozenset[str]] = {
    "person": _ANYONE - {"social_media", "unspecified"},
    "armed_group": frozenset(("armed_group", "security_forces", "civil_society")),  # militias too
    "state_force": frozenset(("military", "security_forces", "government", "foreign_government")),
    "external_force": frozenset(("foreign_government", "peacekeeping", "company")),
    "organization": _INSTITUTIONS | {"victim"},
    "media": frozenset(("media", "armed_group", "expert")),  # a group's media arm; a journal of analysts
    "facility": frozenset(("medical", "company", "judiciary", "local_authority")),
    "community": frozenset(("resident", "victim", "civil_society", "community_leader")),
    "population": frozenset(("resident", "victim", "witness", "civil_society")),
    "place": frozenset(),
    "weapon": frozenset(),
    "vehicle": frozenset(),
    "operation": frozenset(("military", "foreign_government", "peacekeeping")),
}
"""Entity type → kinds of source that such an entity can be."""

_GIVES = frozenset(("states", "claims"))
"""Stances of those who bring a figure up; an estimate may only say that another's figure is too low."""

_OWN_STATE = frozenset(("government", "military", "security_forces"))
_WORD = re.compile(r"\w+")


def check(article: Json, file: str, context: Context) -> list[Incident]:
    """Incidents of level 5 of one article that makes sense so far. Of a withheld text only its records are read."""
    out: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str, **more: Any) -> None:
        out.append(Incident(code, message, mend, file=file, pointer=pointer, **more))

    story = context.stories[article["story"]]
    _source_kinds(article, story, context, report)
    _story_dates(article, story, report)
    _sums(article, report)
    text = article["text"].get("content")
    if text is not None:
        sentences = segment.sentences(text, [(zone["start"], zone["end"]) for zone in article["zones"]])
        _numbers(article, text, sentences, report)
        _edges(article, text, report)
        _names(article, text, context, report)
        _speakers(article, sentences, report)
        _traces(article, report)
    return out


# --- numbers and names that no annotation holds ----------------------------------------------------------


def _numbers(article: Json, text: str, sentences: list[segment.Interval], report: Any) -> None:
    lang = article["lang"]
    number, casualty = NUMBERS.get(lang), CASUALTIES.get(lang)
    if number is None or casualty is None:
        return
    taken = [(x["start"], x["end"]) for x in (*article["figures"], *article["times"])]
    taken += [(z["start"], z["end"]) for z in article["zones"] if z["kind"] in SILENT_ZONES]
    taken += [(m["start"], m["end"]) for m in _mentions(article, "name")]
    # "two security sources": a count of speakers is no figure; the number stands before the mention
    taken += [(m["start"] - 25, m["end"]) for source in article["sources"] for m in source["mentions"]]
    for start, end in sentences:
        words = [found.span() for found in casualty.finditer(text, start, end)]
        if not words:
            continue
        for found in number.finditer(text, start, end):
            at, stop = found.span()
            if any(a < stop and at < b for a, b in taken):
                continue
            if numbers.parse(text[at : min(end, at + 60)], lang) is None:
                continue  # an age, a distance, a date
            distance = min(
                len(_WORD.findall(text, stop, a)) if a >= stop else len(_WORD.findall(text, b, at))
                for a, b in words
            )
            if distance <= NEAR:
                report(
                    "B501",
                    "/text/content",
                    f"{found.group()!r} is in no figure: …{_around(text, at, stop)}…",
                    "mark the figure; if it counts nobody, list an exemption with its reason",
                    subject=found.group(),
                    offset=at,
                )


def _edges(article: Json, text: str, report: Any) -> None:
    """Times begin after their article; a number without a noun goes on to the word that says what it counts."""
    lang = article["lang"]
    articles, counted, number = ARTICLES.get(lang), COUNTED_BY.get(lang), NUMBERS.get(lang)
    for i, time in enumerate(article["times"]):
        if articles and articles.match(time["surface"]):
            report(
                "B509",
                f"/times/{i}/surface",
                f"{time['surface']!r} begins with an article",
                "leave it outside",
            )
    starts = {figure["start"] for figure in article["figures"]}
    for i, figure in enumerate(article["figures"]):
        last = figure["surface"].split()[-1]
        found = counted.match(text, figure["end"]) if counted else None
        bare = last[-1].isdigit() or (number is not None and number.fullmatch(last) is not None)
        if found and bare and not any(figure["end"] <= start < found.end() for start in starts):
            whole = text[figure["start"] : found.end()]
            report("B510", f"/figures/{i}/surface", f"the figure is {whole!r}", "mark it to its end")


def _names(article: Json, text: str, context: Context, report: Any) -> None:
    spans = sorted((m["start"], m["end"]) for m in _mentions(article))
    own: dict[str, list[str]] = defaultdict(list)
    for mention in _mentions(article, "name"):
        if any(letter.isupper() for letter in mention["surface"]):
            own[_first(mention["surface"])].append(mention["surface"])
    seen: set[int] = set()
    for word in _WORD.finditer(text):
        for name in (*own.get(word.group(), ()), *context.gazetteer.get(word.group(), ())):
            start, end = word.start(), word.start() + len(name)
            if start in seen or not text.startswith(name, start) or _goes_on(text, end):
                continue
            # "Faso" in "[Burkina Faso]" may stand unmarked, and so may "Gedo region" around "[Gedo]"
            if not any(a < end and start < b for a, b in spans):
                seen.add(start)
                report(
                    "B502",
                    "/text/content",
                    f"{name!r} is a name, but unmarked here: …{_around(text, start, end)}…",
                    "mark it as a mention, or list an exemption with its reason",
                    subject=name,
                    offset=start,
                )


def _goes_on(text: str, end: int) -> bool:
    return end < len(text) and (text[end].isalnum() or text[end] == "_")


def _first(name: str) -> str:
    found = _WORD.search(name)
    return found.group() if found and found.start() == 0 else ""


def gazetteer(registry: dict[str, dict[str, Json]]) -> dict[str, list[str]]:
    """Names and aliases of actors and places by their first word, the longest first."""
    names = {
        name
        for kind in ("actors", "places")
        for entry in registry[kind].values()
        for name in (*entry["names"].values(), *entry["aliases"])
        if len(name) > 2 and (name[0].isupper() or any(letter.isupper() for letter in name))
    }
    out: dict[str, list[str]] = defaultdict(list)
    for name in sorted(sorted(names), key=len, reverse=True):  # of equal length in order of the alphabet
        if first := _first(name):
            out[first].append(name)
    return dict(out)


def _mentions(article: Json, kind: str | None = None) -> Iterator[Json]:
    for entity in article["entities"]:
        for mention in entity["mentions"]:
            if kind is None or mention["kind"] == kind:
                yield mention


def _around(text: str, start: int, end: int) -> str:
    return " ".join(text[max(0, start - 25) : end + 25].split())


# --- speakers --------------------------------------------------------------------------------------------


def _source_kinds(article: Json, story: Json, context: Context, report: Any) -> None:
    entities = {entity["id"]: entity for entity in article["entities"]}
    places = (context.registry["places"].get(event["place"] or "") for event in story["events"])
    homes = {story["country"], *(place["country"] for place in places if place and place.get("country"))}
    for i, source in enumerate(article["sources"]):
        entity = entities.get(source["entity"] or "")
        if entity is None:
            if source["named"]:
                mend = "name its entity, or write false"
                report("B508", f"/sources/{i}/named", "a named source without an entity", mend)
            continue
        kind = source["kind"]
        message = ""
        if kind not in KINDS[entity["type"]]:
            message = f"{entity['name']!r} is of type {entity['type']}, the source of kind {kind}"
        entry = context.registry["actors"].get(entity["registry"] or "")
        country = entry.get("country") if entry and entity["type"] != "person" else None
        foreign = country not in homes
        if country and (
            (kind in _OWN_STATE and foreign) or (kind == "foreign_government" and homes == {country})
        ):
            where = ", ".join(sorted(homes))
            message = f"{entity['name']!r} is of {country}, the story happens in {where}: not {kind}"
        if source["named"] != identified(entity):
            what = "is named" if identified(entity) else "is not named"
            report(
                "B508", f"/sources/{i}/named", f"{entity['name']!r} speaks: the source {what}", "mend `named`"
            )
        if message:
            report("B503", f"/sources/{i}/kind", message, "mend the kind, or the entity")


def identified(entity: Json) -> bool:
    """Whether an entity that speaks has a name: all but unnamed groups and populations."""
    if entity["registry"] or entity["type"] not in ("armed_group", "population", "community"):
        return True
    return entity["type"] == "armed_group" and any(
        mention["kind"] == "name" for mention in entity["mentions"]
    )


def _speakers(article: Json, sentences: list[segment.Interval], report: Any) -> None:
    """Who speaks is named in the sentence or the one before, or goes on speaking from there without a break."""
    starts = [start for start, _ in sentences]
    entities = {entity["id"]: entity for entity in article["entities"]}
    figures = {figure["id"]: figure for figure in article["figures"]}
    where: dict[str, set[int]] = {}
    for source in article["sources"]:
        entity = entities.get(source["entity"] or "")
        mentions = [*source["mentions"], *(entity["mentions"] if entity else ())]
        where[source["id"]] = {bisect_right(starts, mention["start"]) for mention in mentions}
    said: list[tuple[int, int, Json]] = []
    for i, attribution in enumerate(article["attributions"]):
        spans = [*attribution["cues"], *(figures[c] for c in attribution["content"] if c in figures)]
        said += [(bisect_right(starts, span["start"]), i, attribution) for span in spans]
    for sentence, _, attribution in sorted(said, key=lambda one: one[:2]):
        for source in attribution["sources"]:
            if where[source] & {sentence, sentence - 1}:  # a pronoun may go on from here
                where[source].add(sentence)
    for i, attribution in enumerate(article["attributions"]):
        known = set().union(*(where[source] for source in attribution["sources"]))
        if known and not known & {bisect_right(starts, cue["start"]) for cue in attribution["cues"]}:
            cue = attribution["cues"][0]["surface"]
            report(
                "B504",
                f"/attributions/{i}/sources",
                f"nobody named in the sentence of {cue!r} or the one before is its source",
                "mark the mention that speaks there, name the speaker in the text, or mend the source",
            )


def _traces(article: Json, report: Any) -> None:
    figures = {figure["id"]: figure for figure in article["figures"]}
    speakers = Counter(ident for attribution in article["attributions"] for ident in attribution["content"])
    mend = "give the reference that carries it, or take it out of the text"
    if not article["references"]:
        return  # a text by others is its own reference
    for i, figure in enumerate(article["figures"]):
        if not figure["references"]:
            report("B505", f"/figures/{i}/references", f"no reference carries {figure['surface']!r}", mend)
    for i, attribution in enumerate(article["attributions"]):
        reference = attribution["reference"]
        # a denial, or a second voice, may speak of a figure that its own page does not repeat
        told = [figures[ident] for ident in attribution["content"] if ident in figures]
        brought = any(speakers[figure["id"]] == 1 for figure in told)
        if not reference:
            report("B505", f"/attributions/{i}/reference", f"no reference reports {attribution['id']}", mend)
        elif (
            attribution["stance"] in _GIVES
            and brought
            and not any(reference in figure["references"] for figure in told)
        ):
            listed = ", ".join(figure["id"] for figure in told)
            report(
                "B505",
                f"/attributions/{i}/reference",
                f"{reference} reports {attribution['id']}, but none of its figures ({listed}) names {reference}",
                "make the attribution and its figures agree on the page",
            )


# --- against the story, and in themselves ----------------------------------------------------------------


def _story_dates(article: Json, story: Json, report: Any) -> None:
    dates = {event["id"]: event["date"] for event in story["events"]}
    for i, event in enumerate(article["events"]):
        expected = dates.get(event["story_event"] or "")
        if not expected or not event["date"]:
            continue
        begins, ends = edtf.bounds(expected)[0], edtf.bounds(event["date"])[1]
        before = begins is not None and ends is not None and ends < begins
        if before if event["part_of"] else not edtf.overlap(expected, event["date"]):
            report(
                "B506",
                f"/events/{i}/date",
                f"the event is of {event['date']}, the story has {event['story_event']} on {expected}",
                "mend the date, or make it an event of its own",
            )


def _sums(article: Json, report: Any) -> None:
    """Parts that cannot overlap, since nothing is both (soldiers and civilians), add up to the whole at most."""
    figures = {figure["id"]: figure for figure in article["figures"]}
    position = {figure["id"]: i for i, figure in enumerate(article["figures"])}
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    for relation in article["relations"]:
        part, whole = figures[relation["from"]], figures[relation["to"]]
        same = part["measure"] == whole["measure"] and part["unit"] == whole["unit"]
        if relation["type"] == "part_of" and same and part["scope"] != "each":
            of = parts[whole["id"]]
            of[part["of"]] = max(of.get(part["of"], 0), part["low"])
    for ident, of in parts.items():
        high = figures[ident]["high"]
        apart = [
            label
            for label in of
            if not any(label != other and labels.comparable(label, other) for other in of)
        ]
        total = sum(of[label] for label in apart)
        if high is not None and len(apart) > 1 and total > high:
            listed = " + ".join(f"{of[label]:g} {label}" for label in sorted(apart))
            report(
                "B507",
                f"/figures/{position[ident]}",
                f"its parts add up to {total:g} at least ({listed}), the whole is {high:g} at most",
                "mend a value, or a part_of that belongs to another figure",
            )
