"""A release is as large a step as its difference, is written whole, and can be taken up wherever it broke off."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bilan import corpus, jsonio, releases, releasing
from bilan.__main__ import main
from bilan.incidents import BilanError
from bilan.paths import Home
from conftest import REPOSITORY

DAY = "2026-12-01"
ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
    **{f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)


@pytest.fixture
def home(valid: Path) -> Home:
    """A checkout of a small corpus, released as 0.1.0."""
    root = valid.resolve().parent
    shutil.copytree(REPOSITORY / "schema", root / "schema")
    (root / "scripts" / "bilan").mkdir(parents=True)
    (root / "scripts" / "bilan" / "__init__.py").write_text('"""x"""\n\n__version__ = "0.0.1"\n', "utf-8")
    (root / "pyproject.toml").write_text('[project]\nname = "bilan"\nversion = "0.0.1"\n', "utf-8")
    (root / "CHANGELOG.md").write_text("# Changelog\n\nHow versions grow.\n", "utf-8")
    made = Home(root, "checkout")
    git(root, "init", "-q", "-b", "main")
    releasing.make(made, releasing.plan(made, "0.1.0", DAY))
    commit(made, "0.1.0")
    return made


def commit(home: Home, message: str) -> None:
    git(home.root, "add", "-A")
    git(home.root, "commit", "-qm", message)


def first(home: Home) -> Path:
    return next(home.corpus.glob("??/*/fr-1.json"))


def edit(home: Home, **fields: Any) -> None:
    article = json.loads(first(home).read_bytes())
    article.update(fields)
    first(home).write_bytes(jsonio.dumps(article))


def add_story(home: Home) -> None:
    """A copy of the only story, a day later."""
    old = first(home).parent
    new = old.with_name(old.name.replace("-01-", "-02-"))
    shutil.copytree(old, new)
    for path in new.glob("*.json"):
        text = path.read_text("utf-8").replace(f"xx-{old.name}", f"xx-{new.name}")
        document = json.loads(text)
        if "added_in" in document:
            document["added_in"] = None
        path.write_bytes(jsonio.dumps(document))


def state(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.root).as_posix(): path.read_bytes()
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


# --- the rule --------------------------------------------------------------------------------------------


def test_an_edit_before_1_0_0_needs_a_minor_step(home: Home) -> None:
    edit(home, style="analysis")
    assert releasing.least(home) == "0.2.0"
    with pytest.raises(BilanError, match=r"B704 0\.1\.1 is too small a step from 0\.1\.0") as caught:
        releasing.plan(home, "0.1.1", DAY)
    assert "release 0.2.0" in caught.value.incidents[0].mend
    releasing.plan(home, "0.2.0", DAY)
    releasing.plan(home, "1.0.0", DAY)


def test_an_edit_from_1_0_0_on_needs_a_major_step(home: Home) -> None:
    releasing.make(home, releasing.plan(home, "1.0.0", DAY))
    commit(home, "1.0.0")
    edit(home, style="analysis")
    with pytest.raises(BilanError, match="B704"):
        releasing.plan(home, "1.1.0", DAY)
    releasing.plan(home, "2.0.0", DAY)


def test_additions_alone_are_minor_and_code_alone_a_patch(home: Home) -> None:
    assert releasing.least(home) == "0.1.1"
    releasing.plan(home, "0.1.1", DAY)
    add_story(home)
    assert releasing.least(home) == "0.2.0"
    with pytest.raises(BilanError, match="B704"):
        releasing.plan(home, "0.1.1", DAY)


def test_a_version_below_the_newest_or_none_at_all_is_refused(home: Home) -> None:
    for version, code in (("0.0.9", "B704"), ("0.1", "B802"), ("v1.x", "B802")):
        with pytest.raises(BilanError, match=code):
            releasing.plan(home, version, DAY)


def test_a_released_version_is_not_released_again_with_other_data(home: Home) -> None:
    edit(home, style="analysis")
    with pytest.raises(BilanError, match="B701"):
        releasing.plan(home, "0.1.0", DAY)


# --- what is written -------------------------------------------------------------------------------------


def test_everything_that_names_the_version_names_it(home: Home) -> None:
    add_story(home)
    releasing.make(home, releasing.plan(home, "0.2.0", DAY))
    manifest = releases.read_manifest(home.corpus, "0.2.0")
    assert 'version = "0.2.0"' in (home.root / "pyproject.toml").read_text("utf-8")
    assert '__version__ = "0.2.0"' in (home.root / "scripts/bilan/__init__.py").read_text("utf-8")
    cff = yaml.safe_load((home.root / "CITATION.cff").read_text("utf-8"))
    assert (cff["version"], cff["date-released"]) == ("0.2.0", DAY)
    zenodo = json.loads((home.root / ".zenodo.json").read_bytes())
    assert (zenodo["upload_type"], zenodo["version"], zenodo["publication_date"]) == ("dataset", "0.2.0", DAY)
    assert manifest["root"] in zenodo["description"]


def test_new_articles_say_in_which_version_they_came_and_old_ones_keep_it(home: Home) -> None:
    add_story(home)
    releasing.make(home, releasing.plan(home, "0.2.0", DAY))
    data = corpus.read(home.corpus)
    came = {article["story"]: article["added_in"] for article in data.articles.values()}
    assert sorted(came.values()) == ["0.1.0", "0.2.0"]
    held = releases.manifest(data, "0.2.0", DAY)
    assert held["root"] == releases.read_manifest(home.corpus)["root"]


def test_the_changelog_counts_the_difference_and_keeps_what_people_wrote(home: Home) -> None:
    log = home.root / "CHANGELOG.md"
    log.write_text(
        log.read_text("utf-8").replace("## 0.1.0", "## Unreleased\n\n* By hand.\n\n## 0.1.0"), "utf-8"
    )
    add_story(home)
    releasing.make(home, releasing.plan(home, "0.2.0", DAY))
    text = log.read_text("utf-8")
    section = text[text.index("## 0.2.0") : text.index("## 0.1.0")]
    assert "Unreleased" not in text
    assert "* By hand." in section
    assert "Against 0.1.0: additions only" in section
    assert re.search(r"\| articles \| 3 \|", section)
    assert text.startswith("# Changelog\n\nHow versions grow.\n")


# --- again, and broken off -------------------------------------------------------------------------------


def test_run_twice_it_changes_nothing(home: Home) -> None:
    add_story(home)
    assert releasing.make(home, releasing.plan(home, "0.2.0", DAY))
    before = state(home)
    assert releasing.make(home, releasing.plan(home, "0.2.0", "2027-01-01")) == []
    assert state(home) == before, "the day is that of the release, not that of the second run"


def test_broken_off_after_any_file_it_is_finished_by_running_it_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_story(home)
    start = state(home)
    total = len(releasing.make(home, releasing.plan(home, "0.2.0", DAY)))
    done = state(home)
    write = jsonio.write_atomic
    for stop in range(total):
        for name in set(state(home)) - set(start):
            (home.root / name).unlink()
        for name, content in start.items():
            (home.root / name).write_bytes(content)
        left = [stop]

        def until(path: Path, content: bytes, left: list[int] = left) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            write(path, content)

        monkeypatch.setattr(jsonio, "write_atomic", until)
        with pytest.raises(KeyboardInterrupt):
            releasing.make(home, releasing.plan(home, "0.2.0", DAY))
        monkeypatch.setattr(jsonio, "write_atomic", write)
        releasing.make(home, releasing.plan(home, "0.2.0", DAY))
        assert state(home) == done, stop


def test_a_file_without_its_version_line_stops_the_release_before_anything_is_written(home: Home) -> None:
    (home.root / "pyproject.toml").write_text("[project]\n", "utf-8")
    add_story(home)
    before = state(home)
    with pytest.raises(BilanError, match="B704"):
        releasing.make(home, releasing.plan(home, "0.2.0", DAY))
    assert state(home) == before


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_says_what_would_do_and_what_it_would_write(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home.root)
    before = state(home)
    assert main(["release"]) == 0
    assert "0.1.1 or above" in capsys.readouterr().out
    assert main(["release", "v0.1.1", "--dry-run"]) == 0
    assert "nothing was written" in capsys.readouterr().out
    edit(home, style="analysis")
    assert main(["release", "0.1.1"]) == 1
    assert "B704" in capsys.readouterr().err
    edit(home, style=json.loads(before[first(home).relative_to(home.root).as_posix()])["style"])
    assert state(home) == before


def test_the_command_refuses_a_corpus_with_faults(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home.root)
    edit(home, lang="de")
    assert main(["release", "0.2.0"]) == 1
    assert not (home.corpus / "releases" / "0.2.0.json").exists()
