"""Where a place of one text is in another version of it: the words that both share hold the spans.

Texts are compared paragraph by paragraph, then word by word in the paragraphs that differ, so that one insertion
costs nothing to speak of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from bilan.diffing.changes import TextChange

_PARAGRAPHS = re.compile(r"[^\n]*\n+|[^\n]+")
_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_LARGE = 4_000_000
"""Beyond so many pairs of words the exact comparison takes seconds; frequent words then stop being anchors."""

Block = tuple[int, int, int]
"""Old start, new start, length of a stretch that both texts share; code points."""


class Carrier:
    """Carries places of an old text over to a new one. Offsets are code points, half-open."""

    def __init__(self, old: str, new: str) -> None:
        self.identical = old == new
        self.lengths = (len(old), len(new))
        self.changes: tuple[TextChange, ...] = ()
        self.blocks: list[Block] = [(0, 0, len(old))]
        if not self.identical:
            hunks = _hunks(old, new)
            self.changes = tuple(
                TextChange(*hunk, old[hunk[0] : hunk[1]], new[hunk[2] : hunk[3]]) for hunk in hunks
            )
            self.blocks = _blocks(old, new, hunks)
        self._starts = [block[0] for block in self.blocks]

    def span(self, start: int, end: int) -> tuple[int, int, bool]:
        """The place of a span in the new text, and whether all of its words stood still around its edges.

        An insertion at an edge of a span stays outside. A span whose edge is in a stretch that is gone gets the
        stretch that stands there now.
        """
        if self.identical:
            return start, end, True
        i = bisect_right(self._starts, start) - 1
        if i >= 0 and start < end:
            old, new, size = self.blocks[i]
            if end <= old + size:  # nearly every span
                return start + new - old, end + new - old, True
        if start >= end:  # no checked document has such a span
            at, exact = self._at(start)
            return at[0], at[1], exact
        (first, _), exact_start = self._at(start)
        (_, last), exact_end = self._at(end - 1)
        return first, max(first, last), exact_start and exact_end

    def _at(self, offset: int) -> tuple[tuple[int, int], bool]:
        """Where one code point went: (its new place, that of the next), or the whole gap it was in."""
        i = bisect_right(self._starts, offset) - 1
        if i >= 0:
            old, new, size = self.blocks[i]
            if offset < old + size:
                return (new + offset - old, new + offset - old + 1), True
            before = new + size
        else:
            before = 0
        after = self.blocks[i + 1][1] if i + 1 < len(self.blocks) else self.lengths[1]
        return (before, after), False


def _hunks(old: str, new: str) -> list[tuple[int, int, int, int]]:
    """Stretches that differ, in whole words: (old start, old end, new start, new end)."""
    out = []
    for a0, a1, b0, b1 in _pieces(_PARAGRAPHS, old, new, 0, 0):
        if a0 == a1 or b0 == b1:
            out.append((a0, a1, b0, b1))
        else:
            out.extend(_pieces(_WORDS, old[a0:a1], new[b0:b1], a0, b0))
    return out


def _pieces(
    form: re.Pattern[str], old: str, new: str, at_old: int, at_new: int
) -> list[tuple[int, int, int, int]]:
    ours, theirs = form.findall(old), form.findall(new)
    head = _shared(ours, theirs)
    tail = _shared(ours[head:][::-1], theirs[head:][::-1])
    a, b = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    at_old += sum(map(len, ours[:head]))
    at_new += sum(map(len, theirs[:head]))
    if not a and not b:
        return []
    starts_a = list(accumulate(map(len, a), initial=at_old))
    starts_b = list(accumulate(map(len, b), initial=at_new))
    if not a or not b:
        return [(starts_a[0], starts_a[-1], starts_b[0], starts_b[-1])]
    matcher = SequenceMatcher(None, a, b, autojunk=len(a) * len(b) > _LARGE)
    return [
        (starts_a[i0], starts_a[i1], starts_b[j0], starts_b[j1])
        for tag, i0, i1, j0, j1 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _shared(a: Sequence[str], b: Sequence[str]) -> int:
    """How many elements two sequences have in common at their heads."""
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


def _blocks(old: str, new: str, hunks: list[tuple[int, int, int, int]]) -> list[Block]:
    """What the texts share: all outside the hunks, and in a hunk the letters that both sides begin or end with."""
    out: list[Block] = []
    a = b = 0
    for a0, a1, b0, b1 in hunks:
        most = min(a1 - a0, b1 - b0)
        head = 0
        while head < most and old[a0 + head] == new[b0 + head]:
            head += 1
        tail = 0
        while tail < most - head and old[a1 - tail - 1] == new[b1 - tail - 1]:
            tail += 1
        out.append((a, b, a0 + head - a))
        a, b = a1 - tail, b1 - tail
    out.append((a, b, len(old) - a))
    return [block for block in out if block[2]]
