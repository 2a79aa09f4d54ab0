"""How records and values read in a line: "f2 “41 soldiers”", "41–∞", "e5 Malian army"."""

from __future__ import annotations

import json
import re
from typing import Any

from bilan.model import Json

LONGEST = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def short(text: str, longest: int = LONGEST) -> str:
    """One line of text, cut in the middle if it is long."""
    line = _CONTROL.sub("\ufffd", " ".join(text.split()))  # a terminal would obey them
    if len(line) <= longest:
        return line
    half = (longest - 1) // 2
    return f"{line[:half].rstrip()}…{line[-half:].lstrip()}"


def quoted(text: str) -> str:
    return f"“{short(text)}”"


def plain(value: Any) -> str:
    """A JSON value in a line: strings as they are, null as none."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return short(value) if value.strip() else json.dumps(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return short(", ".join(value)) if value else "none"
    return short(json.dumps(value, ensure_ascii=False), 2 * LONGEST)


def number(value: Any) -> str:
    """A count as it is written: 1,402."""
    if not isinstance(value, int | float) or value in (float("inf"), float("-inf")) or value != value:
        return plain(value)  # null, or what no checked document has
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def value(figure: Json) -> str:
    """The value of a figure: 41, 35–45, 21–∞; 5,000 XOF."""
    low, high, unit = figure.get("low"), figure.get("high"), figure.get("unit")
    shown = number(low) if low == high else f"{number(low)}–{'∞' if high is None else number(high)}"
    return f"{shown} {unit}" if unit else shown


def whole_value(figure: Json) -> str:
    """The value with everything that belongs to it, for two that differ in little: 40–∞ (at_least, stated 40)."""
    return f"{value(figure)} ({figure.get('modifier')}, stated {number(figure.get('stated'))})"


def surface(span: Json) -> str:
    """The words of a span, or its place where they are withheld."""
    words = span.get("surface")
    return quoted(words) if isinstance(words, str) else f"[{span.get('start')}:{span.get('end')}]"


def record(layer: str, one: Json) -> str:
    """A record in a few words, without its id."""
    if layer == "entities":
        return short(str(one.get("name")))
    if layer == "relations":
        return f"{one.get('from')} {one.get('type')} {one.get('to')}"
    if layer == "references":
        return short(" ".join(str(one[key]) for key in ("publisher", "date") if one.get(key)))
    if layer in ("zones", "times", "figures"):
        return surface(one)
    kind = next((str(one[key]) for key in ("type", "kind", "stance") if one.get(key)), "")
    spans: list[Json] = next((one[key] for key in ("triggers", "mentions", "cues") if one.get(key)), [])
    if spans:
        return f"{kind} {surface(spans[0])}"
    return " ".join(part for part in (kind, one.get("date") or "") if part)
