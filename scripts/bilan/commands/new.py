"""Begin a story or an article.

    bilan new story ml 2025-05-23 dioura           makes corpus/ml/2025-05-23-dioura/story.json
    bilan new article ml-2025-05-23-dioura fr text.txt
                                                   makes a text form fr-1.md beside you, to annotate

A new article gets the next free number of its language. Nothing that exists is overwritten.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

_STORY = re.compile(r"[a-z]{2}-[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")


def register(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="story|article")
    story = kinds.add_parser("story", help="scaffold a story.json")
    story.add_argument("country", metavar="CC", help="country, two letters")
    story.add_argument("date", metavar="YYYY-MM-DD", help="day on which it began")
    story.add_argument("place", metavar="PLACE", help="place, in small letters and hyphens")
    article = kinds.add_parser("article", help="scaffold the text form of an article")
    article.add_argument("story", metavar="STORY", help="id of the story")
    article.add_argument("lang", metavar="LANG", help="language of the text: fr or en")
    article.add_argument("text", type=Path, metavar="TEXT", help="the text, a UTF-8 file")
    article.add_argument(
        "--out", type=Path, metavar="FILE.md", help="where to write (default: ./<lang>-<n>.md)"
    )
    for sub in (story, article):
        sub.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")


def run(args: argparse.Namespace) -> int:
    from bilan.commands import corpus_to_edit

    corpus = corpus_to_edit(args.corpus)
    return _story(args, corpus) if args.kind == "story" else _article(args, corpus)


def _story(args: argparse.Namespace, corpus: Path) -> int:
    from bilan import edtf, jsonio
    from bilan.checks.tree import shown

    country, place = args.country.lower(), args.place.lower()
    try:
        edtf.bounds(args.date)
    except edtf.EdtfError as error:
        print(f"bilan new: {error}", file=sys.stderr)
        return 2
    if not _STORY.fullmatch(f"{country}-{args.date}-{place}"):
        print("bilan new: give a country code, a full day and a place such as wad-an-nora", file=sys.stderr)
        return 2
    path = corpus / country / f"{args.date}-{place}" / "story.json"
    if path.exists():
        print(f"bilan new: {shown(path)} exists already", file=sys.stderr)
        return 1
    story = {
        "schema_version": "1.0",
        "id": f"{country}-{args.date}-{place}",
        "title": {"en": "", "fr": ""},
        "country": country.upper(),
        "region": None,
        "split": "train",
        "subset": None,
        "events": [
            {"id": "main", "type": None, "date": args.date, "place": None, "external": [], "note": None}
        ],
        "references": [],
    }
    jsonio.write_atomic(path, jsonio.dumps(story))
    todo = "fill in titles, region, the event's type and place, and the references"
    print(f"wrote {shown(path)}; {todo}, then run: bilan check {shown(path)}")
    return 0


def _article(args: argparse.Namespace, corpus: Path) -> int:
    from bilan import jsonio, labels, textform
    from bilan.checks import parse
    from bilan.incidents import BilanError

    if args.lang not in labels.names("lang"):
        print(f"bilan new: languages are {', '.join(labels.names('lang'))}", file=sys.stderr)
        return 2
    folder = corpus / args.story[:2] / args.story[3:]
    if not _STORY.fullmatch(args.story) or not (folder / "story.json").is_file():
        print(f"bilan new: there is no story {args.story}; begin it with bilan new story", file=sys.stderr)
        return 1
    raw = parse.read_bytes(args.text, str(args.text))
    if not isinstance(raw, bytes):
        raise BilanError(raw)
    text, incidents = parse.decode(raw, str(args.text))
    if text is None or incidents:
        raise BilanError(incidents)
    numbers = [
        int(match[1])
        for path in folder.iterdir()
        if (match := re.fullmatch(rf"{args.lang}-([0-9]+)\.json", path.name))
    ]
    number = max(numbers, default=0) + 1
    out = args.out or Path(f"{args.lang}-{number}.md")
    if out.exists():
        print(f"bilan new: {out} exists already", file=sys.stderr)
        return 1
    form = textform.scaffold(f"{args.story}.{args.lang}.{number}", text.replace("\r\n", "\n").strip("\n"))
    jsonio.write_atomic(out, form.encode())
    print(f"wrote {out}; annotate it by schema/GUIDELINES.md, then run: bilan unmark {out}")
    return 0
