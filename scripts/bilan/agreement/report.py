"""Agreement told as text, Markdown or JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from bilan import stats
from bilan.agreement.compare import Comparison, Item
from bilan.agreement.measures import Row

HEAD = ["layer", "measure", "ours", "theirs", "both", "value", "95 % interval"]


def table(rows: Sequence[Row], section: str) -> stats.Table:
    """One section as a table; lines with nothing to measure are left out."""
    lines = []
    for row in rows:
        if row.section == section and (row.ours or row.theirs):
            interval = "" if math.isnan(row.low) else f"{_shown(row.low)}–{_shown(row.high)}"
            counts = [
                f"{n:,}" if n or section not in ("coreference",) else ""
                for n in (row.ours, row.theirs, row.both)
            ]
            lines.append([row.name, row.measure, *counts, _shown(row.value), interval])
    return HEAD, lines


def _shown(value: float) -> str:
    if math.isnan(value):
        return "n/a"
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def sections(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.section for row in rows))


def text(title: str, rows: Sequence[Row], markdown: bool = False) -> str:
    """All sections under a title."""
    parts = [f"### {title}" if markdown else f"== {title}"]
    for section in sections(rows):
        body = table(rows, section)
        if body[1]:
            parts.append(f"**{section}**" if markdown else f"-- {section}")
            parts.append((stats.markdown if markdown else stats.plain)(body))
    return "\n\n".join(parts)


def worst(comparisons: Sequence[Comparison], most: int) -> list[str]:
    """The articles that agree least, and for every layer the things on which they differ, ``most`` of each."""
    ranked = sorted(comparisons, key=lambda c: (_overall(c), c.article))
    lines = ["articles that agree least (F1 of exact spans and links):"]
    lines += [f"  {c.article}: {_shown(_overall(c))}, {len(c.items)} differences" for c in ranked[:most]]
    by_layer: dict[str, list[Item]] = {}
    for comparison in ranked:
        for item in comparison.items:
            by_layer.setdefault(item.layer, []).append(item)
    for layer, items in sorted(by_layer.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        lines.append(f"{layer}: {len(items)} differences")
        for item in items[:most]:
            words = f" {item.words!r}" if item.words else ""
            lines.append(f"  {item.article}{words}: {item.ours or 'nothing'} | {item.theirs or 'nothing'}")
    return lines


def _overall(comparison: Comparison) -> float:
    ours = theirs = both = 0
    for counts in (*comparison.spans.values(), *comparison.links.values()):
        ours, theirs, both = ours + counts[0], theirs + counts[1], both + counts[2]
    return 2 * both / (ours + theirs) if ours + theirs else 1.0


def as_json(groups: dict[str, list[Row]], comparisons: Sequence[Comparison]) -> str:
    """Rows of every group, and every difference, for programs. NaN is null."""

    def plain(row: Row) -> dict[str, object]:
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.__dict__.items()}

    document = {
        "articles": [c.article for c in comparisons],
        "groups": {name: [plain(row) for row in rows] for name, rows in groups.items()},
        "differences": [item.__dict__ for c in comparisons for item in c.items],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
