"""Reporters: one result, told as text for people or as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bilan.incidents import Incident

if TYPE_CHECKING:
    from bilan.checks.runner import Result


def text_lines(incidents: Iterable[Incident], color: bool = False) -> list[str]:
    """The incidents as lines: place, code and message, the offending line with carets, the mend."""
    bold, red, blue, off = ("\033[1m", "\033[31m", "\033[34m", "\033[0m") if color else ("", "", "", "")
    lines = []
    for incident in incidents:
        place = incident.file or "-"
        if incident.line:
            place += f":{incident.line}:{incident.column}"
        pointer = f" [{incident.pointer}]" if incident.pointer else ""
        lines.append(f"{bold}{place}{off}: {red}{incident.code}{off} {incident.message}{pointer}")
        if incident.excerpt:
            lines.append(f"    {printable(incident.excerpt)}")
            lines.append(f"    {' ' * incident.caret}{red}{'^' * incident.width}{off}")
        if incident.mend:
            lines.append(f"  {blue}mend:{off} {incident.mend}")
    return lines


def counted(number: int, noun: str) -> str:
    """1 incident, 2 incidents, 1,000 incidents."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def printable(line: str) -> str:
    """Words that may stand on a terminal or in a log: control and format characters are shown as U+FFFD."""
    return "".join(c if c.isprintable() else " " if c in "\t\u00a0\u202f" else "\ufffd" for c in line)


def text(result: Result, corpus: str, color: bool = False) -> str:
    """The whole report for people."""
    lines = text_lines(result.incidents, color)
    exempted = f", {len(result.exempted)} exempted" if result.exempted else ""
    if result.incidents:
        files = len({incident.file for incident in result.incidents})
        codes = sorted({incident.code for incident in result.incidents})
        lines.append("")
        lines.append(
            f"{counted(len(result.incidents), 'incident')} in {counted(files, 'file')}{exempted}"
            f" ({result.articles} articles of {corpus} checked). Explain one: bilan rule {codes[0]}"
        )
    else:
        lines.append(f"All good: {result.articles} articles of {corpus}{exempted}.")
    return "\n".join(lines)


def as_json(result: Result, corpus: str) -> str:
    """The whole report for programs: one JSON object, keys as in ``Incident``."""
    report = {
        "corpus": corpus,
        "articles": result.articles,
        "ok": result.ok,
        "incidents": [dataclasses.asdict(incident) for incident in result.incidents],
        "exempted": len(result.exempted),
    }
    return json.dumps(report, ensure_ascii=False, indent=2)
