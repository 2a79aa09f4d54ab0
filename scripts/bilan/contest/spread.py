"""How far the claims about one toll lie apart, and their reductions: pure functions on the tolls of ``bilan.tolls``.

The number of a claim is that of ``bilan.contest``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from bilan.contest import bound, spoken
from bilan.reductions import Claim, Toll
from bilan.tables.tolls import disjoint


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the claims about one toll lie apart."""

    toll: Toll
    claims: int
    ratio: float
    """Highest over lowest number."""
    settled: float
    """The same over the last claims of the kinds of source."""
    disjoint: bool
    """Whether no number fits all claims, because two exclude each other."""
    unsettled: bool
    """Whether the last claims of two kinds exclude each other."""


def spreads(tolls: Iterable[Toll]) -> list[Spread]:
    """The spread of every toll with two numbers or more."""
    out = []
    for toll in tolls:
        values = [value for _, value in spoken(toll)]
        if len(values) < 2:
            continue
        said = [claim for claim in toll.claims if claim.reduced and claim.source_kind is not None]
        last = lasts(toll)
        ends = [math.log(number) for claim in last if (number := bound(claim))]
        spread = math.exp(max(ends) - min(ends)) if ends else 1.0
        ratio = math.exp(max(values) - min(values))
        out.append(Spread(toll, len(values), ratio, spread, _exclude(said), _exclude(last)))
    return out


def lasts(toll: Toll) -> list[Claim]:
    """The last claim of each kind of source, the article's own voice left out."""
    claims = {claim.id: claim for claim in toll.claims}
    return [
        claims[last.claim] for last in toll.latest if last.source_kind is not None and last.claim in claims
    ]


def _exclude(claims: Iterable[Claim]) -> bool:
    bounds = [{"low": claim.low, "high": claim.high} for claim in claims]
    return any(disjoint(a, b) for a, b in combinations(bounds, 2))


# --- reductions, and what UCDP records ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reduced:
    """The reductions of one toll as numbers; ``latest`` over the last claims of its kinds of source."""

    toll: Toll
    low: float
    high: float | None
    conservative: float | None
    latest: tuple[float, ...]

    @property
    def middle(self) -> float | None:
        """The median of the last claims."""
        from statistics import median

        return median(self.latest) if self.latest else None


def reduced(tolls: Iterable[Toll]) -> list[Reduced]:
    """The reductions of every toll that has some."""
    out = []
    for toll in tolls:
        low, high = toll.interval
        if low is not None:
            latest = tuple(sorted(n for claim in lasts(toll) if (n := bound(claim)) is not None))
            out.append(Reduced(toll, low, high, toll.acled_conservative, latest))
    return out


@dataclass(frozen=True, slots=True)
class Recorded:
    """A toll beside UCDP's record of the event; several records of one event are added up."""

    reduced: Reduced
    low: int
    best: int
    high: int
    records: int

    @property
    def inside(self) -> bool:
        """Whether UCDP's best estimate lies in the interval of the claims."""
        high = self.reduced.high
        return self.reduced.low <= self.best and (high is None or self.best <= high)


def recorded(tolls: Iterable[Toll]) -> list[Recorded]:
    """Tolls of the dead of events that UCDP records."""
    out = []
    for one in reduced(tolls):
        records = [r for r in one.toll.external if r.database == "ucdp_ged"]
        if records and one.toll.measure == "killed":
            low, best, high = (sum(getattr(r, name) for r in records) for name in ("low", "best", "high"))
            out.append(Recorded(one, low, best, high, len(records)))
    return out
