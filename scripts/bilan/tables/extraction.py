"""Table ``extraction``: the text, and as target the events and figures that it tells, as compact JSON.

Events are numbered in the order of the text (E1, E2, …), figures stand in that order too: nothing in the
target has to be guessed. Every key is always there; ``high`` null means unbounded. No source: the article's
own voice.
"""

from __future__ import annotations

import orjson

from bilan.model import Json
from bilan.tables.views import View, first_start


def rows(view: View) -> list[Json]:
    return [{"id": view.id, **view.head, "text": view.text, "target": orjson.dumps(target(view)).decode()}]


def target(view: View) -> Json:
    """Events and figures of an article as a model should give them."""
    by_id = view.by_id
    events = sorted(view.article["events"], key=_first_trigger)
    number = {event["id"]: f"E{i}" for i, event in enumerate(events, 1)}
    sources = _sources(view)
    return {
        "events": [
            {
                "id": number[event["id"]],
                "type": event["type"],
                "date": event["date"],
                "places": [by_id[ident]["name"] for ident in event["places"]],
                "participants": [
                    {"name": by_id[p["entity"]]["name"], "role": p["role"]} for p in event["participants"]
                ],
            }
            for event in events
        ],
        "figures": [
            {
                "words": figure.get("surface"),
                "of": figure["of"],
                "measure": figure["measure"],
                "scope": figure["scope"],
                "event": number.get(figure["event"]),
                "side": None if figure["entity"] is None else by_id[figure["entity"]]["name"],
                "stated": figure["stated"],
                "low": figure["low"],
                "high": figure["high"],
                "modifier": figure["modifier"],
                "unit": figure["unit"],
                "sources": sources.get(figure["id"], []),
            }
            for figure in view.figures
        ],
    }


def _first_trigger(event: Json) -> tuple[int, int]:
    return first_start(event["triggers"]), int(event["id"][2:])


def _sources(view: View) -> dict[str, list[Json]]:
    """Figure (or what else is said) → who says it, and how."""
    by_id = view.by_id
    names = {source["id"]: view.source_name(source) for source in view.article["sources"]}
    out: dict[str, list[Json]] = {}
    for attribution in view.article["attributions"]:
        stance = attribution["stance"]
        voices = [
            {"name": names[ident], "kind": by_id[ident]["kind"], "stance": stance}
            for ident in attribution["sources"]
        ]
        for said in attribution["content"]:
            out[said] = out[said] + voices if said in out else voices
    return out
