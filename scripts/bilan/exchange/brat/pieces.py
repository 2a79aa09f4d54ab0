"""Stretches and their pieces: brat cuts an annotation at the ends of lines, and joins its words with a space."""

from __future__ import annotations

import re

Piece = tuple[int, int]

BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
"""What ends a line for Python's file reading, and so for brat's: no such character can stand in an .ann file."""

_MAX_GAP = 1_000
"""White space longer than this parts two stretches: nobody means to join them."""

SEPARATOR = " "
"""Between the words of two pieces in an .ann file."""


def split(text: str, start: int, end: int) -> list[Piece]:
    """The pieces of a stretch, without the ends of lines. A piece of no length at an edge says that the stretch begins
    or ends with the end of a line, so that ``join`` has it back."""
    out, at = [], start
    for gap in BREAK.finditer(text, start, end):
        out.append((at, gap.start()))
        at = gap.end()
    return [*out, (at, end)]


def join(text: str, pieces: list[Piece]) -> list[Piece]:
    """The stretches that pieces are of, in the order of the text: two with nothing but the end of a line and white
    space between them are one, others are two."""
    out: list[Piece] = []
    for start, end in sorted(pieces):
        gap = text[out[-1][1] : start] if out and start - out[-1][1] <= _MAX_GAP else ""
        if gap and not gap.strip() and BREAK.search(gap):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def words(text: str, pieces: list[Piece]) -> str:
    """The words of an annotation as brat writes them."""
    return SEPARATOR.join(text[start:end] for start, end in pieces)
