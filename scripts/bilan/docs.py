"""Documents that follow from data: label tables, checks, statistics, tasks, results of baselines.

A generated block stands between ``<!-- name:argument -->`` and ``<!-- /name -->``; only what is between is replaced.
Lines of a block never begin with ``<!-- ``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bilan import labels

if TYPE_CHECKING:
    from bilan.paths import Home

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

    head = r"(?P<head><!-- (?P<name>[a-z]+)(?::(?P<argument>[a-z0-9_]+))? -->)"
    pattern = head + r"\n(?:(?!<!-- ).*\n)*<!-- /(?P=name) -->"
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
    from bilan.hydration import leaks
    from bilan.tasks import pages

    def withheld(_: str) -> str:
        from bilan import corpus

        return stats.markdown(leaks.table(corpus.read(root / "corpus").articles.values()))

    def edges(_: str) -> str:
        from bilan import layers
        from bilan.load import articles

        return stats.markdown(layers.edges(articles(source=root / "corpus")))

    def carried(name: str) -> str:
        from bilan.exchange import fidelity

        return stats.markdown(fidelity.table() if name == "all" else fidelity.details(name))

    renderers: dict[str, Callable[[str], str]] = {
        "fidelity": carried,
        "edges": edges,
        "withheld": withheld,
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


def stale(root: Path) -> list[tuple[Path, str, str]]:
    """The documents that are not as they should be: path, content, content as it should be."""
    found = [
        (path, path.read_text(encoding="utf-8") if path.exists() else "", content)
        for path, content in rendered(root)
    ]
    return [(path, old, content) for path, old, content in found if old != content]


def stale_plots(home: Home) -> list[tuple[Callable[[], object], list[Path]]]:
    """The groups of plots of which some are missing or of other data: how to draw the group, and the stale files."""
    from bilan import corpus, plots, reductions
    from bilan.baselines import plots as curves
    from bilan.baselines import results
    from bilan.contest import plots as contest

    folder = home.root / plots.FOLDER
    groups: list[tuple[Any, plots.Plots]] = [(corpus.read(home.corpus), plots.PLOTS)]
    if (home.root / TOLLS_PAGE).exists():
        groups.append((reductions.tolls(source=home.corpus), contest.PLOTS))
    if (home.root / results.FILE).exists():
        groups.append((results.read(home.root), curves.PLOTS))
    return [
        (partial(plots.write, data, folder, group), late)
        for data, group in groups
        if (late := plots.stale(data, folder, group))
    ]


def refresh(home: Home) -> list[str]:
    """Writes what is stale of documents and plots; the names of the files, relative to the checkout."""
    from bilan import jsonio

    written = []
    for path, _, content in stale(home.root):
        jsonio.write_atomic(path, content.encode())
        written.append(path.relative_to(home.root).as_posix())
    for draw, late in stale_plots(home):
        draw()
        written += [path.relative_to(home.root).as_posix() for path in late]
    return written
