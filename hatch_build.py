"""Build hook: data travel only if git tracks them.

The wheel carries ``corpus``, ``schema`` and the data card as package data; the sdist is the tracked tree. What
merely lies in a checkout (drafts, withheld texts) stays there, whether ignored or not yet added. Code is
hatchling's business in both: every file of the package that is not ignored, so that a wheel built from the sdist
equals one built from the checkout. An editable install takes nothing along: it reads the checkout. An sdist and
an archive download have no git; they hold tracked files only, so that everything in them is taken.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("corpus", "schema", "plots")
CARD = ("DATACARD.md", "LICENSE-DATA")
"""What a build of the packaged corpus puts into the dataset folder."""

FOLDERS = (*DATA, ".github", ".vscode", "docs", "scripts", "tests")
FILES = (
    ".gitattributes",
    ".pre-commit-hooks.yaml",
    ".zenodo.json",
    "CITATION.cff",
    "LICENSE",
    "LICENSE-DATA",
    "hatch_build.py",
    "pyproject.toml",
)


def sources(root: Path) -> list[str]:
    """The files of a checkout or sdist that may travel, relative to its root, with forward slashes.

    Raises RuntimeError where git should say what is tracked and cannot, or tracks no corpus.
    """
    paths = _tracked(root) if (root / ".git").exists() else _present(root)
    chosen = sorted({path for path in paths if _belongs(path) and (root / path).is_file()})
    for folder in ("corpus", "schema"):
        if not any(path.startswith(f"{folder}/") for path in chosen):
            raise RuntimeError(f"bilan cannot be built: {root / folder} has no file that git tracks")
    return chosen


def _belongs(path: str) -> bool:
    top, _, rest = path.partition("/")
    return top in FOLDERS if rest else top in FILES or top.endswith(".md")


def _tracked(root: Path) -> list[str]:
    # A git hook that runs a build sets GIT_DIR and GIT_INDEX_FILE for another purpose. A checkout that belongs to
    # another user, as in a container, is read like any other: its build runs this very file.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    except OSError as error:
        raise RuntimeError(
            f"bilan cannot be built from a git checkout without git ({error}); install git, or build from an sdist"
        ) from None
    if done.returncode:
        raise RuntimeError(
            f"bilan cannot be built: git ls-files says {done.stderr.decode(errors='replace').strip()}"
        )
    return os.fsdecode(done.stdout).split("\0")


def _present(root: Path) -> list[str]:
    paths = [path.name for path in root.iterdir()]
    for top in FOLDERS:
        for folder, inner, names in os.walk(root / top):
            inner[:] = [name for name in inner if name != "__pycache__"]
            paths += [Path(folder, name).relative_to(root).as_posix() for name in names]
    return paths


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        for path in sources(root):
            if self.target_name == "sdist":
                build_data["force_include"][str(root / path)] = path
            elif path in CARD or path.startswith(tuple(f"{folder}/" for folder in DATA)):
                build_data["force_include"][str(root / path)] = f"bilan/_data/{path}"
