"""``bilan publish``: to a folder, to a git repository, to the Hub; by tag it then loads as it was built."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub_server import HubServer
from published import REPO, Release, run_python, two_releases


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Versions 0.1.0 and 0.2.0 of the small corpus."""
    return two_releases(tmp_path_factory.mktemp("releases"))


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer(REPO) as server:
        yield server
        assert server.unknown == []


def put(hub: HubServer, *releases: Release) -> None:
    """Releases on the Hub, as if published earlier."""
    repository = hub.repositories[REPO]
    for release in releases:
        oid = repository.commit(release.tree(), f"BILAN {release.version}")
        repository.tags[f"v{release.version}"] = oid


# --- a version from the Hub, for bilan.load ----------------------------------------------------------------

SNAPSHOT = """
import json, sys
from pathlib import Path
from bilan.incidents import BilanError
from bilan.publishing.hub import snapshot
repo, version, cache, manifests = sys.argv[1:]
try:
    folder = snapshot(repo, version, Path(cache), Path(manifests))
    print(json.dumps([json.loads((folder / "bilan.json").read_bytes()), str(folder)]))
except BilanError as error:
    print(json.dumps([[one.code, one.message, one.mend] for one in error.incidents]))
"""


class TestSnapshot:
    def taken(
        self, hub: HubServer, home: Path, version: str, manifests: Path, repo: str = REPO, **more: str
    ) -> Any:
        done = run_python(SNAPSHOT, hub, home, repo, version, home / "cache", manifests, **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def test_each_version_is_given_by_its_tag_and_offline_again(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        for offline in ("0", "1"):
            for release in two:
                info, folder = self.taken(
                    hub, tmp_path, release.version, two[1].corpus, HF_HUB_OFFLINE=offline
                )
                assert (info["version"], info["root"]) == (release.version, release.root)
                files = {
                    p.relative_to(folder).as_posix(): p.read_bytes()
                    for p in Path(folder).rglob("*")
                    if p.is_file()
                }
                assert files == release.tree()
            asked = len(hub.requests)
        assert len(hub.requests) == asked

    def test_offline_a_version_that_was_never_downloaded_is_an_error_and_no_other_version(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        self.taken(hub, tmp_path, "0.2.0", two[1].corpus)
        ((code, message, mend),) = self.taken(hub, tmp_path, "0.1.0", two[1].corpus, HF_HUB_OFFLINE="1")
        assert code == "B847"
        assert "v0.1.0 is not whole in the cache" in message
        assert f"hf download {REPO} --repo-type dataset --revision v0.1.0" in mend

    def test_a_version_that_does_not_exist_names_those_that_do(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        ((code, message, _),) = self.taken(hub, tmp_path, "0.3.0", two[1].corpus)
        assert (code, message) == ("B806", "there is no version 0.3.0; there are: 0.1.0, 0.2.0")
        ((code, message, _),) = self.taken(hub, tmp_path, "v0.2", two[1].corpus)
        assert (code, message) == ("B806", "'v0.2' is no version of the form X.Y.Z")

    def test_a_dataset_that_does_not_exist_is_a_clear_error(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        ((code, message, mend),) = self.taken(hub, tmp_path, "0.2.0", two[1].corpus, "somebody/bilam")
        assert code == "B843"
        assert "RepositoryNotFoundError" in message
        assert "spelling" in mend
        ((code, _, mend),) = self.taken(hub, tmp_path, "0.2.0", two[1].corpus, "a/b/c")
        assert (code, mend) == ("B843", "name the dataset as owner/name")

    def test_other_data_under_the_tag_are_refused(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        put(hub, *two)
        repository = hub.repositories[REPO]
        repository.tags["v0.2.0"] = repository.tags["v0.1.0"]
        found = self.taken(hub, tmp_path, "0.2.0", two[1].corpus)
        assert [code for code, _, _ in found] == ["B844", "B844"]
        assert found[0][1] == "it is version 0.1.0, not 0.2.0"
        assert two[1].root[:16] in found[1][1]

    def test_missing_rows_under_the_tag_are_refused(
        self, hub: HubServer, two: tuple[Release, Release], tmp_path: Path
    ) -> None:
        tree = {
            path: data for path, data in two[0].tree().items() if not path.startswith("data/figures/test")
        }
        repository = hub.repositories[REPO]
        repository.tags["v0.1.0"] = repository.commit(tree, "BILAN 0.1.0")
        ((code, message, _),) = self.taken(hub, tmp_path, "0.1.0", two[0].corpus)
        assert code == "B844"
        assert message.startswith("figures/test has 0 rows of ")
