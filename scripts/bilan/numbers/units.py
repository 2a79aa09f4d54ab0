"""Units of figures: currencies, weights, area, percent, and the measures that make no figure at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

EDGE = r"(?![a-z0-9])"
"""End of a word in folded text."""

UNIT_EDGE = r"(?![a-z0-9]|-[a-z0-9])"
"""End of a unit: "5 t" is a weight, "5 T-72" are tanks."""

NONE = "none"
"""The unit of what is no figure: distances, durations, volumes, currencies that cannot be told apart."""

_CODES = """
    AED AFN AUD BDT BIF CAD CDF CHF CNY DJF DZD EGP ETB EUR GBP GHS GNF INR IQD IRR JPY KES LBP LKR LYD MMK
    MRU MXN MZN NGN NPR PHP PKR RUB RWF SDG SOS SSP SYP TND TZS UAH UGX USD XAF XOF YER ZAR
"""
CODES = _CODES.split()
"""ISO 4217 codes that are read as such; not COP, MAD, SAR, ILS, TRY, which are words too."""

_WRITTEN = {code: rf"{code.lower()}(?![a-z]|-[a-z0-9])" for code in CODES}

_SIGNS = {
    "AUD": r"au?\$",
    "CAD": r"ca?\$|\$ ?can(?:ad\.?)?",
    "USD": r"us ?\$|\$ ?us|\$",
    "EUR": "€",
    "GBP": "£",
    "NGN": "₦",
    "XOF": "(?:f ?)?cfa",
    "INR": "₹",
    "UAH": "₴",
    "RUB": "₽",
    "ILS": "₪",
    "TRY": "₺",
    "PHP": "₱",
}
_LONGEST_SIGN = 16
"""More characters than any of these has, its space included."""

SIGNS_AFTER = {
    "EUR": "€",
    "USD": r"\$ ?us|us ?\$|\$",
    "GBP": "£",
    "NGN": "₦",
    "percent": "%",
    NONE: "[‰°]",
}


def before_number(letters: Mapping[str, str]) -> re.Pattern[str]:
    """Currency signs and codes before a number, with a language's own ("N55,000"); the group is the code."""
    near = f"(?=[^0-9]{{1,{_LONGEST_SIGN}}}[0-9])"  # most texts fail there, and much sooner
    return re.compile(near + _alternatives([{**_SIGNS, **letters}, _WRITTEN]) + " ?(?=[0-9])")


def after_number(between: str, words: Mapping[str, str]) -> re.Pattern[str]:
    """Units after a number; the group is the unit, with "_" behind where a unit has several groups.

    ``between`` is what may stand between number and unit, ``words`` the words of each unit.
    """
    edged = {unit: rf"(?:{pattern}){UNIT_EDGE}" for unit, pattern in words.items()}
    return re.compile(between + _alternatives([edged, SIGNS_AFTER, _WRITTEN]))


def _alternatives(lists: Sequence[Mapping[str, str]]) -> str:
    named = "|".join(
        f"(?P<{name}{'_' * turn}>{pattern})"
        for turn, patterns in enumerate(lists)
        for name, pattern in patterns.items()
    )
    return f"(?:{named})"
