"""Who says more: the statistics of ``docs/tolls.md`` against values computed by hand, and the page up to date."""

from __future__ import annotations

import math
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

import bilan
from bilan import contest, docs, plots
from bilan.contest import page as contest_page
from bilan.contest import plots as contest_plots
from bilan.contest import spread as contest_spread
from bilan.contest import tables as contest_tables
from bilan.incidents import BilanError
from bilan.reductions import Toll
from conftest import REPOSITORY
from toll_records import claim, kinds, toll, ucdp


@pytest.fixture(scope="module")
def tolls() -> list[Toll]:
    return bilan.tolls(source=REPOSITORY / "corpus")


def ratios(found: list[contest.Ratio]) -> list[float]:
    return [round(math.exp(value), 6) for _, value in found]


# --- numbers with a speaker -------------------------------------------------------------------------------


def test_copies_denials_zeros_and_the_articles_own_voice_have_no_number_here() -> None:
    found = toll(
        claim(40),
        claim(41, counted=False),
        claim(42, asserts=False),
        claim(0, "military"),
        claim(43, kind=None),
        claim(0, stance="denies"),
    )
    assert [number.number for number, _ in contest.spoken(found)] == [40]


def test_a_bound_from_above_counts_only_where_its_kind_says_nothing_firmer() -> None:
    bound = {"modifier": "at_most", "low": 0}
    found = toll(claim(200, "military", **bound), claim(200, "ngo", **bound), claim(150, "ngo"))
    values = contest.by_kind(contest.spoken(found))
    assert {kind: round(math.exp(value)) for kind, value in values.items()} == {"military": 200, "ngo": 150}


def test_several_claims_of_one_kind_are_averaged_first() -> None:
    found = toll(claim(10, "ngo"), claim(40, "ngo"), claim(10))
    assert ratios(contest.against_others([found])["ngo"]) == [2]  # sqrt(10 × 40) over 10


def test_only_stated_leaves_out_words_without_a_number() -> None:
    vague = claim(None, "ngo", modifier="indefinite", stated=None, low=24, high=99)
    (found,) = contest.only_stated([toll(vague, claim(30))])
    assert [c.stated for c in found.claims] == [30]


# --- who says more ----------------------------------------------------------------------------------------


def test_a_kind_is_compared_with_the_median_of_the_others() -> None:
    found = contest.against_others([kinds({"government": 10, "ngo": 40, "resident": 20, "media": 20})])
    assert {kind: ratios(r) for kind, r in found.items()} == {
        "government": [0.5],  # 10 over the median of 20, 20, 40
        "ngo": [2],  # 40 over the median of 10, 20, 20
        "resident": [1],
        "media": [1],
    }


def test_a_toll_with_one_kind_of_source_compares_nothing() -> None:
    assert contest.against_others([toll(claim(10), claim(20))]) == {}


def test_on_one_day_only_claims_of_that_day_are_compared_and_days_are_averaged() -> None:
    found = toll(
        claim(10, "ngo", "2024-03-01"),
        claim(20, "media", "2024-03-01"),
        claim(80, "ngo", "2024-03-05"),
        claim(20, "media", "2024-03-05"),
        claim(900, "ngo", "2024-04"),  # no day
        claim(900, "resident", "2024-03-06"),  # alone on its day
    )
    assert {kind: ratios(r) for kind, r in contest.against_others_that_day([found]).items()} == {
        "ngo": [round(math.sqrt(0.5 * 4), 6)],
        "media": [round(math.sqrt(2 * 0.25), 6)],
    }


def test_a_pair_is_there_in_both_orders() -> None:
    found = contest.pairs([kinds({"ngo": 30, "government": 10})])
    assert {pair: ratios(r) for pair, r in found.items()} == {
        ("ngo", "government"): [3],
        ("government", "ngo"): [0.333333],
    }


def test_sides_compare_an_armed_group_with_those_whose_dead_it_claims() -> None:
    numbers = {"armed_group": 60, "military": 20, "security_forces": 30, "ngo": 99}
    army = kinds(numbers, entity="army", entity_type="state_force")
    (own, *_) = contest.sides([army])
    ((_, theirs, ours),) = own.ratios
    assert (round(theirs), round(ours, 3)) == (60, round(math.sqrt(20 * 30), 3))
    mission = kinds(
        {"armed_group": 30, "peacekeeping": 10, "government": 5}, entity_type="external_force", entity="x"
    )
    ((_, theirs, ours),) = contest.sides([mission])[0].ratios
    assert (round(theirs), round(ours)) == (30, 10), "the host's government is a third party"


def test_sides_compare_the_state_with_all_others_where_it_is_known_who_killed() -> None:
    numbers = {"military": 5, "local_authority": 20, "ngo": 20}
    by_state = kinds(numbers, perpetrators=("state_force",))
    by_group = kinds(numbers, perpetrators=("armed_group",))
    both = kinds(numbers, perpetrators=("armed_group", "state_force"))
    found = {one.dead: one for one in contest.sides([by_state, by_group, both]) if one.ratios}
    assert ratios(found["people killed by state forces"].logs) == [0.25]
    assert ratios(found["people killed by an armed group"].logs) == [0.5]


# --- summing up -------------------------------------------------------------------------------------------


def test_a_summary_counts_what_lies_above_equal_and_below() -> None:
    logs = [(toll(story=f"xx-2024-03-0{i}-a"), math.log(r)) for i, r in enumerate((0.5, 1, 2, 4), start=1)]
    found = contest.summary(logs)
    assert (found.tolls, found.stories) == (4, 4)
    assert found.median == pytest.approx(math.sqrt(1 * 2))
    assert (found.above, found.equal, found.below) == (2, 1, 1)


def test_the_interval_is_that_of_stories_drawn_anew() -> None:
    """The same draws, the tolls of each story repeated as often as it is drawn, one median after the other."""
    values = {"a": [0.1, 0.7], "b": [-0.2], "c": [0.4, 0.5, 0.9], "d": [1.3], "e": [-0.6]}
    logs = [(toll(story=story), value) for story, some in values.items() for value in some]
    draws = np.random.default_rng(contest.SEED).multinomial(5, [1 / 5] * 5, size=contest.DRAWS)
    medians = [
        np.median(
            [v for times, some in zip(draw, values.values(), strict=True) for _ in range(times) for v in some]
        )
        for draw in draws
    ]
    low, high = np.exp(np.percentile(medians, [2.5, 97.5]))
    found = contest.summary(logs)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_tolls_of_one_story_leave_the_interval_nothing_to_draw() -> None:
    found = contest.summary([(toll(), value) for value in (0.0, 0.5, 1.0)])
    assert found.low == found.high == pytest.approx(math.exp(0.5))


# --- time -------------------------------------------------------------------------------------------------


def test_growth_is_the_last_day_over_the_first() -> None:
    found = toll(
        claim(10, "media", "2024-03-01"),
        claim(20, "ngo", "2024-03-01"),
        claim(30, "ngo", "2024-03-02"),
        claim(60, "ngo", "2024-03-09"),
        claim(500, "ngo", "2024-05"),
    )
    assert ratios(contest.growth([found])) == [round(60 / math.exp((math.log(10) + math.log(20)) / 2), 6)]
    assert ratios(contest.own_growth([found])) == [3]  # the media speak once
    assert contest.delays([found]) == {"media": [0], "ngo": [0, 1, 8]}
    assert contest.least_at_first([found]) == [True]


def test_a_toll_of_one_day_does_not_grow() -> None:
    assert contest.growth([toll(claim(10, day="2024-03-01"), claim(20, "ngo", "2024-03-01"))]) == []


# --- how far apart, reductions, UCDP ------------------------------------------------------------------------


def test_the_spread_is_the_highest_over_the_lowest_number() -> None:
    first, last, other = claim(10), claim(30), claim(40, "ngo")
    (found,) = contest_spread.spreads([toll(first, last, other)])
    assert (found.claims, round(found.ratio, 6), round(found.settled, 6)) == (3, 4, round(40 / 30, 6))
    assert (found.disjoint, found.unsettled) == (True, True)


def test_claims_that_one_number_fits_do_not_exclude_each_other() -> None:
    at_least = claim(20, "ngo", modifier="at_least", low=20, high=None)
    (found,) = contest_spread.spreads([toll(at_least, claim(85))])
    assert (round(found.ratio, 6), found.disjoint) == (4.25, False)


def test_ucdp_records_of_one_event_are_added_up() -> None:
    several = toll(claim(20), claim(45, "ngo"), external=(ucdp(10, 10, 12), ucdp(5, 20, 30)))
    (found,) = contest_spread.recorded([several, toll(claim(20))])
    assert (found.low, found.best, found.high, found.records) == (15, 30, 42, 2)
    assert found.inside
    assert found.reduced.middle == 32.5


def test_the_conservative_number_and_the_last_claims_of_a_real_toll(tolls: list[Toll]) -> None:
    metele = [t for t in tolls if t.story == "ng-2018-11-18-metele"]
    (found,) = contest_spread.recorded(contest_page.headlines(metele))
    assert (found.low, found.best, found.high) == (23, 70, 118)
    assert (found.reduced.low, found.reduced.high, found.reduced.conservative) == (23, None, 23)


def test_gaskinde_stands_among_the_cases_with_both_numbers(tolls: list[Toll]) -> None:
    head, rows = contest_tables.cases(tolls)
    (row,) = [row for row in rows if "gaskinde" in row[0]]
    # JNIM 65; government 11, security source 10, army 27: the median of the three kinds
    assert dict(zip(head, row, strict=True)) == {
        "event": "`bf-2022-09-26-gaskinde` main",
        "whose dead": "Burkina Faso Armed Forces",
        "armed groups": "65",
        "their own side": "11",
        "ratio": "5.91",
    }


# --- the page ---------------------------------------------------------------------------------------------


def test_every_table_has_as_many_cells_as_columns(tolls: list[Toll]) -> None:
    for name, table in contest_tables.TABLES.items():
        head, rows = table(tolls)
        assert rows, name
        assert all(len(row) == len(head) for row in rows), name


def test_the_page_shows_every_table_sentence_and_plot() -> None:
    page = (REPOSITORY / "docs" / "tolls.md").read_text(encoding="utf-8")
    for name in (*contest_tables.TABLES, *contest_page.TEXTS):
        assert f"<!-- contest:{name} -->\n" in page, name
    for name in contest_plots.PLOTS:
        assert f"](../plots/{name}.svg)" in page, name


def test_the_page_and_its_plots_are_those_of_the_corpus(tolls: list[Toll]) -> None:
    page = (REPOSITORY / docs.TOLLS_PAGE).read_text(encoding="utf-8")
    render = contest_page.renderer(REPOSITORY / "corpus")
    assert docs.fill(page, {"contest": render}) == page, "docs/tolls.md is stale; run: bilan docs"
    assert plots.stale(tolls, REPOSITORY / "plots", contest_plots.PLOTS) == []


def test_a_page_of_other_data_is_stale(tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "corpus", tmp_path / "corpus")
    shutil.rmtree(tmp_path / "corpus" / "ml" / "2025-05-23-dioura")
    page = (REPOSITORY / docs.TOLLS_PAGE).read_text(encoding="utf-8")
    other = docs.fill(page, {"contest": contest_page.renderer(tmp_path / "corpus")})
    assert "`ml-2025-05-23-dioura` main" in page
    assert "dioura" not in other


def test_every_plot_is_drawn_and_stale_when_its_tolls_change(tmp_path: Path, tolls: list[Toll]) -> None:
    plots.write(tolls, tmp_path, contest_plots.PLOTS)
    assert {path.stem for path in tmp_path.iterdir()} == set(contest_plots.PLOTS)
    for path in tmp_path.iterdir():
        assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert plots.stale(tolls, tmp_path, contest_plots.PLOTS) == []
    fewer = [t for t in tolls if t.country != "BF"]
    assert len(plots.stale(fewer, tmp_path, contest_plots.PLOTS)) == len(contest_plots.PLOTS)


def test_the_plots_of_the_card_and_of_the_page_have_names_of_their_own() -> None:
    assert not set(plots.PLOTS) & set(contest_plots.PLOTS)


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, tolls: list[Toll], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BilanError, match="B809"):
        plots.write(tolls, tmp_path, contest_plots.PLOTS)
