"""Decisions turned into records: what stands behind ``decision:`` becomes, for each question, the fields to fill in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bilan.adjudication import notation, plain
from bilan.adjudication.opening import Opened
from bilan.adjudication.questions import Question
from bilan.incidents import Incident
from bilan.model import Json

BELOW = "below"


@dataclass(frozen=True)
class Decision:
    """``how``: none (no such record), reading, union, edited, below. ``take``: numbers of the readings it rests on.
    ``chosen``: the fields that it fills in; None for none and below. ``along``: records that needed and brought it."""

    how: str
    take: tuple[int, ...] = ()
    chosen: Json | None = None
    along: tuple[str, ...] = ()


@dataclass
class Decided:
    """Question → its decision, and what is wrong or missing."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)


def decide(opened: Opened) -> Decided:
    """Reads all decisions. What is undecided but needed by what is decided comes along, if it has one reading."""
    out = Decided()
    wanting: list[Question] = []
    for question in opened.questions:
        written = opened.decisions[question.name]
        if written is None or written == "":
            wanting.append(question)
            continue
        try:
            out.decisions[question.name] = _read(written, question, opened.text)
        except ValueError as error:
            mend = _mend(question)
            place = ("decisions", question.name, "decision")
            out.incidents.append(opened.incident("B871", f"{question.name}: {error}", mend, *place))
    _come_along(opened, wanting, out)
    for question in wanting:
        if question.name in out.decisions:
            continue
        about = "the article" if question.layer == plain.ARTICLE else f"{question.layer} {question.record}"
        message = f"{question.name}, on {about}, is undecided"
        needs = _needs(opened, question.record, out.decisions) if question.existence else []
        needed = [f"{who} ({by})" for who, by, _ in needs]
        if needed:
            message += f"; needed by {', '.join(needed)}"
        place = ("decisions", question.name, "decision")
        out.incidents.append(opened.incident("B870", message, _mend(question), *place))
    return out


def _mend(question: Question) -> str:
    numbers = ", ".join(str(i) for i in range(1, len(question.readings) + 1))
    return f"write one of {numbers}, or 0, 1+2, {{take: 1, field: value}}, below (docs/adjudication.md)"


# --- one decision ----------------------------------------------------------------------------------------


def _read(written: Any, question: Question, text: str) -> Decision:
    """Raises ValueError that says what is wrong."""
    if isinstance(written, dict):
        return _edited(written, question, text)
    said = written.strip().lower() if isinstance(written, str) else ""
    if said == BELOW:
        return Decision("below")
    numbers = (0,) if said == notation.NONE else _numbers(written, question)
    if numbers == (0,):
        if question.layer == plain.ARTICLE:
            raise ValueError("the article itself cannot go")
        return Decision("none")
    if len(numbers) == 1:
        reading = question.readings[numbers[0] - 1]
        if reading is None:
            return Decision("none", numbers)
        return Decision("reading", numbers, reading)
    chosen = _together(question, numbers, frozenset())
    return Decision("union", numbers, chosen)


def _numbers(written: Any, question: Question) -> tuple[int, ...]:
    said = written if isinstance(written, str) else repr(written)
    if isinstance(written, bool) or not re.fullmatch(r"\s*[0-9]{1,4}(\s*\+\s*[0-9]{1,4})*\s*", said):
        raise ValueError(f"{written!r} is no decision")
    numbers = tuple(dict.fromkeys(int(one) for one in said.split("+")))
    most = len(question.readings)
    if any(one > most for one in numbers) or (0 in numbers and len(numbers) > 1):
        raise ValueError(f"{said.strip()} is no reading; there are 1 to {most}")
    return numbers


def _together(question: Question, numbers: tuple[int, ...], without: frozenset[str]) -> Json:
    """The lists of several readings together, and what else they all say. ``without``: fields that are given."""
    readings = [question.readings[one - 1] for one in numbers]
    there = [one for one in readings if one is not None]
    if len(there) < len(readings):
        raise ValueError(f"not all of {'+'.join(map(str, numbers))} have this record")
    out: Json = {}
    for name in question.fields:
        values = [one[name] for one in there]
        if name in without:
            continue
        if len({plain.key(value) for value in values}) == 1:
            out[name] = values[0]
        elif all(isinstance(value, list) for value in values):
            seen: dict[str, Any] = {}
            for value in values:
                for item in value:
                    seen.setdefault(plain.key(item), item)
            out[name] = list(seen.values())
        else:
            told = "+".join(map(str, numbers))
            raise ValueError(f"{told}: they differ in {name}; write {{take: {told}, {name}: …}}")
    return out


def _edited(written: Json, question: Question, text: str) -> Decision:
    given = dict(written)
    take: tuple[int, ...] = ()
    if "take" in given:
        take = _numbers(given.pop("take"), question)
        if take == (0,):
            raise ValueError("take: 0 takes nothing; write 0, or the whole record")
    chosen: Json = {}
    for name, value in given.items():
        if name not in question.fields:
            if not question.existence and name in plain.fields(question.layer):
                raise ValueError(f"all agree on {name}; change it in the record {question.record} below")
            raise ValueError(f"{name!r} is no field in question; there are {', '.join(question.fields)}")
        number = type(value) is int and name not in plain.NUMBERS
        if number:
            by = question.readings[value - 1] if 0 < value <= len(question.readings) else None
            if by is None:
                raise ValueError(f"{name}: there is no reading {value} of it")
            chosen[name] = by[name]
        else:
            chosen.update(notation.read({name: value}, question.layer, text))
    if take:
        base = _together(question, take, frozenset(chosen))
        chosen = {name: chosen.get(name, base.get(name)) for name in question.fields}
    elif question.existence:
        chosen = notation.filled(question.layer, chosen)
        if "span" in question.fields and chosen["span"] is None:
            raise ValueError("it has no span; write span: words@offset, or take: a reading")
        if question.layer == "figures" and not {*plain.NUMBERS, "modifier"} & written.keys():
            for name in (*plain.NUMBERS, "modifier", *(("unit",) if "unit" not in written else ())):
                del chosen[name]  # read from the words, as in a text form
    elif missing := [name for name in question.fields if name not in chosen]:
        raise ValueError(f"nothing is said of {', '.join(missing)}; name it, or take: a reading")
    return Decision("edited", take, chosen)


# --- what comes along ------------------------------------------------------------------------------------


def _come_along(opened: Opened, wanting: list[Question], out: Decided) -> None:
    """Decides, again and again, what is undecided but needed: as the annotators read it on whom the need rests."""
    while True:
        for question in wanting:
            if question.name in out.decisions or not question.existence:
                continue
            needs = list(_needs(opened, question.record, out.decisions))
            if not needs:
                continue
            rests = [number for _, _, take in needs for number in take]
            groups = [(by, one) for by, one in question.groups() if one is not None]
            some = [(by, one) for by, one in groups if any(n in by for n in rests)] or groups
            if len(some) == 1:
                by, reading = some[0]
                number = next((n for n in by if n in rests), by[0])
                who = tuple(dict.fromkeys(ident for ident, _, _ in needs))
                out.decisions[question.name] = Decision("reading", (number,), reading, who)
                break
        else:
            return


def _needs(
    opened: Opened, ident: str, decisions: dict[str, Decision]
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Records that point at this one: (id, by which question or ``written below``, readings that it rests on)."""
    hand = Counter(
        record["id"]
        for record in opened.form.records.values()
        for target in plain.references(plain.layer_of(record["id"]), record)
        if target == ident
    )
    out: list[tuple[str, str, tuple[int, ...]]] = [(who, "written below", ()) for who in hand]
    for question in opened.questions:
        decision = decisions.get(question.name)
        if decision and decision.chosen and ident in plain.references(question.layer, decision.chosen):
            out.append((question.record, question.name, decision.take))
    return out
