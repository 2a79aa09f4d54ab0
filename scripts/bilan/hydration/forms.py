"""A copy as it is compared: canonical text, its words in several spellings, and the hashes of what stands around.

Hashes are those of ``bilan.withhold``. The copy may be typed in another way than the original: decomposed letters,
ligatures, soft hyphens. So its words are read from a normal form, of which every place is known in the copy.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from bilan.withhold import FINGERPRINT_KEEP, FINGERPRINT_SHINGLE, SHINGLE, words

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"
_ODD = re.compile(rf"\s\s+|[{_INVISIBLE}\ufb00-\ufb06]|.[\u0300-\u036f]+", re.DOTALL)
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
}
_LIGATURES["\ufb06"] = "st"

_LEFT_OUT = frozenset(_INVISIBLE + " \n\t\u00a0\u202f\u2009")
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ′‚‛", "'"),
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\u200a\n\t\r", " "),
        "œ": "oe",
        "Œ": "Oe",
        "æ": "ae",
        "Æ": "Ae",
    }
)


def canonical(raw: str) -> str:
    """Canonical text: no BOM, LF, no white space around it."""
    return raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()


def folded(text: str) -> str:
    """Text without what typing changes: quotes, dashes, spaces, ligatures, case. Compares clear words."""
    plain = unicodedata.normalize("NFC", text).translate(_FOLDED)
    return " ".join(plain.replace('" ', '"').replace(' "', '"').split()).casefold()


def bare(text: str) -> str:
    """``folded`` without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", folded(text)) if not unicodedata.combining(c))


def normal(text: str) -> tuple[str, list[int] | None]:
    """Composed text without ligatures, invisible characters and repeated spaces, and the place of each character.

    The places are those in ``text``; the list has one more, the length of the text. None: the text is its own
    normal form.
    """
    if not _ODD.search(text):
        return text, None
    out: list[str] = []
    places: list[int] = []
    last = 0
    for match in _ODD.finditer(text):
        out.append(text[last : match.start()])
        places.extend(range(last, match.start()))
        found = match.group()
        if found in _LIGATURES:
            new = _LIGATURES[found]
        elif found in _INVISIBLE:
            new = ""
        elif found.isspace():
            new = "\n" if "\n" in found else found[0]
        else:
            new = unicodedata.normalize("NFC", found)
        out.append(new)
        places.extend([match.start()] * len(new))
        last = match.end()
    out.append(text[last:])
    places.extend(range(last, len(text) + 1))
    return "".join(out), places


OPENING = "«“\"„‘'([—–-$€£"
CLOSING = "»”\"’')]!?….%"
MARKS = frozenset(OPENING + CLOSING)
"""Marks that a span may begin or end with."""


@dataclass(slots=True)
class Copy:
    """A copy of one article, hashed with its salt.

    ``raw`` is the canonical text, ``text`` its normal form; offsets are in that.
    ``before``/``after``: hash → the gaps between words that have it before or behind them; gap g stands
    before word g.
    """

    raw: str
    text: str
    places: list[int] | None
    salt: str
    tokens: list[tuple[int, int, str]]
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    before: dict[str, list[int]] = field(default_factory=dict)
    after: dict[str, list[int]] = field(default_factory=dict)

    def place(self, offset: int, *, end: bool = False) -> int:
        """Where an offset of the normal form stands in the canonical copy."""
        if self.places is None:
            return offset
        if not end or not offset:
            return self.places[offset]
        at = self.places[offset]
        # what the normal form leaves out behind the last character is not part of the span; its accents are
        while at > self.places[offset - 1] + 1 and self.raw[at - 1] in _LEFT_OUT:
            at -= 1
        return at

    def plain_gap(self, gap: int) -> bool:
        """Whether no mark stands before word ``gap`` that a span could begin or end with."""
        low = self.ends[gap - 1] if gap else 0
        high = self.starts[gap] if gap < len(self.starts) else len(self.text)
        return not any(c in MARKS for c in self.text[low:high]) or high - low == 1

    def lines(self) -> list[tuple[int, int]]:
        """The lines that are not empty, without white space around them."""
        return [(m.start(), m.end()) for m in re.finditer(r"\S(?:[^\n]*\S)?", self.text)]

    def is_start(self, offset: int) -> bool:
        """Whether a word starts here."""
        i = bisect_left(self.starts, offset)
        return i < len(self.starts) and self.starts[i] == offset

    def is_end(self, offset: int) -> bool:
        """Whether a word ends here."""
        i = bisect_left(self.ends, offset)
        return i < len(self.ends) and self.ends[i] == offset

    def starts_in(self, low: int, high: int) -> list[int]:
        """Places from low to high where a word starts."""
        return self.starts[bisect_left(self.starts, low) : bisect_right(self.starts, high)]

    def ends_in(self, low: int, high: int) -> list[int]:
        """Places from low to high where a word ends."""
        return self.ends[bisect_left(self.ends, low) : bisect_right(self.ends, high)]


def read(text: str, salt: str) -> Copy:
    """A canonical text hashed with the salt of a withheld article."""
    composed, places = normal(text)
    tokens = words(composed)
    copy = Copy(text, composed, places, salt, tokens, [a for a, _, _ in tokens], [b for _, b, _ in tokens])
    before, after = Hasher(salt, "before"), Hasher(salt, "after")
    spelt = [word for _, _, word in tokens]
    count = len(spelt)
    for gap in range(count + 1):
        for phrase in _spellings(spelt[max(0, gap - SHINGLE) : gap]):
            copy.before.setdefault(before(phrase), []).append(gap)
        for phrase in _spellings(spelt[gap : gap + SHINGLE]):
            copy.after.setdefault(after(phrase), []).append(gap)
    return copy


def _spellings(some: list[str]) -> tuple[str, ...]:
    """A phrase as it stands, and with its œ and æ written in the other way."""
    phrase = " ".join(some)
    if "oe" in phrase or "ae" in phrase:
        return phrase, phrase.replace("oe", "œ").replace("ae", "æ")
    if "œ" in phrase or "æ" in phrase:
        return phrase, phrase.replace("œ", "oe").replace("æ", "ae")
    return (phrase,)


class Hasher:
    """``short_hash`` of many values under one salt and kind."""

    __slots__ = ("prefix",)

    def __init__(self, salt: str, kind: str) -> None:
        self.prefix = hashlib.sha256(f"{salt}\x1f{kind}\x1f".encode())

    def __call__(self, value: str) -> str:
        digest = self.prefix.copy()
        digest.update(value.encode())
        return digest.digest()[:2].hex()


def fingerprint_share(copy: Copy, kept: list[str]) -> tuple[int, int]:
    """How many of a fingerprint's hashes the copy has, of how many (each hash counted once)."""
    prefix = hashlib.sha256(f"{copy.salt}\x1fshingle\x1f".encode())
    spelt = [word for _, _, word in copy.tokens]
    found = set()
    for i in range(len(spelt) - FINGERPRINT_SHINGLE + 1):
        for phrase in _spellings(spelt[i : i + FINGERPRINT_SHINGLE]):
            hashed = prefix.copy()
            hashed.update(phrase.encode())
            digest = hashed.digest()
            if digest[2] % FINGERPRINT_KEEP == 0:
                found.add(digest[:2].hex())
    wanted = set(kept)
    return len(wanted & found), len(wanted)
