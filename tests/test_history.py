"""Older states of the corpus come out of git as they were, or it is said what is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bilan import copies, corpus, history, jsonio, releases, upgrade
from bilan.checks import schema
from bilan.incidents import BilanError
from conftest import FIXTURES, REPOSITORY

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

STORY = "xx-2024-03-01-tessara"
ARTICLE = f"{STORY}.fr.1"


def git(root: Path, *arguments: str) -> str:
    """Standard output of git, run without anybody's settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    nobody = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**kept, **nobody, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(
        command, cwd=root, env=environment, check=True, capture_output=True, text=True
    ).stdout


def commit(root: Path, message: str = "work") -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)
    return git(root, "rev-parse", "HEAD").strip()


def edit(root: Path, place: str, **fields: object) -> None:
    path = root / "corpus" / place
    path.write_bytes(jsonio.dumps({**json.loads(path.read_bytes()), **fields}))


def release(root: Path, version: str) -> None:
    manifest = releases.manifest(corpus.read(root / "corpus"), version, "2026-01-01")
    jsonio.write_atomic(root / "corpus" / "releases" / f"{version}.json", jsonio.dumps(manifest))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the small valid corpus, one commit, no release."""
    root = tmp_path / "clone"
    shutil.copytree(FIXTURES / "valid" / "corpus", root / "corpus")
    git(root, "init", "--quiet")
    commit(root)
    return root


def codes(error: pytest.ExceptionInfo[BilanError]) -> list[str]:
    return [incident.code for incident in error.value.incidents]


# --- commits ----------------------------------------------------------------------------------------------


def test_the_corpus_of_a_commit_is_what_lay_in_the_folder_then(clone: Path) -> None:
    before = corpus.read(clone / "corpus")
    edit(clone, "xx/2024-03-01-tessara/fr-1.json", published="2024-03-09")
    commit(clone)
    assert history.corpus_at(clone, "HEAD~1") == before
    assert history.corpus_at(clone, "HEAD") == corpus.read(clone / "corpus")
    assert history.corpus_at(clone, "HEAD").articles[ARTICLE]["published"] == "2024-03-09"


def test_work_that_is_not_committed_is_neither_read_nor_touched(clone: Path) -> None:
    before = corpus.read(clone / "corpus")
    edit(clone, "xx/2024-03-01-tessara/fr-1.json", published="2024-03-09")
    (clone / "corpus" / "xx" / "2024-03-01-tessara" / "en-1.json").unlink()
    status = git(clone, "status", "--porcelain")
    assert history.corpus_at(clone, "HEAD") == before
    assert git(clone, "status", "--porcelain") == status != ""


@pytest.mark.parametrize("name", ["main", "v9", "HEAD"])
def test_a_commit_has_many_names(clone: Path, name: str) -> None:
    git(clone, "tag", "v9")
    assert history.resolve(clone, name) == git(clone, "rev-parse", "HEAD").strip()


def test_settings_of_a_git_hook_do_not_lead_astray(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    assert ARTICLE in history.corpus_at(clone, "HEAD").articles


def test_a_checkout_below_the_top_of_its_repository_is_read_all_the_same(tmp_path: Path) -> None:
    root = tmp_path / "all" / "data"
    shutil.copytree(FIXTURES / "valid" / "corpus", root / "corpus")
    git(root.parent, "init", "--quiet")
    commit(root.parent)
    assert history.corpus_at(root, "HEAD") == corpus.read(root / "corpus")


def test_names_that_look_like_options_or_are_nonsense_are_refused(clone: Path) -> None:
    for name in ("--all", "-h", "", "a\0b", "HEAD:corpus", "no such branch"):
        with pytest.raises(BilanError) as caught:
            history.corpus_at(clone, name)
        assert codes(caught) == ["B832"]


def test_a_folder_without_history_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)})
    with pytest.raises(BilanError, match=r"B831 .* is no git repository") as caught:
        history.corpus_at(tmp_path, "HEAD")
    assert "git clone" in caught.value.incidents[0].mend


def test_where_git_is_not_installed_it_is_said(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BilanError, match="B831 git cannot be run"):
        history.corpus_at(clone, "HEAD")


@pytest.mark.parametrize(
    "place, raw",
    [
        ("xx/2024-03-01-tessara/fr-1.json", b"{"),
        ("xx/2024-03-01-tessara/fr-1.json", b"[]"),
        ("xx/2024-03-01-tessara/fr-1.json", b'{"id": "other"}'),
        ("registry/actors.json", b'{"actors": 1}'),
        ("registry/actors.json", None),
    ],
)
def test_a_commit_with_a_broken_corpus_is_named(clone: Path, place: str, raw: bytes | None) -> None:
    path = clone / "corpus" / place
    path.unlink() if raw is None else path.write_bytes(raw)
    commit(clone)
    with pytest.raises(BilanError, match="B834"):
        history.corpus_at(clone, "HEAD")


# --- versions ---------------------------------------------------------------------------------------------


def test_a_version_is_its_documents_and_none_that_lay_beside_them(clone: Path) -> None:
    released = corpus.read(clone / "corpus")
    release(clone, "0.1.0")
    text = (clone / "corpus/xx/2024-03-01-tessara/fr-1.json").read_text(encoding="utf-8")
    (clone / "corpus/xx/2024-03-01-tessara/fr-7.json").write_text(text.replace("fr.1", "fr.7"), "utf-8")
    commit(clone, "release, and an article towards the next")
    edit(clone, "xx/2024-03-01-tessara/story.json", region="horn")
    commit(clone, "an edit")
    assert history.release(clone, "0.1.0") == released


def test_the_commit_is_the_newest_that_wrote_the_manifest_and_holds_its_data(clone: Path) -> None:
    release(clone, "0.1.0")
    commit(clone, "a first manifest")
    edit(clone, "xx/2024-03-01-tessara/fr-1.json", published="2024-03-09")
    release(clone, "0.1.0")
    right = commit(clone, "data mended, manifest written anew")
    path = clone / "corpus/releases/0.1.0.json"
    path.write_bytes(jsonio.dumps({**json.loads(path.read_bytes()), "date": "2026-01-02"}))
    edit(clone, "xx/2024-03-01-tessara/fr-1.json", published="2024-03-10")
    commit(clone, "another date in the manifest, beside other data")
    assert history.commit_of(clone, "0.1.0") == right
    assert history.release(clone, "0.1.0").articles[ARTICLE]["published"] == "2024-03-09"


def test_a_manifest_that_is_written_anew_is_looked_for_anew(clone: Path) -> None:
    release(clone, "0.1.0")
    first = commit(clone)
    assert history.commit_of(clone, "0.1.0") == first
    edit(clone, "xx/2024-03-01-tessara/fr-1.json", published="2024-03-09")
    release(clone, "0.1.0")
    second = commit(clone)
    assert history.commit_of(clone, "0.1.0") == second != first


def test_a_version_that_nobody_released_is_named_with_those_that_are(clone: Path) -> None:
    release(clone, "0.1.0")
    with pytest.raises(BilanError, match=r"B702 no release 0\.9\.0") as caught:
        history.commit_of(clone, "0.9.0")
    assert "0.1.0" in caught.value.incidents[0].mend


def test_a_history_without_the_data_is_told_from_a_shallow_clone(clone: Path, tmp_path: Path) -> None:
    release(clone, "0.1.0")
    commit(clone)
    edit(clone, "xx/2024-03-01-tessara/fr-1.json", published="2024-03-09")
    commit(clone)
    git(tmp_path, "clone", "--quiet", "--depth", "1", clone.as_uri(), "shallow")
    with pytest.raises(BilanError, match="B833 this clone is shallow") as caught:
        history.release(tmp_path / "shallow", "0.1.0")
    assert caught.value.incidents[0].mend == "git fetch --unshallow"
    with pytest.raises(BilanError, match=r"B832 .*shallow"):
        history.corpus_at(tmp_path / "shallow", "HEAD~1")
    release(clone, "0.2.0")  # never committed
    with pytest.raises(BilanError, match="B833 no commit"):
        history.release(clone, "0.2.0")


def test_a_clone_without_old_contents_fetches_nothing(clone: Path, tmp_path: Path) -> None:
    git(clone, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", clone.as_uri(), "partial")
    with pytest.raises(BilanError, match="B833"):
        history.corpus_at(tmp_path / "partial", "HEAD")


# --- this repository --------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=sorted(releases.manifests(REPOSITORY / "corpus")))
def version(request: pytest.FixtureRequest) -> str:
    try:
        history.commit_of(REPOSITORY, request.param)
    except BilanError as error:
        if {incident.code for incident in error.incidents} <= {"B831", "B833"}:
            pytest.skip(f"the history of the repository is not here: {error}")
        raise
    return str(request.param)


def test_every_released_version_can_be_had_again_and_is_proved(version: str) -> None:
    manifest = releases.read_manifest(REPOSITORY / "corpus", version)
    data = history.release(REPOSITORY, version)
    assert releases.manifest(data, version, manifest["date"]) == manifest


def test_a_released_version_brought_up_to_date_fits_todays_schemas(version: str) -> None:
    data = upgrade.corpus(history.release(REPOSITORY, version))
    for kind, documents in (("article", data.articles), ("story", data.stories)):
        for ident, document in documents.items():
            assert schema.check(document, kind, ident) == []


# --- today's shape ----------------------------------------------------------------------------------------


def test_documents_of_todays_shape_stay_the_same_objects() -> None:
    data = copies.read(FIXTURES / "valid" / "corpus")
    again = upgrade.corpus(data)
    assert all(again.articles[ident] is data.articles[ident] for ident in data.articles)
    assert all(again.stories[ident] is data.stories[ident] for ident in data.stories)
    assert again.registry == data.registry


def test_a_story_from_before_subsets_belongs_to_none() -> None:
    story = copies.read(FIXTURES / "valid" / "corpus").stories[STORY]
    older = {key: value for key, value in story.items() if key != "subset"}
    newer = upgrade.document("story", older)
    assert newer == {**story, "subset": None}
    assert list(newer) == list(story)  # the order of keys as well
    assert "subset" not in older


def test_an_attribution_from_before_lists_blamed_one_or_nobody() -> None:
    article = copies.read(FIXTURES / "valid" / "corpus").articles[ARTICLE]
    several = [{**article["attributions"][0], "blames": blamed} for blamed in (None, "e1", ["e1", "e2"])]
    newer = upgrade.document("article", {**article, "attributions": several})
    assert [a["blames"] for a in newer["attributions"]] == [[], ["e1"], ["e1", "e2"]]


def test_a_document_that_is_no_document_is_left_for_the_schema_to_refuse() -> None:
    for odd in ({}, {"attributions": None}, {"attributions": [1]}, {"attributions": [{}]}):
        assert upgrade.document("article", odd) == odd


def test_every_step_names_the_version_that_brought_it() -> None:
    versions = [releases.version_key(step.version) for step in upgrade.STEPS]
    assert versions == sorted(versions)
