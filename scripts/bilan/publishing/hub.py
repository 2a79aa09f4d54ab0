"""The Hugging Face Hub: a version downloaded by its tag, and a release as one commit and one tag.

Only public functions of ``huggingface_hub``, which raises errors of other libraries for what goes wrong on the
network (requests, httpx or httpx2, by its version). ``telling`` turns whatever it raises into incidents.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bilan import paths, releases
from bilan.incidents import BilanError, Incident
from bilan.publishing import proof
from bilan.swap import INFO_FILE

REPOSITORY_TYPE = "dataset"


def snapshot(repo: str, version: str, cache: Path | None = None, manifests: Path | None = None) -> Path:
    """The folder of one version of a dataset on the Hub, downloaded by its tag or found in the cache.

    ``version`` is X.Y.Z, the tag vX.Y.Z. ``cache``: a folder instead of the Hub's own cache. Offline it is that
    version from the cache or an error, never another revision. The folder's version and rows are checked, and
    its root against the manifest of that release, where ``manifests`` (a corpus folder; default: the package's
    own) has one. Raises BilanError: B806 no such version, B843 not to be reached, B844 other data than asked
    for, B847 offline and not in the cache.
    """
    trusted = manifests or paths.package_home().corpus
    known = releases.manifests(trusted)
    return download(
        repo, version, cache, releases.read_manifest(trusted, version)["root"] if version in known else None
    )


def download(repo: str, version: str, cache: Path | None, root: str | None) -> Path:
    """As ``snapshot``, with the root hash that the version must have, if it is known."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError, RevisionNotFoundError

    where, tag = f"hub:{repo}", f"v{version}"
    try:
        releases.version_key(version)
    except ValueError as error:
        raise BilanError(Incident("B806", str(error), "give one such as 0.2.0", file=where)) from None
    try:
        with telling(where):
            found = snapshot_download(repo, repo_type=REPOSITORY_TYPE, revision=tag, cache_dir=cache)
    except BilanError as error:
        if isinstance(error.__cause__, LocalEntryNotFoundError):
            raise _not_cached(where, repo, tag, error.incidents[0].message) from error.__cause__
        if isinstance(error.__cause__, RevisionNotFoundError):
            there = ", ".join(one.removeprefix("v") for one in tags(repo)) or "none"
            message = f"there is no version {version}; there are: {there}"
            raise BilanError(
                Incident("B806", message, f"use one of {there}", file=where)
            ) from error.__cause__
        raise
    folder = Path(found)
    if not (folder / INFO_FILE).is_file():  # older clients give what is left of a download that was cut off
        raise _not_cached(where, repo, tag, f"there is no {INFO_FILE} in it")
    proof.is_version(folder, version, root, where)
    return folder


def _not_cached(where: str, repo: str, tag: str, why: str) -> BilanError:
    message = f"{tag} is not whole in the cache, and cannot be had from the Hub ({why})"
    mend = f"go online once, without HF_HUB_OFFLINE: hf download {repo} --repo-type dataset --revision {tag}"
    return BilanError(Incident("B847", message, mend, file=where))


def tags(repo: str) -> dict[str, str]:
    """The versions that a dataset has on the Hub, oldest first: tag vX.Y.Z → commit. Raises BilanError (B843)."""
    from huggingface_hub import HfApi

    with telling(f"hub:{repo}"):
        refs = HfApi().list_repo_refs(repo, repo_type=REPOSITORY_TYPE)
    return releases.version_tags({one.name: one.target_commit for one in refs.tags})


@contextmanager
def telling(where: str) -> Iterator[None]:
    """Whatever goes wrong with the Hub inside is raised as BilanError (B843), with the first error as its cause."""
    try:
        yield
    except BilanError:
        raise
    except Exception as error:
        raise BilanError(Incident("B843", first_line(error), mend_of(error), file=where)) from error


def first_line(error: BaseException) -> str:
    """What went wrong, in one line: the name of the error, and the cause where that says more."""
    inner = error.__cause__ if isinstance(error, RuntimeError) and error.__cause__ is not None else error
    text = " ".join(str(inner).split()) or "no more is known"
    return f"the Hub says: {type(inner).__name__}: {text[:300]}"


def mend_of(error: BaseException) -> str:
    """What to do about an error of the Hub."""
    from huggingface_hub.errors import HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    if isinstance(error, OfflineModeIsEnabled):
        return "unset HF_HUB_OFFLINE"
    if isinstance(error, HFValidationError):
        return "name the dataset as owner/name"
    if isinstance(error, RepositoryNotFoundError):
        return "mind the spelling of owner/name; if it is private, set HF_TOKEN; if it is new, give --create"
    return "look at the network and at HF_ENDPOINT, then try again"
