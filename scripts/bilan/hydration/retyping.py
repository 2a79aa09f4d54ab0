"""How words may have been typed in the original: apostrophes, quotation marks, spaces, dashes, lines."""

from __future__ import annotations

import re
from itertools import product


def variants(surface: str) -> list[str]:
    """How the words of a copy may have been typed in the original: apostrophes, quotation marks, spaces, dashes."""
    out = [surface]
    for change in _RETYPED:
        for known in tuple(out):
            new = change(known)
            if new not in out:
                out.append(new)
    del out[MAX_VARIANTS:]
    if (
        0 < surface.count(" ") <= MAX_SPACES
    ):  # "20 h" may have a hard space in the original, and a plain one here
        parts = surface.split(" ")
        for spaces in product(" \u00a0\u202f", repeat=len(parts) - 1):
            out.append("".join(map("".join, zip(parts, (*spaces, ""), strict=True))))
    return out


MAX_VARIANTS = 24
MAX_SPACES = 3
_CURLY = re.compile(r"['‘ʼ′]")
_STRAIGHT = re.compile(r"[’‘ʼ′]")
_SPACES = re.compile(r"[\u00a0\u202f\u2009]")
_DASH = re.compile(r"[‐‑]")
_BEFORE_MARK = re.compile(r" (?=[:;!?»%])|(?<=«) ")


def _curly(text: str) -> str:
    return _CURLY.sub("’", text)


def _straight(text: str) -> str:
    return _STRAIGHT.sub("'", text)


def _plain_spaces(text: str) -> str:
    return _SPACES.sub(" ", text)


def _hard_spaces(text: str) -> str:
    return _BEFORE_MARK.sub("\u00a0", text)


def _narrow_spaces(text: str) -> str:
    return _BEFORE_MARK.sub("\u202f", text)


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", text)


def _joined(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


def _two_lines(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n\n", text)


def _hyphens(text: str) -> str:
    return _DASH.sub("-", text)


def _short_dash(text: str) -> str:
    return text.replace("—", "–")


def _long_dash(text: str) -> str:
    return text.replace("–", "—")


def _oe(text: str) -> str:
    return text.replace("oe", "œ")


def _straight_quotes(text: str) -> str:
    return re.sub("[“”]", '"', text)


def _curly_quotes(text: str) -> str:
    return re.sub('"([^"]*)"', "“\\1”", text)


def _dots(text: str) -> str:
    return text.replace("...", "…")


def _three_dots(text: str) -> str:
    return text.replace("…", "...")


def _single_spaces(text: str) -> str:
    return re.sub(" {2,}", " ", text)


_RETYPED = (
    _single_spaces,
    _plain_spaces,
    _hyphens,
    _straight,
    _curly,
    _straight_quotes,
    _curly_quotes,
    _joined,
    _short_dash,
    _long_dash,
    _oe,
    _dots,
    _three_dots,
    _hard_spaces,
    _narrow_spaces,
)

LAYOUTS = (_single_spaces, _one_line, _two_lines)
TYPING = (
    _plain_spaces,
    _hyphens,
    _straight,
    _curly,
    _straight_quotes,
    _curly_quotes,
    _dots,
    _three_dots,
    _hard_spaces,
    _narrow_spaces,
)
