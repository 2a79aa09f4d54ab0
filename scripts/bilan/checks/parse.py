"""Level 1: is this file a text that every JSON reader reads alike?"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import orjson

from bilan import jsonio
from bilan.incidents import Incident

MAX_BYTES = 8 * 1024 * 1024
_CHUNK = 1 << 16
_BOM = b"\xef\xbb\xbf"


def read_bytes(path: Path | str, file: str, limit: int = MAX_BYTES) -> bytes | Incident:
    """The bytes of a regular file of ``limit`` bytes at most, or the incident that says why there are none.

    Never follows a symlink.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if os.path.islink(path):
            return Incident("B111", "a symbolic link", "put the file itself here", file=file)
        return Incident("B112", f"cannot be read: {error.strerror}", "mend its permissions", file=file)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Incident("B112", "is no regular file", "put a plain file here", file=file)
        if status.st_size > limit:
            return Incident("B114", f"{status.st_size:,} bytes; {limit:,} at most", "split it", file=file)
        parts = []
        while part := os.read(descriptor, _CHUNK):
            parts.append(part)
        return b"".join(parts)
    except OSError as error:
        return Incident("B112", f"cannot be read: {error.strerror}", "mend its permissions", file=file)
    finally:
        os.close(descriptor)


def parse(raw: bytes, file: str, layout: bool = True, read: Any = None) -> tuple[Any, list[Incident]]:
    """The document in the bytes and what is wrong with them; (None, incidents) where there is no document.

    A file in canonical layout passes on the fast path. Anything else is read again by the exact reader. Without
    ``layout`` any layout will do, as in the lines of a shard. ``read``: what ``orjson`` reads from the bytes, where
    that is at hand.
    """
    try:
        document = orjson.loads(raw) if read is None else read
        if document is not None:
            if not layout and jsonio.is_unambiguous(raw, document):
                return document, []
            if layout and jsonio.is_canonical(raw, document) and not jsonio.is_odd(raw):
                return document, []
    except (orjson.JSONDecodeError, RecursionError):
        pass
    document, incidents = _explain(raw, file)
    return document, incidents if layout else [i for i in incidents if i.code != "B117"]


def decode(raw: bytes, file: str) -> tuple[str | None, list[Incident]]:
    """The text of a file, without BOM, and what is wrong with its encoding."""
    incidents = []
    if not raw.strip():
        return None, [
            Incident("B113", "the file is empty", "write a document, or remove the file", file=file)
        ]
    if raw.startswith(_BOM):
        incidents.append(
            Incident(
                "B103",
                "begins with a byte order mark",
                "save it as UTF-8 without BOM",
                file=file,
                line=1,
                column=1,
            )
        )
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        before = raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")
        guess = "UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "Latin-1 or Windows-1252"
        incidents.append(
            Incident(
                "B102",
                f"byte 0x{raw[error.start]:02x} is not UTF-8 (the file looks like {guess})",
                "save it as UTF-8",
                file=file,
                line=line,
                column=len(before) + 1,
                excerpt=before + "\ufffd",
                caret=len(before),
            )
        )
        return None, incidents
    return text, incidents


def _explain(raw: bytes, file: str) -> tuple[Any, list[Incident]]:
    text, incidents = decode(raw, file)
    if text is None:
        return None, incidents
    if (at := text.find("\r")) >= 0:
        line, column = jsonio.line_column(text, at)
        incidents.append(
            Incident(
                "B104",
                "carriage return (CRLF line ends)",
                "save it with LF line ends",
                file=file,
                line=line,
                column=column,
            )
        )
    try:
        document, _, _ = jsonio.strict_loads(text)
    except jsonio.JsonFault as fault:
        line, column = jsonio.line_column(text, fault.offset)
        excerpt, caret = excerpt_at(text, fault.offset)
        incidents.append(
            Incident(
                fault.code,
                fault.message,
                fault.mend,
                file=file,
                line=line,
                column=column,
                excerpt=excerpt,
                caret=caret,
            )
        )
        return None, incidents
    if document is None:  # no caller could tell it from no document at all
        message = "null is no document"
        return None, [*incidents, Incident("B203", message, "write an object", file=file, line=1, column=1)]
    incidents.extend(_control_characters(document, file))
    if fractions := _whole_fractions(document, file):
        return None, [*incidents, *fractions]  # no later check expects one where a whole number must stand
    if not incidents and not jsonio.is_canonical(raw, document):
        incidents.append(
            Incident(
                "B117", "not in canonical layout", f"run: bilan format {file}", file=file, line=1, column=1
            )
        )
    return document, incidents


def _control_characters(document: Any, file: str) -> list[Incident]:
    out = []
    for pointer, value in jsonio.walk(document):
        if isinstance(value, str):
            bad = next((c for c in value if (c < " " and c not in "\n\t") or c == "\x7f"), None)
            if bad is not None:
                out.append(
                    Incident(
                        "B110",
                        f"control character U+{ord(bad):04X} in a string",
                        "take it out",
                        file=file,
                        pointer=pointer,
                    )
                )
    return out


def _whole_fractions(document: Any, file: str) -> list[Incident]:
    message, mend = "{} is a whole number written as a fraction", "write {}"
    return [
        Incident("B118", message.format(value), mend.format(int(value)), file=file, pointer=pointer)
        for pointer, value in jsonio.walk(document)
        if isinstance(value, float) and value.is_integer()
    ]


def excerpt_at(text: str, offset: int, width: int = 1, limit: int = 100) -> tuple[str, int]:
    """The line around an offset, cut to ``limit`` characters, and the caret's column in it."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : end if end >= 0 else len(text)]
    caret = offset - start
    if len(line) <= limit:
        return line, caret
    left = max(0, min(caret - limit // 2, len(line) - limit))
    cut = line[left : left + limit]
    return ("…" if left else "") + cut + ("…" if left + limit < len(line) else ""), caret - left + bool(left)
