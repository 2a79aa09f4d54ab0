"""The axis of numbers: linear, or by tenfolds where the numbers ask for it; with round ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

TENFOLD = 60
"""From this ratio of the greatest to the least number on, the axis goes by tenfolds."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From numbers to places between ``bottom`` and ``top`` (of a drawing, where y grows downwards).

    By tenfolds, the numbers below 1 (0, as a rule) have the lowest eighth to themselves.
    """

    low: float
    high: float
    bottom: float
    top: float
    tenfold: bool

    def __call__(self, number: float) -> float:
        """Where a number stands; numbers off the axis stand at its ends."""
        height = self.bottom - self.top
        if not self.tenfold:
            share = (number - self.low) / (self.high - self.low)
            return self.bottom - height * min(max(share, 0.0), 1.0)
        foot = height / 8 if self.low < 1 else 0.0
        if number < 1 and self.low < 1:
            return self.bottom - foot * max(number, 0.0)
        first, last = math.log10(max(self.low, 1)), math.log10(self.high)
        share = (math.log10(max(number, 1)) - first) / (last - first)
        return self.bottom - foot - (height - foot) * min(max(share, 0.0), 1.0)

    def ticks(self) -> list[float]:
        """Round numbers on the axis, from below."""
        if not self.tenfold:
            step = _step((self.high - self.low) / 5)
            first = math.ceil(self.low / step)
            return [n * step for n in range(first, math.floor(self.high / step + 1e-9) + 1)]
        out: list[float] = [0.0] if self.low < 1 else []
        first, last = math.floor(math.log10(max(self.low, 1))), math.ceil(math.log10(self.high))
        factors = (1,) if last - first > 4 else (1, 2, 5)
        numbers = (float(factor * 10**power) for power in range(first, last + 1) for factor in factors)
        return out + [n for n in numbers if max(self.low, 1) <= n <= self.high]


def _step(least: float) -> float:
    """The least round step that is not below: 1, 2, 5, 10, …; whole numbers are counted."""
    power = 10.0 ** math.floor(math.log10(max(least, 0.2)))
    return max(1.0, next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least - 1e-9))


def fit(numbers: Iterable[float], bottom: float, top: float) -> Scale:
    """The scale on which all the numbers have room. Linear ones begin at 0 unless all numbers are close together."""
    some = sorted(numbers) or [0.0, 1.0]
    least, most = some[0], some[-1]
    positive = next((n for n in some if n > 0), 1.0)
    if most / positive >= TENFOLD:
        return Scale(_round_down(least), _round_up(most * 1.6), bottom, top, True)  # room for an arrow
    high = max(most * 1.14, 1.0)
    low = 0.0 if least < most * 0.6 else max(0.0, least - (most - least) - most * 0.1)
    return Scale(low, high, bottom, top, False)


def _round_down(number: float) -> float:
    """The next round number below; 0 from 1 on downwards."""
    if number <= 1:
        return 0.0
    power = 10.0 ** math.floor(math.log10(number))
    return next(power * factor for factor in (5, 2, 1, 0.5) if power * factor < number)


def _round_up(number: float) -> float:
    power = 10.0 ** math.floor(math.log10(number))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= number)
