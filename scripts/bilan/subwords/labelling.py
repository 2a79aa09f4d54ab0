"""Spans to labels of sub-words, and predictions back to spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from bilan.incidents import BilanError, Incident
from bilan.layers import Span
from bilan.subwords.windows import Window

IGNORED = -100
"""The label that PyTorch's losses leave out."""


def bio(names: Iterable[str]) -> tuple[str, ...]:
    """``O``, then ``B-`` and ``I-`` of every label: the order of ``ner_tags`` in the table ``ner``."""
    return ("O", *(f"{edge}-{name}" for name in names for edge in "BI"))


def labels(
    windows: Sequence[Window], spans: Iterable[Span], names: Sequence[str], *, first_only: bool = True
) -> list[list[int]]:
    """BIO labels of the sub-words of every window: positions in ``names``, as ``bio`` gives them.

    Special tokens have IGNORED; so have all sub-words of a word but its first, unless ``first_only`` is False. Then
    they go on with ``I-``. A span that began in an earlier window goes on with ``I-`` too. Raises BilanError (B824)
    that lists every span that overlaps another, has an unknown label, has an edge inside a word, or has no sub-word.
    """
    listed = sorted(spans)
    number = {name: i for i, name in enumerate(names)}
    if not windows and not listed:
        return []
    covered = _covered(windows)
    incidents = list(_overlaps(listed))
    of_word: dict[int, str] = {}
    for span in listed:
        found = _words_of(windows, span, covered)
        if isinstance(found, str):
            incidents.append(_unlabelled(span, found))
        elif not {f"B-{span[2]}", f"I-{span[2]}"} <= set(number):
            incidents.append(_unlabelled(span, "has a label that is not among the names"))
        else:
            of_word.update(zip(found, chain([f"B-{span[2]}"], [f"I-{span[2]}"] * len(found)), strict=False))
    if incidents:
        raise BilanError(incidents)
    return [_of_window(window, of_word, number, first_only) for window in windows]


def _of_window(
    window: Window, of_word: dict[int, str], number: dict[str, int], first_only: bool
) -> list[int]:
    out = []
    before: int | None = None
    for word in window.word_ids:
        if word is None or (word == before and first_only):
            out.append(IGNORED)
        else:
            name = of_word.get(word, "O")
            out.append(number[f"I{name[1:]}" if word == before and name != "O" else name])
        before = word
    return out


def kept(windows: Sequence[Window], spans: Iterable[Span]) -> list[Span | None]:
    """What a round trip makes of each span: itself, the words of it that can be labelled, or None.

    None: an edge inside a word, no word, no sub-word, or beyond the text. Filter with it before ``labels``, and
    report what you leave out. Overlaps are not looked at.
    """
    covered = _covered(windows)
    out: list[Span | None] = []
    for span in spans:
        found = _words_of(windows, span, covered)
        if isinstance(found, str):
            out.append(None)
        else:
            out.append((windows[0].words[found[0]][0], windows[0].words[found[-1]][1], span[2]))
    return out


def _covered(windows: Sequence[Window]) -> set[int]:
    """The words that have sub-words."""
    _one_text(windows)
    return {word for window in windows for word in window.word_ids if word is not None}


def _words_of(windows: Sequence[Window], span: Span, covered: set[int]) -> list[int] | str:
    """The words of a span that have sub-words, or why it cannot be labelled."""
    start, end, _ = span
    if not windows or not 0 <= start < end <= windows[0].length:
        return "is not in the text"
    all_words = windows[0].words
    first = bisect_right(all_words, start, key=lambda word: word[1])
    last = bisect_left(all_words, end, key=lambda word: word[0])
    if first >= last:
        return "has no word"
    if all_words[first][0] < start or all_words[last - 1][1] > end:
        return "has an edge inside a word"
    found = [word for word in range(first, last) if word in covered]
    return found or "has no sub-word: the tokenizer drops it"


def _overlaps(listed: list[Span]) -> Iterator[Incident]:
    farthest: Span | None = None
    for span in listed:
        if farthest is not None and span[0] < farthest[1]:
            yield _unlabelled(span, f"overlaps {farthest!r}")
        if farthest is None or span[1] > farthest[1]:
            farthest = span


def _unlabelled(span: Span, why: str) -> Incident:
    mend = {
        "has an edge inside a word": "give its edges to encode, or leave it out",
        "is not in the text": "give the spans of the text that was encoded",
    }.get(why, "leave it out")
    return Incident("B824", f"the span {span!r} {why}", mend)


# --- labels or logits → spans ----------------------------------------------------------------------------


def places(windows: Sequence[Window]) -> list[tuple[int, int] | None]:
    """For every word where to read its prediction: (window, sub-word), None where it has no sub-word.

    The sub-word is the word's first. Of several windows it is that in which the word stands farthest, in sub-words,
    from an edge behind which the text goes on; of two alike the earlier one.
    """
    _one_text(windows)
    if not windows:
        return []
    best: list[tuple[float, int, int] | None] = [None] * len(windows[0].words)
    for number, window in enumerate(windows):
        inside = [at for at, word in enumerate(window.word_ids) if word is not None]
        for rank, at in enumerate(inside):
            word = window.word_ids[at]
            assert word is not None
            if rank and word == window.word_ids[inside[rank - 1]]:
                continue
            left = rank if window.first > 0 else float("inf")
            right = len(inside) - 1 - rank if window.last < len(window.words) else float("inf")
            known = best[word]
            if known is None or min(left, right) > known[0]:
                best[word] = (min(left, right), number, at)
    return [None if one is None else one[1:] for one in best]


def spans(windows: Sequence[Window], predicted: Sequence[Any], names: Sequence[str]) -> list[Span]:
    """The spans that a prediction means, in the order of the text.

    ``predicted`` has for every window of the text, in order, one label id a sub-word, or one row of scores (logits)
    a sub-word: lists, NumPy arrays or tensors; padding on the right is ignored. Chunks are read as conlleval reads
    them: an ``I-`` that continues nothing begins a span. Raises BilanError (B826) where the prediction does not
    fit the windows or the names.
    """
    if len(predicted) != len(windows):
        raise _misfit(f"there are {len(windows)} windows and predictions for {len(predicted)}")
    rows = [one.tolist() if hasattr(one, "tolist") else list(one) for one in predicted]
    for i, (window, row) in enumerate(zip(windows, rows, strict=True)):
        if len(row) < len(window.input_ids):
            raise _misfit(f"window {i} has {len(window.input_ids)} sub-words and {len(row)} predictions")
    found: list[tuple[int, int, str]] = []
    inside = ""
    for word, place in enumerate(places(windows)):
        if place is None:
            continue  # a word without sub-words neither ends a span nor belongs to its edge
        edge, _, label = _name(rows[place[0]][place[1]], names).partition("-")
        start, end = windows[0].words[word]
        if edge == "I" and label == inside:
            found[-1] = (found[-1][0], end, label)
        elif label:
            found.append((start, end, label))
        inside = label
    return found


def _name(score: Any, names: Sequence[str]) -> str:
    """The label of one sub-word: from its id, or from a score for each label."""
    if hasattr(score, "tolist"):
        score = score.tolist()
    if isinstance(score, (list, tuple)):
        if len(score) != len(names):
            raise _misfit(f"there are {len(score)} scores for {len(names)} names")
        score = max(range(len(score)), key=score.__getitem__)
    if not 0 <= score < len(names):
        raise _misfit(f"there is no label {score}; there are {len(names)} names")
    return names[int(score)]


def _misfit(message: str) -> BilanError:
    return BilanError(Incident("B826", message, "give one prediction for every sub-word of every window"))


def _one_text(windows: Sequence[Window]) -> None:
    if any(window.words is not windows[0].words and window.words != windows[0].words for window in windows):
        raise _misfit("the windows are of several texts")
