"""The worksheet of an article as text: what is asked, above the text form of what all agree on."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bilan import jsonio, model, segment
from bilan.adjudication import notation, plain
from bilan.adjudication.joining import Joined
from bilan.adjudication.questions import Asked, Question
from bilan.diffing.form import REFERENCES
from bilan.model import Json
from bilan.textform import write
from bilan.textform.front import flow

VERSION = "1.0"
WIDTH = 100
_MOST_SENTENCES = 4
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Sheet:
    """What a worksheet is made of. ``text``: the canonical text. ``head``: who read what, and how far they agree."""

    joined: Joined
    asked: Asked
    head: Json
    text: str


def seal(value: object) -> str:
    """A short hash that tells whether something was altered."""
    return hashlib.sha256(jsonio.canonical_json(value)).hexdigest()[:12]


def sealed(question: Question) -> str:
    """The hash of what a question asks."""
    readings = [
        None if one is None else {k: plain.key(v) for k, v in one.items()} for one in question.readings
    ]
    return seal([question.name, question.layer, question.record, question.existence, readings])


def written(sheet: Sheet) -> str:
    """The worksheet. Deterministic: the same annotations give the same bytes."""
    article = sheet.asked.agreed
    begin, *rest = write.front({**article, "provenance": dict.fromkeys(model.LAYERS)}).splitlines()
    lines = [
        "---",
        begin,
        *_help(sheet),
        *_head(sheet),
        "decisions:" if sheet.asked.questions else "decisions: {}",
        *(line for question in sheet.asked.questions for line in _question(question, sheet)),
        "",
        "# What all agree on. It may be edited freely; the text itself must stay as it is.",
        *(line for line in rest if not line.startswith("provenance:")),  # it comes with the decisions
        "# Leave what follows as it is: where each record comes from.",
        *_origin(sheet),
        "---",
    ]
    placed = {
        layer: [one for one in article[layer] if layer not in model.SELF_SPANNED or "start" in one]
        for layer in model.LAYERS
    }
    return "\n".join(lines) + "\n" + write.body({**article, **placed}, sheet.text) + "\n"


def _help(sheet: Sheet) -> Iterator[str]:
    number = len(sheet.asked.questions)
    yield f"# {sheet.joined.articles[0]['id']}: {number} question{'s' * (number != 1)}. Write behind each decision:"
    yield "#   1, 2 …         as this annotator reads it (none: the record goes)"
    yield "#   0              no such record"
    yield "#   1+2            the lists of both together, where all else is the same"
    yield "#   {take: 1, event: ev2, places: 2}    as 1 reads it, but this event, and the places of 2"
    yield "#   below          as I have written it into the record and the text below"
    yield "# Places are written words@offset. Then: bilan adjudicate --finish FILE   (docs/adjudication.md)"


def _head(sheet: Sheet) -> Iterator[str]:
    yield "adjudication:"
    yield f"  form: {flow(VERSION)}"
    name = sheet.head["adjudicator"]
    yield f"  adjudicator: {flow(name)}" if name else "  adjudicator:  # your name or ORCID"
    yield f"  guidelines: {flow(sheet.head['guidelines'])}"
    yield "  annotators:"
    for number, one in enumerate(sheet.head["annotators"], 1):
        yield f"    {flow(str(number))}: {flow(one)}"


def _origin(sheet: Sheet) -> Iterator[str]:
    """Sealed: what the history needs, and by which alterations are found."""
    text = [seal(line)[:4] for line in sheet.text.split("\n")]
    fixed: Json = {
        "text": hashlib.sha256(sheet.text.encode()).hexdigest(),
        "lines": " ".join(text),
        "counts": sheet.asked.counts(sheet.joined),
        "agreement": sheet.head["agreement"],
        "questions": _listed({question.name: sealed(question) for question in sheet.asked.questions}),
        "records": {layer: _listed(some) for layer, some in records(sheet.joined, sheet.asked).items()},
    }
    yield "origin:"
    for key, value in fixed.items():
        if key in ("counts", "agreement", "records"):
            yield f"  {key}:"
            for name, one in value.items():
                yield f"    {flow(name)}: {flow(one)}"
        else:
            yield f"  {key}: {flow(value)}"
    yield f"  seal: {whole_seal(fixed, sheet.head['annotators'])}"


def whole_seal(fixed: Json, annotators: list[Json]) -> str:
    """The seal of a worksheet: the same wherever the annotations lie."""
    return seal(
        [fixed, [{**one, "annotation": None} if isinstance(one, dict) else one for one in annotators]]
    )


def _listed(pairs: dict[str, str]) -> str:
    """Keys and values as one string: a hundred times quicker to read than as YAML."""
    return "; ".join(f"{key} {value}" for key, value in pairs.items())


def unlisted(told: str) -> dict[str, str]:
    """The pairs of such a string."""
    parted = (one.partition(" ") for one in told.split("; ") if one)
    return {key: value for key, _, value in parted}


def records(joined: Joined, asked: Asked) -> Json:
    """Layer → id → the ids in the annotations (- for none), and for what all have the seal of what they agree on."""
    out: Json = {}
    for layer in model.LAYERS:
        common = {one["id"]: agreed_seal(layer, one) for one in asked.agreed[layer]}
        out[layer] = {
            ident: " ".join([*(own or "-" for own in joined.ids[ident]), common.get(ident, "")]).rstrip()
            for ident in joined.order[layer]
        }
    return out


def agreed_seal(layer: str, record: Json) -> str:
    """The seal of what a record below holds, however it is written."""
    kept = {}
    for field in plain.fields(layer):
        value: Any = plain.place_of(record) if field == "span" else record.get(field)
        if field in model.SPAN_LISTS.get(layer, ()):
            value = [plain.place_of(one) for one in record.get(field) or ()]
        if not (value is None or value is False or value == []):
            kept[field] = plain.key(value)
    return seal(kept)


# --- one question ----------------------------------------------------------------------------------------


def _question(question: Question, sheet: Sheet) -> Iterator[str]:
    yield ""
    what = "the article" if question.layer == plain.ARTICLE else f"{question.layer} {question.record}"
    yield f"  # {question.name}: {what}{_call(question, sheet)}"
    for sentence in _sentences(question, sheet):
        yield from textwrap.wrap(
            sentence, WIDTH, initial_indent="  #   ", subsequent_indent="  #   ", break_on_hyphens=False
        )
    common = _common(question, sheet)
    if common:
        yield f"  #   all: {_clean(flow(common))}"
    told = [_told(ident, sheet) for ident in _mentioned(question)]
    if told:
        yield from textwrap.wrap(
            "; ".join(told),
            WIDTH,
            initial_indent="  #   ",
            subsequent_indent="  #   ",
            break_on_hyphens=False,
        )
    yield f"  {question.name}:"
    yield f"    about: {question.record}"
    for by, reading in question.groups():
        shown = notation.shown(reading, sheet.text, question.existence)
        yield f"    {flow(','.join(map(str, by)))}: {flow(shown)}"
    proposal = question.proposal()
    sides = next((by for by, _ in question.groups() if proposal in by), ())
    yield (
        f"    decision: {proposal}  # proposed: {len(sides)} of {len(question.readings)}"
        if proposal
        else "    decision:"
    )


def _call(question: Question, sheet: Sheet) -> str:
    name = _name(question.record, sheet)
    return f" {name}" if name else ""


def _record(ident: str, sheet: Sheet) -> tuple[int, Json] | None:
    """The record of the first annotation that has it, with that annotation's number."""
    layer = plain.layer_of(ident)
    for number, one in enumerate(sheet.joined.records(ident, layer) if layer in model.LAYERS else [], 1):
        if one is not None:
            return number, one
    return None


def _name(ident: str, sheet: Sheet) -> str:
    found = _record(ident, sheet)
    if found is None:
        return ""
    record = found[1]
    layer = plain.layer_of(ident)
    if layer == "entities":
        return _clean(str(record["name"]))
    if layer == "relations":
        ends = (f"{record[end]} {_name(record[end], sheet)}" for end in ("from", "to"))
        return f"{record['type']}: " + " → ".join(ends)
    spans = [record] if layer in model.SELF_SPANNED else record[model.SPAN_LISTS[layer][0]]
    if not spans:
        return ""
    words = _clean(sheet.text[spans[0]["start"] : spans[0]["end"]])
    return f"“{words if len(words) <= 60 else words[:57] + '…'}”"


def _told(ident: str, sheet: Sheet) -> str:
    """An id with its words, and who has it where not all do."""
    own = sheet.joined.ids[ident]
    told = f"{ident} {_name(ident, sheet)}".rstrip()
    if all(own):
        return told
    asked = next(q.name for q in sheet.asked.questions if q.record == ident)
    return f"{told} (only {', '.join(str(i) for i, one in enumerate(own, 1) if one)}: {asked})"


def _mentioned(question: Question) -> list[str]:
    """Ids that the readings name, in order."""
    found = [one for reading in question.readings if reading for one in references(question.layer, reading)]
    return list(dict.fromkeys(found))


def references(layer: str, reading: Json) -> Iterator[str]:
    """The records of the article that a reading, or a record, points at."""
    for field, how in REFERENCES.get(layer, {}).items():
        value = reading.get(field)
        if how == "one" and isinstance(value, str):
            yield value
        elif how == "list" and isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))
        elif how == "entity" and isinstance(value, list):
            yield from (one["entity"] for one in value if isinstance(one, dict) and "entity" in one)


def _common(question: Question, sheet: Sheet) -> Json:
    """Of a record that all have, what they agree on, its spans aside."""
    if question.existence or question.layer == plain.ARTICLE:
        return {}
    record = next(one for one in sheet.asked.agreed[question.layer] if one["id"] == question.record)
    skipped = {"id", *plain.SPANS, *(model.SPAN_KEYS if question.layer in model.SELF_SPANNED else ())}
    return {
        key: value
        for key, value in record.items()
        if key not in skipped and not (value is None or value is False or value == [])
    }


def _sentences(question: Question, sheet: Sheet) -> Iterator[str]:
    """The sentences in which the words in question stand, with those words in ⟦ ⟧."""
    places = [place for one in question.readings if one is not None for place in plain.places(one)]
    if not places and question.layer != plain.ARTICLE:
        idents = (
            _mentioned(question) or _ends(question, sheet)
            if question.layer == "relations"
            else [question.record]
        )
        for ident in idents:
            found = _record(ident, sheet)
            places += plain.places(plain.reading(plain.layer_of(ident), found[1]))[:1] if found else []
    spans = sorted({(one["start"], one["end"]) for one in places})
    if not spans:
        return
    shown = 0
    for start, end in segment.sentences(sheet.text, spans):
        inside = [span for span in spans if start <= span[0] and span[1] <= end]
        if inside:
            shown += 1
            if shown > _MOST_SENTENCES:
                yield "…"
                return
            yield _clean(_marked(sheet.text, start, end, inside))


def _ends(question: Question, sheet: Sheet) -> list[str]:
    found = _record(question.record, sheet)
    return [found[1]["from"], found[1]["to"]] if found else []


def _marked(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> str:
    """The sentence with brackets; far from the words in question it is cut."""
    first, last = max(start, spans[0][0] - 240), min(end, max(span[1] for span in spans) + 240)
    marks = sorted([(a, 1, "⟦") for a, _ in spans] + [(b, 0, "⟧") for _, b in spans])
    out, at = ["… " if first > start else ""], first
    for where, _, mark in marks:
        out += [text[at:where], mark]
        at = where
    return "".join([*out, text[at:last], " …" if last < end else ""])


def _clean(line: str) -> str:
    """One line that YAML takes for a comment."""
    return " ".join(_ODD.sub(" ", line).split())
