"""Build hook: the wheel carries corpus and schemas as package data, files tracked by git only.

An editable install takes nothing along: it reads the checkout. A build from an sdist has no git; the sdist
holds tracked files only, so that everything in it is taken.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("corpus", "schema")


def tracked(root: Path) -> list[str]:
    """Paths below ``DATA`` that belong in a wheel, relative to the root, with forward slashes."""
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--", *DATA], cwd=root, capture_output=True, check=True
        ).stdout.decode()
        return sorted(path for path in listing.split("\0") if path and (root / path).is_file())
    return sorted(
        Path(folder, name).relative_to(root).as_posix()
        for top in DATA
        for folder, _, names in os.walk(root / top)
        for name in names
    )


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        for path in tracked(root):
            build_data["force_include"][str(root / path)] = f"bilan/_data/{path}"
