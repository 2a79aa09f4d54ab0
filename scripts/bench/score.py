"""Processor seconds to score many predictions, by task, and those of nervaluate and seqeval on the same spans.

    python scripts/bench/score.py                    # 100,000 predictions a task, five runs, medians
    python scripts/bench/score.py --predictions 1000 --runs 1

The predictions are targets of the corpus, moved, with other values or doubled, spread over all open articles. Reading
the corpus is told apart: it takes as long whatever is predicted, and the peers get their input ready-made.
``bilan.score`` checks and aligns the predictions, computes all measures and errors, and draws 1,000 samples for the
intervals; the peers give counts by schema (nervaluate) and micro and macro F1 (seqeval). They need the extra
``oracles``. Where the counts of the schemas differ, the run fails.
"""

from __future__ import annotations

import argparse
import functools
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bilan
from bilan import tasks
from bilan.scoring import bio
from bilan.tasks import gold

Json = dict[str, Any]

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
SPLITS = ("train", "validation", "test")


def made(task: tasks.Task, count: int, seed: int = 0) -> dict[str, list[Json]]:
    """Split → lines with ``count`` predictions in all, as many for each article or story."""
    draw = random.Random(f"{task.name}/{seed}")
    units = [(split, unit) for split in SPLITS for unit in gold.units(task, split=split, source=CORPUS)]
    out: dict[str, list[Json]] = {split: [] for split in SPLITS}
    for at, (split, unit) in enumerate(units):
        own = count * (at + 1) // len(units) - count * at // len(units)
        line = gold.target(task, unit)
        length = None if task.unit == "story" else unit.article["length"]
        if task.name == "extraction":
            listed = line["output"]["figures"]
            line["output"]["figures"] = [_noisy(draw, draw.choice(listed), None) for _ in range(own)]
        elif line[task.key]:
            line[task.key] = [_noisy(draw, draw.choice(line[task.key]), length) for _ in range(own)]
        out[split].append(line)
    return out


def _noisy(draw: random.Random, item: Json, length: int | None) -> Json:
    """The prediction as it might come: half of all right, the others moved in the text or with another value."""
    item = dict(item)
    if draw.random() < 0.5:
        return item
    if "start" in item and length is not None:
        item["start"] = draw.randrange(length - 1)
        item["end"] = min(length, item["start"] + draw.randint(1, 30))
    if "low" in item:
        item.update(stated=None, low=draw.randrange(100), high=None)
    if "stance" in item:
        item["stance"] = draw.choice(("states", "claims", "denies"))
    return item


def predictions_in(lines: dict[str, list[Json]], task: tasks.Task) -> int:
    listed = [line[task.key] for some in lines.values() for line in some]
    return sum(len(one["figures"] if isinstance(one, dict) else one) for one in listed)


def median(runs: int, work: Callable[[], object]) -> float:
    """Processor seconds, the median of several runs: others may be at work on the machine."""
    seconds = []
    for _ in range(runs):
        at = time.process_time()
        work()
        seconds.append(time.process_time() - at)
    return statistics.median(seconds)


def product(task: tasks.Task, lines: dict[str, list[Json]]) -> list[Any]:
    return [bilan.score(lines[split], task.name, split=split, source=CORPUS) for split in SPLITS]


def spans_of(listed: list[Json], label: str) -> list[Json]:
    """As nervaluate takes them: ends inclusive, in the order of the text."""
    spans = [{"start": s["start"], "end": s["end"] - 1, "label": s[label]} for s in listed]
    return sorted(spans, key=lambda s: (s["start"], s["end"], s["label"]))


def nervaluate(task: tasks.Task, lines: dict[str, list[Json]]) -> Callable[[], list[Any]]:
    """The four schemas over the same spans."""
    from nervaluate import Evaluator

    label = "type" if task.name == "entities" else "measure"
    sides = []
    for split in SPLITS:
        asked = {u.id: gold.target(task, u)[task.key] for u in gold.units(task, split=split, source=CORPUS)}
        ours = [spans_of(asked[line["article"]], label) for line in lines[split]]
        sides.append((ours, [spans_of(line[task.key], label) for line in lines[split]]))
    labels = sorted({s["label"] for both in sides for side in both for listed in side for s in listed})
    return lambda: [Evaluator(*both, tags=labels, loader="dict").evaluate() for both in sides]


def seqeval(lines: dict[str, list[Json]]) -> Callable[[], list[float]]:
    """Micro and macro F1 of the same names as tags (where they overlap, the first keeps its tokens)."""
    from seqeval.metrics import f1_score

    from bilan.tables.features import bio_labels

    known, sides = bio_labels().names, []
    for split in SPLITS:
        given = {line["article"]: line["entities"] for line in lines[split]}
        ours, theirs = [], []
        for unit in gold.units(tasks.get("entities"), split=split, source=CORPUS):
            spans = [(s["start"], s["end"], s["type"]) for s in given[unit.id]]
            for row in unit.rows:
                inside = [s for s in spans if s[0] < row["end"] and s[1] > row["start"]]
                ours.append([known[tag] for tag in row["ner_tags"]])
                theirs.append(bio.tags(inside, row["token_starts"], row["token_ends"]))
        sides.append((ours, theirs))
    return lambda: [f1_score(*both, average=how) for both in sides for how in ("micro", "macro")]


def same_counts(reports: list[Any], found: list[Any]) -> None:
    """Both did the same work, or the comparison says nothing."""
    for report, theirs in zip(reports, found, strict=True):
        for name in ("strict", "partial"):
            row, want = report["SemEval (nervaluate)", name], theirs["overall"][name]
            if (row.predicted, row.gold) != (want.actual, want.possible) or abs(row.value - want.f1) > 1e-9:
                raise SystemExit(f"{name}: bilan {row.value}, nervaluate {want.f1}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--predictions", type=int, default=100_000, metavar="N", help="predictions for each task"
    )
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs, of which the median is told")
    parser.add_argument(
        "--tasks", default="entities,figures", metavar="T,…", help="tasks (default: entities,figures)"
    )
    args = parser.parse_args()
    print("| task | predictions | corpus read | bilan.score | nervaluate | seqeval | peers ÷ bilan |")
    print("|---|---|---|---|---|---|---|")
    for name in args.tasks.split(","):
        print(f"| {' | '.join(line_of(tasks.get(name), args.predictions, args.runs))} |", flush=True)


def line_of(task: tasks.Task, count: int, runs: int) -> list[str]:
    """One task, measured."""
    reads = gold.units
    reading = median(runs, lambda: [reads(task, split=split, source=CORPUS) for split in SPLITS])
    gold.units = functools.cache(reads)  # type: ignore[assignment]
    try:
        lines = made(task, count)
        seconds = median(runs, lambda: product(task, lines))
        peers: dict[str, Callable[[], Any]] = {}
        if task.name in ("entities", "figures"):
            peers["nervaluate"] = nervaluate(task, lines)
        if task.name == "entities":
            peers["seqeval"] = seqeval(lines)
            same_counts(product(task, lines), peers["nervaluate"]())
        took = {peer: median(runs, work) for peer, work in peers.items()}
    finally:
        gold.units = reads
    cells = [f"{took[peer]:.2f} s" if peer in took else "" for peer in ("nervaluate", "seqeval")]
    ratio = f"{sum(took.values()) / seconds:.2f}" if took else ""
    return [
        task.name,
        f"{predictions_in(lines, task):,}",
        f"{reading:.2f} s",
        f"{seconds:.2f} s",
        *cells,
        ratio,
    ]


if __name__ == "__main__":
    main()
