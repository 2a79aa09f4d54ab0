"""What ``bilan.score`` returns, and how it is told: text, Markdown, JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bilan import stats
from bilan.incidents import Incident
from bilan.scoring.items import Error


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one group, with its 95 % interval. ``kind``: F1, macro F1, share or mean.

    Of a share or mean ``gold`` and ``predicted`` are what it is taken over, and ``right`` is the sum.
    """

    group: str
    section: str
    name: str
    kind: str
    gold: float
    predicted: float
    right: float
    precision: float
    recall: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of two systems: their values, the difference with its 95 % interval, and p."""

    section: str
    name: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Report:
    """Scores of one system on one split.

    ``report[section, name]`` is the row of a measure over everything; ``report.value`` that of the main one.
    """

    task: str
    split: str
    main: str
    units: int
    stories: int
    rows: list[Row]
    problems: list[Incident]
    errors: list[Error]
    comparison: list[Comparison] | None

    def __getitem__(self, key: tuple[str, str] | tuple[str, str, str]) -> Row:
        section, name, group = key if len(key) == 3 else (*key, "all")
        for row in self.rows:
            if (row.section, row.name, row.group) == (section, name, group):
                return row
        raise KeyError(key)

    @property
    def value(self) -> float:
        """The main measure of the task."""
        return next(row.value for row in self.rows if f"{row.section} {row.name}" == self.main)

    def __str__(self) -> str:
        return text(self)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; NaN is None."""
        made: dict[str, Any] = _plain(
            {
                "task": self.task,
                "split": self.split,
                "main": self.main,
                "units": self.units,
                "stories": self.stories,
                "rows": [asdict(row) for row in self.rows],
                "comparison": None if self.comparison is None else [asdict(c) for c in self.comparison],
                "problems": [asdict(problem) for problem in self.problems],
                "errors": [asdict(error) for error in self.errors],
            }
        )
        return made


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


HEAD = ["measure", "of", "gold", "predicted", "right", "P", "R", "value", "95 % interval"]


def table(rows: Sequence[Row], group: str) -> stats.Table:
    """The rows of one group as a table."""
    lines = []
    for row in rows:
        if row.group == group and not (math.isnan(row.value) and row.kind != "F1"):
            counts = [_count(n) for n in (row.gold, row.predicted, row.right)]
            if row.kind in ("share", "mean"):
                counts = [_count(row.gold), "", _count(row.right) if row.kind == "share" else ""]
            interval = "" if math.isnan(row.low) else f"{number(row.low)}–{number(row.high)}"
            name = f"{row.name}{'' if row.kind in ('F1', 'macro F1') else f' ({row.kind})'}"
            shown = [number(x) for x in (row.precision, row.recall, row.value)]
            lines.append([name, row.section, *counts, *shown, interval])
    return HEAD, lines


def compared(comparison: Sequence[Comparison]) -> stats.Table:
    """Two systems as a table."""
    lines = [
        [
            c.name,
            c.section,
            number(c.first),
            number(c.second),
            f"{c.difference:+.3f}",
            f"{c.low:+.3f} to {c.high:+.3f}",
            f"{c.p:.4f}",
        ]
        for c in comparison
        if not math.isnan(c.difference)
    ]
    return ["measure", "of", "first", "second", "difference", "95 % interval", "p"], lines


def _count(value: float) -> str:
    return "" if math.isnan(value) else f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def number(value: float) -> str:
    """Three decimals without the leading zero; nothing for NaN."""
    if math.isnan(value):
        return ""
    shown = f"{value:.3f}"
    return shown[1:] if shown.startswith("0.") else shown


def kinds(errors: Sequence[Error]) -> Counter[str]:
    """Kind of error → how often."""
    return Counter(error.kind for error in errors)


def listed(errors: Sequence[Error], most: int) -> list[str]:
    """The errors by kind, the most frequent first, ``most`` of each."""
    lines = []
    for kind, count in sorted(kinds(errors).items(), key=lambda pair: (-pair[1], pair[0])):
        lines.append(f"{kind}: {count:,}")
        own = [error for error in errors if error.kind == kind]
        for error in own[:most]:
            words = f" {error.words!r}" if error.words else ""
            lines.append(f"  {error.unit}{words}: {error.gold or 'nothing'} → {error.predicted or 'nothing'}")
    return lines


def text(report: Report, form: Any = stats.plain) -> str:
    """The report as text, or with ``stats.markdown`` as Markdown."""
    lines = [
        f"{report.task} on {report.split}: {report.units} units of {report.stories} stories;"
        " intervals over stories drawn anew"
    ]
    for group in dict.fromkeys(row.group for row in report.rows):
        lines += ["", "" if group == "all" else f"{group}\n", form(table(report.rows, group))]
    if report.comparison is not None:
        lines += ["", "first against second\n", form(compared(report.comparison))]
    found = ", ".join(f"{kind} {n:,}" for kind, n in kinds(report.errors).most_common())
    lines += ["", f"errors: {found or 'none'}"]
    return "\n".join(lines)
