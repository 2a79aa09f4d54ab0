"""Level 3: does every span hold the words it claims, and does every reference arrive?"""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise
from typing import Any

from bilan import model
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
    _ids_and_references(article, report)
    _outside(article, context, report)
    _key_order(article, report)
    return out


def inside(article: Json, file: str) -> list[Incident]:
    """Of level 3 what needs no corpus: text, spans, ids and references within the article."""
    out: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str) -> None:
        out.append(Incident(code, message, mend, file=file, pointer=pointer))

    _text(article, report)
    _spans(article, report)
    _ids_and_references(article, report)
    return out


def _identity(article: Json, file: str, report: Any) -> None:
    story, _, tail = article["id"].partition(".")
    lang, _, number = tail.partition(".")
    if story != article["story"]:
        report("B307", "/story", f"story {article['story']!r} but id {article['id']!r}", f"write {story!r}")
    if lang != article["lang"]:
        report("B307", "/lang", f"lang {article['lang']!r} but id {article['id']!r}", "make the two agree")
    expected = f"{story[:2]}/{story[3:]}/{lang}-{number}.json"
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
    """Pointers are made for faults only: an article has a hundred spans, and hardly ever a fault."""
    content = article["text"].get("content")
    length = article["text"]["length"]
    determiner = DETERMINER.get(article["lang"])
    names = {m["start"] for entity in article["entities"] for m in entity["mentions"] if m["kind"] == "name"}
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


def _ids_and_references(article: Json, report: Any) -> None:
    layer_of: dict[str, str] = {}
    for layer in model.LAYERS:
        for i, record in enumerate(article[layer]):
            if record["id"] in layer_of:
                report("B303", f"/{layer}/{i}/id", f"the id {record['id']} stands twice", "number it on")
            layer_of[record["id"]] = layer
    for path, target, layers in model.references(article):
        if layer_of.get(target) not in layers:
            what = "is not in this article" if target not in layer_of else f"is one of the {layer_of[target]}"
            report(
                "B304",
                "".join(f"/{part}" for part in path),
                f"{target} {what}; expected one of the {' or '.join(layers)}",
                "point at a record that is there",
            )
    for layer, field, name in (("events", "part_of", "event"), ("attributions", "content", "attribution")):
        edges = {
            record["id"]: record[field]
            if isinstance(record[field], list)
            else [record[field]]
            if record[field]
            else []
            for record in article[layer]
        }
        if not any(target in edges for targets in edges.values() for target in targets):
            continue
        for i, record in enumerate(article[layer]):
            if _reaches(edges, record["id"], record["id"]):
                report(
                    "B315",
                    f"/{layer}/{i}/{field}",
                    f"the {name} {record['id']} contains itself",
                    "cut the circle",
                )


def _reaches(edges: dict[str, list[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    todo = list(edges.get(start, ()))
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            todo.extend(edges.get(here, ()))
    return False


def _outside(article: Json, context: Context, report: Any) -> None:
    """References to the story and the registry."""
    story = context.stories.get(article["story"])
    if story is None:
        report(
            "B316",
            "/story",
            f"there is no story {article['story']!r}",
            "write its story.json beside the article",
        )
        return
    known = {reference["id"] for reference in story["references"]}
    own = set(article["references"])
    for i, target in enumerate(article["references"]):
        if target not in known:
            report(
                "B314", f"/references/{i}", f"{target} is no reference of the story", "add it to story.json"
            )
    for layer, field in (("figures", "references"), ("attributions", "reference")):
        for i, record in enumerate(article[layer]):
            value = record[field]
            for target in value if isinstance(value, list) else [value] if value else []:
                if target not in own:
                    report(
                        "B314",
                        f"/{layer}/{i}/{field}",
                        f"{target} is not among the article's references",
                        "add it there",
                    )
    events = {event["id"] for event in story["events"]}
    for i, event in enumerate(article["events"]):
        if event["story_event"] and event["story_event"] not in events:
            report(
                "B313",
                f"/events/{i}/story_event",
                f"{event['story_event']!r} is no event of the story",
                f"use one of {', '.join(sorted(events))}",
            )
    actors, places = context.registry["actors"], context.registry["places"]
    for i, entity in enumerate(article["entities"]):
        if entity["registry"] and entity["registry"] not in actors and entity["registry"] not in places:
            report(
                "B312",
                f"/entities/{i}/registry",
                f"{entity['registry']!r} is not in the registry",
                "add it, or write null",
            )
    record = article["record"]
    if record and record["outlet"] and record["outlet"] not in context.registry["outlets"]:
        report(
            "B312",
            "/record/outlet",
            f"{record['outlet']!r} is no outlet of the registry",
            "add it to outlets.json",
        )


_in_order: set[tuple[str, tuple[str, ...]]] = set()
"""(layer, keys) that were found in order: records have few different lists of keys."""


def _key_order(article: Json, report: Any) -> None:
    def follow(layer: str, record: Json, order: tuple[str, ...], pointer: str) -> None:
        if list(record) == [key for key in order if key in record]:
            _in_order.add((layer, tuple(record)))
        else:
            report(
                "B319", pointer, "keys are not in the order of the schema", "run: bilan format on the file"
            )

    if ("", tuple(article)) not in _in_order:
        follow("", article, model.top_keys(), "")
    if ("text", tuple(article["text"])) not in _in_order:
        follow("text", article["text"], model.sub_keys("text"), "/text")
    for layer in model.LAYERS:
        for i, record in enumerate(article[layer]):
            if (layer, tuple(record)) not in _in_order:
                follow(layer, record, model.record_keys(layer), f"/{layer}/{i}")
