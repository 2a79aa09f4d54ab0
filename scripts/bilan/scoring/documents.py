"""Documents of T5 in the form in which they are compared: of the corpus with all names accepted, of a model as read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bilan.labels import names as labels
from bilan.model import Json
from bilan.scoring.predictions import Predictions
from bilan.scoring.reader import Reader, as_text, order, short
from bilan.tasks import gold, response
from bilan.tasks.gold import Unit

_FOLLOW = "follow the response schema"

Document = dict[str, list[dict[str, Any]]]
"""Events and figures."""


def asked(unit: Unit) -> dict[str, list[dict[str, Any]]]:
    """The target, where every name is the list of the words that are accepted for it."""
    document, article = gold.extraction(unit), unit.article
    known: dict[str, list[str]] = {}
    for entity in article["entities"]:
        words = [m["surface"] for m in entity["mentions"] if m["surface"]]
        known.setdefault(entity["name"], [entity["name"]]).extend(words)
    sources = _sources(article, known)
    for event in document["events"]:
        event["places"] = [known[name] for name in event["places"]]
        event["participants"] = [(known[p["name"]], p["role"]) for p in event["participants"]]
    for figure, said in zip(document["figures"], sources, strict=True):
        figure.update(side=figure["side"] and known[figure["side"]], sources=said, value=dict(figure))
    return document


def _sources(article: Json, known: Mapping[str, list[str]]) -> list[list[tuple[list[str] | None, str]]]:
    """For each figure in the order of the target its sources: names accepted (None = any) and kind."""
    records = {r["id"]: r for layer in ("entities", "sources") for r in article[layer]}
    out = []
    for figure in sorted(article["figures"], key=lambda f: (f["start"], f["end"])):
        said = []
        for attribution in article["attributions"]:
            if figure["id"] in attribution["content"]:
                for source in (records[ident] for ident in attribution["sources"]):
                    accepted = [m["surface"] for m in source["mentions"] if m["surface"]]
                    if source["entity"]:
                        accepted += known[records[source["entity"]]["name"]]
                    said.append((accepted if source["named"] else None, source["kind"]))
        out.append(said)
    return out


def predicted(unit: Unit, found: Predictions) -> tuple[Document, bool]:
    """All documents of an article as one, and whether there is one and each is as the response schema has it."""
    reader = Reader(found, unit.id, None)
    out: Document = {"events": [], "figures": []}
    given = list(found.items.get(unit.id, ()))
    sound = bool(given)
    for turn, (_, document) in enumerate(reader.items("output")):
        at = found.pointers.get((unit.id, reader.line), "/output")
        before = len(found.problems)
        own = read(reader, document, f"{turn}:" if turn else "", at)
        fault = response.fault(document)
        if fault and len(found.problems) == before:
            reader.problem("B819", f"not of the response schema: {fault[1]}", _FOLLOW, f"{at}{fault[0]}")
        sound = sound and not fault
        for key, listed in own.items():
            out[key] += listed
    return {key: sorted(listed, key=order) for key, listed in out.items()}, sound


def read(reader: Reader, document: Mapping[str, Any], prefix: str, at: str) -> Document:
    """The events and figures of one document; ``prefix`` keeps the events of several apart."""
    events = [_read_event(reader, e, where, prefix) for where, e in _objects(reader, document, "events", at)]
    known = {event["id"] for event in events}
    figures = []
    for where, figure in _objects(reader, document, "figures", at):
        one = _read_figure(reader, figure, where, prefix)
        if one["event"] is not None and one["event"] not in known:
            message = f"there is no event {short(figure.get('event'))} in the output"
            reader.problem("B816", message, "number the events E1, E2, …", f"{where}/event")
        figures.append(one)
    return {"events": events, "figures": figures}


def _objects(
    reader: Reader, document: Mapping[str, Any], key: str, at: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    listed = document.get(key)
    if not isinstance(listed, list):
        reader.problem("B819", f"the output has no list {key}", _FOLLOW, f"{at}/{key}")
        return
    for i, item in enumerate(listed):
        where = f"{at}/{key}/{i}"
        if not isinstance(item, Mapping):
            reader.problem("B819", f"{short(item)} is no object; counted as wrong", _FOLLOW, where)
        yield where, item if isinstance(item, Mapping) else {}


def _read_event(reader: Reader, event: Mapping[str, Any], at: str, prefix: str) -> dict[str, Any]:
    return {
        "id": f"{prefix}{as_text(event.get('id'))}",
        "type": reader.label(event.get("type"), labels("event_type"), f"{at}/type"),
        "date": _text(event.get("date")),
        "places": [as_text(name) for name in _list(reader, event, "places", at)],
        "participants": [
            (_text(one.get("name")), _text(one.get("role"))) if isinstance(one, Mapping) else (None, None)
            for one in _list(reader, event, "participants", at)
        ],
    }


def _text(given: Any) -> str | None:
    return None if given is None else as_text(given)


def _read_figure(reader: Reader, figure: Mapping[str, Any], at: str, prefix: str) -> dict[str, Any]:
    event = figure.get("event")
    return {
        "words": _text(figure.get("words")),
        "of": reader.label(figure.get("of"), labels("figure_of"), f"{at}/of"),
        "measure": reader.label(figure.get("measure"), labels("measure"), f"{at}/measure"),
        "scope": reader.label(figure.get("scope"), labels("scope"), f"{at}/scope"),
        "modifier": reader.label(figure.get("modifier"), labels("modifier"), f"{at}/modifier"),
        "event": None if event is None else f"{prefix}{as_text(event)}",
        "side": _text(figure.get("side")),
        "value": reader.value(figure, at),
        "sources": [
            (
                _text(one.get("name")),
                reader.label(one.get("kind"), labels("source_kind"), f"{at}/sources/{i}/kind"),
            )
            if isinstance(one, Mapping)
            else (None, "no kind")
            for i, one in enumerate(_list(reader, figure, "sources", at))
        ],
    }


def _list(reader: Reader, record: Mapping[str, Any], key: str, at: str) -> list[Any]:
    listed = record.get(key)
    if isinstance(listed, list):
        return listed
    reader.problem("B819", f"{key} is no list; counted as empty", _FOLLOW, f"{at}/{key}")
    return []
