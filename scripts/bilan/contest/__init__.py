"""Who says more about one toll, and how tolls grow: pure functions on the tolls of ``bilan.tolls``.

The *number* of a claim is ``Claim.number``: as stated, else as ACLED reads vague words; a bound from above ("up to
200") counts, as its bound, only where that kind of source gives nothing else. Denials, copies, zeros and the
article's own voice are left out, so that each number has a speaker and a logarithm. Ratios are compared as
logarithms. Several claims of one kind of source in one toll are averaged first (their
geometric mean), so that each toll weighs once. Intervals come from drawing whole stories anew, since the tolls of
one story hang together; the draw is seeded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from bilan.reductions import Claim, Toll
from bilan.tables.tolls import FROM_ABOVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 2000
SEED = 20250523

STATE = ("government", "military", "security_forces", "local_authority", "judiciary")
"""Kinds of source that speak for the state whose territory it is."""

FORCES = ("government", "military", "security_forces")
"""Kinds that speak for those who bear the state's arms."""

FEW = 5
"""Stories in which a kind must meet others, or two kinds each other, before they are compared."""

Ratio = tuple[Toll, float]
"""A toll and the logarithm of a ratio in it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Ratios over tolls: their median with a 95 % interval over stories (low, high), and how many lie where."""

    tolls: int
    stories: int
    median: float
    low: float
    high: float
    above: int
    equal: int
    below: int


def spoken(toll: Toll) -> list[tuple[Claim, float]]:
    """The claims of a toll that have a speaker and a number above zero: (claim, logarithm of the number)."""
    mine = [claim for claim in toll.claims if claim.counted and claim.source_kind is not None]
    firm = {claim.source_kind for claim in mine if claim.number}
    out = []
    for claim in mine:
        number = claim.number if claim.source_kind in firm else bound(claim)
        if number:
            out.append((claim, math.log(number)))
    return out


def only_stated(tolls: Iterable[Toll]) -> list[Toll]:
    """The tolls without the claims whose words hold no number ("dozens"), which would be read from below."""
    return [
        replace(toll, claims=tuple(claim for claim in toll.claims if claim.stated is not None))
        for toll in tolls
    ]


def bound(claim: Claim) -> float | None:
    """The number of a claim, be it a bound from above only."""
    above = claim.asserts and claim.stance != "denies" and claim.modifier in FROM_ABOVE
    return claim.high if above else claim.number


def by_kind(claims: Iterable[tuple[Claim, float]]) -> dict[str, float]:
    """Kind of source → mean logarithm of its claims."""
    groups: dict[str, list[float]] = {}
    for claim, value in claims:
        groups.setdefault(str(claim.source_kind), []).append(value)
    return {kind: math.fsum(values) / len(values) for kind, values in groups.items()}


def summary(ratios: Sequence[Ratio]) -> Summary:
    """Median ratio with its interval. Raises ValueError where there is nothing to sum up."""
    import numpy as np

    values = np.array([value for _, value in ratios])
    low, high = _bootstrap(values, [toll.story for toll, _ in ratios])
    return Summary(
        tolls=len(ratios),
        stories=len({toll.story for toll, _ in ratios}),
        median=math.exp(float(np.median(values))),
        low=low,
        high=high,
        above=int((values > _SAME).sum()),
        equal=int((abs(values) <= _SAME).sum()),
        below=int((values < -_SAME).sum()),
    )


def enough(ratios: Iterable[Ratio]) -> bool:
    """Whether the tolls are of enough stories to say something of them."""
    return len({toll.story for toll, _ in ratios}) >= FEW


_SAME = 1e-9
"""Means of equal numbers differ in the last binary digits."""


def _bootstrap(values: NDArray[np.float64], stories: Sequence[str]) -> tuple[float, float]:
    """95 % interval of the median ratio over stories drawn anew. ``values``: logarithms, shape (n,)."""
    import numpy as np

    names, story = np.unique(np.array(stories), return_inverse=True)
    order = np.argsort(values, kind="stable")
    draws = np.random.default_rng(SEED).multinomial(len(names), [1 / len(names)] * len(names), size=DRAWS)
    reached = np.cumsum(draws[:, story[order]], axis=1)  # how many drawn values are no greater: (DRAWS, n)
    total = reached[:, -1]
    middles = [(reached > ((total - shift) // 2)[:, None]).argmax(axis=1) for shift in (1, 0)]
    medians = (values[order][middles[0]] + values[order][middles[1]]) / 2
    low, high = np.exp(np.percentile(medians, [2.5, 97.5]))
    return float(low), float(high)


# --- who says more ----------------------------------------------------------------------------------------


def against_others(tolls: Iterable[Toll]) -> dict[str, list[Ratio]]:
    """Kind of source → per toll its claim against the median of the other kinds' claims."""
    out: dict[str, list[Ratio]] = {}
    for toll in tolls:
        for kind, ratio in _to_others(by_kind(spoken(toll))).items():
            out.setdefault(kind, []).append((toll, ratio))
    return out


def against_others_that_day(tolls: Iterable[Toll]) -> dict[str, list[Ratio]]:
    """The same among claims of one day only; the days of a toll are averaged."""
    out: dict[str, list[Ratio]] = {}
    for toll in tolls:
        found: dict[str, list[float]] = {}
        for _, claims in _days(toll):
            for kind, ratio in _to_others(by_kind(claims)).items():
                found.setdefault(kind, []).append(ratio)
        for kind, ratios in found.items():
            out.setdefault(kind, []).append((toll, math.fsum(ratios) / len(ratios)))
    return out


def _to_others(means: dict[str, float]) -> dict[str, float]:
    from statistics import median

    if len(means) < 2:
        return {}
    return {kind: value - median(v for k, v in means.items() if k != kind) for kind, value in means.items()}


def pairs(tolls: Iterable[Toll], same_day: bool = False) -> dict[tuple[str, str], list[Ratio]]:
    """(a, b) → per toll what a says over what b says; both orders are there. ``same_day``: day by day."""
    out: dict[tuple[str, str], list[Ratio]] = {}
    for toll in tolls:
        found: dict[tuple[str, str], list[float]] = {}
        for claims in [c for _, c in _days(toll)] if same_day else [spoken(toll)]:
            means = by_kind(claims)
            for a in means:
                for b in means:
                    if a != b:
                        found.setdefault((a, b), []).append(means[a] - means[b])
        for pair, ratios in found.items():
            out.setdefault(pair, []).append((toll, math.fsum(ratios) / len(ratios)))
    return out


@dataclass(frozen=True, slots=True)
class Sides:
    """Whose dead are counted, and two groups of kinds that speak of them: what the first says over the second."""

    dead: str
    first: str
    second: str
    ratios: list[tuple[Toll, float, float]]
    """(toll, number of the first, number of the second)."""

    @property
    def logs(self) -> list[Ratio]:
        return [(toll, math.log(a / b)) for toll, a, b in self.ratios]


def sides(tolls: Sequence[Toll]) -> list[Sides]:
    """What one side says over the other, where it is known whose people died or who killed them."""
    army = [t for t in tolls if t.entity_type == "state_force"]
    mission = [t for t in tolls if t.entity_type == "external_force"]
    rebels = [t for t in tolls if t.entity_type == "armed_group"]
    by_state = [t for t in tolls if t.entity is None and t.perpetrators == ("state_force",)]
    by_group = [t for t in tolls if t.entity is None and t.perpetrators == ("armed_group",)]
    group = ("armed_group",)
    # the host's government speaks of a foreign force as a third party
    own = _sides(army, group, FORCES) + _sides(mission, group, ("peacekeeping", "military"))
    return [
        Sides("soldiers, police and peacekeepers", "armed groups", "their own side", own),
        Sides(
            "members of armed groups", "government and forces", "armed groups", _sides(rebels, FORCES, group)
        ),
        Sides(
            "people killed by state forces",
            "government and forces",
            "all others",
            _sides(by_state, FORCES, None),
        ),
        Sides("people killed by an armed group", "the state", "all others", _sides(by_group, STATE, None)),
        Sides("people killed by an armed group", "armed groups", "all others", _sides(by_group, group, None)),
    ]


def _sides(
    tolls: Iterable[Toll], first: Collection[str], second: Collection[str] | None
) -> list[tuple[Toll, float, float]]:
    """The median of two groups of kinds in each toll in which both speak; None = all kinds but the first ones."""
    from statistics import median

    out = []
    for toll in tolls:
        means = by_kind(spoken(toll))
        a = [value for kind, value in means.items() if kind in first]
        b = [v for kind, v in means.items() if (kind not in first if second is None else kind in second)]
        if a and b:
            out.append((toll, math.exp(median(a)), math.exp(median(b))))
    return out


# --- time -------------------------------------------------------------------------------------------------

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _days(toll: Toll) -> list[tuple[str, list[tuple[Claim, float]]]]:
    """The numbers of a toll by the day of the claim; those whose day is not known are left out."""
    days: dict[str, list[tuple[Claim, float]]] = {}
    for claim, value in spoken(toll):
        if claim.date and _DAY.fullmatch(claim.date):
            days.setdefault(claim.date, []).append((claim, value))
    return sorted(days.items())


def delays(tolls: Iterable[Toll]) -> dict[str, list[int]]:
    """Kind of source → for each of its claims, days since the first day on which anybody gave a number."""
    out: dict[str, list[int]] = {}
    for toll in tolls:
        days = _days(toll)
        if len(days) > 1:
            first = date.fromisoformat(days[0][0])
            for day, claims in days:
                for claim, _ in claims:
                    out.setdefault(str(claim.source_kind), []).append((date.fromisoformat(day) - first).days)
    return out


def growth(tolls: Iterable[Toll]) -> list[Ratio]:
    """Per toll with claims on two days or more: the median number of the last day over that of the first."""
    from statistics import median

    out = []
    for toll in tolls:
        days = _days(toll)
        if len(days) > 1:
            first, last = (median(value for _, value in days[i][1]) for i in (0, -1))
            out.append((toll, last - first))
    return out


def own_growth(tolls: Iterable[Toll]) -> list[Ratio]:
    """The same within each kind of source that speaks on two days or more, averaged over the kinds of a toll."""
    out = []
    for toll in tolls:
        first: dict[str, float] = {}
        last: dict[str, float] = {}
        days = [by_kind(claims) for _, claims in _days(toll)]
        for means in days:
            for kind, value in means.items():
                first.setdefault(kind, value)
                last[kind] = value
        again = [kind for kind in first if sum(kind in means for means in days) > 1]
        if again:
            out.append((toll, math.fsum(last[kind] - first[kind] for kind in again) / len(again)))
    return out


def least_at_first(tolls: Iterable[Toll]) -> list[bool]:
    """Per toll with claims on two days or more: whether its least number was already said on the first day."""
    out = []
    for toll in tolls:
        days = _days(toll)
        if len(days) > 1:
            least = min(value for _, claims in days for _, value in claims)
            out.append(min(value for _, value in days[0][1]) <= least + _SAME)
    return out
