"""Print a citation of a release, with its version and the root hash of its data.

    bilan cite --version 0.1.0 --format csl-json
    bilan cite my-data/                  # a dataset from bilan.load, saved with save_to_disk

With LOADED the citation names what was loaded (table, split, filters) and the hash of exactly these rows.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "loaded", nargs="?", type=Path, metavar="LOADED", help="a saved dataset, or a query as JSON"
    )
    parser.add_argument("--version", metavar="X.Y.Z", help="the release to cite (default: the newest)")
    forms = ("bibtex", "csl-json", "cff")
    parser.add_argument("--format", choices=forms, default="bibtex", help="form of the citation")


def run(args: argparse.Namespace) -> int:
    from bilan import citation, provenance, releases
    from bilan.paths import working_home

    asked = None if args.loaded is None else provenance.read_query(args.loaded)
    version = asked["version"] if asked else args.version and args.version.removeprefix("v")
    manifest = releases.read_manifest(working_home().corpus, version)
    print(citation.FORMATS[args.format](manifest, asked).rstrip("\n"))
    return 0
