"""Table ``tolls``: one row a claim, by story event, measure and entity, with what databases make of them.

A *claim* is a figure of scope event, in the words of one source; without a source it is the article's own
voice. Every claim keeps its row. Beside it stand three reductions, computed over the claims that it can be
compared with:

* ``interval``: the lowest low and the highest high;
* ``acled_conservative``: the lowest of the claimed numbers, where tens are 10, dozens 12 and hundreds 100. A
  bound from above ("up to 200") is used only if nothing else is claimed, a denial never;
* ``latest``: for each kind of source its last claim, by ``date``.

What can be compared? Claims of the same toll and unit whose ``of`` is the same or contains the other one. Where
the toll has no entity, only people and civilians are compared across labels: "a child" or "three policemen" is
one group among the dead, and would else be the least toll of the event. A *part* is compared only with parts of
the very same ``of``: a figure that is ``part_of`` another of the same event (those present and casualties left
aside: the dead among them are all of the dead), that stands in one breath with an incomparable one ("12 soldiers
and 3 civilians": neither is the whole toll), or that counts a part of the event where the article counts the
whole as well.
Words that say "more than one" and no more ("several", "numerous") keep their row and count in no reduction.
Claims that go back to the same reference, through ``derived_from``, and say the same are one claim: only the
first is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from math import inf
from operator import attrgetter, itemgetter
from typing import Any

from bilan.labels import comparable, names
from bilan.model import Json
from bilan.tables.toll_claims import NOT_ASSERTED, Claim, Group, claims, last_day, root, story_of
from bilan.tables.toll_parts import ENCLOSING
from bilan.tables.views import View

__all__ = [
    "ENCLOSING",
    "FROM_ABOVE",
    "NOT_ASSERTED",
    "VAGUE",
    "WHOLE",
    "compare",
    "conservative",
    "disjoint",
    "last_day",
    "point",
    "quantified",
    "root",
    "rows",
]

FROM_ABOVE = ("at_most", "less_than")
"""Modifiers that give a bound from above only."""

VAGUE = {20: 10, 24: 12, 40: 20, 200: 100, 2000: 1000, 20000: 10000, 200000: 100000}
"""Least value of a vague number word → its conservative value: tens 10, dozens 12, hundreds 100, …"""

WHOLE = {"people", "civilians"}
"""What the toll of an event is said to count where nobody says whose people they are."""


def rows(views: Sequence[View]) -> list[tuple[str, Json]]:
    """(split, row) of every claim of one story's articles. ``views`` are in the order of the table."""
    if not views:
        return []
    story = story_of(views[0].story)
    groups: dict[Group, list[Claim]] = {}
    for position, view in enumerate(views):
        for group, found in claims(view, position, story):
            groups.setdefault(group, []).extend(found)
    out: list[tuple[str, Json]] = []
    for group in sorted(groups):
        toll = sorted(groups[group], key=_order)
        _reduce(toll)
        out.extend([(claim.split, claim.row) for claim in toll])
    return out


_order = attrgetter("order")


# --- reductions ------------------------------------------------------------------------------------------


def _reduce(claims: list[Claim]) -> None:
    """Fills in the columns that depend on the other claims of the toll. ``claims`` are in the order of the rows."""
    if len(claims) == 1:
        row = claims[0].row  # nothing to be a copy of, nothing to contradict: nearly half of all tolls
        row["counted"] = True
        _set_beside(claims, claims if row["asserts"] and quantified(row) else [])
        return
    classes: dict[tuple[Any, ...], list[Claim]] = {}
    used: dict[tuple[Any, ...], list[Claim]] = {}
    seen: set[tuple[Any, ...]] = set()
    for claim in claims:
        row = claim.row
        said = (_said(row), claim.speaker)
        row["counted"] = counted = said not in seen
        seen.add(said)
        counts = _counts(row)
        if counts in classes:
            classes[counts].append(claim)
        else:
            classes[counts] = [claim]
        if counted and row["asserts"] and quantified(row):
            if counts in used:
                used[counts].append(claim)
            else:
                used[counts] = [claim]
    for counts, own in classes.items():
        alone = len(used) == 1 and counts in used
        _set_beside(own, used[counts] if alone else _peers(own[0].row, used))


_counts = itemgetter("of", "unit", "part")
"""What claims of one class have in common."""

_said = itemgetter("root", "source_kind", "asserts", "of", "unit", "stated", "low", "high", "part")
"""What copies of a claim have in common, beside the speaker. An unnamed source is worded anew by every page; its
kind is all there is."""


def _peers(row: Json, used: dict[tuple[Any, ...], list[Claim]]) -> list[Claim]:
    """The claims that those of a row's class can be compared with, in the order of the rows."""
    comparables = [some for some in used.values() if compare(row, some[0].row)]
    if len(comparables) == 1:
        return comparables[0]
    return sorted(chain.from_iterable(comparables), key=_order)


def _set_beside(own: list[Claim], peers: list[Claim]) -> None:
    """Fills in what the claims of one class owe to those that they can be compared with."""
    rows = [peer.row for peer in peers]
    lows = [row["low"] for row in rows]
    highs = [row["high"] for row in rows]
    bounded = highs if None not in highs else [high for high in highs if high is not None]
    interval_low = min(lows) if lows else None
    interval_high = max(highs) if highs and bounded is highs else None
    acled_conservative = conservative(rows)
    latest = _latest(peers)
    # a claim that allows what all peers allow contradicts none; only the others are set beside each
    last, first = (max(lows) if lows else 0), (min(bounded) if bounded else inf)
    contested = []
    for claim in own:
        row = claim.row
        row["interval_low"] = interval_low
        row["interval_high"] = interval_high
        row["acled_conservative"] = acled_conservative
        row["latest"] = latest
        row["contradicts"] = []
        high = row["high"]
        if row["asserts"] and (first < row["low"] or (high is not None and high < last)):
            contested.append(claim)
    if contested:
        _contradict(contested, peers)


def _contradict(contested: list[Claim], peers: list[Claim]) -> None:
    """Sets claims beside each of their peers. A newer toll contradicts none of its own series."""
    numbers = [(row["low"], row["high"], row["id"], peer.series) for peer in peers for row in (peer.row,)]
    for claim in contested:
        row, series = claim.row, claim.series
        low, high = row["low"], inf if row["high"] is None else row["high"]
        # the rule of ``disjoint``, spelled out since pairs are many
        row["contradicts"] = [
            ident
            for other_low, other_high, ident, other_series in numbers
            if (high < other_low or (other_high is not None and other_high < low)) and other_series != series
        ]


def quantified(row: Json) -> bool:
    """Whether a claim says more than "more than one"."""
    return bool(row["modifier"] != "indefinite" or row["low"] > 2 or row["high"] is not None)


def compare(a: Json, b: Json) -> bool:
    """Whether two claims of a toll count the same. Each has entity, of, unit and part."""
    if a["unit"] != b["unit"] or a["part"] != b["part"]:
        return False
    if a["of"] == b["of"]:
        return True
    if a["part"]:
        return False
    if a["entity"] is None:
        return {a["of"], b["of"]} == WHOLE
    return comparable(a["of"], b["of"])


def disjoint(a: Json, b: Json) -> bool:
    """Whether no number fits both claims."""
    return (a["high"] is not None and a["high"] < b["low"]) or (
        b["high"] is not None and b["high"] < a["low"]
    )


def conservative(claims: Iterable[Json]) -> float | None:
    """The most conservative of the claimed numbers, vague words read as the field reads them."""
    from_below, from_above = [], []
    for claim in claims:
        if claim["stance"] == "denies":
            continue
        if claim["modifier"] in FROM_ABOVE:
            from_above.append(claim["high"])
        else:
            from_below.append(point(claim))
    return min(from_below or from_above, default=None)


def point(claim: Json) -> float:
    """The one number of a claim: as stated, else the least that a range or a vague word stands for in the field."""
    low: float = claim["low"]
    if claim["stated"] is not None:
        return float(claim["stated"])
    return low if claim["modifier"] == "range" else VAGUE.get(int(low), low)


def _latest(peers: list[Claim]) -> list[Json]:
    """For each kind of source its last claim; the article's own voice has kind null and stands first."""
    last: dict[str | None, Claim] = {}
    for claim in peers:
        kind = claim.row["source_kind"]
        # the peers come by date; a figure that its own article replaces gives way, whatever its date
        if not claim.superseded or kind not in last or last[kind].superseded:
            last[kind] = claim
    kinds = last if len(last) == 1 else [kind for kind in (None, *names("source_kind")) if kind in last]
    found = []
    for kind in kinds:
        row = last[kind].row
        found.append(
            {
                "source_kind": kind,
                "claim": row["id"],
                "date": row["date"],
                "stated": row["stated"],
                "low": row["low"],
                "high": row["high"],
            }
        )
    return found
