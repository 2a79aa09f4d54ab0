"""Render the generated parts of the documents: label tables, schema/checks.md, the card and docs/tolls.md with plots.

With --check nothing is written: exit status 1 and the names of the files that are stale.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bilan.paths import Home


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
    return max(status, _plots(home, args.check))


def _plots(home: Home, check: bool) -> int:
    """Draws the plots that are stale, or names them."""
    from bilan import corpus, docs, plots, reductions
    from bilan.baselines import plots as curves
    from bilan.baselines import results
    from bilan.contest import plots as contest

    folder = home.root / plots.FOLDER
    groups: list[tuple[Any, plots.Plots]] = [(corpus.read(home.corpus), plots.PLOTS)]
    if (home.root / docs.TOLLS_PAGE).exists():
        groups.append((reductions.tolls(source=home.corpus), contest.PLOTS))
    if (home.root / results.FILE).exists():
        groups.append((results.read(home.root), curves.PLOTS))
    status = 0
    for data, group in groups:
        if late := plots.stale(data, folder, group):
            if check:
                status = 1
                print(f"{', '.join(path.name for path in late)}: stale plots; run: bilan docs")
            else:
                plots.write(data, folder, group)
                print(f"drew {', '.join(group)} in {plots.FOLDER}")
    return status
