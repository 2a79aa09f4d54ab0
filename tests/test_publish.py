"""``bilan publish``: to a folder, to a git repository, to the Hub; by tag it then loads as it was built."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import small_corpus
from bilan import corpus as corpora
from bilan import jsonio, releases
from bilan.__main__ import main
from bilan.build import build
from bilan.building.files import sha256_of
from bilan.commands import publish as command
from bilan.incidents import BilanError
from bilan.publishing import folder as folders
from bilan.publishing import plan as plans
from bilan.publishing import proof
from bilan.publishing.git import GitTarget
from bilan.publishing.targets import Target, target
from hub_server import HubServer, Repository
from published import REPO, Release, run_python, two_releases


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Versions 0.1.0 and 0.2.0 of the small corpus."""
    return two_releases(tmp_path_factory.mktemp("releases"))


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer(REPO) as server:
        yield server
        assert server.unknown == []


def put(hub: HubServer, *releases: Release) -> None:
    """Releases on the Hub, as if published earlier."""
    repository = hub.repositories[REPO]
    for release in releases:
        oid = repository.commit(release.tree(), f"BILAN {release.version}")
        repository.tags[f"v{release.version}"] = oid


# --- a version from the Hub, for bilan.load ----------------------------------------------------------------

SNAPSHOT = """
import json, sys
from pathlib import Path
from bilan.incidents import BilanError
from bilan.publishing.hub import snapshot
repo, version, cache, manifests = sys.argv[1:]
try:
    folder = snapshot(repo, version, Path(cache), Path(manifests))
    print(json.dumps([json.loads((folder / "bilan.json").read_bytes()), str(folder)]))
except BilanError as error:
    print(json.dumps([[one.code, one.message, one.mend] for one in error.incidents]))
"""


@pytest.mark.hub
class TestSnapshot:
    def taken(
        self, hub: HubServer, home: Path, version: str, manifests: Path, repo: str = REPO, **more: str
    ) -> Any:
        done = run_python(SNAPSHOT, hub, home, repo, version, home / "cache", manifests, **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def test_each_version_is_given_by_its_tag_and_offline_again(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        for offline in ("0", "1"):
            for release in two:
                info, folder = self.taken(
                    hub, tmp_path, release.version, two[1].corpus, HF_HUB_OFFLINE=offline
                )
                assert (info["version"], info["root"]) == (release.version, release.root)
                files = {
                    p.relative_to(folder).as_posix(): p.read_bytes()
                    for p in Path(folder).rglob("*")
                    if p.is_file()
                }
                assert files == release.tree()
            asked = len(hub.requests)
        assert len(hub.requests) == asked

    def test_offline_a_version_that_was_never_downloaded_is_an_error_and_no_other_version(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        self.taken(hub, tmp_path, "0.2.0", two[1].corpus)
        ((code, message, mend),) = self.taken(hub, tmp_path, "0.1.0", two[1].corpus, HF_HUB_OFFLINE="1")
        assert code == "B847"
        assert "v0.1.0 is not whole in the cache" in message
        assert f"hf download {REPO} --repo-type dataset --revision v0.1.0" in mend

    def test_a_version_that_does_not_exist_names_those_that_do(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        ((code, message, _),) = self.taken(hub, tmp_path, "0.3.0", two[1].corpus)
        assert (code, message) == ("B806", "there is no version 0.3.0; there are: 0.1.0, 0.2.0")
        ((code, message, _),) = self.taken(hub, tmp_path, "v0.2", two[1].corpus)
        assert (code, message) == ("B806", "'v0.2' is no version of the form X.Y.Z")

    def test_a_dataset_that_does_not_exist_is_a_clear_error(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        ((code, message, mend),) = self.taken(hub, tmp_path, "0.2.0", two[1].corpus, "somebody/bilam")
        assert code == "B843"
        assert "RepositoryNotFoundError" in message
        assert "spelling" in mend
        ((code, _, mend),) = self.taken(hub, tmp_path, "0.2.0", two[1].corpus, "a/b/c")
        assert (code, mend) == ("B843", "name the dataset as owner/name")

    def test_other_data_under_the_tag_are_refused(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        repository = hub.repositories[REPO]
        repository.tags["v0.2.0"] = repository.tags["v0.1.0"]
        found = self.taken(hub, tmp_path, "0.2.0", two[1].corpus)
        assert [code for code, _, _ in found] == ["B844", "B844"]
        assert found[0][1] == "it is version 0.1.0, not 0.2.0"
        assert two[1].root[:16] in found[1][1]

    def test_missing_rows_under_the_tag_are_refused(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        tree = {
            path: data for path, data in two[0].tree().items() if not path.startswith("data/figures/test")
        }
        repository = hub.repositories[REPO]
        repository.tags["v0.1.0"] = repository.commit(tree, "BILAN 0.1.0")
        ((code, message, _),) = self.taken(hub, tmp_path, "0.1.0", two[0].corpus)
        assert code == "B844"
        assert message.startswith("figures/test has 0 rows of ")


# --- what may go out ---------------------------------------------------------------------------------------


def codes(error: pytest.ExceptionInfo[BilanError]) -> set[str]:
    return {one.code for one in error.value.incidents}


def messages(error: pytest.ExceptionInfo[BilanError]) -> str:
    return "\n".join(one.message for one in error.value.incidents)


class TestPlan:
    @pytest.fixture
    def copy(self, two: tuple[Release, Release], tmp_path: Path) -> Path:
        return Path(shutil.copytree(two[1].build, tmp_path / "hf"))

    def test_it_names_every_file_with_size_and_hashes(self, two: tuple[Release, Release]) -> None:
        made = plans.make(two[1].build, two[1].corpus)
        assert (made.version, made.tag, made.root) == ("0.2.0", "v0.2.0", two[1].root)
        assert [(one.path, one.size) for one in made.files] == [(k, len(v)) for k, v in two[1].tree().items()]
        for one in made.files:
            git = subprocess.run(
                ["git", "hash-object", "--no-filters", two[1].build / one.path],
                capture_output=True,
                text=True,
            )
            assert one.git_id == git.stdout.strip()
            assert one.sha256 == sha256_of(two[1].build / one.path)

    def test_a_build_of_an_older_release_is_refused(self, two: tuple[Release, Release]) -> None:
        with pytest.raises(BilanError) as error:
            plans.make(two[0].build, two[1].corpus)
        assert codes(error) == {"B842"}
        assert "it is version 0.1.0, not 0.2.0" in messages(error)

    def test_a_build_with_articles_in_no_release_is_refused(
        self, two: tuple[Release, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bilan.build.__version__", "0.2.0")
        build(small_corpus.write_many(tmp_path / "corpus", 2), tmp_path / "hf")
        with pytest.raises(BilanError) as error:
            plans.make(tmp_path / "hf", two[1].corpus)
        assert codes(error) == {"B842"}
        assert "its root is" in messages(error)

    def test_documents_that_differ_under_the_released_root_are_refused(
        self, two: tuple[Release, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bilan.build.__version__", "0.2.0")
        corpus = small_corpus.write_many(tmp_path / "corpus", 1)
        path = small_corpus.article_path(corpus, "bf-2021-06-05-copy-000.fr.1")
        document = json.loads(path.read_bytes())
        document["added_in"] = "0.2.0"
        jsonio.write_atomic(path, jsonio.dumps(document))
        build(corpus, tmp_path / "hf")
        info = json.loads((tmp_path / "hf" / "bilan.json").read_bytes())
        info["root"] = two[1].root
        (tmp_path / "hf" / "bilan.json").write_text(json.dumps(info))
        with pytest.raises(BilanError) as error:
            plans.make(tmp_path / "hf", two[1].corpus)
        assert codes(error) == {"B842"}
        assert "1 documents differ from release 0.2.0; bilan verify names them" in messages(error)

    def test_a_table_that_does_not_follow_from_the_documents_is_refused(
        self, two: tuple[Release, Release], copy: Path
    ) -> None:
        path = next((copy / "data" / "figures").glob("test-*.parquet"))
        table = pq.read_table(path)
        pq.write_table(table.take(list(reversed(range(table.num_rows)))), path)
        with pytest.raises(BilanError) as error:
            plans.make(copy, two[1].corpus)
        assert codes(error) == {"B842"}
        assert messages(error) == "figures/test does not follow from the released documents"

    @pytest.mark.parametrize(
        "name", ["notes.txt", ".env", "data/figures/.DS_Store", "bilan.py", "data/x/full.json"]
    )
    def test_a_file_that_no_build_writes_does_not_go_out(
        self, name: str, two: tuple[Release, Release], copy: Path
    ) -> None:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("mine")
        with pytest.raises(BilanError) as error:
            plans.make(copy, two[1].corpus)
        assert codes(error) == {"B842"}
        assert messages(error) == f"{name} is no file that bilan build writes"

    def test_a_link_does_not_go_out(self, two: tuple[Release, Release], copy: Path, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("mine")
        (copy / "LICENSE-DATA").unlink(missing_ok=True)
        (copy / "LICENSE-DATA").symlink_to(tmp_path / "secret")
        with pytest.raises(BilanError) as error:
            plans.make(copy, two[1].corpus)
        assert messages(error) == "LICENSE-DATA is no file that bilan build writes"

    def test_a_folder_that_is_no_build_is_refused(self, two: tuple[Release, Release], tmp_path: Path) -> None:
        for text in (None, "{", "[]", '{"version": 1, "root": "", "counts": {}}'):
            if text is not None:
                (tmp_path / "bilan.json").write_text(text)
            with pytest.raises(BilanError) as error:
                plans.make(tmp_path, two[1].corpus)
            assert codes(error) == {"B807"}


# --- a folder and a git repository -------------------------------------------------------------------------


def bare(folder: Path, branch: str = "main") -> Path:
    git("init", "-q", "--bare", "-b", branch, folder)
    return folder


def git(*arguments: Any, folder: Path | None = None) -> str:
    done = subprocess.run(["git", *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def author(monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.org")


def publish(release: Release, to: Any, *more: str) -> int:
    return main(
        ["publish", "--build", str(release.build), "--manifests", str(release.corpus), "--to", str(to), *more]
    )


def snapshot_of(folder: Path) -> dict[str, bytes | None]:
    """Everything that lies in a folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")
    }


def published(place: Path, kind: str, version: str, into: Path) -> dict[str, bytes]:
    """The files of a version as a user gets them."""
    folder = place / f"v{version}"
    if kind == "git":
        folder = into / version
        git("clone", "-q", "--branch", f"v{version}", place, folder)
        shutil.rmtree(folder / ".git")
    return {k: v for k, v in snapshot_of(folder).items() if v is not None}


@pytest.mark.parametrize("kind", ["folder", "git"])
class TestFolderAndGit:
    @pytest.fixture
    def place(self, kind: str, tmp_path: Path) -> Path:
        return bare(tmp_path / "place") if kind == "git" else tmp_path / "place"

    def test_two_versions_go_out_one_after_the_other_and_both_are_there(
        self, kind: str, place: Path, two: tuple[Release, Release], tmp_path: Path, capsys: Any
    ) -> None:
        for release in two:
            assert publish(release, place, "--execute") == 0
            output = capsys.readouterr().out
            rows = sum(sum(s.values()) for s in json.loads(release.tree()["bilan.json"])["counts"].values())
            assert f"{len(release.tree())} files and {rows:,} rows of 6 tables are the same." in output
        for release in two:
            assert published(place, kind, release.version, tmp_path / "got") == release.tree()
        assert publish(two[1], place, "--check") == 0

    def test_a_dry_run_says_what_it_would_do_and_writes_nothing(
        self, kind: str, place: Path, two: tuple[Release, Release], capsys: Any
    ) -> None:
        before = snapshot_of(place)
        assert publish(two[0], place) == 0
        output = capsys.readouterr().out
        assert all(path in output for path in two[0].tree())
        assert "v0.1.0" in output
        assert "Nothing was written. --execute does it." in output
        assert snapshot_of(place) == before
        assert place.exists() == (kind == "git")

    def test_a_version_that_exists_is_refused_and_so_is_an_older_one(
        self, kind: str, place: Path, two: tuple[Release, Release], capsys: Any
    ) -> None:
        assert publish(two[1], place, "--execute") == 0
        before = snapshot_of(place)
        for release, message in (
            (two[1], "v0.2.0 is published already"),
            (two[0], "v0.1.0 is older than 0.2.0"),
        ):
            for more in ((), ("--execute",)):
                assert publish(release, place, *more) == 1
                error = capsys.readouterr().err
                assert "B840" in error
                assert message in error
        assert snapshot_of(place) == before

    def test_what_is_published_and_has_changed_is_found(
        self, kind: str, place: Path, two: tuple[Release, Release], tmp_path: Path, capsys: Any
    ) -> None:
        assert publish(two[1], place, "--execute") == 0
        work = place / "v0.2.0"
        if kind == "git":
            work = tmp_path / "work"
            git("clone", "-q", place, work)
        name = "data/figures/test-00000-of-00001.parquet"
        table = pq.read_table(work / name)
        pq.write_table(table.take([1, 0, *range(2, table.num_rows)]), work / name)
        (work / "LICENSE-DATA").unlink(missing_ok=True)
        (work / "README.md").unlink()
        (work / "more.txt").write_text("more")
        if kind == "git":
            git("add", "-A", folder=work)
            git("commit", "-qm", "changed", folder=work)
            git("tag", "-f", "v0.2.0", folder=work)
            git("push", "-qf", "origin", "HEAD", "v0.2.0", folder=work)
        assert publish(two[1], place, "--check") == 1
        error = capsys.readouterr().err
        assert "B844" in error
        for message in (f"{name} differs", "README.md is missing", "more.txt should not be there"):
            assert message in error
        assert "figures/test differs in row 0" in error

    def test_what_is_not_published_cannot_be_checked(
        self, kind: str, place: Path, two: tuple[Release, Release], capsys: Any
    ) -> None:
        assert publish(two[1], place, "--check") == 1
        assert "B843" in capsys.readouterr().err


class TestFolder:
    def test_nothing_else_in_the_folder_is_touched(
        self, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        (tmp_path / "v0.0.1").mkdir()
        (tmp_path / "v0.0.1" / "x").write_text("old")
        (tmp_path / "mine.txt").write_text("mine")
        assert publish(two[0], tmp_path, "--execute") == 0
        assert {p.name for p in tmp_path.iterdir()} == {"v0.0.1", "mine.txt", "v0.1.0"}
        assert (tmp_path / "v0.1.0").stat().st_mode & 0o777 == 0o755

    def test_a_full_disk_leaves_nothing(
        self, two: tuple[Release, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        def full(*args: Any) -> None:
            if len(list(tmp_path.rglob("*.parquet"))) > 3:
                raise OSError(28, "No space left on device")
            copyfileobj(*args)

        copyfileobj = shutil.copyfileobj
        monkeypatch.setattr(folders.shutil, "copyfileobj", full)
        assert publish(two[0], tmp_path, "--execute") == 1
        error = capsys.readouterr().err
        assert "B803" in error
        assert "No space left on device; nothing was published" in error
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("files", [0, 1])
    def test_a_racing_writer_is_not_overwritten(
        self,
        files: int,
        two: tuple[Release, Release],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Any,
    ) -> None:
        def quicker(*args: Any) -> Any:
            (tmp_path / "v0.1.0").mkdir()
            for number in range(files):
                (tmp_path / "v0.1.0" / str(number)).write_text("theirs")
            return compare(*args)

        compare = proof.compare
        monkeypatch.setattr(folders.proof, "compare", quicker)
        assert publish(two[0], tmp_path, "--execute") == 1
        assert "B841" in capsys.readouterr().err
        assert {p.name for p in tmp_path.iterdir()} == {"v0.1.0"}
        assert len(list((tmp_path / "v0.1.0").iterdir())) == files

    def test_a_file_is_no_target(self, two: tuple[Release, Release], tmp_path: Path, capsys: Any) -> None:
        (tmp_path / "x").write_text("")
        assert publish(two[0], tmp_path / "x") == 1
        assert "B843 this is no folder" in capsys.readouterr().err


class TestGit:
    def test_each_release_is_one_commit_on_the_branch_that_the_repository_has(
        self, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        place = bare(tmp_path / "x.git", "trunk")
        for release in two:
            assert publish(release, f"file://{place}", "--execute") == 0
        assert git("log", "--format=%s", "trunk", folder=place).split("\n") == ["BILAN 0.2.0", "BILAN 0.1.0"]
        assert git("log", "-1", "--format=%b", "trunk", folder=place) == f"root sha256:{two[1].root}"
        assert git("rev-parse", "v0.2.0^{commit}", folder=place) == git("rev-parse", "trunk", folder=place)
        assert git("cat-file", "-t", "v0.1.0", folder=place) == "tag"

    def test_line_ends_and_filters_of_the_user_change_nothing(
        self, two: tuple[Release, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "attributes").write_text("*.parquet filter=lfs\n*.md text eol=crlf\n*.json ident\n")
        config = f"[core]\nautocrlf = true\nattributesFile = {tmp_path / 'attributes'}\nexcludesFile = {tmp_path / 'x'}"
        (tmp_path / "x").write_text("*.svg\ndata/\n")
        (tmp_path / "config").write_text(config + '\n[filter "lfs"]\nclean = tr a b\n')
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
        place = bare(tmp_path / "place")
        assert publish(two[0], place, "--execute") == 0
        monkeypatch.delenv("GIT_CONFIG_GLOBAL")
        assert published(place, "git", "0.1.0", tmp_path / "got") == two[0].tree()

    def seen_then(self, release: Release, place: Path) -> tuple[Target, Any, Any]:
        made, to = plans.make(release.build, release.corpus), target(str(place))
        return to, made, to.look(made)

    def other_commit(self, place: Path, folder: Path) -> None:
        git("clone", "-q", place, folder)
        (folder / "README.md").write_text("theirs")
        git("add", "-A", folder=folder)
        git("commit", "-qm", "theirs", folder=folder)
        git("push", "-q", "origin", "HEAD", folder=folder)

    def refs(self, place: Path) -> str:
        return git("for-each-ref", folder=place)

    def test_a_writer_between_look_and_publication_is_not_overwritten(
        self, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        place = bare(tmp_path / "place")
        assert publish(two[0], place, "--execute") == 0
        to, made, seen = self.seen_then(two[1], place)
        self.other_commit(place, tmp_path / "other")
        before = self.refs(place)
        with pytest.raises(BilanError) as error:
            to.publish(made, seen)
        assert codes(error) == {"B841"}
        assert self.refs(place) == before
        assert publish(two[1], place, "--execute") == 0

    @pytest.mark.parametrize("what", ["commit", "tag"])
    def test_a_writer_just_before_the_push_leaves_neither_commit_nor_tag(
        self, what: str, two: tuple[Release, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = bare(tmp_path / "place")
        assert publish(two[0], place, "--execute") == 0
        to, made, seen = self.seen_then(two[1], place)
        commit = GitTarget._commit
        before = []

        def quicker(*args: Any) -> str:
            if what == "commit":
                self.other_commit(place, tmp_path / "other")
            else:
                git("tag", "v0.2.0", "main", folder=place)
            before.append(self.refs(place))
            return commit(*args)

        monkeypatch.setattr(GitTarget, "_commit", quicker)
        with pytest.raises(BilanError) as error:
            to.publish(made, seen)
        assert codes(error) == ({"B841"} if what == "commit" else {"B840"})
        assert [self.refs(place)] == before

    def test_a_refusal_of_the_server_leaves_neither_commit_nor_tag(
        self, two: tuple[Release, Release], tmp_path: Path, capsys: Any
    ) -> None:
        place = bare(tmp_path / "place")
        hook = place / "hooks" / "update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text('#!/bin/sh\ncase "$1" in refs/tags/*) echo "no tags today" >&2; exit 1;; esac\n')
        hook.chmod(0o755)
        assert publish(two[0], place, "--execute") == 1
        error = capsys.readouterr().err
        assert "B843" in error
        assert "no tags today" in error
        assert self.refs(place) == ""

    def test_a_release_that_lies_there_without_a_tag_only_gets_the_tag(
        self, two: tuple[Release, Release], tmp_path: Path, capsys: Any
    ) -> None:
        place = bare(tmp_path / "place")
        assert publish(two[0], place, "--execute") == 0
        git("tag", "-d", "v0.1.0", folder=place)
        head = git("rev-parse", "main", folder=place)
        capsys.readouterr()
        assert publish(two[0], place, "--execute") == 0
        assert "it only gets the tag v0.1.0" in capsys.readouterr().out
        assert git("rev-parse", "main", "v0.1.0^{commit}", folder=place).split() == [head, head]

    def test_a_repository_of_something_else_is_not_overwritten(
        self, two: tuple[Release, Release], tmp_path: Path, capsys: Any
    ) -> None:
        place = bare(tmp_path / "place")
        git("clone", "-q", place, tmp_path / "work")
        (tmp_path / "work" / "thesis.tex").write_text("mine")
        git("add", "-A", folder=tmp_path / "work")
        git("commit", "-qm", "mine", folder=tmp_path / "work")
        git("push", "-q", "origin", "HEAD", folder=tmp_path / "work")
        assert publish(two[0], place, "--execute") == 1
        assert "B843 it holds something else than BILAN: thesis.tex" in capsys.readouterr().err

    def test_a_repository_that_cannot_be_reached_is_a_clear_error_without_the_password(
        self, two: tuple[Release, Release], tmp_path: Path, capsys: Any
    ) -> None:
        assert publish(two[0], tmp_path / "nowhere.git") == 1
        assert "B843 git clone says:" in capsys.readouterr().err
        assert publish(two[0], "http://me:hunter2@127.0.0.1:9/x") == 1
        error = capsys.readouterr().err
        assert "B843" in error
        assert "hunter2" not in error

    def test_without_git_it_says_so(
        self, two: tuple[Release, Release], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert publish(two[0], tmp_path / "x.git") == 1
        assert "B843 the command git is not installed" in capsys.readouterr().err


# --- the Hub -----------------------------------------------------------------------------------------------

COMMAND = "import sys; from bilan.__main__ import main; sys.exit(main(['publish', *sys.argv[1:]]))"


@pytest.mark.hub
class TestHub:
    @pytest.fixture
    def go(self, hub: HubServer, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
        """Runs ``bilan publish`` in a process that sees the loopback Hub."""

        def run(release: Release, *more: str, to: str = f"hub:{REPO}", **env: str) -> Any:
            own = ("--build", release.build, "--manifests", release.corpus, "--to", to)
            done = run_python(COMMAND, hub, tmp_path / "home", *own, *more, **env)
            assert "Traceback" not in done.stderr, done.stderr
            return done

        return run

    def state(self, hub: HubServer) -> tuple[list[str], dict[str, str]]:
        repository = hub.repositories[REPO]
        return list(repository.messages.values()), dict(repository.tags)

    def is_published(self, hub: HubServer, *all_releases: Release) -> None:
        """One commit for each release, which holds its files and what the Hub keeps for itself, and its tag."""
        repository = hub.repositories[REPO]
        for release in all_releases:
            tree = dict(repository.commits[repository.tags[f"v{release.version}"]])
            assert tree.pop(".gitattributes")
            assert tree == release.tree()
        assert [one for one in repository.messages.values() if one.startswith("BILAN")] == [
            f"BILAN {release.version}" for release in all_releases
        ]
        assert repository.tags[f"v{all_releases[-1].version}"] == repository.head

    def test_two_versions_go_out_and_load_by_tag_with_the_rows_of_the_build(
        self, hub: HubServer, go: Any, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        for release in two:
            done = go(release, "--execute")
            assert done.returncode == 0, done.stderr
            assert "rows of 6 tables are the same." in done.stdout
        self.is_published(hub, *two)
        loaded = run_python(LOAD, hub, tmp_path / "user", REPO, *(r.build for r in two), HF_TOKEN="")
        assert loaded.returncode == 0, loaded.stderr
        assert loaded.stdout.split() == ["0.1.0", "0.2.0", "head"]

    def test_the_released_corpus_goes_out_and_loads(
        self, hub: HubServer, go: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = corpora.read(small_corpus.REAL)
        monkeypatch.setattr("bilan.build.__version__", "1.0.0")
        manifest = releases.manifest(data, "1.0.0", "2026-01-01")
        jsonio.write_atomic(tmp_path / "trusted" / "releases" / "1.0.0.json", jsonio.dumps(manifest))
        built = build(small_corpus.REAL, tmp_path / "hf", workers=2)
        real = Release("1.0.0", tmp_path / "trusted", built.out, built.root)
        done = go(real, "--execute")
        assert done.returncode == 0, done.stderr
        self.is_published(hub, real)
        loaded = run_python(LOAD, hub, tmp_path / "user", REPO, real.build, HF_TOKEN="")
        assert loaded.returncode == 0, loaded.stderr

    def test_files_that_the_new_version_does_not_have_go_in_the_same_commit(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        old = {
            **two[0].tree(),
            "data/figures/old-00000-of-00001.parquet": b"PAR1",
            "plots/old.svg": b"<svg/>",
        }
        repository = hub.repositories[REPO]
        repository.commit({**repository.commits[repository.head], **old}, "earlier")
        done = go(two[1], "--execute")
        assert done.returncode == 0, done.stderr
        assert (
            "No longer in this version: data/figures/old-00000-of-00001.parquet, plots/old.svg" in done.stdout
        )
        self.is_published(hub, two[1])

    def test_a_dry_run_writes_nothing_and_needs_no_token(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        before = self.state(hub)
        done = go(two[0], HF_TOKEN="")
        assert done.returncode == 0, done.stderr
        assert f"Parent: {hub.repositories[REPO].head}" in done.stdout
        assert "makes one commit on main, then sets the tag v0.1.0 on it" in done.stdout
        assert hub.writes == []
        assert self.state(hub) == before

    def test_a_tag_that_exists_is_refused_before_anything_is_sent(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        put(hub, *two)
        for release, message in (
            (two[1], "v0.2.0 is published already"),
            (two[0], "v0.1.0 is published already"),
        ):
            done = go(release, "--execute")
            assert done.returncode == 1
            assert "B840" in done.stderr
            assert message in done.stderr
        assert hub.writes == []

    @pytest.mark.parametrize("token", ["", "hf_of_somebody_else"])
    def test_without_a_token_that_may_write_nothing_is_published(
        self, token: str, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        before = self.state(hub)
        done = go(two[0], "--execute", HF_TOKEN=token)
        assert done.returncode == 1
        assert "B845" in done.stderr
        assert "HF_TOKEN" in done.stderr
        assert self.state(hub) == before
        assert hub.writes == []

    def test_an_upload_that_is_cut_once_goes_on(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        hub.faults.cut_upload_after, hub.faults.times = 1000, 1
        done = go(two[0], "--execute")
        assert done.returncode == 0, done.stderr
        self.is_published(hub, two[0])

    @pytest.mark.parametrize("fault", ["cut_upload_after", "cut_commit_after"])
    def test_a_cut_connection_leaves_nothing_and_a_second_run_completes(
        self, fault: str, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        before = self.state(hub)
        setattr(hub.faults, fault, 5000 if fault == "cut_commit_after" else 1000)
        done = go(two[0], "--execute")
        assert done.returncode == 1
        assert "B846 nothing was published" in done.stderr
        assert self.state(hub) == before
        setattr(hub.faults, fault, None)
        assert go(two[0], "--execute").returncode == 0
        self.is_published(hub, two[0])

    def test_a_commit_whose_answer_is_lost_is_found_and_tagged(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        hub.faults.lose_answer = True
        done = go(two[0], "--execute")
        assert done.returncode == 0, done.stderr
        self.is_published(hub, two[0])

    def test_a_hub_that_goes_down_with_the_commit_is_told_as_unknown_and_a_second_run_completes(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        hub.faults.then_down = True
        done = go(two[0], "--execute")
        assert done.returncode == 1
        assert "B846 it is not known whether the commit was made; no tag was set" in done.stderr
        hub.faults.down = hub.faults.then_down = False
        done = go(two[0], "--execute")
        assert done.returncode == 0, done.stderr
        self.is_published(hub, two[0])

    def test_a_racing_writer_is_not_overwritten(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        def quicker(repository: Repository) -> None:
            repository.commit({**repository.commits[repository.head], "README.md": b"theirs"}, "theirs")

        hub.faults.before_commit, hub.faults.times = quicker, 1
        done = go(two[0], "--execute")
        assert done.returncode == 1
        assert "B841" in done.stderr
        assert "nothing was published" in done.stderr
        assert self.state(hub) == (["initial commit", "theirs"], {})
        assert go(two[0], "--execute").returncode == 0
        self.is_published(hub, two[0])

    def test_a_tag_that_fails_is_set_by_a_second_run_without_a_second_commit(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        hub.faults.fail_tag = True
        done = go(two[0], "--execute")
        assert done.returncode == 1
        assert "B846 the commit is made, but has no tag" in done.stderr
        assert self.state(hub) == (["initial commit", "BILAN 0.1.0"], {})
        hub.faults.fail_tag = False
        done = go(two[0], "--execute")
        assert done.returncode == 0, done.stderr
        assert "it only gets the tag v0.1.0" in done.stdout
        self.is_published(hub, two[0])

    def test_a_tag_that_somebody_else_sets_in_between_is_not_moved(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        first = hub.repositories[REPO].head
        hub.faults.before_tag = lambda repository: repository.tags.update({"v0.1.0": first})
        hub.faults.times = 1
        done = go(two[0], "--execute")
        assert done.returncode == 1
        assert "B841" in done.stderr
        assert "the commit is made, but has no tag" in done.stderr
        assert hub.repositories[REPO].tags == {"v0.1.0": first}

    def test_a_commit_that_lacks_files_is_not_tagged(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        hub.faults.ignore = "LICENSE-DATA"
        done = go(two[0], "--execute")
        assert done.returncode == 1
        assert "B844" in done.stderr
        assert "holds other files than the build; it has no tag" in done.stderr
        assert hub.repositories[REPO].tags == {}
        hub.faults.ignore = ""
        assert go(two[0], "--execute").returncode == 0
        tree = dict(hub.repositories[REPO].commits[hub.repositories[REPO].tags["v0.1.0"]])
        assert {*tree} == {*two[0].tree(), ".gitattributes"}

    def test_a_tag_that_was_moved_is_found(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        put(hub, *two)
        assert go(two[1], "--check", HF_TOKEN="").returncode == 0
        hub.repositories[REPO].tags["v0.2.0"] = hub.repositories[REPO].tags["v0.1.0"]
        done = go(two[1], "--check", HF_TOKEN="")
        assert done.returncode == 1
        assert "B844 it is version 0.1.0, not 0.2.0" in done.stderr

    def test_a_download_that_is_cut_off_is_no_proof(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        put(hub, *two)
        hub.faults.cut_download_after = 700
        done = go(two[1], "--check")
        assert done.returncode == 1
        assert "B843" in done.stderr
        assert "are the same" not in done.stdout

    def test_a_dataset_that_is_not_there_is_made_only_when_asked(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        done = go(two[0], "--execute", to="hub:somebody/new")
        assert done.returncode == 1
        assert "B843" in done.stderr
        assert "--create" in done.stderr
        assert go(two[0], "--create", to="hub:somebody/new").returncode == 0
        assert "somebody/new" not in hub.repositories
        done = go(two[0], "--create", "--execute", to="hub:somebody/new")
        assert done.returncode == 0, done.stderr
        assert list(hub.repositories["somebody/new"].tags) == ["v0.1.0"]

    def test_a_dataset_of_something_else_is_not_overwritten(
        self, hub: HubServer, go: Any, two: tuple[Release, Release]
    ) -> None:
        hub.repositories[REPO].commit({"README.md": b"", "train.csv": b"a,b"}, "theirs")
        done = go(two[0], "--execute")
        assert done.returncode == 1
        assert "B843 it holds something else than BILAN: train.csv" in done.stderr
        assert hub.writes == []

    def test_offline_it_says_so(self, hub: HubServer, go: Any, two: tuple[Release, Release]) -> None:
        done = go(two[0], HF_HUB_OFFLINE="1")
        assert done.returncode == 1
        assert "B843" in done.stderr
        assert "unset HF_HUB_OFFLINE" in done.stderr
        assert hub.requests == []


def test_the_page_on_publishing_names_options_that_exist(repository: Path) -> None:
    page = (repository / "docs" / "publishing.md").read_text("utf-8")
    parser = argparse.ArgumentParser()
    command.register(parser)
    lines = re.findall(r"^(?:HF_TOKEN=… )?bilan publish (.*?)(?: +#.*)?$", page, re.M)
    assert [(a.to, a.execute, a.check) for a in (parser.parse_args(line.split()) for line in lines)] == [
        ("hub:OWNER/NAME", False, False),
        ("hub:OWNER/NAME", True, False),
        ("hub:OWNER/NAME", False, True),
    ]
    assert set(re.findall(r"B8\d\d", page)) == {"B840", "B841", "B842", "B843", "B844", "B846"}


LOAD = """
import json, sys
from pathlib import Path
import datasets, huggingface_hub
import bilan
from bilan.tables import CONFIGS

repo, *builds = sys.argv[1:]
datasets.disable_progress_bars()
for build in builds:
    version = json.loads((Path(build) / "bilan.json").read_bytes())["version"]
    for config in CONFIGS:
        ours = bilan.load(config, source=build)
        theirs = datasets.load_dataset(repo, config, revision=f"v{version}")
        stream = datasets.load_dataset(repo, config, revision=f"v{version}", streaming=True)
        assert list(theirs) == list(ours) == list(stream)
        for split in ours:
            rows = ours[split].to_list()
            assert theirs[split].to_list() == rows
            assert list(stream[split]) == rows
            assert theirs[split].features == ours[split].features
            assert str(theirs[split].info.version) == version
    folder = Path(huggingface_hub.snapshot_download(repo, repo_type="dataset", revision=f"v{version}"))
    for path in Path(build).rglob("*"):
        assert path.is_dir() or (folder / path.relative_to(build)).read_bytes() == path.read_bytes()
    print(version)
head = datasets.load_dataset(repo)
assert head["test"].to_list() == bilan.load(source=builds[-1])["test"].to_list()
print("head")
"""
