"""Where a release goes: a folder, a git repository or the Hub, behind the same three questions."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bilan import releases
from bilan.incidents import BilanError, Incident
from bilan.publishing.plan import Plan
from bilan.swap import INFO_FILE

_FIRST = {".gitattributes", ".gitignore", "README.md", "LICENSE"}
"""What a repository may hold that has never been published to."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a target held when it was looked at.

    ``parent``: the commit that the release will follow, "" for none. ``versions``: X.Y.Z, oldest first.
    ``removed``: paths that the release no longer has. ``committed``: the head already holds the release,
    and only the tag is missing.
    """

    parent: str = ""
    versions: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    committed: bool = False


class Target(Protocol):
    """A place that takes releases, whole or not at all."""

    name: str
    steps: str
    """What publishing there does, in words."""

    def look(self, plan: Plan) -> Seen:
        """What is there. Raises BilanError: B843 if it cannot be reached; writes nothing there."""

    def publish(self, plan: Plan, seen: Seen) -> str:
        """Publishes, and names what came of it. Raises BilanError: B841 if somebody else wrote since ``seen``."""

    def fetch(self, plan: Plan, into: Path) -> Path:
        """The folder of this version, loaded by its tag into the empty folder ``into``, or where it lies."""


def target(to: str, create: bool = False) -> Target:
    """The target that ``--to`` names. ``create``: a dataset that the Hub does not have yet is made."""
    if to.startswith("hub:"):
        from bilan.publishing.upload import HubTarget

        return HubTarget(to.removeprefix("hub:"), create)
    if create:
        raise BilanError(Incident("B843", "--create is for the Hub only", "leave it out", file=to))
    if _is_git(to):
        from bilan.publishing.git import GitTarget

        return GitTarget(to)
    from bilan.publishing.folder import FolderTarget

    return FolderTarget(Path(to))


def _is_git(to: str) -> bool:
    """URLs, ``user@host:path``, names that end in .git, and folders that are bare repositories."""
    if (
        re.match(r"[a-z][a-z+]*://", to)
        or re.match(r"[^/\\]+@[^/\\]+:", to)
        or to.rstrip("/").endswith(".git")
    ):
        return True
    folder = Path(to)
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def refuse_published(plan: Plan, versions: Collection[str], where: str) -> None:
    """Raises BilanError (B840) if the version is there, or a newer one, which the head must stay."""
    if plan.version in versions:
        mend = f"bilan publish --to {where} --check compares it; changed data need a new version"
        raise BilanError(Incident("B840", f"{plan.tag} is published already", mend, file=where))
    newer = [one for one in versions if releases.version_key(one) > releases.version_key(plan.version)]
    if newer:
        message = f"{plan.tag} is older than {newer[-1]}, which is published"
        raise BilanError(Incident("B840", message, "publish versions in their order", file=where))


def refuse_foreign(paths: Collection[str], where: str) -> None:
    """Raises BilanError (B843) for a repository of something else: a release replaces all its files."""
    if INFO_FILE not in paths and (others := sorted(set(paths) - _FIRST)):
        message = (
            f"it holds something else than BILAN: {', '.join(others[:3])}{' …' if len(others) > 3 else ''}"
        )
        raise BilanError(Incident("B843", message, "give a repository for the dataset alone", file=where))


def raced(where: str, state: str = "nothing was published") -> BilanError:
    """Somebody else wrote to the target in between (B841)."""
    message = f"somebody else has written to it since it was looked at; {state}"
    return BilanError(Incident("B841", message, "look at what came, then publish again", file=where))
