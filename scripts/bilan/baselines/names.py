"""Baselines of T1. ``majority``: runs of capitals, all of one type. ``lookup``: names that train has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bilan.baselines.crf import Model, word_features
from bilan.baselines.document import Document, of
from bilan.model import Json
from bilan.scoring import bio
from bilan.tasks import gold
from bilan.tasks.gold import Unit


def capitals(document: Document) -> Iterator[range]:
    """Runs of capitalised words; the first word of a sentence only if it goes on in capitals."""
    for sentence in document.by_sentence():
        run: list[int] = []
        for i in (*sentence, -1):
            word = document.words[i] if i >= 0 else ""
            if word[:1].isupper() and any(c.isalpha() for c in word):
                run.append(i)
                continue
            if run and not (run == [sentence[0]] and not document.words[run[0]].isupper()):
                yield range(run[0], run[-1] + 1)
            run = []


class Majority:
    """Every run of capitals gets the type that is most frequent in train."""

    def fit(self, units: Sequence[Unit]) -> None:
        counts = Counter(name["type"] for unit in units for name in gold.names(unit))
        self.type = counts.most_common(1)[0][0]

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        places = [document.place(run) for run in capitals(document)]
        return [{"start": a, "end": b, "type": self.type} for a, b in places]


class Lookup:
    """Names that train has, the longest first, with their most frequent type."""

    def fit(self, units: Sequence[Unit]) -> None:
        counts: dict[tuple[str, ...], Counter[str]] = {}
        for unit in units:
            document = of(unit.article)
            for name in gold.names(unit):
                words = tuple(document.words[i] for i in document.inside(name["start"], name["end"]))
                counts.setdefault(words, Counter())[name["type"]] += 1
        self.types = {words: types.most_common(1)[0][0] for words, types in counts.items()}
        self.longest = max(map(len, self.types), default=0)

    def predict(self, given: Json) -> list[Json]:
        document, out, i = of(given), [], 0
        words = document.words
        while i < len(words):
            for size in range(min(self.longest, len(words) - i), 0, -1):
                kind = self.types.get(tuple(words[i : i + size]))
                if kind:
                    a, b = document.place(range(i, i + size))
                    out.append({"start": a, "end": b, "type": kind})
                    i += size - 1
                    break
            i += 1
        return out


class Crf:
    """A chain of BIO tags for each language, with the names of train as a feature."""

    def fit(self, units: Sequence[Unit]) -> None:
        self.models = {}
        for lang in sorted({unit.article["lang"] for unit in units}):
            sequences = []
            for unit in units:
                if unit.article["lang"] == lang:
                    document = of(unit.article)
                    spans = [(n["start"], n["end"], n["type"]) for n in gold.names(unit)]
                    sequences += list(tagged(document, spans))
            self.models[lang] = Model(sequences)

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        model = self.models.get(document.lang)
        return (
            []
            if model is None
            else [{"start": a, "end": b, "type": kind} for a, b, kind in spans(document, model)]
        )


def tagged(
    document: Document, places: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Features and BIO tags of every sentence."""
    starts, ends = [a for a, _ in document.tokens], [b for _, b in document.tokens]
    tags = bio.tags(places, starts, ends)
    for sentence in document.by_sentence():
        yield word_features(document, sentence), [tags[i] for i in sentence]


def spans(document: Document, model: Model) -> Iterator[tuple[int, int, str]]:
    """The labelled places that a chain finds."""
    for sentence in document.by_sentence():
        for first, last, label in bio.chunks(model.tag(word_features(document, sentence))):
            a, b = document.place(sentence[first:last])
            yield a, b, label
