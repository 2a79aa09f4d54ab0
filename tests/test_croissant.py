"""The Croissant file of the built folder: true to the tables, the labels, the card and the files."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import small_corpus
from bilan import __version__, citation, copies, jsonio, labels, releases
from bilan import corpus as corpora
from bilan.__main__ import main
from bilan.build import BuildResult, build
from bilan.incidents import BilanError
from bilan.tables import CONFIGS, croissant, features, rai, splits
from bilan.tables import record_sets as table_sets
from conftest import REPOSITORY

Json = dict[str, Any]

CARD = (REPOSITORY / "DATACARD.md").read_text("utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """The corpus of the repository."""
    return build(small_corpus.REAL, tmp_path_factory.mktemp("real") / "hf", workers=2)


@pytest.fixture(scope="module")
def document(built: BuildResult) -> Json:
    found: Json = json.loads((built.out / croissant.FILE).read_bytes())
    return found


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_corpus.write(tmp_path / "corpus")


def of(folder: Path) -> Json:
    found: Json = json.loads((folder / croissant.FILE).read_bytes())
    return found


def record_sets(document: Json) -> dict[str, Json]:
    return {one["@id"]: one for one in document["recordSet"]}


def fields(node: Json) -> Iterator[Json]:
    """All fields of a record set, those inside others too."""
    for field in node.get("field", node.get("subField", ())):
        yield field
        yield from fields(field)


def records(document: Json, ident: str) -> list[Json]:
    """The records that stand in the file, with bare names."""
    return [
        {key.removeprefix(f"{ident}/"): value for key, value in row.items()}
        for row in record_sets(document)[ident]["data"]
    ]


# --- the tables ------------------------------------------------------------------------------------------


def shape(field: Json) -> Any:
    """What a field says of its type, in the terms of bilan.tables.features: a label is the name of its labels."""
    if "subField" in field:
        inner: Any = {sub["@id"].rsplit("/", 1)[1]: shape(sub) for sub in field["subField"]}
    elif field["dataType"] == ["sc:Integer", "cr:Label"]:
        inner = re.fullmatch(rf"{table_sets.LABEL} (labels/\w+)\.", field["description"])[1]  # type: ignore[index]
    else:
        names = {"sc:Text": "string", "sc:Integer": "int64", "sc:Float": "float64", "sc:Boolean": "bool"}
        inner = names[field["dataType"]]
    return [inner] if field.get("isArray") else inner


def as_shape(kind: features.Kind, document: Json) -> Any:
    if isinstance(kind, features.Labels):
        of_kind = [
            ident
            for ident in record_sets(document)
            if ident.startswith("labels/")
            and [row["name"] for row in records(document, ident)] == [*kind.names]
        ]
        assert len(of_kind) == 1
        return of_kind[0]
    if isinstance(kind, list):
        return [as_shape(kind[0], document)]
    if isinstance(kind, dict):
        return {name: as_shape(inner, document) for name, inner in kind.items()}
    return kind


@pytest.mark.parametrize("config", CONFIGS)
def test_every_column_of_a_table_is_described_with_its_type_and_nothing_else(
    config: str, document: Json
) -> None:
    described = {field["name"]: shape(field) for field in record_sets(document)[config]["field"]}
    columns = {"split": "string", **features.columns(config)}
    assert described == {name: as_shape(kind, document) for name, kind in columns.items()}


def test_columns_of_articles_have_the_descriptions_of_the_schemas(document: Json) -> None:
    said = {field["name"]: field.get("description") for field in fields(record_sets(document)["articles"])}
    assert said["published"].startswith("day of publication, EDTF")
    assert said["story_title"] == "what the story is about"
    assert said["cites"] == "ids of the story's references whose facts the article carries"
    assert said["references"] == "pages whose facts the articles carry"
    assert said["sha256"] == "SHA-256 of the canonical text in UTF-8"
    assert said["figures"] == "figures"
    schema = json.loads((REPOSITORY / "schema" / "article.schema.json").read_bytes())
    for layer in ("times", "events", "figures", "sources", "attributions"):
        for key, node in schema["$defs"][layer]["properties"].items():
            assert (said[f"{layer}/{key}"] or "").startswith(node["description"])
    assert {name for name, text in said.items() if text is None} == {
        f"entities/{name}" for name in features.REGISTRY
    }


@pytest.mark.parametrize("config", CONFIGS)
def test_every_cell_says_where_it_lies(config: str, document: Json) -> None:
    for field in fields(record_sets(document)[config]):
        if field["name"] == "split" or "source" not in field:
            continue
        source = field["source"]
        path = [source["extract"]["column"], *(step["jsonPath"] for step in source.get("transform", ()))]
        assert field["@id"] == "/".join([config, *path])
        assert source["fileSet"] == {"@id": f"{config}-files"}


def test_only_cells_of_a_list_inside_a_list_have_no_source_of_their_own(document: Json) -> None:
    without = {
        field["@id"].rsplit("/", 1)[0]
        for config in CONFIGS
        for field in fields(record_sets(document)[config])
        if "subField" not in field and "source" not in field
    }
    noted = {
        field["@id"]
        for config in CONFIGS
        for field in fields(record_sets(document)[config])
        if field.get("description", "").endswith(table_sets.INNER_LIST) and "source" in field
    }
    assert without == noted
    assert "figures/sources/through" in noted
    assert not any(one.startswith(("ner/", "tolls/", "extraction/")) for one in noted)


@pytest.mark.parametrize("config", CONFIGS)
def test_the_key_of_a_table_is_unique(config: str, built: BuildResult, document: Json) -> None:
    import pyarrow.parquet as pq

    assert record_sets(document)[config]["key"] == {"@id": f"{config}/id"}
    paths = (built.out / "data" / config).glob("*.parquet")
    ids = [ident for path in paths for ident in pq.ParquetFile(path).read(["id"])["id"].to_pylist()]
    assert len(ids) == len(set(ids)) > 0


def test_ids_are_unique_and_references_lead_somewhere(document: Json) -> None:
    nodes = [*document["distribution"], *document["recordSet"]]
    ids = [node["@id"] for node in nodes]
    ids += [field["@id"] for one in document["recordSet"] for field in fields(one)]
    assert len(ids) == len(set(ids))

    def referred(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if node.keys() == {"@id"}:
                yield node["@id"]
            for value in node.values():
                yield from referred(value)
        elif isinstance(node, list):
            for value in node:
                yield from referred(value)

    assert set(referred(nodes)) <= {*ids}


# --- labels and splits -----------------------------------------------------------------------------------


def test_the_labels_are_those_of_the_inventories_in_their_frozen_order(document: Json) -> None:
    found = [ident for ident in record_sets(document) if ident.startswith("labels/")]
    assert len(found) > 10
    for ident in found:
        rows = records(document, ident)
        assert record_sets(document)[ident]["dataType"] == "sc:Enumeration"
        assert [row["id"] for row in rows] == list(range(len(rows)))
        if ident == "labels/ner_tags":
            assert tuple(row["name"] for row in rows) == features.bio_labels().names
            continue
        inventory = labels.inventory()[ident.removeprefix("labels/")]
        assert {row["name"]: row["description"] for row in rows} == {
            name: entry["description"] for name, entry in inventory.items()
        }


def test_the_splits_are_a_record_set_that_every_table_refers_to(document: Json) -> None:
    assert record_sets(document)["splits"]["dataType"] == "cr:Split"
    assert [row["name"] for row in records(document, "splits")] == list(splits())
    for config in CONFIGS:
        split = record_sets(document)[config]["field"][0]
        assert split["@id"] == f"{config}/split"
        assert split["references"] == {"field": {"@id": "splits/name"}}


def test_the_split_is_read_from_the_name_of_every_file(built: BuildResult, document: Json) -> None:
    for config, parts in built.layout.items():
        pattern = record_sets(document)[config]["field"][0]["source"]["transform"]["regex"]
        for part in parts:
            for name in part.files:
                match = re.match(pattern, Path(name).name)
                assert match
                assert match[1] == part.split


# --- files -----------------------------------------------------------------------------------------------


def test_every_data_file_stands_there_with_its_size_and_hash(built: BuildResult, document: Json) -> None:
    described = {one["contentUrl"]: one for one in document["distribution"] if "contentUrl" in one}
    present = {
        path.relative_to(built.out).as_posix(): path
        for folder in ("data", "metadata")
        for path in (built.out / folder).rglob("*")
        if path.is_file()
    }
    assert described.keys() == present.keys()
    for name, path in present.items():
        assert described[name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert described[name]["contentSize"] == f"{path.stat().st_size} B"


def test_a_file_set_holds_the_files_of_one_table(built: BuildResult, document: Json) -> None:
    for one in document["distribution"]:
        if one["@type"] == "cr:FileSet":
            config = one["@id"].removesuffix("-files")
            found = {path.relative_to(built.out).as_posix() for path in built.out.glob(one["includes"])}
            assert found == {name for part in built.layout[config] for name in part.files}


def test_two_builds_give_the_same_file(built: BuildResult, tmp_path: Path) -> None:
    again = build(small_corpus.REAL, tmp_path / "again", workers=1)
    assert (again.out / croissant.FILE).read_bytes() == (built.out / croissant.FILE).read_bytes()


def test_the_folder_still_gives_back_the_corpus_and_is_verified(
    built: BuildResult, capsys: pytest.CaptureFixture[str]
) -> None:
    assert copies.read_back(built.out) == corpora.read(small_corpus.REAL)
    assert main(["verify", str(built.out)]) == 0
    assert "is release" in capsys.readouterr().out


def test_datasets_loads_the_folder_as_before(
    built: BuildResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    loaded = datasets.load_dataset(str(built.out), "figures")
    assert {split: len(rows) for split, rows in loaded.items()} == {
        part.split: part.rows for part in built.layout["figures"]
    }


# --- the data as a whole ---------------------------------------------------------------------------------


def test_version_and_root_hash_name_the_data(built: BuildResult, document: Json) -> None:
    assert document["version"] == __version__
    assert document["identifier"] == f"sha256:{built.root}"
    assert document["isLiveDataset"] is False
    assert document["url"] is None
    assert document["inLanguage"] == ["en", "fr"]
    assert document["license"] == ["https://spdx.org/licenses/CC-BY-4.0"]


def test_a_release_is_cited_as_bilan_cite_does(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = releases.manifest(corpora.read(small), "0.2.0", "2026-01-02")
    (small / "releases").mkdir(exist_ok=True)
    (small / "releases" / "0.2.0.json").write_bytes(jsonio.dumps(manifest))
    found = of(build(small, small.parent / "hf").out)
    assert found["citeAs"] == citation.bibtex(manifest)
    assert found["datePublished"] == "2026-01-02"
    assert found["creativeWorkStatus"] == "Published"
    assert manifest["root"] in found["citeAs"]


def test_what_was_never_released_has_neither_citation_nor_date(small: Path) -> None:
    manifest = releases.manifest(corpora.read(small), "0.2.0", "2026-01-02")
    story = next(small.glob("bf/*/story.json"))
    changed = json.loads(story.read_bytes())
    changed["title"]["en"] = "Another title"
    story.write_bytes(jsonio.dumps(changed))
    (small / "releases").mkdir(exist_ok=True)
    (small / "releases" / "0.2.0.json").write_bytes(jsonio.dumps(manifest))
    found = of(build(small, small.parent / "hf").out)
    assert (found["citeAs"], found["datePublished"], found["creativeWorkStatus"]) == (None, None, "Draft")


def test_a_broken_manifest_stops_the_build_with_an_incident(small: Path) -> None:
    (small / "releases").mkdir(exist_ok=True)
    (small / "releases" / "0.2.0.json").write_bytes(b"{")
    with pytest.raises(BilanError) as caught:
        build(small, small.parent / "hf")
    assert [Path(incident.file).name for incident in caught.value.incidents] == ["0.2.0.json"]
    assert not (small.parent / "hf").exists()


def test_time_and_countries_are_those_of_the_stories(document: Json) -> None:
    stories = corpora.read(small_corpus.REAL).stories.values()
    codes = [place["identifier"] for place in document["spatialCoverage"]]
    assert codes == sorted({story["country"] for story in stories})
    assert {"@type": "sc:Country", "identifier": "ML", "name": "Mali"} in document["spatialCoverage"]
    first, last = document["temporalCoverage"].split("/")
    days = [event["date"] for story in stories for event in story["events"] if len(event["date"] or "") == 10]
    assert first <= min(days) <= max(days) <= last


def test_dates_that_are_no_days_count_with_their_first_and_last_day() -> None:
    events = [
        {"date": "2019-06"},
        {"date": None},
        {"date": "2020-05-2X/2020-06-01"},
        {"date": "2020-01-01/.."},
    ]
    assert croissant.temporal_coverage([{"events": events}]) == "2019-06-01/2020-06-01"
    assert croissant.temporal_coverage([]) is None


# --- what the card says ----------------------------------------------------------------------------------


def test_every_text_of_the_vocabulary_stands_in_the_card_word_by_word(document: Json) -> None:
    flat = " ".join(re.sub(r"\]\([^)]*\)|[`*\[]", "", CARD).split())
    said = {name: value for name, value in document.items() if name.startswith("rai:")}
    assert said.keys() == {
        "rai:dataCollection",
        "rai:dataAnnotationProtocol",
        "rai:dataAnnotationAnalysis",
        "rai:dataUseCases",
        "rai:dataSocialImpact",
        "rai:dataBiases",
        "rai:dataLimitations",
        "rai:personalSensitiveInformation",
        "rai:dataReleaseMaintenancePlan",
        "rai:machineAnnotationTools",
    }
    del said["rai:machineAnnotationTools"]
    for name, value in said.items():
        texts = value.split("\n\n") if isinstance(value, str) else value
        assert texts
        for text in texts:
            assert text.replace("*", "") in flat, f"{name}: {text}"


def test_the_machine_is_named_as_in_the_provenance(document: Json) -> None:
    articles = corpora.read(small_corpus.REAL).articles.values()
    named = {layer["annotator"] for article in articles for layer in article["provenance"].values()}
    assert document["rai:machineAnnotationTools"] == sorted(named)


def test_the_caveats_of_the_card_are_in_it(document: Json) -> None:
    assert "No person has reviewed them." in document["rai:dataAnnotationProtocol"]
    assert "These are not press texts" in document["description"]
    assert "No person has reviewed them." in document["description"]
    assert any(
        text.startswith("Not for: establishing how many died") for text in document["rai:dataLimitations"]
    )
    assert not any(text.startswith("Not for") for text in document["rai:dataUseCases"])


def test_every_known_weakness_is_a_bias_or_a_limitation() -> None:
    weaknesses = rai.sections(CARD)["Known weaknesses"]
    said = rai.properties(CARD)
    found = [*said["rai:dataBiases"], *said["rai:dataLimitations"]]
    assert {text.removeprefix("* ") for text in weaknesses} == {
        text for text in found if not text.startswith("Not for")
    }
    assert len(said["rai:dataBiases"]) == len(rai.BIASES)


def test_sections_are_plain_text_without_tables_and_plots() -> None:
    card = (
        "# Title\n\nWhat it\nis.\n\n<!-- stats:summary -->\n3 stories\n<!-- /stats -->\n\n![A plot](plots/a.svg)\n\n"
        "| a | b |\n|---|---|\n\n## Uses\n\n* **One** use,\n  on two lines.\n* See [the page](docs/page.md).\n"
    )
    assert rai.sections(card) == {
        "Title": ["What it is."],
        "Uses": ["* One use, on two lines.", "* See the page."],
    }


def test_a_corpus_whose_card_lacks_the_headings_is_built_without_those_texts(small: Path) -> None:
    (small.parent / "DATACARD.md").write_text("# Une carte\n\nÉté.\n", encoding="utf-8")
    found = of(build(small, small.parent / "hf").out)
    assert found["description"] == "Été."
    assert [name for name in found if name.startswith("rai:")] == ["rai:machineAnnotationTools"]


def test_the_command_says_how_to_read_it(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    assert main(["build", "--corpus", "corpus", "--workers", "1"]) == 0
    assert f'mlcroissant.Dataset("{Path("dist", "hf", "croissant.json")}")' in capsys.readouterr().out


# --- mlcroissant -----------------------------------------------------------------------------------------


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError(f"somebody reaches for the network: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def cell(value: Any) -> Any:
    """A value as mlcroissant gives it: text is bytes."""
    if isinstance(value, list):
        return [cell(one) for one in value]
    return value.encode() if isinstance(value, str) else value


def is_structs(kind: features.Kind) -> bool:
    return isinstance(kind, list) and isinstance(kind[0], dict)


def nulls(ident: str, kind: Json) -> list[Json]:
    return [{f"{ident}/{key}": None for key, inner in kind.items() if not is_structs(inner)}]


def fill(out: Json, ident: str, kind: features.Kind, value: Any) -> None:
    """What mlcroissant makes of a column: structs inside structs, and lists inside lists, stand by themselves."""
    if isinstance(kind, dict):
        for key, inner in kind.items():
            below = None if value is None else value[key]
            if isinstance(inner, dict):
                fill(out, f"{ident}/{key}", inner, below)
            else:
                out.setdefault(ident, {})[f"{ident}/{key}"] = cell(below)
    elif is_structs(kind):
        simple = [key for key, inner in kind[0].items() if not is_structs(inner)]
        out[ident] = nulls(ident, kind[0])
        if value is not None:
            out[ident] = [{f"{ident}/{key}": cell(one[key]) for key in simple} for one in value]
        for key, inner in kind[0].items():
            if is_structs(inner):
                out[f"{ident}/{key}"] = nulls(f"{ident}/{key}", inner[0])
    else:
        out[ident] = cell(value)


def as_mlcroissant(config: str, split: str, row: Json) -> Json:
    out: Json = {f"{config}/split": split.encode()}
    for name, kind in features.columns(config).items():
        if name != "split":
            fill(out, f"{config}/{name}", kind, row[name])
    return out


@pytest.mark.croissant
@pytest.mark.usefixtures("no_network")
class TestByMlcroissant:
    def test_it_is_valid_croissant_1_1_without_a_warning(self, built: BuildResult, document: Json) -> None:
        mlcroissant = pytest.importorskip("mlcroissant")
        metadata = mlcroissant.Dataset(str(built.out / croissant.FILE)).metadata
        assert metadata.ctx.is_v1_1()
        assert metadata.ctx.issues.errors == set()
        unpublished = {"citeAs", "datePublished"} if document["datePublished"] is None else set()
        warnings = " ".join(metadata.ctx.issues.warnings)
        assert not warnings or all(name in warnings for name in unpublished)
        assert len(metadata.ctx.issues.warnings) == len(unpublished)

    def test_it_reads_the_texts_of_the_card(self, built: BuildResult, document: Json) -> None:
        mlcroissant = pytest.importorskip("mlcroissant")
        metadata = mlcroissant.Dataset(str(built.out / croissant.FILE)).metadata
        assert metadata.version == document["version"]
        assert metadata.cite_as == document["citeAs"]
        assert metadata.data_collection == document["rai:dataCollection"]
        assert sorted(metadata.data_limitations) == sorted(document["rai:dataLimitations"])
        assert metadata.data_release_maintenance_plan == document["rai:dataReleaseMaintenancePlan"]

    @pytest.mark.parametrize("config", CONFIGS)
    def test_it_gives_the_rows_that_bilan_load_gives(self, built: BuildResult, config: str) -> None:
        import bilan

        mlcroissant = pytest.importorskip("mlcroissant")
        found = list(mlcroissant.Dataset(str(built.out / croissant.FILE)).records(config))
        loaded = bilan.load(config, source=built.out)
        assert len(found) == sum(len(rows) for rows in loaded.values())
        by_id = {row[f"{config}/id"].decode(): row for row in found}
        for split, rows in loaded.items():
            for row in rows:
                assert by_id[row["id"]] == as_mlcroissant(config, split, row)

    def test_it_gives_every_inline_record_set(self, built: BuildResult, document: Json) -> None:
        mlcroissant = pytest.importorskip("mlcroissant")
        dataset = mlcroissant.Dataset(str(built.out / croissant.FILE))
        inline = {ident: one for ident, one in record_sets(document).items() if "data" in one}
        assert {one.id for one in dataset.metadata.record_sets} == {*inline, *CONFIGS}
        for ident, one in inline.items():
            assert [dict(row) for row in dataset.records(ident)] == one["data"]

    @pytest.mark.parametrize("split", ["train", "validation", "test", "wild"])
    def test_one_split_can_be_chosen(self, built: BuildResult, split: str) -> None:
        mlcroissant = pytest.importorskip("mlcroissant")
        dataset = mlcroissant.Dataset(str(built.out / croissant.FILE))
        rows = list(dataset.records("extraction", filters={"extraction/split": split}))
        assert len(rows) == built.rows("extraction", split)
        assert {row["extraction/split"] for row in rows} == {split.encode()}

    def test_its_limits_are_those_that_the_page_names(self, built: BuildResult, tmp_path: Path) -> None:
        mlcroissant = pytest.importorskip("mlcroissant")
        copy = shutil.copytree(built.out, tmp_path / "hf")
        document = of(copy)
        for one in document["distribution"]:
            if "sha256" in one:
                one["sha256"] = "0" * 64
        (copy / croissant.FILE).write_bytes(croissant.dumps(document))
        dataset = mlcroissant.Dataset(str(copy / croissant.FILE))
        wild = built.rows("extraction", "wild")
        filtered = list(dataset.records("extraction", filters={"extraction/split": "wild"}))
        assert len(filtered) == wild  # no hash is checked
        assert len(list(dataset.records("extraction"))) == wild  # the filter stays

    def test_a_changed_field_that_has_no_place_is_refused(self, built: BuildResult, tmp_path: Path) -> None:
        mlcroissant = pytest.importorskip("mlcroissant")
        copy = shutil.copytree(built.out, tmp_path / "hf")
        changed = of(copy)
        changed["recordSet"][0]["field"][1]["source"]["fileSet"]["@id"] = "nothing"
        (copy / croissant.FILE).write_bytes(croissant.dumps(changed))
        with pytest.raises(Exception, match="nothing"):
            mlcroissant.Dataset(str(copy / croissant.FILE))
