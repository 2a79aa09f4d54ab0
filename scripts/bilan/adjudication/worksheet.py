"""The worksheet of an article as text: what is asked, above the text form of what all agree on."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bilan import jsonio, model
from bilan.adjudication import context, notation, plain
from bilan.adjudication.joining import Joined
from bilan.adjudication.questions import Asked, Question
from bilan.model import Json
from bilan.textform import write
from bilan.textform.front import flow

VERSION = "1.0"
WIDTH = 100


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
        "article": sheet.joined.articles[0]["id"],
        "head": head_seal(sheet.asked.agreed),
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
    yield f"  seal: {flow(whole_seal(fixed, sheet.head['annotators']))}"


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


def head_seal(article: Json) -> str:
    """The seal of the article's own fields, and of what is said of its text."""
    text = {key: article["text"].get(key) for key in ("access", "extent", "origin", "licence", "attribution")}
    return seal([{key: plain.key(article.get(key)) for key in plain.HEAD}, text])


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
    name = context.name(question.record, sheet)
    what = "the article" if question.layer == plain.ARTICLE else f"{question.layer} {question.record}"
    yield f"  # {question.name}: {what}{f' {name}' if name else ''}"
    for sentence in context.sentences(question, sheet):
        yield from textwrap.wrap(
            sentence, WIDTH, initial_indent="  #   ", subsequent_indent="  #   ", break_on_hyphens=False
        )
    common = context.common(question, sheet)
    if common:
        yield f"  #   all: {context.clean(flow(common))}"
    told = [context.told(ident, sheet) for ident in context.mentioned(question)]
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
