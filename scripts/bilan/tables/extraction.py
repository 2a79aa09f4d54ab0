"""Table ``extraction``: the text, and as target the events and figures that it tells, as compact JSON.

Events are numbered in the order of the text (E1, E2, …), figures stand in that order too: nothing in the
target has to be guessed. Every key is always there; ``high`` null means unbounded. No source: the article's
own voice.
"""

from __future__ import annotations

import orjson

from bilan.model import Json
from bilan.tables.views import View


def rows(view: View) -> list[Json]:
    return [{"id": view.id, **view.head, "text": view.text, "target": orjson.dumps(target(view)).decode()}]


def target(view: View) -> Json:
    """Events and figures of an article as a model should give them."""
    events = sorted(
        view.article["events"],
        key=lambda e: (min((t["start"] for t in e["triggers"]), default=0), int(e["id"][2:])),
    )
    number = {event["id"]: f"E{i}" for i, event in enumerate(events, 1)}
    return {
        "events": [
            {
                "id": number[event["id"]],
                "type": event["type"],
                "date": event["date"],
                "places": [view.by_id[ident]["name"] for ident in event["places"]],
                "participants": [
                    {"name": view.by_id[p["entity"]]["name"], "role": p["role"]}
                    for p in event["participants"]
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
                "side": (view.get(figure["entity"]) or {}).get("name"),
                "stated": figure["stated"],
                "low": figure["low"],
                "high": figure["high"],
                "modifier": figure["modifier"],
                "unit": figure["unit"],
                "sources": [
                    {
                        "name": view.source_name(source),
                        "kind": source["kind"],
                        "stance": attribution["stance"],
                    }
                    for attribution, source in view.spoken(figure["id"])
                ],
            }
            for figure in sorted(view.article["figures"], key=lambda f: (f["start"], f["end"]))
        ],
    }
