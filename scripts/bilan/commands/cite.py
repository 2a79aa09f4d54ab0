"""Print a citation of a release as BibTeX, with its version and the root hash of its data."""

from __future__ import annotations

import argparse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", metavar="X.Y.Z", help="the release to cite (default: the newest)")


def run(args: argparse.Namespace) -> int:
    from bilan import releases
    from bilan.paths import working_home

    print(releases.bibtex(releases.read_manifest(working_home().corpus, args.version)))
    return 0
