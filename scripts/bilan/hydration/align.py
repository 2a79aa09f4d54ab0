"""Places the spans of a withheld article in a copy of its text: exact, aligned, or refused. Pure; it never guesses.

An exact copy is proved by its SHA-256. In any other, a span is placed where its words, its anchors and the landmarks
around it agree; spans for which they do not, or agree twice, are left out with the reason. A copy that shares too
little with the fingerprint and the anchors of the article is another text and is refused whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bilan import model
from bilan.hydration import edges, exact, forms
from bilan.hydration.forms import Copy
from bilan.hydration.placing import CROSSED, MISSING, Found, in_order, two_rounds
from bilan.hydration.segments import Segment, chain, landmarks
from bilan.model import Json

LEAST_SHARE = 0.2
"""A copy is refused that has a smaller share of the fingerprint or of the anchors, each in order, than this."""

LEAST_SUPPORT = 3
"""Landmarks and words found, without which a segment is not believed."""


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


def _aligned(article: Json, text: str, copy: Copy, segments: list[Segment], share: float) -> Hydration:
    by_segment, missing = two_rounds(article, copy, segments)
    kept: list[Found] = []
    for number, some in by_segment.items():
        words = {(one.start, one.end) for one in some if one.evidence}
        if segments[number].support + len(words) < LEAST_SUPPORT:
            missing.update((one.at.pointer, MISSING) for one in some)
            continue
        good, crossed = in_order(some)
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


def _stretch(
    article: Json, text: str, copy: Copy, kept: list[Found], segments: list[Segment]
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
