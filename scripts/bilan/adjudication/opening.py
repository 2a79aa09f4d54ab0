"""A worksheet read back: its questions with what was decided, and the text form below them, as far as it goes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import yaml

from bilan import model
from bilan.adjudication import notation, plain, worksheet
from bilan.adjudication.questions import Question
from bilan.checks.parse import excerpt_at
from bilan.incidents import BilanError, Incident
from bilan.jsonio import line_column
from bilan.model import Json
from bilan.textform.read import Form

OWN = ("adjudication", "decisions", "origin")
"""Keys of the front matter that a text form does not have."""

AGAIN = "write the worksheet again beside this one (bilan adjudicate A B --out DIR) and copy from there"


@dataclass(frozen=True)
class Opened:
    """``form``: the text form below, its records and text read; ``decisions``: what stands behind each ``decision:``.
    ``head``: who decides, by which guidelines, who read; ``origin``: what was sealed when the worksheet was written."""

    file: str
    form: Form
    questions: list[Question]
    decisions: dict[str, Any]
    head: Json
    origin: Json

    @property
    def text(self) -> str:
        assert self.form.content is not None
        return self.form.content

    def incident(self, code: str, message: str, mend: str, *path: str) -> Incident:
        """An incident at a place of the front matter; of the path the nearest key that is there."""
        node: yaml.Node = self.form.node
        at = node.start_mark.index
        for part in path:
            if not isinstance(node, yaml.MappingNode):
                break
            entry = next(((key, value) for key, value in node.value if key.value == part), None)
            if entry is None:
                break
            at, node = entry[0].start_mark.index, entry[1]
        offset = len("---\n") + at
        line, column = line_column(self.form.source, offset)
        excerpt, caret = excerpt_at(self.form.source, offset)
        return Incident(
            code, message, mend, file=self.file, line=line, column=column, excerpt=excerpt, caret=caret
        )


def open_(source: str, file: str) -> Opened:
    """Reads a worksheet. Raises BilanError: of the text form, and B873 where it is none or was altered where it may not
    be: a question that is gone, other readings, another text."""
    form = Form(source, file)
    header = form.header
    if not all(isinstance(header.get(key), dict) for key in OWN):
        missing = ", ".join(key for key in OWN if not isinstance(header.get(key), dict))
        message = f"this is no whole worksheet of an adjudication: it has no {missing}"
        raise BilanError(Incident("B873", message, AGAIN, file=file))
    form.header = {key: value for key, value in header.items() if key not in OWN}
    form.read()
    opened = Opened(file, form, [], {}, header["adjudication"], header["origin"])
    found = _sealed(opened) or [*_same_article(opened), *_same_text(opened)]
    if found:
        raise BilanError(found)
    _questions(opened, header["decisions"], found)
    if found:
        raise BilanError(found)
    return opened


def _sealed(opened: Opened) -> list[Incident]:
    """Whether head and origin are as they were written."""
    head, origin = opened.head, opened.origin
    fixed = {key: value for key, value in origin.items() if key != "seal"}
    shape = (
        head.get("form") == worksheet.VERSION
        and isinstance(head.get("annotators"), dict)
        and origin.get("seal") == worksheet.whole_seal(fixed, list(head["annotators"].values()))
    )
    if shape:
        return []
    message = "annotators or origin, which are to stay as they are, were altered"
    return [opened.incident("B873", message, AGAIN, "origin")]


def _same_article(opened: Opened) -> list[Incident]:
    parts, ident = opened.form.parts, opened.origin["article"]
    wanted = {"id": ident, "story": ident.split(".")[0], "lang": ident.split(".")[1]}
    return [
        opened.incident("B873", f"this is {key} {value}, not {parts[key]}", f"write {key}: {value}", key)
        for key, value in wanted.items()
        if parts[key] != value
    ]


def _same_text(opened: Opened) -> list[Incident]:
    text = opened.form.content
    if text is not None and hashlib.sha256(text.encode()).hexdigest() == opened.origin["text"]:
        return []
    if text is None:
        return [opened.incident("B873", "the text below the front matter is gone", AGAIN, "text")]
    now, before = text.split("\n"), opened.origin["lines"].split()
    seals = [worksheet.seal(line)[:4] for line in now]
    at = next(
        (i for i, (a, b) in enumerate(zip(seals, before, strict=False)) if a != b), min(len(now), len(before))
    )
    told = f"its line {at + 1} is now {now[at]!r:.80}" if at < len(now) else "lines at its end are gone"
    if not any(a != b for a, b in zip(seals, before, strict=False)) and at < len(now):
        told = "there are more lines at its end"
    line = opened.form.body_line + min(at, max(0, len(now) - 1))
    mend = "put the words back as they were, letter by letter; only brackets may change"
    return [Incident("B873", f"the text was changed: {told}", mend, file=opened.file, line=line, column=1)]


def _questions(opened: Opened, decisions: Json, found: list[Incident]) -> None:
    """Fills questions and decisions in; what was altered goes to ``found``."""
    seals = worksheet.unlisted(opened.origin["questions"])
    for name in decisions:
        if name not in seals:
            message = f"{name} is none of the questions"
            found.append(opened.incident("B873", message, "take it out", "decisions", name))
    for name, expected in seals.items():
        given = decisions.get(name)
        if not isinstance(given, dict):
            message = (
                f"the question {name} is gone" if name not in decisions else f"{name} is no question any more"
            )
            found.append(opened.incident("B873", message, AGAIN, "decisions", name))
            continue
        question = _question(name, given, opened)
        if question is None or worksheet.sealed(question) != expected:
            message = f"what {name} asks was altered"
            mend = f"{AGAIN}; write another reading behind decision:, as {{take: 1, field: value}}"
            found.append(opened.incident("B873", message, mend, "decisions", name))
            continue
        opened.questions.append(question)
        opened.decisions[name] = given.get("decision")


def _question(name: str, given: Json, opened: Opened) -> Question | None:
    """The question as it stands; None where it cannot be read. Keys beside those that were written: a slip."""
    record = given.get("about")
    if not isinstance(record, str):
        return None
    layer = plain.layer_of(record)
    number = len(opened.head["annotators"])
    readings: dict[int, Json | None] = {}
    existence = any(value == notation.NONE for value in given.values())
    for key, value in given.items():
        if key in ("about", "decision"):
            continue
        if not re.fullmatch(r"[1-9][0-9]*(,[1-9][0-9]*)*", key):
            return None
        try:
            one = None if value == notation.NONE else notation.read(value, layer, opened.text)
        except ValueError:
            return None
        if one is not None and existence:
            one = notation.filled(layer, one)
        readings.update((int(by), one) for by in key.split(","))
    if sorted(readings) != list(range(1, number + 1)):
        return None
    return Question(name, layer, record, existence, tuple(readings[i] for i in range(1, number + 1)))


def by_hand(opened: Opened) -> dict[str, list[str]]:
    """What was changed below, of what all agreed on: ``changed``, ``removed`` and ``added`` ids."""
    out: dict[str, list[str]] = {"changed": [], "removed": [], "added": []}
    known: set[str] = set()
    for layer, listed in opened.origin["records"].items():
        for ident, told in worksheet.unlisted(listed).items():
            known.add(ident)
            *_, seal = told.split(" ")
            if len(told.split(" ")) == len(opened.head["annotators"]):
                continue  # not all have it
            record = opened.form.records.get(ident)
            if record is None:
                out["removed"].append(ident)
            elif worksheet.agreed_seal(layer, record) != seal:
                out["changed"].append(ident)
    if worksheet.head_seal(opened.form.parts) != opened.origin["head"]:
        out["changed"].insert(0, plain.ARTICLE)
    out["added"] = [ident for ident in opened.form.records if ident not in known]
    return out


def ids_of(opened: Opened) -> dict[str, list[str | None]]:
    """Common id → the id in each annotation."""
    number = len(opened.head["annotators"])
    return {
        ident: [None if own == "-" else own for own in told.split(" ")[:number]]
        for layer in model.LAYERS
        for ident, told in worksheet.unlisted(opened.origin["records"][layer]).items()
    }
