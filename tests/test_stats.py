"""What is counted of the corpus adds up, and the plots show the data of today."""

from __future__ import annotations

import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from bilan import corpus, plots, stats
from bilan.__main__ import main
from bilan.incidents import BilanError
from conftest import REPOSITORY


@pytest.fixture(scope="module")
def data() -> corpus.Corpus:
    return corpus.read(REPOSITORY / "corpus")


def column(table: stats.Table, name: str) -> list[str]:
    head, rows = table
    return [row[head.index(name)] for row in rows]


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


def test_every_table_has_as_many_cells_as_columns(data: corpus.Corpus) -> None:
    for name, table in stats.TABLES.items():
        head, rows = table(data)
        assert rows or name == "rare", name
        assert all(len(row) == len(head) for row in rows), name


def test_splits_countries_years_and_styles_count_the_same_articles(data: corpus.Corpus) -> None:
    articles = len(data.articles)
    assert number(column(stats.overview(data), "articles")[-1]) == articles
    assert sum(map(number, column(stats.countries(data), "articles"))) == articles
    assert sum(map(number, column(stats.years(data), "articles"))) == articles
    styles = stats.styles(data)
    withheld = sum(a["text"]["access"] == "withheld" for a in data.articles.values())
    assert number(column(styles, "fr")[-1]) + number(column(styles, "en")[-1]) == articles - withheld


def test_modifiers_count_every_figure(data: corpus.Corpus) -> None:
    table = stats.modifiers(data)
    figures = sum(len(article["figures"]) for article in data.articles.values())
    assert sum(map(number, [*column(table, "fr"), *column(table, "en")])) == figures


def test_a_label_that_is_rare_is_listed(data: corpus.Corpus) -> None:
    few = {ident: data.articles[ident] for ident in list(data.articles)[:3]}
    rare = stats.rare(corpus.Corpus(few, data.stories, data.registry))
    assert "chemical_weapon 0" in rare[1][[row[0] for row in rare[1]].index("event_type")][1]


def test_stats_draws_every_plot_as_svg(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "--corpus", str(REPOSITORY / "corpus"), "--plots", str(tmp_path)]) == 0
    capsys.readouterr()
    assert {path.stem for path in tmp_path.iterdir()} == set(plots.PLOTS)
    for path in tmp_path.iterdir():
        assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_a_plot_of_other_data_is_stale(tmp_path: Path, data: corpus.Corpus) -> None:
    plots.write(data, tmp_path)
    assert plots.stale(data, tmp_path) == []
    kept = {ident: story for ident, story in data.stories.items() if story["country"] != "ML"}
    assert tmp_path / "years.svg" in plots.stale(corpus.Corpus(data.articles, kept, data.registry), tmp_path)
    (tmp_path / "voices.svg").unlink()
    assert plots.stale(data, tmp_path) == [tmp_path / "voices.svg"]


def test_the_card_shows_every_plot_and_a_build_carries_them(tmp_path: Path) -> None:
    from bilan.build import build

    card = (REPOSITORY / "DATACARD.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\]\((plots/\w+\.svg)\)", card))
    assert {f"plots/{name}.svg" for name in plots.PLOTS} <= shown
    home = tmp_path / "home"
    shutil.copytree(REPOSITORY / "plots", home / "plots")
    shutil.copytree(REPOSITORY / "tests" / "fixtures" / "valid" / "corpus", home / "corpus")
    (home / "DATACARD.md").write_text(card, encoding="utf-8")
    build(home / "corpus", tmp_path / "hf")
    assert {
        path.relative_to(tmp_path / "hf").as_posix() for path in (tmp_path / "hf" / "plots").iterdir()
    } == shown


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, data: corpus.Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BilanError, match="B809"):
        plots.write(data, tmp_path)


def test_without_scipy_stats_leaves_out_agreement_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    assert main(["stats", "--corpus", str(REPOSITORY / "corpus")]) == 0
    assert "agreement: left out" in capsys.readouterr().out
