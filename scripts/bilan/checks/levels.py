"""Levels 1 to 5 over the bytes of one article; pure but for lazy reading of the schemas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bilan.checks import parse, schema
from bilan.checks.context import Context, Exempted
from bilan.checks.locate import locate
from bilan.incidents import Incident
from bilan.model import Json


def examine(
    raw: bytes, file: str, context: Context, texts: bool = False, layout: bool = True, read: Any = None
) -> tuple[Json | None, list[Incident], list[Exempted]]:
    """Levels 1 to 4 over the bytes of one article: (document or None, incidents, what is exempted of them).

    ``file`` is the path to name in messages. A level with errors ends the run for this file. With ``texts``
    level 5 reads the words of the text again; what it finds does not make the document unusable. Without
    ``layout`` any layout will do, and any order of the keys. ``read``: as ``parse.parse`` takes it.
    """
    document, incidents = parse.parse(raw, file, layout, read)
    if document is None:
        return None, locate(raw, incidents), []
    levels: Sequence[Any] = (
        _schema_level,
        _span_level,
        _meaning_level,
        *([_coverage_level] if texts else []),
    )
    usable: Json | None = None
    for level in levels:
        found = level(document, file, context)
        if not layout:
            found = [incident for incident in found if incident.code != "B319"]
        incidents = [*incidents, *found]
        if found:
            break
        usable = document
    if not incidents:
        return document, [], []
    kept: list[Incident] = []
    exempted: list[Exempted] = []
    for incident in locate(raw, incidents):
        key = exemption_key(document, incident)
        if key in context.exemptions:
            exempted.append(Exempted(incident, key, context.exemptions[key]))
        else:
            kept.append(incident)
    return usable, kept, exempted


def _schema_level(document: Any, file: str, context: Context) -> list[Incident]:
    return schema.check(document, "article", file)


def _span_level(document: Any, file: str, context: Context) -> list[Incident]:
    from bilan.checks import spans

    return spans.check(document, file, context)


def _meaning_level(document: Any, file: str, context: Context) -> list[Incident]:
    from bilan.checks import meaning

    return meaning.check(document, file, context)


def _coverage_level(document: Any, file: str, context: Context) -> list[Incident]:
    from bilan.checks import coverage

    return coverage.check(document, file, context)


def exemption_key(document: Json, incident: Incident) -> tuple[str, str, str]:
    """(code, article id, record id or subject) by which an exemption names an incident."""
    if not isinstance(document, dict):
        return incident.code, "", ""
    parts = incident.pointer.split("/")
    record = incident.subject
    if len(parts) > 2 and parts[2].isdigit() and isinstance(document.get(parts[1]), list):
        item = document[parts[1]][int(parts[2])]
        record = item.get("id", "") if isinstance(item, dict) else str(item)
    return incident.code, str(document.get("id", "")), record
