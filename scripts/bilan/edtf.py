"""The profile of EDTF (ISO 8601-2) that BILAN uses: days at the finest, X for unknown digits, intervals.

``bounds`` gives the first and last day that a value allows. The test suite compares it with the ``edtf``
library over generated values; that library is not used here because a corpus has a dozen dates an article
and it reads some hundreds of them a second.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

_POINT = re.compile(r"([0-9]{3}[0-9X])(?:-([0-9]{2}|XX)(?:-([0-9X]{2}))?)?[~?%]?")

Bounds = tuple[date | None, date | None]


class EdtfError(ValueError):
    """No value of the profile, or a day that no calendar has."""


def _point(value: str) -> tuple[date, date]:
    if len(value) == 10 and value[4] == value[7] == "-":  # most dates are a day of the calendar
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return _by_parts(value)
        return day, day
    return _by_parts(value)


def _by_parts(value: str) -> tuple[date, date]:
    match = _POINT.fullmatch(value)
    if not match:
        raise EdtfError(f"{value!r} is no EDTF value of this profile")
    year, month, day = match.groups()
    if year.endswith("X"):
        if month:
            raise EdtfError(f"{value!r}: no month goes with an unknown year")
        decade = int(year[:3]) * 10
        return date(max(decade, 1), 1, 1), date(decade + 9, 12, 31)
    number = int(year)
    if number == 0:
        raise EdtfError(f"{value!r}: there is no year 0000")
    if month is None or month == "XX":
        if day and day != "XX":
            raise EdtfError(f"{value!r}: no day goes with an unknown month")
        return date(number, 1, 1), date(number, 12, 31)
    if not 1 <= int(month) <= 12:
        raise EdtfError(f"{value!r}: there is no month {month}")
    last = monthrange(number, int(month))[1]
    if day is None or day == "XX":
        return date(number, int(month), 1), date(number, int(month), last)
    if day.endswith("X"):
        low, high = int(day[0]) * 10, min(int(day[0]) * 10 + 9, last)
        if low > last or not day[0].isdigit():
            raise EdtfError(f"{value!r}: {year}-{month} has {last} days")
        return date(number, int(month), max(low, 1)), date(number, int(month), high)
    if not day.isdigit() or not 1 <= int(day) <= last:
        raise EdtfError(f"{value!r}: {year}-{month} has {last} days")
    exact = date(number, int(month), int(day))
    return exact, exact


@lru_cache(maxsize=65536)
def bounds(value: str) -> Bounds:
    """First and last day that the value allows, both included; None where an interval is open.

    >>> bounds("2025-05-2X")
    (datetime.date(2025, 5, 20), datetime.date(2025, 5, 29))

    Raises EdtfError for anything that is no value of the profile.
    """
    if "/" not in value:
        return _point(value)
    left, _, right = value.partition("/")
    if left == right == "..":
        raise EdtfError(f"{value!r}: an interval needs one bound")
    first = None if left == ".." else _point(left)[0]
    last = None if right == ".." else _point(right)[1]
    if first and last and first > last:
        raise EdtfError(f"{value!r} ends before it begins")
    return first, last


def overlap(a: str, b: str) -> bool:
    """True if two values can be the same day."""
    (a1, a2), (b1, b2) = bounds(a), bounds(b)
    return (a1 is None or b2 is None or a1 <= b2) and (b1 is None or a2 is None or b1 <= a2)
