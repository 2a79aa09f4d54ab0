"""What all annotations agree on, and a question for every record on which they do not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bilan import model
from bilan.adjudication import plain
from bilan.adjudication.joining import Joined
from bilan.model import Json


@dataclass(frozen=True)
class Question:
    """A record on which annotations differ.

    ``readings``: of each annotation, None where it has no such record. Where all have it a reading holds the fields
    in dispute, of lists of spans the spans that not all have; else (``existence``) the whole record.
    """

    name: str
    layer: str
    record: str
    existence: bool
    readings: tuple[Json | None, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in dispute; of a record that not all have, all of them."""
        return next(tuple(one) for one in self.readings if one is not None)

    def groups(self) -> list[tuple[tuple[int, ...], Json | None]]:
        """The different readings with the numbers, from 1, of the annotations that have them."""
        out: list[tuple[tuple[int, ...], Json | None]] = []
        for number, reading in enumerate(self.readings, 1):
            for i, (by, other) in enumerate(out):
                if plain.same(reading, other):
                    out[i] = (*by, number), other
                    break
            else:
                out.append(((number,), reading))
        return out

    def proposal(self) -> int | None:
        """Of three or more annotations the first of those that more than half of them side with."""
        by, _ = max(self.groups(), key=lambda group: len(group[0]))
        return by[0] if len(self.readings) > 2 and 2 * len(by) > len(self.readings) else None


@dataclass(frozen=True)
class Asked:
    """``agreed``: the article of what all agree on, each record with the fields that all give the same; a zone, time
    or figure whose place is in dispute has none. ``questions``: on all the rest."""

    agreed: Json
    questions: list[Question]

    def counts(self, joined: Joined) -> dict[str, dict[str, int]]:
        """Layer → records, how many of them agreed."""
        asked = Counter(question.layer for question in self.questions)
        records = {plain.ARTICLE: 1, **{layer: len(joined.order[layer]) for layer in model.LAYERS}}
        return {
            layer: {"records": number, "agreed": number - asked[layer]} for layer, number in records.items()
        }


def ask(joined: Joined) -> Asked:
    """Tells agreement from dispute, layer by layer in the order in which they refer to one another."""
    agreed: Json = dict(joined.articles[0])
    found: list[tuple[str, str, bool, list[Json | None]]] = []
    heads = [plain.reading(plain.ARTICLE, article) for article in joined.articles]
    common, apart = _compared(plain.ARTICLE, heads)
    agreed.update(common)
    if apart:
        found.append((plain.ARTICLE, plain.ARTICLE, False, [_apart(head, apart) for head in heads]))
        agreed.update((field, None) for field in apart)
    for layer in model.LAYERS:
        agreed[layer] = []
        of_layer = []
        for ident in joined.order[layer]:
            records = joined.records(ident, layer)
            readings = [None if one is None else plain.reading(layer, one) for one in records]
            there = [one for one in readings if one is not None]
            if len(there) < len(readings):
                _look_up(layer, there)
                of_layer.append((layer, ident, True, readings))
                continue
            common, apart = _compared(layer, there)
            if apart:
                of_layer.append((layer, ident, False, [_apart(one, apart) for one in there]))
            place = common.pop("span", {})
            agreed[layer].append({"id": ident, **common, **place})
        found += sorted(of_layer, key=lambda one: _first(one[3]))
    questions = [Question(f"Q{i}", *rest[:3], tuple(rest[3])) for i, rest in enumerate(found, 1)]
    return Asked(agreed, questions)


def _look_up(layer: str, readings: list[Json]) -> None:
    """Where those who looked something up found the same, the others are given it."""
    for field in plain.MAY_LACK.get(layer, ()):
        values = plain.given(field, readings, layer)
        if len({plain.key(value) for value in values}) == 1:
            for reading in readings:
                reading[field] = values[0]


def _compared(layer: str, readings: list[Json]) -> tuple[Json, dict[str, set[str]]]:
    """What all readings have, and the fields in dispute: field → keys of the spans that all have."""
    common: Json = {}
    apart: dict[str, set[str]] = {}
    for field in plain.fields(layer):
        values = plain.given(field, readings, layer)
        if len({plain.key(value) for value in values}) == 1:
            common[field] = values[0]
        elif field in model.SPAN_LISTS.get(layer, ()):
            shared = set.intersection(*({plain.key(span) for span in value} for value in values))
            common[field] = [span for span in values[0] if plain.key(span) in shared]
            apart[field] = shared
        else:
            apart[field] = set()
    return common, apart


def _apart(reading: Json, fields: dict[str, set[str]]) -> Json:
    return {
        field: [one for one in reading[field] if plain.key(one) not in shared] if shared else reading[field]
        for field, shared in fields.items()
    }


def _first(readings: list[Json | None]) -> int:
    """Where in the text a question is about something; behind everything where it is about no words."""
    places = [place["start"] for one in readings if one is not None for place in plain.places(one)]
    return min(places, default=1 << 30)
