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
from bilan.scoring import bio
from bilan.scoring.reader import as_text, short
from bilan.tasks import Task

_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\r?\n?(.*?)(?:```|\Z)", re.DOTALL)
"""A code fence; the last may be left open."""

_SENTENCE = re.compile(r"(.+\.[a-z]{2}\.[0-9]+)/([0-9]{1,9})")


@dataclass
class Predictions:
    """What a system predicted: unit id → items, and what was wrong with the lines."""

    items: dict[str, list[Any]] = field(default_factory=dict)
    """Of entities, figures, links, claims: the items of all lines of a unit. Of extraction: its documents."""
    tags: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    """Article → number of the sentence → BIO tags, where the lines are sentences of the table ``ner``."""
    where: dict[str, int] = field(default_factory=dict)
    """Unit id → its first line."""
    places: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """Unit id → line of each item, and its position in that line's list."""
    pointers: dict[tuple[str, int], str] = field(default_factory=dict)
    """(article, line) → where its document stands, if not in ``output``."""
    tag_lines: dict[tuple[str, int], int] = field(default_factory=dict)
    """(article, number of the sentence) → its line."""
    problems: list[Incident] = field(default_factory=list)
    file: str = ""

    def problem(self, code: str, message: str, mend: str, line: int = 0, pointer: str = "") -> None:
        self.problems.append(
            Incident(code, message, mend, file=self.file, line=line, pointer=pointer, severity="warning")
        )


def read(given: str | os.PathLike[str] | Iterable[Mapping[str, Any]], task: Task) -> Predictions:
    """Reads a JSONL file or an iterable of lines. Raises BilanError (B811) for a file that cannot be read at all."""
    if isinstance(given, (str, os.PathLike)):
        out = Predictions(file=os.fspath(given))
        lines = _file(Path(out.file))
    else:
        out, lines = Predictions(), enumerate(given, 1)
    for number, line in lines:
        _line(out, task, number, line)
    return out


def _file(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        message = f"the predictions cannot be read: {getattr(error, 'strerror', None) or error}"
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
    places = out.places.setdefault(ident, [])
    if task.name == "extraction":
        document = _document(out, number, line)
        if document is not None:
            items.append(document)
            places.append((number, 0))
            if "output" not in line:
                out.pointers[ident, number] = ""
        return
    listed = line.get(task.key)
    if not isinstance(listed, list):
        out.problem(
            "B812", f"the line has no list {task.key}", "give a list, [] for none", number, f"/{task.key}"
        )
        return
    for at, item in enumerate(listed):
        places.append((number, at))
        if isinstance(item, Mapping):
            items.append(dict(item))
        else:
            out.problem(
                "B812",
                f"{short(item)} is no object; counted as a wrong prediction",
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
    if not found or not isinstance(listed, list) or not all(_is_tag(tag) for tag in listed):
        out.problem("B812", "no sentence with tags", "give the id of a row of ner, and its tags", number)
        return
    article, sentence = found[1], int(found[2])
    out.where.setdefault(article, number)
    out.tag_lines.setdefault((article, sentence), number)
    tags = _tag_words(listed)
    if sentence in out.tags.setdefault(article, {}):
        out.problem(
            "B814", f"{found[0]} stands twice; the first is scored", "write one line a sentence", number
        )
        return
    out.tags[article][sentence] = tags


def _is_tag(tag: Any) -> bool:
    return isinstance(tag, (str, int)) and not isinstance(tag, bool)


def _tag_words(listed: list[Any]) -> list[str]:
    from bilan.tables.features import bio_labels

    names = bio_labels().names
    return [names[tag] if isinstance(tag, int) and 0 <= tag < len(names) else as_text(tag) for tag in listed]


def tagged(found: Predictions, article: str) -> Iterator[Json]:
    """The names that an article's tags mark, by their types alone."""
    for tags in found.tags.get(article, {}).values():
        for _, _, label in bio.chunks(tags):
            yield {"type": label}


def _document(out: Predictions, number: int, line: Mapping[str, Any]) -> Json | None:
    """The object that a model gave for a text: as such, or as the text that it wrote."""
    if "output" not in line:
        return {key: line[key] for key in ("events", "figures") if key in line}
    given = line["output"]
    if isinstance(given, str):
        try:
            given, fenced = _inside(given)
        except ValueError as error:
            out.problem(
                "B819",
                f"the output is no JSON, and counts as empty: {error}",
                "constrain the decoder by the response schema",
                number,
                "/output",
            )
            return None
        if fenced:
            out.problem(
                "B818",
                "the JSON stands inside a code fence; scored as what is in it",
                "give the JSON alone",
                number,
                "/output",
            )
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


def _inside(words: str) -> tuple[Any, bool]:
    """The JSON that a model wrote, and whether it stands in a fence: the first fence that holds an object."""
    try:
        return loads(words.strip().encode("utf-8", "surrogatepass")), False
    except ValueError as error:
        for fence in _FENCE.finditer(words):
            try:
                found = loads(fence[1].strip().encode("utf-8", "surrogatepass"))
            except ValueError:
                continue
            if isinstance(found, Mapping):
                return found, True
        raise error
