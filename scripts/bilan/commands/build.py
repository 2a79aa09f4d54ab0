"""Check the corpus and write the dataset folder: six tables as Parquet, the card, and Croissant metadata.

The folder is written whole or not at all: a build that fails or is killed leaves the previous one in place.
The same corpus and library versions give the same bytes, whatever the number of workers.
Exit status: 0 written, 1 incidents (nothing written), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.build import BuildResult


def register(parser: argparse.ArgumentParser) -> None:
    corpus = "the corpus (default: ./corpus, else the packaged one)"
    parser.add_argument("--corpus", type=Path, metavar="DIR", help=corpus)
    out = "the folder to write (default: dist/hf)"
    parser.add_argument("--out", type=Path, metavar="DIR", default=Path("dist", "hf"), help=out)
    cores = os.cpu_count() or 1
    parser.add_argument(
        "--workers", type=int, metavar="N", default=cores, help="processes (default: all cores)"
    )


def run(args: argparse.Namespace) -> int:
    from bilan.build import build
    from bilan.checks.report import text_lines
    from bilan.checks.runner import shown
    from bilan.paths import working_home

    if args.workers < 1:
        print("bilan build: --workers takes 1 or more", file=sys.stderr)
        return 2
    home = working_home()
    corpus = args.corpus or home.corpus
    label = f"{corpus}" if args.corpus else f"the {home.kind} corpus ({shown(corpus)})"
    progress = Progress() if sys.stderr.isatty() else None
    try:
        result = build(corpus, args.out, workers=args.workers, progress=progress)
    finally:
        if progress is not None:
            progress.clear()
    for line in text_lines(result.warnings, color=sys.stdout.isatty()):
        print(line)
    print(report(result, label, str(args.out)))
    return 0


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
    return "\n".join(
        [
            f"Built version {result.version} from {corpus}: {result.articles} articles,"
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

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.begun, self.shown_at = clock, clock(), 0.0

    def __call__(self, done: int, total: int) -> None:
        now = self.clock()
        if now - self.begun < 1 or (now - self.shown_at < 0.1 and done < total):
            return
        self.shown_at = now
        print(f"\rbuilding: {done:,} of {total:,} articles", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Takes the line away."""
        if self.shown_at:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
