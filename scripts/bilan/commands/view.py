"""Show articles as a page in the browser: text with its marks, who says how many, figures with their sources and pages.

    bilan view ml-2025-05-23-dioura                         a story with all its articles
    bilan view corpus/ml/2025-05-23-dioura/en-1.json --out page.html --no-open
    bilan view first/en-1.md --against second/en-1.md       two annotations of one text
    bilan view corpus/ml --out pages/                       a page for each story

A page stands alone: it needs no network and no script, and can be printed or sent. Without --out it is written to a new
temporary folder. ARTICLE is an article file (or its text form), a folder, or the id of an article or a story. Withheld
articles show their marks without the text; --hydrate fills the text in from a copy of your own, and such a page is not
written into the repository.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.viewing.asked import Page


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("articles", nargs="+", metavar="ARTICLE|STORY", help="files, folders or ids")
    parser.add_argument("--against", type=Path, metavar="B", help="another annotation: a file or a folder")
    parser.add_argument("--out", type=Path, metavar="PATH", help="a file for one page, a folder for several")
    parser.add_argument(
        "--no-open", action="store_true", help="write the page and say where, open no browser"
    )
    parser.add_argument("--hydrate", type=Path, metavar="DIR", help="copies of withheld texts")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus)")
    parser.add_argument("--force", action="store_true", help="overwrite a file that is no such page")


def run(args: argparse.Namespace) -> int:
    from bilan.checks.report import text_lines
    from bilan.paths import working_home
    from bilan.viewing import asked

    corpus = args.corpus or working_home().corpus
    if args.against:
        pages, incidents = asked.comparisons(args.articles, args.against, corpus, args.hydrate)
    else:
        pages, incidents = asked.stories(args.articles, corpus, args.hydrate)
    if incidents:
        print("\n".join(text_lines(incidents, color=sys.stderr.isatty())), file=sys.stderr)
    if not pages:
        return 1
    paths = _write(pages, args.out, args.force)
    for path in paths:
        print(path)
    if not args.no_open:
        _open(paths[0])
    return 1 if incidents else 0


def _write(pages: list[Page], out: Path | None, force: bool) -> list[Path]:
    """All or nothing: what stands in the way is found first."""
    import tempfile

    from bilan import jsonio
    from bilan.commands import stays
    from bilan.incidents import BilanError, Incident
    from bilan.viewing.page import is_page

    if out is None:
        out = Path(tempfile.mkdtemp(prefix="bilan-view-"))
    one_file = len(pages) == 1 and not out.is_dir() and out.suffix.lower() in (".html", ".htm")
    if not one_file and (out.is_file() or (len(pages) > 1 and out.suffix.lower() in (".html", ".htm"))):
        message = f"{len(pages)} page{'s' * (len(pages) > 1)} cannot be written to this file"
        raise BilanError(
            Incident("B877", message, "give --out DIR, or page.html for one page", file=str(out))
        )
    paths = [out if one_file else out / one.name for one in pages]
    for path, one in zip(paths, pages, strict=True):
        if one.hydrated:
            stays(path, "a page", "or leave --out away")
        if path.exists() and not force and not (path.is_file() and is_page(path.read_bytes())):
            message = "exists, and is no page that bilan view wrote"
            mend = "give another --out, or --force to overwrite it"
            raise BilanError(Incident("B808", message, mend, file=str(path)))
    for path, one in zip(paths, pages, strict=True):
        jsonio.write_atomic(path, one.html.encode())
        if one.hydrated:
            path.chmod(0o600)  # the text is the user's own copy
    return [path.absolute() for path in paths]


def _open(path: Path) -> None:
    """In the user's browser, where there is a screen; a page that cannot be opened is there all the same."""
    import webbrowser

    screen = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    try:
        opened = screen and webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        print("bilan view: no browser could be opened; open the page yourself", file=sys.stderr)
