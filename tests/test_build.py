"""The dataset folder: whole or not at all, the same bytes every time, and what the card says of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import small_corpus
from bilan import build as building
from bilan import copies, executors, jsonio, model, paths, releases, swap, tables
from bilan import corpus as corpora
from bilan.__main__ import main
from bilan.build import BuildResult, build
from bilan.building import kept, keys
from bilan.checks import parts, tree
from bilan.incidents import BilanError
from bilan.tables import card, features, parquet


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_corpus.write_many(tmp_path_factory.mktemp("home") / "corpus", stories=40)


@pytest.fixture(scope="module")
def built(corpus: Path) -> BuildResult:
    return build(corpus, corpus.parent / "built")


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with the SHA-256 of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def left_beside(out: Path) -> set[str]:
    return {path.name for path in out.parent.iterdir()} - {
        out.name,
        f".{out.name}.lock",
        f".{out.name}.parts",
    }


# --- the same bytes --------------------------------------------------------------------------------------


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts, row groups and files out of a small corpus."""
    monkeypatch.setattr(parts, "PART_ARTICLES", 8)
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 20_000)
    monkeypatch.setattr(parquet, "FILE_BYTES", 50_000)


@pytest.mark.usefixtures("small_parts")
class TestSameBytes:
    def test_the_number_of_workers_does_not_matter(self, corpus: Path, tmp_path: Path) -> None:
        build(corpus, tmp_path / "one", workers=1)
        build(corpus, tmp_path / "three", workers=3)
        assert contents(tmp_path / "one") == contents(tmp_path / "three")
        assert len(list((tmp_path / "one" / "data" / "articles").glob("train-*"))) > 1

    @pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
    def test_any_executor_will_do(self, corpus: Path, tmp_path: Path, kind: type[Executor]) -> None:
        build(corpus, tmp_path / "plain")
        with kind(2) as executor:  # type: ignore[call-arg]
            build(corpus, tmp_path / "given", executor=executor)
        assert contents(tmp_path / "plain") == contents(tmp_path / "given")

    def test_neither_does_the_order_in_which_files_were_written(self, corpus: Path, tmp_path: Path) -> None:
        for path in sorted(corpus.rglob("*.json"), key=lambda p: hashlib.sha256(str(p).encode()).digest()):
            copy = tmp_path / "corpus" / path.relative_to(corpus)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        build(corpus, tmp_path / "a")
        build(tmp_path / "corpus", tmp_path / "b")
        assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_neither_do_locale_time_zone_hash_seed_and_working_directory(
    corpus: Path, built: BuildResult, tmp_path: Path
) -> None:
    environment = {**os.environ, "LC_ALL": "C", "LANG": "C", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7"}
    environment["PYTHONUTF8"] = "0"
    arguments = [
        sys.executable,
        "-m",
        "bilan",
        "build",
        "--corpus",
        str(corpus),
        "--out",
        str(tmp_path / "there"),
    ]
    subprocess.run(
        [*arguments, "--workers", "2"], check=True, env=environment, cwd=tmp_path, capture_output=True
    )
    assert contents(tmp_path / "there") == contents(built.out)


def test_a_second_build_gives_the_same_bytes_and_leaves_nothing_beside(
    built: BuildResult, corpus: Path
) -> None:
    before = contents(built.out)
    build(corpus, built.out)
    assert contents(built.out) == before
    assert left_beside(built.out) == {"corpus"}


# --- whole or not at all ---------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_corpus.write(tmp_path / "corpus")


def spoil(corpus: Path) -> None:
    path = next(corpus.glob("ml/*/en-1.json"))
    document = json.loads(path.read_bytes())
    document["figures"][0]["start"] += 1
    path.write_bytes(jsonio.dumps(document))


def test_a_corpus_with_incidents_is_not_built(small: Path) -> None:
    spoil(small)
    out = small.parent / "hf"
    with pytest.raises(BilanError) as caught:
        build(small, out)
    assert {incident.code for incident in caught.value.incidents} >= {"B301"}
    assert not out.exists()
    assert left_beside(out) == {"corpus"}


def test_a_failed_build_leaves_the_previous_one(small: Path) -> None:
    out = small.parent / "hf"
    build(small, out)
    before = contents(out)
    spoil(small)
    with pytest.raises(BilanError):
        build(small, out)
    assert contents(out) == before
    assert left_beside(out) == {"corpus"}


def test_every_faulty_file_is_reported_at_once(small: Path) -> None:
    for path in small.glob("*/*/fr-1.json"):
        path.write_bytes(b"{")
    spoil(small)
    with pytest.raises(BilanError) as caught:
        build(small, small.parent / "hf")
    assert {Path(incident.file).name for incident in caught.value.incidents} >= {"fr-1.json", "en-1.json"}


def test_a_broken_story_or_registry_stops_the_build_without_a_traceback(small: Path) -> None:
    (small / "registry" / "places.json").write_bytes(b"[]")
    next(small.glob("bf/*/story.json")).write_bytes(b"null")
    with pytest.raises(BilanError) as caught:
        build(small, small.parent / "hf")
    assert len(caught.value.incidents) >= 2


def test_a_corpus_without_articles_is_not_built(small: Path) -> None:
    for country in ("bf", "ml"):
        shutil.rmtree(small / country)
    with pytest.raises(BilanError, match="no article"):
        build(small, small.parent / "hf")


KILL_YOURSELF = """
import os, signal, sys
from pathlib import Path
from bilan import swap
from bilan.build import build
corpus, out, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if moment == "while tabulating":
    build(corpus, out, progress=die)
if moment == "before the swap":
    import bilan.build
    bilan.build.swap_in = die
    build(corpus, out)
if moment == "in the middle of the swap":
    rename, calls = os.rename, []
    def second_time(a, b):
        calls.append(a)
        if len(calls) == 2: die()
        rename(a, b)
    os.rename = second_time
    build(corpus, out)
if moment == "after the swap":
    import shutil
    remove = shutil.rmtree
    def not_the_old_one(path, **options):
        if str(path).endswith(".previous"): die()
        remove(path, **options)
    shutil.rmtree = not_the_old_one
    build(corpus, out)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(
    "moment", ["while tabulating", "before the swap", "in the middle of the swap", "after the swap"]
)
def test_a_killed_build_loses_nothing_and_the_next_one_cleans_up(small: Path, moment: str) -> None:
    out = small.parent / "hf"
    build(small, out)
    before = contents(out)
    killed = subprocess.run([sys.executable, "-c", KILL_YOURSELF, str(small), str(out), moment], check=False)
    assert killed.returncode == -signal.SIGKILL
    if moment == "in the middle of the swap":
        assert not out.exists()
        swap.recover(out)
    assert contents(out) == before
    build(small, out)
    assert contents(out) == before
    assert left_beside(out) == {"corpus"}


def test_a_half_swap_is_mended_even_if_the_next_build_fails(small: Path) -> None:
    out = small.parent / "hf"
    build(small, out)
    before = contents(out)
    out.rename(out.parent / ".hf.previous")
    spoil(small)
    with pytest.raises(BilanError):
        build(small, out)
    assert contents(out) == before


def test_a_folder_that_no_build_made_is_never_replaced(small: Path) -> None:
    out = small.parent / "mine"
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(BilanError, match="B801"):
        build(small, out)
    with pytest.raises(BilanError, match="B801"):
        build(small, out / "thesis.tex")
    assert contents(out).keys() == {"thesis.tex"}


def test_an_empty_folder_and_missing_parents_are_fine(small: Path) -> None:
    (small.parent / "empty").mkdir()
    assert build(small, small.parent / "empty").articles == 5
    assert build(small, small.parent / "a" / "b").articles == 5


def test_two_builds_into_one_folder_do_not_meet(small: Path) -> None:
    pytest.importorskip("fcntl")
    out = small.parent / "hf"
    with swap.building_folder(out), pytest.raises(BilanError, match="B804"):
        build(small, out)
    assert build(small, out).articles == 5


def test_a_version_that_datasets_cannot_read_is_not_built(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "__version__", "0.2.0.dev1")
    with pytest.raises(BilanError, match="B802"):
        build(small, small.parent / "hf")


def test_a_place_that_cannot_be_written_is_an_incident(small: Path) -> None:
    (small.parent / "file").write_text("")
    with pytest.raises(BilanError, match="B803"):
        build(small, small.parent / "file" / "hf")


# --- workers that die ------------------------------------------------------------------------------------


def killed_once(marker: str, number: int) -> int:
    """A task that kills its process the first time that task 3 is run."""
    if number == 3 and not os.path.exists(marker):
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def always_killed(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number: int) -> int:
    raise ValueError(f"no {number}")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
class TestLostWorkers:
    def test_what_a_killed_worker_and_the_queue_held_is_done_by_fresh_ones(self, tmp_path: Path) -> None:
        tasks = [(str(tmp_path / "marker"), number) for number in range(20)]
        reported: dict[int, int] = {}
        results = executors.run_tasks(killed_once, tasks, workers=2, done=reported.__setitem__)
        assert results == [number * number for number in range(20)]
        assert [reported[number] for number in range(20)] == results

    def test_workers_that_keep_dying_end_the_run_with_an_incident(self) -> None:
        with pytest.raises(BilanError, match="B805"):
            executors.run_tasks(always_killed, [(1,), (2,)], workers=2)

    @pytest.mark.parametrize("workers", [1, 2])
    def test_what_a_task_raises_reaches_the_caller(self, workers: int) -> None:
        with pytest.raises(ValueError, match="no"):
            executors.run_tasks(refuse, [(1,), (2,)], workers=workers)


# --- what was written ------------------------------------------------------------------------------------


def header(folder: Path) -> dict[str, Any]:
    import yaml

    text = (folder / "README.md").read_text("utf-8")
    assert text.startswith("---\n")
    found: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return found


def test_the_card_lists_every_file_of_every_table_with_the_version(built: BuildResult) -> None:
    found = header(built.out)
    listed = {path for one in found["configs"] for entry in one["data_files"] for path in entry["path"]}
    assert listed == {path for path in contents(built.out) if path.startswith("data/")}
    assert [one["config_name"] for one in found["configs"]] == list(tables.CONFIGS)
    assert {one["version"] for one in found["configs"]} == {built.version}
    assert [one["config_name"] for one in found["configs"] if one.get("default")] == ["articles"]
    assert found["license"] == ["cc-by-4.0"]
    assert found["language"] == ["en", "fr"]
    assert found["size_categories"] == ["n<1K"]


def test_the_card_declares_the_features_and_rows_of_every_table(built: BuildResult) -> None:
    for info in header(built.out)["dataset_info"]:
        assert info["features"] == features.card_features(info["config_name"])
        for split in info["splits"]:
            assert split["num_examples"] == built.rows(info["config_name"], split["name"])


def test_the_card_is_accepted_by_the_hub_library(built: BuildResult) -> None:
    from huggingface_hub import DatasetCard

    loaded = DatasetCard.load(built.out / "README.md")
    assert loaded.data.pretty_name == card.PRETTY_NAME
    assert "| articles |" in loaded.text


def test_the_card_takes_its_body_and_licence_from_the_home_of_the_corpus(small: Path) -> None:
    (small.parent / "DATACARD.md").write_text("# Une carte\n\nÉté.\n", encoding="utf-8")
    (small.parent / "LICENSE-DATA").write_text("CC BY 4.0\n", encoding="utf-8")
    out = small.parent / "hf"
    build(small, out)
    assert "---\n\n# Une carte\n\nÉté.\n\n## Rows of this build\n" in (out / "README.md").read_text("utf-8")
    assert (out / "LICENSE-DATA").read_text("utf-8") == "CC BY 4.0\n"


def test_the_info_file_holds_version_root_and_counts(built: BuildResult) -> None:
    info = json.loads((built.out / "bilan.json").read_bytes())
    assert (info["version"], info["root"]) == (built.version, built.root)
    assert info["counts"]["articles"] == {"train": 30, "validation": 26, "test": 28, "wild": 1}
    assert sum(info["counts"]["articles"].values()) == built.articles == 85


def test_the_root_hash_names_the_data_not_their_place_or_layout(small: Path, tmp_path: Path) -> None:
    first = build(small, tmp_path / "a")
    shutil.copytree(small, tmp_path / "elsewhere" / "corpus")
    assert build(tmp_path / "elsewhere" / "corpus", tmp_path / "b").root == first.root
    story = next(small.glob("bf/*/story.json"))
    document = json.loads(story.read_bytes())
    document["title"]["en"] = "Another title"
    story.write_bytes(jsonio.dumps(document))
    assert build(small, tmp_path / "a").root != first.root


def test_the_folder_gives_back_every_document_it_was_made_from(corpus: Path, built: BuildResult) -> None:
    original = corpora.read(corpus)
    assert copies.read_back(built.out) == original
    assert releases.manifest(original, "0.1.0", "2026-01-01")["root"] == built.root


def test_a_folder_without_its_stories_gives_nothing_back(small: Path) -> None:
    out = build(small, small.parent / "hf").out
    (out / "metadata" / "stories.jsonl").unlink()
    with pytest.raises(BilanError, match="B807"):
        copies.read_back(out)


def test_parquet_files_are_zstd_with_page_index_and_the_features(built: BuildResult) -> None:
    import pyarrow.parquet as pq

    for config in tables.CONFIGS:
        for path in (built.out / "data" / config).glob("*.parquet"):
            file = pq.ParquetFile(path)
            column = file.metadata.row_group(0).column(0)
            assert column.compression == "ZSTD"
            assert column.has_offset_index
            schema = features.arrow_schema(config)
            assert file.schema_arrow.equals(schema)
            assert file.schema_arrow.metadata[b"huggingface"] == schema.metadata[b"huggingface"]


@pytest.mark.usefixtures("small_parts")
def test_files_are_bounded_and_their_rows_in_order(corpus: Path, built: BuildResult, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    result = build(corpus, tmp_path / "hf")
    for config, splits in result.layout.items():
        for split in splits:
            number = len(split.files)
            expected = tuple(
                f"data/{config}/{split.split}-{i:05d}-of-{number:05d}.parquet" for i in range(number)
            )
            assert split.files == expected
            many = pa.concat_tables([pq.ParquetFile(tmp_path / "hf" / name).read() for name in split.files])
            whole = pq.ParquetFile(built.out / f"data/{config}/{split.split}-00000-of-00001.parquet").read()
            assert many.equals(whole)
    assert max(len(split.files) for split in result.layout["articles"]) > 1


def test_a_story_is_never_parted(corpus: Path) -> None:
    walked = tree.walk(corpus)
    found = parts.parts_of(walked.stories)
    assert [story for part in found for story in part.stories] == walked.stories
    assert sum(part.articles for part in found) == len(tree.article_files(corpus))


# --- again, after a change -------------------------------------------------------------------------------


@pytest.fixture
def changing(corpus: Path, tmp_path: Path) -> Path:
    """The corpus of forty stories, to be changed, and built once."""
    copy = tmp_path / "corpus"
    shutil.copytree(corpus, copy)
    build(copy, tmp_path / "hf")
    return copy


def add_a_reference(corpus: Path) -> None:
    """The smallest change of one article: what it cites."""
    path = sorted(corpus.glob("*/*/fr-1.json"))[7]
    document = json.loads(path.read_bytes())
    document["style"] = "analysis" if document["style"] != "analysis" else "dispatch"
    path.write_bytes(jsonio.dumps(document))


def take_a_story_away(corpus: Path) -> None:
    shutil.rmtree(sorted(corpus.glob("*/*/story.json"))[11].parent)


def rename_a_story(corpus: Path) -> None:
    path = sorted(corpus.glob("*/*/story.json"))[3]
    story = json.loads(path.read_bytes())
    story["title"]["en"] += " (again)"
    path.write_bytes(jsonio.dumps(story))


def nothing(corpus: Path) -> None:
    pass


@pytest.mark.usefixtures("small_parts")
class TestAgain:
    @pytest.mark.parametrize("change", [nothing, add_a_reference, take_a_story_away, rename_a_story])
    def test_what_is_kept_gives_the_very_bytes_of_a_first_build(
        self, changing: Path, tmp_path: Path, change: Callable[[Path], None]
    ) -> None:
        change(changing)
        again = build(changing, tmp_path / "hf")
        first = build(changing, tmp_path / "first")
        assert contents(again.out) == contents(first.out)
        assert (again.root, again.layout, again.cut_tokens) == (first.root, first.layout, first.cut_tokens)
        assert first.kept == 0
        assert 0 < again.articles - again.kept < 30 or (change is nothing and again.kept == again.articles)

    def test_changes_one_after_the_other_add_up(self, changing: Path, tmp_path: Path) -> None:
        for change in (rename_a_story, take_a_story_away, add_a_reference):
            change(changing)
            build(changing, tmp_path / "hf")
        assert contents(tmp_path / "hf") == contents(build(changing, tmp_path / "first").out)

    def test_it_does_not_matter_where_the_user_stands(
        self, changing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(changing)
        again = build(Path(), tmp_path / "hf")
        assert again.kept == again.articles

    def test_files_that_nobody_touched_are_not_even_read(
        self, changing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def never(*_: object) -> None:
            raise AssertionError("a file was read")

        monkeypatch.setattr(kept, "_COARSEST", -(10**12))  # the corpus is younger than two seconds
        build(changing, tmp_path / "hf")
        monkeypatch.setattr(parts, "load", never)
        again = build(changing, tmp_path / "hf")
        assert again.kept == again.articles

    @pytest.mark.parametrize("coarsest", [2_000_000_000, -(10**12)])
    def test_a_change_of_the_same_size_and_time_is_seen(
        self, changing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarsest: int
    ) -> None:
        monkeypatch.setattr(kept, "_COARSEST", coarsest)
        build(changing, tmp_path / "hf")
        path = sorted(changing.glob("*/*/story.json"))[3]
        before, raw = path.stat(), path.read_bytes()
        title = json.loads(raw)["title"]["en"].encode()
        path.write_bytes(raw.replace(title, title[:-1] + b"!"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        again = build(changing, tmp_path / "hf")
        assert again.kept < again.articles
        assert contents(again.out) == contents(build(changing, tmp_path / "first").out)

    def test_restart_keeps_nothing(self, changing: Path, tmp_path: Path) -> None:
        assert build(changing, tmp_path / "hf", restart=True).kept == 0

    def test_a_file_that_somebody_changed_is_not_kept(self, changing: Path, tmp_path: Path) -> None:
        before = contents(tmp_path / "hf")
        for path in sorted((tmp_path / "hf" / "data" / "figures").iterdir())[:2]:
            raw = bytearray(path.read_bytes())
            raw[len(raw) // 2] ^= 1
            path.write_bytes(raw)
        again = build(changing, tmp_path / "hf")
        assert again.kept < again.articles
        assert contents(again.out) == before

    def test_a_folder_that_is_gone_or_a_record_that_is_torn_is_a_first_build(
        self, changing: Path, tmp_path: Path
    ) -> None:
        before = contents(tmp_path / "hf")
        record = kept.record_of(tmp_path / "hf")
        whole = record.read_bytes()
        for torn in (whole[: len(whole) // 2], b"[]", b'{"layout": 1}', whole.replace(b'"key"', b'"kee"')):
            record.write_bytes(torn)
            assert build(changing, tmp_path / "hf").kept == 0
        shutil.rmtree(tmp_path / "hf")
        assert build(changing, tmp_path / "hf").kept == 0
        assert contents(tmp_path / "hf") == before

    def test_another_registry_exemption_or_package_keeps_nothing(
        self, changing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = changing / "registry" / "outlets.json"
        document = json.loads(path.read_bytes())
        document["outlets"][0]["name"] += " (again)"
        path.write_bytes(jsonio.dumps(document))
        assert build(changing, tmp_path / "hf").kept == 0
        assert build(changing, tmp_path / "hf").kept > 0
        monkeypatch.setattr(keys, "code", lambda: "another")
        assert build(changing, tmp_path / "hf").kept == 0

    def test_a_fault_over_the_whole_corpus_is_found_though_every_part_is_kept(
        self, changing: Path, tmp_path: Path
    ) -> None:
        one, other = sorted(changing.glob("*/*/fr-1.json"))[5:25:19]
        document, twin = json.loads(one.read_bytes()), json.loads(other.read_bytes())
        twin["text"], layers = document["text"], {layer: document[layer] for layer in model.LAYERS}
        other.write_bytes(jsonio.dumps({**twin, **layers, "references": document["references"]}))
        with pytest.raises(BilanError, match="B601"):
            build(changing, tmp_path / "hf")
        with pytest.raises(BilanError, match="B601"):  # the failed build has left the old record
            build(changing, tmp_path / "hf")


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_ends_with_the_table_of_rows_and_the_line_to_load_it(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    assert main(["build", "--corpus", "corpus", "--workers", "1"]) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0].startswith("Built version ")
    assert "from corpus: 5 articles" in lines[0]
    assert lines[2].split() == ["config", "train", "validation", "test", "wild", "rows"]
    assert lines[3].split() == ["articles", "2", "0", "2", "1", "5"]
    assert f'load_dataset("{Path("dist", "hf")}", "articles")' in told.out
    assert told.err == ""
    assert (small.parent / "dist" / "hf" / "bilan.json").is_file()


def test_the_command_says_which_corpus_it_took(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(paths.package_home().schema, small.parent / "schema")
    monkeypatch.chdir(small.parent)
    assert main(["build", "--workers", "1"]) == 0
    assert "from the checkout corpus (corpus): 5 articles" in capsys.readouterr().out


def test_the_command_exits_1_with_the_incidents_and_2_for_wrong_usage(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(small)
    arguments = ["build", "--corpus", str(small), "--out", str(small.parent / "hf")]
    assert main(arguments) == 1
    assert "B301" in capsys.readouterr().err
    assert main([*arguments, "--workers", "0"]) == 2


class Terminal:
    """A standard error that says it is a terminal."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


def test_progress_shows_on_a_terminal_after_a_second_and_is_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bilan.commands.build import Progress

    terminal, now = Terminal(), [0.0]
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress(clock=lambda: now[0])
    now[0] = 0.5
    progress(10, 5000)
    progress.clear()
    assert terminal.written == ""
    now[0] = 2.0
    progress(2500, 5000)
    assert terminal.written == "\rbuilding: 2,500 of 5,000 articles"
    progress.clear()
    assert terminal.written.endswith("\r\x1b[K")


# --- the corpus of this repository -----------------------------------------------------------------------


@pytest.mark.skipif(not small_corpus.has_articles(small_corpus.REAL), reason="the corpus has no articles yet")
def test_the_corpus_of_this_repository_builds_the_same_with_one_and_two_workers(tmp_path: Path) -> None:
    began = time.monotonic()
    one = build(small_corpus.REAL, tmp_path / "one", workers=1)
    two = build(small_corpus.REAL, tmp_path / "two", workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert one.root == two.root
    assert set(one.layout) == set(tables.CONFIGS)
    assert corpora.read(small_corpus.REAL) == copies.read_back(one.out)
    assert time.monotonic() - began < 60
