"""Bring withheld articles back to life from a copy that you may read: its text, and every span in its place.

    bilan hydrate --from saved/                               # any pages and texts; which is which is found out
    bilan hydrate ml-2025-05-23-dioura.fr.1 --from page.html
    bilan hydrate --status

A copy that holds the text to the letter is proved by its SHA-256: exact. In another each span is placed where its words
and those around it agree, or it is left out and named: aligned n/m. A copy of something else is refused. The text goes
to your cache (BILAN_CACHE), never into the corpus or a build; bilan.load(…, hydrate=True) reads it from there.
Exit status: 0 at least one article came to life and none that was named was refused, else 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.hydration.work import Answer
    from bilan.incidents import Incident
    from bilan.model import Json


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="withheld articles (default: all of the corpus)")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument(
        "--from", dest="given", type=Path, metavar="FILE|DIR", help="a copy: text or HTML; or many"
    )
    how.add_argument(
        "--fetch", action="store_true", help="get the page that the article's record names (network)"
    )
    how.add_argument(
        "--status", action="store_true", help="list the withheld articles, and what is in the cache"
    )
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")
    parser.add_argument("--dry-run", action="store_true", help="say what would come of it, keep nothing")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="form of the report")


def run(args: argparse.Namespace) -> int:
    from bilan import corpus
    from bilan.hydration import cache, work
    from bilan.paths import working_home

    articles = work.withheld(corpus.read(args.corpus or working_home().corpus).articles.values(), args.ids)
    if args.status:
        return _status(articles, args.format)
    if not args.dry_run:
        cache.folder()  # a place that is none is better found out before any work
    answers, wrong = _fetched(articles) if args.fetch else work.from_files(articles, args.given)
    if not args.dry_run:
        for one in answers:
            if one.result.text is not None:
                cache.keep(one.article, one.result.text, one.source, one.result.told())
    _warn(wrong)
    _report(answers, args.format, bool(args.ids))
    alive = sum(one.result.state != "refused" for one in answers)
    return 0 if alive and not (args.ids and alive < len(args.ids)) else 1


def _fetched(articles: list[Json]) -> tuple[list[Answer], list[Incident]]:
    from bilan.hydration import cache, fetch, sources, work
    from bilan.incidents import BilanError, Incident

    found: list[Answer] = []
    wrong: list[Incident] = []
    for article in articles:
        url = (article["record"] or {}).get("url")
        try:
            if not url:
                message = f"the record of {article['id']} names no page"
                raise BilanError(Incident("B854", message, "give a copy with --from"))
            page = fetch.fetch(url, cache.folder() / "pages")
            best = None
            for text in sources.readings(page.content, page.url, html=page.html or None):
                for answer in work.answers([article], text, page.url):
                    best = work.better(best, answer)
            if best is not None:
                found.append(best)
        except BilanError as error:
            wrong += [incident.at(article["id"]) for incident in error.incidents]
    return found, wrong


def _warn(incidents: list[Incident]) -> None:
    from bilan.checks.report import text_lines

    if incidents:
        print("\n".join(text_lines(incidents, color=sys.stderr.isatty())), file=sys.stderr)


def _report(answers: list[Answer], form: str, named: bool) -> None:
    from bilan import jsonio
    from bilan.hydration import told

    if form == "json":
        sys.stdout.write(jsonio.dumps([told.document(one) for one in answers]).decode())
        return
    shown = [one for one in answers if named or one.result.state != "refused"]
    print(
        "\n".join(line for one in shown for line in told.lines(one))
        or "none of the copies is of a withheld article"
    )
    if len(shown) < len(answers) and shown:
        print(f"no copy of the other {len(answers) - len(shown)} withheld articles")


def _status(articles: list[Json], form: str) -> int:
    from bilan import jsonio
    from bilan.hydration import told

    rows = told.status(articles)
    if form == "json":
        sys.stdout.write(jsonio.dumps(rows).decode())
    else:
        print("\n".join(f"{row['id']}  {row['state']}  {row['url'] or ''}".rstrip() for row in rows))
        print(f"{sum(row['here'] for row in rows)} of {len(rows)} withheld articles have their text here")
    return 0
