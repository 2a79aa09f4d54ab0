"""A git repository: one commit whose tree is the build, and its tag, in one atomic push.

The commit is made in a clone in the temporary folder, straight from the build: no file is copied, and the user's
configuration of line ends, filters and hooks has no say in what is committed.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bilan import releases
from bilan.incidents import BilanError, Incident
from bilan.publishing.plan import Plan
from bilan.publishing.targets import Seen, raced, refuse_foreign, refuse_published

_PLAIN = {
    "core.autocrlf": "false",
    "core.fileMode": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "advice.detachedHead": "false",
}
_SHA1 = 40
"""Digits of an object's id; repositories with SHA-256 ids have 64."""


@dataclass(frozen=True)
class _Clone:
    """A clone without files. ``parent`` is "" where the repository has no commit yet."""

    folder: Path
    branch: str
    parent: str
    tree: dict[str, str]
    """Path → git id of the head's files."""


class GitTarget:
    """A bare or remote repository, reached by the git command with the user's own way to log in."""

    steps = "makes one commit on the default branch and the tag {tag}, and pushes both or neither"

    def __init__(self, url: str) -> None:
        self.url = str(Path(url).resolve()) if Path(url).exists() else url
        self.name = _without_password(url)

    def look(self, plan: Plan) -> Seen:
        with self._cloned() as clone:
            refuse_foreign(clone.tree, self.name)
            planned = {one.path: one.git_id for one in plan.files}
            return Seen(
                parent=clone.parent,
                versions=tuple(tag[1:] for tag in self._tags()),
                removed=tuple(sorted({*clone.tree} - {*planned})),
                committed=clone.tree == planned,
            )

    def publish(self, plan: Plan, seen: Seen) -> str:
        with self._cloned() as clone:
            if clone.parent != seen.parent:
                raise raced(self.name)
            commit = clone.parent if seen.committed else self._commit(plan, clone)
            self._git("tag", "-a", plan.tag, "-m", plan.message, commit, folder=clone.folder)
            heads = f"{commit}:refs/heads/{clone.branch}"
            try:
                push = ("push", "--quiet", "--atomic", "--", self.url, heads, f"refs/tags/{plan.tag}")
                self._git(*push, folder=clone.folder)
            except BilanError:
                refuse_published(plan, [tag[1:] for tag in self._tags()], self.name)
                with self._cloned() as now:
                    if now.parent != seen.parent:
                        raise raced(self.name) from None
                raise
        return f"commit {commit}"

    def fetch(self, plan: Plan, into: Path) -> Path:
        folder = into / "clone"
        self._git("clone", "--quiet", "--depth", "1", "--branch", plan.tag, "--", self.url, str(folder))
        return folder

    def _commit(self, plan: Plan, clone: _Clone) -> str:
        """Makes the commit in the clone: its tree holds the planned files and nothing else."""
        work = (f"--git-dir={clone.folder / '.git'}", f"--work-tree={plan.build.resolve()}")
        self._git(*work, "add", "--all", "--force", ":/", folder=plan.build)
        tree = self._git("write-tree", folder=clone.folder).strip()
        if self._files(clone.folder, tree) != {one.path: one.git_id for one in plan.files}:
            message = "the build has changed since the plan was made"
            raise BilanError(Incident("B842", message, "publish again when it is done", file=str(plan.build)))
        parents = ["-p", clone.parent] if clone.parent else []
        return self._git("commit-tree", tree, *parents, "-m", plan.message, folder=clone.folder).strip()

    def _tags(self) -> dict[str, str]:
        lines = self._git("ls-remote", "--tags", "--", self.url).splitlines()
        found = {ref.removeprefix("refs/tags/"): oid for oid, ref in (line.split("\t") for line in lines)}
        return releases.version_tags(found)

    @contextmanager
    def _cloned(self) -> Iterator[_Clone]:
        with tempfile.TemporaryDirectory(prefix="bilan-publish-") as temporary:
            folder = Path(temporary) / "clone"
            self._git("clone", "--quiet", "--depth", "1", "--no-checkout", "--", self.url, str(folder))
            branch = self._git("symbolic-ref", "--short", "HEAD", folder=folder).strip()
            parent = self._git(
                "rev-parse", "--verify", "--quiet", "HEAD", folder=folder, may_fail=True
            ).strip()
            if len(parent) > _SHA1:
                message = "its objects have SHA-256 ids, which cannot be compared with the plan"
                raise BilanError(
                    Incident("B843", message, "give a repository with SHA-1 ids", file=self.name)
                )
            yield _Clone(folder, branch, parent, self._files(folder, "HEAD") if parent else {})

    def _files(self, folder: Path, tree: str) -> dict[str, str]:
        listed = self._git("ls-tree", "-r", "-z", tree, folder=folder).split("\0")[:-1]
        return {path: what.split()[2] for what, path in (line.split("\t", 1) for line in listed)}

    def _git(self, *arguments: str, folder: Path | None = None, may_fail: bool = False) -> str:
        """Runs git and gives its output. Raises BilanError (B843) with what git says."""
        settings = [part for key, value in _PLAIN.items() for part in ("-c", f"{key}={value}")]
        kept = {key: value for key, value in os.environ.items() if key not in _GIT_PLACES}
        more = {"GIT_TERMINAL_PROMPT": "0", "GIT_ATTR_NOSYSTEM": "1", "LC_ALL": "C"}
        try:
            done = subprocess.run(
                ["git", *settings, *arguments],
                cwd=folder,
                env={**kept, **more},
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
        except FileNotFoundError:
            message = "the command git is not installed"
            raise BilanError(Incident("B843", message, "install git", file=self.name)) from None
        if done.returncode and not may_fail:
            said = " ".join(_without_password(done.stderr).split())[-2000:]
            message = f"git {next(a for a in arguments if not a.startswith('-'))} says: {said}"
            mend = "try the same with git itself; it needs the address, access, and your user.name and user.email"
            raise BilanError(Incident("B843", message, mend, file=self.name))
        return done.stdout


_GIT_PLACES = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"}
"""Set inside git's hooks; they would turn every command to another repository."""


def _without_password(text: str) -> str:
    return re.sub(r"://[^/@\s]*@", "://", text)
