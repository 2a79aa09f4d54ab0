"""A text as the baselines see it: its tokens and sentences, and nothing of its annotation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bilan import segment
from bilan.model import Json

Interval = tuple[int, int]


@dataclass(frozen=True)
class Document:
    """An article's text, language and date of publication."""

    id: str
    lang: str
    published: str | None
    text: str

    @cached_property
    def tokens(self) -> list[Interval]:
        return segment.tokens(self.text, self.lang)

    @cached_property
    def words(self) -> list[str]:
        return [self.text[a:b] for a, b in self.tokens]

    @cached_property
    def sentences(self) -> list[Interval]:
        return segment.sentences(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [a for a, _ in self.tokens]

    def inside(self, start: int, end: int) -> range:
        """Positions of the tokens that share a character with a place."""
        first = bisect_right(self._starts, start) - 1
        if first < 0 or self.tokens[first][1] <= start:
            first += 1
        return range(first, max(first, bisect_left(self._starts, end)))

    def sentence(self, start: int) -> int:
        """Number of the sentence that holds a place."""
        return max(0, bisect_right(self.sentences, start, key=_first) - 1)

    def by_sentence(self) -> Iterator[range]:
        """The tokens of each sentence."""
        for start, end in self.sentences:
            yield self.inside(start, end)

    def place(self, tokens: range) -> Interval:
        """Where a run of tokens stands."""
        return self.tokens[tokens[0]][0], self.tokens[tokens[-1]][1]


def _first(interval: Interval) -> int:
    return interval[0]


def of(given: Json) -> Document:
    """The document of a task's input, or of a row of the table ``articles``."""
    return Document(given["id"], given["lang"], given["published"], given["text"])
