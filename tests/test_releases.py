"""A release can be proved: every document by its hash, a copy by the root."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilan import __version__, corpus, docs, jsonio, releases, stats
from bilan.__main__ import main
from bilan.checks import schema
from bilan.incidents import BilanError
from conftest import REPOSITORY

STORY = Path("xx/2024-03-01-tessara")


@pytest.fixture
def released(valid: Path) -> Path:
    manifest = releases.manifest(corpus.read(valid), "0.1.0", "2026-11-23")
    jsonio.write_atomic(valid / "releases" / "0.1.0.json", jsonio.dumps(manifest))
    return valid


def verify(path: Path) -> int:
    return main(["verify", str(path), "--manifests", str(path)])


def test_a_manifest_fits_its_schema(released: Path) -> None:
    assert schema.check(json.loads((released / "releases" / "0.1.0.json").read_bytes()), "release", "x") == []


def test_an_untouched_copy_is_the_release(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(released) == 0
    assert "is release 0.1.0: 1 stories, 3 articles" in capsys.readouterr().out


def test_layout_does_not_matter_but_content_does(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = released / STORY / "fr-1.json"
    article = json.loads(path.read_bytes())
    path.write_text(json.dumps(article, sort_keys=True), encoding="utf-8")
    assert verify(released) == 0
    article["figures"][0]["low"] = 36
    path.write_text(json.dumps(article), encoding="utf-8")
    assert verify(released) == 1
    assert "B701 article xx-2024-03-01-tessara.fr.1 is changed" in capsys.readouterr().out


@given(
    st.one_of(
        st.floats(-180, 180), st.sampled_from([0.0, -0.0, 1e-5, -3e-4, 0.001, 12.5]), st.integers(-180, 180)
    )
)
def test_a_registry_entry_is_hashed_as_any_other_document(coordinate: float) -> None:
    place = {"id": "x", "names": {"fr": "é"}, "lat": coordinate, "lon": None}
    registry = {kind: {kind: []} for kind in ("actors", "outlets")} | {"places": {"places": [place]}}
    assert releases.registry_hashes(registry) == {"places/x": jsonio.canonical_sha256(place)}


def test_missing_and_extra_documents_are_named(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (released / STORY / "fr-1.json").read_text(encoding="utf-8")
    (released / STORY / "fr-1.json").unlink()
    (released / STORY / "fr-2.json").write_text(
        text.replace("fr.1", "fr.2").replace('"added_in": null', '"added_in": "0.1.0"'), encoding="utf-8"
    )
    assert verify(released) == 1
    out = capsys.readouterr().out
    assert "B702 article xx-2024-03-01-tessara.fr.1 is missing" in out
    assert "B703 article xx-2024-03-01-tessara.fr.2 is extra" in out


def test_a_manifest_that_was_tampered_with_is_refused(released: Path) -> None:
    path = released / "releases" / "0.1.0.json"
    manifest = json.loads(path.read_bytes())
    manifest["articles"]["xx-2024-03-01-tessara.fr.1"] = "0" * 64
    path.write_bytes(jsonio.dumps(manifest))
    with pytest.raises(BilanError, match="B701"):
        releases.read_manifest(released)


def test_the_root_hash_can_be_reproduced_with_the_standard_library(released: Path) -> None:
    import hashlib

    manifest = json.loads((released / "releases" / "0.1.0.json").read_bytes())

    def sha(document: object) -> str:
        return hashlib.sha256(
            json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        ).hexdigest()

    article = json.loads((released / STORY / "en-1.json").read_bytes())
    assert manifest["articles"][article["id"]] == sha(article)
    assert manifest["root"] == sha({key: manifest[key] for key in ("articles", "registry", "stories")})


def test_an_unknown_release_says_which_there_are(released: Path) -> None:
    with pytest.raises(BilanError) as caught:
        releases.read_manifest(released, "9.9.9")
    assert "0.1.0" in caught.value.incidents[0].mend


def test_the_released_corpus_of_this_repository_is_unchanged() -> None:
    manifest = releases.read_manifest(REPOSITORY / "corpus")
    found = releases.manifest(corpus.read(REPOSITORY / "corpus"), manifest["version"], manifest["date"])
    differences = releases.compare(manifest, found)
    coming = releases.unreleased(differences, corpus.read(REPOSITORY / "corpus"))
    assert [difference for difference in differences if difference not in coming] == []
    assert releases.version_key(manifest["version"]) <= releases.version_key(__version__)


def test_articles_in_no_release_yet_are_no_difference_but_edits_are(
    released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("en-1", "fr-1", "en-2"):
        path = released / STORY / f"{name}.json"
        path.write_bytes(path.read_bytes().replace(b'"added_in": null', b'"added_in": "0.1.0"'))
    manifest = releases.manifest(corpus.read(released), "0.1.0", "2026-11-23")
    (released / "releases" / "0.1.0.json").write_bytes(jsonio.dumps(manifest))
    new = json.loads((released / STORY / "fr-1.json").read_bytes())
    new.update(id="xx-2024-03-01-tessara.fr.2", added_in=None)
    (released / STORY / "fr-2.json").write_bytes(jsonio.dumps(new))
    registry = json.loads((released / "registry" / "actors.json").read_bytes())
    registry["actors"].append({**registry["actors"][-1], "id": "second-column", "wikidata": None})
    (released / "registry" / "actors.json").write_bytes(jsonio.dumps(registry))
    assert verify(released) == 0
    assert "1 articles that are in no release yet" in capsys.readouterr().out
    registry["actors"][0]["names"]["en"] = "Southern Army"
    (released / "registry" / "actors.json").write_bytes(jsonio.dumps(registry))
    assert verify(released) == 1
    assert "registry entry actors/northern-army is changed" in capsys.readouterr().out


def test_a_citation_carries_version_and_root_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cite"]) == 0
    out = capsys.readouterr().out
    manifest = releases.read_manifest(REPOSITORY / "corpus")
    assert out.startswith("@misc{bilan")
    assert manifest["root"] in out
    assert f"{{{manifest['version']}}}" in out


def test_versions_agree_everywhere() -> None:
    assert f'version = "{__version__}"' in (REPOSITORY / "pyproject.toml").read_text()
    newest = list(releases.manifests(REPOSITORY / "corpus"))[-1]
    assert f"version: {newest}\n" in (REPOSITORY / "CITATION.cff").read_text(), "one cites what is released"
    assert f"## {__version__}" in (REPOSITORY / "CHANGELOG.md").read_text()


def test_generated_documents_are_fresh() -> None:
    for path, content in docs.rendered(REPOSITORY):
        assert path.read_text(encoding="utf-8") == content, f"{path.name} is stale; run: bilan docs"


def test_filling_a_document_touches_blocks_only() -> None:
    text = "a\n<!-- x:one -->\nold\n<!-- /x -->\nb\n<!-- x:two -->\n<!-- /x -->\nc\n"
    filled = docs.fill(text, {"x": lambda name: f"new {name}"})
    assert filled == "a\n<!-- x:one -->\nnew one\n<!-- /x -->\nb\n<!-- x:two -->\nnew two\n<!-- /x -->\nc\n"
    assert docs.fill(filled, {"x": lambda name: f"new {name}"}) == filled


def test_stats_count_the_valid_corpus(valid: Path) -> None:
    data = corpus.read(valid)
    head, rows = stats.overview(data)
    table = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert (table["test"]["articles"], table["wild"]["articles"], table["all"]["figures"]) == ("2", "1", "10")
    assert stats.rivals(data.articles.values())
    assert "in 1 of 1 stories" in stats.summary(data)
