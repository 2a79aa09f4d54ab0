"""What goes wrong while shards are built: killed workers and coordinators, full disks, engines that go away.

Every time the finished shards are kept, and what ``resume`` gives in the end is what an undisturbed build gives.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import pickle
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import shard_faults
import shard_files
import small_corpus
from bilan.__main__ import main
from bilan.build import BuildResult
from bilan.building import keys
from bilan.checks.context import Context
from bilan.executors import forget, share
from bilan.incidents import BilanError, Incident
from bilan.shards import building, engines, reading, work
from bilan.shards.running import Run
from bilan.shards.task import Job, build_shard
from conftest import REPOSITORY

CORPUS = REPOSITORY / "corpus"
SHARDS = 6

LIMIT = 330_000
"""Bytes of a file beyond which writing fails: more than six of the shards need, less than the seventh does."""


def build(place: Path, out: Path, **options: Any) -> BuildResult:
    return building.build(str(place), out, CORPUS, **{"workers": 2, **options})


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def finished(out: Path) -> set[str]:
    """The shards that the work folder has."""
    return {path.parent.name for path in work.folder_of(out).glob("[!.]*/result.json")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sixth of the corpus in shards."""
    folder = tmp_path_factory.mktemp("shards") / "news"
    for number in range(SHARDS):
        stories = shard_files.stories()[number :: 6 * SHARDS]
        lines = shard_files.lines(document for story in stories for document in story)
        shard_files.write(folder / f"part-{number:02d}.jsonl.gz", lines)
    shard_files.with_registry(folder)
    (folder / "exemptions.json").unlink()
    return folder


@pytest.fixture(scope="module")
def undisturbed(place: Path) -> dict[str, str]:
    return contents(build(place, place.parent / "undisturbed").out)


def command(place: Path, out: Path, *more: str) -> list[str]:
    """``bilan build`` of a process of its own, with workers that take their time."""
    program = (
        "import sys; from bilan.shards import building; import shard_faults;"
        "building.build_shard = shard_faults.slow; from bilan.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["build", "--corpus", str(place), "--out", str(out), "--workers", "2", *more]
    return [sys.executable, "-c", program, *arguments]


def environment() -> dict[str, str]:
    paths = [str(Path(__file__).parent), str(REPOSITORY / "scripts"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def wait_until(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to this"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


# --- local workers ---------------------------------------------------------------------------------------


class TestLocalWorkers:
    def test_a_killed_worker_costs_nothing_but_time(
        self, place: Path, undisturbed: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(building, "build_shard", shard_faults.slow)
        killed: list[int] = []

        def kill(done: int, total: int) -> None:
            if not killed:
                victim = multiprocessing.active_children()[0]
                os.kill(victim.pid or 0, signal.SIGKILL)
                killed.append(victim.pid or 0)

        result = build(place, tmp_path / "hf", progress=kill)
        assert killed
        assert contents(result.out) == undisturbed

    def test_a_shard_that_kills_its_worker_is_named_and_the_others_are_finished(
        self, place: Path, undisturbed: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = tmp_path / "hf"
        with monkeypatch.context() as patch:
            patch.setattr(building, "build_shard", shard_faults.poisoned)
            with pytest.raises(BilanError) as caught:
                build(place, out)
        assert [(one.code, Path(one.file).name) for one in caught.value.incidents] == [
            ("B895", f"{shard_faults.POISON}.jsonl.gz")
        ]
        assert finished(out) == {f"part-{n:02d}" for n in range(SHARDS)} - {shard_faults.POISON}
        result = build(place, out, resume=True)
        assert result.kept == SHARDS - 1
        assert contents(out) == undisturbed

    def test_tasks_that_stood_beside_a_killed_one_are_not_blamed(self, tmp_path: Path) -> None:
        results: dict[int, int] = {}
        tasks = [(str(tmp_path), number) for number in range(6)]
        run = Run(shard_faults.dies_beside_others, tasks, results.__setitem__, workers=3)
        assert run() == []
        assert results == {number: number * number for number in range(6)}

    def test_a_given_executor_that_breaks_is_said(self, place: Path, tmp_path: Path) -> None:
        out = tmp_path / "hf"
        with ProcessPoolExecutor(2) as executor:
            (victim,) = {executor.submit(os.getpid).result()}
            os.kill(victim, signal.SIGKILL)
            with pytest.raises(BilanError, match="B805"):
                build(place, out, executor=executor)


# --- the coordinator -------------------------------------------------------------------------------------


class TestCoordinator:
    def test_killed_it_leaves_no_process_and_what_it_finished_is_kept(
        self, place: Path, undisturbed: dict[str, str], tmp_path: Path
    ) -> None:
        out = tmp_path / "hf"
        process = subprocess.Popen(command(place, out), env=environment(), stdout=subprocess.DEVNULL)
        wait_until(lambda: finished(out))
        workers = children(process.pid)
        process.kill()
        process.wait()
        assert workers
        wait_until(lambda: not any(alive(pid) for pid in workers))
        assert not out.exists()
        with pytest.raises(BilanError) as caught:
            build(place, out)
        (one,) = caught.value.incidents
        assert one.code == "B894"
        assert "--resume" in one.mend
        assert "--restart" in one.mend
        result = build(place, out, resume=True)
        assert 1 <= result.kept < SHARDS
        assert contents(out) == undisturbed
        assert build(place, out).kept == SHARDS  # after the end there is nothing to decide

    def test_restart_begins_again(self, place: Path, undisturbed: dict[str, str], tmp_path: Path) -> None:
        out = tmp_path / "hf"
        work.begin(out)
        result = build(place, out, restart=True)
        assert result.kept == 0
        assert contents(out) == undisturbed

    def test_what_another_run_wrote_half_is_not_taken_for_whole(self, place: Path, tmp_path: Path) -> None:
        out = tmp_path / "hf"
        build(place, out)
        before = contents(out)
        result = work.folder_of(out) / "part-01" / "result.json"
        result.write_bytes(result.read_bytes()[:-100])
        (work.folder_of(out) / "part-03" / "summary.parquet").write_bytes(b"PAR1")
        assert build(place, out).kept == SHARDS - 2
        assert contents(out) == before

    def test_two_at_once_are_refused(self, place: Path, tmp_path: Path) -> None:
        out = tmp_path / "hf"
        process = subprocess.Popen(command(place, out), env=environment(), stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: work.folder_of(out).exists())
            with pytest.raises(BilanError, match="B804"):
                build(place, out, restart=True)
        finally:
            process.kill()
            process.wait()


# --- disks and shards ------------------------------------------------------------------------------------


def test_a_disk_that_takes_no_more_is_said_and_what_is_finished_is_kept(
    place: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    """A limit on the size of files stands for the full disk: the same error from the same calls."""
    out, full = tmp_path / "hf", tmp_path / "news"
    shutil.copytree(place, full)
    exempted = {one["article"] for one in json.loads((CORPUS / "exemptions.json").read_bytes())["exemptions"]}
    stories = [story for story in shard_files.stories()[5:90] if not exempted & {d["id"] for d in story}]
    lines = shard_files.lines(document for story in stories for document in story)
    shard_files.write(full / "part-99.jsonl.gz", lines)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))

    done = subprocess.run(
        [sys.executable, "-m", "bilan", "build", "--corpus", str(full), "--out", str(out), "--workers", "1"],
        env=environment(),
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "B803" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert finished(out) == {f"part-{n:02d}" for n in range(SHARDS)}
    assert not out.exists()
    (full / "part-99.jsonl.gz").unlink()
    result = build(full, out, resume=True)
    assert result.kept == SHARDS
    assert contents(out) == undisturbed


def test_a_shard_that_was_cut_off_is_named_with_its_line_and_the_others_are_kept(
    place: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    out, cut = tmp_path / "hf", tmp_path / "news"
    shutil.copytree(place, cut)
    path = cut / "part-04.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BilanError) as caught:
        build(cut, out)
    (one,) = caught.value.incidents
    assert one.code == "B891"
    assert Path(one.file).name == path.name
    assert one.line > 0
    assert finished(out) == {f"part-{n:02d}" for n in range(SHARDS)} - {"part-04"}
    shutil.copyfile(place / path.name, path)
    assert build(cut, out, resume=True).kept == SHARDS - 1
    assert contents(out) == undisturbed


# --- workers that are not as they should be --------------------------------------------------------------


class TestOtherWorkers:
    def test_a_worker_of_another_version_does_no_work(self, place: Path, tmp_path: Path) -> None:
        (shard, *_) = reading.find(str(place))
        outcome = build_shard(str(tmp_path / "none"), "another", shard)
        assert [one.code for one in outcome.incidents] == ["B897"]
        assert outcome.stop

    def test_a_worker_that_does_not_see_the_folder_says_so(self, place: Path, tmp_path: Path) -> None:
        (shard, *_) = reading.find(str(place))
        outcome = build_shard(str(tmp_path / "none"), keys.code(), shard)
        assert [one.code for one in outcome.incidents] == ["B896"]
        assert outcome.stop

    def test_a_work_folder_that_went_away_is_an_incident(self, place: Path, tmp_path: Path) -> None:
        (shard, *_) = reading.find(str(place))
        job = Job(Context(), "settings", str(tmp_path / "gone"), str(tmp_path / "hf"))
        key = share(tmp_path / "job.pickle", job)
        try:
            outcome = build_shard(key, keys.code(), shard)
        finally:
            forget()
        assert [one.code for one in outcome.incidents] == ["B803"]

    def test_an_error_comes_home_from_a_worker_whole(self) -> None:
        incident = Incident("B803", "full", file="here")
        assert pickle.loads(pickle.dumps(BilanError(incident))).incidents == [incident]


# --- Dask ------------------------------------------------------------------------------------------------


def test_without_the_library_the_engine_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BilanError, match="B809"), engines.opened("dask"):
        pass


@pytest.fixture
def seen_by_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])


@pytest.fixture
def scheduler(tmp_path: Path, seen_by_workers: None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler and two workers, each a process of its own: (address, the scheduler)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    log = open(tmp_path / "dask.log", "wb")  # noqa: SIM115
    dask = [sys.executable, "-m", "distributed.cli"]
    first = [f"{dask[2]}.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    others = [f"{dask[2]}.dask_worker", address, "--nthreads", "1", "--nworkers", "2", "--no-dashboard"]
    others += ["--local-directory", str(tmp_path)]
    run = [
        subprocess.Popen([sys.executable, "-m", *one], stdout=log, stderr=log, start_new_session=True)
        for one in (first, others)
    ]
    yield address, run[0]
    for one in run:
        one.terminate()
    for one in run:
        try:
            one.wait(timeout=10)
        except subprocess.TimeoutExpired:
            one.kill()
    log.close()


@pytest.mark.dask
@pytest.mark.usefixtures("seen_by_workers")
class TestDask:
    def test_a_cluster_on_this_machine_gives_the_same_bytes(
        self, place: Path, undisturbed: dict[str, str], tmp_path: Path
    ) -> None:
        with engines.opened("dask", 2) as executor:
            result = build(place, tmp_path / "hf", executor=executor)
        assert contents(result.out) == undisturbed

    def test_a_corpus_of_one_file_an_article_is_built_there_too(self, tmp_path: Path) -> None:
        corpus = small_corpus.write(tmp_path / "corpus")
        arguments = ["build", "--corpus", str(corpus), "--workers", "2", "--out"]
        assert main([*arguments, str(tmp_path / "dask"), "--engine", "dask"]) == 0
        assert main([*arguments, str(tmp_path / "local")]) == 0
        assert contents(tmp_path / "dask") == contents(tmp_path / "local")

    def test_a_killed_worker_costs_nothing_but_time(
        self, place: Path, undisturbed: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(building, "build_shard", shard_faults.slow)
        killed: list[int] = []
        with engines.opened("dask", 2) as executor:
            assert executor is not None
            pids = list(engines._clients[executor].run(os.getpid).values())

            def kill(done: int, total: int) -> None:
                if not killed:
                    os.kill(pids[0], signal.SIGKILL)
                    killed.append(pids[0])

            result = build(place, tmp_path / "hf", executor=executor, progress=kill)
        assert killed
        assert contents(result.out) == undisturbed

    def test_a_shard_that_kills_its_worker_is_named_and_the_others_are_finished(
        self, place: Path, undisturbed: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = tmp_path / "hf"
        with engines.opened("dask", 2) as executor, monkeypatch.context() as patch:
            patch.setattr(building, "build_shard", shard_faults.poisoned)
            with pytest.raises(BilanError) as caught:
                build(place, out, executor=executor)
        assert [(one.code, Path(one.file).name) for one in caught.value.incidents] == [
            ("B895", f"{shard_faults.POISON}.jsonl.gz")
        ]
        assert build(place, out, resume=True).kept == SHARDS - 1
        assert contents(out) == undisturbed

    def test_a_cluster_can_be_joined_and_its_scheduler_can_die(
        self,
        place: Path,
        undisturbed: dict[str, str],
        tmp_path: Path,
        scheduler: tuple[str, subprocess.Popen[bytes]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        address, process = scheduler
        out = tmp_path / "hf"
        with engines.opened(address) as executor:
            assert contents(build(place, tmp_path / "whole", executor=executor).out) == undisturbed
        monkeypatch.setattr(building, "build_shard", shard_faults.slow)
        with pytest.raises(BilanError) as caught, engines.opened(address) as executor:
            build(place, out, executor=executor, progress=lambda done, total: process.kill())
        assert [one.code for one in caught.value.incidents] == ["B896"]
        assert finished(out)
        assert build(place, out, resume=True).kept >= 1
        assert contents(out) == undisturbed

    def test_a_scheduler_that_is_not_there_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engines, "CONNECT_SECONDS", 1)
        with pytest.raises(BilanError, match="B896"), engines.opened("tcp://127.0.0.1:9"):
            pass
