"""The exact JSON reader agrees with the standard library on everything that all readers agree on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan import jsonio
from bilan.checks import parse, schema

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 0, 2]), st.booleans())
def test_it_reads_what_json_reads(value: Any, indent: int | None, escaped: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    document, _, _ = jsonio.strict_loads(text)
    assert document == json.loads(text)


@given(VALUES)
def test_every_value_is_found_where_it_stands(value: Any) -> None:
    text = json.dumps(value, indent=2)
    _, spans, _ = jsonio.strict_loads(text)
    for pointer, part in jsonio.walk(value):
        start, end = spans[pointer]
        assert json.loads(text[start:end]) == part


@given(VALUES)
def test_canonical_layout_is_a_fixed_point(value: Any) -> None:
    raw = jsonio.dumps(value)
    assert jsonio.is_canonical(raw, json.loads(raw))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "B105"),
        ('{"a": {"b": 1, "b": 1}}', "B105"),
        ("[NaN]", "B106"),
        ("[-Infinity]", "B106"),
        ("[1e999]", "B107"),
        ("[" + "4" * 400 + "]", "B107"),
        ('["\\ud800"]', "B108"),
        ('["\\udc00\\ud800"]', "B108"),
        ("[" * 100_000, "B109"),
        ('["a\nb"]', "B110"),
        ("", "B101"),
        ("[1,]", "B101"),
        ("{'a': 1}", "B101"),
        ("[01]", "B101"),
        ("[1] 2", "B101"),
        ('{"a" 1}', "B101"),
        ('["\\x"]', "B101"),
        ("[1", "B101"),
        ("[tru]", "B101"),
    ],
)
def test_it_refuses_what_readers_disagree_about(text: str, code: str) -> None:
    with pytest.raises(jsonio.JsonFault) as caught:
        jsonio.strict_loads(text)
    assert caught.value.code == code
    assert 0 <= caught.value.offset <= len(text)


@given(st.binary(max_size=60))
def test_no_bytes_give_a_traceback(raw: bytes) -> None:
    document, incidents = parse.parse(raw, "x.json")
    assert document is not None or incidents or json.loads(raw) is None


@given(st.text(max_size=60))
def test_no_text_gives_a_traceback(text: str) -> None:
    try:
        document, _, _ = jsonio.strict_loads(text)
    except jsonio.JsonFault:
        return
    assert json.loads(text) == document


WITHOUT_FLOATS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(WITHOUT_FLOATS)
def test_canonical_json_has_the_same_bytes_from_the_faster_library(value: Any) -> None:
    assert jsonio.canonical_json(value, floats=False) == jsonio.canonical_json(value)


def test_only_figures_of_an_article_can_hold_floats() -> None:
    def numbers(node: Any, path: str) -> list[str]:
        found = [path] if isinstance(node, dict) and "number" in str(node.get("type")) else []
        for key, value in (
            node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        ):
            found += numbers(value, f"{path}/{key}")
        return found

    paths = numbers(schema.schema("article"), "")
    assert sorted({path.rsplit("/", 1)[1] for path in paths}) == ["high", "low", "stated"]
    assert all("/figures/" in path for path in paths)


def test_surrogate_pairs_are_one_character() -> None:
    assert jsonio.strict_loads('["\\ud83d\\ude00"]')[0] == ["😀"]


@pytest.mark.parametrize("before", ["", "\\n", "\\n" * 199, "\\n" * 200, "\\n" * 500, "\\\\" * 300])
def test_an_escaped_control_character_is_found_however_many_backslashes_stand_before_it(before: str) -> None:
    for escape in ("\\u0007", "\\u001F", "\\u007f"):
        raw = f'{{"a":"{before}é{escape}"}}'.encode()
        assert jsonio.is_odd(raw)
        assert not jsonio.is_unambiguous(raw, json.loads(raw))
    raw = f'{{"a":"{before}é\\t"}}'.encode()
    assert not jsonio.is_odd(raw)
    assert jsonio.is_unambiguous(raw, json.loads(raw))


@given(VALUES, st.sampled_from([(",", ":"), (", ", ": ")]), st.booleans())
def test_a_line_taken_for_unambiguous_is_read_alike_by_the_exact_reader(
    value: Any, separators: tuple[str, str], escaped: bool
) -> None:
    raw = json.dumps({"a": value}, separators=separators, ensure_ascii=escaped).encode("utf-8", "replace")
    document, incidents = parse.parse(raw, "line", layout=False)
    if document is not None and not incidents:
        assert repr(document) == repr(jsonio.strict_loads(raw.decode())[0])


@pytest.mark.parametrize("written", ["\\b", "\\f", "\\r", "\\u0007", "\x7f"])
def test_a_control_character_passes_no_quick_gate_however_it_is_written(written: str) -> None:
    raw = b'{\n  "id": "a' + written.encode() + b'b"\n}\n'
    assert jsonio.is_odd(raw)
    _, incidents = parse.parse(raw, "x.json")
    assert "B110" in {incident.code for incident in incidents}
    line = b'{"id":"a' + written.encode() + b'b"}'
    assert "B110" in {incident.code for incident in parse.parse(line, "x.jsonl", layout=False)[1]}


@pytest.mark.parametrize("number", ["41.0", "-3.00", "0.0"])
def test_a_whole_number_with_a_fraction_is_refused_in_files_and_lines(number: str) -> None:
    for raw, layout in ((f'{{\n  "low": {number}\n}}\n', True), (f'{{"low":{number}}}', False)):
        document, incidents = parse.parse(raw.encode(), "x.json", layout=layout)
        assert document is None
        assert "B118" in {incident.code for incident in incidents}
    assert parse.parse(b'{"low": 4.1e1, "id": "x"}', "x", layout=False)[1][0].code == "B118"


def test_a_fraction_or_the_same_digits_in_a_text_are_no_fault() -> None:
    raw = b'{\n  "low": 41.5,\n  "text": "a quake of 6.0, they said"\n}\n'
    assert jsonio.is_odd(raw)  # so that the exact reader decides
    assert parse.parse(raw, "x.json")[1] == []
