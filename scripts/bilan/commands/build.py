"""Check the corpus and write the dataset folder: six tables as Parquet, the card, and Croissant metadata.

The folder is written whole or not at all: a build that fails or is killed leaves the previous one in place.
The same corpus and library versions give the same bytes, whatever the engine and the number of workers.

A build after a change makes again only what depends on it. A corpus may also be shards of JSON lines (.jsonl,
.jsonl.gz, .jsonl.zst, .parquet), each story before its articles. What is finished of them is kept in <out>.work:
--resume goes on with a build that stopped.

Exit status: 0 written, 1 incidents (nothing written), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.build import BuildResult


def register(parser: argparse.ArgumentParser) -> None:
    corpus = (
        "the corpus: a folder of stories, or shards (a folder, file, glob or URL); "
        "default: ./corpus, else the packaged one"
    )
    parser.add_argument("--corpus", metavar="PLACE", help=corpus)
    out = "the folder to write (default: dist/hf)"
    parser.add_argument("--out", type=Path, metavar="DIR", default=Path("dist", "hf"), help=out)
    cores = os.cpu_count() or 1
    parser.add_argument(
        "--workers", type=int, metavar="N", default=cores, help="processes (default: all cores)"
    )
    engine = "local (default), dask for a cluster on this machine, or the address of a scheduler of Dask"
    parser.add_argument("--engine", metavar="ENGINE", default="local", help=engine)
    left = parser.add_mutually_exclusive_group()
    left.add_argument(
        "--resume", action="store_true", help="shards: keep what a build that stopped has finished"
    )
    left.add_argument("--restart", action="store_true", help="keep nothing of earlier builds")


def run(args: argparse.Namespace) -> int:
    from bilan.checks.report import text_lines
    from bilan.shards import engines

    if args.workers < 1:
        print("bilan build: --workers takes 1 or more", file=sys.stderr)
        return 2
    label, noun, make = _chosen(args)
    if noun == "articles" and args.resume:
        print("bilan build: --resume goes with shards", file=sys.stderr)
        return 2
    progress = Progress(noun) if sys.stderr.isatty() else None
    try:
        with engines.opened(args.engine, args.workers) as executor:
            result = make(args.out, workers=args.workers, executor=executor, progress=progress)
    finally:
        if progress is not None:
            progress.clear()
    for line in text_lines(result.warnings, color=sys.stdout.isatty()):
        print(line)
    print(report(result, label, str(args.out)))
    return 0


def _chosen(args: argparse.Namespace) -> tuple[str, str, Callable[..., BuildResult]]:
    """The corpus as a message names it, what is counted of it, and what builds it."""
    from bilan.build import build
    from bilan.checks.tree import shown
    from bilan.paths import working_home
    from bilan.shards import finding

    home = working_home()
    if args.corpus and finding.is_sharded(args.corpus):
        from bilan.shards import building

        kept = {"resume": args.resume, "restart": args.restart}
        return args.corpus, "shards", partial(building.build, args.corpus, registry=home.corpus, **kept)
    corpus = Path(args.corpus) if args.corpus else home.corpus
    label = args.corpus or f"the {home.kind} corpus ({shown(corpus)})"
    return label, "articles", partial(build, corpus, restart=args.restart)


def report(result: BuildResult, corpus: str, out: str) -> str:
    """What was written: the table of rows, and the line to load it."""
    from bilan.tables import DEFAULT_CONFIG, splits
    from bilan.tables.card import row_table
    from bilan.tables.croissant import FILE

    table = row_table(result.layout, splits())
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    lines = [
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True))]
        )
        for line in table
    ]
    if result.shards:
        told = f" in {result.shards} shards, {result.kept} of them as built before"
    else:
        told = f" ({result.kept} of them as built before)" if result.kept else ""
    return "\n".join(
        [
            f"Built version {result.version} from {corpus}: {result.articles} articles{told},"
            f" root {result.root[:16]}",
            "",
            *lines,
            "",
            "Load it:",
            f'  from datasets import load_dataset; load_dataset("{out}", "{DEFAULT_CONFIG}")',
            f'  import bilan; bilan.load("{DEFAULT_CONFIG}", source="{out}")',
            f'  import mlcroissant; mlcroissant.Dataset("{os.path.join(out, FILE)}").records("{DEFAULT_CONFIG}")',
        ]
    )


class Progress:
    """One line on a terminal's standard error, and only for work that takes more than a second."""

    def __init__(self, noun: str = "articles", clock: Callable[[], float] = time.monotonic) -> None:
        self.noun, self.clock, self.begun, self.shown_at = noun, clock, clock(), 0.0

    def __call__(self, done: int, total: int) -> None:
        now = self.clock()
        if now - self.begun < 1 or (now - self.shown_at < 0.1 and done < total):
            return
        self.shown_at = now
        print(f"\rbuilding: {done:,} of {total:,} {self.noun}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Takes the line away."""
        if self.shown_at:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
