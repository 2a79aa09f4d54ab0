"""Places single spans in the segments of a copy, in two rounds; what cannot be placed has a reason."""

from __future__ import annotations

from dataclasses import dataclass

from bilan import model
from bilan.hydration import edges, forms
from bilan.hydration.forms import Copy
from bilan.hydration.segments import Segment
from bilan.model import Json

HIDDEN_LEAST = 25
"""Hidden words shorter than this are placed only where their hash proves them, in one spelling or another."""

CHANGED = "the words there are others"
MISSING = "not found"
AMBIGUOUS = "found more than once"
CROSSED = "out of order with its neighbours"


@dataclass(slots=True)
class Found:
    at: model.SpanAt
    start: int
    end: int
    confidence: float
    evidence: int
    """Landmarks and words that speak for it."""


def two_rounds(
    article: Json, copy: Copy, segments: list[Segment]
) -> tuple[dict[int, list[Found]], dict[str, str]]:
    """Places by the number of their segment, and why other spans have none.

    What was placed in the first round is a landmark in the second, for its neighbours and for what has an edge
    in common with it.
    """
    hasher = forms.Hasher(article["text"]["anchors"]["salt"], "surface")
    by_segment: dict[int, list[Found]] = {}
    left = list(model.spans(article))
    missing: dict[str, str] = {}
    for _ in range(2):
        missing = {}
        done: dict[tuple[object, ...], tuple[int, Found | str]] = {}
        again: list[model.SpanAt] = []
        for at in left:
            span = at.span
            key = (span["start"], span["end"], span.get("surface"), at.layer if "surface" in span else "")
            if key not in done:
                done[key] = _place_somewhere(at, article["lang"], copy, segments, hasher)
            number, found = done[key]
            if isinstance(found, str):
                missing[at.pointer] = found
                again.append(at)
            else:
                mine = Found(at, found.start, found.end, found.confidence, found.evidence)
                by_segment.setdefault(number, []).append(mine)
        left = again
        if not left:
            break
        for number, some in by_segment.items():
            segments[number].learn(
                edge
                for one in some
                for edge in ((one.at.span["start"], one.start), (one.at.span["end"], one.end))
            )
    return by_segment, missing


def _place_somewhere(
    at: model.SpanAt, lang: str, copy: Copy, segments: list[Segment], hasher: forms.Hasher
) -> tuple[int, Found | str]:
    """The place of a span in the segment that holds it, else in those that are nearest to it."""
    start, end = at.span["start"], at.span["end"]

    def away(number: int) -> int:
        return int(max(0, segments[number].start - start, end - segments[number].end))

    why = MISSING
    for number in sorted(range(len(segments)), key=away)[:3]:
        if away(number) > edges.REACH:
            break
        found = _place(at, lang, copy, segments[number], hasher)
        if not isinstance(found, str):
            return number, found
        why = found if why == MISSING else why
    return -1, why


def _place(at: model.SpanAt, lang: str, copy: Copy, segment: Segment, hasher: forms.Hasher) -> Found | str:
    span = at.span
    length = span["end"] - span["start"]
    twin = segment.between(span["start"]), segment.between(span["end"])
    if "hash" in span and twin[0] is not None and twin[1] is not None and twin[1] > twin[0]:
        return Found(at, twin[0], twin[1], _confidence(16), 0)
    first, last = edges.window(segment, span["start"]), edges.window(segment, span["end"])
    if first is None or last is None:
        return MISSING
    reach = max(edges.NEAR, first[1] - first[0], last[1] - last[0]) + 4
    gap_before = edges.own(copy, span["anchor"][0], copy.before, (first[0] + first[1]) // 2, reach, "start")
    gap_after = edges.own(copy, span["anchor"][1], copy.after, (last[0] + last[1]) // 2, reach, "end")
    begins = _begins(copy, gap_before, first)
    finishes = _finishes(copy, gap_after, last)
    anchors = (gap_before is not None) + (gap_after is not None)
    pairs = [
        (a, b) for a in begins for b in finishes if b - a > 0 and abs(b - a - length) <= 6 + length // 12
    ]
    pairs.sort(key=lambda pair: abs(pair[1] - pair[0] - length))
    if not anchors and "hash" in span:  # sixteen bits alone prove no place
        pairs = [pair for pair in pairs if pair[1] - pair[0] == length and (first[2] or last[2])]
    good = [pair for pair in pairs if _holds(copy.text[pair[0] : pair[1]], span, hasher, anchors > 0)]
    if not anchors and not (first[2] or last[2]):
        good = [pair for pair in good if edges.beside(segment, span["start"], pair[0])]
    if len(good) > 1:
        good = _best(good, span, first, copy)
    if len(good) == 1:
        measured = first[2] or last[2]
        return Found(at, *good[0], _confidence(16 + 16 * anchors + 8 * measured), 1)
    if good:
        return AMBIGUOUS
    return _changed(at, lang, copy, pairs, (gap_before, gap_after), (first, last), hasher)


def _begins(copy: Copy, gap: int | None, window: tuple[int, int, bool]) -> list[int]:
    """Where a span may begin: behind the words of its anchor, or where landmarks leave room."""
    if gap is not None:
        low = copy.ends[gap - 1] if gap else 0
        high = copy.starts[gap] if gap < len(copy.starts) else low
        found = list(edges.starts(copy, low, high))
        if found:
            return found
    return list(edges.starts(copy, window[0] - edges.NEAR, window[1] + edges.NEAR))


def _finishes(copy: Copy, gap: int | None, window: tuple[int, int, bool]) -> list[int]:
    if gap is not None and gap:
        low = copy.ends[gap - 1]
        high = copy.starts[gap] if gap < len(copy.starts) else len(copy.text)
        found = list(edges.ends(copy, low, high))
        if found:
            return found
    return list(edges.ends(copy, window[0] - edges.NEAR, window[1] + edges.NEAR))


def _holds(words: str, span: Json, hasher: forms.Hasher, retyped: bool) -> bool:
    if "surface" in span:
        return edges.same_words(words, span["surface"])
    return edges.hidden_match(words, span["hash"], hasher, retyped)


def _best(
    good: list[tuple[int, int]], span: Json, window: tuple[int, int, bool], copy: Copy
) -> list[tuple[int, int]]:
    """Of several places that hold the words the one that is the words to the letter, or clearly nearer."""
    surface = span.get("surface")
    literal = [pair for pair in good if copy.text[pair[0] : pair[1]] == surface]
    good = literal or good
    if len({a for a, _ in good}) == 1 and surface is None:
        # two ends that both have the hash: chance, once in some thousand spans
        exact_length = [pair for pair in good if pair[1] - pair[0] == span["end"] - span["start"]]
        return exact_length if len(exact_length) == 1 else good
    middle = (window[0] + window[1]) / 2
    ranked = sorted(good, key=lambda pair: abs(pair[0] - middle))
    if len(ranked) > 1 and abs(ranked[1][0] - middle) - abs(ranked[0][0] - middle) > 4:
        return ranked[:1]
    return ranked


def _changed(
    at: model.SpanAt,
    lang: str,
    copy: Copy,
    pairs: list[tuple[int, int]],
    gaps: tuple[int | None, int | None],
    windows: tuple[tuple[int, int, bool], tuple[int, int, bool]],
    hasher: forms.Hasher,
) -> Found | str:
    """A span whose words are not those of the original: a slip of the pen, or other words."""
    span = at.span
    marks = at.layer == "zones"  # the guidelines leave quotation marks and stops outside of other spans
    begin = _sure_start(copy, gaps[0], windows[0], marks)
    finish = _sure_end(copy, gaps[1], windows[1], marks)
    anchors = sum(gap is not None for gap in gaps)
    if "surface" in span:
        near = [
            (cost, a, b)
            for a, b in pairs
            if (a, b) == (begin, finish)
            or (anchors and windows[0][2] and windows[1][2] and (a == begin or b == finish))
            if (cost := edges.slips(copy.text[a:b], span["surface"], at.layer, span, lang)) is not None
        ]
        least = [one for one in near if one[0] == min(near)[0]]
        if len(least) == 1:
            return Found(at, *least[0][1:], _confidence(10 + 16 * anchors), 1)
        return AMBIGUOUS if near else (CHANGED if pairs else MISSING)
    length = span["end"] - span["start"]
    if (
        length <= edges.SHORT
        and begin is not None
        and finish is not None
        and abs(finish - begin - length) < 2
    ):
        if edges.mended(copy.text[begin:finish], span["hash"], hasher):
            return Found(at, begin, finish, _confidence(8 + 16 * anchors), 1)
        return CHANGED
    if at.layer == "zones":
        return _line(at, copy, windows, hasher)
    if length < HIDDEN_LEAST:
        return CHANGED if begin is not None and finish is not None else MISSING
    if begin is None or finish is None or abs(finish - begin - length) > 2 + length // 16:
        return MISSING
    return Found(at, begin, finish, _confidence(10 + 8 * anchors), 0)


def _line(
    at: model.SpanAt,
    copy: Copy,
    windows: tuple[tuple[int, int, bool], tuple[int, int, bool]],
    hasher: forms.Hasher,
) -> Found | str:
    """A zone that is a line of the copy: a headline has no words before it, and none behind it that stay there."""
    length = at.span["end"] - at.span["start"]
    lines = [
        (low, high)
        for low, high in copy.lines()
        if abs(high - low - length) <= 2 + length // 16
        and abs(low - windows[0][0]) <= edges.REACH
        and abs(high - windows[1][0]) <= edges.REACH
    ]
    proved = [
        one for one in lines if edges.hidden_match(copy.text[one[0] : one[1]], at.span["hash"], hasher, True)
    ]
    if len(proved) == 1:
        return Found(at, *proved[0], _confidence(18), 1)
    near = [one for one in lines if windows[0][0] - 4 <= one[0] <= windows[0][1] + 4]
    near = [
        one
        for one in near
        if windows[0][1] - windows[0][0] <= 8 and windows[1][0] - 4 <= one[1] <= windows[1][1] + 4
    ]
    if len(near) == 1 and length >= HIDDEN_LEAST:
        return Found(at, *near[0], _confidence(11), 0)
    return AMBIGUOUS if proved else MISSING


def _sure_start(copy: Copy, gap: int | None, window: tuple[int, int, bool], marks: bool) -> int | None:
    """The only place where a span can begin, or None. ``marks``: it may begin with one."""
    low, high = window[0] - 2, window[1] + 2
    found = list(edges.starts(copy, low, high, marks)) if window[2] else []
    if gap is not None and gap < len(copy.starts):
        behind = copy.ends[gap - 1] if gap else 0
        found = _agreed(list(edges.starts(copy, behind, copy.starts[gap], marks)), window)
    return found[0] if len(found) == 1 else None


def _sure_end(copy: Copy, gap: int | None, window: tuple[int, int, bool], marks: bool) -> int | None:
    low, high = window[0] - 2, window[1] + 2
    found = list(edges.ends(copy, low, high, marks)) if window[2] else []
    if gap is not None and gap:
        ahead = copy.starts[gap] if gap < len(copy.starts) else len(copy.text)
        found = _agreed(list(edges.ends(copy, copy.ends[gap - 1], ahead, marks)), window)
    return found[0] if len(found) == 1 else None


def _agreed(places: list[int], window: tuple[int, int, bool]) -> list[int]:
    """Places beside an anchor; none where landmarks on both sides say otherwise: then the anchor is chance."""
    if window[2] and not any(window[0] - 1 <= at <= window[1] + 1 for at in places):
        return []
    return places


def _confidence(bits: int) -> float:
    """How sure so many agreeing bits make it, among the places that were looked at (some 64)."""
    return float(max(0.5, 1 - 2.0 ** (6 - bits)))


def in_order(some: list[Found]) -> tuple[list[Found], list[Found]]:
    """Spans of a segment in the order of the original, and those that cross more neighbours than they agree with."""
    some = sorted(some, key=lambda one: (one.at.span["start"], -one.at.span["end"]))
    crossed: set[int] = set()
    while True:
        counts = [0] * len(some)
        for i, one in enumerate(some):
            if i in crossed:
                continue
            for j in range(i + 1, min(i + 12, len(some))):
                if j not in crossed and _crosses(one, some[j]):
                    counts[i] += 1
                    counts[j] += 1
        worst = max(range(len(some)), key=lambda i: (counts[i], -some[i].confidence))
        if not counts[worst]:
            break
        crossed.add(worst)
    kept = [one for i, one in enumerate(some) if i not in crossed]
    return kept, [some[i] for i in sorted(crossed)]


def _crosses(one: Found, two: Found) -> bool:
    """Whether two spans, the first beginning no later in the original, stand otherwise in the copy."""
    a, b = one.at.span, two.at.span
    if a["start"] == b["start"]:
        return one.start != two.start
    if one.start >= two.start:
        return True
    if a["end"] <= b["start"]:
        return one.end > two.start
    if a["end"] == b["end"]:
        return one.end != two.end
    return bool(a["end"] < b["end"]) != (one.end < two.end)
