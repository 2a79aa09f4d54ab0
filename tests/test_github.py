"""What editors, git hooks and GitHub read of this repository: it names the files that are there, and its steps run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bilan.checks import schema
from bilan.fixing.corpus import kind_of
from conftest import FIXTURES, REPOSITORY

CORPUS_FILES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (REPOSITORY / "corpus").rglob("*.json")
    if "agreement" not in path.parts and path.name != "exemptions.json"
)
STORY = "corpus/xx/2024-03-01-tessara"


def yaml_of(path: str) -> Any:
    return yaml.safe_load((REPOSITORY / path).read_text(encoding="utf-8"))


# --- editors ------------------------------------------------------------------------------------------------


def glob(pattern: str) -> re.Pattern[str]:
    """A file pattern as VS Code reads it: * and ** and ?, from the root of the workspace."""
    parts = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    tokens = re.split(r"(\*\*/|\*|\?)", pattern.removeprefix("/"))
    return re.compile("".join(parts.get(token, re.escape(token)) for token in tokens))


def associations() -> list[tuple[str, list[str]]]:
    settings = json.loads((REPOSITORY / ".vscode" / "settings.json").read_bytes())
    return [(entry["url"].removeprefix("./"), entry["fileMatch"]) for entry in settings["json.schemas"]]


def test_an_editor_finds_the_one_schema_of_every_corpus_file_and_the_file_fits_it() -> None:
    from jsonschema import Draft202012Validator

    found = {
        url: Draft202012Validator(json.loads((REPOSITORY / url).read_bytes())) for url, _ in associations()
    }
    seen = set()
    for number, file in enumerate(CORPUS_FILES):
        urls = [url for url, patterns in associations() if any(glob(p).fullmatch(file) for p in patterns)]
        assert len(urls) == 1, (file, urls)
        kind = "release" if "/releases/" in file else kind_of(Path(file))
        assert kind is not None
        assert urls[0] == f"schema/{schema.KINDS[kind][0]}"
        if urls[0] not in seen or number % 25 == 0:
            assert found[urls[0]].is_valid(json.loads((REPOSITORY / file).read_bytes())), file
        seen.add(urls[0])
    assert seen == set(found)


@pytest.mark.parametrize(
    "file", ["corpus/exemptions.json", "corpus/agreement/round-1/protocol.json", "package.json"]
)
def test_an_editor_holds_no_other_file_to_a_schema(file: str) -> None:
    assert not any(glob(pattern).fullmatch(file) for _, patterns in associations() for pattern in patterns)


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="an sdist: everything in it was tracked")
def test_what_others_read_is_tracked() -> None:
    """A pattern of .gitignore for virtual environments would hide .vscode."""
    files = (".pre-commit-hooks.yaml", ".github/workflows/check.yml", ".vscode/settings.json")
    listed = git("-c", "safe.directory=*", "ls-files", "--", *files, cwd=REPOSITORY).split("\n")
    assert sorted(listed) == sorted(files)


def test_documents_name_no_schema_since_their_bytes_are_what_is_released(tmp_path: Path) -> None:
    """`$schema` in a document would be content: hashed, released, refused by older readers."""
    article = json.loads((REPOSITORY / "corpus/bf/2021-06-05-solhan/en-1.json").read_bytes())
    assert not schema.is_valid({"$schema": "../../../schema/article.schema.json", **article}, "article")


# --- GitHub -------------------------------------------------------------------------------------------------

STEPS = {
    step.get("name", ""): step for step in yaml_of(".github/workflows/check.yml")["jobs"]["check"]["steps"]
}


def git(*arguments: str, cwd: Path) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()


@pytest.fixture
def change(tmp_path: Path) -> Path:
    """A clone with the small corpus, whose head changes, adds and removes files with names that shells stumble on."""
    root = tmp_path / "clone"
    shutil.copytree(FIXTURES / "valid" / "corpus", root / "corpus")
    shutil.copytree(REPOSITORY / "schema", root / "schema")
    git("init", "-q", cwd=root)
    git("add", ".", cwd=root)
    git("commit", "-qm", "base", cwd=root)
    return root


def step(name: str, root: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A step of the workflow as the runner starts it: bash -e with pipefail, `bilan` on the path."""
    tools = root.parent / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "bilan").write_text(f'#!/bin/sh\nexec {sys.executable} -m bilan "$@"\n')
    (tools / "bilan").chmod(0o755)
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")},
        "PATH": f"{tools}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(root.parent),
        "GITHUB_OUTPUT": str(root.parent / "output"),
        "GITHUB_WORKSPACE": str(root),
        "GITHUB_STEP_SUMMARY": str(root.parent / "summary.md"),
        **more,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.skipif(os.name == "nt", reason="the workflow runs on Linux")
def test_the_workflow_annotates_the_lines_of_changed_files(change: Path) -> None:
    base = git("rev-parse", "HEAD", cwd=change)
    file = change / STORY / "fr-1.json"
    source = file.read_text(encoding="utf-8")
    file.write_text(source.replace('"measure": "killed"', '"measure": "dead"', 1), encoding="utf-8")
    (change / STORY / "odd 'name'\n$(x).json").write_text("{")
    (change / STORY / "en-2.json").unlink()
    (change / "README.md").write_text("not of the corpus")
    git("add", "-A", cwd=change)
    git("commit", "-qm", "change", cwd=change)
    found = step("Find the files of the corpus that change", change, BASE=base)
    assert (found.returncode, found.stderr) == (0, "")
    assert (change.parent / "output").read_text() == "any=true\n"
    names = (change.parent / "changed").read_bytes().split(b"\0")
    assert sorted(names) == [b"", f"{STORY}/fr-1.json".encode(), f"{STORY}/odd 'name'\n$(x).json".encode()]
    done = step("Check the files that change", change)
    assert done.returncode == 1
    line = source.split("\n").index('      "measure": "killed",') + 1
    assert f"::error file={STORY}/fr-1.json,line={line},col=18,endLine={line},endColumn=24," in done.stdout
    assert "B204" in (change.parent / "summary.md").read_text(encoding="utf-8")
    (run,) = json.loads((change.parent / "bilan.sarif").read_bytes())["runs"]
    assert "B204" in {found["ruleId"] for found in run["results"]}


@pytest.mark.skipif(os.name == "nt", reason="the workflow runs on Linux")
def test_the_workflow_is_quiet_where_nothing_of_the_corpus_changes(change: Path) -> None:
    base = git("rev-parse", "HEAD", cwd=change)
    (change / "README.md").write_text("not of the corpus")
    git("add", "-A", cwd=change)
    git("commit", "-qm", "change", cwd=change)
    assert step("Find the files of the corpus that change", change, BASE=base).returncode == 0
    assert not (change.parent / "output").exists()
    whole = step("Check the whole corpus", change)
    assert whole.returncode == 0
    assert whole.stdout.startswith("All good: 3 articles")


def test_the_workflow_may_write_to_code_scanning_alone_and_keeps_no_token() -> None:
    workflow = yaml_of(".github/workflows/check.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["check"]["permissions"] == {"contents": "read", "security-events": "write"}
    assert workflow[True] == {"pull_request": None}  # YAML 1.1 reads `on` so; never pull_request_target
    checkout = workflow["jobs"]["check"]["steps"][0]["with"]
    assert checkout == {"fetch-depth": 0, "persist-credentials": False}
    assert not any(
        "${{" in step.get("run", "") for step in STEPS.values()
    )  # no words of a stranger in a shell


def test_the_forms_of_issues_ask_for_what_is_needed() -> None:
    for path in sorted((REPOSITORY / ".github/ISSUE_TEMPLATE").glob("[0-9]*.yml")):
        form = yaml_of(path.relative_to(REPOSITORY).as_posix())
        ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
        assert len(set(ids)) == len(ids) > 0
        assert any(field.get("validations", {}).get("required") for field in form["body"])


# --- git hooks ----------------------------------------------------------------------------------------------


def test_the_hooks_take_the_files_that_the_commands_know() -> None:
    hooks = {hook["id"]: hook for hook in yaml_of(".pre-commit-hooks.yaml")}
    assert set(hooks) == {"bilan-check", "bilan-format"}
    for hook in hooks.values():
        taken = [file for file in CORPUS_FILES if re.search(hook["files"], file)]
        assert taken == [file for file in CORPUS_FILES if "/releases/" not in file]
        assert not re.search(hook["files"], "corpus/agreement/round-1/first/x.fr.1.json")


def test_the_hooks_of_contributing_run_in_real_pre_commit(change: Path) -> None:
    pytest.importorskip("pre_commit")
    page = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(r"^```yaml\n(repos:\n.*?)^```$", page, re.M | re.S)
    assert found
    (change / ".pre-commit-config.yaml").write_text(found[1], encoding="utf-8")
    file = change / STORY / "fr-1.json"
    source = file.read_bytes()
    file.write_bytes(source.replace(b"\n  ", b"\n    "))
    git("add", "-A", cwd=change)
    env = {
        **os.environ,
        "PRE_COMMIT_HOME": str(change.parent / "home"),
        "PATH": f"{change.parent / 'tools'}:{os.environ['PATH']}",
    }
    step("Check the whole corpus", change)  # makes `bilan`

    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run"]
        return subprocess.run(
            command, cwd=change, env=env, capture_output=True, encoding="utf-8", check=False
        )

    first = run()
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    assert file.read_bytes() == source
    file.write_bytes(source.replace(b'"measure": "killed"', b'"measure": "dead"', 1))
    git("add", "-A", cwd=change)
    second = run()
    assert second.returncode == 1
    assert "B204" in second.stdout
    file.write_bytes(
        source.replace(b'"style": "', b'"style":  "', 1).replace(b'"style":  "', b'"style": "', 1)
    )
    git("add", "-A", cwd=change)
    third = run()
    assert third.returncode == 0, third.stdout
