"""Readings as they stand in a worksheet: a mapping in which every place is written as its words and where they begin.

``une quarantaine de soldats@512`` is a place, ``jihadists@40 nominal`` that of a description. Of a record that not all
annotations have, what is empty is left out; ``none``: no such record.
"""

from __future__ import annotations

import re
from typing import Any

from bilan import model
from bilan.adjudication import plain
from bilan.model import Json

NONE = "none"
_PLACE = re.compile(r"(.+?)(?:@(0|[1-9][0-9]{0,7}))?( nominal)?", re.DOTALL)


def shown(reading: Json | None, text: str | None, whole: bool) -> Any:
    """A reading as plain data. ``whole``: it is a record, of which empty fields are left out. Without the text places
    are offsets: ``@512-538``."""
    if reading is None:
        return NONE
    out: Json = {}
    for field, value in reading.items():
        if whole and (value is None or value is False or value == []):
            continue
        if field == "span":
            out[field] = place(value, text)
        elif field in plain.SPANS:
            out[field] = [place(one, text) for one in value]
        else:
            out[field] = value
    return out


def place(span: Json, text: str | None) -> str:
    """A place as it is written."""
    nominal = " nominal" if span.get("kind") == "nominal" else ""
    if text is None:
        return f"@{span['start']}-{span['end']}{nominal}"
    return f"{text[span['start'] : span['end']]}@{span['start']}{nominal}"


def read(written: Any, layer: str, text: str) -> Json:
    """The fields of a reading, or those of them that are written. Raises ValueError that says what is wrong."""
    if not isinstance(written, dict):
        raise ValueError(f"{written!r} is no mapping of fields")
    out: Json = {}
    for field, value in written.items():
        if field not in plain.fields(layer):
            raise ValueError(f"{layer} have no field {field!r}, but {', '.join(plain.fields(layer))}")
        if field == "span":
            out[field] = _read_place(value, text, False)
        elif field in plain.SPANS and layer in model.SPAN_LISTS:
            some = value if isinstance(value, list) else [value]
            found = [_read_place(one, text, field == "mentions" and layer == "entities") for one in some]
            out[field] = sorted(found, key=lambda one: (one["start"], one["end"]))
        else:
            out[field] = value
    return out


def filled(layer: str, reading: Json) -> Json:
    """A whole record with what was left out."""
    lists = {*plain.SPANS, "times", "places", "participants", "references", "sources", "content", "blames"}
    empty: Json = {
        field: [] if field in lists else False if field in ("hedged", "named") else None
        for field in plain.fields(layer)
        if field != "span"
    }
    return {field: reading.get(field, empty.get(field)) for field in plain.fields(layer)}


def _read_place(written: Any, text: str, kinds: bool) -> Json:
    found = _PLACE.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError(f"{written!r} is no place; write it as words@offset")
    words, at, nominal = found.groups()
    if nominal and not kinds:
        raise ValueError(f"{written!r}: only mentions of entities are nominal")
    start = text.find(words) if at is None else int(at)
    if text[start : start + len(words)] != words or start < 0:
        there = [match.start() for match in re.finditer(re.escape(words), text)]
        hint = f"they stand at {', '.join(map(str, there[:8]))}" if there else "they are not in the text"
        raise ValueError(f"{words!r} does not stand at {at or 'any place'}; {hint}")
    if at is None and text.find(words, start + 1) >= 0:
        there = [match.start() for match in re.finditer(re.escape(words), text)]
        raise ValueError(
            f"{words!r} stands at {', '.join(map(str, there[:8]))}; write which, as {words}@{there[0]}"
        )
    kind = {"kind": "nominal" if nominal else "name"} if kinds else {}
    return {**kind, "start": start, "end": start + len(words)}
