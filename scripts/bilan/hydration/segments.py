"""Stretches of the original that a copy holds in one piece, found through the anchors of the spans.

A *landmark* is a place of the original that was found in the copy: the words before a span's start, or behind its end,
or the words of a name, have the same hash there. Hashes are short, so single landmarks may be chance; landmarks that
follow each other in both texts at nearly the same distances are not. Such a run is a *segment*. A paragraph that was
moved is a segment of its own; what stands between two segments was added, dropped or rewritten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from bilan.hydration.forms import Copy
from bilan.model import Json

MAX_HITS = 6
"""A landmark that is found in more places says nothing."""

SLACK, DRIFT, MAX_SLACK = 3, 0.04, 12
"""How far two neighbouring landmarks may be apart in the copy: characters, share of their distance, at most."""


MAX_GAP = 200
"""A segment has no longer stretch without a landmark: what lies there is not known."""

CLOSE = 80
"""Between two landmarks of a segment that are no farther apart there is nothing of another one."""


class Landmark(NamedTuple):
    """A place of the original and where it is in the copy.

    ``kind``: before, after or words. ``sharp``: known to the character; else a mark may stand between.
    """

    original: int
    copy: int
    kind: str
    sharp: bool

    @property
    def shift(self) -> int:
        return self.copy - self.original


@dataclass(slots=True)
class Segment:
    """A run of landmarks in order. ``firm``: those to measure by, without the ones that stand out."""

    landmarks: list[Landmark]
    firm: list[Landmark] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    @property
    def support(self) -> int:
        """Number of anchors found, each once: names alone, which stand in many places, prove none."""
        return len({(at.original, at.kind) for at in self.landmarks if at.kind != "words"})

    @property
    def start(self) -> int:
        return self.landmarks[0].original

    @property
    def end(self) -> int:
        return self.landmarks[-1].original

    def learn(self, places: Iterable[tuple[int, int]]) -> None:
        """Takes in edges of spans that were placed: (offset in the original, in the copy)."""
        known = {at.original: at for at in self.firm}
        for original, there in places:
            known[original] = Landmark(original, there, "placed", True)
        self.firm = [known[original] for original in sorted(known)]
        self.places = [at.original for at in self.firm]

    def between(self, offset: int) -> int | None:
        """Where an edge of a span that was placed is in the copy."""
        i = bisect_left(self.places, offset)
        there = i < len(self.firm) and self.places[i] == offset and self.firm[i].kind == "placed"
        return self.firm[i].copy if there else None

    def holds(self, at: Landmark) -> bool:
        """Whether the place of a landmark, here or there, lies among the segment's own."""
        places = [[one.original for one in self.landmarks], sorted(one.copy for one in self.landmarks)]
        for some, place in zip(places, (at.original, at.copy), strict=True):
            i = bisect_left(some, place)
            if i < len(some) and some[i] == place:
                return True
            if 0 < i < len(some) and some[i] - some[i - 1] <= CLOSE:
                return True
        return False

    def around(self, offset: int) -> tuple[Landmark | None, Landmark | None]:
        """The nearest firm landmarks at or before an offset of the original, and at or behind it."""
        i = bisect_left(self.places, offset)
        if i < len(self.firm) and self.places[i] == offset:
            return self.firm[i], self.firm[i]
        return (self.firm[i - 1] if i else None), (self.firm[i] if i < len(self.firm) else None)


def landmarks(spans: Iterable[Json], copy: Copy) -> list[Landmark]:
    """Every place where an anchor or the clear words of a span are in the copy, in order of the original."""
    found: set[Landmark] = set()
    empty = (_one(copy.before, 0), _one(copy.after, len(copy.tokens)))
    for span in spans:
        before, after = span["anchor"]
        gaps = copy.before.get(before, ())
        if len(gaps) <= MAX_HITS and before != empty[0]:
            found.update(
                Landmark(span["start"], copy.starts[gap], "before", copy.plain_gap(gap))
                for gap in gaps
                if gap < len(copy.starts)
            )
        gaps = copy.after.get(after, ())
        if len(gaps) <= MAX_HITS and after != empty[1]:
            found.update(
                Landmark(span["end"], copy.ends[gap - 1], "after", copy.plain_gap(gap)) for gap in gaps if gap
            )
        if "surface" in span and copy.text.count(span["surface"]) <= 3:
            at = copy.text.find(span["surface"])
            while at >= 0:
                end = at + len(span["surface"])
                if copy.is_start(at) and copy.is_end(end):
                    found.add(Landmark(span["start"], at, "words", True))
                    found.add(Landmark(span["end"], end, "words", True))
                at = copy.text.find(span["surface"], at + 1)
    return sorted(found)


def _one(index: dict[str, list[int]], gap: int) -> str:
    """The hash of no words at all, as it stands at the edge of a text."""
    return next((key for key, gaps in index.items() if gap in gaps and len(gaps) == 1), "")


def chain(found: list[Landmark]) -> list[Segment]:
    """The segments of the landmarks, the best supported first. Those that share a place with a better one yield it."""
    open_: list[list[Landmark]] = []
    for at in found:
        best, distance = None, float("inf")
        for run in reversed(open_[-40:]):
            last = run[-1]
            gap = at.original - last.original
            apart = abs(at.shift - last.shift)
            if gap > MAX_GAP:
                continue
            if apart > min(MAX_SLACK, SLACK + DRIFT * gap) or at.copy < last.copy - (0 if gap else 3):
                continue
            if apart + gap / 50 < distance:
                best, distance = run, apart + gap / 50
        if best is None:
            open_.append([at])
        else:
            best.append(at)
    runs = [_borne_out(run) for run in open_]
    return _disjoint([Segment(run) for run in runs if len(run) > 1])


def _borne_out(run: list[Landmark]) -> list[Landmark]:
    """The run without names that have no anchor near them: the same name stands in many places."""
    anchors = [at for at in run if at.kind != "words"]
    return [
        at
        for at in run
        if at.kind != "words"
        or any(abs(o.original - at.original) <= CLOSE and abs(o.shift - at.shift) <= 2 for o in anchors)
    ]


def _disjoint(segments: list[Segment]) -> list[Segment]:
    kept: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (-s.support, s.start, s.landmarks[0].copy)):
        left = [at for at in segment.landmarks if not any(other.holds(at) for other in kept)]
        if len(left) > 1:
            whole = Segment(left)
            whole.firm = _firm(left)
            whole.places = [at.original for at in whole.firm]
            kept.append(whole)
    return kept


def _firm(run: list[Landmark]) -> list[Landmark]:
    """One landmark a place, without those whose shift stands out among their neighbours on both sides."""
    by_place: dict[int, list[Landmark]] = {}
    for at in (at for at in run if at.sharp):
        by_place.setdefault(at.original, []).append(at)
    single = [
        next((at for at in group if at.kind == "words"), group[0])
        for group in by_place.values()
        if len({at.copy for at in group}) == 1
    ]
    out = []
    for i, at in enumerate(single):
        if 0 < i < len(single) - 1:
            left, right = single[i - 1].shift, single[i + 1].shift
            if at.shift > max(left, right) or at.shift < min(left, right):
                continue
        out.append(at)
    return out or single or run[:1]
