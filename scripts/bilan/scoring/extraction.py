"""T5: events and figures of a text as JSON. Slots as MUC over optimally aligned events and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bilan.scoring import documents, names, slots, values
from bilan.scoring.figures import interval
from bilan.scoring.items import Item, Measure
from bilan.scoring.predictions import Predictions
from bilan.scoring.reader import Reader
from bilan.tasks.gold import Unit

ATTRIBUTES = ("record", "type", "measure", "of", "modifier", "source_kind")

EVENT_SLOTS = ("type", "date", "places", "participants")
FIGURE_SLOTS = ("words", "of", "measure", "scope", "event", "side", "value", "modifier", "sources")
_LISTS = {"places", "participants", "sources"}


def _slot_measures(record: str, each: Sequence[str]) -> list[Measure]:
    keys = ("right", "gold", "predicted")
    return [
        Measure(f"slots of {record}s (MUC)", slot, "F1", tuple(f"{record} {slot} {key}" for key in keys))
        for slot in ("all", *each)
    ]


MEASURES = [
    Measure("figures", "attributed figure", "F1", ("attributed", "attributed gold", "attributed predicted")),
    Measure(
        "figures",
        "attributed figure, event apart",
        "F1",
        ("spoken", "attributed gold", "attributed predicted"),
    ),
    Measure("figures", "value, measure and of", "F1", ("counted", "figure gold", "figure predicted")),
    Measure("figures", "aligned", "F1", ("figure aligned", "figure gold", "figure predicted")),
    Measure("events", "aligned", "F1", ("event aligned", "event gold", "event predicted")),
    Measure("slots (MUC)", "all", "F1", ("slots right", "slots gold", "slots predicted")),
    *_slot_measures("event", EVENT_SLOTS),
    *_slot_measures("figure", FIGURE_SLOTS),
    Measure("of figures aligned", "interval overlap", "mean", ("shared", "figure aligned")),
    Measure("of figures aligned", "log-ratio error", "mean", ("log ratio", "log ratio pairs")),
    Measure("documents", "JSON of the right shape", "share", ("sound", "documents")),
]
MAIN = "figures attributed figure"


def compare(unit: Unit, found: Predictions) -> Iterator[Item]:
    """The items of one article: its events, its figures, and the document as such."""
    ours = documents.asked(unit)
    theirs, sound = documents.predicted(unit, found)
    yield Item({"record": "document"}, {"documents": 1, "sound": float(sound)})
    number: dict[str, str] = {}
    for i, j in slots.align(ours["events"], theirs["events"], _event_weight):
        one = None if i is None else ours["events"][i]
        two = None if j is None else theirs["events"][j]
        if one and two:
            number[two["id"]] = one["id"]
        yield _event(one, two)
    for figure in theirs["figures"]:
        # an event that is none of ours stays apart from "no event"
        figure["event"] = None if figure["event"] is None else number.get(figure["event"], "another event")
    for i, j in slots.align(ours["figures"], theirs["figures"], _figure_weight):
        yield _figure(None if i is None else ours["figures"][i], None if j is None else theirs["figures"][j])


def stray(given: Mapping[str, Any]) -> dict[str, float]:
    """The counts of a document for an article that does not exist."""
    read = documents.read(Reader(Predictions(), "", None), given, "", "")
    counts: dict[str, float] = {}
    for item in (*(_event(None, e) for e in read["events"]), *(_figure(None, f) for f in read["figures"])):
        for key, number in item.counts.items():
            counts[key] = counts.get(key, 0.0) + number
    return counts


def _same(slot: str, one: Any, two: Any) -> bool:
    if slot == "places" or slot == "side":
        return names.same(two, one if isinstance(one, list) else [one])
    if slot == "participants":
        return bool(one[1] == two[1]) and names.same(two[0], one[0])
    if slot == "sources":
        return bool(one[1] == two[1]) and (one[0] is None or names.same(two[0], one[0]))
    if slot == "value":
        return values.same(one, two)
    if slot == "words":
        return isinstance(two, str) and isinstance(one, str) and names.fold(one) == names.fold(two)
    return bool(one == two)


def _fill(slot: str, record: Mapping[str, Any] | None) -> Any:
    """A fill for ``slots.outcome``: a list for a slot that holds several; names accepted are one fill."""
    if record is None:
        return None
    value = record.get(slot)
    return value if slot in _LISTS or value is None else [value]


def _event_weight(one: Mapping[str, Any], two: Mapping[str, Any]) -> float:
    counted = {slot: slots.outcome(slot, _fill(slot, one), _fill(slot, two), _same) for slot in EVENT_SLOTS}
    right = {slot: each[2] for slot, each in counted.items()}
    # a type, a date or a place alone makes no event the same: two slots that agree do, empty on both sides or filled
    if sum(each[2] > 0 or each[:2] == (0, 0) for each in counted.values()) < 2:
        return 0.0
    return 2 * right["type"] + 2 * right["date"] + 2 * right["places"] + right["participants"]


def _figure_weight(one: Mapping[str, Any], two: Mapping[str, Any]) -> float:
    shared = _share(one["words"], two["words"])
    if shared < 0.5 and not values.same(one["value"], two["value"]):
        return 0.0  # as most pairs are: the slots need not be compared
    right = {slot: slots.outcome(slot, _fill(slot, one), _fill(slot, two), _same)[2] for slot in FIGURE_SLOTS}
    return 3 * right["words"] + 2 * shared + 3 * right["value"] + sum(right.values())


def _share(one: Any, two: Any) -> float:
    """Words that both have over words that one has."""
    a, b = (_folded(words) if isinstance(words, str) else frozenset() for words in (one, two))
    return len(a & b) / len(a | b) if a and b else 0.0


@lru_cache(maxsize=1 << 15)
def _folded(words: str) -> frozenset[str]:
    return frozenset(names.fold(words).split())


def _slots(item: Item, record: str, each: Sequence[str], one: Any, two: Any) -> dict[str, bool]:
    """Counts the fills of every slot into the item; says which slots are wholly right."""
    fine = {}
    for slot in each:
        counted = slots.outcome(slot, _fill(slot, one), _fill(slot, two), _same)
        fine[slot] = counted[0] == counted[1] == counted[2]
        for key, number in zip(("gold", "predicted", "right"), counted, strict=True):
            for name in (f"{record} {slot} {key}", f"{record} all {key}", f"slots {key}"):
                item.counts[name] = item.counts.get(name, 0.0) + number
    return fine


def _sides(record: str, one: Any, two: Any) -> dict[str, float]:
    return {
        f"{record} gold": float(one is not None),
        f"{record} predicted": float(two is not None),
        f"{record} aligned": float(one is not None and two is not None),
    }


def _event(one: Mapping[str, Any] | None, two: Mapping[str, Any] | None) -> Item:
    shown = one or two or {}
    item = Item({"record": "event", "type": str(shown["type"])}, _sides("event", one, two))
    fine = _slots(item, "event", EVENT_SLOTS, one, two)
    if one is None or two is None:
        item.errors.append(
            ("missing event" if one else "spurious event", "", _event_words(one), _event_words(two))
        )
    else:
        for slot in EVENT_SLOTS:
            if not fine[slot]:
                item.errors.append((f"event {slot}", _event_words(one), str(one[slot]), str(two[slot])))
    return item


def _figure(one: Mapping[str, Any] | None, two: Mapping[str, Any] | None) -> Item:
    shown = one or two or {}
    kinds = "+".join(sorted({kind for _, kind in shown["sources"]})) or "own_voice"
    item = Item(
        {
            "record": "figure",
            "source_kind": kinds,
            **{k: str(shown[k]) for k in ("measure", "of", "modifier")},
        },
        _sides("figure", one, two),
    )
    fine = _slots(item, "figure", FIGURE_SLOTS, one, two)
    item.counts["attributed gold"] = float(max(1, len(one["sources"]))) if one else 0.0
    item.counts["attributed predicted"] = float(max(1, len(two["sources"]))) if two else 0.0
    if one is None or two is None:
        item.errors.append(("missing" if one else "spurious", str(shown["words"]), _words(one), _words(two)))
        return item
    counted = fine["value"] and fine["measure"] and fine["of"]
    ours, theirs, right = slots.outcome("sources", one["sources"], two["sources"], _same)
    spoken = float((right or int(ours == theirs == 0)) if counted else 0)  # nobody = the article's own voice
    apart = values.log_ratio(one["value"], two["value"])
    item.counts.update(
        {
            "counted": float(counted),
            "spoken": spoken,
            "attributed": spoken if fine["event"] else 0.0,
            "shared": values.overlap(one["value"], two["value"]),
            "log ratio": apart or 0.0,
            "log ratio pairs": float(apart is not None),
        }
    )
    for slot in FIGURE_SLOTS:
        if not fine[slot]:
            item.errors.append((slot, str(one["words"]), _shown(slot, one), _shown(slot, two)))
    return item


def _event_words(event: Mapping[str, Any] | None) -> str:
    return "" if event is None else f"{event['type']} {event['date'] or 'undated'}"


def _words(figure: Mapping[str, Any] | None) -> str:
    return "" if figure is None else f"{interval(figure['value'])} {figure['of']} {figure['measure']}"


def _shown(slot: str, figure: Mapping[str, Any]) -> str:
    if slot == "value":
        return interval(figure["value"])
    if slot == "sources":
        said = [
            f"{(name[0] if isinstance(name, list) else name) or 'unnamed'} ({kind})"
            for name, kind in figure["sources"]
        ]
        return ", ".join(said) or "own voice"
    fill = figure[slot]
    return str(fill[0] if isinstance(fill, list) and fill else fill)
