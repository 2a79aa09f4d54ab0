"""Where a span begins and ends in a copy, and whether the words there are its words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from bilan import numbers
from bilan.hydration.forms import CLOSING, OPENING, Copy, Hasher, bare, folded
from bilan.hydration.retyping import variants
from bilan.hydration.segments import Segment
from bilan.model import Json

NEAR = 3
"""Landmarks on both sides whose shifts differ by no more give a place between them."""

REACH = 160
"""A place farther from the nearest landmark is not measured from it."""

BESIDE = 48
"""So near a landmark on one side is enough to tell which of several places is meant."""

SHORT = 24
"""Hidden words longer than this are not tried letter by letter."""

_LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûü'-"
_ACCENTS = {"a": "aàâ", "c": "cç", "e": "eéèêë", "i": "iîï", "o": "oô", "u": "uùûü"}
MAX_ACCENTS = 3000


def own(
    copy: Copy, anchor: str, index: dict[str, list[int]], expected: int, reach: int, side: str
) -> int | None:
    """The gap of a span's own anchor that is nearest to where it is expected; None if there is none, or two."""
    at = copy.starts if side == "start" else copy.ends
    found = []
    for gap in index.get(anchor, ()):
        word = gap if side == "start" else gap - 1
        if 0 <= word < len(at) and abs(at[word] - expected) <= reach:
            found.append(gap)
    return found[0] if len(found) == 1 else None


def window(segment: Segment, offset: int) -> tuple[int, int, bool] | None:
    """From where to where in the copy an offset may be, and whether that is measured from both sides."""
    left, right = segment.around(offset)
    if left is not None and right is not None and abs(left.shift - right.shift) <= 2 * NEAR:
        low, high = sorted((left.shift, right.shift))
        near = right.original - left.original <= REACH and high - low <= NEAR
        return offset + low, offset + high, near
    one = min(
        (at for at in (left, right) if at is not None), key=lambda at: abs(at.original - offset), default=None
    )
    if one is None or abs(one.original - offset) > 2 * REACH:
        return None
    slack = 1 + abs(one.original - offset) // 20
    return offset + one.shift - slack, offset + one.shift + slack, False


def beside(segment: Segment, offset: int, place: int) -> bool:
    """Whether a place is at the very distance from a landmark near by that it has in the original."""
    return any(
        at is not None and abs(at.original - offset) <= BESIDE and place == offset + at.shift
        for at in segment.around(offset)
    )


def starts(copy: Copy, low: int, high: int, marks: bool = True) -> Iterator[int]:
    """Places from low to high where a span may begin: at a word, or at a mark before one."""
    for at in range(max(0, low), min(high, len(copy.text) - 1) + 1):
        if copy.is_start(at) or (
            marks and copy.text[at] in OPENING and (not at or copy.text[at - 1].isspace())
        ):
            yield at


def ends(copy: Copy, low: int, high: int, marks: bool = True) -> Iterator[int]:
    """Places from low to high where a span may end: at a word, or at a mark behind one."""
    for at in range(max(1, low), min(high, len(copy.text)) + 1):
        if copy.is_end(at) or (marks and copy.text[at - 1] in CLOSING):
            yield at


# --- the same words? -------------------------------------------------------------------------------------


def hidden_match(words: str, wanted: str, hasher: Hasher, retyped: bool) -> bool:
    """Whether the words of the copy have the hash, as they stand or with ``retyped`` typed in another way."""
    if hasher(words) == wanted:
        return True
    return retyped and any(hasher(other) == wanted for other in variants(words)[1:])


def mended(words: str, wanted: str, hasher: Hasher) -> bool:
    """Whether short words have the hash once their accents or one slip of the pen are mended."""
    if len(words) > SHORT:
        return False
    choices = [_ACCENTS.get(c, c) for c in words]
    ways = 1
    for choice in choices:
        ways *= len(choice)
    if (
        1 < ways <= MAX_ACCENTS
        and words.isascii()
        and any(hasher("".join(letters)) == wanted for letters in product(*choices))
    ):
        return True
    return any(hasher(other) == wanted for other in _one_slip(words))


def _one_slip(words: str) -> Iterator[str]:
    for i in range(len(words) + 1):
        head, tail = words[:i], words[i:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
                if tail[0].isupper():
                    yield head + letter.upper() + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def same_words(words: str, surface: str) -> bool:
    """Whether clear words stand there, however typed."""
    return words == surface or folded(words) == folded(surface) or bare(words) == bare(surface)


def slips(words: str, surface: str, layer: str, record: Json, lang: str) -> int | None:
    """How many slips of the pen make the clear words these; None: too many, or another number."""
    one, two = bare(words), bare(surface)
    if one[:1].isalnum() != two[:1].isalnum() or one[-1:].isalnum() != two[-1:].isalnum():
        return None
    if [c for c in one if c.isdigit()] != [c for c in two if c.isdigit()]:
        return None
    first, second = one.split(), two.split()
    if len(first) != len(second):
        return None
    total = 0
    for given, known in zip(first, second, strict=True):
        apart = distance(given, known) if given != known else 0
        if apart > (1 + len(known) // 16 if len(known) > 3 else len(second) > 1):
            return None
        if apart and layer == "figures":
            # "dix" is one slip from "six", and quite another number
            value = numbers.parse(given, lang)
            if value is not None and value != numbers.parse(known, lang):
                return None
        total += apart
    if layer == "figures" and total:
        value = numbers.parse(words, lang)
        if value is not None and value.stated is not None and value.stated != record["stated"]:
            return None
    return total


def distance(a: str, b: str) -> int:
    """Edit distance of two words; letters that changed places count once."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
