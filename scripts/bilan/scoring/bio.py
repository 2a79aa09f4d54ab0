"""Chunks of BIO tags as ``conlleval`` and ``seqeval`` (its default mode) read them, and tags of spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from bilan.scoring.pairs import Labelled


def chunks(tags: Sequence[str]) -> list[Labelled]:
    """(first token, token after the last, type) of every chunk. An I without a B before it begins a chunk."""
    out: list[Labelled] = []
    start, kind = -1, ""
    for i, tag in enumerate((*tags, "O")):
        edge, _, label = tag.partition("-")
        goes_on = edge == "I" and start >= 0 and label == kind
        if start >= 0 and not goes_on:
            out.append((start, i, kind))
            start = -1
        if edge != "O" and start < 0:
            start, kind = i, label
    return out


def tags(spans: Iterable[Labelled], starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    """BIO tags of tokens, given as their starts and ends. A token is in a span if they share a character.

    Where spans overlap, the one that begins first, of those the longest, keeps its tokens.
    """
    out = ["O"] * len(starts)
    for start, end, label in sorted(spans, key=lambda s: (s[0], -s[1])):
        i = bisect_left(ends, start + 1)
        edge = "B"
        while i < len(starts) and starts[i] < end:
            if out[i] == "O":
                out[i] = f"{edge}-{label}"
                edge = "I"
            i += 1
    return out
