"""Values in an annotator's note: ``id=f1; stated=40; low=41``. One line, readable, and editable in brat's own field.

A value with a semicolon, a quotation mark or odd white space is written as a JSON string. A part without ``=`` is a
remark of the annotator's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_PART = re.compile(
    r"""\s*(?: ([A-Za-z_]+) [ \t]*=[ \t]* (?: ("(?:[^"\\]|\\.)*")\s*(?=;|\Z) | ([^;]*) )
        | ([^;]*) )(?:;|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r'[^\s";][^;"\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z')


def write(values: Mapping[str, str]) -> str:
    """The note that says the values, in their order."""
    return "; ".join(f"{key}={_quoted(value)}" for key, value in values.items())


def _quoted(value: str) -> str:
    if _PLAIN.match(value) and value == value.strip():
        return value
    ascii_only = any(not char.isprintable() for char in value)  # no line end of whatever kind in a line
    return json.dumps(value, ensure_ascii=ascii_only)


def read(note: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The values of a note as they stand, and the remarks beside them."""
    values: list[tuple[str, str]] = []
    remarks: list[str] = []
    at = 0
    while at < len(note):
        part = _PART.match(note, at)
        if part is None or part.end() == at:
            remarks.append(note[at:].strip())
            break
        at = part.end()
        key, quoted, plain, remark = part.groups()
        if key is None:
            if remark.strip():
                remarks.append(remark.strip())
        elif quoted is None:
            values.append((key, plain.strip()))
        else:
            try:
                values.append((key, json.loads(quoted, strict=False)))
            except ValueError:
                values.append((key, quoted))
    return values, remarks
