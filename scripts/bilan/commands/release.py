"""Write the manifest of a release: corpus/releases/X.Y.Z.json, with a hash of every document.

The corpus must pass all checks. Articles that are in no release yet get their `added_in`. Run twice it
changes nothing; a manifest that exists is never overwritten with other data.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("version", metavar="X.Y.Z", help="the version: the package's own")
    parser.add_argument("--date", metavar="DAY", help="day of the release (default: today)")


def run(args: argparse.Namespace) -> int:
    from bilan import __version__, corpus, jsonio, releases
    from bilan.checks import report, runner
    from bilan.paths import working_home

    home = working_home()
    if home.kind != "checkout":
        print("bilan release: stand in a checkout", file=sys.stderr)
        return 2
    if args.version != __version__:
        print(
            f"bilan release: the package is {__version__}; data and package share one number", file=sys.stderr
        )
        return 2
    result = runner.check_corpus(home.corpus, workers=os.cpu_count() or 1)
    if not result.ok:
        print(report.text(result, "the corpus"))
        return 1
    target = home.corpus / "releases" / f"{args.version}.json"
    data = corpus.read(home.corpus)
    for ident, article in data.articles.items():
        if article["added_in"] is None:
            article["added_in"] = args.version
            story, lang, number = ident.split(".")
            jsonio.write_atomic(
                home.corpus / story[:2] / story[3:] / f"{lang}-{number}.json", jsonio.dumps(article)
            )
    date = args.date or datetime.date.today().isoformat()
    if target.exists():
        old = releases.read_manifest(home.corpus, args.version)
        date = old["date"]
        new = releases.manifest(data, args.version, date)
        if differences := releases.compare(old, new):
            print("\n".join(report.text_lines(releases.incidents(differences, args.version))))
            print(f"\n{args.version} is released; changed data need a new version.")
            return 1
    manifest = releases.manifest(data, args.version, date)
    jsonio.write_atomic(target, jsonio.dumps(manifest))
    print(
        f"release {args.version}: {manifest['counts']['articles']} articles, root sha256:{manifest['root']}"
    )
    return 0
