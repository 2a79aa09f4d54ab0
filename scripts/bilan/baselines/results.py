"""The score tables of the baselines: run by ``bilan baseline --all``, kept as data, rendered into the documents."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bilan import stats, tasks
from bilan.baselines import SYSTEMS, system, training
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.scoring import SEED, Report, Row, score
from bilan.scoring.report import number
from bilan.tasks import gold

FILE = "docs/baselines.json"
SPLITS = ("validation", "test")
WILD = "wild"
SHARES = (0.25, 0.5, 0.75, 1.0)
CURVE_SEEDS = (1, 2, 3)
CURVE_TASKS = ("entities", "figures", "attribution")
GROUPS = ("lang", "subset")
KEPT = (
    "group",
    "section",
    "name",
    "kind",
    "gold",
    "predicted",
    "right",
    "precision",
    "recall",
    "value",
    "low",
    "high",
)


def run_all(
    corpus: Path, version: str, root: str, say: Callable[[str], None], hydrate: Path | None = None
) -> Json:
    """Every baseline of every task on validation and test, and the learning curve of the CRF.

    ``hydrate``: a folder with copies of the withheld texts; then on wild too.
    """
    runs = [
        _run(task, name, corpus, hydrate, say) for task in tasks.TASKS.values() for name in SYSTEMS[task.name]
    ]
    curve = [point for name in CURVE_TASKS for point in _curve(tasks.get(name), corpus, say)]
    return {
        "version": version,
        "root": root,
        "seed": SEED,
        "command": f"bilan baseline --all{' --hydrate DIR' if hydrate else ''}",
        "wild": _at_hand(corpus, hydrate) if hydrate else None,
        "runs": runs,
        "curve": curve,
    }


def _at_hand(corpus: Path, hydrate: Path) -> Json:
    """How many articles wild has, and of how many the text is at hand."""
    units = gold.units(tasks.get("figures"), split=WILD, source=corpus, hydrate=hydrate)
    return {"articles": len(units), "with_text": sum(bool(unit.texts) for unit in units)}


def _run(task: tasks.Task, name: str, corpus: Path, hydrate: Path | None, say: Callable[[str], None]) -> Json:
    began = time.perf_counter()
    made = system(name, task)
    made.fit(training(source=corpus))
    fitted = time.perf_counter()
    scores = {}
    for split in (*SPLITS, WILD) if hydrate else SPLITS:
        copies = hydrate if split == WILD and hydrate else False
        lines = _predict(made, task, split, corpus, copies)
        report = score(lines, task.name, split=split, by=GROUPS, source=corpus, hydrate=copies)
        scores[split] = [_kept(row) for row in report.rows]
        say(f"{task.name} {name} {split}: {report.main} {number(report.value)}")
    return {
        "task": task.name,
        "system": name,
        "command": f"bilan baseline {name} --task {task.name}",
        "seconds": {
            "fit": round(fitted - began, 1),
            "predict and score": round(time.perf_counter() - fitted, 1),
        },
        "scores": scores,
    }


def _predict(
    made: Any, task: tasks.Task, split: str, corpus: Path, hydrate: gold.Copies = False
) -> list[Json]:
    return [
        {task.unit: unit.id, task.key: made.predict(gold.given(task, unit))}
        for unit in gold.units(task, split=split, source=corpus, hydrate=hydrate)
        if unit.texts
    ]


def _kept(row: Row) -> Json:
    return {key: _plain(getattr(row, key)) for key in KEPT}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else round(value, 6)  # shown with three digits: not rounded twice
    return value


def _curve(task: tasks.Task, corpus: Path, say: Callable[[str], None]) -> Iterator[Json]:
    """The main measure with a share of the stories of train, for each way to draw them."""
    for share in SHARES:
        for seed in CURVE_SEEDS if share < 1 else CURVE_SEEDS[:1]:
            units = training(share, seed, corpus)
            made = system("crf", task)
            made.fit(units)
            for split in SPLITS:
                report: Report = score(
                    _predict(made, task, split, corpus), task.name, split=split, source=corpus
                )
                yield {
                    "task": task.name,
                    "share": share,
                    "seed": seed,
                    "stories": len({unit.story for unit in units}),
                    "articles": len(units),
                    "split": split,
                    "value": _plain(report.value),
                }
            say(f"curve {task.name} {share:.0%} seed {seed}")


# --- told ------------------------------------------------------------------------------------------------


def read(root: Path) -> Json:
    """The kept results of a checkout. Raises BilanError (B807) if they cannot be read."""
    try:
        document: Json = json.loads((root / FILE).read_bytes())
    except (OSError, ValueError) as error:
        mend = "run: bilan baseline --all"
        raise BilanError(Incident("B807", f"no results of baselines: {error}", mend, file=FILE)) from None
    return document


def main_row(run: Json, split: str, group: str = "all") -> Json | None:
    """The row of the main measure of a run's task."""
    main = _main(run["task"])
    rows: list[Json] = run["scores"][split]
    return next((r for r in rows if r["group"] == group and f"{r['section']} {r['name']}" == main), None)


def _main(task: str) -> str:
    import importlib

    name: str = importlib.import_module(f"bilan.scoring.{task}").MAIN
    return name


def _cell(row: Json | None) -> str:
    if row is None or row["value"] is None:
        return ""
    interval = "" if row["low"] is None else f" ({number(row['low'])}–{number(row['high'])})"
    return f"{number(row['value'])}{interval}"


def summary(results: Json) -> stats.Table:
    """One line a baseline: the main measure with its interval, the time, the command."""
    lines = []
    for run in results["runs"]:
        task = tasks.get(run["task"])
        seconds = run["seconds"]
        lines.append(
            [
                f"{task.code} {task.name}",
                _main(task.name),
                run["system"],
                *(_cell(main_row(run, split)) for split in SPLITS),
                f"{seconds['fit']:.0f} + {seconds['predict and score']:.0f}",
                f"`{run['command']}`",
            ]
        )
    return ["task", "F1 of", "system", *SPLITS, "seconds: fit + rest", "command"], lines


def unseen(results: Json) -> stats.Table:
    """The main measure on test, where train shows the country, and where it does not; and by language."""
    groups = ("subset=none", "subset=unseen_conflict", "lang=fr", "lang=en")
    lines = []
    for run in results["runs"]:
        row = [_cell(main_row(run, "test", group)) for group in groups]
        lines.append([run["task"], run["system"], *row])
    return ["task", "system", "countries that train has", "unseen conflicts", "French", "English"], lines


def press(results: Json) -> stats.Table:
    """The main measure on the open test split and on wild, how much is lost, and wild by language."""
    lines = []
    for run in results["runs"]:
        if WILD not in run["scores"]:
            continue
        here, there = main_row(run, "test"), main_row(run, WILD)
        lost = ""
        if here and there and here["value"] and there["value"] is not None:
            lost = f"{(there['value'] - here['value']) / here['value']:+.0%}"
        groups = [_cell(main_row(run, WILD, f"lang={lang}")) for lang in ("fr", "en")]
        lines.append([run["task"], run["system"], _cell(here), _cell(there), lost, *groups])
    head = ["task", "system", "test (written for the corpus)", "wild (press)", "change", "wild, French"]
    return [*head, "wild, English"], lines


def full(results: Json, task: str) -> stats.Table:
    """Every measure of a task on test, a column for each system."""
    runs = [run for run in results["runs"] if run["task"] == task]
    first = [row for row in runs[0]["scores"]["test"] if row["group"] == "all"]
    lines = []
    for at in first:
        cells = []
        for run in runs:
            rows = run["scores"]["test"]
            key = ("all", at["section"], at["name"])
            cells.append(_cell(next((r for r in rows if (r["group"], r["section"], r["name"]) == key), None)))
        lines.append([at["section"], at["name"], at["kind"], *cells])
    return ["of", "measure", "kind", *(run["system"] for run in runs)], lines


def curve(results: Json) -> stats.Table:
    """The CRF with a share of train: mean of the draws, least and greatest."""
    lines = []
    for name in CURVE_TASKS:
        for share in SHARES:
            points = [p for p in results["curve"] if (p["task"], p["share"]) == (name, share)]
            articles = sorted({p["articles"] for p in points})
            row = [
                name,
                f"{share:.0%}",
                f"{articles[0]}–{articles[-1]}" if len(articles) > 1 else f"{articles[0]}",
            ]
            for split in SPLITS:
                values = [p["value"] for p in points if p["split"] == split]
                spread = f" ({number(min(values))}–{number(max(values))})" if len(values) > 1 else ""
                row.append(f"{number(sum(values) / len(values))}{spread}")
            lines.append(row)
    return ["task", "share of train", "articles", *SPLITS], lines


def renderer(root: Path) -> Callable[[str], str]:
    """A function that renders a block of results by its name: summary, unseen, curve, or a task."""
    cache: list[Json] = []

    def render(name: str) -> str:
        if not cache:
            cache.append(read(root))
        results = cache[0]
        if name in tasks.TASKS:
            return stats.markdown(full(results, name))
        if name == "data":
            wild = results.get("wild")
            at_hand = (
                f" Of wild {wild['with_text']} of {wild['articles']} texts were at hand." if wild else ""
            )
            return (
                f"Data: version {results['version']}, root sha256:{results['root'][:16]}…;"
                f" `{results['command']}`.{at_hand}"
            )
        return stats.markdown(
            {"summary": summary, "unseen": unseen, "curve": curve, "press": press}[name](results)
        )

    return render
