"""Shards are found under stable names and read as a stream, in whatever form they are stored."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import shard_files
from bilan.incidents import BilanError, Incident
from bilan.shards import finding, grouping, reading
from bilan.shards.reading import Shard

FORMS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
PACKED = FORMS[1:]


@pytest.fixture(scope="module")
def raw() -> bytes:
    return shard_files.lines(document for story in shard_files.stories()[:12] for document in story)


def one(path: Path) -> Shard:
    (shard,) = reading.find(str(path))
    return shard


def read(path: Path) -> tuple[list[reading.Document], list[Incident]]:
    """The documents of a shard, and what was raised after them."""
    found: list[reading.Document] = []
    try:
        found.extend(reading.documents(one(path)))  # list.extend keeps what came before the fault
    except BilanError as error:
        return found, error.incidents
    return found, []


# --- which shards there are ------------------------------------------------------------------------------


def test_a_folder_is_searched_at_any_depth_and_shards_are_named_by_their_paths(tmp_path: Path) -> None:
    for name in (
        "b.jsonl",
        "2025/05/a.jsonl.gz",
        "2025/z.jsonl.zst",
        "c.v2.parquet",
        "2025/notes.txt",
        "a.json",
    ):
        shard_files.write(tmp_path / name, b'{"id": 1}\n')
    shards = reading.find(str(tmp_path))
    assert [shard.name for shard in shards] == ["2025--05--a", "2025--z", "b", "c.v2"]
    assert [Path(shard.url).is_file() for shard in shards] == [True] * 4
    assert [shard.size for shard in shards] == [os.path.getsize(shard.url) for shard in shards]


def test_hidden_and_half_written_files_and_the_registry_are_passed_over(tmp_path: Path) -> None:
    for name in (
        "a.jsonl",
        ".b.jsonl",
        "_temporary/0/c.jsonl",
        ".git/d.jsonl",
        "registry/e.jsonl",
        "_f.jsonl",
    ):
        shard_files.write(tmp_path / name, b"{}\n")
    assert [shard.name for shard in reading.find(str(tmp_path))] == ["a"]
    assert [shard.name for shard in reading.find(str(tmp_path / "**" / "*.jsonl"))] == ["a"]


def test_a_file_a_glob_and_a_url_name_the_same_shard_alike(tmp_path: Path) -> None:
    path = shard_files.write(tmp_path / "2025" / "a.jsonl", b"{}\n")
    places = (str(path), f"{path.parent}/*.jsonl", f"file://{path.parent}", f"file://{path.parent}/a.*")
    assert [[shard.name for shard in reading.find(place)] for place in places] == [["a"]] * 4
    assert [shard.name for shard in reading.find(f"{tmp_path}/*/*.jsonl")] == ["2025--a"]


def test_names_are_fit_for_file_names_whatever_the_files_are_called(tmp_path: Path) -> None:
    for name in ("données brutes [1].jsonl", "x" * 200 + ".jsonl", "x" * 199 + "y.jsonl"):
        shard_files.write(tmp_path / name, b"{}\n")
    names = [shard.name for shard in reading.find(str(tmp_path))]
    assert names[0] == "donn_es_brutes__1_"
    assert len(set(names)) == 3
    assert all(len(name) <= finding.LONGEST_NAME for name in names)


@pytest.mark.parametrize(
    "file, name", [(".jsonl", "_"), ("..jsonl", "_"), ("...jsonl", "_"), (".a.jsonl", "_a")]
)
def test_no_name_is_that_of_a_folder_above_or_hidden(file: str, name: str, tmp_path: Path) -> None:
    assert one(shard_files.write(tmp_path / file, b"{}\n")).name == name


@pytest.mark.parametrize(
    "files",
    [
        ("a.jsonl", "a.jsonl.gz"),
        ("a/b.jsonl", "a--b.jsonl"),
        ("a b.jsonl", "a_b.jsonl"),
        ("A.jsonl", "a.jsonl"),
    ],
)
def test_two_shards_of_one_name_are_refused_and_both_are_named(
    files: tuple[str, str], tmp_path: Path
) -> None:
    for name in files:
        shard_files.write(tmp_path / name, b"{}\n")
    with pytest.raises(BilanError) as caught:
        reading.find(str(tmp_path))
    (incident,) = caught.value.incidents
    assert incident.code == "B890"
    assert {Path(incident.file), Path(incident.message.split(": ")[1].removesuffix(" is the other"))} == {
        tmp_path / name for name in files
    }


@pytest.mark.parametrize(
    "place", ["nothing", "empty", "empty/*.jsonl", "memory://nothing", "nosuch://bucket/a.jsonl", "a.txt"]
)
def test_a_place_without_shards_is_refused(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("a.txt").write_text("{}")
    with pytest.raises(BilanError) as caught:
        reading.find(place)
    assert [(incident.code, incident.file) for incident in caught.value.incidents] == [("B890", place)]
    assert all(incident.mend for incident in caught.value.incidents)


def test_what_is_a_sharded_corpus_is_told_by_its_files(tmp_path: Path) -> None:
    shard_files.write(tmp_path / "shards" / "a.jsonl.gz", b"{}\n")
    yes = (
        "s3://bucket/x",
        str(tmp_path),
        f"{tmp_path}/shards/a.jsonl.gz",
        f"{tmp_path}/*/*.jsonl.gz",
        "x.parquet",
    )
    no = (
        str(shard_files.CORPUS),
        str(shard_files.CORPUS / "ml"),
        "corpus/ml/x/fr-1.json",
        f"{tmp_path}/*.json",
    )
    assert [reading.is_sharded(place) for place in yes] == [True] * len(yes)
    assert [reading.is_sharded(place) for place in no] == [False] * len(no)
    assert finding.root_of(f"{tmp_path}/shards/*.gz") == f"{tmp_path}/shards"
    assert finding.root_of(f"{tmp_path}/shards/a.jsonl.gz") == f"{tmp_path}/shards"


# --- documents -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_documents_in_order(form: str, raw: bytes, tmp_path: Path) -> None:
    found, incidents = read(shard_files.write(tmp_path / f"a{form}", raw))
    assert incidents == []
    assert [document.raw for document in found] == raw.splitlines()
    assert [document.line for document in found] == list(range(1, len(found) + 1))


def test_a_shard_is_read_from_any_file_system_that_fsspec_opens(raw: bytes, tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    for form in FORMS:
        path = shard_files.write(tmp_path / f"a{form}", raw)
        memory.pipe(f"/test_shards_reading/{form[1:]}/a{form}", path.read_bytes())
        (shard,) = reading.find(f"memory://test_shards_reading/{form[1:]}")
        assert shard.url.startswith("memory://")
        assert [document.raw for document in reading.documents(shard)] == raw.splitlines()
        assert reading.digest(shard) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("form", FORMS[:3])
def test_blank_lines_are_passed_over_and_counted(form: str, tmp_path: Path) -> None:
    path = shard_files.write(tmp_path / f"a{form}", b'\n{"id":1}\r\n \t\n\r\n{"id":2}')
    assert read(path) == ([reading.Document(2, b'{"id":1}'), reading.Document(5, b'{"id":2}')], [])


def test_parquet_may_hold_strings_bytes_or_a_dictionary_and_other_columns(tmp_path: Path) -> None:
    for kind in (
        pa.string(),
        pa.large_string(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int32(), pa.string()),
    ):
        column = pa.array(['{"id":1}', '{"id":2}']).cast(kind)
        pq.write_table(pa.table({"n": [1, 2], "document": column}), tmp_path / "a.parquet")
        assert [document.raw for document in read(tmp_path / "a.parquet")[0]] == [b'{"id":1}', b'{"id":2}'], (
            kind
        )


def test_an_empty_cell_is_no_blank_line(tmp_path: Path) -> None:
    pq.write_table(pa.table({"document": ["{}", None, "", "{}"]}), tmp_path / "a.parquet")
    assert [(d.line, d.raw) for d in read(tmp_path / "a.parquet")[0]] == [
        (1, b"{}"),
        (2, b"null"),
        (4, b"{}"),
    ]


def test_archives_of_several_members_are_read_to_the_end(raw: bytes, tmp_path: Path) -> None:
    for form in (".jsonl.gz", ".jsonl.zst"):
        path = shard_files.write(tmp_path / f"a{form}", raw)
        path.write_bytes(path.read_bytes() * 2)
        assert [document.raw for document in read(path)[0]] == raw.splitlines() * 2


# --- what cannot be read ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", PACKED)
def test_a_shard_that_was_cut_off_gives_what_came_before_and_the_line(
    form: str, raw: bytes, tmp_path: Path
) -> None:
    path = shard_files.write(tmp_path / f"a{form}", raw * 20)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    found, (incident,) = read(path)
    assert (incident.code, incident.file, incident.line) == ("B891", str(path), len(found) + 1)
    assert [document.raw for document in found] == (raw * 20).splitlines()[: len(found)]
    assert form == ".parquet" or len(found) > 10  # the footer of Parquet is gone, and with it every row


@pytest.mark.parametrize("form", [".jsonl.gz", ".parquet"])
def test_a_shard_with_a_flipped_byte_is_reported_and_nothing_wrong_is_read(
    form: str, raw: bytes, tmp_path: Path
) -> None:
    path = shard_files.write(tmp_path / f"a{form}", raw * 20)
    if form == ".parquet":
        column = pa.array((raw * 20).decode().splitlines())
        pq.write_table(pa.table({"document": column}), path, write_page_checksum=True)
    broken = bytearray(path.read_bytes())
    broken[len(broken) // 2] ^= 0xFF
    path.write_bytes(broken)
    found, incidents = read(path)
    assert [incident.code for incident in incidents] == ["B891"]
    assert incidents[0].line == len(found) + 1


@pytest.mark.parametrize("form", PACKED)
def test_an_archive_of_no_bytes_was_never_written(form: str, tmp_path: Path) -> None:
    (tmp_path / f"a{form}").write_bytes(b"")
    found, (incident,) = read(tmp_path / f"a{form}")
    assert (found, incident.code) == ([], "B891")


def test_a_plain_shard_without_lines_has_no_documents(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"")
    assert read(tmp_path / "a.jsonl") == ([], [])


@pytest.mark.parametrize("form", PACKED)
def test_a_file_that_is_not_what_its_suffix_says_is_reported(form: str, raw: bytes, tmp_path: Path) -> None:
    (tmp_path / f"a{form}").write_bytes(raw)
    found, (incident,) = read(tmp_path / f"a{form}")
    assert (found, incident.code, incident.line) == ([], "B891", 1)


@pytest.mark.parametrize(
    "table, words",
    [
        ({"text": ["a"], "id": ["b"]}, "no column 'document'; there are: text, id"),
        ({"document": [1]}, "int64"),
    ],
)
def test_a_parquet_file_of_something_else_is_reported(
    table: dict[str, list[object]], words: str, tmp_path: Path
) -> None:
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    _, (incident,) = read(tmp_path / "a.parquet")
    assert incident.code == "B891"
    assert words in incident.message


def test_a_shard_that_went_away_and_a_pipe_are_reported_and_nobody_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    os.symlink(tmp_path / "gone", tmp_path / "link.jsonl")
    for shard in reading.find(str(tmp_path)):
        for reader in (lambda shard: list(reading.documents(shard)), reading.digest):
            with pytest.raises(BilanError) as caught:
                reader(shard)
            assert [(i.code, i.file) for i in caught.value.incidents] == [("B891", shard.url)]


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    bomb = tmp_path / "a.jsonl.gz"
    with gzip.open(bomb, "wb", 1) as file:
        file.write(b'{"id":1}\n')
        for _ in range(1024):
            file.write(bytes(1 << 20))
    script = (
        "import sys\n"
        "from bilan.incidents import BilanError\n"
        "from bilan.shards import reading\n"
        "(shard,) = reading.find(sys.argv[1])\n"
        "try:\n"
        "    for document in reading.documents(shard): print(document.line)\n"
        "except BilanError as error:\n"
        "    print(error.incidents[0].code, error.incidents[0].line)\n" + shard_files.PEAK
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bomb)], capture_output=True, text=True, check=True
    )
    first, refused, peak = done.stdout.splitlines()
    assert (first, refused) == ("1", "B891 2")
    assert int(peak) < 150  # MB, of a line of 1,024


def test_a_row_group_larger_than_the_memory_is_read_page_by_page(tmp_path: Path) -> None:
    rows = 9600
    with pq.ParquetWriter(
        tmp_path / "a.parquet", pa.schema([("document", pa.binary())]), use_dictionary=False
    ) as out:
        column = pa.array([f"{number:04}".encode() * (1 << 13) for number in range(rows)], pa.binary())
        out.write_table(pa.table({"document": column}), row_group_size=rows)
    script = (
        "import sys\n"
        "from bilan.shards import reading\n"
        "(shard,) = reading.find(sys.argv[1])\n"
        "print(sum(len(document.raw) for document in reading.documents(shard)) >> 20)\n" + shard_files.PEAK
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    read, peak = map(int, done.stdout.split())
    assert read == 300  # MB
    assert peak < 250


# --- stories ---------------------------------------------------------------------------------------------


def shard_of(tmp_path: Path, *documents: object) -> Shard:
    return one(shard_files.write(tmp_path / "a.jsonl", b"".join(map(line, documents))))


def line(document: object) -> bytes:
    return document if isinstance(document, bytes) else orjson.dumps(document) + b"\n"


def story(ident: str) -> dict[str, object]:
    return {"id": ident, "references": []}


def article(ident: str) -> dict[str, object]:
    return {"id": f"{ident}.fr.1", "story": ident, "text": {}}


def shape(groups: Iterator[grouping.Group]) -> list[tuple[int | None, list[int], list[tuple[str, int]]]]:
    return [
        (
            group.story.line if group.story else None,
            [document.line for document in group.articles],
            [(incident.code, incident.line) for incident in group.incidents],
        )
        for group in groups
    ]


def test_a_story_comes_with_its_articles(tmp_path: Path) -> None:
    shard = shard_of(tmp_path, story("a"), article("a"), article("a"), story("b"), story("c"), article("c"))
    assert shape(grouping.groups(shard)) == [(1, [2, 3], []), (4, [], []), (5, [6], [])]


def test_an_article_before_any_story_or_below_another_is_reported_once_for_all_that_follow(
    tmp_path: Path,
) -> None:
    shard = shard_of(
        tmp_path, article("a"), article("a"), story("b"), article("c"), article("c"), article("b")
    )
    assert shape(grouping.groups(shard)) == [(None, [], [("B892", 1)]), (3, [6], [("B892", 4)])]


def test_a_line_that_is_no_json_stays_with_the_story_above_it(tmp_path: Path) -> None:
    shard = shard_of(tmp_path, story("a"), b"{oops\n", b"[1]\n", article("a"))
    assert shape(grouping.groups(shard)) == [(1, [2, 3, 4], [])]


def test_articles_below_a_story_that_cannot_be_read_are_its_articles(tmp_path: Path) -> None:
    shard = shard_of(tmp_path, b"{oops\n", article("a"), article("a"), article("b"))
    assert shape(grouping.groups(shard)) == [(1, [2, 3], [("B892", 4)])]


def test_a_story_larger_than_the_memory_is_refused_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "GROUP_BYTES", 150)
    shard = shard_of(tmp_path, story("a"), *[article("a")] * 9, story("b"), article("b"))
    assert shape(grouping.groups(shard)) == [(1, [2, 3, 4], [("B891", 5)]), (11, [12], [])]


def test_what_came_before_a_fault_is_given_out_before_it_is_raised(raw: bytes, tmp_path: Path) -> None:
    path = shard_files.write(tmp_path / "a.jsonl.gz", raw)
    path.write_bytes(path.read_bytes()[:-9])  # the check sum
    found = grouping.groups(one(path))
    lines = 0

    def count() -> None:
        nonlocal lines
        for group in found:
            assert group.story is not None
            lines += 1 + len(group.articles)

    with pytest.raises(BilanError, match="B891"):
        count()
    assert lines == len(raw.splitlines())


def test_reading_imports_no_heavy_library() -> None:
    heavy = ("pyarrow", "fsspec", "datasets")
    script = f"import sys, bilan.shards.reading as r; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
