"""A sharded corpus is checked as its files would be, shard by shard, in memory that does not grow with it."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import shard_files
from bilan import jsonio
from bilan.__main__ import main
from bilan.checks import runner
from bilan.incidents import BilanError, Incident
from bilan.shards import checking, overall, reading
from conftest import FIXTURES
from test_checks import INVALID, STORY

CORPUS = shard_files.CORPUS
VALID = FIXTURES / "valid" / "corpus"
LINES = [
    code
    for code in INVALID
    if code[1] in "12345"
    and code not in ("B104", "B113", "B115", "B117", "B319")  # of files and their layout: lines have none
    and (FIXTURES / "invalid" / code / STORY).is_dir()
]
Json = dict[str, Any]


def check(place: Path | str, **options: Any) -> runner.Result:
    return overall.check_place(str(place), CORPUS, **options)


def codes(result: runner.Result) -> list[str]:
    return [incident.code for incident in result.incidents]


@pytest.fixture
def tessara(tmp_path: Path) -> list[Json]:
    """The story of the small valid corpus and its articles; its registry lies in ``tmp_path``."""
    shutil.copytree(VALID / "registry", tmp_path / "registry")
    (documents,) = shard_files.stories(VALID)
    return documents


# --- the same checks -------------------------------------------------------------------------------------


def test_the_corpus_of_this_repository_passes_in_shards(tmp_path: Path) -> None:
    shard_files.write_shards(tmp_path, 2, ".jsonl.zst")
    shard_files.with_registry(tmp_path)
    result = check(tmp_path, workers=2)
    of_files = runner.check_corpus(CORPUS)
    assert result.incidents == []
    assert (result.files, result.articles) == (2, of_files.articles)
    assert {one.key for one in result.exempted} == {one.key for one in of_files.exempted}


@pytest.mark.parametrize("form", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet"])
def test_every_form_is_checked_under_any_name(form: str, tessara: list[Json], tmp_path: Path) -> None:
    shard_files.write(tmp_path / f"context{form}", shard_files.lines(tessara))
    shard_files.write(tmp_path / f".context{form}", b"")
    assert check(tmp_path) == runner.Result(1, len(tessara) - 1)


@pytest.mark.parametrize("code", LINES)
def test_a_line_has_the_incidents_of_a_file_with_the_same_fault(code: str, valid: Path) -> None:
    ignored = shutil.ignore_patterns("expected.txt")
    shutil.copytree(FIXTURES / "invalid" / code, valid, dirs_exist_ok=True, ignore=ignored)
    files = [valid / STORY / "story.json", *sorted((valid / STORY).glob("??-*.json"))]
    lines = [path.read_bytes().strip(b"\n").replace(b"\n", b" ") for path in files]
    shard = shard_files.write(Path("shards/a.jsonl"), b"\n".join(lines))
    shutil.copytree(valid / "registry", "shards/registry")
    expected = {
        (files.index(Path(i.file)) + 1, i.code, i.pointer, i.subject)
        for i in runner.check_corpus(valid).incidents
        if Path(i.file) in files and i.code[1] in "12345" and i.code not in ("B117", "B319")
    }
    found = [i for i in check("shards").incidents if i.code[1] in "12345"]
    told = {(i.line, i.code, i.pointer, i.subject) for i in found}
    by_path = {one for one in expected - told if one[1] == "B307"}  # a line has no file name to disagree with
    assert told == expected - by_path
    assert expected or code == "B114"
    assert {i.file for i in found} <= {str(shard)}
    assert all(i.mend and len(i.excerpt) <= 102 for i in found)


@pytest.mark.parametrize(
    "write",
    [
        orjson.dumps,
        lambda d: json.dumps(d).encode(),
        lambda d: json.dumps(d, ensure_ascii=False, sort_keys=True).encode(),
    ],
    ids=["compact", "escaped", "keys sorted"],
)
def test_layout_and_order_of_keys_are_free(write: Any, tessara: list[Json], tmp_path: Path) -> None:
    shard_files.write(tmp_path / "a.jsonl", b"\n".join(map(write, tessara)))
    assert check(tmp_path).incidents == []


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": NaN}',
        b'{"a": 123456789012345678901}',
        b'{"a":"\\u0000"}',
        b'{"a":"\\ud800"}',
    ],
)
def test_what_readers_could_take_differently_is_never_taken_for_unambiguous(raw: bytes) -> None:
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        document = json.loads(raw)
    assert not jsonio.is_unambiguous(raw, document)


def test_the_place_of_a_fault_is_its_shard_line_and_column(tessara: list[Json], tmp_path: Path) -> None:
    tessara[1]["figures"][0]["measure"] = "dead"
    raw = b"\n\n" + shard_files.lines(tessara)
    shard_files.write(tmp_path / "deep" / "a.jsonl.gz", raw)
    (incident,) = check(tmp_path).incidents
    assert (incident.file, incident.line) == (str(tmp_path / "deep" / "a.jsonl.gz"), 4)
    assert raw.splitlines()[3].decode()[incident.column - 1 :].startswith('"dead"')
    assert incident.excerpt[incident.caret :].startswith('"dead"')


def test_a_cell_may_hold_a_document_of_many_lines(tessara: list[Json], tmp_path: Path) -> None:
    tessara[2]["lang"] = "zz"
    cells = pa.array([jsonio.dumps(document).decode() for document in tessara])
    pq.write_table(pa.table({"document": cells}), tmp_path / "a.parquet")
    (incident,) = check(tmp_path).incidents
    assert (incident.line, incident.column, incident.pointer) == (3, 0, "/lang")
    assert incident.excerpt.strip() == '"lang": "zz",'


# --- one fault does not hide another ---------------------------------------------------------------------


def test_articles_below_a_broken_story_are_checked_all_the_same(tessara: list[Json], tmp_path: Path) -> None:
    tessara[0]["split"] = "half"
    tessara[2]["figures"][0]["measure"] = "dead"
    shard_files.write(tmp_path / "a.jsonl", shard_files.lines(tessara))
    assert [(i.line, i.code) for i in check(tmp_path).incidents] == [(1, "B204"), (3, "B204")]


def test_an_article_in_the_wrong_place_is_reported_and_the_others_are_checked(tmp_path: Path) -> None:
    shard_files.with_registry(tmp_path)
    a, b = shard_files.stories()[:2]
    shard_files.write(tmp_path / "a.jsonl", shard_files.lines([*a[1:], *a[:1], *b[1:]]))
    found = [(i.line, i.code) for i in check(tmp_path).incidents if i.code[1] == "8"]
    assert found == [(1, "B892"), (len(a) + 1, "B892")]


def test_a_broken_shard_does_not_stop_the_others(tmp_path: Path) -> None:
    paths = shard_files.write_shards(tmp_path, 3, ".jsonl.gz")
    shard_files.with_registry(tmp_path)
    whole = check(tmp_path).articles
    of_last = check(paths[2], texts=False).articles
    paths[0].write_bytes(paths[0].read_bytes()[:-2000])
    paths[1].write_bytes(b"\x1f\x8b\x08garbage")
    found = check(tmp_path, workers=2).incidents
    assert "B604" not in {i.code for i in found}  # what could not be read may need the exemption
    broken = [i for i in found if i.code == "B891"]
    assert [i.file for i in broken] == [str(paths[0]), str(paths[1])]
    assert broken[0].line > 1
    assert of_last < check(tmp_path).articles < whole


def test_whole_corpus_checks_look_over_all_shards(tmp_path: Path) -> None:
    shard_files.with_registry(tmp_path)
    parts = shard_files.stories()
    shard_files.write(tmp_path / "a.jsonl", shard_files.lines(d for story in parts for d in story))
    shard_files.write(tmp_path / "b.jsonl", shard_files.lines(parts[3]))
    found = check(tmp_path).incidents
    assert {i.code for i in found} == {"B601", "B898"}
    assert {i.file for i in found} == {str(tmp_path / "b.jsonl")}


def test_an_exemption_of_the_place_counts_and_a_stale_one_is_an_error(tmp_path: Path) -> None:
    shard_files.with_registry(tmp_path)
    shard_files.write_shards(tmp_path, 2, ".jsonl")
    exemptions = json.loads((tmp_path / "exemptions.json").read_bytes())
    gone = exemptions["exemptions"].pop(0)
    row = {"code": "B501", "article": "xx-2024-01-01-x.fr.1", "record": "12", "reason": "none"}
    exemptions["exemptions"].append(row)
    (tmp_path / "exemptions.json").write_bytes(jsonio.dumps(exemptions))
    assert sorted(codes(check(tmp_path))) == sorted([gone["code"], "B604"])
    assert codes(check(tmp_path, texts=False)) == []


# --- bounds ----------------------------------------------------------------------------------------------


def test_incidents_are_told_up_to_a_bound_and_counted_beyond(
    tessara: list[Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {**tessara[1], "lang": "zz"}
    for name in ("a", "b"):
        shard_files.write(tmp_path / f"{name}.jsonl", shard_files.lines([tessara[0], *[broken] * 12]))
    monkeypatch.setattr(checking, "KEPT", 10)
    result = check(tmp_path, texts=False)
    assert Counter(codes(result))["B204"] == 20
    told = [(i.file, i.message) for i in result.incidents if i.code == "B893"]
    assert told == [
        (str(tmp_path / f"{name}.jsonl"), "2 more incidents that are not told one by one") for name in "ab"
    ]
    monkeypatch.setattr(overall, "KEPT_IN_ALL", 5)
    result = check(tmp_path, texts=False)
    assert Counter(codes(result))["B204"] == 5
    assert [i.file for i in result.incidents if i.code == "B893"] == [str(tmp_path)]


def test_whatever_a_line_holds_an_incident_is_short(tessara: list[Json], tmp_path: Path) -> None:
    long = "x" * 100_000
    documents = [
        shard_files.lines([tessara[0]]),
        orjson.dumps({**tessara[1], **{f"{long}{i}": 1 for i in range(20)}}) + b"\n",
        b'{"story": "' + long.encode() + b"\xff" + long.encode() + b'"}\n',
        orjson.dumps({**tessara[1], "story": long}) + b"\n",
        b"[" * 100_000 + b"\n",
    ]
    shard_files.write(tmp_path / "a.jsonl", b"".join(documents))
    incidents = check(tmp_path, texts=False).incidents
    assert {i.line for i in incidents if i.code != "B605"} == {2, 3, 4, 5}
    for i in incidents:
        assert max(map(len, (i.message, i.mend, i.pointer, i.subject, i.excerpt))) <= 500
        assert i.caret <= len(i.excerpt)


def test_a_document_beyond_the_bound_of_a_file_is_refused(tessara: list[Json], tmp_path: Path) -> None:
    fat = {**tessara[1], "note": "x" * (8 << 20)}
    shard_files.write(tmp_path / "a.jsonl", shard_files.lines([tessara[0], fat, tessara[2]]))
    assert [(i.line, i.code) for i in check(tmp_path).incidents] == [(2, "B114")]


def test_a_worker_needs_no_more_memory_for_ten_times_the_input(tmp_path: Path) -> None:
    """Some articles have a fault, so that messages and what they were made of are counted too."""
    documents = [document for story in shard_files.stories()[:30] for document in story]
    for number, document in enumerate(documents):
        if "text" in document and number % 8 == 1:
            document["figures"] = [{"id": "f1"}]
    raw = shard_files.lines(documents)
    peak = {}
    for times in (1, 10):
        shard = shard_files.write(tmp_path / f"{times}.jsonl.gz", raw * times)
        script = (
            "import pathlib, sys\n"
            "from bilan.executors import share\n"
            "from bilan.shards import overall, reading\n"
            "(shard,) = reading.find(sys.argv[1])\n"
            "folder = pathlib.Path(sys.argv[3])\n"
            "key = share(folder / 'context.pickle', overall.read_context(sys.argv[1], pathlib.Path(sys.argv[2])))\n"
            "overall._task(key, shard, False, str(folder))\n" + shard_files.PEAK
        )
        command = [sys.executable, "-c", script, str(shard), str(CORPUS), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peak[times] = int(done.stdout)
    assert peak[10] < peak[1] + 15  # MB; the larger shard has 30 MB in bytes alone


# --- the command -----------------------------------------------------------------------------------------


def test_check_takes_a_folder_a_file_a_glob_and_a_url(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = shard_files.write_shards(tmp_path, 2, ".jsonl.zst")
    shard_files.with_registry(tmp_path)
    for place in (str(tmp_path), f"{tmp_path}/*.zst", tmp_path.as_uri()):
        assert main(["check", place, "--quick", "--workers", "2"]) == 0
        assert capsys.readouterr().out.startswith(f"All good: 267 articles of {place}")
    assert main(["check", "--corpus", str(tmp_path), "--quick", "--workers", "1"]) == 0
    assert main(["check", str(paths[0]), "--quick"]) == 0  # the exemptions of the other shard are not stale
    assert main(["check", str(tmp_path), "--fix"]) == 2


def test_shards_without_a_registry_are_checked_against_that_of_the_corpus(
    tmp_path: Path, valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (story,) = shard_files.stories(VALID)
    shard_files.write(tmp_path / "shards" / "a.jsonl", shard_files.lines(story))
    assert main(["check", "shards", "--corpus", str(valid)]) == 0
    assert main(["check", "shards"]) == 1
    assert "B312" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_every_report_names_shard_and_line(
    form: str,
    tessara: list[Json],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    tessara[2]["lang"] = "zz"
    shard_files.write(tmp_path / "shards" / "a.jsonl", shard_files.lines(tessara))
    shutil.move(str(tmp_path / "registry"), tmp_path / "shards" / "registry")
    assert main(["check", "shards", "--format", form]) == 1
    out = capsys.readouterr().out
    at = {
        "text": "shards/a.jsonl:3:",
        "json": '"file": "shards/a.jsonl"',
        "github": "file=shards/a.jsonl,line=3",
        "sarif": '"startLine": 3',
    }
    assert at[form] in out
    assert "B204" in out


def test_a_registry_in_an_object_store_is_read_and_its_faults_are_placed_there(tessara: list[Json]) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/checked/a.jsonl", shard_files.lines(tessara))
    for path in (VALID / "registry").iterdir():
        memory.pipe(f"/checked/registry/{path.name}", path.read_bytes())
    assert check("memory://checked").incidents == []
    memory.pipe("/checked/registry/places.json", b"{}\n")
    faults = [i for i in check("memory://checked").incidents if i.code == "B201"]
    assert [i.file for i in faults] == ["memory:///checked/registry/places.json"]


def test_several_places_at_once_are_refused_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = shard_files.write_shards(tmp_path, 2, ".jsonl")
    assert main(["check", *map(str, paths)]) == 1
    assert "B890" in capsys.readouterr().err


def test_a_full_disk_is_an_incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shard_files.write_shards(tmp_path, 1, ".jsonl")

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, os.strerror(28), str(tmp_path / "x"))

    monkeypatch.setattr(overall, "check_shard", full)
    with pytest.raises(BilanError) as caught:
        check(tmp_path)
    assert [i.code for i in caught.value.incidents] == ["B803"]


def test_checked_gives_each_story_with_the_articles_that_are_sound(
    tessara: list[Json], tmp_path: Path
) -> None:
    broken = copy.deepcopy(tessara[1])
    del broken["lang"]
    path = shard_files.write(tmp_path / "a.jsonl", shard_files.lines([tessara[0], broken, *tessara[1:]]))
    (shard,) = reading.find(str(path))
    (one,) = checking.checked(shard, overall.read_context(str(tmp_path), CORPUS))
    assert one.story == tessara[0]
    assert [(article.line, article.document) for article in one.articles] == [
        (3 + i, document) for i, document in enumerate(tessara[1:])
    ]
    assert [(i.code, i.line) for i in one.incidents] == [("B201", 2)]


def test_told_incidents_are_those_of_the_catalogue() -> None:
    assert checking.ShardResult(reading.Shard("a", "a", 0), more=3).told() == [
        Incident(
            "B893",
            "3 more incidents that are not told one by one",
            "mend those that are told, then check again",
            file="a",
        )
    ]


def test_a_shard_that_kills_its_worker_each_time_is_named_and_the_others_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard_files.write_shards(tmp_path, 3, ".jsonl")
    shard_files.with_registry(tmp_path)
    undisturbed = check(tmp_path, texts=False)
    real = checking.check_shard

    def deadly(shard: reading.Shard, *rest: Any) -> checking.ShardResult:
        if shard.name == "part-01":
            os.kill(os.getpid(), signal.SIGKILL)
        return real(shard, *rest)

    monkeypatch.setattr(overall, "check_shard", deadly)
    for workers in (1, 2):
        result = check(tmp_path, texts=False, workers=workers)
        assert [(i.code, Path(i.file).name) for i in result.incidents] == [("B895", "part-01.jsonl")]
        assert 0 < result.articles < undisturbed.articles


def test_a_worker_that_is_killed_loses_no_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shard_files.write_shards(tmp_path, 3, ".jsonl")
    shard_files.with_registry(tmp_path)
    undisturbed = check(tmp_path, texts=False)
    real, once = checking.check_shard, tmp_path / "killed.txt"

    def deadly(shard: reading.Shard, *rest: Any) -> checking.ShardResult:
        result = real(shard, *rest)
        if shard.name == "part-01" and not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    monkeypatch.setattr(overall, "check_shard", deadly)
    assert check(tmp_path, texts=False, workers=2) == undisturbed
    assert once.exists()
