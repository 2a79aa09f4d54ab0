"""Measures of agreement over many articles: each is a function of sums, with an interval by the bootstrap.

F1 of spans: pairwise micro-F1, which equals kappa where what nobody marked is not countable (Hripcsak &
Rothschild 2005). Alpha: Krippendorff's, nominal for labels, interval for numbers, on aligned records. Intervals:
95 % percentiles over articles drawn anew with replacement.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bilan.agreement import coreference
from bilan.agreement.compare import COUNTED, LABELS, LINKS, SPAN_LAYERS, Comparison, value

DRAWS = 1000
SEED = 20250523


@dataclass(frozen=True)
class Row:
    """One line of a report. ``ours`` and ``theirs`` count what each has; ``both`` what they share or align."""

    section: str
    name: str
    measure: str
    ours: int
    theirs: int
    both: int
    value: float
    low: float
    high: float


def rows(comparisons: Sequence[Comparison], draws: int = DRAWS, seed: int = SEED) -> list[Row]:
    """Every measure over some articles. NaN where there is nothing to measure."""
    import numpy as np

    generator = np.random.Generator(np.random.PCG64(seed))
    count = len(comparisons)
    picks = generator.multinomial(count, [1 / count] * count, size=draws) if count else np.zeros((0, 0))
    out: list[Row] = []

    def add(
        section: str,
        name: str,
        measure: str,
        table: list[Sequence[float]],
        of: Callable[[Any], float],
        shown: tuple[int, int, int],
    ) -> None:
        stats = np.asarray(table, dtype=float).reshape(count, -1)
        drawn = [of(sums) for sums in picks @ stats]
        known = [x for x in drawn if not math.isnan(x)]
        low, high = (float(x) for x in np.percentile(known, [2.5, 97.5])) if known else (math.nan, math.nan)
        out.append(Row(section, name, measure, *shown, of(stats.sum(axis=0)), low, high))

    _spans(comparisons, add)
    _labels(comparisons, add)
    _values(comparisons, add)
    _links(comparisons, add)
    _coreference(comparisons, add)
    _counts(comparisons, add)
    return out


def _f1(both: float, ours: float, theirs: float) -> float:
    return 2 * both / (ours + theirs) if ours + theirs else math.nan


def _spans(comparisons: Sequence[Comparison], add: Any) -> None:
    for layer in (*SPAN_LAYERS, "all"):
        table = [
            [sum(c.spans[one][i] for one in (SPAN_LAYERS if layer == "all" else (layer,))) for i in range(4)]
            for c in comparisons
        ]
        ours, theirs, equal, met = (sum(row[i] for row in table) for i in range(4))
        add("spans", layer, "F1 exact", table, lambda s: _f1(s[2], s[0], s[1]), (ours, theirs, equal))
        add("spans", layer, "F1 overlap", table, lambda s: _f1(s[3], s[0], s[1]), (ours, theirs, met))


def _labels(comparisons: Sequence[Comparison], add: Any) -> None:
    for name in (f"{layer}.{field}" for layer, fields in LABELS.items() for field in fields):
        total: Counter[tuple[str, str]] = Counter()
        for c in comparisons:
            total.update(c.labels[name])
        known = sorted({label for pair in total for label in pair})
        cells = [(a, b) for a in known for b in known]
        table = [[c.labels[name][cell] for cell in cells] for c in comparisons]
        pairs = sum(total.values())
        same = sum(n for (a, b), n in total.items() if a == b)
        size = len(known)
        add("labels", name, "alpha", table, lambda s, size=size: nominal_alpha(s, size), (pairs, pairs, same))
        index = [i for i, (a, b) in enumerate(cells) if a == b]
        add(
            "labels",
            name,
            "same",
            table,
            lambda s, index=index: _share(s[index].sum(), s.sum()),
            (pairs, pairs, same),
        )


def nominal_alpha(pairs: Any, size: int) -> float:
    """Krippendorff's alpha of two annotators without gaps.

    ``pairs``: counts of (label of one, label of the other), a flat size × size table. NaN for no pairs, and
    where only one label occurs: nothing could have been confused.
    """
    if not size:
        return math.nan
    table = pairs.reshape(size, size)
    coincidences = table + table.T
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    expected = n * n - (totals**2).sum()
    if not expected:
        return math.nan
    observed = n - coincidences.trace()
    return float(1 - (n - 1) * observed / expected)


def interval_alpha(sums: Any) -> float:
    """The same with squared differences. ``sums``: pairs, Σ (a - b)², Σ (a + b), Σ (a² + b²)."""
    pairs, apart, total, squares = (float(x) for x in sums)
    n = 2 * pairs
    spread = n * squares - total * total
    if pairs == 0 or spread <= 1e-9 * max(1.0, n * squares):
        return math.nan
    return 1 - (n - 1) * apart / spread


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan


def _values(comparisons: Sequence[Comparison], add: Any) -> None:
    exact = [[sum(value(a) == value(b) for a, b in c.values), len(c.values)] for c in comparisons]
    pairs = sum(row[1] for row in exact)
    add(
        "values",
        "low and high",
        "same",
        exact,
        lambda s: _share(s[0], s[1]),
        (pairs, pairs, sum(r[0] for r in exact)),
    )
    for name, of in (("low", _low), ("log(1 + low)", lambda f: math.log1p(f["low"])), ("high", _high)):
        table = []
        for c in comparisons:
            both = [(of(a), of(b)) for a, b in c.values]
            table.append(_interval_sums([(a, b) for a, b in both if a is not None and b is not None]))
        used = int(sum(row[0] for row in table))
        add("values", name, "alpha interval", table, interval_alpha, (pairs, pairs, used))


def _low(figure: Any) -> float:
    return float(figure["low"])


def _high(figure: Any) -> float | None:
    return None if figure["high"] is None else float(figure["high"])


def _interval_sums(pairs: list[tuple[float, float]]) -> list[float]:
    return [
        len(pairs),
        sum((a - b) ** 2 for a, b in pairs),
        sum(a + b for a, b in pairs),
        sum(a * a + b * b for a, b in pairs),
    ]


def _links(comparisons: Sequence[Comparison], add: Any) -> None:
    for kind in (*LINKS, "all"):
        table = [
            [sum(c.links[one][i] for one in (LINKS if kind == "all" else (kind,))) for i in range(5)]
            for c in comparisons
        ]
        ours, theirs, both, ours_aligned, theirs_aligned = (sum(row[i] for row in table) for i in range(5))
        add("links", kind, "F1", table, lambda s: _f1(s[2], s[0], s[1]), (ours, theirs, both))
        shown = (ours_aligned, theirs_aligned, both)
        add("links", kind, "F1 ends aligned", table, lambda s: _f1(s[2], s[3], s[4]), shown)


def _coreference(comparisons: Sequence[Comparison], add: Any) -> None:
    for layer in ("entities", "events"):
        table = [[n for m in coreference.MEASURES for n in c.coreference[layer][m]] for c in comparisons]
        shown = tuple(sum(c.counts[layer][side] for c in comparisons) for side in (0, 1))
        for i, measure in enumerate(coreference.MEASURES):
            of = lambda s, i=i: coreference.f1(s[4 * i : 4 * i + 4])  # noqa: E731
            add("coreference", layer, measure, table, of, (*shown, 0))
        add("coreference", layer, "CoNLL F1", table, _conll, (*shown, 0))


def _conll(sums: Any) -> float:
    return sum(coreference.f1(sums[4 * i : 4 * i + 4]) for i in range(3)) / 3


def _counts(comparisons: Sequence[Comparison], add: Any) -> None:
    for layer in COUNTED:
        table = [
            _interval_sums([(float(c.counts[layer][0]), float(c.counts[layer][1]))]) for c in comparisons
        ]
        shown = tuple(sum(c.counts[layer][side] for c in comparisons) for side in (0, 1))
        same = sum(c.counts[layer][0] == c.counts[layer][1] for c in comparisons)
        add("records per article", layer, "alpha interval", table, interval_alpha, (*shown, same))
