"""A release on the Hub: all files in one commit on the parent that was seen, then the tag on that commit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bilan import releases
from bilan.incidents import BilanError, Incident
from bilan.publishing.hub import REPOSITORY_TYPE, download, telling
from bilan.publishing.plan import Plan
from bilan.publishing.targets import Seen, raced, refuse_foreign

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_KEPT = {".gitattributes"}
"""The Hub's own file, which says what is large."""

_OUTDATED = (409, 412)
"""HTTP statuses of a commit whose parent is no longer the head, and of a tag that exists."""


class HubTarget:
    """A dataset on the Hub. The token is taken from the environment, never from a command line or a file."""

    steps = "makes one commit on main, then sets the tag {tag} on it"

    def __init__(self, repo: str, create: bool = False) -> None:
        self.repo, self.create, self.name = repo, create, f"hub:{repo}"

    def look(self, plan: Plan) -> Seen:
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            with telling(self.name):
                api = self._api()
                head = str(api.repo_info(self.repo, repo_type=REPOSITORY_TYPE).sha)
                refs = api.list_repo_refs(self.repo, repo_type=REPOSITORY_TYPE)
                found = self._tree(api, head)
        except BilanError as error:
            if self.create and isinstance(error.__cause__, RepositoryNotFoundError):
                return Seen()
            raise
        refuse_foreign(found, self.name)
        planned = {one.path for one in plan.files}
        return Seen(
            parent=head,
            versions=tuple(tag[1:] for tag in releases.version_tags({one.name: "" for one in refs.tags})),
            removed=tuple(sorted({*found} - planned - _KEPT)),
            committed=_holds(found, plan),
        )

    def publish(self, plan: Plan, seen: Seen) -> str:
        api = self._api(writing=True)
        if not seen.parent:
            with self._writing("nothing was published"):
                api.create_repo(self.repo, repo_type=REPOSITORY_TYPE)
            seen = self.look(plan)
        commit = seen.parent if seen.committed else self._commit(api, plan, seen)
        self._tag(api, plan, commit)
        return f"commit {commit}"

    def fetch(self, plan: Plan, into: Path) -> Path:
        return download(self.repo, plan.version, into, plan.root)

    def _api(self, writing: bool = False) -> HfApi:
        """Raises BilanError (B845) if there is no token to write with. Reading takes what there is."""
        from huggingface_hub import HfApi

        token = os.environ.get("HF_TOKEN", "").strip()
        if writing and not token:
            mend = "make a token that may write to this dataset, and put it into the environment as HF_TOKEN"
            raise BilanError(
                Incident("B845", "there is no HF_TOKEN in the environment", mend, file=self.name)
            )
        return HfApi(token=token or False)

    def _commit(self, api: HfApi, plan: Plan, seen: Seen) -> str:
        """One commit with all files; its id. If its answer was lost, the commit is looked for."""
        from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete

        title, _, description = plan.message.partition("\n\n")
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(CommitOperationAdd(one.path, str(plan.build / one.path)) for one in plan.files),
            *(CommitOperationDelete(path, is_folder=False) for path in seen.removed),
        ]
        try:
            with self._writing("nothing was published"):
                made = api.create_commit(
                    self.repo,
                    operations,
                    commit_message=title,
                    commit_description=description,
                    repo_type=REPOSITORY_TYPE,
                    revision="main",
                    parent_commit=seen.parent,
                )
                commit = str(made.oid)
        except BilanError as error:
            if error.incidents[0].code != "B846" or not (now := self._look_again(plan, error)).committed:
                raise
            commit = now.parent
        with self._writing("the commit is made, but has no tag"):
            found = self._tree(api, commit)
        if not _holds(found, plan):
            message = f"commit {commit} holds other files than the build; it has no tag"
            mend = "look what differs: another writer, or a .gitignore in the dataset; then publish again"
            raise BilanError(Incident("B844", message, mend, file=self.name))
        return commit

    def _look_again(self, plan: Plan, error: BilanError) -> Seen:
        """What is there after the answer of a commit was lost."""
        try:
            return self.look(plan)
        except BilanError:
            first = error.incidents[0]
            message = f"it is not known whether the commit was made; no tag was set ({first.message})"
            raise BilanError(replace(first, message=message)) from error.__cause__

    def _tag(self, api: HfApi, plan: Plan, commit: str) -> None:
        title, _, _ = plan.message.partition("\n\n")
        with self._writing("the commit is made, but has no tag"):
            api.create_tag(
                self.repo, tag=plan.tag, tag_message=title, revision=commit, repo_type=REPOSITORY_TYPE
            )

    @contextmanager
    def _writing(self, state: str) -> Iterator[None]:
        """Turns errors of writing into B841, B845 or B846; ``state``: what is published if it goes wrong."""
        try:
            with telling(self.name):
                yield
        except BilanError as error:
            status = getattr(getattr(error.__cause__, "response", None), "status_code", None)
            said = error.incidents[0].message
            if status in _OUTDATED:
                raise raced(self.name, state) from error.__cause__
            if status in (401, 403):
                mend = "give HF_TOKEN a token that may write to this dataset"
                raise BilanError(Incident("B845", said, mend, file=self.name)) from error.__cause__
            mend = "run it once more: it goes on where this one ended"
            raise BilanError(Incident("B846", f"{state} ({said})", mend, file=self.name)) from error.__cause__

    def _tree(self, api: HfApi, revision: str) -> dict[str, str]:
        """The files of a commit: path → SHA-256 of a large file, git's id of another."""
        from huggingface_hub.hf_api import RepoFile

        listed = api.list_repo_tree(self.repo, recursive=True, revision=revision, repo_type=REPOSITORY_TYPE)
        files = (one for one in listed if isinstance(one, RepoFile))
        return {one.path: one.lfs.sha256 if one.lfs else one.blob_id for one in files}


def _holds(found: dict[str, str], plan: Plan) -> bool:
    """Whether a commit holds the planned files and nothing else."""
    planned = {one.path: (one.sha256, one.git_id) for one in plan.files}
    return {*found} - _KEPT == {*planned} and all(found[path] in ids for path, ids in planned.items())
