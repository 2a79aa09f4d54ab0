"""Make a release: its version must be as large a step as the difference from the last one demands.

    bilan release                  # says the least version that would do
    bilan release 0.3.0 --dry-run  # says what would be written
    bilan release 0.3.0

The corpus must pass all checks. Articles that are in no release yet get their `added_in`; the version of the package,
CITATION.cff, .zenodo.json, CHANGELOG.md (the section "Unreleased" becomes the release's, with the difference counted),
the manifest corpus/releases/X.Y.Z.json and the generated documents are written. Run twice it changes nothing; broken
off, it is finished by running it again. The rule of versions: docs/versions.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", nargs="?", metavar="X.Y.Z", help="the version to release")
    parser.add_argument("--date", metavar="DAY", help="day of the release (default: today)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")


def run(args: argparse.Namespace) -> int:
    from bilan import docs, releasing
    from bilan.checks import report, runner
    from bilan.paths import working_home

    home = working_home()
    if home.kind != "checkout":
        print("bilan release: stand in a checkout", file=sys.stderr)
        return 2
    if args.version is None:
        print(f"the corpus as it is can be released as {releasing.least(home)} or above")
        return 0
    result = runner.check_corpus(home.corpus, workers=os.cpu_count() or 1)
    if not result.ok:
        print(report.text(result, "the corpus"))
        return 1
    planned = releasing.plan(
        home, args.version.removeprefix("v"), args.date or datetime.date.today().isoformat()
    )
    counts = planned.manifest["counts"]
    print(f"release {planned.version}: {counts['articles']} articles, root sha256:{planned.manifest['root']}")
    print(planned.sentence)
    if args.dry_run:
        print(f"{len(planned.new)} articles would get their added_in; nothing was written")
        return 0
    for name in [*releasing.make(home, planned), *docs.refresh(home)]:
        print(f"wrote {name}")
    print("next: bilan baseline --all if the data changed, commit, then bilan build and bilan publish")
    return 0
