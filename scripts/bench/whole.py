"""What the checks over all shards cost: seconds, memory and disk for summaries of a million made-up articles.

    python scripts/bench/whole.py --articles 1000000

The summaries are made up, not the checks: as many runs of words as an article of the corpus has, signatures that
agree by accident as often as those of two articles of the corpus in one language (one pair in 6,400 shares a band),
and planted faults, which must be found to the last one. Needs the extra ``scale``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bilan.checks.context import Context
from bilan.checks.overlap import PERMUTATIONS
from bilan.shards import summary, whole

RUNS = 260
"""Runs of words of an article: the mean of the corpus."""
STORY = 5
"""Articles of a story."""
EVERY = 1000
"""One article in so many of the second half has each fault of ``FAULTS``, in common with one of the first half."""
FAULTS = ("text", "near", "run")
CODES = {"text": "B601", "near": "B606", "run": "B607"}
COMMON, CHOICES = 0.3, 40
"""So often a value of a signature is one of so many: two articles agree in it by 0.3² / 40 = 0.00225."""


def planted(articles: int) -> Counter[str]:
    """How many incidents of each code there are in a corpus of this size."""
    found: Counter[str] = Counter()
    for i in range(articles // 2, articles):
        if i % EVERY < len(FAULTS) and i - articles // 2 < articles // 2:
            found[CODES[FAULTS[i % EVERY]]] += 1
    return found


def write(path: Path, shard: int, first: int, last: int, articles: int, runs: int = RUNS) -> int:
    """The summary of the articles ``first`` to ``last`` - 1; returns its bytes."""
    with summary.Writer(path, f"{shard:05d}.jsonl") as writer:
        line = 0
        for i in range(first, last):
            line += 1
            story = f"ml-2025-05-23-s{i // STORY}"
            if i == first or i % STORY == 0:
                split = ("train", "validation", "test")[0 if i < articles // 2 else 1 + i // STORY % 2]
                values = {"country": "ML", "split": split, "subset": None}
                writer.add_row(summary.STORY, line, id=story, story=story, **values, digest=_sha(story))
                line += 1
            signature, hashes = _print(i, runs)
            ident = f"{story}.fr.{i % STORY + 1}"
            text = _sha(str(i))
            if i >= articles // 2 and i % EVERY < len(FAULTS):
                other = i - articles // 2
                fault = FAULTS[i % EVERY]
                if fault == "text":
                    text = _sha(str(other))
                elif fault == "near":
                    signature[: PERMUTATIONS // 2] = _print(other, runs)[0][: PERMUTATIONS // 2]
                else:
                    hashes[0] = _print(other, runs)[1][0]
            common: dict[str, Any] = {"access": "open", "licence": "CC-BY-4.0", "lang": "fr"}
            common |= summary.bands(tuple(signature.tolist()))
            row = writer.add_row(
                summary.ARTICLE, line, id=ident, story=story, **common, text=text, digest=_sha(ident)
            )
            starts = array("I", range(0, 6 * runs, 6))
            writer.add_runs(row, array("Q", hashes.tobytes()), starts, starts)
    return path.stat().st_size


def _print(article: int, runs: int) -> tuple[Any, Any]:
    """Signature and hashes of a made-up article, the same whenever it is asked for."""
    import numpy as np

    random = np.random.Generator(np.random.PCG64(article))
    values = random.integers(0, 2**32, PERMUTATIONS, dtype=np.uint64)
    common = random.random(PERMUTATIONS) < COMMON
    values[common] = random.integers(0, CHOICES, PERMUTATIONS, dtype=np.uint64)[common]
    return values, random.integers(0, 2**64, runs, dtype=np.uint64)


def _sha(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def write_all(folder: Path, articles: int, shards: int, runs: int = RUNS, workers: int = 1) -> list[Path]:
    """Summaries of so many articles, in so many shards of whole stories."""
    size = -(-articles // shards // STORY) * STORY
    tasks = [
        (folder / f"{shard:05d}.parquet", shard, first, min(first + size, articles), articles, runs)
        for shard, first in enumerate(range(0, articles, size))
    ]
    if workers == 1:
        for task in tasks:
            write(*task)
    else:
        with ProcessPoolExecutor(workers) as pool:
            list(pool.map(write, *zip(*tasks, strict=True)))
    return [task[0] for task in tasks]


# --- measuring -------------------------------------------------------------------------------------------


@contextmanager
def watched(folder: Path) -> Iterator[dict[str, int]]:
    """Peaks while the block runs: own memory, mapped files (the system's to take back) and the folder, in bytes."""
    peaks = {"own": 0, "mapped": 0, "disk": 0}
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.1):
            for line in Path("/proc/self/status").read_text().splitlines():
                for name, key in (("RssAnon:", "own"), ("RssFile:", "mapped")):
                    if line.startswith(name):
                        peaks[key] = max(peaks[key], int(line.split()[1]) << 10)
            peaks["disk"] = max(peaks["disk"], _size(folder))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        stop.set()
        watcher.join()


def _size(folder: Path) -> int:
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(base, name)).st_blocks * 512
            except OSError:
                continue  # gone meanwhile
    return total


def measure(paths: list[Path], work: Path, memory: int, what: str) -> dict[str, Any]:
    """One run of ``check`` or ``root`` in this process: seconds, peaks, incidents by code."""
    run: Callable[[], Any] = {
        "check": lambda: Counter(
            one.code for one in whole.check(paths, Context(), [], "corpus", work=work, memory=memory)
        ),
        "root": lambda: Counter({whole.root(paths, {}, work=work, memory=memory)[:12]: 1}),
    }[what]
    work.mkdir(exist_ok=True)
    with watched(work) as peaks:
        start = time.perf_counter()
        found = run()
        seconds = time.perf_counter() - start
    return {"seconds": seconds, **peaks, "found": dict(found)}


def _measure_in(pipe: Any, *task: Any) -> None:
    pipe.send(measure(*task))


def apart(*task: Any) -> dict[str, Any]:
    """``measure`` in a fresh process: nothing that was read or imported before counts."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_measure_in, args=(there, *task))
    process.start()
    there.close()
    result: dict[str, Any] = here.recv()
    process.join()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--shards", type=int, default=20)
    parser.add_argument("--runs", type=int, default=RUNS, help="runs of words of an article")
    parser.add_argument("--memory", type=int, default=whole.MEMORY >> 20, help="MiB for DuckDB")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="to write the summaries")
    parser.add_argument("--work", type=Path, help="folder for all files; it needs some 8 KB for each article")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bilan-bench-", dir=args.work) as name:
        folder = Path(name)
        start = time.perf_counter()
        paths = write_all(folder, args.articles, args.shards, args.runs, args.workers)
        written = time.perf_counter() - start
        size = sum(path.stat().st_size for path in paths)
        results = {what: apart(paths, folder / "work", args.memory << 20, what) for what in ("check", "root")}
    expected = dict(planted(args.articles))
    if args.json:
        print(json.dumps({"articles": args.articles, "bytes": size, "written": written, **results}))
    else:
        print(
            f"{args.articles:,} articles, {args.runs} runs each, {len(paths)} summaries of {size / 1e6:,.0f} MB,"
            f" written in {written:.0f} s"
        )
        for what, one in results.items():
            print(
                f"{what}: {one['seconds']:.1f} s, {one['own'] / 1e6:,.0f} MB of its own (DuckDB may use"
                f" {(args.memory << 20) / 1e6:,.0f}), {one['mapped'] / 1e6:,.0f} MB mapped,"
                f" {one['disk'] / 1e6:,.0f} MB on disk"
            )
        print(f"planted {expected}, found {results['check']['found']}")
    if results["check"]["found"] != expected:
        sys.exit("not what was planted")


if __name__ == "__main__":
    main()
