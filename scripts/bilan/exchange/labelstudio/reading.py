"""Annotations that a Label Studio export holds, as graphs on the texts of its tasks."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bilan.checks.tree import shown
from bilan.exchange.formats import Read
from bilan.exchange.labelstudio import files
from bilan.exchange.labelstudio.controls import TEXT
from bilan.exchange.labelstudio.results import graph_of
from bilan.incidents import Incident
from bilan.model import Json


def read(path: Path) -> Iterator[Read]:
    """One ``Read`` for each annotation of each task that was not skipped. Predictions are not read.

    ``Read.file`` is the file, "#" and the article or the number of the task. Raises BilanError: B861 where the file
    is no JSON export, B867 where it is an export without relations.
    """
    file = shown(path)
    reads = [one for n, task in enumerate(files.tasks(path), 1) for one in _task(task, n, file)]
    several = Counter((one.id, one.annotator) for one in reads if one.id and not one.incidents)
    for one in reads:
        count = several.get((one.id, one.annotator), 0)
        if count > 1 and not one.incidents:
            by = f" by {one.annotator}" if one.annotator else ""
            message = f"{one.id} has {count} annotations{by} in this file"
            one.incidents.append(
                Incident("B866", message, "delete all but one of them in the tool", file=one.file)
            )
    yield from reads


def _task(task: Json, number: int, file: str) -> Iterator[Read]:
    data = task.get("data")
    data = data if isinstance(data, dict) else {}
    ident, text = data.get("id"), data.get(TEXT)
    ident = ident if isinstance(ident, str) and len(ident) <= 200 else ""
    name = ident or f"task {_scalar(task.get('id')) or number}"
    place = f"{file}#{name}"
    annotations = task.get("annotations")
    if not isinstance(annotations, list):
        mend = "export the project as JSON, with its annotations"
        yield Read(
            ident, place, incidents=[Incident("B861", "the task has no annotations", mend, file=place)]
        )
        return
    wrong = _wrong_text(data, text, place)
    for annotation in annotations:
        if isinstance(annotation, dict) and annotation.get("was_cancelled") is True:
            continue
        one = Read(ident, place)
        result = annotation.get("result") if isinstance(annotation, dict) else None
        if wrong is not None:
            one.incidents.append(wrong)
        elif not isinstance(result, list) or not isinstance(text, str):
            message = "the annotation has no list of results"
            one.incidents.append(Incident("B861", message, "export the project as JSON", file=place))
        else:
            one.annotator = _annotator(annotation)
            found = graph_of(ident, text, result, data.get("relations"), place)
            one.graph, one.incidents, one.notes = found.graph, found.incidents, found.notes
        yield one


def _wrong_text(data: Json, text: Any, place: str) -> Incident | None:
    if not isinstance(text, str):
        message = f"the task's data have no text under {TEXT!r}"
        return Incident("B861", message, "use the configuration of the export (config.xml)", file=place)
    wanted = data.get("sha256")
    if isinstance(wanted, str) and wanted:
        found = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
        if found != wanted:
            message = f"the text is not the one that was exported: SHA-256 {found[:12]}…, not {wanted[:12]}…"
            mend = "export the article anew and annotate that: offsets of another text point nowhere"
            return Incident("B863", message, mend, file=place)
    return None


def _annotator(annotation: Json) -> str:
    """The address of whoever completed it, else the number that the tool gave them."""
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = by.get("email") or by.get("id")
    return _scalar(by)


def _scalar(value: Any) -> str:
    return str(value)[:200] if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
