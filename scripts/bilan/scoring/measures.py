"""From items to rows: values with 95 % intervals over stories, and the paired test between two systems."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bilan.scoring.items import Item, Measure, ratio
from bilan.scoring.report import Comparison, Row
from bilan.tasks.gold import Unit

EXCHANGES = 10_000
"""Random exchanges of the paired test; with so few stories that all exchanges are fewer, all of them."""

_STRAY = ""
"""The cluster of predictions that belong to no story."""


class Table:
    """Sums of counts: one row a story, one column a key. ``field`` and ``value`` keep only items of one group."""

    def __init__(
        self,
        units: Sequence[Unit],
        items: Mapping[str, Sequence[Item]],
        field: str | None = None,
        value: str | None = None,
    ) -> None:
        import numpy as np

        story = {unit.id: unit.story for unit in units}
        self.stories = list(dict.fromkeys(story.values()))
        if any(ident not in story for ident in items):
            self.stories.append(_STRAY)
        place = {name: i for i, name in enumerate(self.stories)}
        sums: list[dict[str, float]] = [{} for _ in self.stories]
        for ident, own in items.items():
            row = sums[place[story.get(ident, _STRAY)]]
            for item in own:
                if field is None or item.attributes.get(field, "none") == value:
                    for key, count in item.counts.items():
                        row[key] = row.get(key, 0.0) + count
        self.keys = sorted({key for row in sums for key in row})
        self.column = {key: i for i, key in enumerate(self.keys)}
        self.counts = np.array(
            [[row.get(key, 0.0) for key in self.keys] for row in sums], dtype=float
        ).reshape(len(self.stories), len(self.keys))

    def labels(self, prefix: str) -> tuple[str, ...]:
        """The labels that occur under a prefix."""
        # a predicted label may hold anything, a "|" too
        own = (key[len(prefix) + 1 :] for key in self.keys if key.startswith(f"{prefix}|"))
        return tuple(sorted({key.rpartition("|")[0] for key in own}))

    def read(self, totals: Any) -> Any:
        """A function key → sum, over a vector or a matrix of draws."""
        import numpy as np

        def sums(key: str) -> Any:
            at = self.column.get(key)
            if at is None:
                return 0.0 if totals.ndim == 1 else np.zeros(len(totals))
            return float(totals[at]) if totals.ndim == 1 else totals[:, at]

        return sums

    def value(self, measure: Measure, totals: Any) -> Any:
        labels = self.labels(measure.keys[0]) if measure.kind == "macro F1" else ()
        return measure.value(self.read(totals), labels)


def rows(
    measures: Sequence[Measure],
    units: Sequence[Unit],
    items: Mapping[str, Sequence[Item]],
    fields: Sequence[str],
    draws: int,
    seed: int,
) -> list[Row]:
    """Every measure over everything, then for each value of each field."""
    groups: list[tuple[str | None, str | None]] = [(None, None)]
    for name in fields:
        seen = {item.attributes.get(name, "none") for own in items.values() for item in own}
        groups += [(name, value) for value in sorted(seen)]
    out = []
    for field, value in groups:
        table = Table(units, items, field, value)
        picks = _picks(len(table.stories), draws, seed)
        totals, drawn = table.counts.sum(axis=0), picks @ table.counts
        label = "all" if field is None else f"{field}={value}"
        found = [_row(label, measure, table, totals, drawn) for measure in measures]
        # a group of another layer (events, where the measure is of figures) has nothing to say
        out += [row for row in found if field is None or row.gold or row.predicted]
    return out


def _picks(count: int, draws: int, seed: int) -> Any:
    """How often each draw takes each story."""
    import numpy as np

    if not count:
        return np.zeros((0, 0))
    return np.random.Generator(np.random.PCG64(seed)).multinomial(count, [1 / count] * count, size=draws)


def _row(group: str, measure: Measure, table: Table, totals: Any, drawn: Any) -> Row:
    gold, predicted, right = measure.counts(table.read(totals))
    low, high = _interval(table.value(measure, drawn)) if len(drawn) else (math.nan, math.nan)
    return Row(
        group=group,
        section=measure.section,
        name=measure.name,
        kind=measure.kind,
        gold=gold,
        predicted=predicted,
        right=right,
        precision=ratio(right, predicted) if measure.kind == "F1" else math.nan,
        recall=ratio(right, gold) if measure.kind == "F1" else math.nan,
        value=float(table.value(measure, totals)),
        low=low,
        high=high,
    )


def _interval(values: Any) -> tuple[float, float]:
    import numpy as np

    if not isinstance(values, np.ndarray) or np.isnan(values).all():
        return math.nan, math.nan
    known = values[~np.isnan(values)]
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def paired(
    measures: Sequence[Measure],
    units: Sequence[Unit],
    ours: Mapping[str, Sequence[Item]],
    theirs: Mapping[str, Sequence[Item]],
    draws: int,
    seed: int,
) -> list[Comparison]:
    """For each measure: first minus second, its 95 % interval (the same stories drawn for both), and p.

    p is that of the randomisation test (Noreen 1989): how often a difference as large arises when the two systems'
    results are exchanged in stories at random. All exchanges are tried where there are at most 10,000, else as many
    at random, with one added to both counts.
    """
    import numpy as np

    a, b = Table(units, ours), Table(units, theirs)
    keys = sorted({*a.keys, *b.keys})
    stories = list(dict.fromkeys([*a.stories, *b.stories]))
    one, two = (_aligned(table, stories, keys) for table in (a, b))
    both = Table.__new__(Table)
    both.keys, both.column, both.stories = keys, {key: i for i, key in enumerate(keys)}, stories
    picks = _picks(len(stories), draws, seed)
    swaps, exhaustive = exchanges(len(stories), seed)
    moved = swaps @ (two - one)
    out = []
    for measure in measures:
        values = [float(both.value(measure, table.sum(axis=0))) for table in (one, two)]
        drawn = both.value(measure, picks @ one) - both.value(measure, picks @ two)
        low, high = _interval(drawn)
        apart = values[0] - values[1]
        swapped = both.value(measure, one.sum(axis=0) + moved) - both.value(measure, two.sum(axis=0) - moved)
        hits = (
            int(np.sum(np.abs(np.nan_to_num(swapped)) >= abs(apart) - 1e-12)) if not math.isnan(apart) else 0
        )
        p = math.nan
        if not math.isnan(apart):
            p = hits / len(swaps) if exhaustive else (hits + 1) / (len(swaps) + 1)
        out.append(Comparison(measure.section, measure.name, values[0], values[1], apart, low, high, p))
    return out


def exchanges(count: int, seed: int, most: int = EXCHANGES) -> tuple[Any, bool]:
    """Which stories each exchange swaps (a row of 0 and 1 each), and whether these are all there are."""
    import numpy as np

    if 2**count <= most:
        return (np.arange(2**count)[:, None] >> np.arange(count)) & 1, True
    return np.random.Generator(np.random.PCG64(seed + 1)).integers(0, 2, size=(most, count)), False


def _aligned(table: Table, stories: Sequence[str], keys: Sequence[str]) -> Any:
    import numpy as np

    out = np.zeros((len(stories), len(keys)))
    for i, story in enumerate(table.stories):
        for j, key in enumerate(table.keys):
            out[stories.index(story), keys.index(key)] = table.counts[i, j]
    return out
