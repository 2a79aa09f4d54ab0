"""``bilan.load`` and ``bilan.articles``: the same rows as ``datasets.load_dataset``, no network, no cache."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import datasets
import pytest

import bilan
import small_corpus
from bilan import paths, records, tables
from bilan.build import build
from bilan.incidents import BilanError
from bilan.load import UnknownName, articles, load
from bilan.tables import features

SOURCES = {"small": small_corpus.write}
if small_corpus.has_articles(small_corpus.REAL):
    SOURCES["real"] = lambda folder: shutil.copytree(small_corpus.REAL, folder)


@pytest.fixture(scope="module", params=SOURCES)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``corpus`` and the ``hf`` built from it."""
    folder = tmp_path_factory.mktemp(request.param)
    SOURCES[request.param](folder / "corpus")
    build(folder / "corpus", folder / "hf")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    small_corpus.write(folder / "corpus")
    build(folder / "corpus", folder / "hf")
    return folder


# --- the same as datasets --------------------------------------------------------------------------------


@pytest.mark.parametrize("config", tables.CONFIGS)
class TestSameAsDatasets:
    def both(self, home: Path, config: str, place: str) -> tuple[Any, Any]:
        theirs = datasets.load_dataset(str(home / "hf"), config, cache_dir=str(home / "cache"))
        return theirs, load(config, source=home / place)

    @pytest.mark.parametrize("place", ["corpus", "hf"])
    def test_the_same_splits_rows_and_order(self, home: Path, config: str, place: str) -> None:
        theirs, ours = self.both(home, config, place)
        assert isinstance(ours, datasets.DatasetDict)
        assert list(theirs) == list(ours)
        for split in theirs:
            assert theirs[split].to_list() == ours[split].to_list()

    @pytest.mark.parametrize("place", ["corpus", "hf"])
    def test_the_same_features_and_version(self, home: Path, config: str, place: str) -> None:
        theirs, ours = self.both(home, config, place)
        for split in theirs:
            assert theirs[split].features == ours[split].features == features.features(config)
            assert str(theirs[split].info.version) == str(ours[split].info.version) == bilan.__version__
            assert ours[split].split == split

    def test_one_split_is_a_dataset(self, home: Path, config: str) -> None:
        whole = load(config, source=home / "hf")
        for split in whole:
            one = load(config, split=split, source=home / "hf")
            assert isinstance(one, datasets.Dataset)
            assert one.to_list() == whole[split].to_list()
            assert one._fingerprint == whole[split]._fingerprint

    def test_streaming_gives_the_same_rows(self, home: Path, config: str) -> None:
        ours = load(config, source=home / "hf")
        stream = datasets.load_dataset(
            str(home / "hf"), config, streaming=True, cache_dir=str(home / "cache")
        )
        for split in ours:
            assert list(stream[split]) == ours[split].to_list()


def test_the_default_table_is_articles_there_and_here(small: Path) -> None:
    theirs = datasets.load_dataset(str(small / "hf"), cache_dir=str(small / "cache"))
    assert theirs["test"].to_list() == load(source=small / "hf")["test"].to_list()


def test_permuted_labels_of_a_card_would_be_caught(small: Path) -> None:
    # what the card says wins over the files in silence, so that the two must be one
    theirs = datasets.load_dataset(str(small / "hf"), "figures", cache_dir=str(small / "cache"))
    row = load("figures", source=small / "corpus", split="wild")[0]
    assert theirs["wild"].features["of"].int2str(row["of"]) == "soldiers"


def test_a_dataset_works_as_one(small: Path) -> None:
    rows = load("figures", source=small / "corpus", split="test")
    longer = rows.filter(lambda row: row["low"] > 20, load_from_cache_file=False)
    assert 0 < longer.num_rows < rows.num_rows
    assert (
        rows.map(lambda row: {"twice": 2 * row["low"]}, load_from_cache_file=False)["twice"][0]
        == 2 * rows[0]["low"]
    )
    assert pickle.loads(pickle.dumps(rows)).to_list() == rows.to_list()


# --- choosing --------------------------------------------------------------------------------------------


def test_a_language_keeps_its_rows_only(small: Path) -> None:
    for config in tables.CONFIGS:
        every = load(config, source=small / "hf")
        french = load(config, source=small / "hf", lang="fr")
        assert list(french) == list(every)
        for split in every:
            assert french[split].to_list() == [row for row in every[split].to_list() if row["lang"] == "fr"]
            assert french[split].features == every[split].features


def test_a_subset_keeps_its_rows_only(small: Path) -> None:
    for config in tables.CONFIGS:
        every = load(config, source=small / "hf")
        unseen = load(config, source=small / "hf", subset="unseen_conflict")
        assert list(unseen) == list(every)
        assert unseen["train"].num_rows == 0 < unseen["test"].num_rows
        for split in every:
            wanted = [row for row in every[split].to_list() if row["subset"] == "unseen_conflict"]
            assert unseen[split].to_list() == wanted
    stories = {article.story for article in articles(source=small / "hf", subset="unseen_conflict")}
    assert stories == {"ml-2025-05-23-dioura"}


@pytest.mark.parametrize(
    "arguments, there",
    [
        ({"config": "quotes"}, "articles, ner, figures"),
        ({"split": "dev"}, "train, test, wild"),
        ({"split": "validation"}, "train, test, wild"),
        ({"lang": "ar"}, "en, fr"),
        ({"subset": "seen"}, "unseen_conflict"),
    ],
)
def test_an_unknown_name_lists_those_that_exist(small: Path, arguments: dict[str, str], there: str) -> None:
    with pytest.raises(UnknownName, match=there):
        load(**arguments, source=small / "hf")
    with pytest.raises(ValueError, match="B806"):
        load("figure")
    with pytest.raises(ValueError, match=there):
        load(**arguments, source=small / "corpus")


def test_an_unknown_split_or_language_of_articles_raises_at_the_call(small: Path) -> None:
    with pytest.raises(UnknownName):
        articles(split="dev", source=small / "hf")
    with pytest.raises(UnknownName):
        articles(lang="ar", source=small / "corpus")


def test_a_folder_that_is_neither_corpus_nor_build_is_refused(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "missing"):
        with pytest.raises(BilanError, match="neither"):
            load(source=source)


def test_a_build_with_rows_missing_is_refused(small: Path, tmp_path: Path) -> None:
    copy = tmp_path / "hf"
    shutil.copytree(small / "hf", copy)
    info = json.loads((copy / "bilan.json").read_bytes())
    info["counts"]["ner"]["test"] += 1
    (copy / "bilan.json").write_text(json.dumps(info))
    with pytest.raises(BilanError, match="rows"):
        load("ner", source=copy)
    (copy / "data" / "figures" / "test-00000-of-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(BilanError, match="broken"):
        load("figures", source=copy)
    shutil.rmtree(copy / "data" / "tolls")
    with pytest.raises(BilanError, match="broken"):
        load("tolls", source=copy)
    (copy / "bilan.json").write_text("[]")
    with pytest.raises(BilanError, match="broken"):
        load(source=copy)


def test_a_corpus_with_faults_raises_its_incidents(tmp_path: Path) -> None:
    corpus = small_corpus.write(tmp_path / "corpus")
    next(corpus.glob("ml/*/en-1.json")).write_bytes(b"{")
    with pytest.raises(BilanError) as caught:
        load("figures", source=corpus)
    assert caught.value.incidents[0].line == 1


# --- quiet -----------------------------------------------------------------------------------------------

ALONE = """
import os, socket, sys
def refuse(*_, **__): raise AssertionError("the network was tried")
socket.socket.connect = refuse
socket.create_connection = refuse
socket.getaddrinfo = refuse
import bilan
assert not {"datasets", "pandas", "pyarrow", "jsonschema"} & set(sys.modules)
for source in sys.argv[1:]:
    for config in ("articles", "ner", "figures", "attributions", "tolls", "extraction"):
        bilan.load(config, source=source)
    assert len(list(bilan.articles(source=source))) == 5
import bilan.load
assert len(bilan.load("ner", source=source, split="wild")) == 1
"""


def test_nothing_is_fetched_and_no_cache_is_written(small: Path, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment.update(
        HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"), HF_HOME=str(tmp_path / "hf_home")
    )
    program = [sys.executable, "-c", ALONE, str(small / "corpus"), str(small / "hf")]
    subprocess.run(program, check=True, env=environment, cwd=tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_load_can_be_called_even_after_its_module_was_imported(small: Path) -> None:
    program = (
        "import sys, bilan.load\n"
        "assert bilan.load('tolls', source=sys.argv[1], split='wild').num_rows == 2\n"
        "from bilan import load\n"
        "assert load('tolls', source=sys.argv[1], split='wild').num_rows == 2\n"
    )
    subprocess.run([sys.executable, "-c", program, str(small / "hf")], check=True)


@pytest.mark.skipif("real" not in SOURCES, reason="the corpus has no articles yet")
def test_without_a_source_the_corpus_of_the_package_is_loaded() -> None:
    ours = load("articles")
    here = load("articles", source=paths.package_home().corpus)
    assert {split: rows.to_list() for split, rows in ours.items()} == {
        s: rows.to_list() for s, rows in here.items()
    }


# --- typed records ---------------------------------------------------------------------------------------


def test_records_are_the_same_from_corpus_and_build(home: Path) -> None:
    assert list(articles(source=home / "corpus")) == list(articles(source=home / "hf"))


def test_records_have_the_columns_of_the_table() -> None:
    def compare(cls: type, kind: Any) -> None:
        fields = records.columns(cls)
        assert set(fields) == set(kind)
        for name, hint in fields.items():
            inner = kind[name][0] if isinstance(kind[name], list) else kind[name]
            if isinstance(inner, dict) and name != "provenance":
                compare(record_class(hint), inner)

    def record_class(hint: Any) -> type:
        if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
            return hint
        return next(record_class(arg) for arg in hint.__args__ if arg is not type(None) and arg is not ...)

    compare(records.Article, features.columns("articles"))


def test_records_hold_the_articles_in_the_order_of_the_table(small: Path) -> None:
    found = list(articles(source=small / "corpus"))
    table = load(source=small / "corpus")
    assert [one.id for one in found] == [ident for split in table for ident in table[split]["id"]]
    assert [one.id for one in articles(source=small / "hf", lang="en")] == [
        o.id for o in found if o.lang == "en"
    ]
    assert {one.split for one in articles(source=small / "hf", split="wild")} == {"wild"}


def test_a_record_leads_from_figure_to_event_side_and_sources(small: Path) -> None:
    article = next(a for a in articles(source=small / "hf") if a.id == "ml-2025-05-23-dioura.en.1")
    figure = article.get("f2")
    assert isinstance(figure, records.Figure)
    assert article.text is not None
    assert article.text[figure.start : figure.end] == figure.surface == "41 soldiers"
    assert (figure.stated, figure.low, figure.high) == (41, 41, 41)
    assert isinstance(figure.low, int)
    assert figure.allows(41)
    assert not figure.allows(40)
    event, side = article.event(figure.event), article.entity(figure.entity)
    assert event is not None
    assert side is not None
    assert event.type == "armed_clash"
    assert side.name == "Malian army"
    ((attribution, source),) = article.sources_of(figure)
    assert (attribution.stance, source.kind, article.name_of(source)) == (
        "confirms",
        "security_forces",
        "security source",
    )
    ((_, media),) = article.sources_of(attribution)
    assert article.name_of(media) == "RFI"
    assert article.sources_of(article.get("f4")) == ()
    assert [f.id for f in article.figures_of(event)] == ["f1", "f2", "f3", "f4"]
    assert article.get("rel1").from_ == "f3"
    with pytest.raises(KeyError):
        article.get("f99")
    assert article.event(None) is None


def test_a_withheld_record_has_hashes_where_it_has_no_words(small: Path) -> None:
    (article,) = articles(source=small / "corpus", split="wild")
    assert article.text is None
    assert article.anchors is not None
    trigger = article.events[0].triggers[0]
    assert trigger.surface is None
    assert trigger.hash is not None


def test_records_cannot_be_changed_and_can_be_pickled(small: Path) -> None:
    article = next(iter(articles(source=small / "hf")))
    with pytest.raises(AttributeError):
        article.lang = "de"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(article)) == article
