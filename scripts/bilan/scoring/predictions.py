"""Predictions as they come: read line by line, everything odd reported, nothing dropped in silence.

Each line is an object that names its unit (``{"article": …, "figures": […]}``). What cannot be what it should be
(a span outside the text, a label that does not exist, NaN) stays as a prediction that is wrong.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.scoring import values
from bilan.tasks import Task

_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\r?\n?(.*?)```", re.DOTALL)
_SENTENCE = re.compile(r"(.+\.[a-z]{2}\.\d+)/(\d+)")


@dataclass
class Predictions:
    """What a system predicted: unit id → items, and what was wrong with the lines."""

    items: dict[str, list[Any]] = field(default_factory=dict)
    """Of entities, figures, links, claims: the items of all lines of a unit. Of extraction: its documents."""
    tags: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """Article → number of the sentence → BIO tags, where the lines are sentences of the table ``ner``."""
    where: dict[str, int] = field(default_factory=dict)
    """Unit id → its line."""
    problems: list[Incident] = field(default_factory=list)
    file: str = ""

    def problem(self, code: str, message: str, mend: str, line: int = 0, pointer: str = "") -> None:
        self.problems.append(
            Incident(code, message, mend, file=self.file, line=line, pointer=pointer, severity="warning")
        )


def read(given: str | os.PathLike[str] | Iterable[Mapping[str, Any]], task: Task) -> Predictions:
    """Reads a JSONL file or an iterable of lines. Raises BilanError (B811) for a file that cannot be read at all."""
    out = Predictions(file=os.fspath(given) if isinstance(given, (str, os.PathLike)) else "")
    lines = _file(Path(out.file)) if out.file else enumerate(given, 1)  # type: ignore[arg-type]
    for number, line in lines:
        _line(out, task, number, line)
    return out


def _file(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"the predictions cannot be read: {error.strerror}"
        raise BilanError(Incident("B811", message, "give a JSONL file", file=str(path))) from None
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.strip():
            yield number, line


def _line(out: Predictions, task: Task, number: int, line: Any) -> None:
    if isinstance(line, bytes):
        try:
            line = loads(line)
        except ValueError as error:
            mend = f'write one JSON object a line: {{"{task.unit}": …, "{task.key}": …}}'
            out.problem("B812", f"the line is no JSON: {error}", mend, number)
            return
    if not isinstance(line, Mapping):
        out.problem(
            "B812", "the line is no object", f"write an object with {task.unit} and {task.key}", number
        )
        return
    if task.name == "entities" and "tags" in line:
        _tags(out, number, line)
        return
    ident = line.get(task.unit, line.get("id"))
    if not isinstance(ident, str):
        out.problem("B812", f"the line has no {task.unit}", f"name the {task.unit} by its id", number)
        return
    if ident in out.where:
        message = f"{ident} stands in line {out.where[ident]} as well; both are scored, together"
        out.problem("B814", message, f"write one line for each {task.unit}", number)
    out.where.setdefault(ident, number)
    items = out.items.setdefault(ident, [])
    if task.name == "extraction":
        document = _document(out, number, line)
        if document is not None:
            items.append(document)
        return
    listed = line.get(task.key)
    if not isinstance(listed, list):
        out.problem(
            "B812", f"the line has no list {task.key}", "give a list, [] for none", number, f"/{task.key}"
        )
        return
    for at, item in enumerate(listed):
        if isinstance(item, Mapping):
            items.append(dict(item))
        else:
            out.problem(
                "B812",
                f"{item!r} is no object; counted as a wrong prediction",
                "give an object",
                number,
                f"/{task.key}/{at}",
            )
            items.append({})


def loads(line: bytes) -> Any:
    """JSON, also with the NaN and Infinity that Python writes: they are let in, to be reported where they stand."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            return json.loads(line)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None


def _tags(out: Predictions, number: int, line: Mapping[str, Any]) -> None:
    found = _SENTENCE.fullmatch(str(line.get("id")))
    listed = line["tags"]
    if not found or not isinstance(listed, list) or not all(isinstance(tag, (str, int)) for tag in listed):
        out.problem("B812", "no sentence with tags", "give the id of a row of ner, and its tags", number)
        return
    article, sentence = found[1], int(found[2])
    out.where.setdefault(article, number)
    tags = _tag_words(listed)
    if sentence in out.tags.setdefault(article, {}):
        out.problem(
            "B814", f"{found[0]} stands twice; the first is scored", "write one line a sentence", number
        )
        return
    out.tags[article][sentence] = tags


def _tag_words(listed: list[Any]) -> list[str]:
    from bilan.tables.features import bio_labels

    names = bio_labels().names
    return [names[tag] if isinstance(tag, int) and 0 <= tag < len(names) else str(tag) for tag in listed]


def _document(out: Predictions, number: int, line: Mapping[str, Any]) -> Json | None:
    """The object that a model gave for a text: as such, or as the text that it wrote."""
    given = line.get("output", line)
    if isinstance(given, str):
        fenced = _FENCE.search(given)
        if fenced:
            out.problem(
                "B818",
                "the JSON stands inside a code fence; scored as what is in it",
                "give the JSON alone",
                number,
                "/output",
            )
            given = fenced[1]
        try:
            given = loads(given.strip().encode("utf-8", "surrogatepass"))
        except ValueError as error:
            out.problem(
                "B819",
                f"the output is no JSON, and counts as empty: {error}",
                "constrain the decoder by the response schema",
                number,
                "/output",
            )
            return None
    if not isinstance(given, Mapping):
        out.problem(
            "B819",
            "the output is no object, and counts as empty",
            "give events and figures",
            number,
            "/output",
        )
        return None
    return dict(given)


# --- parts of items --------------------------------------------------------------------------------------


@dataclass
class Reader:
    """Reads the parts of one unit's items and reports what is wrong with them."""

    out: Predictions
    unit: str
    length: int | None
    """Code points of the text; None = not known, as of a story."""

    def problem(self, code: str, message: str, mend: str, pointer: str) -> None:
        self.out.problem(code, f"{self.unit}: {message}", mend, self.out.where.get(self.unit, 0), pointer)

    def span(self, given: Any, pointer: str) -> tuple[int, int] | None:
        """A place in the text; None, with a report, for what is none."""
        start, end = (given.get("start"), given.get("end")) if isinstance(given, Mapping) else (None, None)
        whole = [n for n in (start, end) if isinstance(n, int) and not isinstance(n, bool)]
        if len(whole) == 2 and 0 <= whole[0] < whole[1] and (self.length is None or whole[1] <= self.length):
            return whole[0], whole[1]
        message = f"no span of the text: start {start!r}, end {end!r}, length {self.length}; counted as wrong"
        self.problem("B815", message, "give half-open offsets in code points", pointer)
        return None

    def label(self, given: Any, known: Iterable[str], pointer: str) -> str:
        """A label; one that does not exist is reported and matches nothing."""
        if given not in known if isinstance(given, str) else True:
            self.problem(
                "B816",
                f"there is no label {given!r} here; counted as wrong",
                "use a label of schema/labels.json",
                pointer,
            )
        return str(given)

    def value(self, item: Mapping[str, Any], pointer: str) -> Json:
        """The value of a figure; what is no number is reported and equals nothing."""
        value = {key: item.get(key) for key in ("stated", "low", "high", "unit")}
        bad = [
            key
            for key in ("stated", "low", "high")
            if value[key] is not None and not values.number(value[key])
        ]
        if bad or not values.readable(value):
            shown = ", ".join(f"{key} {value[key]!r}" for key in bad or ("low", "high"))
            self.problem(
                "B817",
                f"no value: {shown}; counted as wrong",
                "give numbers, low ≤ high; high null = unbounded",
                pointer,
            )
            if "stated" in bad:
                value["stated"] = None
            if bad and bad != ["stated"]:
                value["low"] = None
        return value
