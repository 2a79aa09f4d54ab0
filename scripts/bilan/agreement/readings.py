"""What readers found who had neither written nor annotated an article: corpus/agreement/readings/<name>.jsonl.

One line an article: ``{"article": id, "layers": {layer: [items, faults]}, "found": [a line a fault]}``. Items are the
records as they stood before the reading (of texts: 1, and their faults are sentences changed).
"""

from __future__ import annotations

import json
from pathlib import Path

from bilan import stats
from bilan.incidents import BilanError, Incident
from bilan.model import Json

LAYERS = ("texts", "entities", "times", "events", "figures", "sources", "attributions", "relations")


def read(corpus: Path) -> dict[str, list[Json]]:
    """Reading → its lines, in order of the names. Raises BilanError for a line that is none of these."""
    out: dict[str, list[Json]] = {}
    for path in sorted((corpus / "agreement" / "readings").glob("*.jsonl")):
        rows = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                counts = [row["layers"][layer] for layer in LAYERS]
                sound = isinstance(row["article"], str) and all(
                    min(items, faults) >= 0 for items, faults in counts
                )
            except (ValueError, KeyError, TypeError):
                sound = False
            if not sound:
                mend = "write article, layers and found"
                raise BilanError(Incident("B206", "no line of a reading", mend, file=str(path), line=number))
            rows.append(row)
        out[path.stem] = rows
    return out


def table(found: dict[str, list[Json]]) -> stats.Table:
    """Faults by layer, in each reading: faults of items, and their share; texts in sentences changed per article."""
    head = ["layer", *(f"{name}: {len(rows)} articles" for name, rows in found.items())]
    lines = []
    for layer in LAYERS:
        line = [layer]
        for rows in found.values():
            items = sum(row["layers"][layer][0] for row in rows)
            faults = sum(row["layers"][layer][1] for row in rows)
            share = (
                f"{faults / items:.2f} per article" if layer == "texts" else f"{faults / max(1, items):.1%}"
            )
            line.append(
                f"{faults:,} of {items:,} ({share})"
                if layer != "texts"
                else f"{faults:,} sentences ({share})"
            )
        lines.append(line)
    clean = ["articles without a fault"]
    for rows in found.values():
        clean.append(f"{sum(not any(f for _, f in row['layers'].values()) for row in rows):,}")
    return head, [*lines, clean]
