"""Bring in what was annotated in another tool.

    bilan import labelstudio project-1.json                   back into the corpus
    bilan import brat brat/*.ann --annotator "a-diallo"      layers that changed are signed
    bilan import cas notes.json --into ml-2025-06-01-boulkessi     a text that is no article yet
    bilan import labelstudio project-1.json --out second/     beside the corpus: DIR/<annotator>/<id>.json

The text must be that of the article, to the letter. What changed is shown, and each article is written for itself: one
that cannot be read does not block the others. With --dry-run nothing is written. Exit status: 0 all came in, 1 some did
not, or need mending.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.diffing.article import StoryIds
    from bilan.exchange.taking import Taken
    from bilan.incidents import Incident
    from bilan.model import Json


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", metavar="FORMAT", help="labelstudio, brat, cas or csv")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what the tool exported")
    parser.add_argument(
        "--into", metavar="STORY", help="make texts that are no articles new ones of this story"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write here, not into the corpus")
    parser.add_argument("--by", metavar="NAME", help="of several annotations of a text the one by NAME")
    parser.add_argument(
        "--annotator",
        metavar="NAME",
        help="sign the layers that changed: your name in small letters and hyphens",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change")
    parser.add_argument("--force", action="store_true", help="overwrite other files below --out")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")


def run(args: argparse.Namespace) -> int:
    from bilan import corpus
    from bilan.checks import tree
    from bilan.checks.report import text_lines
    from bilan.commands import corpus_to_edit, no_name
    from bilan.exchange import formats, taking
    from bilan.paths import working_home

    if usage := no_name("--annotator", args.annotator):
        print(f"bilan import: {usage}", file=sys.stderr)
        return 2
    fmt = formats.get(args.format, reads=True)
    reading = args.out is not None or args.dry_run
    folder = (
        (args.corpus or working_home().corpus) if reading else corpus_to_edit(args.corpus, "or --out DIR")
    )
    broken: list[Incident] = []
    data = corpus.read(folder, broken)
    if broken:
        print("\n".join(text_lines(broken, color=sys.stderr.isatty())), file=sys.stderr)
    if args.into and args.into not in data.stories:
        print(f"bilan import: there is no story {args.into}; begin it with bilan new story", file=sys.stderr)
        return 2
    reads = taking.read(fmt, args.files)
    if args.by or not args.out:
        reads = taking.chosen(reads, args.by)
    if not reads:
        print("bilan import: there is no annotation in these files", file=sys.stderr)
        return 1
    bases = dict(data.articles)
    taken = [taking.take(one, bases, args.into, args.annotator) for one in reads]
    places = {id(one): _place(one, args.out, folder) for one in taken}
    failed = [_tell(one, places[id(one)], args.dry_run, args.out is not None, args.force) for one in taken]
    wrong = sum(failed)
    print(f"{len(taken) - wrong} of {len(taken)} came in" + (" (nothing written)" if args.dry_run else ""))
    if args.out and not args.dry_run and wrong < len(taken):
        print(f"{args.out} lies beside the corpus; compare: bilan agree {tree.shown(folder)} {args.out}")
    return 1 if wrong else 0


def _place(one: Taken, out: Path | None, corpus: Path) -> Path:
    if one.article is None:
        return Path()
    ident: str = one.article["id"]
    if out is not None:
        by = re.sub(r"[^\w.@-]+", "-", one.annotator).strip("-.")
        return out / by / f"{ident}.json" if by else out / f"{ident}.json"
    story, lang, number = ident.split(".")
    return corpus / story[:2] / story[3:] / f"{lang}-{number}.json"


def _tell(one: Taken, path: Path, dry: bool, beside: bool, force: bool) -> bool:
    """Says what came of one annotation and writes it; True where it did not come in.

    ``beside``: not into the corpus, where what is there is what came out of it.
    """
    from bilan import jsonio
    from bilan.checks.report import text_lines
    from bilan.checks.tree import shown
    from bilan.diffing import article as diffing
    from bilan.diffing import report
    from bilan.incidents import Incident

    incidents = one.incidents
    data = jsonio.dumps(one.article) if one.article is not None else b""
    if one.article is not None and path.exists() and beside and not force and path.read_bytes() != data:
        mend = "give another --out, or --force to overwrite it"
        incidents = [Incident("B808", "exists and holds something else", mend, file=shown(path))]
    if one.article is None or incidents:
        print("\n".join(text_lines(incidents, color=sys.stdout.isatty())))
        return True
    if one.base is not None and one.changed:
        change = diffing.compare(one.base, one.article, _own_story(one.base, one.article))
        if change is not None:
            print(report.document(change))
    elif not one.changed:
        print(f"{one.id}: nothing changed")
    for note in one.notes:
        print(f"{one.id}: {note}")
    if dry or (not one.changed and path.exists()):
        return False
    jsonio.write_atomic(path, data)
    # the checks are for files in their places
    print(f"wrote {shown(path)}" + ("" if beside else f"; now run: bilan check {shown(path)}"))
    return False


def _own_story(*articles: Json) -> StoryIds:
    """Ids of the story's pages and events mean the same on both sides."""
    from bilan.diffing.article import StoryIds

    pages = {ident for one in articles for ident in one["references"]}
    pages |= {ident for one in articles for figure in one["figures"] for ident in figure["references"]}
    pages |= {a["reference"] for one in articles for a in one["attributions"] if a["reference"]}
    events = {event["story_event"] for one in articles for event in one["events"] if event["story_event"]}
    return StoryIds({ident: ident for ident in pages}, {ident: ident for ident in events})
