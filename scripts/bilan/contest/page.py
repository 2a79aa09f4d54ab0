"""The sentences of ``docs/tolls.md``, and what renders the page; its tables are those of ``bilan.contest.tables``."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from bilan import contest, labels, reductions, stats
from bilan.contest import spread
from bilan.contest.tables import TABLES, interval, label, several, share, times
from bilan.reductions import Toll, headlines, leading


def base(tolls: Sequence[Toll]) -> str:
    """What the page rests on."""
    every, chosen = headlines(tolls), leading(tolls)
    spoken = [contest.spoken(toll) for toll in chosen]
    claims = len({claim.id for some in spoken for claim, _ in some})
    several_numbers = len(spread.spreads(every))
    return (
        f"{len(every)} events of {len({toll.story for toll in every})} stories have a headline toll of dead;"
        f" {several_numbers} of these rest on two numbers or more with a speaker. With the tolls of single sides"
        f" there are {len(chosen)}, with {claims:,} such claims."
    )


def findings(tolls: Sequence[Toll]) -> str:
    """The main results, as a list."""
    chosen = leading(tolls)
    found = spread.spreads(headlines(tolls))
    grown, own = contest.summary(contest.growth(chosen)), contest.summary(contest.own_growth(chosen))
    every = {
        kind: contest.summary(r) for kind, r in contest.against_others(chosen).items() if contest.enough(r)
    }
    day = {
        k: contest.summary(r) for k, r in contest.against_others_that_day(chosen).items() if contest.enough(r)
    }
    apart, apart_day = ([k for k, s in g.items() if not s.low <= 1 <= s.high] for g in (every, day))
    first = contest.sides(chosen)[0]
    armed = contest.summary(first.logs)
    reductions_ = [r for r in several(tolls) if r.conservative and r.middle]
    over = median((r.middle or 0) / (r.conservative or 1) for r in reductions_)
    listed = ", ".join(
        f"{label(kind)} {interval(every[kind])}" for kind in sorted(apart, key=lambda k: every[k].median)
    )
    listed_day = ", ".join(f"{label(kind)} {interval(day[kind])}" for kind in apart_day)
    lines = [
        f"**Claims about one toll lie far apart.** The highest is {times(median(s.ratio for s in found))} times the"
        f" lowest (median of {len(found)} tolls); two claims exclude each other in"
        f" {share(s.disjoint for s in found)}, the last claims of two kinds of source in"
        f" {share(s.unsettled for s in found)}.",
        f"**Much of that is time.** Tolls grow: the last day says {interval(grown)} times what the first day says"
        f" ({grown.above} grew, {grown.equal} stayed, {grown.below} shrank), and one kind of source {interval(own)}"
        f" times its own first number.",
        f"**Few kinds of source differ once time is held still.** Over all claims the interval leaves out 1 for"
        f" {len(apart)} of {len(every)} kinds{': ' if apart else ''}{listed}. Among claims of the same day it does so"
        f" for {len(apart_day)} of {len(day)} kinds{': ' if apart_day else ''}{listed_day}.",
        f"**Armed groups mostly claim more dead soldiers, police and peacekeepers than their own side admits:**"
        f" {interval(armed)} times as many, more in {armed.above} of {armed.tolls} tolls. The number of tolls is"
        f" small.",
        f"**The conservative rule keeps first tolls.** The median of the last claims is {times(over)} times"
        f" `acled_conservative` (median of {len(reductions_)} tolls).",
    ]
    return "\n".join(f"* {line}" for line in lines)


def rare_kinds(tolls: Sequence[Toll]) -> str:
    """The kinds that the table leaves out."""
    every = contest.against_others(leading(tolls))
    few = [kind for kind in labels.names("source_kind") if not contest.enough(every.get(kind, []))]
    return f"Left out, for they meet another kind in fewer than {contest.FEW} stories: {', '.join(map(label, few))}."


def reduced_text(tolls: Sequence[Toll]) -> str:
    """What the table of reductions does not show."""
    found = several(tolls)
    chosen = leading(tolls)
    zeros = sum(not one.conservative for one in found)
    return (
        f"Of {len(found)} headline tolls with two numbers or more, the interval has no upper end in"
        f" {share(one.high is None for one in found)}. The least number was already said on the first day in"
        f" {share(contest.least_at_first(chosen))} of the tolls whose claims are of two days or more. Left out of the"
        f" table: {zeros} tolls whose conservative number is zero, since a source once reported no dead."
    )


def _best_over(
    found: Iterable[spread.Recorded], of: Callable[[spread.Reduced], float | None]
) -> contest.Summary:
    numbers = [(one.reduced.toll, one.best, of(one.reduced)) for one in found]
    return contest.summary([(toll, math.log(best / n)) for toll, best, n in numbers if n])


def ucdp_text(tolls: Sequence[Toll]) -> str:
    """UCDP's best estimate against the reductions, in sentences."""
    found = spread.recorded(headlines(tolls))
    firm = [one for one in found if sum(claim.reduced for claim in one.reduced.toll.claims) > 1]
    closed = [one for one in firm if one.reduced.high is not None]
    cautious = _best_over(firm, lambda reduced: reduced.conservative)
    last = _best_over(firm, lambda reduced: reduced.middle)
    top = _best_over(firm, lambda reduced: reduced.latest[-1] if reduced.latest else None)
    return (
        f"{len(found)} events have both a UCDP record and a headline toll; {len(firm)} of them, of"
        f" {cautious.stories} stories, rest on two claims or more, and only these count here. UCDP's best estimate"
        f" lies inside the interval of the claims in {share(one.inside for one in firm)}; but most intervals have no"
        f" upper end, and of those that have one it is {share(one.inside for one in closed)}. UCDP's best over"
        f" `acled_conservative`: {_placed(cautious)}; over the median of `latest`: {_placed(last)}; over the greatest"
        f" of `latest`: {_placed(top)}."
    )


def _placed(found: contest.Summary) -> str:
    return f"{interval(found)}, above in {found.above}, equal in {found.equal}, below in {found.below}"


TEXTS: dict[str, Callable[[Sequence[Toll]], str]] = {
    "base": base,
    "findings": findings,
    "rare_kinds": rare_kinds,
    "reduced_text": reduced_text,
    "ucdp_text": ucdp_text,
}


def renderer(source: str | os.PathLike[str] | Path) -> Callable[[str], str]:
    """A function that renders a block of the page by its name; the tolls are read when the first one is asked for."""
    cache: list[list[Toll]] = []

    def render(name: str) -> str:
        if not cache:
            cache.append(reductions.tolls(source=source))
        return TEXTS[name](cache[0]) if name in TEXTS else stats.markdown(TABLES[name](cache[0]))

    return render
