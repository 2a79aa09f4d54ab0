"""JSON in and out: the canonical layout, canonical hashes, and a strict reader that says where things are.

The hot path is ``orjson``; it is fast but keeps the last of two equal keys in silence and gives no positions.
A file in canonical layout is by construction free of such faults, so ``is_canonical`` is the cheap gate and
``strict_loads`` the slow reader that explains what a gate refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

MAX_DEPTH = 64
"""Nesting beyond this is refused: the deepest document of the corpus has 8 levels."""

MAX_DIGITS = 32
"""A number with more digits is refused: no reader agrees with the next one about such numbers."""


class JsonFault(ValueError):
    """The text is no JSON that every reader would read alike. ``offset`` is in code points."""

    def __init__(self, code: str, message: str, offset: int, mend: str) -> None:
        super().__init__(message)
        self.code, self.message, self.offset, self.mend = code, message, offset, mend


def dumps(document: Any) -> bytes:
    """Canonical layout of a corpus file: two-space indents, UTF-8, one newline at the end."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def is_canonical(raw: bytes, document: Any) -> bool:
    """True if the bytes are exactly the canonical layout of the document read from them."""
    try:
        return dumps(document) == raw
    except orjson.JSONEncodeError:
        return False


_LOW_ESCAPE = re.compile(rb"\\(?:u00|[bfr])")
_CONTROL_ESCAPE = re.compile(rb"\\(?:u00(?:[01][0-9a-fA-F]|7[fF])|[bfr])")
_LONG_NUMBER = re.compile(rb"[\s:,\[]-?[0-9][0-9.eE+-]{17,}")  # beyond 64 bits libraries differ
_WHOLE_FRACTION = re.compile(rb"\.(?:0+[,\s\]}])")  # grouped so, it is looked for by its first byte alone
_FEW = 200


def is_odd(raw: bytes) -> bool:
    """True if bytes in canonical layout may hold what no document should.

    That are control characters, written as such or as an escape, and whole numbers written as fractions (41.0).
    """
    return b"\x7f" in raw or _whole_fraction(raw) or _escape(_LOW_ESCAPE, raw)


def _whole_fraction(raw: bytes) -> bool:
    return _WHOLE_FRACTION.search(raw) is not None


def _escape(pattern: re.Pattern[bytes], raw: bytes) -> bool:
    """True if a pattern that begins with a backslash is found.

    One byte is found at the speed of the memory, a pattern is not; so this goes from backslash to backslash, as
    long as they are few.
    """
    at = raw.find(b"\\")
    for _ in range(_FEW):
        if at < 0:
            return False
        if pattern.match(raw, at):
            return True
        at = raw.find(b"\\", at + 1)
    return at >= 0 and pattern.search(raw, at) is not None


def is_unambiguous(raw: bytes, document: Any) -> bool:
    """True if the bytes, in whatever layout, surely say the document read from them and nothing else.

    False means that ``strict_loads`` has to decide. Lines as ``orjson`` and ``json`` write them pass quickly: bytes
    that are written from the document again cannot hold a key twice, nor a number that libraries read differently.
    """
    if b"\x7f" in raw or _whole_fraction(raw) or _escape(_CONTROL_ESCAPE, raw):
        return False
    try:
        if orjson.dumps(document) == raw or _as_json_writes(document, raw):
            return True
        if _LONG_NUMBER.search(raw):
            return False
        json.loads(raw, object_pairs_hook=_once, parse_float=_fraction, parse_constant=_no_constant)
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def _as_json_writes(document: Any, raw: bytes) -> bool:
    """True if these are the bytes that ``json.dumps`` makes, with escapes for what is not ASCII or without."""
    if b'": ' not in raw[:_FEW] or b"\n" in raw[:_FEW]:
        return False
    return json.dumps(document, ensure_ascii=raw.isascii(), allow_nan=False).encode() == raw


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _fraction(digits: str) -> float:
    value = float(digits)
    if value.is_integer():
        raise ValueError("a whole number written as a fraction")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def canonical_json(document: Any, *, floats: bool = True) -> bytes:
    """Canonical JSON for hashing: sorted keys, no white space, UTF-8. Any JSON library can reproduce it.

    The bytes are those of ``json.dumps`` with ``sort_keys``, ``separators=(",", ":")`` and ``ensure_ascii=False``.
    ``floats=False``: the caller knows that the document holds none; a faster library then writes the same bytes
    (it differs in exponents only, and in integers beyond 64 bits, which no checked document holds).
    """
    if not floats:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def canonical_sha256(document: Any, *, floats: bool = True) -> str:
    """SHA-256 of the canonical JSON: the identity of a document, whatever the layout of its file."""
    return hashlib.sha256(canonical_json(document, floats=floats)).hexdigest()


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary sibling, flushed to disk, then renamed into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


# --- the slow, exact reader ------------------------------------------------------------------------------

_SPACE = " \t\n\r"
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class _Reader:
    """An iterative JSON reader over decoded text: no recursion, so that deep nesting is a fault, not a crash."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: dict[str, tuple[int, int]] = {}
        self.keys: dict[str, tuple[int, int]] = {}

    def fault(self, code: str, message: str, offset: int, mend: str) -> JsonFault:
        return JsonFault(code, message, offset, mend)

    def skip(self, i: int) -> int:
        text, n = self.text, len(self.text)
        while i < n and text[i] in _SPACE:
            i += 1
        return i

    def syntax(self, i: int, expected: str) -> JsonFault:
        found = repr(self.text[i]) if i < len(self.text) else "the end of the file"
        return self.fault("B101", f"expected {expected}, found {found}", i, "mend the JSON at this place")

    def string(self, i: int) -> tuple[str, int]:
        text, out, start = self.text, [], i
        i += 1
        while True:
            if i >= len(text):
                raise self.fault("B101", "this string never ends", start, 'close it with "')
            c = text[i]
            if c == '"':
                break
            if c == "\\":
                e = text[i + 1] if i + 1 < len(text) else ""
                if e == "u":
                    unit, i = self.unicode_escape(i)
                    out.append(unit)
                    continue
                if e not in _ESCAPES:
                    raise self.syntax(i + 1, "an escape such as \\n or \\u00e9")
                out.append(_ESCAPES[e])
                i += 2
                continue
            if c < " ":
                raise self.fault(
                    "B110", f"control character U+{ord(c):04X} inside a string", i, f"write \\u{ord(c):04x}"
                )
            out.append(c)
            i += 1
        return "".join(out), i + 1

    def unicode_escape(self, i: int) -> tuple[str, int]:
        first = self.hex4(i)
        if 0xD800 <= first <= 0xDBFF and self.text[i + 6 : i + 8] == "\\u":
            second = self.hex4(i + 6)
            if 0xDC00 <= second <= 0xDFFF:
                return chr(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)), i + 12
        if 0xD800 <= first <= 0xDFFF:
            raise self.fault(
                "B108",
                f"lone surrogate \\u{first:04x}",
                i,
                "write the character itself; half of a pair is no character",
            )
        return chr(first), i + 6

    def hex4(self, i: int) -> int:
        digits = self.text[i + 2 : i + 6]
        if len(digits) != 4 or any(d not in "0123456789abcdefABCDEF" for d in digits):
            raise self.syntax(i + 2, "four hexadecimal digits")
        return int(digits, 16)

    def number(self, i: int) -> tuple[int | float, int]:
        text, start = self.text, i
        while i < len(text) and text[i] in "+-.eE0123456789":
            i += 1
        token = text[start:i]
        if sum(c.isdigit() for c in token) > MAX_DIGITS:
            raise self.fault(
                "B107",
                f"a number of {len(token)} characters",
                start,
                f"write a number of {MAX_DIGITS} digits at most",
            )
        try:
            value: int | float = json.loads(token)
        except ValueError:
            raise self.syntax(start, "a number") from None
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            raise self.fault(
                "B107", f"{token} is beyond what a number can hold", start, "write a smaller number"
            )
        return value, i

    def scalar(self, i: int) -> tuple[Any, int]:
        text = self.text
        for word, value in (("true", True), ("false", False), ("null", None)):
            if text.startswith(word, i):
                return value, i + len(word)
        for word in ("NaN", "Infinity", "-Infinity"):
            if text.startswith(word, i):
                raise self.fault(
                    "B106", f"{word} is no JSON number", i, "write a number, or null where it is unknown"
                )
        if i < len(text) and (text[i] == "-" or text[i].isdigit()):
            return self.number(i)
        raise self.syntax(i, "a value")

    def read(self) -> Any:
        text = self.text
        root: list[Any] = []
        # one frame an open container: (container, is_object, pointer, start)
        stack: list[tuple[Any, bool, str, int]] = []
        i = self.skip(0)
        key, pointer = "", ""
        while True:
            # --- a value is expected at i, to be stored under `pointer`
            c = text[i] if i < len(text) else ""
            if c in ("{", "[") and c:
                if len(stack) >= MAX_DEPTH:
                    raise self.fault(
                        "B109",
                        f"nested deeper than {MAX_DEPTH} levels",
                        i,
                        "flatten it; no corpus file is so deep",
                    )
                container: Any = {} if c == "{" else []
                self.store(stack, root, key, container)
                stack.append((container, c == "{", pointer, i))
                i = self.skip(i + 1)
                if i < len(text) and text[i] in "}]" and (text[i] == "}") == (c == "{"):
                    closed = False
                elif c == "{":
                    key, pointer, i = self.member(stack, i)
                    continue
                else:
                    pointer = f"{stack[-1][2]}/0"
                    continue
            else:
                value: Any
                start = i
                value, i = self.string(i) if c == '"' else self.scalar(i)
                self.spans[pointer] = (start, i)
                self.store(stack, root, key, value)
                closed = True
            # --- after a value (closed) or right inside an empty container (not closed)
            while True:
                if closed:
                    i = self.skip(i)
                    if not stack:
                        if i < len(text):
                            raise self.syntax(i, "the end of the file")
                        return root[0]
                container, is_object, own, start = stack[-1]
                c = text[i] if i < len(text) else ""
                if c == ("}" if is_object else "]"):
                    stack.pop()
                    i += 1
                    self.spans[own] = (start, i)
                    closed = True
                    continue
                if c != ",":
                    raise self.syntax(i, f"',' or '{'}' if is_object else ']'}'")
                i = self.skip(i + 1)
                if is_object:
                    key, pointer, i = self.member(stack, i)
                else:
                    pointer = f"{own}/{len(container)}"
                break

    def store(self, stack: list[tuple[Any, bool, str, int]], root: list[Any], key: str, value: Any) -> None:
        if not stack:
            root.append(value)
        elif stack[-1][1]:
            stack[-1][0][key] = value
        else:
            stack[-1][0].append(value)

    def member(self, stack: list[tuple[Any, bool, str, int]], i: int) -> tuple[str, str, int]:
        if i >= len(self.text) or self.text[i] != '"':
            raise self.syntax(i, 'a member name in "quotes"')
        start = i
        key, i = self.string(i)
        container, _, own, _ = stack[-1]
        if key in container:
            raise self.fault(
                "B105", f"the key {key!r} stands twice in this object", start, "keep one of the two"
            )
        pointer = f"{own}/{key.replace('~', '~0').replace('/', '~1')}"
        self.keys[pointer] = (start, i)
        i = self.skip(i)
        if i >= len(self.text) or self.text[i] != ":":
            raise self.syntax(i, "':'")
        return key, pointer, self.skip(i + 1)


def strict_loads(text: str) -> tuple[Any, dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Read JSON exactly. Returns the document, and offsets (code points) of values and of keys by JSON pointer.

    Raises JsonFault on anything that two JSON readers could understand differently: duplicate keys, NaN,
    lone surrogates, numbers beyond ``MAX_DIGITS``, nesting beyond ``MAX_DEPTH``.
    """
    reader = _Reader(text)
    document = reader.read()
    return document, reader.spans, reader.keys


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column (both from 1, lines end at LF only) of an offset in code points."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def walk(document: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with its JSON pointer, depth first."""
    yield pointer, document
    if isinstance(document, dict):
        for key, value in document.items():
            yield from walk(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from walk(value, f"{pointer}/{index}")
