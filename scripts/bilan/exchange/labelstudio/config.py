"""The labelling configuration of a Label Studio project, from our labels and the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from xml.etree import ElementTree as ET

from bilan import labels, model
from bilan.exchange import graph as graphs
from bilan.exchange.labelstudio.controls import (
    MARK,
    RECORD,
    RELATIONS,
    TEXT,
    VALUES,
    WORDLESS,
    Control,
)
from bilan.model import Json
from bilan.paths import schema_file

COLOURS = {
    "name": "#1f77b4",
    "nominal": "#17becf",
    "trigger": "#d62728",
    "figure": "#ff7f0e",
    "time": "#9467bd",
    "zone": "#7f7f7f",
    "source": "#2ca02c",
    "cue": "#bcbd22",
    "quote": "#e377c2",
}
"""Label of a region → its colour."""

_TITLES = {
    "zones": "Part of the page",
    "entities": "Entity",
    "times": "Time",
    "events": "Event",
    "figures": "Figure",
    "sources": "Source",
    "attributions": "Attribution",
}
_HELP = {
    RECORD.name: "regions with the same name here, or joined by the arrow 'same', are one thing; its values are "
    "set on one of them; leave this empty for a new one",
    WORDLESS.name: "tick where these words do not name it and only hold its place",
    "figures_low": "leave the five fields of the value empty to have them read from the words",
}
_TITLE = "font-size: 1rem; font-weight: 600; margin: 0.5rem 0"
_SMALL = "font-size: 0.8rem; font-weight: 400; margin: 0.5rem 0 0"
_SHORT = 8
"""Up to so many choices stand side by side; more are a list to open."""


def xml() -> str:
    """The configuration, the same text each time."""
    view = ET.Element("View", style="display: grid; grid-template-columns: minmax(0, 1fr) 20rem; gap: 1rem")
    left, right = ET.SubElement(view, "View"), ET.SubElement(view, "View")
    ET.SubElement(left, "Header", value="$id, published $published", style=_TITLE)
    marks = ET.SubElement(left, "Labels", name=MARK, toName=TEXT)
    for number, ((layer, field, kind), name) in enumerate(graphs.MARKS.items(), 1):
        hint = _said_of_mark(layer, field, kind)
        ET.SubElement(marks, "Label", value=name, background=COLOURS[name], hotkey=str(number), hint=hint)
    ET.SubElement(left, "Text", name=TEXT, value=f"${TEXT}")
    relations = ET.SubElement(left, "Relations")
    for name in RELATIONS:
        ET.SubElement(relations, "Relation", value=name)
    left.append(_arrows())
    right.append(_group(RECORD.marks, "", [RECORD]))
    for layer, controls in VALUES.items():
        if controls:
            marked = tuple(name for (of, _, _), name in graphs.MARKS.items() if of == layer)
            right.append(_group(marked, _TITLES[layer], controls))
    right.append(_group(WORDLESS.marks, "", [WORDLESS]))
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def _group(marks: tuple[str, ...], title: str, controls: tuple[Control, ...] | list[Control]) -> ET.Element:
    """Controls that are there while a region with one of these labels is selected."""
    shown = {"visibleWhen": "region-selected", "whenTagName": MARK, "whenLabelValue": ",".join(marks)}
    view = ET.Element("View", shown)
    if title:
        ET.SubElement(view, "Header", value=title, style=_TITLE)
    for control in controls:
        text = _HELP.get(control.name) or _properties(control.layers[0]).get(control.field, "")
        name = control.field or next(iter(control.choices), control.name)
        ET.SubElement(view, "Header", value=f"{name}: {text}", style=_SMALL)
        view.append(_control(control, shown))
    return view


def _control(control: Control, shown: dict[str, str]) -> ET.Element:
    common = {"name": control.name, "toName": TEXT, "perRegion": "true", **shown}
    if control.kind == "number":
        return ET.Element("Number", {**common, "min": "0", "step": "any"})
    if control.type == "textarea":
        many = {} if control.kind == "list" else {"maxSubmissions": "1"}
        return ET.Element("TextArea", {**common, "rows": "1", "editable": "true", **many})
    layout = "inline" if len(control.choices) <= _SHORT else "select"
    choices = ET.Element("Choices", {**common, "choice": "single", "layout": layout})
    inventory = labels.inventory().get(graphs.INVENTORIES.get((control.layers[0], control.field), ""), {})
    for name in control.choices:
        hint = {"hint": inventory[name]["description"]} if name in inventory else {}
        ET.SubElement(choices, "Choice", value=name, **hint)
    return choices


def _arrows() -> ET.Element:
    """Which arrow joins what, to be opened below the text."""
    help_ = ET.Element("Collapse", bordered="true", open="false")
    panel = ET.SubElement(ET.SubElement(help_, "Panel", value="Arrows: which one joins what"), "View")
    for line in arrow_lines():
        ET.SubElement(panel, "Header", value=line, style=_SMALL)
    return help_


def arrow_lines() -> Iterator[str]:
    """One line for each label of a relation: what it leads from and to, in the words of the labels."""
    yield f"{graphs.MEMBER}: two regions of one record"

    def ends(layers: tuple[str, ...]) -> str:
        return " or ".join(name for (layer, _, _), name in graphs.MARKS.items() if layer in layers)

    for name, (source, target) in graphs.ENDS.items():
        yield f"{name}: from {ends(source)} to {ends(target)}"
    yield "fate: …: beside the role of a participant, what became of it"


def _said_of_mark(layer: str, field: str, kind: str | None) -> str:
    if kind:
        text: str = labels.inventory()["mention_kind"][kind]["description"]
        return text
    return _properties(layer)[field] if field else _defs()[layer]["description"]


@cache
def _defs() -> Json:
    defs: Json = json.loads(schema_file("article.schema.json").read_bytes())["$defs"]
    return defs


def _properties(layer: str) -> dict[str, str]:
    """Field → what it is, by the schema."""
    return {key: _defs()[layer]["properties"][key]["description"] for key in model.record_keys(layer)}
