"""Places the spans of a withheld article in a copy of its text: exact, aligned, or refused. Pure; it never guesses.

An exact copy is proved by its SHA-256. In any other, a span is placed where its words, its anchors and the landmarks
around it agree; spans for which they do not, or agree twice, are left out with the reason. A copy that shares too
little with the fingerprint and the anchors of the article is another text and is refused whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bilan import model, withhold
from bilan.hydration import edges, exact, forms
from bilan.hydration.forms import Copy
from bilan.hydration.segments import Segment, chain, landmarks
from bilan.model import Json

LEAST_SHARE = 0.2
"""A copy is refused that has a smaller share of the fingerprint or of the anchors, each in order, than this."""

LEAST_SUPPORT = 3
"""Landmarks and words found, without which a segment is not believed."""

HIDDEN_LEAST = 25
"""Hidden words shorter than this are placed only where their hash proves them, in one spelling or another."""

CHANGED = "the words there are others"
MISSING = "not found"
AMBIGUOUS = "found more than once"
CROSSED = "out of order with its neighbours"


@dataclass(frozen=True, slots=True)
class Placed:
    """A span in the copy: half-open, code points of ``Hydration.text``; how sure, from 0 to 1."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Hydration:
    """What became of a withheld article and a copy of it.

    ``state``: exact, aligned or refused, with ``why`` where it is refused. ``text``: the text that the offsets of
    ``placed`` are in (pointer of a span → its place), None if refused. ``missing``: pointer → why it was left out.
    ``share``: how much of the article's fingerprint the copy has.
    """

    id: str
    state: str
    text: str | None = None
    placed: dict[str, Placed] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    share: float = 0.0
    why: str = ""
    offset: int = 0
    """Where ``text`` begins in the canonical copy; of an aligned one."""

    def told(self) -> str:
        """The result in a few words."""
        if self.state == "aligned":
            return f"aligned {len(self.placed)}/{len(self.placed) + len(self.missing)}"
        return self.state if self.state == "exact" else f"refused: {self.why}"


def hydrate(article: Json, given: str) -> Hydration:
    """Finds a withheld article in a copy of its text, which may have other text around it.

    ``article``: the withheld form, known to fit the schema. ``given``: the copy as plain text.
    """
    text = forms.canonical(given)
    header = article["text"]
    whole = exact.find(text, header["length"], header["sha256"])
    if whole is not None:
        return _exact(article, whole)
    copy = forms.read(text, header["anchors"]["salt"])
    spans = [at.span for at in model.spans(article)]
    found = landmarks(_distinct(spans), copy)
    segments = chain(found)
    share, refused = _share(article, copy, spans, segments)
    if refused:
        return Hydration(article["id"], "refused", share=share, why=refused)
    begin = Counter(
        copy.place(s.landmarks[0].copy) - s.start for s in segments if s.landmarks[0].copy >= s.start
    )
    shifts = [shift for shift, _ in begin.most_common(3)]
    whole = exact.find(text, header["length"], header["sha256"], shifts) or (
        exact.retyped(text, header["length"], header["sha256"]) if share >= 0.9 else None
    )
    if whole is not None:
        return _exact(article, whole)
    return _aligned(article, text, copy, segments, share)


def _exact(article: Json, text: str) -> Hydration:
    placed = {at.pointer: Placed(at.span["start"], at.span["end"], 1.0) for at in model.spans(article)}
    return Hydration(article["id"], "exact", text, placed, share=1.0)


def _distinct(spans: Iterable[Json]) -> list[Json]:
    """One span of each place."""
    return list({(span["start"], span["end"]): span for span in spans}.values())


def _share(article: Json, copy: Copy, spans: list[Json], segments: list[Segment]) -> tuple[float, str]:
    """How much of the fingerprint the copy has, and why it is refused; "" if it is not."""
    has, of = forms.fingerprint_share(copy, article["text"]["anchors"]["fingerprint"])
    share = has / of if of else 0.0
    wanted = {(span["start"], "before") for span in spans} | {(span["end"], "after") for span in spans}
    good = {
        (at.original, at.kind) for s in segments if s.support >= LEAST_SUPPORT for at in s.landmarks
    } & wanted
    anchored = len(good) / len(wanted) if wanted else 0.0
    told = f"{has} of {of} of its fingerprint and {len(good)} of {len(wanted)} of its anchors are there"
    if max(share, anchored) < LEAST_SHARE or min(share, anchored) < LEAST_SHARE / 2:
        return share, f"this is another text, or too little of it ({told})"
    return share, ""


# --- a copy that differs ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    at: model.SpanAt
    start: int
    end: int
    confidence: float
    evidence: int
    """Landmarks and words that speak for it."""


def _aligned(article: Json, text: str, copy: Copy, segments: list[Segment], share: float) -> Hydration:
    by_segment, missing = _two_rounds(article, copy, segments)
    kept: list[_Found] = []
    for number, some in by_segment.items():
        words = {(one.start, one.end) for one in some if one.evidence}
        if segments[number].support + len(words) < LEAST_SUPPORT:
            missing.update((one.at.pointer, MISSING) for one in some)
            continue
        good, crossed = _in_order(some)
        kept += good
        missing.update((one.at.pointer, CROSSED) for one in crossed)
    if not kept:
        why = "none of its spans could be placed"
        return Hydration(article["id"], "refused", share=share, why=why)
    low, high = _stretch(article, text, copy, kept, segments)
    order = {at.pointer: i for i, at in enumerate(model.spans(article))}
    placed = {
        one.at.pointer: Placed(
            copy.place(one.start) - low, copy.place(one.end, end=True) - low, round(one.confidence, 4)
        )
        for one in sorted(kept, key=lambda one: order[one.at.pointer])
    }
    return Hydration(article["id"], "aligned", text[low:high], placed, missing, share, offset=low)


def _two_rounds(
    article: Json, copy: Copy, segments: list[Segment]
) -> tuple[dict[int, list[_Found]], dict[str, str]]:
    """Places by the number of their segment, and why other spans have none.

    What was placed in the first round is a landmark in the second, for its neighbours and for what has an edge
    in common with it.
    """
    hasher = forms.surface_hasher(article["text"]["anchors"]["salt"], "surface")
    by_segment: dict[int, list[_Found]] = {}
    left = list(model.spans(article))
    missing: dict[str, str] = {}
    for _ in range(2):
        missing = {}
        done: dict[tuple[object, ...], tuple[int, _Found | str]] = {}
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
                mine = _Found(at, found.start, found.end, found.confidence, found.evidence)
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
    at: model.SpanAt, lang: str, copy: Copy, segments: list[Segment], hasher: forms.surface_hasher
) -> tuple[int, _Found | str]:
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


def _place(
    at: model.SpanAt, lang: str, copy: Copy, segment: Segment, hasher: forms.surface_hasher
) -> _Found | str:
    span = at.span
    length = span["end"] - span["start"]
    twin = segment.between(span["start"]), segment.between(span["end"])
    if "hash" in span and twin[0] is not None and twin[1] is not None and twin[1] > twin[0]:
        return _Found(at, twin[0], twin[1], _confidence(16), 0)
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
        return _Found(at, *good[0], _confidence(16 + 16 * anchors + 8 * measured), 1)
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


def _holds(words: str, span: Json, hasher: forms.surface_hasher, retyped: bool) -> bool:
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
    hasher: forms.surface_hasher,
) -> _Found | str:
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
            return _Found(at, *least[0][1:], _confidence(10 + 16 * anchors), 1)
        return AMBIGUOUS if near else (CHANGED if pairs else MISSING)
    length = span["end"] - span["start"]
    if (
        length <= edges.SHORT
        and begin is not None
        and finish is not None
        and abs(finish - begin - length) < 2
    ):
        if edges.mended(copy.text[begin:finish], span["hash"], hasher):
            return _Found(at, begin, finish, _confidence(8 + 16 * anchors), 1)
        return CHANGED
    if at.layer == "zones":
        return _line(at, copy, windows, hasher)
    if length < HIDDEN_LEAST:
        return CHANGED if begin is not None and finish is not None else MISSING
    if begin is None or finish is None or abs(finish - begin - length) > 2 + length // 16:
        return MISSING
    return _Found(at, begin, finish, _confidence(10 + 8 * anchors), 0)


def _line(
    at: model.SpanAt,
    copy: Copy,
    windows: tuple[tuple[int, int, bool], tuple[int, int, bool]],
    hasher: forms.surface_hasher,
) -> _Found | str:
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
        return _Found(at, *proved[0], _confidence(18), 1)
    near = [one for one in lines if windows[0][0] - 4 <= one[0] <= windows[0][1] + 4]
    near = [
        one
        for one in near
        if windows[0][1] - windows[0][0] <= 8 and windows[1][0] - 4 <= one[1] <= windows[1][1] + 4
    ]
    if len(near) == 1 and length >= HIDDEN_LEAST:
        return _Found(at, *near[0], _confidence(11), 0)
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


def _in_order(some: list[_Found]) -> tuple[list[_Found], list[_Found]]:
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


def _crosses(one: _Found, two: _Found) -> bool:
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


def _stretch(
    article: Json, text: str, copy: Copy, kept: list[_Found], segments: list[Segment]
) -> tuple[int, int]:
    """The lines of the copy that the article takes up, as far as can be told: from where to where."""
    low = min(copy.place(one.start) for one in kept)
    high = max(copy.place(one.end, end=True) for one in kept)
    length = article["text"]["length"]
    head = min((s for s in segments), key=lambda s: s.start)
    tail = max((s for s in segments), key=lambda s: s.end)
    if head.start <= edges.REACH:
        low = min(low, max(0, copy.place(head.landmarks[0].copy) - head.start))
    if length - tail.end <= edges.REACH:
        high = max(high, min(len(text), copy.place(tail.landmarks[-1].copy) + length - tail.end))
    line = text.rfind("\n", 0, low + 3) + 1
    low = line if line <= low + 3 else low
    end = text.find("\n", max(0, high - 3))
    return low, (len(text) if end < 0 else max(end, high))


# --- the article with the text ---------------------------------------------------------------------------


def filled(article: Json, result: Hydration) -> Json:
    """The withheld article with the text of a result in it, and the surfaces of the spans that were placed.

    Spans that were not placed are left out: of lists they are taken out; records that are such spans themselves
    go, with what points at them (an attribution without content, a relation). ``text.content`` is the copy's.
    """
    if result.text is None:
        raise ValueError(f"{result.id} was refused")
    header = {**article["text"], "content": result.text}
    if result.state == "exact":
        return {**withhold.fill(article, result.text), "text": header}
    out: Json = {**article, "text": header}
    for layer in model.SELF_SPANNED:
        some = (_moved(record, f"/{layer}/{i}", result) for i, record in enumerate(article[layer]))
        out[layer] = [record for record in some if record is not None]
    for layer, fields in model.SPAN_LISTS.items():
        out[layer] = [
            {
                key: _list(value, f"/{layer}/{i}/{key}", result) if key in fields else value
                for key, value in record.items()
            }
            for i, record in enumerate(article[layer])
        ]
    return _pruned(out, {record["id"] for layer in model.SELF_SPANNED for record in article[layer]})


def _moved(span: Json, pointer: str, result: Hydration) -> Json | None:
    place = result.placed.get(pointer)
    if place is None or result.text is None:
        return None
    out: Json = {}
    for key, value in span.items():
        if key in ("surface", "hash", "anchor"):
            continue
        out[key] = value
        if key == "end":
            out.update(start=place.start, end=place.end, surface=result.text[place.start : place.end])
    return out


def _list(spans: list[Json], pointer: str, result: Hydration) -> list[Json]:
    some = (_moved(span, f"{pointer}/{j}", result) for j, span in enumerate(spans))
    return [span for span in some if span is not None]


def _pruned(article: Json, spanned: set[str]) -> Json:
    """The article without references to records that are no longer there."""
    gone = spanned - {record["id"] for layer in model.SELF_SPANNED for record in article[layer]}
    out = dict(article)
    out["events"] = [{**e, "times": [t for t in e["times"] if t not in gone]} for e in article["events"]]
    out["figures"] = [
        {**f, "period": None if f["period"] in gone else f["period"]} for f in article["figures"]
    ]
    out["relations"] = [r for r in article["relations"] if r["from"] not in gone and r["to"] not in gone]
    attributions = article["attributions"]
    while True:
        attributions = [{**a, "content": [c for c in a["content"] if c not in gone]} for a in attributions]
        empty = {a["id"] for a in attributions if not a["content"]}
        if not empty:
            break
        gone |= empty
        attributions = [a for a in attributions if a["id"] not in empty]
    out["attributions"] = attributions
    return out
