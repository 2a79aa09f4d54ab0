"""A .txt as it may come back from an editor on Windows: with a byte order mark and CRLF, which are undone.

Nothing else is repaired. Offsets may count on the text as it went out, if the editor came after the annotation, or on
the text with what was added, if brat showed that one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

_BOM = "\ufeff"


@dataclass(slots=True)
class Variant:
    """A text on which offsets may count. Called with such an offset it gives the one in the text without additions.

    ``added``: places of the code points that were added, in order.
    """

    text: str
    added: list[int] = field(default_factory=list)

    def __call__(self, offset: int) -> int:
        return offset - bisect_left(self.added, offset)


def variants(raw: str) -> tuple[str, list[Variant]]:
    """The text without byte order mark and CRLF, and the texts that offsets may count on, the likeliest first."""
    plain = raw.removeprefix(_BOM)
    text = plain.replace("\r\n", "\n")
    out = [Variant(text)]
    if raw != text:
        out.append(Variant(raw, [*([0] if raw != plain else ()), *_ends(raw)]))
    if plain not in (raw, text):
        out.append(Variant(plain, _ends(plain)))
        out.append(Variant(_BOM + text, [0]))
    return text, out


def _ends(text: str) -> list[int]:
    found = []
    at = text.find("\r\n")
    while at >= 0:
        found.append(at)
        at = text.find("\r\n", at + 2)
    return found
