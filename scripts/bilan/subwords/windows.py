"""Words of a text, and windows of their sub-words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bilan.incidents import BilanError, Incident
from bilan.segment import Interval, cut, tokens


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a text as a model reads it: ``words[first:last]``, with special tokens around them.

    ``input_ids`` and ``word_ids`` are equally long; a word id is the number of a word in ``words``, those of the
    whole text (start and end in code points), and None for a special token. ``length`` is that of the text.
    """

    input_ids: list[int]
    word_ids: list[int | None]
    first: int
    last: int
    words: tuple[Interval, ...]
    length: int


def words(text: str, lang: str, edges: Iterable[int] = ()) -> list[Interval]:
    """BILAN's tokens, cut before and behind every hyphen, and at ``edges`` (code points)."""
    found = tokens(text, lang)
    hyphens = (
        edge for start, end in found for at in range(start, end) if text[at] in "-‑" for edge in (at, at + 1)
    )
    return cut(found, chain(hyphens, edges))[0]


def encode(
    text: str,
    lang: str,
    tokenizer: Any,
    *,
    max_length: int = 512,
    stride: int = 128,
    edges: Iterable[int] = (),
) -> list[Window]:
    """The text in windows of at most ``max_length`` sub-words, special tokens included.

    Windows begin and end between words; neighbours share as many words as ``stride`` sub-words allow. Every word
    is in at least one window; a text without words has none. The tokenizer itself adds its special tokens to each
    window; its own truncation and padding are set aside meanwhile. One that knows the start of a word only by the
    space before it (GPT-2's, RoBERTa's, ModernBERT's) gets that space with the word where the text has any white
    space, as in running text. A word longer than a window is halved until each part fits; the parts are words of
    their own. Raises BilanError (B825) for a tokenizer that is not a fast one, or a window too small for the
    stride or for a single character.
    """
    take = _Tokenizer(tokenizer)
    room = max_length - take.specials
    if not 0 <= stride < room:
        message = f"max_length {max_length} leaves room for {max(0, room)} sub-words beside special tokens"
        mend = "give a stride from 0 to less than that, or longer windows"
        raise _unfit(f"{message}; the stride is {stride}", mend)
    found, sizes = _fitting(text, words(text, lang, edges), room, take)
    out = []
    for first, last in _ranges(sizes, room, stride):
        ids, at = take(text, found[first:last], special=True)
        if len(ids) > max_length:
            raise _unfit("the tokenizer cuts a word differently beside others", "use one that reads words")
        word_ids = [None if word is None else first + word for word in at]
        out.append(Window(ids, word_ids, first, last, found, len(text)))
    return out


class _Tokenizer:
    """The tokenizer of either library: words of a text → ids, and for every id the number of its word or None."""

    def __init__(self, tokenizer: Any) -> None:
        if getattr(tokenizer, "is_fast", False):
            tokenizer = tokenizer.backend_tokenizer
        if callable(tokenizer) or not hasattr(tokenizer, "num_special_tokens_to_add"):
            message = f"{type(tokenizer).__name__} cannot tell which word a sub-word is from"
            raise _unfit(message, "use a tokenizers.Tokenizer or a fast tokenizer of transformers")
        self.tokenizer = tokenizer
        self.specials: int = tokenizer.num_special_tokens_to_add(False)
        # GPT-2 and those after it know the start of a word by the space before it, and lose it with bare words
        running = self._quiet("a a").ids
        self.spaced = running != self._quiet(["a", "a"]).ids and running == self._quiet(["a", " a"]).ids

    def __call__(
        self, text: str, listed: Sequence[Interval], special: bool
    ) -> tuple[list[int], list[int | None]]:
        if not listed:
            return [], []
        given = [text[start:end] for start, end in listed]
        if self.spaced:
            behind_space = [start > 0 and text[start - 1].isspace() for start, _ in listed]
            given = [f" {word}" if space else word for word, space in zip(given, behind_space, strict=True)]
        done = self._quiet(given, special)
        return list(done.ids), list(done.word_ids)

    def _quiet(self, given: str | list[str], special: bool = False) -> Any:
        """Encodes without the truncation and padding that a tokenizer may have been saved with."""
        truncation, padding = self.tokenizer.truncation, self.tokenizer.padding
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        words_given = not isinstance(given, str)
        try:
            return self.tokenizer.encode(given, is_pretokenized=words_given, add_special_tokens=special)
        finally:
            if truncation is not None:
                self.tokenizer.enable_truncation(**truncation)
            if padding is not None:
                self.tokenizer.enable_padding(**padding)


def _unfit(message: str, mend: str) -> BilanError:
    return BilanError(Incident("B825", message, mend))


def _sizes(text: str, listed: Sequence[Interval], take: _Tokenizer) -> list[int]:
    """How many sub-words each word has."""
    counts = [0] * len(listed)
    for word in take(text, listed, special=False)[1]:
        if word is not None:
            counts[word] += 1
    return counts


def _fitting(
    text: str, listed: list[Interval], room: int, take: _Tokenizer
) -> tuple[tuple[Interval, ...], list[int]]:
    """The words and their sizes, those halved that are longer than a window."""
    sizes = _sizes(text, listed, take)
    while sizes and max(sizes) > room:
        halves = []
        for (start, end), size in zip(listed, sizes, strict=True):
            if size > room:
                if end - start == 1:
                    raise _unfit(f"{text[start:end]!r} has {size} sub-words", "give longer windows")
                halves.append((start + end) // 2)
        listed, _ = cut(listed, halves)
        sizes = _sizes(text, listed, take)
    return tuple(listed), sizes


def _ranges(sizes: list[int], room: int, stride: int) -> Iterator[Interval]:
    """The words of each window, as half-open ranges. No word is larger than the room."""
    first = last = used = 0
    while last < len(sizes):
        while last < len(sizes) and used + sizes[last] <= room:
            used += sizes[last]
            last += 1
        yield first, last
        if last < len(sizes):
            shared = min(stride, room - sizes[last])  # the next word must have its place
            first, used = last, 0
            while first > 0 and used + sizes[first - 1] <= shared:
                first -= 1
                used += sizes[first]
