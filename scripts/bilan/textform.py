"""The text form of an article: YAML front matter over the text with Pandoc bracketed spans.

``mark`` writes it, ``unmark`` reads it; offsets are computed, never typed. In the body

    [JNIM]{.e1}                    a name of entity e1           [jihadists]{.e1 .nominal}   a description of it
    [forty soldiers]{.f1}          the span of figure f1 (zones z, times t and figures f are spans themselves)
    [attack]{.ev1}                 a trigger of event ev1
    [a security source]{.s1}       a mention of source s1
    [said]{.a1}                    a cue of attribution a1       [words]{.a1 .quote}         its direct speech
    [AFP]{.e5 .s2}                 one stretch of words with two annotations
    [on [23 May]{.t1 .part}]{.ev1}[ 2025]{.t1}
                                   crossing spans: ``.part`` says that t1 goes on in the next fragment

``.nominal``, ``.quote`` and ``.part`` belong to the id before them. In the text a backslash makes ``[``, ``]``
and ``\\`` plain characters. The front matter holds everything else, record by record; values that are null,
empty or false are left out, and one ``provenance`` mapping stands for all layers. The value of a figure may be left out: then ``bilan.numbers`` reads it from the
words. A withheld article without its text has no body; its spans then stand in the front matter.
"""

from __future__ import annotations

import hashlib
import heapq
import re
import unicodedata
from typing import Any

import yaml

from bilan import model, withhold
from bilan.incidents import BilanError, Incident
from bilan.jsonio import MAX_DEPTH
from bilan.model import Json

VERSION = "1.0"
_ORDER = {"z": 0, "ev": 1, "a": 2, "s": 3, "f": 4, "t": 5, "e": 6}
_ROLES = {"e": "nominal", "a": "quote"}
_CLASS = re.compile(r"\.(?:(z|ev|e|t|f|s|a)([1-9][0-9]{0,4})|(nominal|quote|part))(?=\s|\Z)")
_LAYER_OF = {prefix: layer for layer, prefix in model.PREFIXES.items()}
_DEFAULTS: tuple[Any, ...] = (None, [], False)


# --- JSON → text form ------------------------------------------------------------------------------------


def mark(article: Json, text: str | None = None) -> str:
    """The text form of a valid article.

    ``text`` is the canonical text of a withheld article, where it is at hand; the spans then stand in the body.
    Raises BilanError (B306) if it is not the article's text.
    """
    withheld = article["text"]["access"] == "withheld"
    body = text if withheld else article["text"]["content"]
    if withheld and text is not None:
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest != article["text"]["sha256"]:
            raise BilanError(
                Incident(
                    "B306",
                    f"this is not the text of {article['id']}: its SHA-256 is {digest}",
                    "give the exact canonical text",
                )
            )
    return f"---\n{_front_matter(article, body is None)}---\n" + ("" if body is None else _body(article, body) + "\n")


def _front_matter(article: Json, with_spans: bool) -> str:
    lines = [f"bilan: {_flow(VERSION)}\n"]
    for key in model.top_keys():
        value = article[key]
        if key in model.LAYERS:
            if not value:
                continue
            lines.append(f"{key}:\n")
            for record in value:
                rest = {k: v for k, v in record.items() if k != "id"}
                if not with_spans:
                    rest = {k: v for k, v in rest.items() if k not in model.SPAN_KEYS}
                    for field in model.SPAN_LISTS.get(key, ()):
                        rest.pop(field)
                lines.append(f"  {record['id']}: {_flow(_sparse(rest))}\n")
        elif key == "provenance":
            if all(value[layer] == value[model.LAYERS[0]] for layer in model.LAYERS):
                lines.append(f"provenance: {_flow(value[model.LAYERS[0]])}\n")
            else:
                lines.append("provenance:\n")
                lines.extend(f"  {layer}: {_flow(value[layer])}\n" for layer in model.LAYERS)
        elif key == "text":
            header = {k: v for k, v in value.items() if k != "content"}
            if not with_spans:
                header = {k: v for k, v in header.items() if k not in ("length", "sha256")}
                if "anchors" in header:
                    header["anchors"] = {"salt": header["anchors"]["salt"]}
            lines.append(f"text: {_flow(header)}\n")
        else:
            lines.append(f"{key}: {_flow(value)}\n")
    return "".join(lines)


def _sparse(record: Json) -> Json:
    return {key: value for key, value in record.items() if not any(value is d or value == d == [] for d in _DEFAULTS)}


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_LINE_BREAKS = re.compile("[\\r\\n\x85\u2028\u2029]")


def _represent_str(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # YAML folds what it takes for line ends, U+0085 among them, unless they are escaped in double quotes
    style = '"' if _LINE_BREAKS.search(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _represent_str)


def _flow(value: Any) -> str:
    out = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=10**9, sort_keys=False)
    return out.removesuffix("\n").removesuffix("\n...").removesuffix("...\n").strip("\n")


class _Piece:
    """A stretch of the body with the classes that its bracket carries."""

    __slots__ = ("classes", "end", "start")

    def __init__(self, start: int, end: int, classes: list[str]) -> None:
        self.start, self.end, self.classes = start, end, classes


def _labels(article: Json) -> list[tuple[int, int, tuple[int, int, int], str, str]]:
    """Every span as (start, end, rank, id, role)."""
    out = []
    for at in model.spans(article):
        prefix = model.PREFIXES[at.layer]
        role = ""
        if at.layer == "entities" and at.span["kind"] == "nominal":
            role = "nominal"
        if at.field == "quotes":
            role = "quote"
        rank = (_ORDER[prefix], int(at.id[len(prefix) :]), int(bool(role)))
        out.append((at.span["start"], at.span["end"], rank, at.id, role))
    return out


def _body(article: Json, text: str) -> str:
    # Longest first among those that start together; a span that would cross the bracket it starts in is cut
    # at that bracket's end, and the rest of it goes back into the queue.
    queue = [(start, -end, rank, ident, role) for start, end, rank, ident, role in _labels(article)]
    heapq.heapify(queue)
    pieces: list[_Piece] = []
    open_ends: list[int] = []
    while queue:
        start, negative_end, rank, ident, role = heapq.heappop(queue)
        end = -negative_end
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        part = False
        if open_ends and end > open_ends[-1]:
            heapq.heappush(queue, (open_ends[-1], -end, rank, ident, role))
            end, part = open_ends[-1], True
        classes = [f".{ident}"] + ([f".{role}"] if role else []) + ([".part"] if part else [])
        if pieces and pieces[-1].start == start and pieces[-1].end == end:
            pieces[-1].classes += classes
        else:
            pieces.append(_Piece(start, end, classes))
            open_ends.append(end)
    return _render(text, pieces)


def _render(text: str, pieces: list[_Piece]) -> str:
    opens: dict[int, int] = {}
    closes: dict[int, list[str]] = {}
    for piece in pieces:
        opens[piece.start] = opens.get(piece.start, 0) + 1
    for piece in reversed(pieces):  # inner brackets were appended later and close first
        closes.setdefault(piece.end, []).append("]{" + " ".join(piece.classes) + "}")
    out: list[str] = []
    cuts = sorted({0, len(text), *opens, *closes})
    for here, there in zip(cuts, [*cuts[1:], len(text)], strict=True):
        out.extend(closes.get(here, ()))
        out.append("[" * opens.get(here, 0))
        out.append(_escape(text[here:there]))
    return "".join(out)


def _escape(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", text)


# --- text form → JSON ------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML with JSON's scalars only (a date stays a string, `no` stays a word) and no duplicate keys."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):  # type: ignore[no-untyped-call]
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not used here", event.start_mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, f"nested deeper than {MAX_DEPTH} levels", event.start_mark)
        try:
            return super().compose_node(parent, index)  # type: ignore[no-untyped-call]
        finally:
            self.depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key_node.start_mark)
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key_node.value!r} stands twice", key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


_NUMBER = r"^-?(?:0|[1-9][0-9]{0,31})"
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", _NUMBER + "$", list("-0123456789")),
    ("float", _NUMBER + r"(?:\.[0-9]{1,31})?(?:[eE][-+]?[0-9]{1,3})?$", list("-0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
    # the dumper knows YAML 1.1's scalars already; with ours too it quotes whatever either would misread
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def _construct_float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float | int:
    value = float(node.value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


_Loader.add_constructor("tag:yaml.org,2002:float", _construct_float)


class _Fault(Exception):
    def __init__(self, code: str, message: str, line: int, column: int, mend: str) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column, self.mend = code, message, line, column, mend


def unmark(source: str, file: str = "") -> Json:
    """The article that a text form describes, in canonical key order. Raises BilanError with line and column."""
    source = source.replace("\r\n", "\n")
    try:
        return _unmark(source)
    except _Fault as fault:
        lines = source.split("\n")
        excerpt = lines[fault.line - 1] if 0 < fault.line <= len(lines) else ""
        raise BilanError(
            Incident(
                fault.code,
                fault.message,
                fault.mend,
                file=file,
                line=fault.line,
                column=fault.column,
                excerpt=excerpt,
                caret=fault.column - 1,
            )
        ) from None


def _split(source: str) -> tuple[str, str | None, int]:
    """Front matter, body (None where there is none), and the line on which the body begins."""
    if not source.startswith("---\n"):
        raise _Fault("B150", "no front matter", 1, 1, "begin the file with a line --- and close the YAML with another")
    end = source.find("\n---\n", 3)
    if end < 0:
        raise _Fault("B150", "the front matter never ends", 1, 1, "close it with a line --- of its own")
    front, body = source[4 : end + 1], source[end + 5 :]
    return front, (body.removesuffix("\n") if body else None), front.count("\n") + 3


def _unmark(source: str) -> Json:
    front, body, body_line = _split(source)
    header, lines = _read_front(front)
    records: dict[str, Json] = {}
    places: dict[str, int] = {}
    article: Json = {}
    for key, value in header.items():
        if key == "bilan":
            if value != VERSION:
                raise _Fault("B151", f"text form {value!r} is not known", lines[key], 1, f"write bilan: '{VERSION}'")
        elif key in model.LAYERS:
            article[key] = _layer(key, value, lines, records, places)
        elif key == "provenance" and isinstance(value, dict) and "method" in value:
            article[key] = {layer: dict(value) for layer in model.LAYERS}
        elif key in model.top_keys():
            article[key] = value
        else:
            raise _Fault(
                "B151", f"unknown key {key!r} in the front matter", lines[key], 1, f"use {', '.join(model.top_keys())}"
            )
    for key in model.top_keys():
        article.setdefault(key, [] if key in model.LAYERS or key == "references" else None)
    if not isinstance(article["text"], dict):
        raise _Fault("B151", "the front matter has no mapping 'text'", 1, 1, "write text: {access: open, …}")
    text = dict(article["text"])
    article["text"] = text
    if body is None:
        _defaults(article)
        return canonical(article)
    content = _read_body(body, body_line, article, records)
    for ident, record in records.items():
        layer = _LAYER_OF[re.sub(r"[0-9]+", "", ident)]
        if layer in model.SELF_SPANNED and "start" not in record:
            raise _Fault(
                "B154", f"{ident} has no span in the text", places[ident], 3, f"mark its words: [words]{{.{ident}}}"
            )
    _values(article, records, places)
    _defaults(article)
    text.update(length=len(content), sha256=hashlib.sha256(content.encode()).hexdigest())
    if text.get("access") == "withheld":
        salt = (text.get("anchors") or {}).get("salt")
        if not isinstance(salt, str) or not re.fullmatch(r"[0-9a-f]{32}", salt):
            raise _Fault("B151", "a withheld text needs anchors: {salt: 32 hexadecimal digits}", 1, 1, "add the salt")
        return canonical(withhold.withhold(article, content, salt))
    text["content"] = content
    return canonical(article)


def _read_front(front: str) -> tuple[Json, dict[str, int]]:
    """The YAML mapping, and the line in the file of each top-level key and each record id."""
    for offset, char in enumerate(front):
        if unicodedata.category(char) == "Cs" or (char < " " and char not in "\n\t"):
            line = front.count("\n", 0, offset) + 2
            raise _Fault("B110", f"control character or surrogate U+{ord(char):04X}", line, 1, "take it out")
    try:
        loader = _Loader(front)
        node = loader.get_single_node()
        header = loader.construct_document(node) if node is not None else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).split("\n")[0]
        line, column = (mark.line + 2, mark.column + 1) if mark else (2, 1)
        raise _Fault("B150", f"YAML: {problem}", line, column, "mend the front matter at this place") from None
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
    return header, lines


def _layer(layer: str, value: Any, lines: dict[str, int], records: dict[str, Json], places: dict[str, int]) -> list[Json]:
    prefix = model.PREFIXES[layer]
    if value is None:
        return []
    if not isinstance(value, dict):
        raise _Fault("B151", f"{layer} must map ids to records", lines[layer], 1, f"write {prefix}1: {{…}} under it")
    out = []
    for ident, given in value.items():
        line = lines[f"{layer}/{ident}"]
        if not re.fullmatch(prefix + r"[1-9][0-9]{0,4}", str(ident)):
            raise _Fault("B151", f"{ident!r} is no id of {layer}", line, 3, f"ids are {prefix}1, {prefix}2, …")
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
                raise fault("B152", "a lone backslash", i, "write \\\\ for a backslash, \\[ and \\] for brackets")
            text.append(body[i + 1])
            length += 1
            i += 2
        elif char == "[":
            stack.append((length, i))
            i += 1
        elif char == "]":
            if not stack:
                raise fault("B152", "this bracket closes nothing", i, "write \\] if the text has a bracket here")
            start, opened = stack.pop()
            close = body.find("}", i)
            if body[i + 1 : i + 2] != "{" or close < 0:
                raise fault("B152", "a span without {…}", opened, "write [words]{.e1}, or \\[ if it is a plain bracket")
            for ident, role, part in _classes(body[i + 2 : close], i + 2, fault):
                if ident not in records:
                    raise fault("B153", f"{ident} is not in the front matter", i + 2, f"add a record {ident}")
                if start == length:
                    raise fault("B152", f"the span of {ident} is empty", opened, "mark at least one character")
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
        raise fault("B152", "this bracket is never closed", stack[-1][1], "close it with ]{.id}, or write \\[")
    if pending:
        (ident, _), start = next(iter(pending.items()))
        raise fault("B155", f"{ident} is cut by .part but never goes on", n, f"begin the next piece of {ident} there")
    content = "".join(text)
    for start, end, ident, role, opened in sorted(spans):
        _place(records[ident], ident, role, {"start": start, "end": end, "surface": content[start:end]}, fault, opened)
    return content


def _classes(inside: str, at: int, fault: Any) -> list[tuple[str, str, bool]]:
    out: list[tuple[str, str, bool]] = []
    for match in re.finditer(r"\S+", inside):
        found = _CLASS.fullmatch(match.group())
        where = at + match.start()
        if not found:
            raise fault("B152", f"{match.group()!r} is no class", where, "write an id such as .e1, or .nominal, .quote, .part")
        prefix, number, word = found.groups()
        if prefix:
            out.append((prefix + number, "", False))
        elif not out:
            raise fault("B152", f".{word} stands before any id", where, f"write it behind its id: .e1 .{word}")
        elif word == "part":
            out[-1] = (*out[-1][:2], True)
        elif _ROLES.get(re.sub(r"[0-9]+", "", out[-1][0])) != word:
            raise fault("B152", f".{word} does not go with .{out[-1][0]}", where, ".nominal goes with e, .quote with a")
        else:
            out[-1] = (out[-1][0], word, out[-1][2])
    if not out:
        raise fault("B152", "a span without a class", at, "write an id such as .e1")
    return out


def _place(record: Json, ident: str, role: str, span: Json, fault: Any, at: int) -> None:
    layer = _LAYER_OF[re.sub(r"[0-9]+", "", ident)]
    if layer in model.SELF_SPANNED:
        if "start" in record:
            raise fault("B154", f"{ident} has a second span", at, f"a {layer[:-1]} has one span; make a record of its own")
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
        if any(key in record for key in ("stated", "low", "high", "modifier", "unit")):
            continue
        from bilan import numbers

        value = numbers.parse(record["surface"], article["lang"] if isinstance(article["lang"], str) else "en")
        if value is None:
            raise _Fault(
                "B156",
                f"no number can be read from the words of {record['id']}: {record['surface']!r}",
                places[record["id"]],
                3,
                "write stated, low, high and modifier yourself, or take the figure out",
            )
        record.update(stated=value.stated, low=value.low, high=value.high, modifier=value.modifier, unit=value.unit)


def _defaults(article: Json) -> None:
    for record in article["attributions"]:
        if isinstance(record.get("blames"), str):  # one entity may be written without its list
            record["blames"] = [record["blames"]]
    lists = {"blames", "mentions", "triggers", "times", "places", "participants", "cues", "quotes", "references", "sources", "content"}
    for layer in model.LAYERS:
        for record in article[layer]:
            for key in model.record_keys(layer):
                if key in model.SPAN_KEYS and layer in model.SELF_SPANNED:
                    continue
                record.setdefault(key, [] if key in lists else False if key in ("hedged", "named") else None)


def canonical(article: Json) -> Json:
    """The article with all keys in the order of the schema."""
    out = model.ordered(article, model.top_keys())
    if isinstance(out.get("record"), dict):
        out["record"] = model.ordered(out["record"], model.sub_keys("record"))
    out["text"] = model.ordered(out["text"], model.sub_keys("text"))
    if isinstance(out["text"].get("anchors"), dict):
        out["text"]["anchors"] = model.ordered(out["text"]["anchors"], model.sub_keys("text", "anchors"))
    if isinstance(out.get("provenance"), dict):
        out["provenance"] = model.ordered(out["provenance"], model.LAYERS)
    for layer in model.LAYERS:
        records = []
        for record in out[layer]:
            record = model.ordered(record, model.record_keys(layer))
            for field in (*model.SPAN_LISTS.get(layer, ()), "participants"):
                if isinstance(record.get(field), list):
                    keys = model.item_keys(layer, field)
                    record[field] = [
                        model.ordered(item, keys) if isinstance(item, dict) else item for item in record[field]
                    ]
                    if field == "participants":
                        for item in record[field]:
                            if isinstance(item, dict):
                                item.setdefault("fate", None)
            records.append(record)
        out[layer] = records
    return out


def scaffold(article_id: str, text: str) -> str:
    """A text form to begin with: every field of the front matter, no annotation, brackets of the text escaped."""
    story, lang, _ = article_id.split(".")
    header = {
        "access": "open",
        "extent": "whole",
        "origin": "human_written",
        "licence": "CC-BY-4.0",
        "attribution": "BILAN contributors",
    }
    provenance = {"method": "manual", "annotator": "your-name", "guidelines": "1.0", "status": "human_reviewed"}
    lines = [
        f"bilan: {_flow(VERSION)}",
        f"schema_version: {_flow(VERSION)}",
        f"id: {article_id}",
        f"story: {story}",
        f"lang: {lang}",
        "published: null",
        "style: dispatch",
        "added_in: null",
        "record: null",
        f"text: {_flow(header)}",
        "references: []",
        f"provenance: {_flow(provenance)}",
        *(f"{layer}:" for layer in model.LAYERS),
    ]
    return "---\n" + "\n".join(lines) + "\n---\n" + _escape(text) + "\n"
