"""The rounds of double annotation that the corpus keeps: corpus/agreement/<round>/first and …/second.

``first`` is the corpus as it was when the sample was drawn, ``second`` the independent annotation as it was
handed in. Both are kept as text forms, untouched by later mending.
"""

from __future__ import annotations

import math
from pathlib import Path

from bilan import stats
from bilan.agreement import files
from bilan.agreement.compare import compare
from bilan.agreement.measures import Row, rows

SHOWN = ("F1 exact", "F1 overlap", "alpha", "same", "alpha interval", "F1", "F1 ends aligned", "CoNLL F1")
"""Measures of the table, in any section."""


def read(corpus: Path) -> dict[str, list[Row]]:
    """Round → its measures, in order of the names; empty where there is none. Raises BilanError as ``files.pairs``."""
    out = {}
    for folder in sorted((corpus / "agreement").glob("*")):
        if (folder / "first").is_dir() and (folder / "second").is_dir():
            found = [compare(a, b) for a, b in files.pairs(folder / "first", folder / "second")]
            out[f"{folder.name}: {len(found)} articles"] = rows(found)
    return out


def table(found: dict[str, list[Row]]) -> stats.Table:
    """One line a measure, two columns a round: what was measured on, the value with its interval."""
    head = ["section", "layer", "measure"]
    for name in found:
        head += [f"{name}, ours / theirs", "value (95 %)"]
    lines = []
    first = next(iter(found.values()), [])
    for i, row in enumerate(first):
        if row.measure not in SHOWN:
            continue
        line = [row.section, row.name, row.measure]
        for of_round in found.values():
            one = of_round[i]
            line += [f"{one.ours:,} / {one.theirs:,}", _cell(one)]
        if any(cell not in ("", "0 / 0") for cell in line[3:]):
            lines.append(line)
    return head, lines


def _cell(row: Row) -> str:
    if math.isnan(row.value):
        return ""
    interval = "" if math.isnan(row.low) else f" ({row.low:.2f}–{row.high:.2f})"
    return f"{row.value:.3f}{interval}"
