"""Building a sharded corpus: the same data as from files, bounded files, and only what changed is built again."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import shard_files
from bilan import copies, jsonio, releases
from bilan import corpus as corpora
from bilan.__main__ import main
from bilan.build import BuildResult
from bilan.build import build as build_folder
from bilan.building import keys
from bilan.incidents import BilanError
from bilan.load import load, read
from bilan.shards import building, work, writing
from bilan.tables import CONFIGS, features, parquet, splits
from conftest import REPOSITORY

CORPUS = REPOSITORY / "corpus"
SHARDS = 5


def build(place: Path | str, out: Path, **options: Any) -> BuildResult:
    return building.build(str(place), out, CORPUS, **{"workers": 2, **options})


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with the SHA-256 of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows_of(source: Path, config: str) -> dict[str, list[str]]:
    """The rows of a table by split, each as JSON, in order of these."""
    found = read(config, source).tables
    return {
        split: sorted(json.dumps(row, sort_keys=True) for row in table.to_pylist())
        for split, table in found.items()
    }


def edit(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Changes the documents of a gzipped shard."""
    documents = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    change(documents)
    shard_files.write(path, shard_files.lines(documents))


def retitle(documents: list[dict[str, Any]]) -> None:
    documents[0]["title"]["en"] += " (again)"


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of the repository in shards, with its registry and exemptions."""
    folder = tmp_path_factory.mktemp("shards") / "news"
    shard_files.write_shards(folder, SHARDS, ".jsonl.gz")
    shard_files.with_registry(folder)
    return folder


@pytest.fixture(scope="module")
def built(shards: Path) -> BuildResult:
    return build(shards, shards.parent / "hf")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same corpus, built from its files."""
    return build_folder(CORPUS, tmp_path_factory.mktemp("plain") / "hf", workers=2).out


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """Three shards of a few stories each, to be changed."""
    folder = tmp_path / "some"
    for number in range(3):
        stories = shard_files.stories()[number::60]
        lines = shard_files.lines(document for story in stories for document in story)
        shard_files.write(folder / f"{number}.jsonl.gz", lines)
    shard_files.with_registry(folder)
    (folder / "exemptions.json").unlink()  # most of the articles that they exempt are not here
    return folder


# --- the same data ---------------------------------------------------------------------------------------


class TestTheData:
    def test_the_root_is_that_of_the_same_documents_in_files(self, built: BuildResult) -> None:
        assert built.root == releases.manifest(corpora.read(CORPUS), "1.0.0", "2026-01-01")["root"]
        assert built.articles == len(corpora.read(CORPUS).articles)

    @pytest.mark.parametrize("config", CONFIGS)
    def test_the_rows_are_those_of_a_build_from_files(
        self, built: BuildResult, plain: Path, config: str
    ) -> None:
        assert rows_of(built.out, config) == rows_of(plain, config)

    def test_the_documents_can_be_read_back_and_have_the_root(self, built: BuildResult) -> None:
        data = copies.read(built.out)
        assert releases.manifest(data, "1.0.0", "2026-01-01")["root"] == built.root

    def test_a_folder_without_the_stories_of_one_shard_gives_nothing_back(self, some: Path) -> None:
        out = build(some, some.parent / "hf").out
        (out / "metadata" / "stories-1.jsonl").unlink()
        with pytest.raises(BilanError, match="B807"):
            copies.read(out)

    def test_datasets_reads_it_as_a_whole_and_as_a_stream(self, built: BuildResult, tmp_path: Path) -> None:
        import datasets

        for config in ("articles", "figures"):
            whole = datasets.load_dataset(str(built.out), config, cache_dir=str(tmp_path))
            assert list(whole) == list(splits())
            ours = load(config, source=built.out)
            for split, dataset in whole.items():
                assert dataset.to_list() == ours[split].to_list()
                stream = datasets.load_dataset(str(built.out), config, split=split, streaming=True)
                assert [row["id"] for row in stream] == dataset["id"][:]

    def test_the_card_and_the_croissant_file_tell_of_every_row_and_file(
        self, built: BuildResult, plain: Path
    ) -> None:
        import yaml

        header = yaml.safe_load((built.out / "README.md").read_text().split("---\n")[1])
        rows = {
            one["config_name"]: sum(s["num_examples"] for s in one["splits"])
            for one in header["dataset_info"]
        }
        assert rows == {config: sum(files.rows for files in built.layout[config]) for config in CONFIGS}
        described = json.loads((built.out / "croissant.json").read_bytes())
        listed = {
            one["@id"]: one["sha256"] for one in described["distribution"] if one["@type"] == "cr:FileObject"
        }
        there = contents(built.out)
        assert listed == {name: there[name] for name in there if name.startswith(("data/", "metadata/"))}
        of_files = json.loads((plain / "croissant.json").read_bytes())
        for term in (
            "temporalCoverage",
            "spatialCoverage",
            "inLanguage",
            "license",
            "recordSet",
            "identifier",
        ):
            assert described[term] == of_files[term]

    def test_the_card_of_this_package_is_not_taken_for_that_of_other_shards(self, built: BuildResult) -> None:
        assert "# BILAN" not in (built.out / "README.md").read_text()

    def test_the_card_beside_the_shards_is(self, some: Path) -> None:
        (some / "DATACARD.md").write_text("# Silver\n\nAnnotated by a machine.\n")
        out = build(some, some.parent / "hf").out
        assert "Annotated by a machine." in (out / "README.md").read_text()


class TestTheSameBytes:
    def test_the_number_of_workers_does_not_matter(
        self, shards: Path, built: BuildResult, tmp_path: Path
    ) -> None:
        build(shards, tmp_path / "one", workers=1)
        assert contents(tmp_path / "one") == contents(built.out)

    def test_a_url_is_as_good_as_a_path(self, some: Path) -> None:
        ours, theirs = build(some, some.parent / "a"), build(some.as_uri(), some.parent / "b")
        assert contents(ours.out) == contents(theirs.out)

    @pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.zst", ".parquet"])
    def test_the_form_of_the_shards_changes_no_row(self, suffix: str, some: Path) -> None:
        before = build(some, some.parent / "before")
        for path in some.glob("*.gz"):
            shard_files.write(some / f"{path.name[0]}{suffix}", gzip.decompress(path.read_bytes()))
            path.unlink()
        other = build(some, some.parent / "hf")
        assert other.root == before.root
        ours, theirs = (
            {name: digest for name, digest in contents(one.out).items() if name.startswith("data/")}
            for one in (before, other)
        )
        assert ours == theirs


# --- bounded files ---------------------------------------------------------------------------------------


def test_files_and_row_groups_are_bounded_and_made_for_the_hub(
    shards: Path, built: BuildResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 50_000)
    monkeypatch.setattr(parquet, "FILE_BYTES", 60_000)
    small = build(shards, tmp_path / "hf")
    assert small.root == built.root
    files = sorted((small.out / "data" / "figures").glob("train-part-00-*.parquet"))
    assert [path.name for path in files] == [f"train-part-00-{n:03d}.parquet" for n in range(len(files))]
    assert len(files) > 2
    for path in (small.out / "data").rglob("*.parquet"):
        found = pq.ParquetFile(path)
        assert found.schema_arrow.equals(features.arrow_schema(path.parent.name))
        for group in range(found.metadata.num_row_groups):
            table = found.read_row_group(group)
            assert table.nbytes <= 50_000 * 1.1 or table.num_rows == 1
            assert found.metadata.row_group(group).column(0).has_offset_index
    assert rows_of(small.out, "figures") == rows_of(built.out, "figures")


def test_of_all_tables_together_a_writer_holds_a_bounded_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "HELD_BYTES", 100_000)
    held = []
    rows = read("ner", CORPUS).tables["train"].slice(0, 400).to_pylist()
    with writing.Writer(tmp_path, "one") as writer:
        for number in range(0, 400, 10):
            writer.add({("ner", ("train", "test")[number % 20 // 10]): rows[number : number + 10]})
            held.append(sum(table.pending_bytes for table in writer._open.values()))
    assert 50_000 < max(held) <= 100_000
    groups = [pq.read_metadata(tmp_path / one["path"]).num_row_groups for one in writer.files]
    assert min(groups) > 1
    assert sum(one["rows"] for one in writer.files) == 400


def test_a_worker_needs_no_more_memory_for_four_times_the_shard(tmp_path: Path) -> None:
    """What a worker holds is made small, so that the smaller shard fills it; the larger one has 100 MB of rows."""
    raw = shard_files.lines(document for story in shard_files.stories() for document in story)
    script = (
        "import pathlib, sys\n"
        "from bilan.building import keys\n"
        "from bilan.executors import share\n"
        "from bilan.shards import overall, reading, task, writing\n"
        "from bilan.tables import parquet\n"
        "writing.HELD_BYTES, parquet.ROW_GROUP_BYTES = 8 << 20, 2 << 20\n"
        "place, work = sys.argv[1], pathlib.Path(sys.argv[3])\n"
        "(shard,) = reading.find(place)\n"
        "context = overall.read_context(place, pathlib.Path(sys.argv[2]))\n"
        "key = share(work / 'job.pickle', task.Job(context, 'settings', str(work), str(work / 'out')))\n"
        "outcome = task.build_shard(key, keys.code(), shard)\n"
        "assert not outcome.failed, outcome.incidents[:1]\n" + shard_files.PEAK
    )
    peak = {}
    for times in (2, 8):
        folder = tmp_path / str(times)
        shard_files.with_registry(folder)
        shard_files.write(folder / "a.jsonl", raw * times)
        (folder / "work").mkdir()
        command = [sys.executable, "-c", script, str(folder), str(CORPUS), str(folder / "work")]
        peak[times] = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert peak[8] < peak[2] * 1.25


# --- only what changed -----------------------------------------------------------------------------------


class TestIncremental:
    def test_after_one_changed_document_one_shard_is_built_again(self, some: Path) -> None:
        out = some.parent / "hf"
        assert build(some, out).kept == 0
        before = contents(out)
        edit(some / "1.jsonl.gz", retitle)
        again = build(some, out)
        assert (again.shards, again.kept) == (3, 2)
        after = contents(out)
        changed = {name for name in after if before.get(name) != after[name]}
        assert "metadata/stories-1.jsonl" in changed
        assert not {name for name in changed if "-0" in name.removesuffix("-000.parquet") or "-2-" in name}
        fresh = build(some, some.parent / "fresh")
        assert contents(out) == contents(fresh.out)
        assert again.root == fresh.root

    def test_nothing_changed_is_nothing_built(self, some: Path) -> None:
        out = some.parent / "hf"
        build(some, out)
        before = contents(out)
        assert build(some, out).kept == 3
        assert contents(out) == before

    def test_what_stays_of_a_finished_build_holds_no_tables(self, some: Path) -> None:
        out = some.parent / "hf"
        build(some, out)
        kept = [path for path in work.folder_of(out).rglob("*") if path.is_file()]
        assert not [path for path in kept if "data" in path.relative_to(work.folder_of(out)).parts]
        listed = json.loads((out / "shards.json").read_bytes())["shards"]
        assert [one["name"] for one in listed] == ["0", "1", "2"]
        assert {name for one in listed for name in one["files"]} == {
            name for name in contents(out) if name.startswith("data/") or "stories" in name
        }

    def test_a_shard_that_is_gone_is_gone_from_the_dataset(self, some: Path) -> None:
        out = some.parent / "hf"
        build(some, out)
        (some / "2.jsonl.gz").unlink()
        assert build(some, out).shards == 2
        assert not [name for name in contents(out) if "-2" in name]
        assert not (work.folder_of(out) / "2").exists()

    def test_a_file_of_the_last_build_that_was_damaged_is_built_again(self, some: Path) -> None:
        out = some.parent / "hf"
        build(some, out)
        before = contents(out)
        path = out / "data" / "articles" / next(iter((out / "data" / "articles").iterdir())).name
        raw = path.read_bytes()
        path.write_bytes(raw[:-20] + bytes(20))
        assert build(some, out).kept == 2
        assert contents(out) == before

    def test_another_registry_or_code_builds_everything_again(
        self, some: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = some.parent / "hf"
        build(some, out)
        path = some / "registry" / "outlets.json"
        document = json.loads(path.read_bytes())
        document["outlets"][0]["name"] += " (again)"
        path.write_bytes(jsonio.dumps(document))
        assert build(some, out).kept == 0
        assert build(some, out).kept == 3
        monkeypatch.setattr(keys, "code", lambda: "another")
        assert build(some, out).kept == 0


# --- what is wrong ---------------------------------------------------------------------------------------


class TestIncidents:
    def test_all_shards_are_tried_and_every_incident_has_its_shard_and_line(self, some: Path) -> None:
        def shifted(documents: list[dict[str, Any]]) -> None:
            next(d for d in documents if d.get("figures"))["figures"][0]["start"] += 1

        edit(some / "0.jsonl.gz", shifted)
        edit(some / "2.jsonl.gz", shifted)
        out = some.parent / "hf"
        with pytest.raises(BilanError) as caught:
            build(some, out)
        places = {(Path(one.file).name, one.line > 1) for one in caught.value.incidents}
        assert places == {("0.jsonl.gz", True), ("2.jsonl.gz", True)}
        assert not out.exists()
        assert work.read(work.folder_of(out) / "1") is not None

    def test_what_only_all_shards_can_tell_stops_the_build_too(self, some: Path) -> None:
        (some / "3.jsonl.gz").write_bytes((some / "1.jsonl.gz").read_bytes())
        with pytest.raises(BilanError) as caught:
            build(some, some.parent / "hf")
        assert {one.code for one in caught.value.incidents} == {"B601", "B898"}

    def test_shards_without_articles_are_refused(self, some: Path) -> None:
        for path in some.glob("*.gz"):
            shard_files.write(path, b"")
        with pytest.raises(BilanError, match="B116"):
            build(some, some.parent / "hf")

    def test_the_dataset_is_not_written_among_the_shards(self, some: Path) -> None:
        with pytest.raises(BilanError, match="B801"):
            build(some, some / "dist" / "hf")

    def test_a_folder_that_no_build_made_is_not_touched(self, some: Path) -> None:
        (some.parent / "hf.work").mkdir()
        (some.parent / "hf.work" / "thesis.tex").write_text("mine")
        with pytest.raises(BilanError, match="B801"):
            build(some, some.parent / "hf")
        assert (some.parent / "hf.work" / "thesis.tex").read_text() == "mine"


class TestCommand:
    def test_it_builds_shards_and_says_what_was_kept(
        self, some: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["build", "--corpus", str(some), "--out", str(some.parent / "hf"), "--workers", "2"]
        assert main(arguments) == 0
        assert "3 shards, 0 of them as built before" in capsys.readouterr().out
        assert main(arguments) == 0
        assert "3 shards, 3 of them as built before" in capsys.readouterr().out

    def test_resume_is_for_shards(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["build", "--resume", "--corpus", str(CORPUS)]) == 2
        assert "shards" in capsys.readouterr().err

    def test_an_engine_that_there_is_not_is_named(
        self, some: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert (
            main(["build", "--corpus", str(some), "--out", str(some.parent / "hf"), "--engine", "spark"]) == 1
        )
        assert "B896" in capsys.readouterr().err
