"""Write an article in the text form: YAML front matter over the text with [bracketed spans]{.e1}.

Annotate in any editor, then turn it back with `bilan unmark`. The text form goes to standard output, or to
the file given with --out, which must not hold work that was begun. A withheld article shows its spans in the
text if --text gives the exact text.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "article",
        type=Path,
        metavar="ARTICLE",
        help="an article file, such as corpus/ml/2025-05-23-dioura/en-1.json",
    )
    parser.add_argument(
        "--text", type=Path, metavar="FILE", help="the exact canonical text of a withheld article"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE.md", help="where to write; - for standard output (default)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite the file given with --out")


def run(args: argparse.Namespace) -> int:
    from bilan import jsonio, textform
    from bilan.checks import parse, schema, tree
    from bilan.checks.locate import locate
    from bilan.incidents import BilanError, Incident

    file = tree.shown(args.article)
    raw = parse.read_bytes(args.article, file)
    if not isinstance(raw, bytes):
        raise BilanError(raw)
    article, incidents = parse.parse(raw, file)
    if article is None:
        raise BilanError(incidents)
    if found := schema.check(article, "article", file):
        raise BilanError(locate(raw, found))
    text = None
    if args.text:
        given = parse.read_bytes(args.text, tree.shown(args.text))
        if not isinstance(given, bytes):
            raise BilanError(given)
        text, incidents = parse.decode(given, tree.shown(args.text))
        if text is None:
            raise BilanError(incidents)
    form = textform.mark(article, text)
    if args.out and str(args.out) != "-":
        if args.out.is_file() and not args.force and args.out.read_bytes() != form.encode():
            message = f"{args.out} exists and holds something else, perhaps your annotation"
            mend = "give another --out, or --force to overwrite it"
            raise BilanError(Incident("B808", message, mend, file=tree.shown(args.out)))
        jsonio.write_atomic(args.out, form.encode())
        print(f"wrote {args.out}")
    else:
        sys.stdout.write(form)
    return 0
