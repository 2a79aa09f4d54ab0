"""Write articles for an annotation tool, or in a format of the field.

    bilan export labelstudio ml-2025-05-23-dioura --out to-label/
    bilan export brat corpus/ml corpus/bf --out brat/
    bilan export csv ml-2025-05-23-dioura.en.1 --out figures/
    bilan export --list

What the format does not carry is said before anything is written; docs/interchange.md has the whole table. ARTICLE is
an article file, a folder, or the id of an article or a story. A withheld article needs --hydrate with an exact copy of
its text.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", nargs="?", metavar="FORMAT", help="name of the format (--list)")
    parser.add_argument("articles", nargs="*", metavar="ARTICLE", help="files, folders or ids")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to write into")
    parser.add_argument("--list", action="store_true", help="list the formats")
    parser.add_argument("--hydrate", type=Path, metavar="DIR", help="exact copies of withheld texts")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be lost, write nothing")
    parser.add_argument("--force", action="store_true", help="overwrite files that hold something else")


def run(args: argparse.Namespace) -> int:
    from bilan.exchange import formats

    if args.list:
        for one in formats.FORMATS.values():
            print(f"{one.name:<12} {one.title}{'' if one.reads else ' (export only)'}")
        return 0
    if not args.format or not args.articles or not (args.out or args.dry_run):
        print("bilan export: give FORMAT, ARTICLE… and --out DIR (or --list)", file=sys.stderr)
        return 2
    from bilan.checks.report import text_lines
    from bilan.commands import stays
    from bilan.exchange import choosing, fidelity
    from bilan.outputs import write_all
    from bilan.paths import working_home

    fmt = formats.get(args.format)
    module = fmt.load()
    found, incidents = choosing.articles(args.articles, args.corpus or working_home().corpus)
    found, twice = choosing.single(found)
    hidden = {one["id"] for one in found if one["text"]["access"] == "withheld"}
    found, without = choosing.with_texts(found, args.hydrate)
    incidents += twice + without
    if incidents:
        print("\n".join(text_lines(incidents, color=sys.stderr.isatty())), file=sys.stderr)
    if not found:
        return 1
    _say_losses(fmt.title, fidelity.losses(fmt, found))
    if args.dry_run:
        return 1 if incidents else 0
    if any(one["id"] in hidden for one in found):
        stays(args.out, "an export")
    written = {args.out / name: data for name, data in module.write(found)}
    write_all(written, args.force)
    left = f"; {_number(len(incidents), 'incident')}, see above" if incidents else ""
    print(f"wrote {_number(len(written), 'file')} of {_number(len(found), 'article')} to {args.out}{left}")
    return 1 if incidents else 0


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _say_losses(title: str, losses: list) -> None:  # type: ignore[type-arg]
    from bilan.exchange.parts import PARTS

    if not losses:
        print(f"{title} carries everything.")
        return
    print(f"{title} does not carry whole:")
    for name, count, carried in losses:
        note = f" ({carried.note})" if carried.note else ""
        partly = ", in part" if carried.how == "partly" else ""
        print(f"  {PARTS[name].title}: {count:,}{partly}{note}")
