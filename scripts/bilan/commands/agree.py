"""Say how far two annotations of the same articles agree, layer by layer, and on what they differ.

    bilan agree fr-1.json other/fr-1.md
    bilan agree corpus corpus/agreement/round-1 --by lang,style --worst 5

A and B are articles (JSON or text form), or folders of which the common articles are compared. Spans: pairwise
micro-F1, exact and one-to-one overlap. Labels: Krippendorff's alpha on aligned records. Values: equal intervals,
interval alpha. Links: F1 with both ends matched. Coreference: MUC, B³, CEAF-e, CoNLL F1. With 95 % intervals by
drawing articles anew.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

GROUPS = ("lang", "style", "story")


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ours", type=Path, metavar="A", help="an article, or a folder of articles")
    parser.add_argument("theirs", type=Path, metavar="B", help="the other annotation")
    parser.add_argument(
        "--by", default="", metavar="FIELD,…", help=f"also a table for each {', '.join(GROUPS)}"
    )
    parser.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="form of the report"
    )
    parser.add_argument(
        "--worst",
        type=int,
        default=0,
        metavar="N",
        help="list N differences of each layer, and the N worst articles",
    )
    parser.add_argument(
        "--draws", type=int, default=1000, metavar="N", help="draws of the bootstrap (default: 1000)"
    )
    parser.add_argument("--seed", type=int, default=20250523, metavar="N", help="its seed")


def run(args: argparse.Namespace) -> int:
    from bilan.agreement import compare, files, report, rows

    wanted = [name for name in args.by.split(",") if name]
    if unknown := [name for name in wanted if name not in GROUPS]:
        print(f"bilan agree: --by takes {', '.join(GROUPS)}, not {', '.join(unknown)}", file=sys.stderr)
        return 2
    found = [compare(a, b, {"story": a["story"]}) for a, b in files.pairs(args.ours, args.theirs)]
    groups = {f"{len(found)} articles": rows(found, args.draws, args.seed)}
    for name in wanted:
        for label in sorted({c.groups[name] for c in found}):
            some = [c for c in found if c.groups[name] == label]
            groups[f"{name} {label}: {len(some)} articles"] = rows(some, args.draws, args.seed)
    if args.format == "json":
        print(report.as_json(groups, found))
        return 0
    for title, some_rows in groups.items():
        print(report.text(title, some_rows, markdown=args.format == "markdown"))
        print()
    if args.worst > 0:
        print("\n".join(report.worst(found, args.worst)))
    return 0
