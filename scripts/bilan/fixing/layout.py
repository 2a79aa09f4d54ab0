"""Level 1, and the order of keys: repairs of the bytes, which leave every value as it is."""

from __future__ import annotations

import json
from typing import Any

from bilan import jsonio, textform
from bilan.fixing.case import Turn
from bilan.incidents import Incident

_BOM = b"\xef\xbb\xbf"


def repair(raw: bytes, incident: Incident) -> tuple[bytes, Turn] | None:
    """The bytes without what the incident is about, or None where that is nothing of this module."""
    done = _STEPS[incident.code](raw) if incident.code in _STEPS else None
    return done if done is not None and done[0] != raw else None


def _mark(raw: bytes) -> tuple[bytes, Turn] | None:
    return raw.removeprefix(_BOM), Turn("a byte order mark", "none")


def _returns(raw: bytes) -> tuple[bytes, Turn] | None:
    count = raw.count(b"\r")
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), Turn(f"{count} carriage returns", "line feeds")


def _keys(raw: bytes) -> tuple[bytes, Turn] | None:
    """An object that holds a key twice with one value, in a file that is sound otherwise."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in pairs:
            if key in out:
                if jsonio.canonical_json(out[key]) != jsonio.canonical_json(value):
                    raise ValueError(f"two values of {key}")
                twice.append(key)
            out[key] = value
        return out

    try:
        document = json.loads(raw.removeprefix(_BOM).decode("utf-8"), object_pairs_hook=once)
        out = jsonio.dumps(document)
        again, _, _ = jsonio.strict_loads(out.decode())
    except (ValueError, TypeError, RecursionError):  # a JsonFault is a ValueError
        return None
    if again != document:
        return None
    return out, Turn(f"twice {', '.join(sorted(set(twice)))}", "once")


def _layout(raw: bytes) -> tuple[bytes, Turn] | None:
    try:
        document, _, _ = jsonio.strict_loads(raw.decode("utf-8"))
        return jsonio.dumps(document), Turn("another layout", "the canonical one")
    except (ValueError, TypeError):
        return None


def _order(raw: bytes) -> tuple[bytes, Turn] | None:
    try:
        document, _, _ = jsonio.strict_loads(raw.decode("utf-8"))
        return jsonio.dumps(textform.canonical(document)), Turn("another order of keys", "that of the schema")
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


_STEPS = {"B103": _mark, "B104": _returns, "B105": _keys, "B117": _layout, "B319": _order}
REPAIRS = frozenset(_STEPS)
