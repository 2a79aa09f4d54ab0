"""Repairs of one file: one at a time, each kept only if the checks have less to say after it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from bilan import jsonio
from bilan.checks import coverage, levels, meaning, parse, schema, spans, story
from bilan.checks.context import Context
from bilan.checks.locate import locate
from bilan.fixing import layout, shape
from bilan.fixing import meaning as follows
from bilan.fixing import spans as placed
from bilan.fixing.case import Case, Turn
from bilan.incidents import Incident

REPAIRS = {**shape.REPAIRS, **placed.REPAIRS, **follows.REPAIRS}
FIXABLE = frozenset((*layout.REPAIRS, *REPAIRS))
"""Codes of which some or all incidents can be repaired."""

_MOST = 10_000
"""Repairs of one file: far more than a file of 8 MiB that a person wrote can need."""


@dataclass(frozen=True)
class Repaired:
    """One repair: the incident in its place before the repair, what stood there, what stands there now."""

    incident: Incident
    turn: Turn


@dataclass(frozen=True)
class Outcome:
    """One file: its bytes as they were and as they are now, what was repaired, and what was left as released."""

    file: str
    old: bytes
    new: bytes
    repaired: list[Repaired] = field(default_factory=list)
    left: list[Incident] = field(default_factory=list)


@dataclass(frozen=True)
class _State:
    """The bytes of a file, the document in them (None if there is none), and what the checks say of both."""

    raw: bytes
    document: Any
    incidents: list[Incident]

    def of(self, code: str) -> int:
        """Incidents of a code."""
        return sum(incident.code == code for incident in self.incidents)

    def count(self, level: int) -> int:
        """Incidents of a level and those before it."""
        return sum(int(incident.code[1]) <= level for incident in self.incidents)


def repair(raw: bytes, file: str, kind: str, context: Context, frozen: bool = False) -> Outcome:
    """All safe repairs of the bytes of one file of a kind of ``schema.KINDS``; a second run finds nothing to do.

    ``frozen``: the document is released; its content stays as it is, and only its layout is repaired.
    """
    state = _state(raw, file, kind, context)
    done: list[Repaired] = []
    left: list[Incident] = []
    while len(done) < _MOST:
        left = []
        for incident, turn, after in _steps(state, file, kind, context):
            if not _better(state, after, incident):
                continue
            if frozen and not _same(state, after):
                left.append(incident)
                continue
            (where,) = locate(state.raw, [incident])
            done.append(Repaired(where, turn))
            state = after
            break
        else:
            break
    return Outcome(file, raw, state.raw, done, [*locate(state.raw, left)])


def _steps(state: _State, file: str, kind: str, context: Context) -> Iterator[tuple[Incident, Turn, _State]]:
    """Every repair that can be tried on a file as it is, with what comes of it."""
    errors = _errors(state, file, kind)
    for incident in state.incidents:
        if (bytes_ := layout.repair(state.raw, incident)) is not None:
            yield incident, bytes_[1], _state(bytes_[0], file, kind, context)
        elif incident.code in REPAIRS and state.document is not None and not state.count(1):
            key = (incident.pointer, incident.code, incident.message)
            copy = deepcopy(state.document)
            turn = REPAIRS[incident.code](copy, Case(incident, kind, context, errors.get(key)))
            if turn is not None:
                yield incident, turn, _state(jsonio.dumps(copy), file, kind, context)


def _better(before: _State, after: _State, incident: Incident) -> bool:
    """Fewer incidents up to the level of the one that was repaired, and no more before it."""
    if (
        incident.code in layout.REPAIRS
    ):  # another layout may be seen only when a mark or a carriage return is gone
        return after.of(incident.code) < before.of(incident.code)
    level = int(incident.code[1])
    return after.count(level) < before.count(level) and after.count(level - 1) <= before.count(level - 1)


def _same(before: _State, after: _State) -> bool:
    """The same content, so that the hash of the released document stays what it is."""
    if before.document is None:  # a key twice, or a file that is broken with and without its byte order mark
        return True
    return jsonio.canonical_json(before.document) == jsonio.canonical_json(after.document)


def _errors(state: _State, file: str, kind: str) -> dict[tuple[str, str, str], Any]:
    if state.document is None or not any(incident.code[1] == "2" for incident in state.incidents):
        return {}
    return {(i.pointer, i.code, i.message): error for i, error in schema.errors(state.document, kind, file)}


def _state(raw: bytes, file: str, kind: str, context: Context) -> _State:
    document, incidents = parse.parse(raw, file)
    if document is None:
        return _State(raw, None, incidents)
    for level in _LEVELS[kind if kind in _LEVELS else "registry"]:
        found = level(document, file, kind, context)
        incidents = [*incidents, *found]
        if found:
            break
    kept = [i for i in incidents if levels.exemption_key(document, i) not in context.exemptions]
    return _State(raw, document, kept)


def _shape(document: Any, file: str, kind: str, context: Context) -> list[Incident]:
    if schema.is_valid(document, kind):
        return []
    return [incident for incident, _ in schema.errors(document, kind, file)] or schema.check(
        document, kind, file
    )


def _spans(document: Any, file: str, kind: str, context: Context) -> list[Incident]:
    return spans.check(document, file, context)


def _meaning(document: Any, file: str, kind: str, context: Context) -> list[Incident]:
    return meaning.check(document, file, context)


def _coverage(document: Any, file: str, kind: str, context: Context) -> list[Incident]:
    return coverage.check(document, file, context)


def _story(document: Any, file: str, kind: str, context: Context) -> list[Incident]:
    return story.check_story(document, file, context.registry["places"])


def _registry(document: Any, file: str, kind: str, context: Context) -> list[Incident]:
    return story.check_registry(kind, document, file)


_LEVELS = {
    "article": (_shape, _spans, _meaning, _coverage),
    "story": (_shape, _story),
    "registry": (_shape, _registry),
}
