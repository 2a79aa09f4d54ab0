"""The result for GitHub: workflow commands that annotate the lines of a change, and a page for the job's summary.

Commands and their escaping: the documentation of GitHub Actions, "Workflow commands". A step shows ten errors; which
ten is chosen so that no file hides another, and one line says what is left.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bilan.checks.catalogue import CATALOGUE
from bilan.checks.report import counted, printable
from bilan.incidents import Incident

if TYPE_CHECKING:
    from bilan.checks.runner import Result

SHOWN = 10
"""Errors that GitHub shows of one step."""

SUMMARY_BYTES = 900_000
"""GitHub drops a summary of more than 1 MiB as a whole."""


def root_of(here: Path, environment: Mapping[str, str]) -> Path:
    """The root of the checkout: the workspace of a workflow that holds ``here``, or the nearest folder with .git."""
    workspace = environment.get("GITHUB_WORKSPACE", "")
    if workspace and os.path.isabs(workspace) and here.resolve().is_relative_to(Path(workspace).resolve()):
        return Path(workspace)
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def from_root(file: str, root: Path) -> str:
    """The path of a file as the repository names it, where the file lies below its root; else as it was."""
    path = Path.cwd() / file
    try:
        return (
            (path.parent.resolve() / path.name).relative_to(root.resolve()).as_posix()
        )  # a link is named itself
    except (ValueError, OSError):
        return file


def commands(result: Result, corpus: str, root: Path) -> str:
    """The report for the log of a step. ``root``: the folder that paths of annotations are relative to."""
    chosen = first_of_each(result.incidents, SHOWN)
    lines = [_error(incident, root) for incident in chosen]
    if left := len(result.incidents) - len(chosen):
        files = len({incident.file for incident in result.incidents})
        message = (
            f"{left} more of {len(result.incidents)} incidents in {files} files; bilan check shows them all"
        )
        lines.append(f"::notice title=bilan check::{_data(message)}")
    exempted = f", {len(result.exempted)} exempted" if result.exempted else ""
    said = counted(len(result.incidents), "incident") if result.incidents else "All good"
    lines.append(f"{said}: {result.articles} articles of {printable(corpus)}{exempted}.")
    return "\n".join(lines)


def first_of_each(incidents: Sequence[Incident], most: int) -> list[Incident]:
    """At most so many incidents: the first of every file, then the second of every file, …; in their order."""
    turn: dict[str, int] = {}
    ranked = []
    for place, incident in enumerate(incidents):
        turn[incident.file] = turn.get(incident.file, 0) + 1
        ranked.append((turn[incident.file], place))
    return [incidents[place] for place in sorted(place for _, place in sorted(ranked)[:most])]


def _error(incident: Incident, root: Path) -> str:
    properties = {"file": from_root(incident.file, root)} if incident.file else {}
    if incident.line:
        properties |= {
            "line": str(incident.line),
            "col": str(incident.column),
            "endLine": str(incident.line),
            "endColumn": str(incident.column + incident.width),
        }
    properties["title"] = title(incident)
    head = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    pointer = f" [{incident.pointer}]" if incident.pointer else ""
    mend = f"\nmend: {incident.mend}" if incident.mend else ""
    return f"::error {head}::{_data(f'{incident.message}{pointer}{mend}')}"


def title(incident: Incident) -> str:
    """Code and name of the check."""
    rule = CATALOGUE.get(incident.code)
    return f"{incident.code} {rule.name}" if rule else incident.code


def _data(text: str) -> str:
    lines = "\n".join(printable(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# --- the page of the job ----------------------------------------------------------------------------------


def summary(result: Result, corpus: str, root: Path) -> str:
    """Markdown for the file that GITHUB_STEP_SUMMARY names: every incident with its mend."""
    exempted = f", {len(result.exempted)} exempted" if result.exempted else ""
    if result.ok:
        return f"### bilan check\n\nAll good: {result.articles} articles of {_cell(corpus)}{exempted}.\n"
    files = len({incident.file for incident in result.incidents})
    head = (
        f"### bilan check\n\n{counted(len(result.incidents), 'incident')} in {counted(files, 'file')}{exempted}"
        f" ({result.articles} articles of {_cell(corpus)}). `bilan rule CODE` explains a code.\n\n"
        "| place | check | what is wrong | how to mend it |\n|---|---|---|---|\n"
    )
    rows, left = _fitting(result.incidents, root, SUMMARY_BYTES - len(head.encode()))
    more = f"\n{left} more are left out here; bilan check shows them all.\n" if left else ""
    return head + "".join(rows) + more


def _fitting(incidents: Iterable[Incident], root: Path, room: int) -> tuple[list[str], int]:
    """Rows as long as there is room (bytes), and the number of those that found none."""
    rows: list[str] = []
    left = 0
    for incident in incidents:
        place = from_root(incident.file, root) + (
            f":{incident.line}:{incident.column}" if incident.line else ""
        )
        cells = (place, title(incident), incident.message, incident.mend)
        row = "| " + " | ".join(map(_cell, cells)) + " |\n"
        room -= len(row.encode("utf-8", "replace"))
        if room < 0:
            left += 1
        else:
            rows.append(row)
    return rows, left


def _cell(text: str) -> str:
    """Words as they stand, whatever Markdown or HTML would make of them."""
    plain = printable(text.replace("\n", " "))
    return "".join(f"&#{ord(c)};" if c in "&<>\"'\\`*_[]|~@#!$:" else c for c in plain)
