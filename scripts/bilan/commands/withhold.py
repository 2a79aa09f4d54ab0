"""Make the withheld form of articles: no text, only offsets, salted hashes, and the words of names and figures.

    bilan withhold scratch/ml/2025-05-23-dioura/fr-2.json --into corpus --record url=https://example.org/dioura

ARTICLE is an article file with its text, or a folder of them. The form goes to its place in the corpus given with
--into, or to the file given with --out. The salt is random; --salt gives the one of before, so that the same text
gives the same file. It is written only if it fits the schema and no more than seven clear words stand in a row. The
text itself goes nowhere.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.model import Json


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "articles", nargs="+", type=Path, metavar="ARTICLE", help="articles with text, or folders of them"
    )
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--out", type=Path, metavar="FILE.json", help="where to write; of one article")
    place.add_argument("--into", type=Path, metavar="CORPUS", help="the corpus to write into")
    parser.add_argument(
        "--salt", metavar="HEX", help="32 hexadecimal digits (default: random); of one article"
    )
    parser.add_argument(
        "--record",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="title, author (again for each), outlet (registry id), url, date (of publication), extent",
    )
    parser.add_argument(
        "--hide-all",
        action="store_true",
        help="no word in clear, names and numbers neither: for a second annotation of the text",
    )
    parser.add_argument("--force", action="store_true", help="overwrite what is there")


def run(args: argparse.Namespace) -> int:
    from bilan import jsonio
    from bilan.checks import tree
    from bilan.commands import corpus_to_edit
    from bilan.hydration import withholding
    from bilan.incidents import BilanError, Incident

    files = [file for given in args.articles for file in withholding.files_of(given)]
    if len(files) > 1 and (args.out or args.salt or args.record):
        message = f"--out, --salt and --record are of one article; here are {len(files)}"
        raise BilanError(Incident("B850", message, "withhold them one by one, or give --into only"))
    corpus = corpus_to_edit(args.into) if args.into else None
    made: list[tuple[Path, Json, str]] = []
    incidents: list[Incident] = []
    for file in files:
        try:
            article = withholding.read(file)
            hidden = withholding.withheld(
                article, args.salt, args.record, tree.shown(file), show=not args.hide_all
            )
        except BilanError as error:
            incidents += error.incidents
            continue
        path = args.out or withholding.place(corpus, hidden["id"])
        data = jsonio.dumps(hidden)
        if path.exists() and not args.force and path.read_bytes() != data:
            message = f"{path} exists and holds something else"
            mend = "give the --salt that it has, or --force to overwrite it"
            incidents.append(Incident("B808", message, mend, file=tree.shown(path)))
        made.append((path, hidden, article["text"]["content"]))
    if incidents:  # all or nothing
        raise BilanError(incidents)
    for path, hidden, text in made:
        jsonio.write_atomic(path, jsonio.dumps(hidden))
        print(f"wrote {tree.shown(path)}: {withholding.told(hidden, text)}")
    return 0
