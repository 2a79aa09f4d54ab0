"""A .txt as it may come back from an editor: with a byte order mark, CRLF and a last line end, which are undone.

Texts of articles have none of the three. Nothing else is repaired. Offsets may count on the text as it went out, if the
editor came after the annotation, or on the text with what was added, if brat showed that one.
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
    """The text without byte order mark, CRLF and last line end, and the texts that offsets may count on, the likeliest
    first."""
    plain = raw.removeprefix(_BOM)
    lines = plain.replace("\r\n", "\n")
    text = lines.removesuffix("\n")
    out = [Variant(text)]
    if raw != text:
        out.append(_variant(raw, [0] if raw != plain else [], raw != lines))
    if plain not in (raw, lines):
        out.append(_variant(plain, [], True))
        out.append(_variant(_BOM + lines, [0], False))
    return text, out


def _variant(text: str, added: list[int], crlf: bool) -> Variant:
    at = text.find("\r\n") if crlf else -1
    while at >= 0:
        added.append(at)
        at = text.find("\r\n", at + 2)
    if text.endswith("\n"):
        added.append(len(text) - 1)
    return Variant(text, added)
