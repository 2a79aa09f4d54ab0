"""Look for words of withheld texts where none may be: in the repository, a wheel, a build, a site.

Every withheld article that is found is listed with what stands of it in clear: words, share of the text, longest run
(seven words at most). Every other text is compared with the fingerprints of the withheld articles of the corpus.
Exit status: 0 nothing got out, 1 something did.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="folders, files, wheels, built folders (default: the corpus)",
    )
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="whose withheld articles to look for (default: ./corpus)"
    )


def run(args: argparse.Namespace) -> int:
    from bilan import corpus
    from bilan.checks.report import text_lines
    from bilan.hydration import leaks, work
    from bilan.paths import working_home

    folder = args.corpus or working_home().corpus
    known = work.withheld(corpus.read(folder).articles.values())
    report = leaks.look(args.paths or [folder], known)
    for one in report.covers:
        share = one.points / one.length if one.length else 0
        clear = f"{one.words} words in clear, {share:.1%} of the text, {one.longest} in a row at most"
        print(f"{one.id}  {clear}  ({one.place})")
    if report.incidents:
        print("\n".join(text_lines(report.incidents, color=sys.stdout.isatty())))
    verdict = f"{len(report.incidents)} leaks" if report.incidents else "nothing got out"
    print(
        f"{len(report.covers)} withheld articles and {report.files:,} other texts looked through: {verdict}"
    )
    return 1 if report.incidents else 0
