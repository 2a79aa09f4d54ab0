"""Predictions for tests of the scorer: perfect ones, changed ones, and scores of them without reading tables anew."""

from __future__ import annotations

import copy
import functools
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bilan
from bilan import scoring, tasks
from bilan.scoring import Report
from bilan.tasks import gold

Json = dict[str, Any]

NAMES = tuple(tasks.TASKS)
EN, FR = "ml-2025-05-23-dioura.en.1", "ml-2025-05-23-dioura.fr.2"
"""The articles of the split test of the small corpus."""

LABELS = ("armed_group", "state_force", "place", "person", "organization", "media")


_read, _tables = gold.units, functools.cache(gold.read_filled)


@functools.cache
def units(task: str, split: str | None, source: Path | None, hydrate: Path | bool = False) -> list[gold.Unit]:
    gold.read_filled = _tables  # type: ignore[assignment]
    try:
        return _read(tasks.get(task), split=split, source=source, hydrate=hydrate)
    finally:
        gold.read_filled = _tables.__wrapped__


def perfect(task: str, split: str, source: Path | None = None) -> list[Json]:
    """The targets of a split, as lines that may be changed."""
    chosen = tasks.get(task)
    return [copy.deepcopy(gold.target(chosen, unit)) for unit in units(task, split, source) if unit.texts]


def score(
    lines: Iterable[Any] | Path, task: str, split: str, source: Path | None = None, **more: Any
) -> Report:
    """``bilan.score``, which finds the tables already read."""

    def remembered(
        chosen: tasks.Task, *, split: str | None = None, source: Any = None, hydrate: Any = False
    ) -> list[gold.Unit]:
        return units(chosen.name, split, source, hydrate)

    scoring.gold.units = remembered  # type: ignore[assignment]
    try:
        more.setdefault("draws", 20)
        return bilan.score(lines, task, split=split, source=source, **more)
    finally:
        scoring.gold.units = _read


def noisy(task: str, split: str, seed: int, level: float, source: Path | None = None) -> list[Json]:
    """The targets of a split of T1 or T2, of which a share is moved, relabelled, left out, doubled or made up."""
    draw = random.Random(f"{task}/{split}/{seed}/{level}")
    lines = perfect(task, split, source)
    lengths = {unit.id: unit.article["length"] for unit in units(task, split, source)}
    key, label = ("entities", "type") if task == "entities" else ("figures", "measure")
    for line in lines:
        length = lengths[line["article"]]
        out = []
        for item in line[key]:
            if draw.random() < level / 2:
                continue
            if draw.random() < level:
                item["start"] = min(max(0, item["start"] + draw.randint(-6, 6)), length - 1)
                item["end"] = min(length, max(item["start"] + 1, item["end"] + draw.randint(-6, 6)))
            if draw.random() < level:
                item[label] = draw.choice(LABELS if task == "entities" else ("killed", "wounded", "missing"))
            if task == "figures" and draw.random() < level:
                item["low"] += draw.randrange(1, 9)
                item["high"] = None if draw.random() < 0.3 else item["low"] + draw.randrange(9)
            if task == "figures" and draw.random() < level:
                item["of"] = draw.choice(("people", "civilians", "soldiers"))
            out.append(item)
            if draw.random() < level / 3:
                out.append({**item, "start": max(0, item["start"] - draw.randrange(4))})
        for _ in range(int(len(line[key]) * level / 2)):
            start = draw.randrange(length - 1)
            model = dict(draw.choice(line[key]))
            out.append({**model, "start": start, "end": min(length, start + draw.randint(1, 30))})
        line[key] = out
    return lines


def apart(lines: list[Json]) -> list[Json]:
    """The same without predictions that overlap: what BIO can say."""
    for line in lines:
        kept: list[Json] = []
        for item in sorted(line["entities"], key=lambda e: (e["start"], -e["end"])):
            if not kept or item["start"] >= kept[-1]["end"]:
                kept.append(item)
        line["entities"] = kept
    return lines
