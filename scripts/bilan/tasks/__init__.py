"""The five tasks of the corpus: what is given, what is asked, and the form of a prediction.

>>> from bilan import tasks
>>> task = tasks.get("figures")                                  # or "T2"
>>> for example in task.examples(split="train"):
...     example["input"]["text"], example["target"]["figures"]   # the target is a perfect prediction

Inputs and targets are plain data. A prediction has the form of a target, one JSON object a line. The pages in
``docs/tasks`` define each task; ``bilan.score`` scores it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from bilan.incidents import Incident
from bilan.load import UnknownName
from bilan.model import Json


@dataclass(frozen=True, slots=True)
class Task:
    """A task: ``unit`` (article or story) is the key by which a line says what it is about, ``key`` its list."""

    code: str
    name: str
    title: str
    config: str
    unit: str
    key: str

    @property
    def page(self) -> str:
        """The definition, in the repository."""
        return f"docs/tasks/{self.name}.md"

    def examples(
        self,
        *,
        split: str | None = None,
        source: str | os.PathLike[str] | None = None,
        hydrate: str | os.PathLike[str] | bool = False,
    ) -> Iterator[Json]:
        """``{"id", "story", "split", "input", "target"}`` of every unit of a split, or of all.

        Raises UnknownName for a split that does not exist. Units whose text is withheld are left out: there is
        nothing to read, unless ``hydrate`` gives copies of the texts, as in ``bilan.load``.
        """
        from bilan.tasks import gold

        for unit in gold.units(self, split=split, source=source, hydrate=hydrate):
            if unit.texts:
                yield {
                    "id": unit.id,
                    "story": unit.story,
                    "split": unit.split,
                    "input": gold.given(self, unit),
                    "target": gold.target(self, unit),
                }


TASKS = {
    task.name: task
    for task in (
        Task("T1", "entities", "names with their types", "ner", "article", "entities"),
        Task(
            "T2",
            "figures",
            "figures with value, measure and what they count",
            "figures",
            "article",
            "figures",
        ),
        Task(
            "T3", "attribution", "who gives a figure or tells of an event", "attributions", "article", "links"
        ),
        Task("T4", "tolls", "every claim about the events of a story", "tolls", "story", "claims"),
        Task("T5", "extraction", "events and figures of a text as JSON", "extraction", "article", "output"),
    )
}
"""Name → task, in order of their codes."""


def get(name: str) -> Task:
    """A task by its name or code. Raises UnknownName, which lists them."""
    for task in TASKS.values():
        if name in (task.name, task.code, task.code.lower()):
            return task
    there = ", ".join(f"{task.name} ({task.code})" for task in TASKS.values())
    message = f"there is no task {name!r}; there are: {there}"
    raise UnknownName(Incident("B806", message, f"use one of {there}"))
