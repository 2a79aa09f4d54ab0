"""The controls of a Label Studio project: what can be said of a region, by the labels under which it is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bilan import labels
from bilan.exchange import graph as graphs

MARK = "mark"
"""The control that says what a region is: a label of ``graph.MARKS``."""

TEXT = "text"
"""The object that is annotated, and the key of its text in a task's data."""

FATE = "fate: "
"""What a label of a relation begins with that says what became of the participant."""

Kind = Literal["choice", "flag", "number", "text", "list"]


@dataclass(frozen=True, slots=True)
class Control:
    """``layers``: of the regions that it is offered for. ``field`` of the record, "" where it is about the region.
    ``choices``: labels of a choice, or the one box of a flag."""

    name: str
    layers: tuple[str, ...]
    field: str
    kind: Kind
    choices: tuple[str, ...] = ()

    @property
    def type(self) -> str:
        """What Label Studio calls it in its results; the key of the value too, but for texts."""
        return {"choice": "choices", "flag": "choices", "number": "number"}.get(self.kind, "textarea")

    @property
    def key(self) -> str:
        """Where a result has the value."""
        return "text" if self.type == "textarea" else self.type

    @property
    def marks(self) -> tuple[str, ...]:
        """The labels of regions that it is offered for."""
        return tuple(name for (layer, _, _), name in graphs.MARKS.items() if layer in self.layers)


def _control(layer: str, field: str) -> Control:
    name = f"{layer}_{field}"
    inventory = graphs.INVENTORIES.get((layer, field))
    if inventory:
        return Control(name, (layer,), field, "choice", labels.names(inventory))
    if field in graphs.FLAGS:
        return Control(name, (layer,), field, "flag", (field,))
    kind: Kind = "number" if field in graphs.NUMBERS else "list" if field in graphs.LISTS else "text"
    return Control(name, (layer,), field, kind)


VALUES = {layer: tuple(_control(layer, field) for field in fields) for layer, fields in graphs.VALUES.items()}
"""Layer → the controls of its values."""

RECORD = Control("record", tuple(layer for layer in graphs.VALUES if layer != "relations"), "", "text")
"""The name of the record that a region belongs to."""

WORDLESS = Control("wordless", ("entities", "events", "sources", "attributions"), "", "flag", ("no words",))
"""Ticked where the words only hold the place of a record that no words name."""

CONTROLS = {one.name: one for one in (RECORD, WORDLESS, *(c for some in VALUES.values() for c in some))}
"""Name → control."""

RELATIONS = (graphs.MEMBER, *graphs.ARROWS, *(FATE + name for name in labels.names("measure")))
"""Labels of relations."""


def encoded(control: Control, value: Any) -> Any:
    """A value as the tool has it under ``key``; None where there is nothing to write."""
    if value is None or value == [] or value is False:
        return None
    if control.kind == "number":
        return value
    return list(control.choices) if control.kind == "flag" else value if control.kind == "list" else [value]


def decoded(control: Control, value: Any) -> Any:
    """The value that the tool means; None for none. Raises ValueError that says what is wrong with it.

    Choices are not looked up: the schema says which labels there are. Outer white space of what was typed is dropped.
    """
    if control.kind == "number":
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < float("inf"):
            raise ValueError("is no number")
        return value
    some = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(some, list) or not all(isinstance(one, str) for one in some):
        raise ValueError("is no text")
    some = [one.strip() for one in some if one.strip()]
    if any(len(one) > 2000 for one in some):
        raise ValueError("is longer than any value can be")
    if control.kind == "list":
        return [part for one in some for part in one.replace(",", " ").split()] or None
    if control.kind == "flag":
        return True if some else None
    if len(set(some)) > 1:
        raise ValueError(f"has several values: {', '.join(some)}")
    return some[0] if some else None
