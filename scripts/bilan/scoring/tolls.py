"""T4: every claim about the events of a story. Slots as MUC; attributed figures: value, measure, of, event, source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bilan.labels import names as labels
from bilan.model import Json
from bilan.scoring import names, slots, values
from bilan.scoring.figures import interval
from bilan.scoring.items import Item, Measure
from bilan.scoring.predictions import Predictions
from bilan.scoring.reader import Reader, as_text, order, short
from bilan.tasks import gold
from bilan.tasks.gold import Unit

ATTRIBUTES = ("source_kind", "measure", "of", "modifier", "stance", "event")

SLOTS = ("event", "measure", "of", "value", "source", "name", "stance")
"""Slots of a claim. The name counts only where the corpus knows one; no source = the article's own voice."""

MEASURES = [
    Measure("claims", "attributed figure", "F1", ("attributed", "gold", "predicted")),
    Measure("claims", "attributed figure, of apart", "F1", ("attributed any of", "gold", "predicted")),
    Measure("claims", "value, measure and event", "F1", ("counted", "gold", "predicted")),
    Measure("claims", "value and source", "F1", ("value source", "gold", "predicted")),
    Measure("claims", "aligned", "F1", ("aligned", "gold", "predicted")),
    Measure("slots (MUC)", "all", "F1", ("slots right", "slots gold", "slots predicted")),
    *(
        Measure("slots (MUC)", slot, "F1", (f"{slot} right", f"{slot} gold", f"{slot} predicted"))
        for slot in SLOTS
    ),
    Measure("of claims aligned", "interval overlap", "mean", ("shared", "aligned")),
    Measure("of claims aligned", "log-ratio error", "mean", ("log ratio", "log ratio pairs")),
]
MAIN = "claims attributed figure"


def compare(unit: Unit, found: Predictions) -> Iterator[Item]:
    """The items of one story: its claims."""
    ours = [_template(claim, claim["names"], claim["stances"]) for claim in gold.claims(unit)]
    theirs = _predicted(unit, found)
    for i, j in slots.align(ours, theirs, _weight):
        one = None if i is None else ours[i]
        two = None if j is None else theirs[j]
        yield _item(one, two)


def stray(given: Any) -> dict[str, float]:
    """The counts of a claim about a story that does not exist."""
    return _item(None, _read(Reader(Predictions(), "", None), [], given, "")).counts


def _template(claim: Mapping[str, Any], known: list[str], stances: list[str | None]) -> dict[str, Any]:
    """A claim as slots; ``value`` is the claim itself, ``names`` and ``stances`` are what is accepted."""
    source = claim.get("source")
    return {
        "event": claim.get("event"),
        "measure": claim.get("measure"),
        "of": claim.get("of"),
        "value": claim,
        "source": source["kind"] if source else "own_voice",
        "name": (source or {}).get("name"),
        "stance": claim.get("stance"),
        "names": known,
        "stances": stances,
        "modifier": claim.get("modifier"),
    }


def _predicted(unit: Unit, found: Predictions) -> list[dict[str, Any]]:
    reader = Reader(found, unit.id, None)
    events = [event["id"] for event in unit.article["story_events"]]
    return sorted((_read(reader, events, given, where) for where, given in reader.items("claims")), key=order)


def _read(reader: Reader, events: list[str], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A predicted claim as slots: labels and texts only, None for what is not given."""
    event = given.get("event")
    if event not in events:
        reader.problem(
            "B816",
            f"there is no event {short(event)} in the story; counted as wrong",
            f"use one of {', '.join(events)}",
            f"{where}/event",
        )
    claim: dict[str, Any] = {"event": None if event is None else as_text(event)}
    for key, inventory in (("measure", "measure"), ("of", "figure_of")):
        read = reader.label(given.get(key), labels(inventory), f"{where}/{key}")
        claim[key] = None if given.get(key) is None else read
    for key, inventory in (("stance", "stance"), ("modifier", "modifier")):
        label = given.get(key)
        claim[key] = None if label is None else reader.label(label, labels(inventory), f"{where}/{key}")
    claim["source"] = _read_source(reader, given.get("source"), f"{where}/source")
    return _template({**claim, **reader.value(given, where)}, [], [])


def _read_source(reader: Reader, given: Any, where: str) -> Json | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        reader.problem(
            "B816",
            f"no source: {short(given)}; counted as wrong",
            "give kind and name, or null for the article's own voice",
            where,
        )
        return {"kind": "no kind", "name": None}
    kind, name = reader.label(given.get("kind"), labels("source_kind"), f"{where}/kind"), given.get("name")
    # no kind that is none may pass for the article's own voice
    known = kind in labels("source_kind")
    return {"kind": kind if known else f"no kind: {kind}", "name": None if name is None else as_text(name)}


def _same(slot: str, one: Any, two: Any) -> bool:
    return values.same(one, two) if slot == "value" else one == two


def _right(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, bool]:
    """Which slots agree. A source without a name in the corpus is right by its kind."""
    named = bool(one["names"])
    return {
        "event": one["event"] == two["event"],
        "measure": one["measure"] == two["measure"],
        "of": one["of"] == two["of"],
        "value": values.same(one["value"], two["value"]),
        "source": one["source"] == two["source"],
        "name": not named or names.same(two["name"], one["names"]),
        "stance": two["stance"] in one["stances"],
    }


def _weight(one: Mapping[str, Any], two: Mapping[str, Any]) -> float:
    """Slots that agree, the value before all. Claims that share neither value nor source are not aligned."""
    close = one["source"] == two["source"] and one["measure"] == two["measure"]
    if not (values.meet if close else values.same)(one["value"], two["value"]):
        return 0.0
    right = _right(one, two)
    named = right["name"] and bool(one["names"])
    weights = {"event": 2, "measure": 2, "of": 1, "value": 4, "source": 2, "stance": 0.5}
    return sum(w for slot, w in weights.items() if right[slot]) + 2 * named


def _item(one: Mapping[str, Any] | None, two: Mapping[str, Any] | None) -> Item:
    shown = one or two or {}
    item = Item(
        {
            "source_kind": str(shown["source"]),
            "stance": str(shown["stance"] or "none"),
            **{key: str(shown[key] or "none") for key in ("measure", "of", "modifier", "event")},
        },
        {"gold": float(one is not None), "predicted": float(two is not None)},
    )
    right = _right(one, two) if one and two else dict.fromkeys(SLOTS, False)
    for slot in SLOTS:
        has = bool(one and (slot != "name" or one["names"]) and (slot != "stance" or one["stance"]))
        gives = bool(two and two[slot] is not None and (slot != "name" or (one is None or one["names"])))
        fine = bool(has and gives and right[slot])
        for name, number in (("gold", has), ("predicted", gives), ("right", fine)):
            item.counts[f"{slot} {name}"] = float(number)
            item.counts[f"slots {name}"] = item.counts.get(f"slots {name}", 0.0) + number
    if one and two:
        source = right["source"] and right["name"]
        counted = right["value"] and right["measure"] and right["event"]
        apart = values.log_ratio(one["value"], two["value"])
        item.counts.update(
            {
                "aligned": 1,
                "counted": float(counted),
                "value source": float(right["value"] and source),
                "attributed any of": float(counted and source),
                "attributed": float(counted and source and right["of"]),
                "shared": values.overlap(one["value"], two["value"]),
                "log ratio": apart or 0.0,
                "log ratio pairs": float(apart is not None),
            }
        )
        for slot in SLOTS:
            if not right[slot]:
                item.errors.append((slot, _words(one), _fill(one, slot), _fill(two, slot)))
    else:
        item.errors.append(("missing" if one else "spurious", "", _words(one), _words(two)))
    return item


def _words(claim: Mapping[str, Any] | None) -> str:
    if claim is None:
        return ""
    who = claim["name"] or claim["source"]
    return f"{interval(claim['value'])} {claim['of']} {claim['measure']} in {claim['event']}, {who}"


def _fill(claim: Mapping[str, Any], slot: str) -> str:
    return interval(claim["value"]) if slot == "value" else str(claim[slot])
