"""Level 3, and the edges of level 5: spans that their words place, edges that the rules leave outside.

Only in open articles: of a withheld text the words around a span, and so its anchors, cannot be seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from bilan import model, numbers
from bilan.checks import spans as rules
from bilan.checks.lexicon import ARTICLES, COUNTED_BY
from bilan.fixing.case import Case, Repair, Turn, at, replaced, steps
from bilan.model import Json


def _open(repair: Callable[[Json, Case, str], Turn | None]) -> Repair:
    """A repair that needs the text, which it is given as its third argument."""

    @wraps(repair)
    def of_open(document: Any, case: Case) -> Turn | None:
        content = document["text"].get("content")
        return repair(document, case, content) if document["text"]["access"] == "open" and content else None

    return of_open


def _span(document: Json, case: Case) -> tuple[Json, str]:
    """The span that an incident is about, and the layer of its record."""
    path = steps(case.incident.pointer)
    if path[-1] == "surface":
        path = path[:-1]
    return at(document, path), path[0]


def _moved(document: Json, span: Json, layer: str, start: int, end: int, content: str) -> Turn | None:
    """The span with other edges, where the value of a figure stays the same."""
    before, after = span["surface"], content[start:end]
    if not after or content[span["start"] : span["end"]] != before:
        return None
    if layer == "figures" and numbers.parse(before, document["lang"]) != numbers.parse(
        after, document["lang"]
    ):
        return None
    span.update(start=start, end=end, surface=after)
    return Turn(before, after)


@_open
def _place(document: Json, case: Case, content: str) -> Turn | None:
    """B301, B302: to the one place of the text where the words of the span stand."""
    span, _ = _span(document, case)
    words = span.get("surface") or ""
    places = _places(content, words) if words else []
    if len(places) != 1:
        return None
    before = f"{span['start']}–{span['end']}"
    span.update(start=places[0], end=places[0] + len(words))
    return Turn(before, f"{span['start']}–{span['end']} {words}")


def _places(content: str, words: str) -> list[int]:
    """Where words stand in a text, never as a part of a longer word or number."""
    out = []
    start = content.find(words)
    while start >= 0:
        end = start + len(words)
        before, after = content[start - 1 : start] if start else "", content[end : end + 1]
        if not (words[0].isalnum() and before.isalnum()) and not (words[-1].isalnum() and after.isalnum()):
            out.append(start)
        start = content.find(words, start + 1)
    return out


@_open
def _edge(document: Json, case: Case, content: str) -> Turn | None:
    """B309: white space and punctuation at the edges stay outside."""
    span, layer = _span(document, case)
    outside = "".join(rules.EDGES) if layer != "attributions" else rules.SPACE
    words = span["surface"]
    start = span["start"] + len(words) - len(words.lstrip(outside))
    end = span["end"] - (len(words) - len(words.rstrip(outside)))
    return _moved(document, span, layer, start, end, content)


@_open
def _determiner(document: Json, case: Case, content: str) -> Turn | None:
    """B310, B509: the determiner stays outside."""
    span, layer = _span(document, case)
    determiner = (ARTICLES if layer == "times" else rules.DETERMINER).get(document["lang"])
    found = determiner.match(span["surface"]) if determiner else None
    if found is None:
        return None
    rest = span["surface"][found.end() :]
    start = span["start"] + found.end() + len(rest) - len(rest.lstrip(rules.SPACE))
    return _moved(document, span, layer, start, span["end"], content)


@_open
def _figure_end(document: Json, case: Case, content: str) -> Turn | None:
    """B510: the figure goes on to the word that says what it counts."""
    span, layer = _span(document, case)
    counted = COUNTED_BY.get(document["lang"])
    found = counted.match(content, span["end"]) if counted else None
    return _moved(document, span, layer, span["start"], found.end(), content) if found else None


@_open
def _identity(document: Json, case: Case, content: str) -> Turn | None:
    """B306: the length is that of the text; its hash too, where every span proves that it is what was annotated."""
    if steps(case.incident.pointer)[-1] == "length":
        return replaced(document, case, len(content))
    held = [
        content[at.span["start"] : at.span["end"]] == at.span.get("surface") for at in model.spans(document)
    ]
    if not held or not all(held):
        return None
    return replaced(document, case, hashlib.sha256(content.encode()).hexdigest())


@_open
def _text_edge(document: Json, case: Case, content: str) -> Turn | None:
    """B318: the text without the white space around it, and every span on the same words."""
    text = content.strip(rules.SPACE)
    shift = len(content) - len(content.lstrip(rules.SPACE))
    found = [at.span for at in model.spans(document)]
    if not text or any(
        content[span["start"] : span["end"]] != span.get("surface")
        or not shift <= span["start"] < span["end"] <= shift + len(text)
        for span in found
    ):
        return None
    for span in found:
        span.update(start=span["start"] - shift, end=span["end"] - shift)
    document["text"].update(content=text, length=len(text), sha256=hashlib.sha256(text.encode()).hexdigest())
    return Turn(f"{len(content)} code points", f"{len(text)} code points")


def _order(document: Json, case: Case) -> Turn | None:
    """B308: in order of the text, each once."""
    path = steps(case.incident.pointer)[:-1]
    listed = at(document, path)
    if not isinstance(listed, list):
        return None
    once: list[Json] = []
    for span in sorted(listed, key=lambda span: (span["start"], span["end"])):
        if span not in once:
            once.append(span)
    if once == listed:
        return None
    before = _shown(listed)
    listed[:] = once
    return Turn(before, _shown(once))


def _shown(listed: list[Json]) -> str:
    return ", ".join(f"{span['start']}–{span['end']}" for span in listed)


REPAIRS: dict[str, Repair] = {
    "B301": _place,
    "B302": _place,
    "B306": _identity,
    "B308": _order,
    "B309": _edge,
    "B310": _determiner,
    "B318": _text_edge,
    "B509": _determiner,
    "B510": _figure_end,
}
