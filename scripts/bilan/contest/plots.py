"""Plots of the page on tolls, drawn and kept up to date as those of the card: ``plots.write(tolls, folder, PLOTS)``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bilan import contest
from bilan.contest import spread
from bilan.plots import BLUE, GREY, ORANGE, Data, Plots
from bilan.reductions import Toll, headlines, leading

if TYPE_CHECKING:
    from matplotlib.axes import Axes


BLACK = "#222222"
EDGES = (0.08, 12.5)
"""Ratios beyond these are drawn at the edge."""


def _round(value: float) -> float:
    """As far as a drawing shows it; the last digits may differ between machines, and with them the hash."""
    return float(f"{value:.5g}")


def _spread(tolls: Sequence[Toll]) -> Data:
    found = spread.spreads(headlines(tolls))
    return {
        "all claims": sorted(_round(one.ratio) for one in found),
        "last claim of each kind of source": sorted(_round(one.settled) for one in found),
    }


def _draw_spread(axes: Axes, data: Data) -> None:
    for (name, ratios), color, style in zip(data.items(), (BLUE, ORANGE), ("-", "--"), strict=True):
        shares = [100 * (i + 1) / len(ratios) for i in range(len(ratios))]
        axes.step([1, *ratios], [0, *shares], where="post", color=color, linestyle=style, label=name)
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5, 10, 20, 50, 100, 200], ["1", "2", "5", "10", "20", "50", "100", "200"])
    axes.minorticks_off()
    axes.set_xlim(1, 250)
    axes.set_ylim(0, 100)
    axes.set_xlabel("highest claim over lowest (log scale)")
    axes.set_ylabel("% of tolls at or below")
    axes.grid(color="#e6e6e6", linewidth=0.6)
    axes.legend(frameon=False, loc="lower right")


def _kinds(tolls: Sequence[Toll]) -> Data:
    chosen = leading(tolls)
    every, that_day = contest.against_others(chosen), contest.against_others_that_day(chosen)
    out = {}
    for kind, ratios in every.items():
        if contest.enough(ratios):
            one = {"all": _dots(ratios)}
            if contest.enough(that_day.get(kind, ())):
                one["day"] = _dots(that_day[kind])
            out[kind] = one
    return dict(sorted(out.items(), key=lambda item: (item[1]["all"]["median"], item[0])))


def _dots(ratios: list[contest.Ratio]) -> Data:
    found = contest.summary(ratios)
    return {
        "ratios": sorted(_round(math.exp(ratio)) for _, ratio in ratios),
        "median": _round(found.median),
        "low": _round(found.low),
        "high": _round(found.high),
    }


def _draw_kinds(axes: Axes, data: Data) -> None:
    axes.axvline(1, color=GREY, linewidth=0.8, zorder=0)
    marks: list[tuple[str, float, str, str, str]] = [
        ("all", 0.16, BLUE, "o", "all claims"),
        ("day", -0.2, ORANGE, "D", "claims of one day"),
    ]
    for which, shift, color, marker, name in marks:
        rows = [(place, one[which]) for place, one in enumerate(data.values()) if which in one]
        for place, one in rows:
            y = place + shift
            ticks = [min(max(ratio, EDGES[0]), EDGES[1]) for ratio in one["ratios"]]
            axes.plot(ticks, [y] * len(ticks), "|", color=color, alpha=0.4, markersize=4, zorder=1)
            axes.plot([one["low"], one["high"]], [y, y], color=color, linewidth=1.4, zorder=2)
        axes.scatter(
            [one["median"] for _, one in rows],
            [place + shift for place, _ in rows],
            marker=marker,
            s=18 if marker == "o" else 13,
            color=color,
            edgecolor="white",
            linewidth=0.5,
            zorder=3,
            label=name,
        )
    axes.set_yticks(range(len(data)), [_label(kind, one) for kind, one in data.items()])
    axes.set_ylim(-0.7, len(data) - 0.3)
    axes.set_xscale("log")
    axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10], ["0.1", "0.2", "0.5", "1", "2", "5", "10"])
    axes.minorticks_off()
    axes.set_xlim(EDGES[0] / 1.05, EDGES[1] * 1.05)
    axes.set_xlabel("claim over the median of the other kinds (log scale)")
    axes.legend(frameon=False, loc="lower right")


def _label(kind: str, one: Data) -> str:
    day = len(one["day"]["ratios"]) if "day" in one else None
    return f"{kind.replace('_', ' ')}  ({len(one['all']['ratios'])}{f', {day}' if day else ''})"


def _pairs(tolls: Sequence[Toll]) -> Data:
    chosen = leading(tolls)
    found = contest.pairs(chosen)
    order = list(_kinds(tolls))
    cells = {}
    for i, a in enumerate(order):
        for b in order[:i]:
            ratios = found.get((a, b), [])
            if contest.enough(ratios):
                one = contest.summary(ratios)
                clear = not one.low <= 1 <= one.high
                cells[f"{a} {b}"] = [_round(one.median), one.tolls, clear]
    rows, columns = ({cell.split()[i] for cell in cells} for i in (0, 1))
    return {
        "rows": [kind for kind in order if kind in rows],
        "columns": [kind for kind in order if kind in columns],
        "cells": cells,
    }


def _draw_pairs(axes: Axes, data: Data) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    colors = LinearSegmentedColormap.from_list("ratio", [BLUE, "#f4f4f4", ORANGE])
    rows, columns = data["rows"], data["columns"]
    for cell, (ratio, tolls, clear) in data["cells"].items():
        row, column = (names.index(kind) for names, kind in zip((rows, columns), cell.split(), strict=True))
        shade = colors(0.5 + max(-0.5, min(0.5, math.log2(ratio) / 3)))
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=shade, edgecolor="white"))
        weight = "bold" if clear else "normal"
        axes.text(column, row + 0.14, f"{ratio:.2f}", ha="center", va="center", fontsize=7, weight=weight)
        axes.text(column, row - 0.26, str(tolls), ha="center", va="center", fontsize=5, color=BLACK)
    shown = [[kind.replace("_", " ") for kind in names] for names in (columns, rows)]
    axes.set_xticks(range(len(columns)), shown[0], rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), shown[1])
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(-0.5, len(rows) - 0.5)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xlabel("median of what the row says over what the column says; below it: tolls")


def _reductions(tolls: Sequence[Toll]) -> Data:
    """[conservative, least, middle and greatest last claim, unbounded?] of each toll with two numbers or more."""
    several = [one.toll for one in spread.spreads(headlines(tolls))]
    return {
        "tolls": [
            [_round(one.conservative), *(_round(n) for n in (one.latest[0], one.middle or 0, one.latest[-1]))]
            for one in spread.reduced(several)
            if one.conservative and one.latest and one.latest[0] > 0
        ]
    }


def _draw_reductions(axes: Axes, data: Data) -> None:
    edges = [1, 4000]
    axes.plot(edges, edges, color=GREY, linewidth=0.8, zorder=0)
    axes.annotate("equal", (1400, 1400), xytext=(6, -9), textcoords="offset points", color=GREY)
    for conservative, least, _, greatest in data["tolls"]:
        axes.plot([conservative] * 2, [least, greatest], color=ORANGE, linewidth=0.9, alpha=0.5, zorder=1)
    axes.scatter(
        [one[0] for one in data["tolls"]],
        [one[2] for one in data["tolls"]],
        s=14,
        color=BLUE,
        edgecolor="white",
        linewidth=0.5,
        zorder=2,
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    ticks = [1, 10, 100, 1000]
    axes.set_xticks(ticks, [f"{n:,}" for n in ticks])
    axes.set_yticks(ticks, [f"{n:,}" for n in ticks])
    axes.set_xlim(*edges)
    axes.set_ylim(*edges)
    axes.set_aspect("equal")
    axes.set_xlabel("acled_conservative")
    axes.set_ylabel("latest: median of the kinds of source;\nbars: least and greatest")


def _ucdp(tolls: Sequence[Toll]) -> Data:
    out: dict[str, Any] = {}
    for one in spread.recorded(headlines(tolls)):
        toll = one.reduced.toll
        name = toll.story if toll.story_event == "main" else f"{toll.story} {toll.story_event}"
        out[name] = {
            "side": toll.entity is not None,
            "interval": [one.reduced.low, one.reduced.high],
            "conservative": one.reduced.conservative,
            "latest": [*one.reduced.latest],
            "ucdp": [one.low, one.best, one.high],
        }
    return dict(sorted(out.items(), key=lambda item: (item[1]["ucdp"][1], item[0])))


def _draw_ucdp(axes: Axes, data: Data) -> None:
    from statistics import median

    left, right = 1.6, 2000.0
    for place, one in enumerate(data.values()):
        low, high = one["interval"]
        ends = [max(low, left), right if high is None else high]
        axes.plot(ends, [place, place], color="#d5d5d5", linewidth=5, solid_capstyle="butt", zorder=1)
        if high is None:
            axes.plot([right * 0.97], [place], ">", color="#d5d5d5", markersize=6, zorder=1, clip_on=False)
        if one["latest"]:
            ends = [one["latest"][0], one["latest"][-1]]
            axes.plot(ends, [place, place], color=ORANGE, linewidth=1.2, zorder=2)
        axes.plot([one["ucdp"][0], one["ucdp"][2]], [place, place], color=BLACK, linewidth=1.2, zorder=4)
    places = range(len(data))
    rows = list(data.values())
    axes.plot([], [], color="#d5d5d5", linewidth=5, label="interval (arrow: no upper end)")
    axes.scatter(
        [one["conservative"] for one in rows], places, s=12, color=BLUE, zorder=4, label="acled_conservative"
    )
    axes.scatter(
        [median(one["latest"]) for one in rows if one["latest"]],
        [place for place, one in enumerate(rows) if one["latest"]],
        s=20,
        marker="s",
        color=ORANGE,
        zorder=3,
        label="latest: least, median, greatest",
    )
    axes.scatter(
        [one["ucdp"][1] for one in rows],
        places,
        s=26,
        marker="D",
        facecolor="none",
        edgecolor=BLACK,
        zorder=5,
        label="UCDP best",
    )
    axes.set_xscale("log")
    axes.set_xticks((ticks := [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]), [f"{n:,}" for n in ticks])
    axes.minorticks_off()
    axes.set_xlim(left, right)
    axes.set_ylim(-0.8, len(rows) - 0.2)
    axes.set_yticks(places, [f"{name}{' *' if one['side'] else ''}" for name, one in data.items()])
    axes.set_xlabel("dead (log scale); * the claims count one side only")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2)


PLOTS: Plots = {
    "spread": (_spread, _draw_spread, (4.8, 3.0)),
    "kinds": (_kinds, _draw_kinds, (6.4, 6.4)),
    "pairs": (_pairs, _draw_pairs, (6.4, 5.8)),
    "reductions": (_reductions, _draw_reductions, (4.2, 4.2)),
    "ucdp": (_ucdp, _draw_ucdp, (6.4, 5.6)),
}
