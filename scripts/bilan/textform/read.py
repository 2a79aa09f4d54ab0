"""Text form → JSON: brackets are read into the records of the front matter, offsets and values computed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from bilan import model, withhold
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.textform.canonical import canonical, fill_defaults
from bilan.textform.front import Loader
from bilan.textform.write import VERSION

_ROLES = {"e": "nominal", "a": "quote"}
_CLASS = re.compile(r"\.(?:(z|ev|e|t|f|s|a)([1-9][0-9]{0,4})|(nominal|quote|part))(?=\s|\Z)")
_LAYER_OF = {prefix: layer for layer, prefix in model.PREFIXES.items()}


class _Fault(Exception):
    def __init__(self, code: str, message: str, line: int, column: int, mend: str) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column, self.mend = code, message, line, column, mend


def unmark(source: str, file: str = "") -> Json:
    """The article that a text form describes, in canonical key order. Raises BilanError with line and column."""
    return Form(source, file).read().article()


class Form:
    """A text form, read step by step. Every step raises BilanError with line and column.

    ``header``: the front matter, ``node``: the same as YAML composed it, ``lines``: the line in the file of each
    top-level key and record (``layer/id``). After ``read``: ``parts``, the article with the records so far,
    ``records`` by id, and ``content``, the bare text or None.
    """

    def __init__(self, source: str, file: str = "") -> None:
        self.file = file
        self.source = source.replace("\r\n", "\n")
        with self._told():
            front, self.body, self.body_line = _split(self.source)
            self.header, self.lines, self.node = _read_front(front)
        self.parts: Json = {}
        self.records: dict[str, Json] = {}
        self.content: str | None = None
        self._places: dict[str, int] = {}

    def read(self) -> Form:
        """Reads the records of the header, and into them the spans of the body."""
        with self._told():
            self.parts = _head(self.header, self.lines, self.records, self._places)
            if self.body is not None:
                self.content = _read_body(self.body, self.body_line, self.parts, self.records)
        return self

    def article(self) -> Json:
        """The article of the records as they now are; one that was added since needs its span and its values."""
        with self._told():
            return _finished(self.parts, self.records, self._places, self.content)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except _Fault as fault:
            lines = self.source.split("\n")
            raise BilanError(
                Incident(
                    fault.code,
                    fault.message,
                    fault.mend,
                    file=self.file,
                    line=fault.line,
                    column=fault.column,
                    excerpt=lines[fault.line - 1] if 0 < fault.line <= len(lines) else "",
                    caret=fault.column - 1,
                )
            ) from None


def _split(source: str) -> tuple[str, str | None, int]:
    """Front matter, body (None where there is none), and the line on which the body begins."""
    if not source.startswith("---\n"):
        raise _Fault(
            "B150", "no front matter", 1, 1, "begin the file with a line --- and close the YAML with another"
        )
    end = source.find("\n---\n", 3)
    if end < 0:
        raise _Fault("B150", "the front matter never ends", 1, 1, "close it with a line --- of its own")
    front, body = source[4 : end + 1], source[end + 5 :]
    return front, (body.removesuffix("\n") if body else None), front.count("\n") + 3


def _head(header: Json, lines: dict[str, int], records: dict[str, Json], places: dict[str, int]) -> Json:
    """The article of the header; its records and their lines are put into ``records`` and ``places``."""
    article: Json = {}
    for key, value in header.items():
        if key == "bilan":
            if value != VERSION:
                raise _Fault(
                    "B151", f"text form {value!r} is not known", lines[key], 1, f"write bilan: '{VERSION}'"
                )
        elif key in model.LAYERS:
            article[key] = _layer(key, value, lines, records, places)
        elif key == "provenance" and isinstance(value, dict) and "method" in value:
            article[key] = {layer: dict(value) for layer in model.LAYERS}
        elif key in model.top_keys():
            article[key] = value
        else:
            raise _Fault(
                "B151",
                f"unknown key {key!r} in the front matter",
                lines[key],
                1,
                f"use {', '.join(model.top_keys())}",
            )
    for key in model.top_keys():
        article.setdefault(key, [] if key in model.LAYERS or key == "references" else None)
    if not isinstance(article["text"], dict):
        raise _Fault("B151", "the front matter has no mapping 'text'", 1, 1, "write text: {access: open, …}")
    article["text"] = dict(article["text"])
    return article


def _finished(article: Json, records: dict[str, Json], places: dict[str, int], content: str | None) -> Json:
    text = article["text"]
    if content is None:
        fill_defaults(article)
        return canonical(article)
    for ident, record in records.items():
        layer = _LAYER_OF[re.sub(r"[0-9]+", "", ident)]
        if layer in model.SELF_SPANNED and "start" not in record:
            raise _Fault(
                "B154",
                f"{ident} has no span in the text",
                places.get(ident, 1),
                3,
                f"mark its words: [words]{{.{ident}}}",
            )
    _values(article, records, places)
    fill_defaults(article)
    text.update(length=len(content), sha256=hashlib.sha256(content.encode()).hexdigest())
    if text.get("access") == "withheld":
        salt = (text.get("anchors") or {}).get("salt")
        if not isinstance(salt, str) or not re.fullmatch(r"[0-9a-f]{32}", salt):
            raise _Fault(
                "B151", "a withheld text needs anchors: {salt: 32 hexadecimal digits}", 1, 1, "add the salt"
            )
        return canonical(withhold.withhold(article, content, salt))
    text["content"] = content
    return canonical(article)


def _read_front(front: str) -> tuple[Json, dict[str, int], yaml.MappingNode]:
    """The YAML mapping, the line in the file of each top-level key and each record id, and the mapping's node."""
    for offset, char in enumerate(front):
        if unicodedata.category(char) == "Cs" or (char < " " and char not in "\n\t"):
            line = front.count("\n", 0, offset) + 2
            raise _Fault("B110", f"control character or surrogate U+{ord(char):04X}", line, 1, "take it out")
    try:
        loader = Loader(front)
        node = loader.get_single_node()
        header = loader.construct_document(node) if node is not None else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).split("\n")[0]
        line, column = (mark.line + 2, mark.column + 1) if mark else (2, 1)
        raise _Fault(
            "B150", f"YAML: {problem}", line, column, "mend the front matter at this place"
        ) from None
    except (RecursionError, ValueError) as error:
        raise _Fault("B150", f"YAML: {error}", 2, 1, "mend the front matter") from None
    if not isinstance(header, dict) or not isinstance(node, yaml.MappingNode):
        raise _Fault("B150", "the front matter is no mapping", 2, 1, "write key: value lines")
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        lines[key_node.value] = key_node.start_mark.line + 2
        if key_node.value in model.LAYERS and isinstance(value_node, yaml.MappingNode):
            for inner, _ in value_node.value:
                lines[f"{key_node.value}/{inner.value}"] = inner.start_mark.line + 2
    return header, lines, node


def _layer(
    layer: str, value: Any, lines: dict[str, int], records: dict[str, Json], places: dict[str, int]
) -> list[Json]:
    prefix = model.PREFIXES[layer]
    if value is None:
        return []
    if not isinstance(value, dict):
        raise _Fault(
            "B151", f"{layer} must map ids to records", lines[layer], 1, f"write {prefix}1: {{…}} under it"
        )
    out = []
    for ident, given in value.items():
        line = lines[f"{layer}/{ident}"]
        if not re.fullmatch(prefix + r"[1-9][0-9]{0,4}", str(ident)):
            raise _Fault(
                "B151", f"{ident!r} is no id of {layer}", line, 3, f"ids are {prefix}1, {prefix}2, …"
            )
        if not isinstance(given, dict):
            raise _Fault("B151", f"{ident} is no mapping", line, 3, f"write {ident}: {{key: value, …}}")
        for key in given:
            if key == "id" or key not in model.record_keys(layer):
                known = ", ".join(k for k in model.record_keys(layer) if k not in ("id", *model.SPAN_KEYS))
                raise _Fault("B151", f"{ident} has an unknown key {key!r}", line, 3, f"use {known}")
        record = {"id": ident, **given}
        records[ident] = record
        places[ident] = line
        out.append(record)
    return out


def _read_body(body: str, first_line: int, article: Json, records: dict[str, Json]) -> str:
    """Reads the bracketed spans into the records and returns the bare text."""
    for record_id, record in records.items():
        for field in model.SPAN_LISTS.get(_LAYER_OF[re.sub(r"[0-9]+", "", record_id)], ()):
            record[field] = []
    text: list[str] = []
    length = 0
    stack: list[tuple[int, int]] = []
    pending: dict[tuple[str, str], int] = {}  # (id, role) of a .part → start of the whole span; must go on
    due: dict[tuple[str, str], int] = {}  # … and the offset at which the next fragment must begin
    spans: list[tuple[int, int, str, str, int]] = []

    def fault(code: str, message: str, at: int, mend: str) -> _Fault:
        return _Fault(
            code, message, first_line + body.count("\n", 0, at), at - (body.rfind("\n", 0, at) + 1) + 1, mend
        )

    i, n = 0, len(body)
    while i < n:
        char = body[i]
        if char == "\\":
            if i + 1 >= n or body[i + 1] not in "\\[]":
                raise fault(
                    "B152", "a lone backslash", i, "write \\\\ for a backslash, \\[ and \\] for brackets"
                )
            text.append(body[i + 1])
            length += 1
            i += 2
        elif char == "[":
            stack.append((length, i))
            i += 1
        elif char == "]":
            if not stack:
                raise fault(
                    "B152", "this bracket closes nothing", i, "write \\] if the text has a bracket here"
                )
            start, opened = stack.pop()
            close = body.find("}", i)
            if body[i + 1 : i + 2] != "{" or close < 0:
                raise fault(
                    "B152",
                    "a span without {…}",
                    opened,
                    "write [words]{.e1}, or \\[ if it is a plain bracket",
                )
            for ident, role, part in _classes(body[i + 2 : close], i + 2, fault):
                if ident not in records:
                    raise fault("B153", f"{ident} is not in the front matter", i + 2, f"add a record {ident}")
                if start == length:
                    raise fault(
                        "B152", f"the span of {ident} is empty", opened, "mark at least one character"
                    )
                key = (ident, role)
                whole = start
                if key in pending and due[key] == start:
                    whole = pending.pop(key)
                if part:
                    pending[key], due[key] = whole, length
                else:
                    spans.append((whole, length, ident, role, opened))
            i = close + 1
        else:
            code = ord(char)
            if (code < 32 and char not in "\n\t") or 0xD800 <= code <= 0xDFFF:
                raise fault("B110", f"control character U+{code:04X} in the text", i, "take it out")
            text.append(char)
            length += 1
            i += 1
    if stack:
        raise fault(
            "B152", "this bracket is never closed", stack[-1][1], "close it with ]{.id}, or write \\["
        )
    if pending:
        (ident, _), start = next(iter(pending.items()))
        raise fault(
            "B155", f"{ident} is cut by .part but never goes on", n, f"begin the next piece of {ident} there"
        )
    content = "".join(text)
    for start, end, ident, role, opened in sorted(spans):
        _place(
            records[ident],
            ident,
            role,
            {"start": start, "end": end, "surface": content[start:end]},
            fault,
            opened,
        )
    return content


def _classes(inside: str, at: int, fault: Any) -> list[tuple[str, str, bool]]:
    out: list[tuple[str, str, bool]] = []
    for match in re.finditer(r"\S+", inside):
        found = _CLASS.fullmatch(match.group())
        where = at + match.start()
        if not found:
            raise fault(
                "B152",
                f"{match.group()!r} is no class",
                where,
                "write an id such as .e1, or .nominal, .quote, .part",
            )
        prefix, number, word = found.groups()
        if prefix:
            out.append((prefix + number, "", False))
        elif not out:
            raise fault(
                "B152", f".{word} stands before any id", where, f"write it behind its id: .e1 .{word}"
            )
        elif word == "part":
            out[-1] = (*out[-1][:2], True)
        elif _ROLES.get(re.sub(r"[0-9]+", "", out[-1][0])) != word:
            raise fault(
                "B152",
                f".{word} does not go with .{out[-1][0]}",
                where,
                ".nominal goes with e, .quote with a",
            )
        else:
            out[-1] = (out[-1][0], word, out[-1][2])
    if not out:
        raise fault("B152", "a span without a class", at, "write an id such as .e1")
    return out


def _place(record: Json, ident: str, role: str, span: Json, fault: Any, at: int) -> None:
    layer = _LAYER_OF[re.sub(r"[0-9]+", "", ident)]
    if layer in model.SELF_SPANNED:
        if "start" in record:
            raise fault(
                "B154",
                f"{ident} has a second span",
                at,
                f"a {layer[:-1]} has one span; make a record of its own",
            )
        record.update(span)
    elif layer == "entities":
        record["mentions"].append({"kind": role or "name", **span})
    elif layer == "attributions":
        record["quotes" if role else "cues"].append(span)
    else:
        record[model.SPAN_LISTS[layer][0]].append(span)


def _values(article: Json, records: dict[str, Json], places: dict[str, int]) -> None:
    """Values of figures that the front matter leaves out are read from the words."""
    for record in article["figures"]:
        if any(key in record for key in ("stated", "low", "high", "modifier")):
            continue
        from bilan import numbers

        value = numbers.parse(
            record["surface"], article["lang"] if isinstance(article["lang"], str) else "en"
        )
        if value is None:
            raise _Fault(
                "B156",
                f"no number can be read from the words of {record['id']}: {record['surface']!r}",
                places.get(record["id"], 1),
                3,
                "write stated, low, high and modifier yourself, or take the figure out",
            )
        record.update(stated=value.stated, low=value.low, high=value.high, modifier=value.modifier)
        record.setdefault("unit", value.unit)
