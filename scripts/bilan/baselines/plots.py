"""The learning curve as a plot; see ``bilan.plots`` for how plots are drawn and found stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan.baselines.results import CURVE_TASKS, SHARES
from bilan.model import Json
from bilan.plots import BLUE, GREY, ORANGE, Data

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _curve(results: Json) -> Data:
    """Task → split → the values of every draw at each share."""
    out: Data = {}
    for task in CURVE_TASKS:
        for split in ("validation", "test"):
            out.setdefault(task, {})[split] = [
                [
                    p["value"]
                    for p in results["curve"]
                    if (p["task"], p["split"], p["share"]) == (task, split, share)
                ]
                for share in SHARES
            ]
    return out


def _draw_curve(axes: Axes, data: Data) -> None:
    across = [100 * share for share in SHARES]
    for (task, splits), color in zip(data.items(), (BLUE, ORANGE, GREY), strict=True):
        for split, line in (("validation", "--"), ("test", "-")):
            means = [sum(values) / len(values) for values in splits[split]]
            axes.plot(across, means, line, color=color, label=f"{task}, {split}")
            for x, values in zip(across, splits[split], strict=True):
                axes.scatter([x] * len(values), values, color=color, s=8, alpha=0.6, linewidths=0)
    axes.set_xticks(across, [f"{x:.0f} %" for x in across])
    axes.set_xlabel("share of the stories of train")
    axes.set_ylabel("main measure (F1)")
    axes.set_ylim(0, 1)
    axes.legend(frameon=False, ncols=3, fontsize=7, loc="upper left")


PLOTS = {"curve": (_curve, _draw_curve, (6.4, 3.2))}
"""Name → its data, its drawing, its size in inches."""
