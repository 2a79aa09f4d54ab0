"""How long `bilan diff` takes: two corpora of many made articles, of which few, some or all were edited.

    python scripts/bench/diff.py --articles 10000

The articles are those of ``generate``. In an edited one a figure gets another value, a stance another name and a
sentence is put in at the top, so that every span of it moves. Prints seconds (median of the runs) of the comparison
alone, in one process, and of reading one side from disk, which comes on top
twice; beside them the seconds of a processor, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generate import generate

from bilan import corpus, diffing
from bilan.diffing import report
from bilan.executors import collector_off
from bilan.model import SELF_SPANNED, SPAN_LISTS

Json = dict[str, Any]
SHARES = (0.0, 0.01, 0.1, 1.0)
TOP = "Ten more words than before stand at the head now. "


def edited(article: Json) -> Json:
    """The article with text put in at its top, another value in its first figure, and another stance."""
    out: Json = copy.deepcopy(article)
    text = out["text"]
    if "content" in text:
        text["content"] = TOP + text["content"]
        text["length"] += len(TOP)
        text["sha256"] = hashlib.sha256(text["content"].encode()).hexdigest()
        for layer, fields in [*((name, ("",)) for name in SELF_SPANNED), *SPAN_LISTS.items()]:
            for record in out[layer]:
                for span in (one for field in fields for one in (record[field] if field else [record])):
                    span["start"] += len(TOP)
                    span["end"] += len(TOP)
    for figure in out["figures"][:1]:
        figure["low"] += 1
        figure["high"] = None
    for attribution in out["attributions"][:1]:
        attribution["stance"] = "denies" if attribution["stance"] != "denies" else "states"
    return out


def timed(work: Callable[[], Any], runs: int) -> tuple[float, float, Any]:
    """Median seconds and processor seconds of so many runs, the collector off as in the command, and a result."""
    seconds, processor = [], []
    for _ in range(runs):
        begun, used = time.perf_counter(), time.process_time()
        with collector_off():
            result = work()
        seconds.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
    return statistics.median(seconds), statistics.median(processor), result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--source", type=Path, default=Path(__file__).parents[2] / "corpus")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "corpus"
        generate(args.source, made, args.articles, args.seed)
        reading, used, old = timed(lambda: corpus.read(made), args.runs)
    print(f"{len(old.articles):,} articles of {len(old.stories):,} stories")
    print(f"reading one side: {reading:.2f} seconds, {used:.2f} of a processor\n")
    print(
        "| edited | articles changed | seconds, comparison | of a processor | seconds, text of the report |"
    )
    print("|---:|---:|---:|---:|---:|")
    chooser = random.Random(args.seed)
    for share in SHARES:
        chosen = set(chooser.sample(sorted(old.articles), round(share * len(old.articles))))
        plain = json.loads(json.dumps(old.articles))  # no object is shared, as when both sides are read
        articles = {ident: edited(one) if ident in chosen else one for ident, one in plain.items()}
        new = corpus.Corpus(
            articles, json.loads(json.dumps(old.stories)), json.loads(json.dumps(old.registry))
        )
        comparing, used, diff = timed(lambda new=new: diffing.compare(old, new), args.runs)
        if {one.ident for one in diff.articles} != chosen:
            raise SystemExit("the edited articles are not those that were found")
        telling, _, _ = timed(lambda diff=diff: report.text(diff, "", "", short=False), 1)
        print(
            f"| {share:.0%} | {len(diff.articles):,} | {comparing:.2f} | {used:.2f} | {telling:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
