"""Scores of predictions: ``bilan.score`` and what it returns.

>>> import bilan
>>> report = bilan.score("predictions.jsonl", "figures", split="validation", by=["lang"])
>>> report["figures", "all right, overlapping span"].value
>>> print(report)

Equal to ``seqeval`` (BIO), ``nervaluate`` (SemEval schemas) and ``scikit-learn`` (labels of aligned spans) on the same
input, which the test suite shows.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bilan import tasks
from bilan.incidents import Incident
from bilan.load import UnknownName
from bilan.scoring import predictions as reading
from bilan.scoring.items import Error, Item
from bilan.scoring.reader import short
from bilan.scoring.report import Comparison, Report, Row
from bilan.tasks import gold

__all__ = ["Comparison", "Error", "Report", "Row", "score"]

UNIT_GROUPS = ("lang", "region", "country", "style", "subset", "split", "story")
"""What every task can be grouped by; the tasks add what their items have."""

DRAWS, SEED = 1000, 20250523

Given = str | os.PathLike[str] | Iterable[Mapping[str, Any]]


def score(
    predictions: Given,
    task: str,
    *,
    split: str = "test",
    by: str | Sequence[str] = (),
    against: Given | None = None,
    source: str | os.PathLike[str] | None = None,
    hydrate: gold.Copies = False,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Report:
    """Scores the predictions of one system on a split, with 95 % intervals; ``against`` compares with a second one.

    ``predictions``: a JSONL file or an iterable of its lines, in the form of ``docs/tasks``. ``task``: a name or
    code of ``bilan.tasks.TASKS``. ``by``: fields that give a table each (lang, region, source_kind, modifier, …).
    ``hydrate``: copies of withheld texts, as in ``bilan.load``; without them wild has no tokens and no words.
    Intervals are percentiles over ``draws`` samples of *stories* drawn with replacement, since the articles of a
    story are not independent; the paired test exchanges the systems' results story by story. What is odd in a
    prediction is in ``report.problems`` and is scored as what it is. Raises UnknownName for a task, split or field
    that does not exist, and BilanError (B811) for a file that cannot be read.
    """
    from bilan.scoring import measures

    chosen = tasks.get(task)
    scorer = importlib.import_module(f"bilan.scoring.{chosen.name}")
    fields = _fields(by, scorer.ATTRIBUTES)
    units = gold.units(chosen, split=split, source=source, hydrate=hydrate)
    found, items = _compare(chosen, scorer, units, predictions, source)
    rows = measures.rows(scorer.MEASURES, units, items, fields, draws, seed)
    comparison = None
    problems = list(found.problems)
    if against is not None:
        other, theirs = _compare(chosen, scorer, units, against, source)
        problems += other.problems
        comparison = measures.paired(scorer.MEASURES, units, items, theirs, draws, seed)
    return Report(
        task=chosen.name,
        split=split,
        main=scorer.MAIN,
        units=len(units),
        stories=len({unit.story for unit in units}),
        rows=rows,
        problems=problems,
        errors=[Error(unit, *error) for unit, own in items.items() for item in own for error in item.errors],
        comparison=comparison,
    )


def _fields(by: str | Sequence[str], more: Sequence[str]) -> list[str]:
    fields = [f.strip() for f in by.split(",") if f.strip()] if isinstance(by, str) else list(by)
    known = (*UNIT_GROUPS, *more)
    for field in fields:
        if field not in known:
            there = ", ".join(known)
            raise UnknownName(
                Incident("B806", f"cannot group by {field!r}; there are: {there}", f"use one of {there}")
            )
    return list(dict.fromkeys(fields))


def _compare(
    task: tasks.Task, scorer: Any, units: Sequence[gold.Unit], given: Given, source: Any
) -> tuple[reading.Predictions, dict[str, list[Item]]]:
    """Reads and compares; units without a prediction are scored as empty, predictions without a unit as wrong."""
    found = reading.read(given, task)
    known = {unit.id for unit in units}
    here = [*found.items, *(ident for ident in found.tags if ident not in found.items)]
    elsewhere = _elsewhere(task, source) if any(ident not in known for ident in here) else {}
    for unit in units:
        if unit.id not in found.items and unit.id not in found.tags:
            found.problem(
                "B813",
                f"{unit.id} has no prediction; scored as empty",
                f"predict every {task.unit} of the split",
            )
    items = {}
    for unit in units:
        groups = unit.groups
        items[unit.id] = [
            Item({**groups, **item.attributes}, item.counts, item.errors)
            for item in scorer.compare(unit, found)
        ]
    for ident in here:
        if ident in known:
            continue
        line = found.where.get(ident, 0)
        if ident in elsewhere:
            found.problem(
                "B820",
                f"{ident} is in split {elsewhere[ident]}; not scored here",
                "score that split by itself",
                line,
            )
        else:
            mend = f"give the id of {task.unit}s of the corpus"
            stray = [*found.items.get(ident, ()), *reading.tagged(found, ident)]
            message = f"there is no {task.unit} {short(ident)}; what it predicts counts as wrong"
            found.problem("B821", message, mend, line)
            items[ident] = [
                Item({}, scorer.stray(one), [("spurious", "", "", f"no such {task.unit}")]) for one in stray
            ]
    return found, items


def _elsewhere(task: tasks.Task, source: Any) -> dict[str, str]:
    return {unit.id: unit.split for unit in gold.units(task, source=source)}
