"""Which stretches of a text are marked, with what, and in which lane, so that nested ones stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bilan import toll_forms
from bilan.model import Json
from bilan.viewing.markup import cut, label

LAYERS = {
    "figures": "figures",
    "sources": "sources",
    "said": "statements",
    "events": "events",
    "names": "names",
    "times": "times",
    "zones": "zones",
}
"""Class of a mark → name of its layer on the page."""

LONGEST = 26
"""Code points of a label beside a mark."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text, half-open in code points. ``look`` is a class more; ``records`` are the ids that own it."""

    start: int
    end: int
    layer: str
    label: str
    records: tuple[str, ...]
    look: str = ""
    lane: int = 0
    attributes: dict[str, str] = field(default_factory=dict)


def value(figure: Json) -> str:
    """35–45, 21–∞, 5 percent."""
    shown = toll_forms.span(figure["low"], figure["high"])
    return f"{shown} {figure['unit']}" if figure["unit"] else shown


def time_value(time: Json) -> str:
    """What a time expression means: 2025-05-23, P3D, before 2015."""
    return " ".join(label(time[key]) for key in ("mod", "edtf", "duration", "part", "clock") if time.get(key))


def of(article: Json) -> list[Stretch]:
    """Every stretch that an article marks. Those of one look at one place are one, with the labels of both."""
    found: list[tuple[Json, str, str, str, str]] = []
    for zone in article["zones"]:
        found.append((zone, "zones", "", label(zone["kind"]), zone["id"]))
    for entity in article["entities"]:
        kind = label(entity["place_kind"] or entity["type"])
        for mention in entity["mentions"]:
            found.append((mention, "names", mention["kind"], kind, entity["id"]))
    for time in article["times"]:
        found.append((time, "times", "", time_value(time) or label(time["kind"]), time["id"]))
    for event in article["events"]:
        for trigger in event["triggers"]:
            found.append((trigger, "events", "", label(event["type"]), event["id"]))
    for source in article["sources"]:
        for mention in source["mentions"]:
            found.append((mention, "sources", "", label(source["kind"]), source["id"]))
    for said in article["attributions"]:
        stance = f"{label(said['stance'])}{', hedged' if said['hedged'] else ''}"
        for cue in said["cues"]:
            found.append((cue, "said", "cue", stance, said["id"]))
        for quote in said["quotes"]:
            found.append((quote, "said", "quote", "quote", said["id"]))
    for figure in article["figures"]:
        found.append((figure, "figures", "", f"{value(figure)} {label(figure['measure'])}", figure["id"]))
    return laned(_merged(found))


def _merged(found: Iterable[tuple[Json, str, str, str, str]]) -> list[Stretch]:
    places: dict[tuple[int, int, str, str], tuple[list[str], list[str]]] = {}
    for span, layer, look, text, record in found:
        labels, records = places.setdefault((span["start"], span["end"], layer, look), ([], []))
        if text not in labels:
            labels.append(text)
        if record not in records:
            records.append(record)
    return [
        Stretch(start, end, layer, cut(" / ".join(labels), LONGEST), tuple(records), look)
        for (start, end, layer, look), (labels, records) in places.items()
    ]


def laned(some: Sequence[Stretch]) -> list[Stretch]:
    """The stretches in the order of the text, each in the lowest lane that nothing it overlaps is in.

    Short ones come first, so that the line of a stretch runs below those of what is inside it.
    """
    order = list(LAYERS)
    done: list[Stretch] = []
    for one in sorted(some, key=lambda s: (s.end - s.start, s.start, order.index(s.layer), s.look)):
        taken = {other.lane for other in done if other.start < one.end and one.start < other.end}
        lane = next(n for n in range(len(taken) + 1) if n not in taken)
        done.append(replace(one, lane=lane))
    return sorted(done, key=lambda s: (s.start, -s.end, -s.lane))
