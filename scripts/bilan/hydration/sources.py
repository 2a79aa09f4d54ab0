"""Copies that a user has: files of plain text or HTML, alone or in a folder. Files are read, never written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bilan.checks import tree
from bilan.incidents import BilanError, Incident

MAX_BYTES = 32 * 1024 * 1024
SUFFIXES = frozenset((".txt", ".text", ".md", ".html", ".htm", ".xhtml", ""))
EXTRA = "pip install 'bilan[hydrate]'"
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.I)


def files(given: Path) -> list[Path]:
    """The files that may be copies: the one given, or those of a folder and below it, in order.

    Raises BilanError (B853) where there is none.
    """
    if not given.exists():
        raise _unreadable(given, "is not there", "give a file or a folder")
    if not given.is_dir():
        return [given]
    found = sorted(
        path
        for path in given.rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.name[0] != "."
    )
    if not found:
        raise _unreadable(given, "holds no text and no page", "put .txt or .html files into it")
    return found


def texts(path: Path, *, html: bool | None = None) -> Iterator[str]:
    """Readings of a copy as plain text, the likeliest first: a page has several. See ``readings``.

    Raises BilanError (B853) for what cannot be read as text.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, f"has more than {MAX_BYTES:,} bytes", "give the article alone")
        raw = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}", "mend its permissions") from None
    yield from readings(raw, tree.shown(path), html=html)


def readings(raw: bytes, file: str, *, html: bool | None = None) -> Iterator[str]:
    """Plain text of the bytes of a copy. Of a page: its main text as trafilatura finds it, then all of its text.

    Raises BilanError: B853 where the bytes are no text, B809 where trafilatura is needed and not installed.
    """
    page = bool(_HTML.match(raw[:4096].removeprefix(b"\xef\xbb\xbf"))) if html is None else html
    text = decoded(raw, file, page)
    if not page:
        yield text
        return
    try:
        import trafilatura
    except ImportError:
        message = "pages are read by trafilatura, which is not installed"
        raise BilanError(Incident("B809", message, EXTRA, file=file)) from None
    found = [
        trafilatura.extract(text, favor_recall=True, include_comments=False, include_tables=True),
        trafilatura.html2txt(text),
    ]
    seen: set[str] = set()
    for one in found:
        if one and one.strip() and one not in seen:
            seen.add(one)
            yield one
    if not seen:
        mend = "save the page as text, and give that"
        raise BilanError(Incident("B853", "there is no text on this page", mend, file=file))


def decoded(raw: bytes, file: str, page: bool = False) -> str:
    """Bytes as text: UTF-8, UTF-16 with its mark, what a page says of itself, else Windows-1252."""
    names = ["utf-16"] if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8"]
    said = _CHARSET.search(raw[:4096]) if page else None
    if said:
        names.append(said[1].decode("ascii"))
    for name in (*names, "cp1252"):
        try:
            text = raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\x00" in text:
            break
        if text.strip():
            return text
        mend = "give a copy that has the text"
        raise BilanError(Incident("B853", "the file is empty", mend, file=file))
    mend = "give plain text or HTML; of a PDF or a document its text"
    raise BilanError(Incident("B853", "this is neither text nor a page", mend, file=file))


def _unreadable(path: Path, message: str, mend: str) -> BilanError:
    return BilanError(Incident("B853", message, mend, file=tree.shown(path)))
