"""What a repair is given, and places in a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from bilan.checks.context import Context
from bilan.incidents import Incident
from bilan.model import Json


class Turn(NamedTuple):
    """What stood there and what stands there now, as values of JSON."""

    before: Any
    after: Any


@dataclass(frozen=True)
class Case:
    """One incident of a document. ``error``: of level 2 the ``jsonschema.ValidationError``, else None."""

    incident: Incident
    kind: str
    context: Context
    error: Any = None


Repair = Callable[[Any, Case], Turn | None]
"""Changes the document that it is given, or returns None and leaves it as it is."""


def steps(pointer: str) -> list[str]:
    """The parts of a JSON pointer."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def at(document: Any, path: list[str]) -> Any:
    """The value at a path that exists."""
    for step in path:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def put(document: Any, path: list[str], value: Any) -> None:
    """Sets the value at a path that exists, below the document."""
    holder = at(document, path[:-1])
    holder[int(path[-1]) if isinstance(holder, list) else path[-1]] = value


def replaced(document: Json, case: Case, value: Any) -> Turn | None:
    """Sets the value that the incident points at; None where it is that value already."""
    path = steps(case.incident.pointer)
    before = at(document, path)
    if type(before) is type(value) and before == value:
        return None
    put(document, path, value)
    return Turn(before, value)
