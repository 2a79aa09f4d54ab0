"""Values and the intervals that modifiers make of a number (guidelines, section 10)."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

Number = int | float

LARGEST = 2**53
"""Numbers from here on are refused: JSON readers no longer agree on them."""


@dataclass(frozen=True, slots=True, init=False)
class Value:
    """What the words state and allow: ``low`` ≤ ``high``.

    ``stated`` is None where the words hold no single number, ``high`` is None where there is no upper bound.
    """

    stated: Number | None
    low: Number
    high: Number | None
    modifier: str
    unit: str | None

    def __init__(
        self, stated: Number | None, low: Number, high: Number | None, modifier: str, unit: str | None
    ) -> None:
        """As a frozen dataclass has it, but straight into the slots: by name it takes twice the time."""
        _set_stated(self, stated)
        _set_low(self, low)
        _set_high(self, high)
        _set_modifier(self, modifier)
        _set_unit(self, unit)


_set_stated, _set_low, _set_high, _set_modifier, _set_unit = (
    vars(Value)[field.name].__set__ for field in fields(Value)
)

ZERO = Value(0, 0, 0, "exact", None)


def whole(number: Number) -> Number:
    """The same number, as an int where it is one."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def around(number: Number, dozens: int, nearly: bool) -> tuple[Number, Number]:
    """The interval of an approximate number: half the rounding unit to both sides, or below only ("nearly").

    The rounding unit is the largest power of ten that divides the number, 5 where it ends in 5 or counts
    dozens, else 1. Bounds of whole numbers are whole numbers inside the interval. ``dozens`` is 0, or what
    the dozens count: 1, or 1,000 in "a dozen thousand".
    """
    if isinstance(number, float):
        low, high = _around_decimal(number)
    elif number == 0:
        return 0, 0
    else:
        half = (5 * dozens or _rounding_unit(number)) // 2
        low, high = number - half, number + half
    return max(0, low), number if nearly else high


def _rounding_unit(number: int) -> int:
    unit = 1
    while number % (unit * 10) == 0:
        unit *= 10
    return 5 if unit == 1 and number % 5 == 0 else unit


def _around_decimal(number: float) -> tuple[Number, Number]:
    from decimal import Decimal

    exact = Decimal(repr(number))
    exponent = int(exact.as_tuple().exponent)
    half = Decimal(_rounding_unit(int(exact.scaleb(-exponent)))).scaleb(exponent) / 2
    return whole(float(exact - half)), whole(float(exact + half))


def of_number(number: Number, modifier: str, dozens: int, unit: str | None) -> Value | None:
    """The value of one number under one modifier (``nearly`` counts as approximate)."""
    if modifier == "exact":
        return Value(number, number, number, modifier, unit)
    if modifier in ("approximate", "nearly"):
        low, high = around(number, dozens, modifier == "nearly")
        return Value(number, low, high, "approximate", unit)
    return _bounded(number, number, number, modifier, unit)


def of_interval(low: Number, high: Number | None, modifier: str, unit: str | None) -> Value | None:
    """The value of "50 to 60", "dozens", "several": two ends and no number; a bound on it moves one end."""
    if modifier in ("range", "indefinite"):
        return Value(None, low, high, modifier, unit)
    return _bounded(None, low, high, modifier, unit)


def _bounded(
    stated: Number | None, low: Number, high: Number | None, modifier: str, unit: str | None
) -> Value | None:
    """A count strictly above or below a number is a whole number; a quantity with a unit is not."""
    if modifier == "at_least":
        return Value(stated, low, None, modifier, unit)
    if modifier == "more_than":
        return Value(stated, low if unit or stated is None else math.floor(low) + 1, None, modifier, unit)
    if modifier == "less_than" and high is not None and unit is None:
        high = math.ceil(high) - 1
        if high < 0:
            return None
    return Value(stated, 0, high, modifier, unit)
