"""One pattern for "none of these patterns can match here", quick to say so.

Most numbers are followed by a noun that no pattern knows. Asking every pattern costs more than all the rest of
the reading. So the patterns are put together into one, ordered by the first letter of what they match: of some
two hundred words, the engine looks at those that begin with the letter that stands there.

What is put together may match where none of the patterns does (it takes "5 t-shirts" for tons), never the other
way round. The grammar then asks the patterns themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

_GROUP_NAME = re.compile(r"\(\?P<[a-z0-9_]+>")
_LOOK_BEHIND = ("(?<=", "(?<!")
_LOOK_AHEAD = ("(?=", "(?!")
_QUANTIFIER = re.compile(r"[?*+]|\{[0-9,]+\}")
_FEW = 3
"""Letters of a class that are gone through one by one; larger classes ("[a-z]+") are left as they are."""


def nothing_of(phrases: Iterable[str], words: Iterable[str], passed: str) -> str:
    """A pattern of " x", x a letter, that matches only where no pattern can match from the space on.

    ``phrases`` may end anywhere and begin with a space; ``words`` follow the space and end where no letter
    follows. ``passed`` are words ("of ", "more ") that may stand before ``words`` and begin no phrase: they are
    stepped over.
    """
    by_phrase = _by_letter([*phrases, f" (?:{passed})"], spaced=False)
    return f" (?:{passed})*(?!{by_phrase}|(?:{_by_letter(words, spaced=True)})(?![a-z]))[a-z]"


def _by_letter(patterns: Iterable[str], spaced: bool) -> str:
    tails: dict[str, dict[str, None]] = {}
    for pattern in patterns:
        for letter, tail in _opened(_GROUP_NAME.sub("(?:", pattern), spaced):
            tails.setdefault(letter, {})[tail] = None
    untold = tails.pop("", {})
    return "|".join([*(f"{letter}(?:{'|'.join(tails[letter])})" for letter in sorted(tails)), *untold])


def _opened(pattern: str, spaced: bool) -> Iterator[tuple[str, str]]:
    """What a pattern can match in " x…", as first letter and pattern of the rest; the letter "" = any.

    ``spaced``: the space is behind us, a letter follows. Looks to both sides are taken to hold.
    """
    alternatives = _split(pattern)
    if len(alternatives) > 1:
        for alternative in alternatives:
            yield from _opened(alternative, spaced)
        return
    if not pattern:
        yield "", ""
        return
    element, quantifier, tail = _first(pattern)
    if quantifier in ("?", "*") or quantifier.startswith("{0"):
        yield from _opened(tail, spaced)
    if quantifier not in ("", "?"):
        tail = f"{element}*{tail}"
    if element.startswith(_LOOK_BEHIND) or (element.startswith(_LOOK_AHEAD) and not spaced):
        yield from _opened(tail, spaced)
    elif element.startswith(_LOOK_AHEAD):
        yield "", pattern
    elif element.startswith("("):
        for alternative in _split(element[1:-1].removeprefix("?:")):
            yield from _opened(alternative + tail, spaced)
    elif not spaced:
        if re.fullmatch(element, " "):
            yield from _opened(tail, spaced=True)
    else:
        letters = element if element in ascii_lowercase else re.findall(element, ascii_lowercase)
        if len(letters) > _FEW:
            yield "", pattern
        else:
            yield from ((letter, tail) for letter in letters)


def _first(pattern: str) -> tuple[str, str, str]:
    """First element of a pattern (a character, a class, a group), its quantifier, and what follows."""
    end = _element_end(pattern, 0)
    found = _QUANTIFIER.match(pattern, end)
    quantifier = found.group() if found else ""
    return pattern[:end], quantifier, pattern[end + len(quantifier) :]


def _element_end(pattern: str, at: int) -> int:
    if pattern[at] == "\\":
        return at + 2
    if pattern[at] == "[":
        return pattern.index("]", at + 1) + 1
    if pattern[at] != "(":
        return at + 1
    at += 1
    while pattern[at] != ")":
        at = _element_end(pattern, at)
    return at + 1


def _split(pattern: str) -> list[str]:
    """The alternatives of a pattern."""
    out, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            out.append(pattern[start:at])
            start = at + 1
        at = _element_end(pattern, at)
    return [*out, pattern[start:]]
