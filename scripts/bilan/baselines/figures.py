"""Baselines of T2. ``nearest``: the number nearest to a word for harm. ``rules``: number expressions and lexicons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bilan import numbers
from bilan.baselines.crf import Features, Model
from bilan.baselines.document import Document, Interval, of
from bilan.baselines.lexicon import MEASURES, SUM
from bilan.baselines.names import spans, tagged
from bilan.checks.lexicon import NUMBERS
from bilan.model import Json
from bilan.tasks import gold
from bilan.tasks.gold import Unit

_DIGITS = re.compile(r"\d+(?:[ \u00a0\u202f,.]\d{3})*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"\w+")
_LEFT, _RIGHT = 6, 7
"""Words in front of a number that can belong to it, and behind it up to its noun."""

_LINKS = frozenset(
    [
        "of",
        "the",
        "its",
        "his",
        "their",
        "these",
        "those",
        "de",
        "d'",
        "d’",
        "des",
        "du",
        "ses",
        "leurs",
        "ces",
        "cette",
    ]
)


def value(document: Document, place: Interval) -> Json:
    """The value of the words at a place; an unreadable one is a plain 1."""
    read = numbers.parse(document.text[place[0] : place[1]], document.lang)
    if read is None:
        return {"stated": 1, "low": 1, "high": 1, "modifier": "exact", "unit": None}
    return {key: getattr(read, key) for key in gold.VALUE}


def figure(document: Document, place: Interval, measure: str, of: str) -> Json:
    return {"start": place[0], "end": place[1], "of": of, "measure": measure, **value(document, place)}


class Majority:
    """Every number in digits that no date can be, with the next word; measure and "of" most frequent in train."""

    def fit(self, units: Sequence[Unit]) -> None:
        found = [f for unit in units for f in gold.figures(unit)]
        self.measure = Counter(f["measure"] for f in found).most_common(1)[0][0]
        self.of = Counter(f["of"] for f in found).most_common(1)[0][0]

    def predict(self, given: Json) -> list[Json]:
        document, out = of(given), []
        for found in _DIGITS.finditer(document.text):
            word = _WORD.search(document.text, found.end())
            end = word.end() if word and word.start() == found.end() + 1 else found.end()
            if not _YEAR.fullmatch(found.group()):
                out.append(figure(document, (found.start(), end), self.measure, self.of))
        return out


class Nearest(Majority):
    """For every word for harm the nearest number of its sentence, its next word; the measure is that of the word."""

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        out: dict[Interval, Json] = {}
        for start, end in document.sentences:
            found = [m.span() for m in NUMBERS[document.lang].finditer(document.text, start, end)]
            for harm in MEASURES.finditer(document.text, start, end):
                if found:
                    near = min(found, key=lambda at: min(abs(harm.start() - at[1]), abs(at[0] - harm.end())))
                    word = _WORD.search(document.text, near[1], end)
                    stop = word.end() if word and word.start() == near[1] + 1 else near[1]
                    place = (near[0], stop)
                    out.setdefault(place, figure(document, place, str(harm.lastgroup), self.of))
        return [out[place] for place in sorted(out)]


class Rules:
    """Every number expression that ``bilan.numbers`` reads and a word for harm stands near, or counts people.

    What is counted is looked up in a list of nouns, made from the figures of train.
    """

    def fit(self, units: Sequence[Unit]) -> None:
        nouns: dict[str, Counter[str]] = {}
        for unit in units:
            for one in gold.figures(unit):
                words = _WORD.findall(unit.article["text"][one["start"] : one["end"]].lower())
                if words:
                    nouns.setdefault(words[-1], Counter())[one["of"]] += 1
        self.nouns = {noun: counts.most_common(1)[0][0] for noun, counts in nouns.items()}

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        out = []
        for place in expressions(document):
            start, end = document.sentences[document.sentence(place[0])]
            last = _WORD.findall(document.text[place[0] : place[1]].lower())[-1]
            of_ = self.nouns.get(last)
            measure = measure_at(document, place, (start, end))
            if measure is None and of_ is None:
                continue
            out.append(figure(document, place, measure or "other", of_ or "people"))
        return out


def measure_at(document: Document, place: Interval, sentence: Interval) -> str | None:
    """The measure of the word for harm that is nearest to a number, behind it before in front of it."""
    inside = MEASURES.search(document.text, *place)
    if inside:
        return str(inside.lastgroup)
    best: tuple[int, str] | None = None
    for harm in MEASURES.finditer(document.text, *sentence):
        apart = harm.start() - place[1] if harm.start() >= place[1] else 2 * (place[0] - harm.end())
        if best is None or apart < best[0]:
            best = (apart, str(harm.lastgroup))
    return best[1] if best else None


def expressions(document: Document) -> Iterator[Interval]:
    """Number expressions with their modifier and noun, in the order of the text; none shares a word with another."""
    edge = 0
    for sentence in document.by_sentence():
        if not sentence:
            continue
        start, end = document.place(sentence)
        for found in NUMBERS[document.lang].finditer(document.text, start, end):
            if found.start() < edge or _YEAR.fullmatch(found.group()):
                continue
            place = _grow(document, found.span(), sentence, edge)
            if place is not None:
                yield place
                edge = place[1]


def _grow(document: Document, number: Interval, sentence: range, edge: int) -> Interval | None:
    """The longest expression around a number that can be read: modifiers in front, the first noun behind."""
    inside = document.inside(*number)
    stop = inside[-1] + 1
    for i in range(stop, min(stop + _RIGHT, sentence[-1] + 1)):
        word = document.words[i].lower()
        stop = i + 1
        if word not in _LINKS and not NUMBERS[document.lang].fullmatch(word):
            break
    place = document.place(range(inside[0], stop))
    if not document.words[stop - 1][:1].isalpha():
        place = number
    if numbers.parse(document.text[place[0] : place[1]], document.lang) is None:
        return None
    best = numbers.parse(document.text[place[0] : place[1]], document.lang)
    first = inside[0]
    for i in range(inside[0] - 1, max(sentence[0], inside[0] - _LEFT) - 1, -1):
        if document.tokens[i][0] < edge:
            break
        read = numbers.parse(document.text[document.tokens[i][0] : place[1]], document.lang)
        if read is not None and read != best:
            first, best = i, read
    return document.tokens[first][0], place[1]


class Crf:
    """Three chains a language: where figures stand, and over the figures of a text their measure and "of"."""

    def fit(self, units: Sequence[Unit]) -> None:
        self.where: dict[str, Model] = {}
        self.labels: dict[tuple[str, str], Model] = {}
        for lang in sorted({unit.article["lang"] for unit in units}):
            own = [unit for unit in units if unit.article["lang"] == lang]
            documents = [of(unit.article) for unit in own]
            found = [gold.figures(unit) for unit in own]
            pairs = list(zip(documents, found, strict=True))
            self.where[lang] = Model(
                [
                    sequence
                    for document, figures in pairs
                    for sequence in tagged(document, [(f["start"], f["end"], "F") for f in figures])
                ]
            )
            for key in ("measure", "of"):
                self.labels[lang, key] = Model(
                    [
                        (
                            [context(document, (f["start"], f["end"])) for f in figures],
                            [f[key] for f in figures],
                        )
                        for document, figures in pairs
                    ]
                )

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        if document.lang not in self.where:
            return []
        places = [(a, b) for a, b, _ in spans(document, self.where[document.lang])]
        features = [context(document, place) for place in places]
        measures, counted = (self.labels[document.lang, key].tag(features) for key in ("measure", "of"))
        return [figure(document, *all_) for all_ in zip(places, measures, counted, strict=True)]


def context(document: Document, place: Interval) -> Features:
    """A figure among the words around it, each with its side and rough distance."""
    inside = document.inside(*place)
    sentence = document.inside(*document.sentences[document.sentence(place[0])])
    lower = [document.words[i].lower() for i in inside]
    out = ["bias", *(f"in={word}" for word in lower), f"last={lower[-1] if lower else ''}"]
    for side, run in (("<", range(sentence[0], inside[0])), (">", range(inside[-1] + 1, sentence[-1] + 1))):
        ordered = list(reversed(run)) if side == "<" else list(run)
        for apart, i in enumerate(ordered[:12]):
            word = document.words[i].lower()
            out.append(f"{side}{'near' if apart < 4 else 'far'}={word}")
            if apart < 2:
                out.append(f"{side}{apart}={word}")
    measure = measure_at(document, place, document.sentences[document.sentence(place[0])])
    out.append(f"harm={measure}")
    return out


def scope(document: Document, place: Interval) -> str:
    """total where the sentence speaks of a longer time, else event."""
    start, end = document.sentences[document.sentence(place[0])]
    return "total" if SUM.search(document.text, start, end) else "event"


SYSTEMS: Mapping[str, type] = {"majority": Majority, "nearest": Nearest, "rules": Rules, "crf": Crf}
