"""Figures in a spreadsheet: what goes out, what spreadsheets make of it, and what comes back."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan import jsonio
from bilan.__main__ import main
from bilan.exchange import cells, fidelity, formats, table, taking
from bilan.exchange.formats import Read
from bilan.exchange.parts import PARTS
from bilan.exchange.tablerows import COLUMNS, EDITABLE, LOCK
from bilan.incidents import BilanError
from bilan.model import Json
from conftest import REPOSITORY
from exchange_samples import odd_article, open_articles

CSV = formats.FORMATS["csv"]
Rows = list[dict[str, str]]


def sheet(articles: list[Json]) -> str:
    (name, data), _ = table.write(articles)
    assert name == "figures.csv"
    return data.decode("utf-8-sig")


def edited(tmp_path: Path, articles: list[Json], edit: Callable[[Rows], Rows | None]) -> list[Read]:
    """What is read after the rows were edited and saved as they were given out."""
    rows = list(csv.DictReader(io.StringIO(sheet(articles), newline="")))
    rows = edit(rows) or rows
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return saved(tmp_path, out.getvalue().encode())


def saved(tmp_path: Path, data: bytes) -> list[Read]:
    path = tmp_path / "figures.csv"
    path.write_bytes(data)
    return taking.read(CSV, [path])


def incidents(reads: list[Read]) -> list[tuple[str, int]]:
    return [(one.code, one.line) for read in reads for one in read.incidents]


@pytest.fixture
def two() -> list[Json]:
    """Two articles of one story: four figures each at least."""
    return [one for one in open_articles() if one["story"] == "bf-2021-06-05-solhan"][:2]


# --- out and back ----------------------------------------------------------------------------------------


def test_every_open_article_comes_back_byte_for_byte(tmp_path: Path) -> None:
    articles = open_articles()
    reads = saved(tmp_path, sheet(list(articles)).encode())
    bases = {one["id"]: one for one in articles}
    assert [one.id for one in reads] == list(bases)
    for one in reads:
        taken = taking.take(one, bases, None, None)
        assert (taken.incidents, taken.notes, taken.changed) == ([], [], False)
        assert jsonio.dumps(taken.article) == jsonio.dumps(bases[one.id])


def test_labels_and_values_are_carried_and_nothing_else() -> None:
    measured = fidelity.measure(CSV, list(open_articles()))
    whole = {name for name, one in measured.items() if one.same == one.articles}
    assert whole == {name for name, one in table.CARRIED.items() if one.how == "shown"}
    assert whole == {"figures.labels", "figures.value"}
    assert all(measured[name].items_same == 0 for name in PARTS if name not in whole)


def test_what_is_to_read_is_in_the_rows() -> None:
    article = next(one for one in open_articles() if one["id"] == "ml-2025-05-23-dioura.en.1")
    rows = list(csv.DictReader(io.StringIO(sheet([article]), newline="")))
    assert [row["figure"] for row in rows] == ["f1", "f2", "f3", "f4"]
    assert rows[1]["words"] == "41 soldiers"
    assert rows[1]["sentence"].startswith(
        "BAMAKO, 27 May — Fighters linked to al-Qaida killed 41 soldiers when"
    )
    assert rows[1]["event_type"] == "non_state_actor_overtakes_territory"
    assert rows[1]["event_places"] == "Dioura military camp"
    assert rows[1]["side"] == "Malian Armed Forces"
    assert rows[1]["who_says"] == "Malian security source [security_forces] states"
    assert rows[2]["source_kinds"] == "armed_group"
    assert rows[0]["hedged"] == "yes"
    assert (rows[3]["stated*"], rows[3]["low*"], rows[3]["high*"]) == ("", "2", "")


def test_a_claim_reported_by_others_shows_its_chain_and_no_claim_is_the_articles_own() -> None:
    rows = list(csv.DictReader(io.StringIO(sheet(list(open_articles())), newline="")))
    assert any("]; " not in row["who_says"] and "; reported by " in row["who_says"] for row in rows)
    own = [row for row in rows if row["who_says"] == "the article itself"]
    assert own
    assert {row["source_kinds"] for row in own} == {""}


def test_pages_are_named_with_publisher_and_address(
    two: list[Json], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(REPOSITORY)
    story = json.loads((REPOSITORY / "corpus/bf/2021-06-05-solhan/story.json").read_bytes())
    known = {one["id"]: one for one in story["references"]}
    rows = list(csv.DictReader(io.StringIO(sheet(two), newline="")))
    figures = {(one["id"], f["id"]): f for one in two for f in one["figures"]}
    for row in rows:
        for ident in figures[row["article"], row["figure"]]["references"]:
            assert known[ident]["publisher"] in row["pages"]
            assert (known[ident]["url"] or "") in row["pages"]


def test_the_legend_explains_every_column_and_lists_every_label(two: list[Json]) -> None:
    _, (name, data) = table.write(two)
    assert name == "figures-legend.txt"
    legend = data.decode("utf-8-sig")
    heads = sheet(two).split("\r\n")[0].split(",")
    assert all(f"\r\n{head} " in legend for head in heads)
    assert "approximate " in legend


def test_the_same_articles_give_the_same_bytes(two: list[Json]) -> None:
    assert list(table.write(two)) == list(table.write(two))


def test_excel_is_told_that_it_is_utf8(two: list[Json]) -> None:
    (_, data), (_, legend) = table.write(two)
    assert data.startswith(b"\xef\xbb\xbf")
    assert legend.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data


# --- edits -----------------------------------------------------------------------------------------------


def test_an_edited_value_and_label_come_in_and_nothing_else_changes(tmp_path: Path, two: list[Json]) -> None:
    def edit(rows: Rows) -> None:
        rows[0].update({"low*": "1 200", "high*": "", "modifier*": "At least", "of*": "Civilians"})

    reads = edited(tmp_path, two, edit)
    bases = {one["id"]: one for one in two}
    first, second = (taking.take(one, bases, None, "a-diallo") for one in reads)
    assert first.article is not None
    (new,) = [f for f in first.article["figures"] if f not in two[0]["figures"]]
    assert (new["low"], new["high"], new["modifier"], new["of"]) == (1200, None, "at_least", "civilians")
    assert first.article["provenance"]["figures"]["annotator"] == "a-diallo"
    assert {**first.article, "figures": 0, "provenance": 0} == {**two[0], "figures": 0, "provenance": 0}
    assert not second.changed


def test_emptied_values_are_read_from_the_words(tmp_path: Path, two: list[Json]) -> None:
    def edit(rows: Rows) -> None:
        for row in rows:
            row.update({"stated*": "", "low*": "", "high*": "", "modifier*": ""})

    reads = edited(tmp_path, two, edit)
    for one, article in zip(reads, two, strict=True):
        for figure in article["figures"]:
            assert one.edits is not None
            read = one.edits[figure["id"]]
            assert [read[k] for k in ("stated", "low", "high")] == [
                figure[k] for k in ("stated", "low", "high")
            ]


def test_rows_sorted_taken_out_and_columns_moved_and_added_do_no_harm(
    tmp_path: Path, two: list[Json]
) -> None:
    def edit(rows: Rows) -> Rows:
        kept = sorted(rows[1:], key=lambda row: row["sentence"])
        return [{"my notes": "=?", **dict(reversed(row.items()))} for row in kept]

    reads = edited(tmp_path, two, edit)
    bases = {one["id"]: one for one in two}
    taken = [taking.take(one, bases, None, None) for one in reads]
    assert [(one.incidents, one.notes, one.changed) for one in taken] == [([], [], False)] * 2


def test_columns_taken_out_leave_their_values_as_they_are(tmp_path: Path, two: list[Json]) -> None:
    def edit(rows: Rows) -> None:
        for row in rows:
            del row["unit*"], row["high*"], row["pages"]

    reads = edited(tmp_path, two, edit)
    assert reads[0].notes == ["columns high, unit are not there: these values stay as they are"]
    assert reads[1].notes == []  # said once
    assert not taking.take(reads[0], {two[0]["id"]: two[0]}, None, None).changed


def test_a_change_in_a_column_to_read_is_told_of_and_the_rest_comes_in(
    tmp_path: Path, two: list[Json]
) -> None:
    def edit(rows: Rows) -> None:
        rows[0]["who_says"] = "the mayor"
        rows[0]["of*"] = "other"

    taken = taking.take(edited(tmp_path, two, edit)[0], {two[0]["id"]: two[0]}, None, None)
    assert taken.notes == ["what changed in column who_says (rows 2) does not come in: it has no *"]
    assert taken.changed


# --- what spreadsheets do --------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_every_delimiter_encoding_and_line_end_is_read(
    tmp_path: Path, two: list[Json], delimiter: str, encoding: str, line_end: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows(csv.reader(io.StringIO(sheet(two), newline="")))
    bases = {one["id"]: one for one in two}
    for hint in ("", f"sep={delimiter}{line_end}"):
        reads = saved(tmp_path, (hint + out.getvalue()).encode(encoding))
        taken = [taking.take(one, bases, None, None) for one in reads]
        assert [(one.incidents, one.notes, one.changed) for one in taken] == [([], [], False)] * 2


def test_a_file_saved_in_windows_1252_is_read_and_said_to_be(tmp_path: Path, two: list[Json]) -> None:
    reads = saved(tmp_path, sheet(two).encode("cp1252", "replace"))
    assert incidents(reads) == []
    assert reads[0].notes[0] == "the file is no UTF-8; it was read as Windows-1252"


def test_what_libreoffice_set_to_french_saved_comes_back_unchanged() -> None:
    """Two articles with numbers as words and values such as 62.08, opened and saved as a workbook by LibreOffice 7.4
    (language French, "detect special numbers" on), then saved as CSV with semicolons in Windows-1252."""
    reads = taking.read(CSV, [REPOSITORY / "tests" / "data" / "exchange" / "libreoffice-fr.csv"])
    bases = {one["id"]: one for one in open_articles()}
    assert [one.id for one in reads] == ["bf-2022-06-11-seytenga.en.2", "bf-2022-06-11-seytenga.fr.1"]
    taken = [taking.take(one, bases, None, None) for one in reads]
    assert [(one.incidents, one.changed) for one in taken] == [([], False)] * 2
    assert [one.notes for one in taken] == [
        ["the file is no UTF-8; it was read as Windows-1252"],
        [],
    ]


def test_dates_and_quotes_that_a_spreadsheet_writes_anew_are_no_edits(
    tmp_path: Path, two: list[Json]
) -> None:
    def edit(rows: Rows) -> None:
        for row in rows:
            row["published"] = "/".join(reversed(row["published"].split("-")))
            row["sentence"] = row["sentence"].replace("'", "’").replace("\u00a0", " ")

    assert all(one.notes == [] and one.incidents == [] for one in edited(tmp_path, two, edit))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1500", 1500),
        ("1 500", 1500),
        ("1\u202f500", 1500),
        ("1'500", 1500),
        ("2,5", 2.5),
        ("2.5", 2.5),
        ("0,125", 0.125),
        ("64,53", 64.53),
        ("41,0", 41),
        ("", None),
    ],
)
def test_numbers_are_read_in_the_forms_of_several_countries(cell: str, value: float | None) -> None:
    found = cells.read_number(cell, ours=False)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "cell", ["1,500", "1.2E+09", "quarante", "-5", "1,2,3", "٤٠", "9" * 400, "01-mai", "1.5.2"]
)
def test_numbers_that_may_be_two_or_were_shortened_are_refused(cell: str) -> None:
    with pytest.raises(cells.CellFault):
        cells.read_number(cell, ours=False)


def test_what_we_wrote_ourselves_is_never_in_doubt(tmp_path: Path) -> None:
    article = odd_article("Forty kg", [(0, 8), (0, 8)])  # low is 2.125
    (read,) = saved(tmp_path, sheet([article]).encode())
    assert read.edits is not None
    assert read.edits["f1"]["low"] == 2.125


# --- formulas --------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+33 6", "-5 %", "@here", "\t=1", "\r=1", "'=1", "''-", "＝1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("cell", [*FORMULAS, "'quoted'", "plain", "", "'", "1-2"])
def test_a_cell_is_never_a_formula_and_comes_back_as_it_was(cell: str) -> None:
    written = cells.guarded(cell)
    assert cells.bare(written) == cell
    assert written[:1] not in tuple("=+-@\t\r＝")
    assert (written != cell) == (cell in FORMULAS)


@pytest.mark.parametrize("words", ["3,490", "12%", "1 500", "1\u00a0074", "2/3", "62,08 %", "'12", "41"])
def test_words_that_are_a_number_stay_words_and_values_stay_numbers(words: str) -> None:
    assert cells.guarded(words, words=True) == f"'{words}"
    assert cells.bare(f"'{words}") == words
    assert cells.guarded(words) == words


@given(st.text(alphabet="'=-1, %é", max_size=6))
def test_the_guard_of_words_can_be_taken_off_as_well(cell: str) -> None:
    assert cells.bare(cells.guarded(cell, words=True)) == cell


def test_no_cell_of_the_file_begins_like_a_formula(tmp_path: Path) -> None:
    article = odd_article("=2+5 died. -40 @ +3", [(15, 16), (15, 16), (0, 4), (11, 14)])
    rows = list(csv.reader(io.StringIO(sheet([article, *open_articles()]), newline="")))
    assert "'=2+5 died." in rows[1]
    assert not any(cell[:1] in tuple("=+-@") for row in rows for cell in row if cell)
    reads = saved(tmp_path, sheet([article]).encode())
    assert incidents(reads) == []


# --- what is wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("of*", "penguins", "there is no label 'penguins'"),
        ("measure*", "", "there is no label ''"),
        ("low*", "forty", "'forty' is no number"),
        ("low*", "", "low is empty"),
        ("modifier*", "", "modifier is empty"),
        ("low*", "99999999", "is more than high"),
        ("unit*", "francs", "there is no unit 'francs'"),
        ("stated*", "1,500", "may be 1500 or 1.500"),
        ("figure", "f1; f2", "is no id of a figure"),
        ("figure", "", "is no id of a figure"),
        ("words", "41 dead", "words of f1 of bf-2021-06-05-solhan.en.1: not what was exported"),
        (LOCK, "", "is damaged or empty"),
        (LOCK, "v1:abc:00", "is damaged or empty"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_its_number_and_blocks_no_other_article(
    tmp_path: Path, two: list[Json], column: str, cell: str, message: str
) -> None:
    two[0] = {**two[0], "figures": [one for one in two[0]["figures"] if one["high"] is not None]}
    two[0]["figures"][0] = {**two[0]["figures"][0], "id": "f1"}

    def edit(rows: Rows) -> None:
        rows[0][column] = cell

    two[0]["figures"] = two[0]["figures"][:1]
    reads = edited(tmp_path, two, edit)
    assert incidents(reads) == [("B864", 2)]
    assert message in reads[0].incidents[0].message
    assert reads[0].incidents[0].mend
    taken = [taking.take(one, {one["id"]: one for one in two}, None, None) for one in reads]
    assert [one.article is None for one in taken] == [True, False]


def test_all_that_is_wrong_with_an_article_is_said_at_once(tmp_path: Path, two: list[Json]) -> None:
    def edit(rows: Rows) -> None:
        rows[0]["of*"] = rows[0]["scope*"] = "x"
        rows[1]["low*"] = "x"

    assert incidents(edited(tmp_path, two, edit)) == [("B864", 2), ("B864", 2), ("B864", 3)]


def test_a_row_twice_is_an_incident_that_names_both(tmp_path: Path, two: list[Json]) -> None:
    reads = edited(tmp_path, two, lambda rows: [*rows, dict(rows[0])])
    (found,) = [one for read in reads for one in read.incidents]
    assert (found.code, found.line) == ("B864", sum(len(one["figures"]) for one in two) + 2)
    assert "stands in row 2 already" in found.message


def test_merged_cells_leave_rows_without_an_article_and_block_no_other(
    tmp_path: Path, two: list[Json]
) -> None:
    def edit(rows: Rows) -> None:
        for row in rows[1:3]:
            row["article"] = ""

    reads = edited(tmp_path, two, edit)
    assert incidents(reads) == [("B864", 3), ("B864", 4)]
    assert [one.id for one in reads if not one.incidents] == [one["id"] for one in two]


def test_one_column_sorted_by_itself_is_found_out(tmp_path: Path, two: list[Json]) -> None:
    def edit(rows: Rows) -> None:
        for row, words in zip(rows, sorted(row["words"] for row in rows), strict=True):
            row["words"] = words

    assert {code for code, _ in incidents(edited(tmp_path, two, edit))} == {"B864"}


def test_a_row_on_another_article_is_found_out(tmp_path: Path, two: list[Json]) -> None:
    def edit(rows: Rows) -> None:
        rows[0]["article"] = two[1]["id"]

    assert ("B864", 2) in incidents(edited(tmp_path, two, edit))


def test_rows_of_an_earlier_text_are_refused(tmp_path: Path, two: list[Json]) -> None:
    reads = edited(tmp_path, two, lambda rows: None)
    newer = {**two[0], "text": {**two[0]["text"], "sha256": "0" * 64}}
    assert [i.code for i in taking.take(reads[0], {two[0]["id"]: newer}, None, None).incidents] == ["B863"]


def test_a_figure_that_the_article_has_not_is_refused(tmp_path: Path, two: list[Json]) -> None:
    reads = edited(tmp_path, two, lambda rows: None)
    fewer = {**two[0], "figures": two[0]["figures"][1:], "relations": []}
    taken = taking.take(reads[0], {two[0]["id"]: fewer}, None, None)
    assert [i.code for i in taken.incidents] == ["B864"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: b"", "no column article"),
        (lambda data: b"\x00" * 50, "NUL"),
        (lambda data: b"PK\x03\x04" + data, "a workbook"),
        (lambda data: b"a,b,c\r\n1,2,3\r\n", "no column article"),
        (
            lambda data: b'"' + data.replace(b'"', b'""').replace(b"\r\n", b'"\r\n"'),
            "all columns stand in the",
        ),
        (lambda data: data.replace(b",lock", b",locks"), "no column lock"),
        (lambda data: data.replace(b"lang", b"words"), "column words is there twice"),
        (lambda data: b"\xef\xbb\xbf\xff\x81\x8d" + data, "neither UTF-8 nor"),
        (lambda data: b"\xff\xfe\x00\xd8" + b"a\x00" * 9, "NUL"),
        (lambda data: data + b"x" * (9 * 1024 * 1024), "bytes"),
    ],
)
def test_a_file_that_is_no_such_table_is_one_incident(
    tmp_path: Path, two: list[Json], damage: Callable[[bytes], bytes], message: str
) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(damage(sheet(two).encode()))
    with pytest.raises(BilanError) as error:
        list(table.read(path))
    assert [one.code for one in error.value.incidents] == ["B861"]
    assert message in error.value.incidents[0].message


def test_a_file_that_breaks_off_between_cells_blocks_its_last_article_only(
    tmp_path: Path, two: list[Json]
) -> None:
    text = sheet(two)
    last = text.rindex("\r\n", 0, len(text) - 2)
    reads = saved(tmp_path, text[: last + 30].encode())
    assert [(one.id, bool(one.incidents)) for one in reads] == [(two[0]["id"], False), (two[1]["id"], True)]


@pytest.mark.parametrize("end", ['x,"a cell without end', '"' + "x" * 200_000 + '"', '"a"b,c'])
def test_a_file_that_breaks_off_within_a_cell_is_told_of_and_the_rows_before_come_in(
    tmp_path: Path, two: list[Json], end: str
) -> None:
    reads = saved(tmp_path, (sheet(two) + end).encode())
    assert [(one.id, bool(one.incidents)) for one in reads] == [
        (two[0]["id"], False),
        (two[1]["id"], False),
        ("", True),
    ]
    (broken,) = reads[-1].incidents
    assert broken.code == "B861"
    assert "breaks off or is damaged behind row" in broken.message


@given(st.binary(max_size=200), st.integers(0, 4000), st.integers(0, 60))
def test_no_damage_is_a_traceback(data: bytes, at: int, cut: int) -> None:
    import tempfile

    whole = sheet(list(open_articles()[:1])).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "figures.csv")
        path.write_bytes(whole[:at] + data + whole[at + cut :])
        for one in taking.read(CSV, [path]):
            taking.take(one, {one["id"]: one for one in open_articles()[:1]}, None, None)


# --- the command -----------------------------------------------------------------------------------------


def test_export_edit_and_import_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(REPOSITORY / "corpus" / "registry", tmp_path / "corpus" / "registry")
    shutil.copytree(
        REPOSITORY / "corpus" / "ml" / "2025-05-23-dioura", tmp_path / "corpus/ml/2025-05-23-dioura"
    )
    corpus = ["--corpus", str(tmp_path / "corpus")]
    assert main(["export", "csv", "ml-2025-05-23-dioura.en.1", "--out", "figures", *corpus]) == 0
    said = capsys.readouterr().out
    assert "does not carry whole" in said
    assert "wrote 2 files of 1 article to" in said
    path = tmp_path / "figures" / "figures.csv"
    path.write_bytes(path.read_bytes().replace(b",40,35,45,approximate,", b",40,30,45,approximate,"))
    assert main(["import", "csv", str(path), "--annotator", "a-diallo", *corpus]) == 0
    assert "1 of 1 came in" in capsys.readouterr().out
    article = json.loads((tmp_path / "corpus/ml/2025-05-23-dioura/en-1.json").read_bytes())
    assert article["figures"][0]["low"] == 30
    path.write_bytes(path.read_bytes().replace(b",soldiers,killed,", b",soldiers,kiled,"))
    assert main(["import", "csv", str(path), *corpus]) == 1
    said = capsys.readouterr().out
    assert "B864" in said
    assert "figures.csv:2:1: B864" in said
    assert set(COLUMNS) > set(EDITABLE)
