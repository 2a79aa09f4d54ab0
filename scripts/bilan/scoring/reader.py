"""Parts of predicted items: spans, labels, values. What is none is reported, and stays as what matches nothing."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from bilan.model import Json
from bilan.scoring import values

if TYPE_CHECKING:
    from bilan.scoring.predictions import Predictions

_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 60


def short(value: Any) -> str:
    """A value for a message: cut where it is long, whatever it is."""
    try:
        return _REPR.repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number of thousands of digits"


def as_text(value: Any) -> str:
    """A predicted name or label: a text as it is, anything else as ``short`` shows it."""
    return value if isinstance(value, str) else short(value)


def order(value: Any) -> bytes:
    """A key that puts predictions in the same order in whatever order they came."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # numbers past 64 bits, lone surrogates, lists a thousand deep
        return short(value).encode("utf-8", "surrogatepass")


@dataclass
class Reader:
    """Reads the parts of one unit's items and reports what is wrong with them."""

    out: Predictions
    unit: str
    length: int | None
    """Code points of the text; None = not known, as of a story."""
    line: int = 0
    """The line that is being read."""

    def items(self, key: str) -> Iterator[tuple[str, Any]]:
        """The unit's items, each with its pointer; what is then reported is reported at the item's line."""
        places = self.out.places.get(self.unit, ())
        for (line, at), item in zip(places, self.out.items.get(self.unit, ()), strict=True):
            self.line = line
            yield f"/{key}/{at}", item

    def problem(self, code: str, message: str, mend: str, pointer: str) -> None:
        self.out.problem(code, f"{self.unit}: {message}", mend, self.line, pointer)

    def span(self, given: Any, pointer: str) -> tuple[int, int] | None:
        """A place in the text; None, with a report, for what is none."""
        start, end = (given.get("start"), given.get("end")) if isinstance(given, Mapping) else (None, None)
        whole = [n for n in (start, end) if isinstance(n, int) and not isinstance(n, bool)]
        if len(whole) == 2 and 0 <= whole[0] < whole[1] and (self.length is None or whole[1] <= self.length):
            return whole[0], whole[1]
        place = f"start {short(start)}, end {short(end)}, length {self.length}"
        message = f"no span of the text: {place}; counted as wrong"
        self.problem("B815", message, "give half-open offsets in code points", pointer)
        return None

    def label(self, given: Any, known: Iterable[str], pointer: str) -> str:
        """A label; one that does not exist is reported and matches nothing."""
        if given not in known if isinstance(given, str) else True:
            self.problem(
                "B816",
                f"there is no label {short(given)} here; counted as wrong",
                "use a label of schema/labels.json",
                pointer,
            )
        return as_text(given)

    def value(self, item: Mapping[str, Any], pointer: str) -> Json:
        """The value of a figure; what is no number is reported and equals nothing."""
        value = {key: item.get(key) for key in ("stated", "low", "high", "unit")}
        mend = "give numbers from 0, low ≤ high; high null = unbounded"
        if not values.readable(value):
            shown = ", ".join(f"{key} {short(value[key])}" for key in ("low", "high"))
            self.problem("B817", f"no value: {shown}; counted as wrong", mend, pointer)
            value["low"] = value["high"] = None
        stated = value["stated"]
        if stated is not None and not (values.number(stated) and stated >= 0):
            # the value is the interval; without this number its middle stands for it
            self.problem("B817", f"no number: stated {short(stated)}; left out", mend, f"{pointer}/stated")
            value["stated"] = None
        if value["unit"] is not None and not isinstance(value["unit"], str):
            self.problem(
                "B817", f"no unit: {short(value['unit'])}; counted as wrong", mend, f"{pointer}/unit"
            )
            value["unit"] = short(value["unit"])
        return value
