"""The generated parts of the pages that define the tasks: the beginning of a target, and the list of measures."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from bilan import stats, tasks
from bilan.model import Json

ARTICLE = "ml-2025-05-23-dioura.en.1"
SHOWN = {"entities": 3, "figures": 2, "attribution": 2, "tolls": 2, "extraction": 1}


def example(corpus: Path, name: str) -> str:
    """The first items of the target of the article, or of its story, as a JSON block."""
    task = tasks.get(name)
    wanted = ARTICLE if task.unit == "article" else ARTICLE.split(".")[0]
    target = next(e["target"] for e in task.examples(split="test", source=corpus) if e["id"] == wanted)
    most = SHOWN[name]
    if name == "extraction":
        output: Json = target["output"]
        target["output"] = {key: output[key][:most] for key in output}
    else:
        target[task.key] = target[task.key][:most]
    return f"```json\n{json.dumps(target, ensure_ascii=False, indent=2)}\n```"


def measures(name: str) -> str:
    """The measures of a task as a table."""
    scorer = importlib.import_module(f"bilan.scoring.{tasks.get(name).name}")
    rows = []
    for measure in scorer.MEASURES:
        shown = f"{measure.section} {measure.name}"
        rows.append([measure.section, measure.name, measure.kind, "main" if shown == scorer.MAIN else ""])
    return stats.markdown((["of", "measure", "kind", ""], rows))
