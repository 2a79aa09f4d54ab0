"""What differs between two states of the corpus, down to the figure, and what it demands of the version number.

bilan diff                              the newest release and the corpus at hand
bilan diff 0.1.0 0.2.0                  two versions
bilan diff HEAD~3                       a commit, branch or tag of this checkout, and the corpus at hand
bilan diff OLD/corpus dist/hf           folders: a corpus, or what `bilan build` wrote
bilan diff 0.1.0 --only figures         of articles that changed their figures alone

Stories, articles and registry entries are matched by id; records inside an article by id and place, so that neither
text that was put in above them nor another order in the file counts as a change. The rule for version numbers stands in
docs/versions.md. Versions and commits are read from git, without touching the checkout.
"""

from __future__ import annotations

import argparse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "old", nargs="?", metavar="A", help="version, commit or folder (default: newest release)"
    )
    parser.add_argument(
        "new", nargs="?", metavar="B", help="version, commit or folder (default: the corpus at hand)"
    )
    parser.add_argument("--stat", action="store_true", help="counts only")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    parser.add_argument(
        "--only",
        metavar="PARTS",
        help="parts to show: stories, articles (added, removed, moved), registry, text, zones, entities, times, "
        "events, figures, sources, attributions, relations, provenance, metadata",
    )
    parser.add_argument(
        "--exit-code", action="store_true", help="exit status 1 if anything that is shown differs"
    )


def run(args: argparse.Namespace) -> int:
    from bilan.diffing import report
    from bilan.executors import collector_off
    from bilan.incidents import BilanError, Incident

    parts = args.only.split(",") if args.only else []
    if wrong := [part for part in parts if part not in report.PARTS]:
        known = ", ".join(report.PARTS)
        raise BilanError(Incident("B806", f"there is no part {wrong[0]!r}; there are: {known}", "name one"))
    with collector_off():
        return _compare(args, parts)


def _compare(args: argparse.Namespace, parts: list[str]) -> int:
    from bilan import diffing, operands
    from bilan.diffing import report, rule
    from bilan.incidents import BilanError, Incident
    from bilan.paths import working_home

    home = working_home()
    old = operands.read(args.old, home) if args.old else operands.newest(home)
    new = operands.read(args.new, home) if args.new else operands.at_hand(home)
    try:
        whole = diffing.compare(old.data, new.data)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        message = f"a document is no document of a corpus ({type(error).__name__}: {error})"
        mend = "bilan check --corpus DIR names it, in a folder"
        raise BilanError(Incident("B830", message, mend, file=f"{old.label}, {new.label}")) from None
    diff = report.only(whole, parts) if parts else whole
    if args.format == "json":
        sides = [{"name": side.label, "version": side.version} for side in (old, new)]
        print(report.as_json(diff, sides[0], sides[1], whole, args.stat), end="")
    else:
        form = report.text if args.format == "text" else report.markdown
        foot = rule.sentence(whole, old.version)
        print(form(diff, f"{old.label} → {new.label}", foot, args.stat), end="")
    return 1 if args.exit_code and diff else 0
