"""Render the generated parts of the documents: label tables, checks, card, pages of docs, plots.

With --check nothing is written: exit status 1 and the names of the files that are stale.
"""

from __future__ import annotations

import argparse
import difflib
import sys


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="say what is stale, write nothing")


def run(args: argparse.Namespace) -> int:
    from bilan import docs
    from bilan.paths import working_home

    home = working_home()
    if home.kind != "checkout":
        print(
            "bilan docs: stand in a checkout; an installed package has no documents to render",
            file=sys.stderr,
        )
        return 2
    if not args.check:
        for name in docs.refresh(home):
            print(f"rendered {name}")
        return 0
    status = 0
    for path, old, content in docs.stale(home.root):
        status = 1
        print(f"{path.relative_to(home.root).as_posix()} is stale; run: bilan docs")
        lines = old.splitlines(), content.splitlines()
        print("\n".join(difflib.unified_diff(*lines, "committed", "rendered", lineterm="", n=0)))
    for _, late in docs.stale_plots(home):
        status = 1
        print(f"{', '.join(path.name for path in late)}: stale plots; run: bilan docs")
    return status
