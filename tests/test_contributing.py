"""CONTRIBUTING.md: every command in it runs, in order, in a fresh clone of this repository.

The blocks of shell are run by bash as they stand. What stands in for the world outside: the fork is a bare repository
beside the clone, to which `git push` really pushes; `$EDITOR` is ``newcomer.py``; the browser is `true`; the virtual
environment is the one that runs the tests, with the code of the clone (`.ci/run` installs into fresh ones); `gh` notes
what it is asked.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import REPOSITORY
from test_packaging import copy_of_the_checkout, environment

pytestmark = pytest.mark.skipif(
    os.name == "nt" or shutil.which("git") is None, reason="the page is written for bash and git"
)

PAGE = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
FORK = "FORK=https://github.com/YOU/bilan.git"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)


def git(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=cwd, env=environment(), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


STUBS = """
python() { if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin" && : > "$3/bin/activate"; else %(python)s "$@"; fi; }
pip() { echo "pip $*"; }
bilan() { PYTHONPATH="$CLONE/scripts" %(python)s -m bilan "$@"; }
gh() { echo "gh $*"; }
"""


def script(home: Path) -> str:
    """The blocks of the page as one script of bash, each line announced before it runs."""
    python = shlex.quote(sys.executable)
    lines = ["set -euo pipefail", STUBS % {"python": python}]
    for block in BLOCKS:
        for line in block.splitlines():
            line = line.replace(FORK, f"FORK={shlex.quote(str(home / 'fork.git'))}")
            lines += [f"printf '\\n$ %s\\n' {shlex.quote(line)}", line]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder in which the walk was made, and what each command said."""
    home = tmp_path_factory.mktemp("walk")
    seed = home / "seed"
    copy_of_the_checkout(seed)
    git("init", "-q", "-b", "main", cwd=seed)
    git("add", "-A", cwd=seed)
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "As it stands", cwd=seed)
    git("clone", "-q", "--bare", str(seed), str(home / "fork.git"), cwd=home)
    (home / "editor").write_text(
        f'#!/bin/sh\nPYTHONPATH="$CLONE/scripts" exec {shlex.quote(sys.executable)}'
        f' {shlex.quote(str(REPOSITORY / "tests" / "newcomer.py"))} "$@"\n'
    )
    (home / "editor").chmod(0o755)
    env = environment(
        EDITOR=str(home / "editor"),
        CLONE=str(home / "bilan"),
        BROWSER="true",
        BILAN_CACHE=str(home / "cache"),
    )
    (home / "walk.sh").write_text(script(home), encoding="utf-8")
    done = subprocess.run(
        ["bash", "walk.sh"], cwd=home, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    parts = re.split(r"^\$ (.*)$", done.stdout, flags=re.M)
    said: dict[str, str] = {}
    for command, output in zip(parts[1::2], parts[2::2], strict=True):
        said[command.split("  #")[0].strip()] = said.get(command, "") + output.strip()
    return home, said


def test_every_block_of_commands_is_run() -> None:
    """No command hides in a block of another kind; words in the text name commands that exist."""
    from bilan.__main__ import COMMANDS

    kinds = re.findall(r"^```(\w*)$", PAGE, re.M)
    assert set(kinds) == {"sh", "yaml", ""}
    assert kinds.count("sh") == len(BLOCKS)
    named = set(re.findall(r"\bbilan ([a-z]+)\b", "\n".join(re.findall(r"`([^`\n]+)`", PAGE) + BLOCKS)))
    assert named - {"format"} <= set(COMMANDS)
    assert FORK in PAGE
    links = re.findall(r"\]\(#([a-z-]+)\)", PAGE)
    heads = {
        re.sub(r"[^a-z -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.*)$", PAGE, re.M)
    }
    assert set(links) <= heads


def test_every_link_of_the_page_leads_to_a_file() -> None:
    for link in re.findall(r"\]\(((?!https?:|#)[^)]+)\)", PAGE):
        assert (REPOSITORY / link).exists(), link


def test_the_walk_ends_in_a_pushed_branch_that_is_signed_off(walk: tuple[Path, dict[str, str]]) -> None:
    home, said = walk
    message = git("log", "-1", "--format=%B", "my-change", cwd=home / "fork.git")
    assert "Signed-off-by: Your Name <you@example.org>" in message
    assert git("rev-list", "--count", "main..my-change", cwd=home / "fork.git").strip() == "1"
    changed = git("diff", "--name-only", "main", "my-change", cwd=home / "fork.git").split()
    assert changed == [
        "corpus/bf/2021-06-05-solhan/en-1.json",
        "corpus/bf/2021-06-05-solhan/fr-3.json",
        "corpus/ml/2025-05-23-dioura/fr-3.json",
        "corpus/ml/2025-06-01-boulkessi/fr-1.json",
        "corpus/ml/2025-06-01-boulkessi/story.json",
    ]
    assert said["gh pr create --fill"] == "gh pr create --fill"
    if (REPOSITORY / ".gitignore").exists():  # an sdist has none
        assert (
            git("status", "--porcelain", cwd=home / "bilan") == ""
        )  # the drafts in work/ are not seen by git


def test_the_corpus_is_all_good_before_and_after(walk: tuple[Path, dict[str, str]]) -> None:
    _, said = walk
    assert said["bilan check"].count("All good") == 1
    assert re.search(r"All good: \d+ articles", said["bilan check"])


def test_a_mended_value_is_shown_before_it_is_handed_in(walk: tuple[Path, dict[str, str]]) -> None:
    _, said = walk
    shown = said["bilan diff HEAD"]
    assert "bf-2021-06-05-solhan.en.1" in shown
    assert "accuses" in shown
    assert "claims" in shown


def test_slips_are_repaired_and_said(walk: tuple[Path, dict[str, str]]) -> None:
    home, said = walk
    repaired = said["bilan check --fix corpus/bf/2021-06-05-solhan"]
    for code in ("B309", "B410", "B508", "B509"):
        assert f": {code} repaired: " in repaired
    assert "All good" in repaired
    article = json.loads((home / "bilan/corpus/bf/2021-06-05-solhan/fr-3.json").read_bytes())
    assert [m["surface"] for m in article["entities"][0]["mentions"]] == ["Solhan", "Solhan"]
    assert [t["surface"] for t in article["times"]] == ["9 juin 2021", "5 juin"]
    assert [f["surface"] for f in article["figures"]] == ["plus de 140 morts"]
    whole = said["bilan check --fix corpus/ml/2025-06-01-boulkessi"]
    assert "story.json:1:1: B117 repaired" in whole
    assert "l'armée malienne".lower() in whole.lower()


def test_a_withheld_text_never_leaves_the_drafts(walk: tuple[Path, dict[str, str]]) -> None:
    home, said = walk
    words = "un élu, trente et un"
    assert words in (home / "bilan/work/page.txt").read_text(encoding="utf-8")
    search = ["git", "grep", "-q", words, "my-change", "--", "corpus"]
    found = subprocess.run(search, cwd=home / "bilan", env=environment(), check=False)
    assert found.returncode == 1
    article = json.loads((home / "bilan/corpus/ml/2025-05-23-dioura/fr-3.json").read_bytes())
    assert article["text"]["access"] == "withheld"
    assert "content" not in article["text"]
    assert said["bilan leaks"]


def test_what_comes_back_from_a_tool_unchanged_changes_nothing(walk: tuple[Path, dict[str, str]]) -> None:
    _, said = walk
    back = said["bilan import brat work/brat/*.ann"]
    assert back.count("nothing changed") == 3
    assert "3 of 3 came in" in back


def test_a_second_reading_is_compared_and_its_differences_become_questions(
    walk: tuple[Path, dict[str, str]],
) -> None:
    home, said = walk
    assert "3 articles" in said["bilan agree corpus work/second/ --worst 5"]
    sheets = sorted((home / "bilan/work/settled").glob("*.md"))
    assert len(sheets) == 3
    assert all("decision:" in sheet.read_text(encoding="utf-8") for sheet in sheets)
