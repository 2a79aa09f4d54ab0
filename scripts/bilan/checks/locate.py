"""Where in a file is the value that an incident points at?"""

from __future__ import annotations

import json
from dataclasses import replace

from bilan import jsonio
from bilan.checks.parse import excerpt_at
from bilan.incidents import Incident

_LONGEST_CARET = 60


def locate(raw: bytes, incidents: list[Incident]) -> list[Incident]:
    """The incidents with line, column, excerpt and caret filled in from their JSON pointers.

    An incident whose pointer is not in the file (a missing field) is placed at the nearest enclosing value.
    """
    if all(incident.line or not incident.pointer for incident in incidents) and all(
        i.line for i in incidents
    ):
        return incidents
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    try:
        _, values, keys = jsonio.strict_loads(text)
    except jsonio.JsonFault:
        return incidents
    return [incident if incident.line else _placed(incident, text, values, keys) for incident in incidents]


def _placed(
    incident: Incident, text: str, values: dict[str, tuple[int, int]], keys: dict[str, tuple[int, int]]
) -> Incident:
    pointer = incident.pointer
    while pointer and pointer not in values:
        pointer = pointer.rpartition("/")[0]
    start, end = values[pointer]
    if incident.code == "B202" and incident.pointer in keys:
        start, end = keys[incident.pointer]
    if incident.offset >= 0 and text[start] == '"':
        start, end = _inside(text[start:end], start, incident)
    line, column = jsonio.line_column(text, start)
    excerpt, caret = excerpt_at(text, start)
    stop = text.find("\n", start)
    width = max(1, min(end, stop if stop >= 0 else end) - start)
    width = max(1, min(width, _LONGEST_CARET, len(excerpt) - caret))
    return replace(incident, line=line, column=column, excerpt=excerpt, caret=caret, width=width)


def _inside(raw: str, start: int, incident: Incident) -> tuple[int, int]:
    """Where in the file the words stand that begin at ``incident.offset`` of the string written as ``raw``."""
    value = json.loads(raw)

    def written(part: str) -> int:
        return len(json.dumps(part, ensure_ascii=False)) - 2

    at = start + 1 + written(value[: incident.offset])
    words = value[incident.offset : incident.offset + len(incident.subject)]
    return at, at + (written(words) if words == incident.subject else 1)
