"""Level 4, the figures: do number, interval, modifier, unit and period agree with each other and with the words?"""

from __future__ import annotations

from typing import Any

from bilan import numbers
from bilan.model import Json

_UNBOUNDED = ("at_least", "more_than")
_NUMBERLESS = ("range", "indefinite")


def check(article: Json, report: Any) -> None:
    """Reports (code, pointer, message, mend) for every fault in the values of an article's figures."""
    lang = article["lang"]
    for i, figure in enumerate(article["figures"]):
        _interval(figure, i, report)
        if figure["unit"] == "percent" and figure["scope"] != "share":
            report("B402", f"/figures/{i}/scope", "a percentage is a share", "write scope share")
        if figure["period"]:
            _period(article, figure, f"/figures/{i}/period", report)
        surface = figure.get("surface")
        if surface is not None:
            _words(figure, surface, lang, i, report)


def _interval(figure: Json, i: int, report: Any) -> None:
    """Number, interval and modifier agree."""
    low, high, stated, modifier = figure["low"], figure["high"], figure["stated"], figure["modifier"]
    if high is not None and low > high:
        report("B402", f"/figures/{i}/low", f"low {low} is above high {high}", "a value is low ≤ high")
    if modifier == "exact" and not low == high == stated:
        report(
            "B402",
            f"/figures/{i}/modifier",
            f"exact, but {stated}, {low}–{high}",
            "exact means stated = low = high",
        )
    if high is not None and modifier in _UNBOUNDED:
        report("B402", f"/figures/{i}/high", f"{modifier} with an upper bound {high}", "write null")
    if stated is None:
        if modifier not in _NUMBERLESS:
            message = f"{modifier} without its number"
            report("B402", f"/figures/{i}/stated", message, "write the number in the words")
    elif modifier in _NUMBERLESS:
        report("B402", f"/figures/{i}/stated", f"{modifier} states no single number", "write null")


def _period(article: Json, figure: Json, at: str, report: Any) -> None:
    """A period is a stretch of time, and only a total has one."""
    if figure["scope"] != "total":
        report("B406", at, f"a period with scope {figure['scope']}", "only a total has a period")
    if any(time["id"] == figure["period"] and time["kind"] == "set" for time in article["times"]):
        report("B406", at, "a period is a stretch of time, not a set", "point at a date")


def _words(figure: Json, surface: str, lang: str, i: int, report: Any) -> None:
    """The words fix the value: what is written must be what ``bilan.numbers`` reads."""
    value = numbers.parse(surface, lang)
    if value is None:
        report(
            "B401",
            f"/figures/{i}/surface",
            f"no number can be read from {surface!r}",
            "mend the span, or take the figure out",
        )
        return
    given = (figure["stated"], figure["low"], figure["high"], figure["modifier"], figure["unit"])
    read = (value.stated, value.low, value.high, value.modifier, value.unit)
    if given != read:
        report(
            "B401",
            f"/figures/{i}/low",
            f"{surface!r} is annotated as {_value(*given)} but says {_value(*read)}",
            "write what the words say (GUIDELINES.md, section 10), or list an exemption with its reason",
        )


def _value(stated: Any, low: Any, high: Any, modifier: str, unit: str | None) -> str:
    return f"{modifier} {stated} ({low}–{'∞' if high is None else high}{' ' + unit if unit else ''})"
