"""The label inventories. ``schema/labels.json`` is the one place; everything else follows from it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from bilan.paths import schema_file


@cache
def inventory() -> dict[str, dict[str, dict[str, Any]]]:
    """All inventories: name → label → description and examples, in the frozen order of the file."""
    with open(schema_file("labels.json"), encoding="utf-8") as file:
        labels: dict[str, dict[str, dict[str, Any]]] = json.load(file)["labels"]
    return labels


@cache
def names(inventory_name: str) -> tuple[str, ...]:
    """The labels of one inventory, in order. Position is the ClassLabel integer of the published tables."""
    return tuple(inventory()[inventory_name])


@cache
def of_ancestors(label: str) -> tuple[str, ...]:
    """A ``figure_of`` label and its ancestors in the tree: ``children`` → children, civilians, people."""
    chain = [label]
    while parent := inventory()["figure_of"][chain[-1]]["parent"]:
        chain.append(parent)
    return tuple(chain)


def comparable(a: str, b: str) -> bool:
    """True where one of two ``figure_of`` labels contains the other, so that their figures may be compared."""
    return a in of_ancestors(b) or b in of_ancestors(a)
