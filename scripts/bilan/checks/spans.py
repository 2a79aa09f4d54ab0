"""Level 3: does every span hold the words it claims, and does every reference arrive?

Hardly ever is anything wrong, so each rule comes in two parts: a quick look over the whole article that says
"surely no fault" or "perhaps one", and, where there is perhaps one, the rule itself, which names the faults.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Any

from bilan import model
from bilan.checks import references
from bilan.checks.context import Context
from bilan.incidents import Incident
from bilan.model import Json

_EDGE_OK = "«“‘\"'([$€£%.’…)]»”"
DETERMINER = {
    "fr": re.compile(r"(?:l[ea]s?|du|des|aux?|une?)\s|[ld]['’]", re.IGNORECASE),
    "en": re.compile(r"(?:the|an?)\s", re.IGNORECASE),
}
SPACE = " \t\n\u00a0\u202f\u2009"
_PUNCTUATION = ",;:!?—–"
EDGES = frozenset(SPACE + _PUNCTUATION)
_SPACES = frozenset(SPACE)
_NO_EDGES: frozenset[str] = frozenset()
_START_AND_END = itemgetter("start", "end")
_INITIALS = frozenset("aAdDlLtTuU")
"""First letters of determiners: most names need no look at the pattern."""


def check(article: Json, file: str, context: Context) -> list[Incident]:
    """Incidents of level 3 of one article that fits its schema."""
    out: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str) -> None:
        out.append(Incident(code, message, mend, file=file, pointer=pointer))

    _identity(article, file, report)
    _text(article, report)
    _spans(article, report)
    references.within(article, report)
    references.outside(article, context, report)
    _key_order(article, report)
    return out


def inside(article: Json, file: str) -> list[Incident]:
    """Of level 3 what needs no corpus: text, spans, ids and references within the article."""
    out: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str) -> None:
        out.append(Incident(code, message, mend, file=file, pointer=pointer))

    _text(article, report)
    _spans(article, report)
    references.within(article, report)
    return out


def _identity(article: Json, file: str, report: Any) -> None:
    story, _, tail = article["id"].partition(".")
    lang, _, number = tail.partition(".")
    if story != article["story"]:
        report("B307", "/story", f"story {article['story']!r} but id {article['id']!r}", f"write {story!r}")
    if lang != article["lang"]:
        report("B307", "/lang", f"lang {article['lang']!r} but id {article['id']!r}", "make the two agree")
    expected = f"{story[:2]}/{story[3:]}/{lang}-{number}.json"
    if file.endswith("/" + expected):
        return
    parts = file.replace("\\", "/").split("/")
    if len(parts) >= 3 and "/".join(parts[-3:]) != expected:
        report(
            "B307", "/id", f"the id {article['id']!r} belongs to {expected}", "rename the file or mend the id"
        )


def _text(article: Json, report: Any) -> None:
    text = article["text"]
    if text["access"] != "open":
        return
    content = text["content"]
    digest = hashlib.sha256(content.encode()).hexdigest()
    if digest != text["sha256"]:
        report(
            "B306",
            "/text/sha256",
            f"the SHA-256 of the content is {digest}",
            "if the text is right, write this hash",
        )
    if len(content) != text["length"]:
        report("B306", "/text/length", f"the content has {len(content)} code points", f"write {len(content)}")
    if content.strip(SPACE) != content:
        report(
            "B318",
            "/text/content",
            "the text begins or ends with white space",
            "trim it and shift the spans (bilan mark, unmark)",
        )


def _spans(article: Json, report: Any) -> None:
    """Bounds, words, edges and order of all spans, and figures that overlap."""
    if not _spans_are_sound(article):
        _faults_of_spans(article, report)


def _spans_are_sound(article: Json) -> bool:
    """True only if ``_faults_of_spans`` would find nothing; False: perhaps it would."""
    content, length = article["text"].get("content"), article["text"]["length"]
    named: list[Json] = []
    said: list[Json] = []
    plain = article["times"] + article["figures"]
    for gathered, layer, field in (
        (named, "entities", "mentions"),
        (named, "sources", "mentions"),
        (plain, "events", "triggers"),
        (said, "attributions", "cues"),
        (said, "attributions", "quotes"),
    ):
        for record in article[layer]:
            listed = record[field]
            gathered += listed
            if len(listed) > 1 and not _in_order(listed):
                return False
    return (
        _hold_words(plain, content, length, EDGES)
        and _hold_words(said, content, length, _SPACES)
        and _hold_words(article["zones"], content, length, _NO_EDGES)
        and _hold_words(named, content, length, EDGES)
        and not _have_determiners(named, article)
        and _in_order(sorted(article["figures"], key=_START_AND_END))
    )


def _hold_words(spans: list[Json], content: str | None, length: int, edges: frozenset[str]) -> bool:
    """True if all lie within the text and hold the words that they say, with none of ``edges`` at an end."""
    for span in spans:
        start, end = span["start"], span["end"]
        if not start < end <= length:
            return False
        if "surface" in span:
            surface = span["surface"]
            if content is None:
                if len(surface) != end - start:
                    return False
            elif content[start:end] != surface:
                return False
            if surface[0] in edges or surface[-1] in edges:
                return False
    return True


def _in_order(listed: list[Json]) -> bool:
    """True if no span begins before the end of the one before it."""
    last_end = -1
    for span in listed:
        if span["start"] < last_end:
            return False
        last_end = span["end"]
    return True


def _have_determiners(named: list[Json], article: Json) -> bool:
    """True if a mention begins with a determiner that is no part of a name ("The Africa Report" is one)."""
    lang = article["lang"]
    found = [
        span
        for span in named
        if (surface := span.get("surface")) and surface[0] in _INITIALS and _is_determiner(surface[:4], lang)
    ]
    if not found:
        return False
    names = _starts_of_names(article)
    return any(not span["surface"][0].isupper() or span["start"] not in names for span in found)


@lru_cache(maxsize=4096)
def _is_determiner(head: str, lang: str) -> bool:
    """Whether words begin with a determiner, by their first four characters: none is longer, its space included."""
    determiner = DETERMINER.get(lang)
    return determiner is not None and determiner.match(head) is not None


def _starts_of_names(article: Json) -> set[int]:
    return {m["start"] for entity in article["entities"] for m in entity["mentions"] if m["kind"] == "name"}


def _faults_of_spans(article: Json, report: Any) -> None:
    """Reports what is wrong with spans, in order of the file."""
    content = article["text"].get("content")
    length = article["text"]["length"]
    determiner = DETERMINER.get(article["lang"])
    names = _starts_of_names(article)
    for layer, field, i, listed in model.span_lists(article):
        last_end = -1
        for j, span in enumerate(listed):
            start, end = span["start"], span["end"]
            if not start < end <= length:
                at = model.span_pointer(layer, field, i, j)
                report(
                    "B302", at, f"span {start}–{end} in a text of {length}", "a span is start < end ≤ length"
                )
                continue
            surface = span.get("surface")
            if surface is not None:
                held = surface if content is None else content[start:end]
                if held != surface or (content is None and len(surface) != end - start):
                    _surface(content, span, model.span_pointer(layer, field, i, j), report)
                first, last = surface[0], surface[-1]
                if (first in EDGES or last in EDGES) and layer != "zones":
                    _edge(surface, layer, model.span_pointer(layer, field, i, j), report)
                if (
                    first in _INITIALS
                    and layer in ("entities", "sources")
                    and determiner
                    and determiner.match(surface)
                    and not (first.isupper() and start in names)  # "The Africa Report" is a name
                ):
                    report(
                        "B310",
                        f"{model.span_pointer(layer, field, i, j)}/surface",
                        f"{surface!r} begins with a determiner",
                        "leave it outside the span",
                    )
            if start < last_end:
                report(
                    "B308",
                    model.span_pointer(layer, field, i, j),
                    f"spans of {article[layer][i]['id']} overlap or are out of order",
                    "list them once each, in order of the text",
                )
            last_end = end
    _overlaps(article, length, report)


def _surface(content: str | None, span: Json, pointer: str, report: Any) -> None:
    start, end, surface = span["start"], span["end"], span["surface"]
    if content is None:
        report("B301", f"{pointer}/surface", f"{surface!r} is not {end - start} long", "make the span fit")
    else:
        report(
            "B301",
            f"{pointer}/surface",
            f"text[{start}:{end}] is {content[start:end]!r}, not {surface!r}",
            "mark the words again (bilan mark, unmark)",
        )


def _edge(surface: str, layer: str, pointer: str, report: Any) -> None:
    if surface[0] in SPACE or surface[-1] in SPACE:
        report("B309", f"{pointer}/surface", f"white space at the edge of {surface!r}", "leave it outside")
    elif layer != "attributions":
        report("B309", f"{pointer}/surface", f"punctuation at the edge of {surface!r}", "leave it outside")


def _overlaps(article: Json, length: int, report: Any) -> None:
    figures = sorted(
        (figure["start"], figure["end"], figure["id"], f"/figures/{i}")
        for i, figure in enumerate(article["figures"])
        if figure["start"] < figure["end"] <= length
    )
    for (_, end, one, _), (start, _, other, pointer) in pairwise(figures):
        if start < end:
            report("B311", pointer, f"figures {one} and {other} overlap", "a number belongs to one figure")


_known_orders: dict[str, set[tuple[str, ...]]] = {layer: set() for layer in ("", "text", *model.LAYERS)}
"""Layer → lists of keys that were found in order: records of a layer have few different ones."""


def _key_order(article: Json, report: Any) -> None:
    _orders("", (article,), report)
    _orders("text", (article["text"],), report)
    for layer in model.LAYERS:
        _orders(layer, article[layer], report)


def _orders(layer: str, records: Sequence[Json], report: Any) -> None:
    """Reports records whose keys are in another order than the schema's.

    Neighbours mostly have the same keys; their names are then the same objects, and compare at once.
    """
    known = _known_orders[layer]
    last: list[str] = []
    for record in records:
        keys = [*record]
        if keys != last:
            if tuple(keys) not in known:
                break
            last = keys
    else:
        return
    order, pointer = model.top_keys(), ""
    if layer:
        order, pointer = model.sub_keys(layer) if layer == "text" else model.record_keys(layer), f"/{layer}"
    for i, record in enumerate(records):
        if list(record) == [key for key in order if key in record]:
            known.add(tuple(record))
        else:
            at = f"{pointer}/{i}" if layer in model.LAYERS else pointer
            report("B319", at, "keys are not in the order of the schema", "run: bilan format on the file")
