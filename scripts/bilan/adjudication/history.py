"""The history of an adjudicated article: who read what, and what was chosen, as one JSON document beside it.

docs/adjudication.md defines the format. The history of a withheld article shows no words of its text: places are
offsets.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from bilan import jsonio, model
from bilan.adjudication import notation, opening, plain
from bilan.adjudication.finishing import Finished
from bilan.adjudication.opening import Opened
from bilan.adjudication.questions import Question
from bilan.model import Json

FORMAT = "bilan-adjudication-1"


def history(opened: Opened, finished: Finished, date: str) -> Json:
    """The history of one gold article. ``date``: the day of the decisions, ISO 8601."""
    gold = finished.article
    text = None if gold["text"]["access"] == "withheld" else opened.text
    by_id = {record["id"]: record for layer in model.LAYERS for record in gold[layer]}
    return {
        "format": FORMAT,
        "article": gold["id"],
        "article_sha256": jsonio.canonical_sha256(gold),
        "text_sha256": gold["text"]["sha256"],
        "adjudicator": finished.adjudicator,
        "date": date,
        "guidelines": finished.guidelines,
        "annotators": [{"number": int(n), **one} for n, one in opened.head["annotators"].items()],
        "agreement": opened.origin["agreement"],
        "layers": _layers(opened, finished),
        "decisions": [_decision(one, opened, finished, by_id, text) for one in opened.questions],
        "by_hand": finished.by_hand,
        "records": {ident: own for ident, own in opening.ids_of(opened).items() if ident in by_id},
    }


def _layers(opened: Opened, finished: Finished) -> Json:
    """Layer → records, agreed ones, and how many questions were decided how."""
    hows: dict[str, Counter[str]] = {}
    for question in opened.questions:
        hows.setdefault(question.layer, Counter())[_how(question, finished)] += 1
    return {
        layer: {**counts, "decided": dict(sorted(hows.get(layer, Counter()).items()))}
        for layer, counts in opened.origin["counts"].items()
    }


def _how(question: Question, finished: Finished) -> str:
    """``reading 1``, ``reading 1+3`` (the same), ``none``, ``union``, ``edited``, ``below``."""
    decision = finished.decided.decisions[question.name]
    if decision.how in ("reading", "none") and decision.take:
        return f"reading {'+'.join(map(str, _side(question, decision.take[0])))}"
    return decision.how


def _side(question: Question, number: int) -> tuple[int, ...]:
    return next(by for by, _ in question.groups() if number in by)


def _decision(
    question: Question, opened: Opened, finished: Finished, by_id: dict[str, Json], text: str | None
) -> Json:
    decision = finished.decided.decisions[question.name]
    record = finished.article if question.layer == plain.ARTICLE else by_id.get(question.record)
    chosen = decision.chosen
    if chosen is None and record is not None:  # written by hand
        whole = plain.reading(question.layer, record)
        chosen = {field: whole[field] for field in question.fields}
    out: dict[str, Any] = {
        "question": question.name,
        "layer": question.layer,
        "record": question.record,
        "readings": [
            {"by": list(by), "reading": _shown(one, text, question)} for by, one in question.groups()
        ],
        "proposed": question.proposal(),
        "decision": _how(question, finished),
        "chosen": _shown(chosen, text, question),
    }
    if decision.take:
        out["take"] = list(decision.take)
    if decision.along:
        out["needed_by"] = list(decision.along)
    return out


def _shown(reading: Json | None, text: str | None, question: Question) -> Any:
    return None if reading is None else notation.shown(reading, text, question.existence)
