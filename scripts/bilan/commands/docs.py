"""Render the generated parts of the documents: label tables, schema/checks.md, statistics and plots of the card.

With --check nothing is written: exit status 1 and the names of the files that are stale.
"""

from __future__ import annotations

import argparse
import difflib
import sys


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="say what is stale, write nothing")


def run(args: argparse.Namespace) -> int:
    from bilan import docs, jsonio
    from bilan.paths import working_home

    home = working_home()
    if home.kind != "checkout":
        print(
            "bilan docs: stand in a checkout; an installed package has no documents to render",
            file=sys.stderr,
        )
        return 2
    status = 0
    for path, content in docs.rendered(home.root):
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old == content:
            continue
        name = path.relative_to(home.root).as_posix()
        if args.check:
            status = 1
            print(f"{name} is stale; run: bilan docs")
            print(
                "\n".join(
                    difflib.unified_diff(
                        old.splitlines(), content.splitlines(), "committed", "rendered", lineterm="", n=0
                    )
                )
            )
        else:
            jsonio.write_atomic(path, content.encode())
            print(f"rendered {name}")
    from bilan import corpus, plots

    data = corpus.read(home.corpus)
    if late := plots.stale(data, home.root / plots.FOLDER):
        if args.check:
            status = 1
            print(f"{', '.join(path.name for path in late)}: stale plots; run: bilan docs")
        else:
            plots.write(data, home.root / plots.FOLDER)
            print(f"drew {plots.FOLDER}")
    return status
