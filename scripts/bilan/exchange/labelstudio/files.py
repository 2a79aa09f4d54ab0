"""The tasks in a file that Label Studio exported, and the exports that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from bilan.checks import parse
from bilan.checks.tree import shown
from bilan.incidents import BilanError, Incident
from bilan.model import Json

MAX_BYTES = 64 * 1024 * 1024
"""Size of an export that is read: some 2,000 annotated articles."""

_USE = "export the project as JSON (the first of the list)"


def tasks(path: Path) -> list[Json]:
    """The tasks of an export in the format JSON, or of our ``tasks.json``.

    Raises BilanError: B861 where the file is no such export, B867 where it is one that drops relations.
    """
    file = shown(path)
    raw = parse.read_bytes(path, file, MAX_BYTES)
    if isinstance(raw, Incident):
        raise BilanError(raw)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    _refuse_tables(raw, file)
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        message = f"is no JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        raise BilanError(Incident("B861", message, _USE, file=file)) from None
    if isinstance(document, dict) and "data" in document:  # one task, as the tool's API gives it
        document = [document]
    if not isinstance(document, list) or not all(isinstance(one, dict) for one in document):
        raise BilanError(Incident("B861", "is no list of Label Studio's tasks", _USE, file=file))
    _refuse_others(document, file)
    return document


def _dropped(name: str, file: str) -> BilanError:
    message = f"this is Label Studio's export {name}: it has no relations, so every arrow would be lost"
    return BilanError(Incident("B867", message, _USE, file=file))


def _refuse_tables(raw: bytes, file: str) -> None:
    head = raw[:4096].lstrip()
    first = head.split(b"\n", 1)[0]
    if head.startswith(b"-DOCSTART-"):
        raise _dropped("CONLL2003", file)
    if head.startswith(b"PK\x03\x04"):
        message = "is a ZIP archive: of Label Studio's exports those with files beside them have no relations"
        raise BilanError(Incident("B867", message, _USE, file=file))
    if head[:1] not in (b"[", b"{"):
        for name, mark in (("TSV", b"\t"), ("CSV", b",")):
            if mark in first and (b"annotation_id" in first or b"annotator" in first):
                raise _dropped(name, file)


def _refuse_others(document: list[Any], file: str) -> None:
    for one in document:
        if "data" in one or "annotations" in one:
            continue
        if "annotation_id" in one or "annotator" in one or "lead_time" in one:
            raise _dropped("JSON_MIN", file)
        if "completions" in one:
            message = "is an export of Label Studio before version 1.0"
            raise BilanError(Incident("B861", message, "export it with version 1.0 or newer", file=file))
