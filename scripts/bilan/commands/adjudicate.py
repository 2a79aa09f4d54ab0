"""Settle where annotations differ: a worksheet to decide in, then the gold article with its history.

    bilan adjudicate first/ second/ --out adjudication/ --by a-diallo
    $EDITOR adjudication/ml-2025-05-23-dioura.fr.1.md
    bilan adjudicate --finish adjudication/ml-2025-05-23-dioura.fr.1.md

A, B and more are annotations of the same texts: articles (JSON or text form), or folders of which the common articles
are taken. Each gets one worksheet: what all agree on as a text form, and above it a question for every record on which
they do not, with the words, the readings, and a line decision: to fill in. Of three or more annotations the reading of
more than half is proposed. A worksheet that was begun is kept, never overwritten. --finish checks that everything is
decided, and writes the article and its history (docs/adjudication.md).
Exit status: 0 all done, 1 something is undecided or wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.adjudication.desk import Done


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "places", nargs="+", type=Path, metavar="A B", help="annotations, two or more; or worksheets"
    )
    parser.add_argument(
        "--finish", action="store_true", help="make gold articles of decided worksheets (files or folders)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where to write (default: adjudication; with --finish beside the worksheet)",
    )
    parser.add_argument("--by", metavar="NAME", help="who decides: your ORCID, or your name as a-diallo")
    parser.add_argument(
        "--guidelines", metavar="X.Y", help="the guidelines that decide (default: the annotators')"
    )
    parser.add_argument(
        "--hydrate", type=Path, metavar="DIR", help="exact copies of the texts of withheld articles"
    )
    parser.add_argument(
        "--text", type=Path, metavar="FILE", help="the exact text of the one withheld article"
    )
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day of the decisions (default: today)")
    parser.add_argument(
        "--force", action="store_true", help="overwrite a gold article and its history; never a worksheet"
    )


def run(args: argparse.Namespace) -> int:
    if wrong := _usage(args):
        print(f"bilan adjudicate: {wrong}", file=sys.stderr)
        return 2
    from datetime import date

    from bilan.adjudication import desk
    from bilan.commands import stays

    if args.finish or _all_worksheets(args.places):
        day = args.date or date.today().isoformat()
        done = [
            desk.finish(path, day, args.by, args.out, args.force) for path in desk.worksheets(args.places)
        ]
        status = _tell(done, "finished")
        if some := [one for one in done if one.told]:
            story, lang, number = some[0].id.split(".")
            place = f"{story[:2]}/{story[3:]}/{lang}-{number}.json"
            print(f"put each article in its place in the corpus ({some[0].id}: {place}), then: bilan check")
        return status
    out = args.out or Path("adjudication")
    if args.hydrate or args.text:
        stays(out, "a worksheet")
    done = desk.begin(args.places, out, args.by, args.guidelines, args.hydrate, args.text)
    status = _tell(done, "to settle")
    if (args.hydrate or args.text) and any(one.told for one in done):
        print("these worksheets hold texts that are withheld: keep them to yourself")
    return status


def _usage(args: argparse.Namespace) -> str:
    """What is wrong with the arguments; empty if nothing is."""
    from datetime import date

    from bilan.commands import no_name

    if args.date:
        try:
            date.fromisoformat(args.date)
        except ValueError:
            return f"--date {args.date} is no day; write it as 2025-05-23"
    if args.guidelines and not re.fullmatch(r"[0-9]+\.[0-9]+", args.guidelines):
        return f"--guidelines {args.guidelines} is no version; write it as 1.0"
    return no_name("--by", args.by)


def _all_worksheets(places: list[Path]) -> bool:
    """Whether the command was given worksheets, not annotations."""
    from bilan.adjudication import is_worksheet

    return all(
        place.suffix == ".md"
        and place.is_file()
        and is_worksheet(place.read_bytes().decode("utf-8", errors="replace"))
        for place in places
    )


def _tell(done: list[Done], what: str) -> int:
    from bilan.checks.report import text_lines

    for one in done:
        for line in one.told:
            print(line)
        if one.incidents:
            print("\n".join(text_lines(one.incidents, color=sys.stderr.isatty())), file=sys.stderr)
    wrong = sum(bool(one.incidents) for one in done)
    if len(done) > 1:
        print(f"{len(done) - wrong} of {len(done)} {what}")
    return 1 if wrong else 0
