"""Dates: the profile that BILAN uses means what the EDTF library says it means."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan import edtf

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat)
POINTS = (
    DAYS
    | DAYS.map(lambda d: d[:7])
    | DAYS.map(lambda d: d[:4])
    | DAYS.map(lambda d: d[:3] + "X")
    | DAYS.map(lambda d: d[:7] + "-XX")
)  # the library cannot read 2025-05-2X


@settings(max_examples=200, deadline=None)
@given(POINTS)
def test_bounds_are_those_of_the_edtf_library(value: str) -> None:
    parser = pytest.importorskip("edtf")
    first, last = edtf.bounds(value)
    peer = parser.parse_edtf(value)
    assert first == date(*peer.lower_strict()[:3])
    assert last == date(*peer.upper_strict()[:3])


@given(DAYS, DAYS)
def test_intervals_span_their_ends(a: str, b: str) -> None:
    low, high = sorted((a, b))
    assert edtf.bounds(f"{low}/{high}") == (date.fromisoformat(low), date.fromisoformat(high))
    assert edtf.overlap(f"{low}/{high}", a)
    if a != b:
        with pytest.raises(edtf.EdtfError):
            edtf.bounds(f"{high}/{low}")


def test_open_intervals_have_one_bound() -> None:
    assert edtf.bounds("2015/..") == (date(2015, 1, 1), None)
    assert edtf.bounds("../2015-06") == (None, date(2015, 6, 30))
    assert edtf.overlap("2015/..", "2025-05-23")
    assert not edtf.overlap("../2015", "2025-05-23")


def test_an_unknown_last_digit_is_a_decade_of_days_or_years() -> None:
    assert edtf.bounds("2025-05-2X") == (date(2025, 5, 20), date(2025, 5, 29))
    assert edtf.bounds("2025-02-2X") == (date(2025, 2, 20), date(2025, 2, 28))
    assert edtf.bounds("2025-05-0X") == (date(2025, 5, 1), date(2025, 5, 9))
    assert edtf.bounds("201X") == (date(2010, 1, 1), date(2019, 12, 31))


def test_approximate_and_uncertain_days_keep_their_bounds() -> None:
    assert edtf.bounds("2025-05-23~") == edtf.bounds("2025-05-23?") == (date(2025, 5, 23), date(2025, 5, 23))


@pytest.mark.parametrize(
    "value",
    [
        "2025-02-30",
        "2025-13",
        "2025-00-01",
        "2025-04-31",
        "0000",
        "2025-05-4X",
        "2025-XX-03",
        "../..",
        "/",
        "",
        "23/05/2025",
        "2025-02-3X",
        "201X-05",
    ],
)
def test_impossible_dates_are_refused(value: str) -> None:
    with pytest.raises(edtf.EdtfError):
        edtf.bounds(value)


@given(st.text(max_size=15))
def test_any_other_text_is_refused_cleanly(value: str) -> None:
    with contextlib.suppress(edtf.EdtfError):
        edtf.bounds(value)
