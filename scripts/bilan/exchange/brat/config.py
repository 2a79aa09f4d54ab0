"""The configuration that brat needs to show our labels, made from them: ``annotation.conf`` and ``visual.conf``.

The format is that of brat's manual and of its ``projectconfig.py``: sections, tab-separated arguments, a ``!`` before a
type that only groups others.
"""

from __future__ import annotations

from bilan import labels, model
from bilan.exchange import graph as graphs
from bilan.exchange.regions import FIELDS, LABELS, NAMES

_COLOURS = {
    "zones": "#d9d9d9",
    "entities": "#a8d1ff",
    "times": "#c9f0c1",
    "events": "#ffc9a3",
    "figures": "#ffe680",
    "sources": "#e0bbff",
    "attributions": "#ffb3c6",
}
_SHORT = {
    "zone": ("z",),
    "time": ("t",),
    "figure": ("fig", "f"),
    "name": ("n",),
    "nominal": ("nom", "d"),
    "trigger": ("trig", "ev"),
    "source": ("src", "s"),
    "cue": ("c",),
    "quote": ("q",),
    "unworded_source": ("(source)", "(s)"),
    "unworded_attribution": ("(claim)", "(c)"),
}
"""Names for narrow words, shorter and shorter. Brackets: the words say nothing of it."""

_SHOWN = ("zone_kind", "entity_type", "event_type", "figure_of", "measure", "source_kind", "stance")
"""Labels that brat writes beside the type; of the others it shows a dot, and the label when pointed at."""


def types(*layers: str) -> list[str]:
    """The types of text-bound annotations of some layers."""
    return [label for label, layer in LABELS.items() if layer in layers]


def annotation_conf() -> str:
    """Types, arrows with what they may join, and attributes with their values."""
    lines = ["# BILAN, made by: bilan export brat", "", "[entities]", ""]
    for layer in graphs.VALUES:
        some = types(layer)
        if len(some) == 1:
            lines += some
        elif some:
            lines += [f"!{layer}", *(f"\t{label}" for label in some)]
    lines += ["", "[relations]", "", "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"]
    for label, (one, other) in graphs.ENDS.items():
        lines.append(f"{label}\tArg1:{'|'.join(types(*one))}, Arg2:{'|'.join(types(*other))}")
    for layer in graphs.VALUES:
        if layer in model.SPAN_LISTS:
            ends = "|".join(types(layer))
            lines.append(f"{graphs.MEMBER}\tArg1:{ends}, Arg2:{ends}, <REL-TYPE>:symmetric")
    lines += [
        "",
        "[events]",
        "",
        "# none: see the documentation of bilan.exchange.brat",
        "",
        "[attributes]",
        "",
    ]
    for (layer, key), name in NAMES.items():
        arg = f"{name}\tArg:{'|'.join(types(layer))}"
        if key in graphs.FLAGS:
            lines.append(arg)
        elif (layer, key) in graphs.INVENTORIES:
            lines.append(f"{arg}, Value:{'|'.join(labels.names(graphs.INVENTORIES[layer, key]))}")
    return "\n".join(lines) + "\n"


def visual_conf() -> str:
    """Short names and colours, one colour a layer."""
    lines = ["# BILAN, made by: bilan export brat", "", "[labels]", ""]
    for label in LABELS:
        lines.append(" | ".join((label, label.replace("unworded_", "unworded "), *_SHORT[label])))
    lines.append(f"{graphs.MEMBER} | the same | =")
    lines += ["", "[drawing]", "", "SPAN_DEFAULT\tfgColor:black, bgColor:white, borderColor:darken"]
    lines += ["ARC_DEFAULT\tcolor:#444444, arrowHead:triangle-5", "ATTRIBUTE_DEFAULT\tglyph:·"]
    for label, layer in LABELS.items():
        lines.append(f"{label}\tbgColor:{_COLOURS[layer]}")
    for name in _SHOWN:
        values = labels.names(graphs.INVENTORIES[FIELDS[name]])
        before = "/" if name == "measure" else ""  # of a figure: soldiers/killed
        lines.append(f"{name}\tglyph:{'|'.join(before + _cut(value) for value in values)}")
    lines.append("hedged\tglyph:?")
    lines.append(f"{graphs.MEMBER}\tcolor:#999999, dashArray:3-3, arrowHead:none")
    return "\n".join(lines) + "\n"


def _cut(value: str, size: int = 12) -> str:
    return value if len(value) <= size else f"{value[: size - 1]}…"
