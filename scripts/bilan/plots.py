"""Plots of what the corpus holds, as SVG files beside the data card.

Each plot is first plain data, then a drawing. The hash of the data stands in the file, so that a stale plot is
found without drawing it again. Drawing needs the extra: pip install 'bilan[plots]'
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bilan import corpus, jsonio, labels, stats
from bilan.incidents import BilanError, Incident

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Data = dict[str, Any]

FOLDER = "plots"
BLUE, ORANGE, GREY = "#2b5c8a", "#d98032", "#8a8a8a"
_MARK = re.compile(rb"<!-- data sha256 ([0-9a-f]{64}) -->")


def _lengths(data: corpus.Corpus) -> Data:
    edges = list(range(50, 551, 50))
    counts = {lang: [0] * (len(edges) - 1) for lang in labels.names("lang")}
    for article in data.articles.values():
        text = article["text"].get("content")
        if text:
            place = min(max((len(text.split()) - edges[0]) // 50, 0), len(edges) - 2)
            counts[article["lang"]][place] += 1
    return {"edges": edges, "counts": counts}


def _draw_lengths(axes: Axes, data: Data) -> None:
    middles = [edge + 25 for edge in data["edges"][:-1]]
    bottom = [0] * len(middles)
    for (lang, counts), color in zip(data["counts"].items(), (BLUE, ORANGE), strict=False):
        axes.bar(
            middles,
            counts,
            width=46,
            bottom=bottom,
            color=color,
            label={"fr": "French", "en": "English"}[lang],
        )
        bottom = [a + b for a, b in zip(bottom, counts, strict=True)]
    axes.set_xlabel("words")
    axes.set_ylabel("articles")
    axes.legend(frameon=False)


def _years(data: corpus.Corpus) -> Data:
    years = Counter(ident[3:7] for ident in data.stories)
    return {str(year): years[str(year)] for year in range(int(min(years)), int(max(years)) + 1)}


def _draw_bars(axes: Axes, data: Data) -> None:
    axes.bar(list(data), list(data.values()), color=BLUE)
    axes.tick_params(axis="x", labelrotation=60)
    axes.set_ylabel("stories")


def _voices(data: corpus.Corpus) -> Data:
    _, rows = stats.kinds(data)
    return {row[0]: int(row[3].replace(",", "")) for row in rows if row[3] != "0"}


def _draw_voices(axes: Axes, data: Data) -> None:
    pairs = sorted(data.items(), key=lambda pair: pair[1])
    axes.barh([name.replace("_", " ") for name, _ in pairs], [n for _, n in pairs], color=BLUE)
    axes.set_xlabel("figures given")


def _modifiers(data: corpus.Corpus) -> Data:
    counts: dict[str, Counter[str]] = {lang: Counter() for lang in labels.names("lang")}
    for article in data.articles.values():
        counts[article["lang"]].update(figure["modifier"] for figure in article["figures"])
    return {
        lang: {name: counter[name] / max(1, counter.total()) for name in labels.names("modifier")}
        for lang, counter in counts.items()
    }


def _draw_modifiers(axes: Axes, data: Data) -> None:
    for offset, (lang, shares), color in zip((0.2, -0.2), data.items(), (BLUE, ORANGE), strict=False):
        names = list(shares)
        places = [len(names) - i + offset for i in range(len(names))]
        values = [100 * share for share in shares.values()]
        axes.barh(places, values, height=0.38, color=color, label={"fr": "French", "en": "English"}[lang])
        axes.set_yticks(
            [len(names) - i for i in range(len(names))], [name.replace("_", " ") for name in names]
        )
    axes.set_xlabel("% of figures")
    axes.legend(frameon=False)


def _rivals(data: corpus.Corpus) -> Data:
    """Least and greatest stated number of dead in the main event, for each story that has two."""
    out: dict[str, list[Any]] = {}
    for ident in data.stories:
        articles = [a for a in data.articles.values() if a["story"] == ident]
        for measure, of, low, high in stats.extremes(articles):
            if measure == "killed" and 0 < low < high:
                out[ident] = [low, high, of]
    return dict(sorted(out.items(), key=lambda item: (item[1][1] / item[1][0], item[0])))


def _draw_rivals(axes: Axes, data: Data) -> None:
    for place, (low, high, _) in enumerate(data.values()):
        axes.plot([low, high], [place, place], color=GREY, linewidth=1.5, zorder=1)
        axes.scatter([low, high], [place, place], color=[BLUE, ORANGE], s=12, zorder=2)
    axes.set_yticks(range(len(data)), list(data), fontsize=6)
    axes.set_xscale("log")
    axes.set_xlabel("stated number of dead, least and greatest (log scale)")
    axes.set_ylim(-1, len(data))


Plots = Mapping[str, tuple[Callable[[Any], Data], Callable[[Any, Data], None], tuple[float, float]]]
"""Name → its data, its drawing, its size in inches."""

PLOTS: Plots = {
    "years": (_years, _draw_bars, (6.4, 2.6)),
    "lengths": (_lengths, _draw_lengths, (6.4, 2.6)),
    "modifiers": (_modifiers, _draw_modifiers, (6.4, 3.2)),
    "voices": (_voices, _draw_voices, (6.4, 4.4)),
    "rivals": (_rivals, _draw_rivals, (6.4, 8.4)),
}
"""The plots of the data card; their data come from the corpus."""


def write(data: Any, folder: Path, plots: Plots = PLOTS) -> list[Path]:
    """Draws every plot into the folder. Raises BilanError (B809) without matplotlib.

    ``data`` is what the plots' data come from: the corpus for those of the card.
    """
    out = []
    for name in plots:
        path = folder / f"{name}.svg"
        jsonio.write_atomic(path, _svg(plots, name, data))
        out.append(path)
    return out


def _svg(plots: Plots, name: str, data: Any) -> bytes:
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        message = "drawing needs matplotlib, which is not installed"
        raise BilanError(Incident("B809", message, "pip install 'bilan[plots]'")) from None
    of, draw, size = plots[name]
    plotted = of(data)
    with rc_context({"svg.hashsalt": "bilan", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        draw(axes, plotted)
        axes.spines[["top", "right"]].set_visible(False)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    mark = f"<!-- data sha256 {_digest(plotted)} -->\n".encode()
    return buffer.getvalue().replace(b"<svg", mark + b"<svg", 1)


def stale(data: Any, folder: Path, plots: Plots = PLOTS) -> list[Path]:
    """The files of a folder of plots that are missing, or drawn from other data."""
    out = []
    for name, (of, _, _) in plots.items():
        path = folder / f"{name}.svg"
        found = _MARK.search(path.read_bytes()) if path.is_file() else None
        if found is None or found[1].decode() != _digest(of(data)):
            out.append(path)
    return out


def _digest(plotted: Data) -> str:
    return hashlib.sha256(json.dumps(plotted, sort_keys=True).encode()).hexdigest()
