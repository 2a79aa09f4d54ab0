"""Two annotations of one text: on the text, and as lists of what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bilan.agreement import align
from bilan.agreement.compare import Comparison, Item
from bilan.diffing import words as saying
from bilan.model import Json
from bilan.viewing import marks
from bilan.viewing.marks import LAYERS, Stretch
from bilan.viewing.markup import Html, cut, join, label, tag, words
from bilan.viewing.sections import table

STATES = {
    "same": "in both, with the same label",
    "other": "in both, with another label",
    "edge": "in both, with other edges",
    "first": "only in the first",
    "second": "only in the second",
}
"""Class of a mark → what it says of the two annotations."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What two annotations have at one place. One of the two may be missing."""

    ours: Stretch | None
    theirs: Stretch | None

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.theirs is None:
            return "first"
        if self.ours is None:
            return "second"
        if (self.ours.start, self.ours.end) != (self.theirs.start, self.theirs.end):
            return "edge"
        return "same" if self.ours.label == self.theirs.label else "other"


def pairs(ours: Json, theirs: Json) -> list[Pair]:
    """The stretches of two annotations of a text, aligned layer by layer, in the order of the text."""
    out = []
    sides = ([_full(one, ours) for one in marks.of(ours)], [_full(one, theirs) for one in marks.of(theirs)])
    looks = sorted({(s.layer, s.look) for side in sides for s in side})
    for layer, look in looks:
        first, second = ([s for s in side if (s.layer, s.look) == (layer, look)] for side in sides)
        both = align.one_to_one(
            first, second, lambda a, b: align.likeness((a.start, a.end), (b.start, b.end))
        )
        out += [Pair(a, b) for a, b in both]
        met = {id(one) for pair in both for one in pair}
        out += [Pair(one, None) for one in first if id(one) not in met]
        out += [Pair(None, one) for one in second if id(one) not in met]
    return sorted(out, key=lambda pair: min(_edges(one) for one in (pair.ours, pair.theirs) if one))


def _edges(one: Stretch) -> tuple[int, int, str, str]:
    return one.start, -one.end, one.layer, one.look


def _full(one: Stretch, article: Json) -> Stretch:
    """The stretch with everything in its label that two annotations can differ in."""
    if one.layer == "figures":
        by_id = {figure["id"]: figure for figure in article["figures"]}
        some = [by_id[ident] for ident in one.records]
        told = [f"{marks.value(f)} {label(f['of'])} {label(f['measure'])}, {label(f['scope'])}" for f in some]
        return replace(one, label=" / ".join(sorted(set(told))))
    if one.layer == "events":
        by_id = {event["id"]: event for event in article["events"]}
        some = [by_id[ident] for ident in one.records]
        return replace(
            one, label=" / ".join(sorted({f"{label(e['type'])}, {e['date'] or 'undated'}" for e in some}))
        )
    return one


def on_text(some: Sequence[Pair]) -> list[Stretch]:
    """The stretches to set on the text: those in both once, with both labels where they differ."""
    out = []
    for pair in some:
        if pair.state in ("same", "first", "second"):
            one = pair.ours or pair.theirs
            assert one is not None
            out.append(_marked(one, pair.state, _short(one.label), pair))
        elif pair.ours and pair.theirs:
            if pair.state == "other":
                text = f"A {_short(pair.ours.label)} | B {_short(pair.theirs.label)}"
                out.append(_marked(pair.ours, "other", text, pair))
            else:
                out.append(_marked(pair.ours, "edge in-a", f"A {_short(pair.ours.label)}", pair))
                out.append(_marked(pair.theirs, "edge in-b", f"B {_short(pair.theirs.label)}", pair))
    return marks.laned(out)


def _short(text: str) -> str:
    return cut(text, 40)


_SIDE = {"first": "A ", "second": "B "}


def _marked(one: Stretch, state: str, text: str, pair: Pair) -> Stretch:
    shown = f"{_SIDE.get(state, '')}{text}"
    return replace(one, label=shown, look=f"{one.look} x-{state}".strip(), attributes={})


def counted(some: Iterable[Pair]) -> Html:
    """How many stretches of each layer are in both, and how."""
    numbers: dict[str, dict[str, int]] = {}
    for pair in some:
        one = pair.ours or pair.theirs
        assert one is not None
        name = one.look if one.look in ("cue", "quote", "nominal") else LAYERS[one.layer]
        numbers.setdefault(_PLURALS.get(name, name), dict.fromkeys(STATES, 0))[pair.state] += 1
    rows = [[name, *(n or "–" for n in states.values())] for name, states in numbers.items()]
    return table("Stretches of text", ("layer", *STATES.values()), rows, None, "numbers")


_PLURALS = {"cue": "cues", "quote": "quotes", "nominal": "descriptions"}


def differences(found: Comparison, ours: Json, theirs: Json, names: Mapping[str, str]) -> Html:
    """Everything on which the two differ: spans, labels, values, links. ``names``: what A and B are."""
    out: list[object] = []
    ordered = sorted(found.items, key=lambda item: item.layer)
    told = _records(ours), _records(theirs)
    for layer, group in groupby(ordered, key=lambda item: item.layer):
        link = "→" in layer
        sides = [
            (
                item.words,
                *(
                    _link(side, known) if link else side
                    for side, known in zip(_both(item), told, strict=True)
                ),
            )
            for item in group
        ]
        heads = ("words", names["A"], names["B"])
        rows = [[words(cell or "–") for cell in cells[link:]] for cells in sides]
        inner = table(layer, heads[link:], rows)
        out.append(tag("details", tag("summary", f"{label(layer)} ({len(rows)})"), inner, open=True))
    if not out:
        return tag("p", "The two annotations do not differ.")
    return join(out)


def _both(item: Item) -> tuple[str, str]:
    return item.ours, item.theirs


def _records(article: Json) -> dict[str, str]:
    """Id → the record in a few words."""
    return {one["id"]: saying.record(layer, one) for layer in LAYERS_OF_RECORDS for one in article[layer]}


LAYERS_OF_RECORDS = ("entities", "times", "events", "figures", "sources", "attributions")


def _link(shown: str, known: Mapping[str, str]) -> str:
    """A link with the words of what it joins: a1 confirms “spoke” → e1 coalition."""
    if not shown:
        return ""
    tail, _, rest = shown.partition(" → ")
    head, _, name = rest.partition(" ")
    return f"{tail} {known.get(tail, '')} → {head} {known.get(head, '')}{f' ({label(name)})' if name else ''}"
