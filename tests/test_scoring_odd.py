"""Whatever stands in a file of predictions: it is reported where it stands, costs only itself, and poisons nothing."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bilan
import small_corpus
from bilan import tasks
from bilan.__main__ import main
from bilan.incidents import BilanError
from bilan.scoring.reader import short
from predicted import EN, FR, NAMES, perfect, score

Json = dict[str, Any]
STORY = "ml-2025-05-23-dioura"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_corpus.write(tmp_path_factory.mktemp("odd") / "corpus")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "predictions.jsonl"


def found(report: Any) -> list[tuple[str, int, str]]:
    return [(p.code, p.line, p.pointer) for p in report.problems]


def healthy(report: Any) -> None:
    """No value is beyond its bounds, and nothing that has something to measure is NaN."""
    for row in report.rows:
        if row.kind == "F1" and row.gold:
            assert 0 <= row.value <= 1, row
            assert not math.isnan(row.precision) or row.predicted == 0
        assert math.isnan(row.value) or math.isfinite(row.value), row
        assert math.isfinite(row.gold) or row.kind == "macro F1"
        if "log-ratio" not in row.name and not math.isnan(row.value):
            assert 0 <= row.value <= 1 + 1e-9, row
        if row.kind in ("share", "mean") and row.gold:
            assert not math.isnan(row.value), row


def figures(small: Path, change: Callable[[Json], object]) -> Any:
    """The report on figures of the small corpus; the second figure of the first line is changed."""
    lines = perfect("figures", "test", small)
    change(lines[0]["figures"][1])
    report = score(lines, "figures", "test", small)
    healthy(report)
    return report


# --- files -------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, small: Path) -> None:
    for bad in (tmp_path / "none.jsonl", tmp_path, str(tmp_path), f"{tmp_path}/nul\0.jsonl", ""):
        with pytest.raises(BilanError) as raised:
            score(bad, "figures", "test", small)  # type: ignore[arg-type]
        assert [i.code for i in raised.value.incidents] == ["B811"]


def test_an_empty_file_leaves_out_everything(file: Path, small: Path) -> None:
    for content in (b"", b"\n\r\n  \n", b"\xef\xbb\xbf"):
        file.write_bytes(content)
        report = score(file, "figures", "test", small)
        assert [p.code for p in report.problems] == ["B813", "B813"]
        assert [p.message.split()[0] for p in report.problems] == [EN, FR]
        assert report.value == 0


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\n\n \n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_line_ends_do_not_matter(
    file: Path, small: Path, ending: bytes, mark: bytes
) -> None:
    lines = [json.dumps(line, ensure_ascii=False).encode() for line in perfect("tolls", "test", small)]
    file.write_bytes(mark + ending.join(lines) + ending)
    report = score(file, "tolls", "test", small)
    assert (report.value, report.problems) == (1, [])


BAD_LINES = {
    "truncated": b'{"article": "x", "figures": [{"start": 1',
    "no JSON": b"figures: 41 soldiers",
    "Latin-1": '{"article": "é"}'.encode("latin-1"),
    "deep": b"[" * 100_000,
    "deep and closed": b'{"article": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "digits": b'{"article": ' + b"9" * 5_000 + b"}",
    "a list": b"[1, 2]",
    "a number": b"NaN",
    "null": b"null",
    "no unit": b'{"figures": []}',
    "a unit that is none": b'{"article": ["x"], "figures": []}',
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_costs_only_itself(file: Path, small: Path, name: str) -> None:
    lines = [json.dumps(line).encode() for line in perfect("figures", "test", small)]
    file.write_bytes(b"\n".join([lines[0], BAD_LINES[name], lines[1]]))
    report = score(file, "figures", "test", small)
    assert found(report) == [("B812", 2, "")]
    assert report.problems[0].file == str(file)
    assert len(report.problems[0].message) < 300
    assert report.value == 1


@pytest.mark.parametrize("listed", ["no list", None, {}, "missing"])
def test_a_line_without_the_list_predicts_nothing(small: Path, listed: Any) -> None:
    lines = perfect("figures", "test", small)
    lines[0] = {"article": EN} if listed == "missing" else {"article": EN, "figures": listed}
    report = score(lines, "figures", "test", small)
    assert found(report) == [("B812", 1, "/figures")]
    assert report["spans", "exact"].predicted == 2


@pytest.mark.parametrize("item", [None, 3, "41 soldiers", [], [{}], True, math.nan])
def test_an_item_that_is_no_object_is_a_wrong_prediction(small: Path, item: Any) -> None:
    lines = perfect("figures", "test", small)
    lines[0]["figures"].insert(1, item)
    report = score(lines, "figures", "test", small)
    healthy(report)
    assert ("B812", 1, "/figures/1") in found(report)
    row = report["figures", "all right, exact span"]
    assert (row.right, row.gold, row.predicted) == (6, 6, 7)


def test_two_lines_of_one_article_are_scored_together_and_each_reports_at_its_own_line(small: Path) -> None:
    lines = perfect("figures", "test", small)
    lines.append({"article": EN, "figures": [{**lines[0]["figures"][0], "of": "men"}]})
    report = score(lines, "figures", "test", small)
    assert found(report) == [("B814", 3, ""), ("B816", 3, "/figures/0/of")]
    assert report["spans", "exact"].precision == 6 / 7


def test_other_splits_and_unknown_articles_are_told_apart(small: Path) -> None:
    lines = perfect("figures", "test", small)
    train, made_up = perfect("figures", "train", small)[0], {**lines[0], "article": "ml-2025-dioura.en.1"}
    report = score([*lines, train, made_up], "figures", "test", small)
    assert found(report) == [("B820", 3, ""), ("B821", 4, "")]
    assert "is in split train" in report.problems[0].message
    row = report["spans", "exact"]
    assert (row.right, row.gold, row.predicted) == (6, 6, 10)
    assert [(e.unit, e.kind) for e in report.errors] == [("ml-2025-dioura.en.1", "spurious")] * 4


# --- places ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "span",
    [
        {"start": 1400, "end": 1460},
        {"start": 173, "end": 10**400},
        {"start": 173, "end": 10**5000},
        {"start": -3, "end": 5},
        {"start": 184, "end": 173},
        {"start": 173, "end": 173},
        {"start": 173.0, "end": 184.0},
        {"start": "173", "end": "184"},
        {"start": False, "end": True},
        {"start": None, "end": None},
        {"start": math.nan, "end": math.inf},
        {"start": [173], "end": {}},
    ],
    ids=short,
)
def test_a_place_that_is_none_is_a_wrong_prediction(small: Path, span: Json) -> None:
    report = figures(small, lambda figure: figure.update(span))
    assert found(report) == [("B815", 1, "/figures/1")]
    row = report["spans", "overlap"]
    assert (row.right, row.gold, row.predicted) == (5, 6, 6)
    assert sorted(e.kind for e in report.errors) == ["missing", "spurious"]


def test_utf_16_offsets_point_at_other_words() -> None:
    """Nothing shows it but the score: past a character of two units every place is one too far."""
    text = "🔥 At Dioura 41 soldiers died."
    units = len(text[: text.index("41")].encode("utf-16-le")) // 2
    assert units == text.index("41") + 1
    assert text[units : units + 2] == "1 "


def test_a_lost_name_counts_as_wrong_in_every_measure(small: Path) -> None:
    lines = perfect("entities", "test", small)
    lines[0]["entities"].append({"start": 5000, "end": 5004, "type": "place"})
    report = score(lines, "entities", "test", small)
    assert found(report) == [("B815", 1, f"/entities/{len(lines[0]['entities']) - 1}")]
    for row in report.rows:
        assert row.value < 1, row
        if row.kind == "F1":
            assert row.recall == 1


TAGS: list[tuple[str, Any, int | None]] = [
    ("B815", ["B-place"], 1),  # one tag for many tokens
    ("B815", ["B-place"], 99),  # no such sentence
    ("B812", "B-place", 1),
    ("B812", [None], 1),
    ("B812", [True], 1),
    ("B812", ["O"], None),
]


@pytest.mark.parametrize("code, tags, sentence", TAGS)
def test_tags_that_fit_no_sentence_are_reported_at_their_line(
    small: Path, code: str, tags: Any, sentence: int | None
) -> None:
    rows = [r for r in bilan.load("ner", source=small)["test"] if r["tokens"]]
    lines = [{"id": r["id"], "tags": r["ner_tags"]} for r in rows]
    at = next(i for i, r in enumerate(rows) if r["id"] == f"{EN}/{1 if sentence in (None, 99) else sentence}")
    lines[at] = {"id": None if sentence is None else f"{EN}/{sentence}", "tags": tags}
    report = score(lines, "entities", "test", small)
    codes = [f for f in found(report) if f[0] == code]
    assert codes == [(code, at + 1, "/tags" if code == "B815" else "")]
    if (code, sentence) != ("B815", 1):
        assert ("B813", 0, "") in found(report)  # the sentence that was meant is without tags
    right = report["BIO (seqeval)", "micro"]
    assert right.right < right.gold
    assert right.predicted == right.right + (code == "B815")


def test_a_repeated_sentence_and_one_with_a_number_of_thousands_of_digits_are_reported(small: Path) -> None:
    rows = [r for r in bilan.load("ner", source=small)["test"] if r["tokens"]]
    lines: list[Json] = [{"id": r["id"], "tags": r["ner_tags"]} for r in rows]
    lines += [{"id": rows[0]["id"], "tags": []}, {"id": f"{EN}/{'9' * 5000}", "tags": []}]
    report = score(lines, "entities", "test", small)
    assert found(report) == [("B814", len(rows) + 1, ""), ("B812", len(rows) + 2, "")]
    assert report.value == 1


def test_tags_of_an_unknown_article_count_as_wrong(small: Path) -> None:
    rows = [r for r in bilan.load("ner", source=small)["test"] if r["tokens"]]
    lines: list[Json] = [{"id": r["id"], "tags": r["ner_tags"]} for r in rows]
    report = score([*lines, {"id": "xx-none.en.1/0", "tags": ["B-place", "O"]}], "entities", "test", small)
    assert [p.code for p in report.problems] == ["B821"]
    assert report["spans", "exact"].predicted == report["spans", "exact"].gold + 1


# --- labels and values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label", ["dead", "", None, 3, math.nan, ["killed"], {"killed": 1}, 10**5000, "a|b", "\ud800"], ids=short
)
def test_a_label_that_does_not_exist_matches_nothing(small: Path, label: Any) -> None:
    report = figures(small, lambda figure: figure.update(measure=label))
    assert found(report) == [("B816", 1, "/figures/1/measure")]
    assert [e.kind for e in report.errors] == ["measure"]
    # killed: 5 right of 6 and 5; the label that does not exist: none right
    macro = report["of figures found", "measure, mean over labels"].value
    assert macro == pytest.approx((10 / 11 + 0) / 2)


VALUES: list[Json] = [
    {"low": math.nan},
    {"low": math.inf, "high": None},
    {"high": math.inf},
    {"low": -1},
    {"low": 42, "high": 41},
    {"low": 10**400, "high": None},
    {"low": 10**5000, "high": 10**5001},
    {"low": "41"},
    {"low": True},
    {"low": None},
    {"low": [41]},
    {"low": {}, "high": {}},
    {"high": "41"},
    {"unit": ["EUR"]},
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: str(list(v)))
def test_a_value_that_is_none_equals_nothing_and_poisons_nothing(small: Path, value: Json) -> None:
    report = figures(small, lambda figure: figure.update(value))
    assert [f[:2] for f in found(report)] == [("B817", 1)]
    assert found(report)[0][2].startswith("/figures/1")
    assert report["with overlapping span", "value"].right == 5
    assert report["spans", "exact"].value == 1
    assert report["of figures found", "interval overlap"].value == pytest.approx(5 / 6)
    assert report["of figures found", "log-ratio error"].value == 0
    assert [e.kind for e in report.errors] == ["value"]


@pytest.mark.parametrize("stated", [math.nan, -5, "41", 10**400, [], True], ids=short)
def test_a_stated_number_that_is_none_is_reported_and_left_out(small: Path, stated: Any) -> None:
    report = figures(small, lambda figure: figure.update(stated=stated))
    assert found(report) == [("B817", 1, "/figures/1/stated")]
    assert report.value == 1


def test_huge_numbers_stay_finite(small: Path) -> None:
    for low, high in ((1e308, None), (1.7e308, 1.7e308), (0, 1.7e308), (10**300, 10**305)):
        report = figures(small, lambda f, low=low, high=high: f.update(stated=None, low=low, high=high))
        assert report.problems == []
        assert 100 < report["of figures found", "log-ratio error"].right < 800


@pytest.mark.parametrize(
    "field, value, code, pointer",
    [
        ("content", "f99", "B815", "/content"),
        ("content", {"start": 0, "end": 1}, "B815", "/content"),
        ("content", None, "B815", "/content"),
        ("source", {"start": 9, "end": 3}, "B815", "/source"),
        ("source", "JNIM", "B815", "/source"),
        ("cue", {"start": 0.5, "end": 3}, "B815", "/cue"),
        ("stance", "says", "B816", "/stance"),
        ("kind", "rebels", "B816", "/kind"),
    ],
)
def test_parts_of_a_link_that_are_none_are_reported(
    small: Path, field: str, value: Any, code: str, pointer: str
) -> None:
    lines = perfect("attribution", "test", small)
    lines[0]["links"][1][field] = value
    report = score(lines, "attribution", "test", small)
    healthy(report)
    assert found(report) == [(code, 1, f"/links/1{pointer}")]
    row = report["links", "content → source, cue, stance"]
    assert row.right == row.gold - (field != "kind")
    assert row.predicted == row.gold


@pytest.mark.parametrize(
    "fields, code, pointer",
    [
        ({"event": "battle"}, "B816", "/event"),
        ({"event": ["main"]}, "B816", "/event"),
        ({"measure": "dead"}, "B816", "/measure"),
        ({"of": None}, "B816", "/of"),
        ({"source": "JNIM"}, "B816", "/source"),
        ({"source": {"name": "JNIM"}}, "B816", "/source/kind"),
        ({"stance": "says"}, "B816", "/stance"),
        ({"low": 50}, "B817", ""),
    ],
)
def test_parts_of_a_claim_that_are_none_are_reported(
    small: Path, fields: Json, code: str, pointer: str
) -> None:
    lines = perfect("tolls", "test", small)
    lines[0]["claims"][2].update(fields)
    report = score(lines, "tolls", "test", small)
    healthy(report)
    assert found(report) == [(code, 1, f"/claims/2{pointer}")]
    lost = 1 if code == "B816" else 7  # a claim without a value is none of those in the corpus
    lost += fields == {"source": "JNIM"}  # with its name
    assert report["slots (MUC)", "all"].right == report["slots (MUC)", "all"].gold - lost


# --- what language models write ----------------------------------------------------------------------------


def extraction(small: Path, write: Callable[[str], Any]) -> Any:
    lines = perfect("extraction", "test", small)
    lines[0]["output"] = write(json.dumps(lines[0]["output"], ensure_ascii=False, indent=1))
    report = score(lines, "extraction", "test", small)
    healthy(report)
    return report


@pytest.mark.parametrize(
    "form",
    [
        "```json\n{}\n```",
        "```\n{}\n```",
        "```JSON\r\n{}\r\n```",
        "```{}```",
        "Here is the output:\n\n```json\n{}\n```\n\nI hope that this helps.",
        "```json\n{}",
        "First a thought:\n```\nE1 is Dioura\n```\nand then\n```json\n{}\n```",
        "```json\n[1]\n```\n```json\n{}\n```",
    ],
)
def test_json_in_a_code_fence_is_scored_and_reported(small: Path, form: str) -> None:
    report = extraction(small, lambda text: form.replace("{}", text))
    assert found(report) == [("B818", 1, "/output")]
    assert report.value == 1


def test_a_fence_inside_a_string_is_none(small: Path) -> None:
    lines = perfect("extraction", "test", small)
    lines[0]["output"]["figures"][0]["words"] = "```json\n{}\n```"
    lines[0]["output"] = json.dumps(lines[0]["output"])
    report = score(lines, "extraction", "test", small)
    assert report.problems == []
    assert [e.kind for e in report.errors] == ["words"]


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text[:-40],
        lambda text: f"Sure! {text}",
        lambda text: "```json\n" + text[:-40] + "\n```",
        lambda text: "[" * 100_000,
        lambda text: "",
        lambda text: "\ud800",
        lambda text: [],
        lambda text: None,
        lambda text: 41,
        lambda text: "41",
    ],
)
def test_an_output_that_is_no_document_counts_as_empty(small: Path, write: Callable[[str], Any]) -> None:
    report = extraction(small, write)
    assert found(report) == [("B819", 1, "/output")]
    assert report["documents", "JSON of the right shape"].value == 0.5
    assert report["figures", "aligned"].precision == 1
    assert report["figures", "aligned"].recall < 1


@pytest.mark.parametrize(
    "change, code, pointer",
    [
        (lambda o: o.pop("events"), "B819", "/output/events"),
        (lambda o: o.update(figures={}), "B819", "/output/figures"),
        (lambda o: o["figures"].insert(0, "x"), "B819", "/output/figures/0"),
        (lambda o: o["figures"][0].update(sources=None), "B819", "/output/figures/0/sources"),
        (lambda o: o["figures"][0]["sources"].append("JNIM"), "B819", "/output/figures/0/sources/1"),
        (lambda o: o["figures"][0].update(event="E9"), "B816", "/output/figures/0/event"),
        (lambda o: o["figures"][0].pop("words"), "B819", "/output/figures/0"),
        (lambda o: o["figures"][0].update(note="x"), "B819", "/output/figures/0"),
        (lambda o: o["events"][0].update(date=2025), "B819", "/output/events/0/date"),
        (lambda o: o["events"][0].update(type="battle"), "B816", "/output/events/0/type"),
        (
            lambda o: o["events"][0]["participants"][0].update(role="x"),
            "B819",
            "/output/events/0/participants/0/role",
        ),
    ],
)
def test_what_is_not_of_the_response_schema_is_reported(
    small: Path, change: Callable[[Json], object], code: str, pointer: str
) -> None:
    lines = perfect("extraction", "test", small)
    change(lines[0]["output"])
    report = score(lines, "extraction", "test", small)
    healthy(report)
    assert (code, 1, pointer) in found(report)
    wrong_shape = code == "B819" or pointer.endswith("type")
    assert report["documents", "JSON of the right shape"].value == (0.5 if wrong_shape else 1)


def test_a_document_may_be_the_line_itself(small: Path) -> None:
    lines = [{"article": line["article"], **line["output"]} for line in perfect("extraction", "test", small)]
    report = score(lines, "extraction", "test", small)
    assert (report.value, report.problems) == (1, [])
    lines[0]["figures"][0]["of"] = "men"
    assert found(score(lines, "extraction", "test", small)) == [("B816", 1, "/figures/0/of")]


# --- anything at all ---------------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 400),
    st.sampled_from([10**400, -(10**400), 1e308, 5e-324, math.nan, math.inf, -math.inf]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["killed", "E1", "f1", "ev1", "main", "\ud800", "a|b", "own_voice", "```", EN, STORY]),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["start", "end", "low", "kind", "name", "content", "source", "id", "tags", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


def deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("task", NAMES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_in_any_place_is_scored(task: str, small: Path, data: st.DataObject) -> None:
    lines: list[Any] = perfect(task, "test", small)
    for _ in range(data.draw(st.integers(1, 3))):
        _put(lines, data, data.draw(ANYTHING))
    report = score(
        lines, task, "test", small, by=["lang", "measure"] if task != "entities" else ["type"], draws=5
    )
    healthy(report)
    report.to_dict()
    assert str(report)
    assert all(len(p.message) < 1000 for p in report.problems)


def _put(node: Any, data: st.DataObject, value: Any) -> None:
    """Puts the value somewhere below the node."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], (dict, list)) or not node[key] or data.draw(st.integers(0, 3)) == 0:
            node[key] = value
            return
        node = node[key]


@pytest.mark.parametrize("task", NAMES)
def test_lists_of_any_depth_in_any_place_are_scored(task: str, small: Path) -> None:
    """Below a thousand levels they pass the parser, and end whatever walks them."""
    for path in _paths(perfect(task, "test", small)[0]):
        for levels in (300, 1020, 100_000):
            lines = perfect(task, "test", small)
            node: Any = lines[0]
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = deep(levels)
            healthy(score(lines, task, "test", small, draws=0))


def _paths(node: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, of lists only the first item."""
    out = []
    for key, inner in node.items() if isinstance(node, dict) else [(0, node[0])] if node else []:
        out.append((*above, key))
        if isinstance(inner, (dict, list)):
            out += _paths(inner, (*above, key))
    return out


@given(content=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_as_lines(content: bytes, tmp_path: Path, small: Path) -> None:
    file = tmp_path / "any.jsonl"
    good = [json.dumps(line).encode() for line in perfect("figures", "test", small)]
    file.write_bytes(b"\n".join([good[0], content, good[1]]))
    report = score(file, "figures", "test", small, draws=0)
    assert report.value == 1
    assert {p.code for p in report.problems} <= {"B812"}


# --- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def written(file: Path, small: Path) -> Path:
    file.write_text("\n".join(json.dumps(line) for line in perfect("figures", "test", small)), "utf-8")
    return file


def run(*arguments: object) -> int:
    return main(["score", *map(str, arguments)])


def test_the_command_prints_a_table_and_says_what_is_odd(
    written: Path, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(written, "--task", "figures", "--source", small) == 0
    out, err = capsys.readouterr()
    assert out.startswith("figures on test: 2 units of 1 stories")
    assert "errors: none" in out
    assert err == ""
    written.write_text(written.read_text("utf-8").replace('"soldiers"', '"men"', 1) + "\nx\n", "utf-8")
    assert run(written, "--task", "T2", "--source", small, "--errors", 3) == 0
    out, err = capsys.readouterr()
    assert "of: 1\n" in out
    assert f"  {EN} 'around 40 soldiers': soldiers → men" in out
    assert f"{written}:1:0: B816" in err
    assert "[/figures/0/of]" in err
    assert f"{written}:3:0: B812" in err
    assert run(written, "--task", "T2", "--source", small, "--strict") == 1


def test_strict_passes_what_is_without_fault(written: Path, small: Path) -> None:
    assert run(written, "--task", "figures", "--source", small, "--strict") == 0


def test_the_json_is_json_whatever_was_predicted(written: Path, small: Path) -> None:
    lines = [json.loads(line) for line in written.read_text("utf-8").splitlines()]
    lines[0]["figures"][0].update(measure="\ud800", low=math.nan, high=math.inf)
    written.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    command = [
        sys.executable,
        "-m",
        "bilan",
        "score",
        str(written),
        "--task",
        "figures",
        "--source",
        str(small),
    ]
    done = subprocess.run(
        [*command, "--format", "json"], capture_output=True, check=False, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout, parse_constant=pytest.fail)
    assert [p["code"] for p in told["problems"]] == ["B816", "B817"]
    assert {e["kind"] for e in told["errors"]} == {"value", "measure"}
    shown = subprocess.run(
        [*command, "--errors", "5"], capture_output=True, check=False, env=dict(os.environ)
    )
    assert shown.returncode == 0, shown.stderr
    assert b"Traceback" not in shown.stderr


def test_groups_a_second_system_and_markdown(
    written: Path, small: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(f'{{"article": "{EN}", "figures": []}}', "utf-8")
    options = ["--by", "lang,source_kind", "--against", other, "--format", "markdown"]
    assert run(written, "--task", "figures", "--source", small, *options) == 0
    out, err = capsys.readouterr()
    for part in ("lang=en", "lang=fr", "source_kind=own_voice", "first against second", "| measure |"):
        assert part in out
    assert f"{FR} has no prediction" in err


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--task", "T9"], "B806 there is no task 'T9'"),
        (["--task", "figures", "--by", "langue"], "B806 cannot group by 'langue'"),
        (["--task", "figures", "--split", "dev"], "B806"),
        (["--task", "figures", "--against", "none.jsonl"], "none.jsonl: B811"),
        (["--task", "figures", "--source", "no-such-folder"], "no-such-folder"),
    ],
)
def test_wrong_names_are_said_and_end_with_1(
    written: Path, small: Path, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(written, *(["--source", small] if "--source" not in arguments else []), *arguments) == 1
    assert code in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["x.jsonl"], ["x.jsonl", "--task", "T2", "--format", "xml"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert "usage: bilan score" in capsys.readouterr().err


def test_many_problems_of_a_kind_are_counted_and_not_all_written(
    file: Path, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("x\n" * 50, "utf-8")
    assert run(file, "--task", "figures", "--source", small) == 0
    err = capsys.readouterr().err
    assert err.count("B812") == 20
    assert "and 30 more of the same kinds; --format json lists all" in err


def test_every_code_of_predictions_is_in_the_catalogue() -> None:
    from bilan.checks.catalogue import CATALOGUE

    assert {f"B{n}" for n in range(811, 822)} <= set(CATALOGUE)
    assert all(task.page.startswith("docs/tasks/") for task in tasks.TASKS.values())
