"""Baselines that run: what a system must beat. ``bilan baseline NAME --task T`` runs one, ``run`` is its function.

Systems are fitted on train only and see of what they predict no more than the input of the task.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from bilan import tasks
from bilan.baselines import compose, figures, links, names
from bilan.incidents import Incident
from bilan.load import UnknownName
from bilan.model import Json
from bilan.tasks import gold

SYSTEMS: dict[str, dict[str, Any]] = {
    "entities": {"majority": names.Majority, "lookup": names.Lookup, "crf": names.Crf},
    "figures": dict(figures.SYSTEMS),
    "attribution": dict(links.SYSTEMS),
    "tolls": {name: lambda name=name: compose.Tolls(name) for name in figures.SYSTEMS},
    "extraction": {name: lambda name=name: compose.Extraction(name) for name in figures.SYSTEMS},
}
"""Task → name of the system → how to make one."""


def system(name: str, task: tasks.Task) -> Any:
    """A baseline before it is fitted. Raises UnknownName, which lists those that the task has."""
    if name not in SYSTEMS[task.name]:
        there = ", ".join(SYSTEMS[task.name])
        message = f"there is no baseline {name!r} for {task.name}; there are: {there}"
        raise UnknownName(Incident("B806", message, f"use one of {there}"))
    return SYSTEMS[task.name][name]()


def run(
    name: str,
    task: str,
    *,
    split: str = "test",
    share: float = 1.0,
    seed: int = 1,
    source: str | os.PathLike[str] | None = None,
    hydrate: gold.Copies = False,
) -> Iterator[Json]:
    """Predictions of a baseline for a split, one line a unit. ``share`` of the stories of train, drawn by ``seed``."""
    chosen = tasks.get(task)
    made = system(name, chosen)
    made.fit(training(share, seed, source))
    for unit in gold.units(chosen, split=split, source=source, hydrate=hydrate):
        if unit.texts:
            yield {chosen.unit: unit.id, chosen.key: made.predict(gold.given(chosen, unit))}


def training(
    share: float = 1.0, seed: int = 1, source: str | os.PathLike[str] | None = None
) -> list[gold.Unit]:
    """The articles of a share of the stories of train. A smaller share is a part of every larger one."""
    import random

    units = gold.units(tasks.get("figures"), split="train", source=source)
    stories = sorted({unit.story for unit in units})
    random.Random(seed).shuffle(stories)
    kept = set(stories[: max(1, round(share * len(stories)))])
    return [unit for unit in units if unit.story in kept and unit.texts]
