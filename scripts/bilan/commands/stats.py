"""Count what the corpus holds: an overview by split, the stories with their claims, the labels in use."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus, else the packaged one)"
    )
    parser.add_argument("--format", choices=("text", "markdown"), default="text", help="form of the tables")


def run(args: argparse.Namespace) -> int:
    from bilan import corpus, stats
    from bilan.paths import working_home

    data = corpus.read(args.corpus or working_home().corpus)
    form = stats.markdown if args.format == "markdown" else stats.plain
    print(stats.summary(data))
    for name, table in stats.TABLES.items():
        print(f"\n{name}\n\n{form(table(data))}")
    return 0
