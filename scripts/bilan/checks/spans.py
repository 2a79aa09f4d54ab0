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
_DETERMINER = {
    "fr": re.compile(r"(?:l[ea]s?|du|des|aux?|une?)\s|[ld]['’]", re.IGNORECASE),
    "en": re.compile(r"(?:the|an?)\s", re.IGNORECASE),
}
_SPACE = " \t\n\u00a0\u202f\u2009"
_PUNCTUATION = ",;:!?—–"


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
    if content.strip(_SPACE) != content:
        report(
            "B318",
            "/text/content",
            "the text begins or ends with white space",
            "trim it and shift the spans (bilan mark, unmark)",
        )


def _spans(article: Json, report: Any) -> None:
    content = article["text"].get("content")
    length = article["text"]["length"]
    determiner = _DETERMINER.get(article["lang"])
    names = {m["start"] for entity in article["entities"] for m in entity["mentions"] if m["kind"] == "name"}
    last_key: tuple[str, str, str] | None = None
    last_end = -1
    figures: list[tuple[int, int, str, str]] = []
    for layer, ident, field, span, pointer in model.spans(article):
        start, end = span["start"], span["end"]
        if not start < end <= length:
            report(
                "B302", pointer, f"span {start}–{end} in a text of {length}", "a span is start < end ≤ length"
            )
            continue
        surface = span.get("surface")
        if surface is not None:
            if content is not None and content[start:end] != surface:
                report(
                    "B301",
                    f"{pointer}/surface",
                    f"text[{start}:{end}] is {content[start:end]!r}, not {surface!r}",
                    "mark the words again (bilan mark, unmark)",
                )
            elif content is None and len(surface) != end - start:
                report(
                    "B301",
                    f"{pointer}/surface",
                    f"{surface!r} is not {end - start} long",
                    "make the span fit",
                )
            if layer != "zones":
                first, last = surface[0], surface[-1]
                if first in _SPACE or last in _SPACE:
                    report(
                        "B309",
                        f"{pointer}/surface",
                        f"white space at the edge of {surface!r}",
                        "leave it outside",
                    )
                elif (first in _PUNCTUATION or last in _PUNCTUATION) and layer != "attributions":
                    report(
                        "B309",
                        f"{pointer}/surface",
                        f"punctuation at the edge of {surface!r}",
                        "leave it outside",
                    )
            named = surface[0].isupper() and start in names  # "The Africa Report" is a name
            if layer in ("entities", "sources") and determiner and determiner.match(surface) and not named:
                report(
                    "B310",
                    f"{pointer}/surface",
                    f"{surface!r} begins with a determiner",
                    "leave it outside the span",
                )
        key = (layer, ident, field)
        if field and key == last_key and start < last_end:
            report(
                "B308",
                pointer,
                f"spans of {ident} overlap or are out of order",
                "list them once each, in order of the text",
            )
        last_key, last_end = key, end
        if layer == "figures":
            figures.append((start, end, ident, pointer))
    figures.sort()
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
    for pointer, target, layers in model.references(article):
        if layer_of.get(target) not in layers:
            what = "is not in this article" if target not in layer_of else f"is one of the {layer_of[target]}"
            report(
                "B304",
                pointer,
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


def _key_order(article: Json, report: Any) -> None:
    def follow(record: Json, keys: tuple[str, ...], pointer: str) -> None:
        if list(record) != [key for key in keys if key in record]:
            report(
                "B319", pointer, "keys are not in the order of the schema", "run: bilan format on the file"
            )

    follow(article, model.top_keys(), "")
    follow(article["text"], model.sub_keys("text"), "/text")
    for layer in model.LAYERS:
        keys = model.record_keys(layer)
        for i, record in enumerate(article[layer]):
            follow(record, keys, f"/{layer}/{i}")
