"""The gold article of a decided worksheet: what all agree on, what was decided, and what was edited, in one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bilan import model
from bilan.adjudication import deciding, opening, plain, worksheet
from bilan.adjudication.deciding import Decided, Decision
from bilan.adjudication.opening import Opened
from bilan.adjudication.questions import Question
from bilan.checks import schema, spans
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")


@dataclass(frozen=True)
class Finished:
    """The gold article, and the decisions that made it."""

    article: Json
    decided: Decided
    adjudicator: str
    guidelines: str
    by_hand: dict[str, list[str]]
    """What was changed, removed, added below, of what all agreed on."""


def finish(opened: Opened, adjudicator: str | None = None) -> Finished:
    """The gold article: fits the schema, its spans hold their words, its references arrive.

    ``adjudicator`` stands in where the worksheet names none. Raises BilanError with everything that is undecided
    (B870), no decision or at odds with what is written below (B871), left out though needed (B872), or wrong with the
    article.
    """
    name = opened.head.get("adjudicator") or adjudicator
    guidelines = str(opened.head.get("guidelines"))
    decided = deciding.decide(opened)
    found = [*_signed(opened, name), *decided.incidents]
    by_hand = opening.by_hand(opened)  # before decisions go in
    filled = _Filling(opened, decided)
    for question in opened.questions:
        if question.name in decided.decisions:
            found += filled.fill(question, decided.decisions[question.name])
    if not any(one.code in ("B870", "B871") for one in found):
        found += filled.dangling()
    if found:
        raise BilanError(sorted(found, key=Incident.sort_key))
    parts = opened.form.parts
    parts["provenance"] = {layer: _provenance(opened, layer, str(name), guidelines) for layer in model.LAYERS}
    article = opened.form.article()
    wrong = schema.check(article, "article", opened.file) or spans.inside(article, opened.file)
    if wrong:
        raise BilanError([_placed(opened, article, one) for one in wrong])
    return Finished(article, decided, str(name), guidelines, by_hand)


def _signed(opened: Opened, name: Any) -> Iterator[Incident]:
    place = ("adjudication", "adjudicator")
    if not name:
        message = "nobody signs the decisions"
        mend = "write your name or ORCID behind adjudicator:, or give --by NAME"
        yield opened.incident("B870", message, mend, *place)
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        message = f"{name!r} cannot sign: a name has letters, digits, and . _ : / - only"
        yield opened.incident("B871", message, "write it as a-diallo, or your ORCID", *place)
    guidelines = opened.head.get("guidelines")
    if not isinstance(guidelines, str) or not re.fullmatch(r"[0-9]+\.[0-9]+", guidelines):
        message = f"guidelines {guidelines!r}: this is no version in quotes"
        mend = "write the version of the guidelines in quotes, as '1.0'"
        yield opened.incident("B871", message, mend, "adjudication", "guidelines")


def _provenance(opened: Opened, layer: str, name: str, guidelines: str) -> Json:
    """A machine's reading that was looked at is machine_then_manual; who read what is in the history."""
    methods = set()
    for one in opened.head["annotators"].values():
        by = one["provenance"]
        methods.add(by["method"] if "method" in by else by[layer]["method"])
    return {
        "method": "manual" if methods == {"manual"} else "machine_then_manual",
        "annotator": name,
        "guidelines": guidelines,
        "status": "adjudicated",
    }


class _Filling:
    """Fills decisions into the records below."""

    def __init__(self, opened: Opened, decided: Decided) -> None:
        self.opened, self.decided = opened, decided
        self.parts, self.records = opened.form.parts, opened.form.records

    def fill(self, question: Question, decision: Decision) -> list[Incident]:
        """Does what was decided; incidents (B871) where what is written below says otherwise."""
        ident, chosen = question.record, decision.chosen
        if question.layer == plain.ARTICLE:
            return self._head(question, chosen or {}) if decision.how != deciding.BELOW else []
        record = self.records.get(ident)
        if decision.how == deciding.BELOW:
            if record is None:
                return [
                    self._odd(
                        question, f"{ident} does not stand below", "write it there, or another decision"
                    )
                ]
            return []
        if question.existence and record is not None:
            message = f"{ident} is written below, though it is decided here"
            return [
                self._odd(question, message, f"write decision: {deciding.BELOW}, or take {ident} out below")
            ]
        if chosen is None:
            if record is not None:
                self.parts[question.layer].remove(record)
                del self.records[ident]
            return []
        if record is None and not question.existence:
            message = f"{ident} does not stand below any more"
            return [self._odd(question, message, "put it back, or write decision: 0")]
        if record is None:
            record = {"id": ident, **{key: [] for key in model.SPAN_LISTS.get(question.layer, ())}}
            self._insert(question.layer, record)
        return self._fields(question, record, chosen)

    def _head(self, question: Question, chosen: Json) -> list[Incident]:
        found = []
        for name, value in chosen.items():
            if self.parts.get(name) not in (None, []):
                found.append(self._twice(question, "the article", name))
            self.parts[name] = value
        return found

    def _fields(self, question: Question, record: Json, chosen: Json) -> list[Incident]:
        found = []
        for name, value in chosen.items():
            if name == "span":
                if "start" in record:
                    found.append(self._twice(question, record["id"], "its span"))
                record.update(self._span(value))
            elif name in model.SPAN_LISTS.get(question.layer, ()):
                there = {plain.key(plain.place_of(span)) for span in record[name]}
                record[name] += [self._span(one) for one in value if plain.key(one) not in there]
                record[name].sort(key=lambda span: (span["start"], span["end"]))
            else:
                if name in record:
                    found.append(self._twice(question, record["id"], name))
                record[name] = value
        return found

    def _span(self, place: Json) -> Json:
        return {**place, "surface": self.opened.text[place["start"] : place["end"]]}

    def _insert(self, layer: str, record: Json) -> None:
        """Puts a record behind the one that it stood behind."""
        order = list(worksheet.unlisted(self.opened.origin["records"][layer]))
        before = set(order[: order.index(record["id"])])
        some = self.parts[layer]
        at = max((i + 1 for i, one in enumerate(some) if one["id"] in before), default=0)
        some.insert(at, record)
        self.records[record["id"]] = record

    def dangling(self) -> Iterator[Incident]:
        """B872 for every reference to a record that was left out."""
        asked = {question.record: question for question in self.opened.questions}
        known = {
            ident for some in self.opened.origin["records"].values() for ident in worksheet.unlisted(some)
        }
        for layer in model.LAYERS:
            for record in self.parts[layer]:
                for target in dict.fromkeys(plain.references(layer, record)):
                    if target in self.records or target not in known:
                        continue
                    yield self._left_out(record["id"], target, asked)

    def _left_out(self, ident: str, target: str, asked: dict[str, Question]) -> Incident:
        own, other = asked.get(ident), asked.get(target)
        by = self.decided.decisions.get(own.name) if own else None
        from_question = (
            own is not None and by is not None and target in plain.references(own.layer, by.chosen or {})
        )
        subject = f"{own.name} takes {ident}, which" if own is not None and from_question else ident
        message = f"{subject} points at {target}"
        message += f", which {other.name} leaves out" if other else ", which was taken out below"
        having = [str(i) for i, one in enumerate(other.readings, 1) if one is not None] if other else []
        mend = f"decide {' or '.join(having)} at {other.name}" if other and having else f"put {target} back"
        mend += f", or change {own.name if own is not None and from_question else ident}"
        place = (
            ("decisions", own.name, "decision")
            if own is not None and from_question
            else (plain.layer_of(ident), ident)
        )
        return self.opened.incident("B872", message, mend, *place)

    def _odd(self, question: Question, message: str, mend: str) -> Incident:
        place = ("decisions", question.name, "decision")
        return self.opened.incident("B871", f"{question.name}: {message}", mend, *place)

    def _twice(self, question: Question, ident: str, what: str) -> Incident:
        message = f"{what} of {ident} is written below, though it is decided here"
        return self._odd(question, message, f"take it out below, or write decision: {deciding.BELOW}")


def _placed(opened: Opened, article: Json, incident: Incident) -> Incident:
    """An incident of the gold article at the decision or the record that it is about."""
    path = incident.pointer.split("/")[1:]
    place = tuple(path)
    if len(path) > 1 and path[0] in model.LAYERS and path[1].isdigit():
        ident = article[path[0]][int(path[1])]["id"]
        asked = next((one for one in opened.questions if one.record == ident), None)
        field = path[2] if len(path) > 2 else ""
        if asked is not None and (not field or field in (*asked.fields, *model.SPAN_KEYS)):
            place = ("decisions", asked.name, "decision")
        else:
            place = (path[0], ident, *path[2:])
    at = opened.incident(incident.code, incident.message, incident.mend, *place)
    return replace(at, pointer=incident.pointer, severity=incident.severity)
