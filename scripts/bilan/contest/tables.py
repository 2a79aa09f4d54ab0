"""The tables of ``docs/tolls.md``; their figures come from ``bilan.contest`` and ``bilan.contest.spread``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from bilan import contest, labels
from bilan.contest import spread as apart
from bilan.reductions import Toll, headlines, leading
from bilan.stats import Table

QUANTILES = ("25 %", "median", "75 %", "90 %")


def _quantiles(values: Sequence[float]) -> list[str]:
    import numpy as np

    return [times(float(value)) for value in np.percentile(values, [25, 50, 75, 90])]


def times(ratio: float) -> str:
    """A ratio as a reader takes it in: two decimals below ten, none above."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def count(number: float | None) -> str:
    """A whole number, nothing for None."""
    return "" if number is None else f"{number:,.0f}"


def share(flags: Iterable[bool]) -> str:
    """How many of them are true: 50% (2 of 4)."""
    found = list(flags)
    return f"{sum(found) / len(found):.0%} ({sum(found)} of {len(found)})" if found else "none"


def interval(found: contest.Summary) -> str:
    """A median ratio with its 95 % interval."""
    return f"{times(found.median)} ({times(found.low)}–{times(found.high)})"


def label(kind: str) -> str:
    """A label as Markdown."""
    return f"`{kind}`"


# --- how far apart ----------------------------------------------------------------------------------------


def spread(tolls: Sequence[Toll]) -> Table:
    """Highest over lowest claim of one toll: quantiles, and how often claims exclude each other."""
    every = headlines(tolls)
    found = apart.spreads(every)
    stated = apart.spreads(contest.only_stated(every))
    rows = []
    for name, ratios, excluded in (
        ("all claims", [s.ratio for s in found], [s.disjoint for s in found]),
        ("claims whose words hold a number", [s.ratio for s in stated], [s.disjoint for s in stated]),
        ("last claim of each kind of source", [s.settled for s in found], [s.unsettled for s in found]),
    ):
        shares = [share(ratio >= limit for ratio in ratios) for limit in (2, 10)]
        rows.append([name, str(len(ratios)), *_quantiles(ratios), *shares, share(excluded)])
    return [
        "of a toll",
        "tolls",
        *QUANTILES,
        "twofold or more",
        "tenfold or more",
        "two exclude each other",
    ], rows


def _grouped(tolls: Sequence[Toll], name: str, of: Callable[[Toll], str], order: Sequence[str]) -> Table:
    found = apart.spreads(headlines(tolls))
    rows = []
    for group in order:
        own = [one for one in found if of(one.toll) == group]
        if own:
            ratios = [one.ratio for one in own]
            stories = len({one.toll.story for one in own})
            quarter, middle, three, _ = _quantiles(ratios)
            excluded = f"{sum(one.disjoint for one in own)} of {len(own)}"
            rows.append([group, str(len(own)), str(stories), middle, f"{quarter}–{three}", excluded])
    return [name, "tolls", "stories", "median ratio", "middle half", "two exclude each other"], rows


def regions(tolls: Sequence[Toll]) -> Table:
    """The spread by region of the story."""
    return _grouped(tolls, "region", lambda toll: toll.region, labels.names("region"))


def types(tolls: Sequence[Toll]) -> Table:
    """The spread by ACLED type of the event."""
    acled = {name: row["acled"] for name, row in labels.inventory()["event_type"].items()}
    return _grouped(
        tolls, "type of event", lambda t: acled[t.event_type], list(dict.fromkeys(acled.values()))
    )


# --- who says more ----------------------------------------------------------------------------------------


def kinds(tolls: Sequence[Toll]) -> Table:
    """Each kind of source against the median of the other kinds, in the leading class of every toll."""
    chosen = leading(tolls)
    every = contest.against_others(chosen)
    stated = contest.against_others(contest.only_stated(chosen))
    that_day = contest.against_others_that_day(chosen)
    delays = contest.delays(chosen)
    rows = []
    for kind, ratios in _by_median(every):
        found = contest.summary(ratios)
        same = that_day.get(kind, [])
        more = [_brief(stated.get(kind, [])), _brief(same), _brief(_of(ratios, same))]
        sides = f"{found.above} / {found.equal} / {found.below}"
        day = count(median(delays[kind])) if len(delays.get(kind, ())) >= contest.FEW else ""
        rows.append([label(kind), str(found.tolls), str(found.stories), interval(found), sides, *more, day])
    head = ["kind of source", "tolls", "stories", "ratio (95 %)", "above / equal / below"]
    return [
        *head,
        "stated numbers only",
        "same day only",
        "those tolls, all days",
        "days after the first",
    ], rows


def _of(ratios: list[contest.Ratio], others: list[contest.Ratio]) -> list[contest.Ratio]:
    """The ratios of the tolls that the others are of; none where the others are too few."""
    if not contest.enough(others):
        return []
    chosen = {(toll.id, toll.of) for toll, _ in others}
    return [(toll, ratio) for toll, ratio in ratios if (toll.id, toll.of) in chosen]


def _by_median(groups: dict[str, list[contest.Ratio]]) -> list[tuple[str, list[contest.Ratio]]]:
    kept = [(kind, ratios) for kind, ratios in groups.items() if contest.enough(ratios)]
    return sorted(kept, key=lambda item: (-median(value for _, value in item[1]), item[0]))


def _brief(ratios: list[contest.Ratio]) -> str:
    if not contest.enough(ratios):
        return ""
    found = contest.summary(ratios)
    return f"{interval(found)}, {found.tolls}"


def sides(tolls: Sequence[Toll]) -> Table:
    """One side over the other, where it is known whose people died or who killed them."""
    rows = []
    for one in contest.sides(leading(tolls)):
        if one.ratios:
            found = contest.summary(one.logs)
            shown = interval(found) if contest.enough(one.logs) else times(found.median)
            counts = [str(found.tolls), str(found.stories)]
            split = f"{found.above} / {found.equal} / {found.below}"
            rows.append([one.dead, f"{one.first} over {one.second}", *counts, shown, split])
    return [
        "the dead are",
        "who over whom",
        "tolls",
        "stories",
        "ratio (95 %)",
        "above / equal / below",
    ], rows


def cases(tolls: Sequence[Toll]) -> Table:
    """Every toll of the first comparison of sides, with both numbers."""
    first = contest.sides(leading(tolls))[0]
    rows = [
        [f"`{toll.story}` {toll.story_event}", str(toll.entity_name), count(a), count(b), times(a / b)]
        for toll, a, b in sorted(first.ratios, key=lambda item: -item[1] / item[2])
    ]
    return ["event", "whose dead", first.first, first.second, "ratio"], rows


def pairs(tolls: Sequence[Toll]) -> Table:
    """Pairs of kinds that meet in ten stories or more."""
    chosen = leading(tolls)
    every, that_day = contest.pairs(chosen), contest.pairs(chosen, same_day=True)
    rows = []
    for (a, b), ratios in every.items():
        found = contest.summary(ratios)
        if found.stories >= 2 * contest.FEW and (found.median, a) > (1 / found.median, b):
            split = f"{found.above} / {found.equal} / {found.below}"
            counts = [str(found.tolls), str(found.stories)]
            day = _brief(that_day.get((a, b), []))
            rows.append((found.median, [f"{label(a)} over {label(b)}", *counts, interval(found), split, day]))
    rows.sort(key=lambda row: (-row[0], row[1][0]))
    head = ["who over whom", "tolls", "stories", "ratio (95 %)", "above / equal / below", "same day only"]
    return head, [row for _, row in rows]


def growth(tolls: Sequence[Toll]) -> Table:
    """Last day over first day."""
    chosen = leading(tolls)
    rows = []
    for name, ratios in (
        ("all sources", contest.growth(chosen)),
        ("one kind of source, over its own earlier number", contest.own_growth(chosen)),
    ):
        found = contest.summary(ratios)
        split = [str(found.above), str(found.equal), str(found.below)]
        rows.append([name, str(found.tolls), str(found.stories), interval(found), *split])
    return ["last day over first day", "tolls", "stories", "ratio (95 %)", "grew", "same", "shrank"], rows


# --- reductions and UCDP ------------------------------------------------------------------------------------


def several(tolls: Sequence[Toll]) -> list[apart.Reduced]:
    """Headline tolls in which two claims at least have a number, where reductions can differ."""
    return apart.reduced(one.toll for one in apart.spreads(headlines(tolls)))


def reduced(tolls: Sequence[Toll]) -> Table:
    """Each reduction over the conservative number."""
    found = [one for one in several(tolls) if one.conservative and one.latest]
    columns: dict[str, list[float | None]] = {
        "`interval`, low": [one.low for one in found],
        "`interval`, high, where there is one": [one.high for one in found],
        "`latest`, least of the kinds": [one.latest[0] for one in found],
        "`latest`, median of the kinds": [one.middle for one in found],
        "`latest`, greatest of the kinds": [one.latest[-1] for one in found],
    }
    rows = []
    for name, values in columns.items():
        ratios = [
            v / one.conservative
            for v, one in zip(values, found, strict=True)
            if v is not None and one.conservative
        ]
        rows.append([name, str(len(ratios)), *_quantiles(ratios), share(ratio >= 2 for ratio in ratios)])
    return ["over `acled_conservative`", "tolls", *QUANTILES, "twofold or more"], rows


def ucdp(tolls: Sequence[Toll]) -> Table:
    """Events that UCDP records, with the reductions of their headline toll."""
    rows = []
    for one in sorted(apart.recorded(headlines(tolls)), key=lambda one: (-one.best, one.reduced.toll.story)):
        toll, own = one.reduced.toll, one.reduced
        best = (
            count(one.best)
            if one.low == one.high
            else f"{count(one.best)} ({count(one.low)}–{count(one.high)})"
        )
        ends = [own.latest[0], own.middle, own.latest[-1]] if own.latest else []
        rows.append(
            [
                f"`{toll.story}` {toll.story_event}",
                best + (f", {one.records} records" if one.records > 1 else ""),
                toll.of + (f" of {toll.entity_name}" if toll.entity else ""),
                str(sum(claim.reduced for claim in toll.claims)),
                f"{count(own.low)}–{'∞' if own.high is None else count(own.high)}",
                "yes" if one.inside else "no",
                count(own.conservative),
                " / ".join(map(count, ends)),
            ]
        )
    head = ["event", "UCDP best (low–high)", "the claims count", "claims", "`interval`", "best inside"]
    return [*head, "`acled_conservative`", "`latest`: least / median / greatest"], rows


TABLES: dict[str, Callable[[Sequence[Toll]], Table]] = {
    "spread": spread,
    "regions": regions,
    "types": types,
    "kinds": kinds,
    "sides": sides,
    "cases": cases,
    "pairs": pairs,
    "growth": growth,
    "reduced": reduced,
    "ucdp": ucdp,
}
