"""Documents that follow from data: label tables, checks, statistics, tasks, results of baselines.

A generated block stands between ``<!-- name:argument -->`` and ``<!-- /name -->``; only what is between is replaced.
Lines of a block never begin with ``<!-- ``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from bilan import labels

TOLLS_PAGE = "docs/tolls.md"
"""The page on how tolls differ; its plots are those of ``bilan.contest.plots``."""


def label_table(inventory: str) -> str:
    """Markdown table of one label inventory: label, meaning, a French and an English example."""
    rows = labels.inventory()[inventory]
    examples = any(row["fr"] or row["en"] for row in rows.values())
    derived = "acled" in next(iter(rows.values()))
    head = (
        ["label", "meaning"]
        + (["ACLED event type"] if derived else [])
        + (["French", "English"] if examples else [])
    )
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for label, row in rows.items():
        cells = [f"`{label}`", row["description"]]
        if derived:
            cells.append(row["acled"])
        if examples:
            cells += [row["fr"], row["en"]]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def fill(document: str, renderers: Mapping[str, Callable[[str], str]]) -> str:
    """The document with every generated block rendered anew.

    ``renderers`` maps a block name to a function of the block's argument. Unknown names are left alone.
    """

    def block(match: re.Match[str]) -> str:
        name, argument = match["name"], match["argument"] or ""
        if name not in renderers:
            return match.group()
        return f"{match['head']}\n{renderers[name](argument)}\n<!-- /{name} -->"

    pattern = r"(?P<head><!-- (?P<name>[a-z]+)(?::(?P<argument>[a-z_]+))? -->)\n(?:(?!<!-- ).*\n)*<!-- /(?P=name) -->"
    return re.sub(pattern, block, document)


def response_schema() -> str:
    """The published response schema of T5."""
    from bilan.tasks import response

    return json.dumps(response.schema(), ensure_ascii=False, indent=2) + "\n"


def rendered(root: Path) -> list[tuple[Path, str]]:
    """Every generated document of a checkout: (path, content as it should be)."""
    from bilan import stats
    from bilan.agreement import readings, rounds
    from bilan.baselines import results
    from bilan.checks import catalogue
    from bilan.contest import page as contest
    from bilan.tasks import pages

    def edges(_: str) -> str:
        from bilan import layers
        from bilan.load import articles

        return stats.markdown(layers.edges(articles(source=root / "corpus")))

    renderers: dict[str, Callable[[str], str]] = {
        "edges": edges,
        "example": lambda name: pages.example(root / "corpus", name),
        "measures": pages.measures,
        "scores": results.renderer(root),
        "labels": label_table,
        "stats": stats.renderer(root / "corpus"),
        "contest": contest.renderer(root / "corpus"),
        "readings": lambda _: stats.markdown(readings.table(readings.read(root / "corpus"))),
        "agreement": lambda _: stats.markdown(rounds.table(rounds.read(root / "corpus"))),
    }
    out = [
        (root / "schema" / "checks.md", catalogue.markdown()),
        (root / "schema" / "extraction.response.schema.json", response_schema()),
    ]
    pages_ = sorted((root / "docs").glob("**/*.md"))
    for path in (root / "schema" / "GUIDELINES.md", root / "DATACARD.md", root / "README.md", *pages_):
        if path.exists():
            out.append((path, fill(path.read_text(encoding="utf-8"), renderers)))
    return out
