"""Prove that a copy is the released data, or name what differs.

PATH is a corpus folder or a folder written by `bilan build` (default: the corpus at hand). It is compared,
document by document, with the manifest of a release: that of this package, or of the corpus at hand.
Articles in no release yet (added_in is null) are reported, and are no difference.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="the copy to verify")
    parser.add_argument(
        "--version", metavar="X.Y.Z", help="the release to compare with (default: the newest)"
    )
    parser.add_argument(
        "--manifests",
        type=Path,
        metavar="DIR",
        help="corpus folder whose releases/ to trust (default: the corpus at hand)",
    )


def run(args: argparse.Namespace) -> int:
    from bilan import copies, releases
    from bilan.checks import report
    from bilan.paths import working_home

    home = working_home().corpus
    path = args.path or home
    released = releases.read_manifest(args.manifests or home, args.version)
    data, found = copies.read_as(path, released)
    differences = releases.compare(released, found)
    coming = releases.unreleased(differences, data)
    differences = [difference for difference in differences if difference not in coming]
    if differences:
        print("\n".join(report.text_lines(releases.incidents(differences, released["version"]))))
        print(f"\n{path} is not release {released['version']}: {len(differences)} documents differ.")
        return 1
    counts = released["counts"]
    print(
        f"{path} is release {released['version']}: {counts['stories']} stories, {counts['articles']} articles"
    )
    print(f"root sha256:{released['root']}")
    if coming:
        articles = sum(difference.what == "articles" for difference in coming)
        print(f"and beside it {articles} articles that are in no release yet (root sha256:{found['root']})")
    return 0
