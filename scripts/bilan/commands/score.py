"""Score the predictions of a system, with 95 % intervals, by group, and against a second system.

    bilan score predictions.jsonl --task figures
    bilan score predictions.jsonl --task attribution --split validation --by lang,source_kind --errors 5
    bilan score mine.jsonl --task tolls --against baseline.jsonl

A prediction file has one JSON object a line; docs/tasks defines the tasks and their forms. Whatever is odd in it
(unknown ids, spans outside the text, NaN, JSON in a code fence, articles left out) is reported one by one on the
error stream and scored as what it is; with --strict the exit status is then 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

SHOWN = 20
"""Problems of one kind that are written out; --format json has all."""


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("predictions", type=Path, metavar="PRED", help="JSONL file of predictions")
    parser.add_argument(
        "--task",
        required=True,
        metavar="T",
        help="entities, figures, attribution, tolls, extraction (T1 to T5)",
    )
    parser.add_argument("--split", default="test", metavar="SPLIT", help="split to score (default: test)")
    parser.add_argument(
        "--by",
        default="",
        metavar="FIELD,…",
        help="also a table for each lang, region, subset, source_kind, modifier, …",
    )
    parser.add_argument(
        "--against", type=Path, metavar="PRED", help="predictions of a second system, for a paired test"
    )
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="list N errors of each kind")
    parser.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="form of the report"
    )
    parser.add_argument(
        "--hydrate",
        type=Path,
        metavar="DIR",
        help="copies of withheld texts (docs/withheld.md), for the split wild",
    )
    parser.add_argument(
        "--source", type=Path, metavar="DIR", help="a corpus or built folder (default: the package's corpus)"
    )
    parser.add_argument(
        "--draws", type=int, default=1000, metavar="N", help="draws of the bootstrap (default: 1000)"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit status 1 if anything in the predictions is odd"
    )


def run(args: argparse.Namespace) -> int:
    from bilan import scoring, stats
    from bilan.checks.report import text_lines
    from bilan.paths import working_home
    from bilan.scoring import report as told

    report = scoring.score(
        args.predictions,
        args.task,
        split=args.split,
        by=args.by,
        against=args.against,
        source=args.source or working_home().corpus,
        hydrate=args.hydrate or False,
        draws=max(0, args.draws),
    )
    if args.format == "json":
        print(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(told.text(report, stats.markdown if args.format == "markdown" else stats.plain))
        if args.errors > 0:
            print("\n" + "\n".join(told.listed(report.errors, args.errors)))
        shown, more = [], 0
        seen: dict[str, int] = {}
        for problem in report.problems:
            seen[problem.code] = seen.get(problem.code, 0) + 1
            if seen[problem.code] <= SHOWN:
                shown.append(problem)
            else:
                more += 1
        if shown:
            print("\n".join(text_lines(shown, color=sys.stderr.isatty())), file=sys.stderr)
        if more:
            print(f"and {more:,} more of the same kinds; --format json lists all", file=sys.stderr)
    return 1 if args.strict and report.problems else 0
