"""Check a corpus, or only the given files and folders of it.

Every incident comes with its place, its code and its mend; `bilan rule CODE` explains a code.
Exit status: 0 all good, 1 incidents, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders (default: the whole corpus)"
    )
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus, else the packaged one)"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="leave out what reads the words of the texts again: coverage, shared words",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="form of the report")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: all cores)"
    )


def run(args: argparse.Namespace) -> int:
    from bilan.checks import report, runner
    from bilan.paths import working_home

    home = working_home()
    corpus = args.corpus or home.corpus
    label = str(corpus) if args.corpus else f"the {home.kind} corpus ({runner.shown(corpus)})"
    result = runner.check_corpus(
        corpus, workers=max(1, args.workers), paths=args.paths or None, texts=not args.quick
    )
    if args.format == "json":
        print(report.as_json(result, label))
    else:
        print(report.text(result, label, color=sys.stdout.isatty()))
    return 0 if result.ok else 1
