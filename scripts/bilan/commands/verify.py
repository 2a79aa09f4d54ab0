"""Prove that a copy is the released data, or name what differs.

PATH is a corpus folder or a folder written by `bilan build` (default: the corpus at hand). It is compared,
document by document, with the manifest of a release: that of this package, or of the corpus at hand.
Articles in no release yet (added_in is null) are reported, and are no difference.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.corpus import Corpus
    from bilan.model import Json


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
    from bilan import releases
    from bilan.checks import report
    from bilan.paths import working_home

    home = working_home().corpus
    path = args.path or home
    released = releases.read_manifest(args.manifests or home, args.version)
    data, found = read_copy(path, released)
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


def read_copy(path: Path, released: Json) -> tuple[Corpus, Json]:
    """A copy and the manifest that it would have as the same release. Raises BilanError if it is not whole."""
    from bilan import copies, releases
    from bilan.checks import runner
    from bilan.incidents import BilanError, Incident

    try:
        data = copies.read(path)
        found = releases.manifest(data, released["version"], released["date"])
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        message = f"a document of this copy is no document of a corpus ({type(error).__name__}: {error})"
        mend = f"bilan check --corpus {path} names it; get the copy again"
        raise BilanError(Incident("B701", message, mend, file=str(path))) from None
    # of two files with one id the second would hide the first
    files = len(runner.article_files(path)) if (path / "registry").is_dir() else len(data.articles)
    if files != len(data.articles):
        message = f"{files} article files with {len(data.articles)} ids: some id stands in more than one file"
        raise BilanError(Incident("B703", message, f"bilan check --corpus {path} names it", file=str(path)))
    return data, found
