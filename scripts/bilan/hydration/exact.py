"""Is the original in this copy, to the letter? A SHA-256 proves it, whatever stands around it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator

from bilan.hydration.retyping import LAYOUTS, TYPING


def find(text: str, length: int, sha256: str, offsets: Iterable[int] = ()) -> str | None:
    """The original of this length and hash in a copy, or None.

    It may be the whole copy, or begin at one of the ``offsets`` or at the start of a line. ``text``: canonical.
    """
    if len(text) < length:
        return None
    tried = set()
    for start in (*_line_starts(text, length), *offsets):
        if start not in tried and 0 <= start <= len(text) - length:
            tried.add(start)
            window = text[start : start + length]
            if hashlib.sha256(window.encode()).hexdigest() == sha256:
                return window
    return None


def retyped(text: str, length: int, sha256: str) -> str | None:
    """The original, where the copy has all its words and only its typing differs: quotation marks, spaces, lines."""
    seen = {text}
    for variant in _retypings(unicodedata.normalize("NFC", text)):
        if variant in seen or len(variant) < length:
            continue
        seen.add(variant)
        found = find(variant, length, sha256)
        if found is not None:
            return found
    return None


def _retypings(text: str) -> Iterator[str]:
    """Retypings that are of one piece: a layout of lines, then one or two ways to type marks."""
    for layout in (str, *LAYOUTS):
        laid = layout(text)
        yield laid
        for first in TYPING:
            typed = first(laid)
            if typed == laid:
                continue
            yield typed
            for second in TYPING:
                twice = second(typed)
                if twice not in (typed, laid):
                    yield twice


def _line_starts(text: str, length: int) -> Iterator[int]:
    """Starts of lines from which a window of this length ends with a line, too."""
    start = 0
    while start + length <= len(text):
        end = start + length
        if end == len(text) or text[end] == "\n" or text[end - 1] == "\n":
            yield start
        following = text.find("\n", start)
        if following < 0:
            return
        start = following + 1
