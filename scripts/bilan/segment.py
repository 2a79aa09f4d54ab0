"""Sentences and tokens of French and English news, by rule, with exact offsets in code points.

Sentences and tokens are half-open intervals in the order of the text. Together they cover every character
that is no white space (no-break spaces count as white space), and nothing overlaps.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

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
_END = re.compile(r"[.!?…]+(?:[ \u00a0\u202f]?»|[”\"’')\]])*(?=\s)(?!\s»)")
_OPENING = "«“\"‘'([—–-\u00a0\u202f "
_LAST_WORD = re.compile(r"[^\W_][\w.\-]*\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+['’]?")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\Z")
_LINE = re.compile(r"[^\n]+")


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


def sentences(text: str, whole: Iterable[Interval] = ()) -> list[Interval]:
    """The sentences of a text. Line ends always part them; none begins inside one of the ``whole`` spans."""
    found: list[Interval] = []
    for match in _LINE.finditer(text):
        line, offset = match.group(), match.start()
        cuts = [end.end() for end in _END.finditer(line) if _ends_sentence(line, end)]
        for start, stop in zip([0, *cuts], [*cuts, len(line)], strict=True):
            piece = line[start:stop]
            kept = piece.strip()
            if kept:
                first = offset + start + len(piece) - len(piece.lstrip())
                found.append((first, first + len(kept)))
    return _join(found, whole)


def _join(found: list[Interval], whole: Iterable[Interval]) -> list[Interval]:
    """Joins sentences that share one of the spans."""
    starts = [start for start, _ in found]
    glued: set[int] = set()
    for start, end in whole:
        first, last = bisect_right(starts, start), bisect_left(starts, end)
        glued.update(range(max(first, 1), last))
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
_COMMON = [
    r"https?://[^\s<>«»]*[^\s<>«».,;:!?)\]\"'’]",
    r"J\.-C\.",
    r"(?:[^\W\d_]\.){2,}",
    rf"(?=\w+(?:-\w+)?\.)(?<!\w)(?:{'|'.join(_STOPPED)})\.(?=\s+\S)",
    r"\d+(?:[.,]\d+)+",
]
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


@cache
def _token_pattern(lang: str) -> re.Pattern[str]:
    return re.compile("|".join([*_COMMON, *_BY_LANG.get(lang, _BY_LANG["en"]), r"\.{2,}", r"\S"]))


def tokens(text: str, lang: str, start: int = 0, end: int | None = None) -> list[Interval]:
    """The tokens of ``text[start:end]``, with offsets in ``text``. French elisions and English 's part."""
    stop = len(text) if end is None else end
    return [match.span() for match in _token_pattern(lang).finditer(text, start, stop)]


def cut(intervals: Sequence[Interval], edges: Iterable[int]) -> tuple[list[Interval], int]:
    """Cuts the intervals wherever one of the edges falls inside. Returns them and the number of cuts."""
    starts = [start for start, _ in intervals]
    inside: dict[int, list[int]] = {}
    for edge in sorted(set(edges)):
        i = bisect_right(starts, edge) - 1
        if i >= 0 and starts[i] < edge < intervals[i][1]:
            inside.setdefault(i, []).append(edge)
    if not inside:
        return list(intervals), 0
    out: list[Interval] = []
    for i, (start, end) in enumerate(intervals):
        points = [start, *inside.get(i, ()), end]
        out.extend(pairwise(points))
    return out, sum(map(len, inside.values()))
