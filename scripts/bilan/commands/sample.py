"""Draw a sample of articles for a second annotation, and lay out their bare texts.

    bilan sample 40 --seed $(git rev-parse HEAD) --to second/

The sample is spread over languages and styles; the seed decides, so that nobody can choose. With --to the folder
gets each text as an empty text form (no annotation) and GUIDELINES.md: all that a second annotator
may see.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.model import Json


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("size", type=int, metavar="N", help="how many articles")
    parser.add_argument("--seed", required=True, metavar="HASH", help="a commit hash")
    parser.add_argument(
        "--without",
        nargs="*",
        type=Path,
        default=[],
        metavar="DIR",
        help="folders whose articles are not drawn again",
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="a new folder for the bare texts")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")


def run(args: argparse.Namespace) -> int:
    from bilan import corpus, sampling
    from bilan.agreement import files
    from bilan.paths import working_home

    data = corpus.read(args.corpus or working_home().corpus)
    without = {ident for folder in args.without for ident in files.read(folder)}
    try:
        chosen = sampling.draw(data.articles.values(), args.size, args.seed, without)
    except ValueError as error:
        print(f"bilan sample: {error}", file=sys.stderr)
        return 1
    if args.to:
        if args.to.exists() and any(args.to.iterdir()):
            print(f"bilan sample: {args.to} is not empty", file=sys.stderr)
            return 1
        _lay_out(args.to, [data.articles[ident] for ident in chosen])
    print("\n".join(chosen))
    return 0


def _lay_out(folder: Path, articles: list[Json]) -> None:
    from bilan import jsonio, model, textform
    from bilan.paths import schema_file

    for article in articles:
        who = {**article["provenance"]["entities"], "annotator": "second-annotator"}
        bare = {**article, **{layer: [] for layer in model.LAYERS}, "added_in": None}
        bare["provenance"] = dict.fromkeys(article["provenance"], who)
        jsonio.write_atomic(folder / f"{article['id']}.md", textform.mark(bare).encode())
    jsonio.write_atomic(folder / "GUIDELINES.md", schema_file("GUIDELINES.md").read_bytes())
