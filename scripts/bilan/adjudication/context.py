"""What an adjudicator needs to see of a question: the sentences, what all agree on, what the ids stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bilan import model, segment
from bilan.adjudication import plain
from bilan.adjudication.questions import Question
from bilan.model import Json

if TYPE_CHECKING:
    from bilan.adjudication.worksheet import Sheet

_MOST_SENTENCES = 4
_AROUND = 240
"""Code points that are shown of a long sentence on either side."""

_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def _record(ident: str, sheet: Sheet) -> tuple[int, Json] | None:
    """The record of the first annotation that has it, with that annotation's number."""
    layer = plain.layer_of(ident)
    for number, one in enumerate(sheet.joined.records(ident, layer) if layer in model.LAYERS else [], 1):
        if one is not None:
            return number, one
    return None


def name(ident: str, sheet: Sheet) -> str:
    found = _record(ident, sheet)
    if found is None:
        return ""
    record = found[1]
    layer = plain.layer_of(ident)
    if layer == "entities":
        return clean(str(record["name"]))
    if layer == "relations":
        ends = (f"{record[end]} {name(record[end], sheet)}" for end in ("from", "to"))
        return f"{record['type']}: " + " → ".join(ends)
    spans = [record] if layer in model.SELF_SPANNED else record[model.SPAN_LISTS[layer][0]]
    if not spans:
        return ""
    words = clean(sheet.text[spans[0]["start"] : spans[0]["end"]])
    return f"“{words if len(words) <= 60 else words[:57] + '…'}”"


def told(ident: str, sheet: Sheet) -> str:
    """An id with its words, and who has it where not all do."""
    own = sheet.joined.ids[ident]
    told = f"{ident} {name(ident, sheet)}".rstrip()
    if all(own):
        return told
    asked = next(q.name for q in sheet.asked.questions if q.record == ident)
    return f"{told} (only {', '.join(str(i) for i, one in enumerate(own, 1) if one)}: {asked})"


def mentioned(question: Question) -> list[str]:
    """Ids that the readings name, in order."""
    found = [
        one for reading in question.readings if reading for one in plain.references(question.layer, reading)
    ]
    return list(dict.fromkeys(found))


def common(question: Question, sheet: Sheet) -> Json:
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


def sentences(question: Question, sheet: Sheet) -> Iterator[str]:
    """The sentences in which the words in question stand, with those words in ⟦ ⟧."""
    places = [place for one in question.readings if one is not None for place in plain.places(one)]
    if not places and question.layer != plain.ARTICLE:
        idents = (
            mentioned(question) or _ends(question, sheet)
            if question.layer == "relations"
            else [question.record]
        )
        for ident in idents:
            found = _record(ident, sheet)
            places += plain.places(plain.reading(plain.layer_of(ident), found[1]))[:1] if found else []
    if not places and question.layer == "sources":  # nobody is named: where it is said
        said = [a for one in sheet.joined.articles for a in one["attributions"]]
        places = [cue for a in said if question.record in a["sources"] for cue in a["cues"][:1]]
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
            yield clean(_marked(sheet.text, start, end, inside))


def _ends(question: Question, sheet: Sheet) -> list[str]:
    found = _record(question.record, sheet)
    return [found[1]["from"], found[1]["to"]] if found else []


def _marked(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> str:
    """The sentence with brackets; far from the words in question it is cut."""
    first, last = max(start, spans[0][0] - _AROUND), min(end, max(span[1] for span in spans) + _AROUND)
    marks = sorted([(a, 1, "⟦") for a, _ in spans] + [(b, 0, "⟧") for _, b in spans])
    out, at = ["… " if first > start else ""], first
    for where, _, mark in marks:
        out += [text[at:where], mark]
        at = where
    return "".join([*out, text[at:last], " …" if last < end else ""])


def clean(line: str) -> str:
    """One line that YAML takes for a comment."""
    return " ".join(_ODD.sub(" ", line).split())
