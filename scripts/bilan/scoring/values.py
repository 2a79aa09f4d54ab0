"""How far two values of a figure lie apart. A value has ``stated`` (or None), ``low``, ``high`` (None = unbounded)."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

OPEN = 10
"""An unbounded top counts as this many times the greatest number in the two values."""


def readable(value: Mapping[str, Any]) -> bool:
    """Whether there is an interval: a finite ``low`` from 0, a ``high`` not below it or None."""
    low, high = value.get("low"), value.get("high")
    if not number(low) or low is None or low < 0:
        return False
    return high is None or bool(number(high) and high >= low)


def number(value: Any) -> bool:
    """Whether it is a finite number, not past what a float can hold; True and False are none."""
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    )


def same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether both allow the same numbers, in the same unit."""
    return (
        a["low"] == b["low"]
        and a["high"] == b["high"]
        and a.get("unit") == b.get("unit")
        and readable(a)
        and readable(b)
    )


def meet(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether some number fits both."""
    if not (readable(a) and readable(b)) or a.get("unit") != b.get("unit"):
        return False
    return (a["high"] is None or b["low"] <= a["high"]) and (b["high"] is None or a["low"] <= b["high"])


def overlap(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """Length of the numbers that fit both over that of those that fit one, from 0 to 1, on a log scale.

    The intervals are widened by one half on both sides, so that a single number has a length, and measured as
    log(1 + x): 40–50 against 45–55 counts like 400–500 against 450–550.
    """
    if not meet(a, b):
        return 0.0
    greatest = max(1.0, *(float(x) for v in (a, b) for x in (v["low"], v["high"]) if x is not None))
    top = min(OPEN * greatest, sys.float_info.max)  # an infinite length would make the ratio NaN
    low_a, low_b = (math.log(v["low"] + 0.5) for v in (a, b))
    high_a, high_b = (math.log((top if v["high"] is None else v["high"]) + 1.5) for v in (a, b))
    covered = max(high_a, high_b) - min(low_a, low_b)
    # beyond 2**53 one half more is nothing: a single number has no length
    return (min(high_a, high_b) - max(low_a, low_b)) / covered if covered else 1.0


def log_point(value: Mapping[str, Any]) -> float:
    """ln(1 + x) of one number for a value: the one in the words, else the geometric middle, else the least."""
    if number(value.get("stated")):
        return math.log1p(max(0.0, value["stated"]))
    if value["high"] is None:
        return math.log1p(value["low"])
    return (math.log1p(value["low"]) + math.log1p(value["high"])) / 2


def log_ratio(a: Mapping[str, Any], b: Mapping[str, Any]) -> float | None:
    """|ln((1 + a) / (1 + b))| of the two points: 0.1 is about 10 % off. None where one cannot be read."""
    if not (readable(a) and readable(b)):
        return None
    return abs(log_point(a) - log_point(b))
