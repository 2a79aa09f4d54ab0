"""Of level 3: ids, references from record to record, and references to the story and the registry."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from bilan import model
from bilan.checks.context import Context
from bilan.model import Json

_POINTERS_OF_FIGURE = itemgetter("event", "entity", "period")
_ENDS = itemgetter("from", "to")


def within(article: Json, report: Any) -> None:
    """Ids that stand twice, references that arrive nowhere, and records that contain themselves."""
    ids = {layer: {record["id"] for record in article[layer]} for layer in model.LAYERS}
    if len(set().union(*ids.values())) != sum([len(article[layer]) for layer in model.LAYERS]):
        _repeated_ids(article, report)
        _faults_of_references(article, report)
    elif not _arrive(article, ids):
        _faults_of_references(article, report)
    parts: dict[str, Sequence[Any]] = {event["id"]: (event["part_of"],) for event in article["events"]}
    _circles("events", "part_of", "event", parts, article, report)
    held = {attribution["id"]: attribution["content"] for attribution in article["attributions"]}
    _circles("attributions", "content", "attribution", held, article, report)


def _arrive(article: Json, ids: dict[str, set[str]]) -> bool:
    """True only if ``_faults_of_references`` would find nothing, for an article whose ids all differ.

    What points into a layer is gathered from everywhere and compared with the ids of the layer in one go.
    """
    times: list[str | None] = []
    entities: list[str | None] = []
    events: list[str | None] = []
    sources: list[str] = []
    content: list[str] = []
    for event in article["events"]:
        times += event["times"]
        entities += event["places"]
        for participant in event["participants"]:
            entities.append(participant["entity"])
        events.append(event["part_of"])
    for of_event, entity, period in map(_POINTERS_OF_FIGURE, article["figures"]):
        events.append(of_event)
        entities.append(entity)
        times.append(period)
    for source in article["sources"]:
        entities.append(source["entity"])
    for attribution in article["attributions"]:
        sources += attribution["sources"]
        content += attribution["content"]
        entities += attribution["blames"]
    return (
        ids["sources"].issuperset(sources)
        and (ids["figures"] | ids["events"] | ids["attributions"]).issuperset(content)
        and ids["figures"].issuperset([end for ends in map(_ENDS, article["relations"]) for end in ends])
        and ids["times"].issuperset(filter(None, times))
        and ids["entities"].issuperset(filter(None, entities))
        and ids["events"].issuperset(filter(None, events))
    )


def _repeated_ids(article: Json, report: Any) -> None:
    seen: set[str] = set()
    for layer in model.LAYERS:
        for i, record in enumerate(article[layer]):
            if record["id"] in seen:
                report("B303", f"/{layer}/{i}/id", f"the id {record['id']} stands twice", "number it on")
            seen.add(record["id"])


def _faults_of_references(article: Json, report: Any) -> None:
    layer_of = {record["id"]: layer for layer in model.LAYERS for record in article[layer]}
    for path, target, layers in model.references(article):
        if layer_of.get(target) not in layers:
            what = "is not in this article" if target not in layer_of else f"is one of the {layer_of[target]}"
            report(
                "B304",
                "".join(f"/{part}" for part in path),
                f"{target} {what}; expected one of the {' or '.join(layers)}",
                "point at a record that is there",
            )


def _circles(
    layer: str, field: str, name: str, held: dict[str, Sequence[Any]], article: Json, report: Any
) -> None:
    """Reports records that contain themselves. ``held``: id of a record → what it holds, of whatever layer."""
    own = held.keys()
    inner = {ident: targets for ident, targets in held.items() if not own.isdisjoint(targets)}
    if not inner:
        return
    for i, record in enumerate(article[layer]):
        if record["id"] in inner and _reaches(inner, record["id"]):
            report(
                "B315",
                f"/{layer}/{i}/{field}",
                f"the {name} {record['id']} contains itself",
                "cut the circle",
            )


def _reaches(inner: dict[str, Sequence[Any]], goal: str) -> bool:
    """Whether a way leads from a record back to it. ``inner`` has the records that hold others of their layer."""
    seen: set[str] = set()
    todo = [*inner[goal]]
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        if here in inner and here not in seen:
            seen.add(here)
            todo.extend(inner[here])
    return False


def outside(article: Json, context: Context, report: Any) -> None:
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
    for i, figure in enumerate(article["figures"]):
        for target in figure["references"]:
            if target not in own:
                _not_of_article(target, f"/figures/{i}/references", report)
    for i, attribution in enumerate(article["attributions"]):
        target = attribution["reference"]
        if target and target not in own:
            _not_of_article(target, f"/attributions/{i}/reference", report)
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
        target = entity["registry"]
        if target and target not in actors and target not in places:
            report(
                "B312",
                f"/entities/{i}/registry",
                f"{target!r} is not in the registry",
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


def _not_of_article(target: str, pointer: str, report: Any) -> None:
    report("B314", pointer, f"{target} is not among the article's references", "add it there")
