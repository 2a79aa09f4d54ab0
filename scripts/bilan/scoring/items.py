"""What a comparison yields: items that add up. Every measure is a function of sums of their counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Sums = Callable[[str], Any]
"""Key → its sum: a float, or an array with one number for each draw. A key that never occurred is 0."""


@dataclass(slots=True)
class Error:
    """One thing that a system got wrong: its kind, the words, what stands in the corpus and what was predicted."""

    unit: str
    kind: str
    words: str
    gold: str
    predicted: str


@dataclass(slots=True)
class Item:
    """A gold thing with its prediction, or one of the two alone. ``attributes`` are what it can be grouped by."""

    attributes: Mapping[str, str]
    counts: dict[str, float]
    errors: list[tuple[str, str, str, str]] = field(default_factory=list)
    """(kind, words, gold, predicted)"""


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the score table.

    ``kind``: "F1" has the keys (right, gold, predicted); "share" and "mean" have (numerator, denominator);
    "macro F1" has label prefixes (see ``macro``).
    """

    section: str
    name: str
    kind: str
    keys: tuple[str, ...]

    def counts(self, sums: Sums) -> tuple[float, float, float]:
        """Gold, predicted and right; for a share or mean: denominator twice, numerator."""
        if self.kind == "F1":
            right, gold, predicted = (sums(key) for key in self.keys)
            return gold, predicted, right
        if self.kind == "macro F1":
            return (math.nan, math.nan, math.nan)
        numerator, denominator = (sums(key) for key in self.keys)
        return denominator, denominator, numerator

    def value(self, sums: Sums, labels: tuple[str, ...] = ()) -> Any:
        """The value; NaN where there is nothing to measure. With arrays as sums, an array.

        ``labels``: of a macro F1 those that occur.
        """
        if self.kind == "F1":
            right, gold, predicted = (sums(key) for key in self.keys)
            return ratio(2 * right, gold + predicted)
        if self.kind == "macro F1":
            return macro(sums, self.keys[0], labels)
        numerator, denominator = (sums(key) for key in self.keys)
        return ratio(numerator, denominator)


def ratio(part: Any, whole: Any) -> Any:
    """part / whole, NaN where whole is 0."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.divide(part, whole, dtype=float)
    return out if isinstance(part, np.ndarray) or isinstance(whole, np.ndarray) else float(out)


def macro(sums: Sums, prefix: str, labels: tuple[str, ...]) -> Any:
    """Mean F1 over the labels, from the keys ``prefix|label|right``, ``gold`` and ``predicted``.

    Labels that occur in neither count nothing: in a draw without a rare label there is nothing to get wrong.
    """
    import warnings

    import numpy as np

    each = [
        ratio(
            2 * sums(f"{prefix}|{label}|right"),
            sums(f"{prefix}|{label}|gold") + sums(f"{prefix}|{label}|predicted"),
        )
        for label in labels
    ]
    if not each:
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a draw in which nothing occurs has no mean
        out = np.nanmean(np.asarray(each, dtype=float), axis=0)
    return out if isinstance(out, np.ndarray) and out.ndim else float(out)


def by_label(prefix: str, gold: str | None, predicted: str | None) -> dict[str, float]:
    """The counts that ``macro`` reads, of one pair of labels; None = there is none on that side."""
    out: dict[str, float] = {}
    if gold is not None:
        out[f"{prefix}|{gold}|gold"] = 1
    if predicted is not None:
        out[f"{prefix}|{predicted}|predicted"] = 1
    if gold is not None and gold == predicted:
        out[f"{prefix}|{gold}|right"] = 1
    return out
