"""Assign stories to train, validation and test: 70/10/20, balanced over what their articles hold.

Stories that a release names keep their split; stories with a withheld article and stories of held-out
conflicts are in test; the others are placed deterministically, so that languages, regions, event types,
modifiers and source kinds are spread alike. Without --write nothing is changed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="write the splits into the story files")
    parser.add_argument(
        "--hold-out",
        nargs="+",
        default=[],
        metavar="CC",
        help="countries of which all stories go to test, as the subset unseen_conflict (kept once written)",
    )
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")


def run(args: argparse.Namespace) -> int:
    from bilan import corpus, jsonio, releases, splitting, stats
    from bilan.commands import corpus_to_edit

    folder = corpus_to_edit(args.corpus)
    data = corpus.read(folder)
    released = {
        story
        for version in releases.manifests(folder)
        for story in releases.read_manifest(folder, version)["stories"]
    }
    unknown = sorted({cc.upper() for cc in args.hold_out} - {s["country"] for s in data.stories.values()})
    if unknown:
        print(f"bilan split: no story of {', '.join(unknown)} in this corpus", file=sys.stderr)
        return 2
    try:
        planned = splitting.plan(data, released, [cc.upper() for cc in args.hold_out])
    except ValueError as error:
        print(f"bilan split: {error}", file=sys.stderr)
        return 1
    rows = [
        [family, label, f"{total:,}", *(f"{shares[split]:.0%}" for split in splitting.SHARES)]
        for family, label, total, shares in planned.balance()
    ]
    print(stats.plain((["balanced", "label", "count", *splitting.SHARES], rows)))
    found = splitting.moves(data, planned)
    print()
    for move in found:
        print(f"{move.story}: {_shown(move.before)} → {_shown(move.after)}")
        if args.write:
            story = splitting.with_split(data.stories[move.story], *move.after)
            jsonio.write_atomic(folder / move.story[:2] / move.story[3:] / "story.json", jsonio.dumps(story))
    done = "written" if args.write else "to write: bilan split --write"
    changes = f"{len(found)} changes {done}" if found else "nothing to change"
    print(f"{len(data.stories)} stories, {len(planned.fixed)} of them fixed; {changes}")
    return 0


def _shown(place: tuple[str, str | None]) -> str:
    return " / ".join(part for part in place if part)
