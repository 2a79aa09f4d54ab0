"""Which figures of an article count which toll, and which of them a part of it only, for the table ``tolls``."""

from __future__ import annotations

from bilan.labels import comparable
from bilan.model import Json
from bilan.tables.views import View

ENCLOSING = ("present", "participants", "casualties")
"""Measures of those among whom one counts: the dead of 60 workers present are not a part of the dead."""

Toll = tuple[str, str, str | None, str | None]
"""Of the figures of one article: story event, measure, entity, unit."""


class Keys(dict[str | None, str | None]):
    """What an article's entities are called in every article, by their ids in this one. Filled as it is asked."""

    def __init__(self, view: View) -> None:
        self[None] = None
        self.by_id = view.by_id

    def __missing__(self, ident: str | None) -> str | None:
        entity = self.by_id[str(ident)]
        self[ident] = key = entity["registry"] or f"{entity['type']}:{entity['name'].casefold()}"
        return key


def tolls_of(view: View, keys: Keys) -> dict[Toll, list[Json]]:
    """The figures that count events of the story, by toll."""
    tolls: dict[Toll, list[Json]] = {}
    for figure in view.article["figures"]:
        story_event = _story_event(view, figure)
        if story_event is not None:
            toll = (story_event, figure["measure"], keys[figure["entity"]], figure["unit"])
            if toll in tolls:
                tolls[toll].append(figure)
            else:
                tolls[toll] = [figure]
    return tolls


def _story_event(view: View, figure: Json) -> str | None:
    """The story's event that a figure counts; None keeps it out of the tolls."""
    event = figure["event"]
    if event is None or figure["scope"] != "event":
        return None
    story_event: str | None = view.by_id[event]["story_event"]
    return story_event


def parts_of(view: View, tolls: dict[Toll, list[Json]], keys: Keys) -> set[str]:
    """Figures that count a part of a toll only."""
    parts = {
        relation["from"]
        for relation in view.article["relations"]
        if relation["type"] == "part_of" and _of_one_toll(view, relation, keys)
    }
    stated = parts.copy()
    for figures in tolls.values():
        if len(figures) > 1:
            together = [figure for figure in figures if figure["id"] not in stated]
            if len({figure["of"] for figure in together}) > 1:
                parts |= _beside_incomparable(view, together)
            if len({figure["event"] for figure in together}) > 1:
                parts |= _within_larger(view, together)
    return parts


def _beside_incomparable(view: View, together: list[Json]) -> set[str]:
    """The figures that stand in one breath with one of the same toll that counts something else."""
    breaths: dict[tuple[str, ...], list[Json]] = {}
    for figure in together:
        # a statement has a figure once, and statements come in the order of the article: equal = the same ones
        said = tuple([attribution["id"] for attribution in view.holders.get(figure["id"], ())])
        breaths.setdefault(said, []).append(figure)
    parts: set[str] = set()
    for breath in breaths.values():
        labels = {figure["of"] for figure in breath}
        if len(labels) > 1:
            rivals = {of for of in labels if not all(comparable(of, other) for other in labels)}
            parts.update(figure["id"] for figure in breath if figure["of"] in rivals)
    return parts


def _within_larger(view: View, together: list[Json]) -> set[str]:
    """The figures of a part of the event whose whole is counted as well."""
    labels: dict[str, set[str]] = {}
    for figure in together:
        labels.setdefault(figure["event"], set()).add(figure["of"])
    parts: set[str] = set()
    for event in labels:
        wholes = {of for larger in _larger_events(view, event) for of in labels.get(larger, ())}
        if wholes:
            parts.update(
                figure["id"]
                for figure in together
                if figure["event"] == event and any(comparable(figure["of"], of) for of in wholes)
            )
    return parts


def _of_one_toll(view: View, relation: Json, keys: Keys) -> bool:
    """Whether the part is one of its own toll too: "30 of the 100 dead fell in B" is the whole toll of B, "21 fell
    in B, and one more" are not."""
    part, whole = view.by_id[relation["from"]], view.by_id[relation["to"]]
    event = _story_event(view, part)
    if event == _story_event(view, whole):
        return part["measure"] == whole["measure"] or whole["measure"] not in ENCLOSING
    others = (
        other for other in view.article["relations"] if other["type"] == "part_of" and other is not relation
    )
    siblings = (view.by_id[other["from"]] for other in others if other["to"] == relation["to"])
    return any(
        _story_event(view, sibling) == event
        and keys[sibling["entity"]] == keys[part["entity"]]
        and (sibling["measure"], sibling["unit"]) == (part["measure"], part["unit"])
        for sibling in siblings
    )


def _larger_events(view: View, ident: str) -> set[str]:
    """The events of the article that an event is part of."""
    found: set[str] = set()
    larger = view.by_id[ident]["part_of"]
    while larger is not None and larger not in found:
        found.add(larger)
        larger = view.by_id[larger]["part_of"]
    return found
