"""List the claims of articles, each with its speaker and the pages that carry it, for a reviewer to follow.

bilan claims corpus/ml/2025-05-23-dioura           a story
bilan claims corpus/ml/2025-05-23-dioura/fr-1.json an article
"""

from __future__ import annotations

import argparse
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="articles, or folders of stories")
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="where the stories are (default: ./corpus)"
    )


def run(args: argparse.Namespace) -> int:
    from bilan import claims, corpus
    from bilan.agreement import files
    from bilan.incidents import BilanError, Incident
    from bilan.paths import working_home

    stories = corpus.read(args.corpus or working_home().corpus).stories
    for path in args.paths:
        for ident, article in files.read(path).items():
            if article["story"] not in stories:
                mend = "give --corpus DIR"
                raise BilanError(
                    Incident("B316", f"there is no story {article['story']}", mend, file=str(path))
                )
            print("\n".join([ident, *claims.lines(article, stories[article["story"]]), ""]))
    return 0
