"""Who says how many: the claims about the toll of each event by date, with their sources, and the reductions beside.

bilan tolls ml-2025-05-23-dioura                       the headline toll of each event of a story
bilan tolls ml-2025-05-23-dioura --all                 every toll: parts and sides as well
bilan tolls --measure wounded --format csv             the whole corpus, one row a claim

"part": counts a part of the toll. "copy": goes back to the same page as a claim above. "denies", "not verified": the
source puts no such number forward. Copies, denials and words without a number ("several") enter no reduction. What a
headline toll is and how the reductions are made stands in the documentation of bilan.reductions and
bilan.tables.tolls; docs/tolls.md in the repository shows how far claims lie apart.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "stories", nargs="*", metavar="STORY", help="ids of stories, or their folders (default: all)"
    )
    parser.add_argument(
        "--measure", default="killed", metavar="M", help="killed (default), wounded, …, or all"
    )
    parser.add_argument(
        "--reduce", metavar="NAMES", help="interval,acled_conservative,latest (default: all three)"
    )
    parser.add_argument("--all", action="store_true", help="every toll, not the headline of each event only")
    parser.add_argument("--format", choices=("text", "json", "csv", "markdown"), default="text")
    parser.add_argument(
        "--source", type=Path, metavar="DIR", help="a corpus or a built folder (default: ./corpus)"
    )


def run(args: argparse.Namespace) -> int:
    from bilan import reductions, toll_forms
    from bilan.load import unknown
    from bilan.paths import working_home

    chosen = reductions.REDUCTIONS if args.reduce is None else tuple(args.reduce.split(","))
    for how in chosen:
        if how not in reductions.REDUCTIONS:
            raise unknown("reduction", how, reductions.REDUCTIONS)
    source = args.source or working_home().corpus
    measure = None if args.measure == "all" else args.measure
    found = reductions.distinct(reductions.tolls(measure=measure, headline=not args.all, source=source))
    if args.stories:
        wanted = [toll_forms.story_id(name) for name in args.stories]
        known = reductions.stories(source) if set(wanted) - {toll.story for toll in found} else wanted
        for story in wanted:
            if story not in known:
                raise unknown("story", story, known)
        found = [toll for toll in found if toll.story in wanted]
    if not found:
        print(f"bilan tolls: nobody gives such a toll ({args.measure})", file=sys.stderr)
    print(toll_forms.FORMS[args.format](found, chosen), end="")
    return 0
