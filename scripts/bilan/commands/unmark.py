"""Turn a text form back into an article: offsets, lengths, hashes and values are computed.

Without --out the article goes to its place in the corpus, <country>/<date>-<place>/<lang>-<n>.json. The file
is written only if the text form is sound and the article fits the schema.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.md", help="a text form")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="where to write; - for standard output")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")


def run(args: argparse.Namespace) -> int:
    from bilan import jsonio, textform
    from bilan.checks import parse, schema, tree
    from bilan.commands import corpus_to_edit
    from bilan.incidents import BilanError
    from bilan.textform.place import placed

    file = tree.shown(args.file)
    raw = parse.read_bytes(args.file, file)
    if not isinstance(raw, bytes):
        raise BilanError(raw)
    source, incidents = parse.decode(raw, file)
    if source is None:
        raise BilanError(incidents)
    article = textform.unmark(source, file)
    if found := schema.check(article, "article", file):
        raise BilanError(placed(source, article, found))
    data = jsonio.dumps(article)
    if args.out and str(args.out) == "-":
        sys.stdout.write(data.decode())
        return 0
    story, lang, number = article["id"].split(".")
    path = args.out or corpus_to_edit(args.corpus) / story[:2] / story[3:] / f"{lang}-{number}.json"
    jsonio.write_atomic(path, data)
    print(f"wrote {tree.shown(path)}; now run: bilan check {tree.shown(path)}")
    return 0
