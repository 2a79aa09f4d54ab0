"""A version that was released can be loaded, cited and loaded again, row by row, wherever it is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import bilan
from bilan import corpus, history, jsonio, provenance, releases, upgrade, versions
from bilan.__main__ import main
from bilan.build import build
from bilan.incidents import BilanError
from bilan.load import UnknownName, read_tables
from bilan.tables import CONFIGS
from conftest import REPOSITORY

ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
    **{f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)


def release(home: Path, version: str) -> None:
    """Writes the manifest of the corpus as it is."""
    manifest = releases.manifest(corpus.read(home / "corpus"), version, "2026-11-23")
    jsonio.write_atomic(home / "corpus" / "releases" / f"{version}.json", jsonio.dumps(manifest))


@pytest.fixture
def clone(valid: Path) -> Path:
    """A checkout with two releases: 0.1.0 says 41 soldiers, 0.2.0 says 42, and says it in another shape."""
    home = valid.resolve().parent
    shutil.copytree(REPOSITORY / "schema", home / "schema")
    git(home, "init", "-q", "-b", "main")
    release(home, "0.1.0")
    git(home, "add", "-A")
    git(home, "commit", "-qm", "0.1.0")
    path = next(home.glob("corpus/??/*/fr-1.json"))
    article = json.loads(path.read_bytes())
    article["figures"][0]["stated"] = 77
    path.write_bytes(jsonio.dumps(article))
    release(home, "0.2.0")
    git(home, "add", "-A")
    git(home, "commit", "-qm", "0.2.0")
    return home


def stated(home: Path, version: str | None) -> list[Any]:
    tables = bilan.load("figures", version=version, source=home / "corpus")
    return [row["stated"] for part in tables.values() for row in part if row["article"].endswith("fr.1")]


# --- from where ------------------------------------------------------------------------------------------


def test_an_old_version_comes_from_the_history_of_the_checkout(clone: Path) -> None:
    assert 77 not in stated(clone, "0.1.0")
    assert 77 in stated(clone, "0.2.0")
    assert stated(clone, "v0.1.0") == stated(clone, "0.1.0")


def test_a_version_carries_its_own_number_and_root(clone: Path) -> None:
    for version in ("0.1.0", "0.2.0"):
        root = releases.read_manifest(clone / "corpus", version)["root"]
        for part in bilan.load("ner", version=version, source=clone).values():
            assert str(part.info.version) == version
            assert bilan.query(part)["root"] == root


def test_work_towards_the_next_version_is_not_in_a_version(clone: Path) -> None:
    path = next(clone.glob("corpus/??/*/fr-1.json"))
    article = json.loads(path.read_bytes())
    article.update(id=article["id"].replace("fr.1", "fr.9"), added_in=None)
    path.with_name("fr-9.json").write_bytes(jsonio.dumps(article))
    ids = {row["id"] for part in bilan.load(version="0.2.0", source=clone).values() for row in part}
    assert not any(ident.endswith("fr.9") for ident in ids)


def test_the_data_at_hand_need_no_git(clone: Path) -> None:
    shutil.rmtree(clone / ".git")
    assert 77 in stated(clone, "0.2.0")
    with pytest.raises(BilanError, match=r"B835.*git keeps no older one here") as caught:
        stated(clone, "0.1.0")
    assert "clone" in caught.value.incidents[0].mend


def test_an_unknown_version_says_which_there_are(clone: Path) -> None:
    with pytest.raises(BilanError, match=r"no release 9\.9\.9") as caught:
        stated(clone, "9.9.9")
    assert "0.1.0, 0.2.0" in caught.value.incidents[0].mend


def test_a_built_folder_is_the_version_that_it_says(tmp_path: Path) -> None:
    fixture = REPOSITORY / "tests" / "fixtures" / "valid" / "corpus"
    out = tmp_path / "hf"
    build(fixture, out)
    assert bilan.load("tolls", version=bilan.__version__, source=out)["test"].num_rows > 0
    with pytest.raises(BilanError, match=f"B835.*{bilan.__version__}, not 0.1.0"):
        bilan.load("tolls", version="0.1.0", source=out)


def test_a_folder_of_published_versions_has_each_by_its_name(tmp_path: Path) -> None:
    fixture = REPOSITORY / "tests" / "fixtures" / "valid" / "corpus"
    build(fixture, tmp_path / "shelf" / f"v{bilan.__version__}")
    found = bilan.load("figures", version=bilan.__version__, source=tmp_path / "shelf")
    assert str(found["test"].info.version) == bilan.__version__


def test_a_folder_that_is_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BilanError, match="B835"):
        bilan.load("figures", version="0.1.0", source=tmp_path)


# --- the versions of this repository ---------------------------------------------------------------------


def test_the_newest_version_is_what_load_gives() -> None:
    newest = releases.read_manifest(REPOSITORY / "corpus")["version"]
    released = versions.read_tables(CONFIGS, newest)
    at_hand = read_tables(CONFIGS)
    if at_hand["articles"].root == released["articles"].root:  # no work towards the next version lies there
        for config in CONFIGS:
            for split, table in released[config].tables.items():
                assert table.equals(at_hand[config].tables[split]), (config, split)


def test_every_version_of_this_repository_loads_with_the_counts_of_its_manifest() -> None:
    if history.is_shallow(REPOSITORY):
        pytest.skip("a shallow clone has no old versions")
    for version in releases.manifests(REPOSITORY / "corpus"):
        counts = releases.read_manifest(REPOSITORY / "corpus", version)["counts"]
        wanted = ("articles", "figures", "attributions")
        tables = {name: bilan.load(name, version=version, source=REPOSITORY) for name in wanted}
        for name, table in tables.items():
            assert sum(part.num_rows for part in table.values()) == counts[name], (version, name)


def test_articles_of_a_version_are_typed_records(clone: Path) -> None:
    found = list(bilan.articles(version="0.1.0", source=clone, lang="fr"))
    assert found
    assert {article.lang for article in found} == {"fr"}


def test_tables_made_in_memory_are_those_of_a_build() -> None:
    fixture = REPOSITORY / "tests" / "fixtures" / "valid" / "corpus"
    data = upgrade.corpus(corpus.read(fixture))
    made = versions.tables_of(data, CONFIGS, "0.0.1", "x")
    for config, loaded in read_tables(CONFIGS, fixture).items():
        assert {s: t.to_pylist() for s, t in loaded.tables.items()} == {
            s: t.to_pylist() for s, t in made[config].tables.items()
        }


# --- queries and citations -------------------------------------------------------------------------------


def test_a_query_names_what_was_asked_and_finds_the_same_rows_again() -> None:
    test = bilan.load("figures", split="test", lang="fr")
    query = bilan.query(test)
    assert {key: query[key] for key in ("config", "split", "lang", "subset")} == {
        "config": "figures",
        "split": "test",
        "lang": "fr",
        "subset": None,
    }
    again = bilan.again(query)
    assert again.data.table.equals(test.data.table)
    assert query["rows"] == again.num_rows == test.num_rows


def test_the_hash_does_not_depend_on_how_rows_are_chunked() -> None:
    table = bilan.load("tolls", split="test").data.table
    cut = table.slice(0, 7).to_batches() + table.slice(7).to_batches(max_chunksize=3)
    import pyarrow as pa

    assert provenance.rows_sha256(pa.Table.from_batches(cut)) == provenance.rows_sha256(table)


def test_rows_that_differ_are_refused_with_what_differs() -> None:
    newest = releases.read_manifest(REPOSITORY / "corpus")["version"]
    query = bilan.query(bilan.load("figures", split="validation", version=newest, source=REPOSITORY))
    with pytest.raises(BilanError, match=r"B837.*the data are the same"):
        bilan.again({**query, "sha256": "0" * 64}, REPOSITORY)
    with pytest.raises(BilanError, match=r"B837.*rows 7 is now"):
        bilan.again({**query, "rows": 7, "sha256": "0" * 64}, REPOSITORY)


def test_the_query_travels_through_saving_and_is_cited_from_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = bilan.load("attributions", split="test", subset="unseen_conflict")
    test.save_to_disk(tmp_path / "saved")
    assert main(["cite", str(tmp_path / "saved")]) == 0
    out = capsys.readouterr().out
    assert "config attributions, split test, subset unseen_conflict" in out
    assert bilan.query(test)["sha256"] in out
    (tmp_path / "query.json").write_text(json.dumps(bilan.query(test)), "utf-8")
    assert main(["cite", str(tmp_path / "query.json"), "--format", "csl-json"]) == 0
    assert bilan.query(test)["sha256"] in json.loads(capsys.readouterr().out)[0]["note"]


def test_a_dataset_that_was_changed_is_not_cited_as_what_it_was() -> None:
    test = bilan.load("figures", split="test")
    assert bilan.query(test)["sha256"] in bilan.cite(test)
    assert bilan.cite(test.select(range(test.num_rows))) == bilan.cite(test), "the same rows, by indices"
    with pytest.raises(BilanError, match="B837"):
        bilan.cite(test.select(range(5)))
    with pytest.raises(BilanError, match="B837"):
        bilan.cite(test.shuffle(seed=1))


def test_other_datasets_do_not_say_what_they_are(tmp_path: Path) -> None:
    import datasets

    with pytest.raises(BilanError, match="B836"):
        bilan.query(datasets.Dataset.from_dict({"x": [1]}))
    for content in ("", "[]", '{"description": "x"}', '{"description": "bilan query: {"}'):
        (tmp_path / "q.json").write_text(content, "utf-8")
        with pytest.raises(BilanError, match="B836"):
            provenance.read_query(tmp_path / "q.json")


@pytest.mark.parametrize("version", ["0.1.0", "v0.2.0"])
def test_every_form_of_citation_names_version_date_and_root(version: str) -> None:
    manifest = releases.read_manifest(REPOSITORY / "corpus", version.removeprefix("v"))
    bibtex, csl, cff = (bilan.cite(version=version, format=form) for form in ("bibtex", "csl-json", "cff"))
    assert f"version  = {{{manifest['version']}}}" in bibtex
    assert manifest["root"] in bibtex
    (item,) = json.loads(csl)
    assert (item["type"], item["version"]) == ("dataset", manifest["version"])
    assert item["issued"]["date-parts"] == [[int(part) for part in manifest["date"].split("-")]]
    document = yaml.safe_load(cff)
    assert document["date-released"] == manifest["date"], "a string, as the format wants it"
    assert document["identifiers"][0]["value"] == f"sha256:{manifest['root']}"


def test_an_unknown_form_of_citation_is_refused() -> None:
    with pytest.raises(UnknownName, match="bibtex, csl-json, cff"):
        bilan.cite(format="ris")
