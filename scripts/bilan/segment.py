"""Sentences and tokens of French and English news, by rule, with exact offsets in code points.

Sentences and tokens are half-open intervals in the order of the text. Together they cover every character
that is no white space (no-break spaces count as white space), and nothing overlaps.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache

Interval = tuple[int, int]


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


# Stand before a name; never end a sentence.
_TITLES = _words("""
    M MM Mr Mrs Ms Dr Drs Pr Prof St Ste Mgr Me Sr Fr Rev Hon Sen Rep Gov Pres Amb Col Lt Gen Gén
    Cpt Capt Cne Cdt Cmdt Cdr Cmdr Maj Sgt Sgt-chef Adj Adjt Adm Brig Cpl Pvt Gal Lt-col Lt-Col
    Lieut-Col Maj-Gen Insp Supt Mt Ft vs
""")
# End a sentence only where what follows begins one.
_MAY_END = _words("""
    etc Inc Ltd Co Corp Cie Bros Jr Dept Univ approx env av apr ex cf al ibid op est Esq
    col lt gén gal cne cdt cmdt capt sgt adj dr pr
""")
# Go with a number behind them.
_BEFORE_DIGITS = _words("""
    No Nos n N art Art p pp vol Vol fig Fig ch chap Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
    janv févr fév avr juil sept oct nov déc
""")
# Abbreviations whose full stop belongs to the token. Short ones that are words as well are left out.
_STOPPED = sorted(
    {*_TITLES, *_MAY_END} - set(_words("Me ex est av al op col")), key=lambda word: (-len(word), word)
)
_STARTERS = frozenset(
    _words("""
    The A An In On At It Its He She They We But And This That These Those There According After
    Before While When For From Le La Les L' L’ Un Une Des Il Elle Ils Elles Ce Cet Cette Ces C' C’
    Dans En Selon D' D’ Au Aux Mais Et Par Pour Après Avant Depuis Sur
""")
)
_CALENDAR = frozenset(
    _words("""
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June
    July August September October November December GMT UTC EST ET CET Eastern Pacific Central
""")
)
# One mark, then any more: the search then leaps from mark to mark.
_END = re.compile(r"[.!?…][.!?…]*(?:[ \u00a0\u202f]?»|[”\"’')\]])*(?=\s)(?!\s»)")
_OPENING = "«“\"‘'([—–-\u00a0\u202f "
_LAST_WORD = re.compile(r"[^\W_][\w.\-]*\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+['’]?")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\Z")
_DOUBTFUL = frozenset({*_TITLES, *_MAY_END, *_BEFORE_DIGITS})


def _surely_ends(line: str, end: re.Match[str]) -> bool:
    """Whether this is a plain word, a full stop, white space and a capital, as at the end of nearly every sentence.

    ``_ends_sentence`` says yes to all of these; here it is found out with less.
    """
    at, behind = end.span()
    if line[at:behind] != "." or not line[behind + 1 : behind + 2].isupper():
        return False
    word = line[max(0, at - 30) : at].rpartition(" ")[2]
    return len(word) > 1 and word.isalnum() and word not in _DOUBTFUL


def _ends_sentence(line: str, end: re.Match[str]) -> bool:
    """Whether the punctuation that matched closes a sentence; white space follows it."""
    rest = line[end.end() : end.end() + 60].lstrip()
    opened = rest.lstrip(_OPENING)
    if not opened or opened[0].islower():
        return not opened
    if end.group()[:2] != "." and (end.group()[0] != "." or end.group()[1] in ".!?…"):
        return True
    before = _LAST_WORD.search(line[max(0, end.start() - 30) : end.start()])
    if before is None:
        return True
    word = before.group()
    first = _FIRST_WORD.match(opened)
    follower = first.group() if first else ""
    if word in _TITLES or (len(word) == 1 and word.isupper()):
        return False
    if word in _BEFORE_DIGITS:
        return not opened[0].isdigit()
    if word.lower() in ("a.m", "p.m"):
        return bool(follower) and follower not in _CALENDAR
    if word in _MAY_END or _DOTTED.match(word):
        return follower in _STARTERS
    return True


def _add(found: list[Interval], line: str, offset: int, start: int, stop: int) -> None:
    """Adds a part of a line without the white space around it; the line begins at the offset."""
    piece = line[start:stop].lstrip()
    if piece:
        first = offset + stop - len(piece)
        found.append((first, first + len(piece.rstrip())))


def sentences(text: str, whole: Iterable[Interval] = ()) -> list[Interval]:
    """The sentences of a text. Line ends always part them; none begins inside one of the ``whole`` spans."""
    found: list[Interval] = []
    offset = 0
    for line in text.split("\n"):
        start = 0
        for end in _END.finditer(line):
            if _surely_ends(line, end) or _ends_sentence(line, end):
                _add(found, line, offset, start, end.end())
                start = end.end()
        _add(found, line, offset, start, len(line))
        offset += len(line) + 1
    return _join(found, whole)


def _join(found: list[Interval], whole: Iterable[Interval]) -> list[Interval]:
    """Joins sentences that share one of the spans."""
    starts = [start for start, _ in found]
    glued: set[int] = set()
    for start, end in whole:
        first = bisect_right(starts, start)
        if first < len(starts) and starts[first] < end:
            glued.update(range(max(first, 1), bisect_left(starts, end)))
    if not glued:
        return found
    out: list[Interval] = []
    for i, (start, end) in enumerate(found):
        if i in glued:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


_W = r"[\w\u0300-\u036f]"
_URL = r"https?://[^\s<>«»]*[^\s<>«».,;:!?)\]\"'’]"
_WITH_STOPS = [
    r"J\.-C\.",
    r"(?:[^\W\d_]\.){2,}",
    rf"(?=\w+(?:-\w+)?\.)(?<!\w)(?:{'|'.join(_STOPPED)})\.(?=\s+\S)",
]
_NUMBER = r"\d+(?:[.,]\d+)+"
_BY_LANG = {
    "fr": [
        r"[Aa]ujourd['’]hui",
        r"(?:[ldjmnstcLDJMNSTC]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu|[Qq]uoiqu)['’](?=\w)",
        rf"{_W}+(?:[-‑]{_W}+)*",
    ],
    "en": [
        r"['’](?:s|d|ll|re|ve|m|S)\b",
        rf"{_W}+(?:[-‑]{_W}+|['’](?!(?:s|d|ll|re|ve|m|S)\b){_W}+)*",
    ],
}
_ABBREVIATED = frozenset(_STOPPED)


@cache
def _token_patterns(lang: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds the tokens, and the same without the alternatives that need a full stop."""
    words = _BY_LANG.get(lang, _BY_LANG["en"])
    return (
        re.compile("|".join([_URL, *_WITH_STOPS, _NUMBER, *words, r"\.{2,}", r"\S"])),
        re.compile("|".join([_URL, _NUMBER, *words, r"\S"])),
    )


_KEPT_WORDS = 1 << 16
_LONGEST_KEPT = 40
"""So many words are remembered with their tokens, then all are forgotten; longer ones never are."""

_Split = tuple[tuple[str, int, int], ...]
"""The tokens of a word between spaces: each with its begin and end in the word."""


class _Splits(dict[str, _Split]):
    """Word without a full stop → its tokens, which depend on nothing around it. Filled as it is asked."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern

    def __missing__(self, word: str) -> _Split:
        found = tuple((match.group(), *match.span()) for match in self.pattern.finditer(word))
        if len(word) <= _LONGEST_KEPT:
            if len(self) >= _KEPT_WORDS:
                self.clear()
            self[word] = found
        return found


@cache
def _splits(lang: str) -> _Splits:
    return _Splits(_token_patterns(lang)[1])


def token_columns(
    text: str, lang: str, start: int = 0, end: int | None = None
) -> tuple[list[str], list[int], list[int]]:
    """The tokens of ``text[start:end]``, where they begin and where they end, as three columns.

    No token holds white space, and most words between spaces are letters and digits, alone or before a full stop: of
    those it is known what the pattern would find. The pattern itself reads all others, most of them only once.
    """
    stop = len(text) if end is None else end
    splits, with_stops = _splits(lang), _token_patterns(lang)[0]
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = start
    for word in text[start:stop].replace("\n", " ").split(" "):
        after = at + len(word)
        if word.isalnum():
            words.append(word)
            starts.append(at)
            ends.append(after)
        elif "." not in word:
            for token, first, last in splits[word]:
                words.append(token)
                starts.append(at + first)
                ends.append(at + last)
        elif word[-1] == "." and word[:-1].isalnum() and word[:-1] not in _ABBREVIATED:
            words += (word[:-1], ".")
            starts += (at, after - 1)
            ends += (after - 1, after)
        else:  # an abbreviation looks beyond the space
            for match in with_stops.finditer(text, at, stop):
                first, last = match.span()
                if first >= after:
                    break
                words.append(match.group())
                starts.append(first)
                ends.append(last)
        at = after + 1
    return words, starts, ends


def tokens(text: str, lang: str, start: int = 0, end: int | None = None) -> list[Interval]:
    """The tokens of ``text[start:end]``, with offsets in ``text``. French elisions and English 's part."""
    _, starts, ends = token_columns(text, lang, start, end)
    return list(zip(starts, ends, strict=True))


def cut(intervals: Sequence[Interval], edges: Iterable[int]) -> tuple[list[Interval], int]:
    """Cuts the intervals wherever one of the edges falls inside. Returns them and the number of cuts.

    The intervals are in order and do not overlap, as tokens and sentences are.
    """
    starts, ends = [start for start, _ in intervals], [end for _, end in intervals]
    cuts = cut_columns(starts, ends, edges)
    return list(zip(starts, ends, strict=True)) if cuts else list(intervals), cuts


def cut_columns(starts: list[int], ends: list[int], edges: Iterable[int]) -> int:
    """Does in place what ``cut`` does, to intervals given as two columns. Returns the number of cuts."""
    inside: set[int] = set()
    for edge in edges:
        i = bisect_right(starts, edge) - 1
        if i >= 0 and starts[i] < edge < ends[i]:
            inside.add(edge)
    if inside:
        for column in (starts, ends):
            column.extend(inside)
            column.sort()
    return len(inside)
