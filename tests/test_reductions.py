"""``bilan.tolls``: the claims about each toll, the reductions of the table beside them, and the headline toll."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import bilan
import small_corpus
from bilan import reductions
from bilan.__main__ import main
from bilan.build import build
from bilan.load import UnknownName
from bilan.reductions import Toll, headlines, leading
from bilan.tables import tolls as table
from conftest import REPOSITORY
from toll_records import claim, numbers_of, toll

CORPUS = REPOSITORY / "corpus"
DIOURA = "ml-2025-05-23-dioura"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_corpus.write(tmp_path_factory.mktemp("small") / "corpus")


@pytest.fixture(scope="module")
def every() -> list[Toll]:
    return bilan.tolls(measure=None, source=CORPUS)


# --- the same as the table --------------------------------------------------------------------------------


def test_every_row_of_the_table_is_a_claim_of_a_toll_with_the_same_reductions(every: list[Toll]) -> None:
    by_class = {(toll.id, toll.of, toll.unit, toll.part): toll for toll in every}
    assert len(by_class) == len(every)
    for part in bilan.load("tolls", source=CORPUS).values():
        for row in part:
            found = by_class[row["toll"], row["of"], row["unit"], row["part"]]
            own = next(c for c in found.claims if c.id == row["id"])
            assert (own.low, own.high, own.source_name) == (row["low"], row["high"], row["source_name"])
            assert found.interval == (row["interval_low"], row["interval_high"])
            assert found.acled_conservative == row["acled_conservative"]
            assert [last.claim for last in found.latest] == [last["claim"] for last in row["latest"]]


def test_the_reductions_follow_from_the_claims_beside_them(every: list[Toll]) -> None:
    for found in every:
        used = [c for c in found.claims if c.reduced]
        highs = [c.high for c in used]
        assert found.interval[0] == min((c.low for c in used), default=None)
        assert found.interval[1] == (max(highs) if highs and None not in highs else None)
        numbers = [n for c in used if (n := c.number) is not None]
        if numbers:
            assert found.acled_conservative == min(numbers), found.id
        assert {last.claim for last in found.latest} <= {c.id for c in used}
        assert {last.source_kind for last in found.latest} == {c.source_kind for c in used}


def test_the_toll_of_dioura_is_that_of_the_soldiers() -> None:
    (found,) = bilan.tolls(DIOURA, headline=True, source=CORPUS)
    assert (found.entity, found.of, found.country, found.region) == (
        "malian-armed-forces",
        "people",
        "ML",
        "sahel",
    )
    assert found.perpetrators == ("armed_group",)
    assert (found.interval, found.acled_conservative, found.external) == ((35, 65), 40, ())
    said = {last.source_kind: last.stated for last in found.latest}
    assert said == {None: 40, "armed_group": 60, "security_forces": 41, "unspecified": 40}
    withheld = [c for c in found.claims if c.split == "wild"]
    assert {c.article for c in withheld} == {f"{DIOURA}.fr.1"}, "one toll holds the claims of both splits"
    days = [c.date or "" for c in found.claims]
    assert days == sorted(days)


def test_a_small_toll_by_hand(small: Path) -> None:
    people = next(t for t in bilan.tolls("bf-2021-06-05-solhan", source=small) if t.of == "people")
    assert [(c.date, c.source_kind, c.stated, c.asserts, c.counted) for c in people.claims] == [
        ("2021-06-05", "government", 132, True, True),
        ("2021-06-05", "government", 132, True, False),
        ("2021-06-05", "resident", 138, True, True),
        ("2021-06-06", "resident", 160, True, True),
        ("2021-06-07", "government", 160, False, True),
    ]
    assert people.interval == (132, 160)
    assert people.acled_conservative == 132
    assert {last.source_kind: last.stated for last in people.latest} == {"government": 132, "resident": 160}


def test_a_built_folder_gives_the_same_tolls(small: Path, tmp_path: Path) -> None:
    build(small, tmp_path / "hf")
    assert bilan.tolls(measure=None, source=tmp_path / "hf") == bilan.tolls(measure=None, source=small)


def test_an_event_that_ucdp_records_brings_the_record() -> None:
    (found,) = bilan.tolls("ng-2018-11-18-metele", headline=True, source=CORPUS)
    (record,) = found.external
    assert (record.database, record.low, record.best, record.high) == ("ucdp_ged", 23, 70, 118)


# --- choosing ---------------------------------------------------------------------------------------------


def test_a_reduction_is_chosen_by_its_name() -> None:
    found = toll(claim(41), claim(38, "armed_group"))
    assert found.reduction("interval") == (38, 41)
    assert found.reduction("acled_conservative") == 38
    assert [last.stated for last in found.reduction("latest")] == [41, 38]
    with pytest.raises(UnknownName, match="interval, acled_conservative, latest"):
        found.reduction("mean")


@pytest.mark.parametrize(
    "wrong", [{"story": "xx"}, {"measure": "dead"}, {"split": "dev"}, {"lang": "de"}, {"subset": "seen"}]
)
def test_a_name_that_does_not_exist_is_answered_with_those_that_do(
    small: Path, wrong: dict[str, str]
) -> None:
    with pytest.raises(UnknownName, match=r"B806 there is no .*; there are: "):
        bilan.tolls(source=small, **wrong)  # type: ignore[arg-type]


def test_a_language_keeps_its_claims_and_the_reductions_of_all() -> None:
    (whole,) = bilan.tolls(DIOURA, headline=True, source=CORPUS)
    (french,) = bilan.tolls(DIOURA, headline=True, lang="fr", source=CORPUS)
    assert 0 < len(french.claims) < len(whole.claims)
    assert {c.lang for c in french.claims} == {"fr"}
    assert (french.interval, french.latest) == (whole.interval, whole.latest)


def test_split_subset_and_measure_choose(small: Path) -> None:
    assert {t.story for t in bilan.tolls(split="train", source=small)} == {"bf-2021-06-05-solhan"}
    assert {t.story for t in bilan.tolls(subset="unseen_conflict", source=small)} == {DIOURA}
    assert {t.measure for t in bilan.tolls(measure="wounded", source=small)} == {"wounded"}
    assert {t.measure for t in bilan.tolls(measure=None, source=small)} == {"killed", "wounded"}


# --- the headline -----------------------------------------------------------------------------------------


def test_the_headline_is_the_toll_that_most_claims_are_about() -> None:
    army = toll(claim(), claim(), claim(), of="soldiers", id="army", entity="army")
    rebels = toll(
        claim(), claim(counted=False), claim(asserts=False), claim(counted=False), id="rebels", entity="x"
    )
    assert headlines([rebels, army]) == [army]
    assert leading([rebels, army]) == [rebels, army]


def test_of_tolls_with_as_many_claims_the_broader_one_then_that_of_no_side() -> None:
    civilians, people = toll(claim(), claim(), of="civilians"), toll(claim(), claim())
    side = toll(claim(), claim(), id="side", entity="army")
    assert headlines([civilians, side, people]) == [people]


def test_a_part_and_words_without_a_number_are_no_headline() -> None:
    several = {"modifier": "indefinite", "stated": None, "low": 2, "high": None}
    assert headlines([toll(claim(), claim(), part=True), toll(claim(None, **several))]) == []


def test_of_classes_with_the_same_claims_the_broader_one_is_listed() -> None:
    both = (claim(of="civilians"), claim())
    civilians, people, part = toll(*both, of="civilians"), toll(*both), toll(*both, part=True)
    assert reductions.distinct([civilians, people, part]) == [people, part]


def test_an_event_has_one_headline_for_each_measure(every: list[Toll]) -> None:
    found = headlines(every)
    keys = [(t.story, t.story_event, t.measure) for t in found]
    assert len(keys) == len(set(keys))
    assert not any(t.part for t in found)
    assert {t.id for t in found} <= {t.id for t in leading(every)}


@pytest.mark.parametrize(
    "story, event, entity, of",
    [
        ("ml-2019-03-23-ogossagou", "main", None, "people"),  # a massacre: all people
        ("bf-2022-09-26-gaskinde", "main", "burkina-faso-armed-forces", "soldiers"),  # a convoy: its escort
        ("ke-2012-11-10-baragoi", "main", "kenya-police", "police"),  # an ambush: the police
        ("td-2020-03-23-bohoma", "operation", "armed_group:jihadists", "people"),  # an offensive: its enemies
    ],
)
def test_headlines_are_what_readers_call_the_toll(
    every: list[Toll], story: str, event: str, entity: str | None, of: str
) -> None:
    chosen = {(t.story, t.story_event): t for t in headlines(every) if t.measure == "killed"}
    assert (chosen[story, event].entity, chosen[story, event].of) == (entity, of)


# --- what is compared -------------------------------------------------------------------------------------


def test_a_group_among_the_dead_is_not_the_least_toll_of_the_event(every: list[Toll]) -> None:
    # Bourzanga: 35 civilians, and "une fillette"; N'Djamena: one journalist among some fifty dead
    chosen = {t.story: t for t in headlines(every) if t.measure == "killed" and t.story_event == "main"}
    assert chosen["bf-2022-09-05-bourzanga"].acled_conservative == 35
    assert "journalists" not in {c.of for c in chosen["td-2022-10-20-ndjamena"].claims}


def test_where_a_side_is_named_its_soldiers_are_its_people() -> None:
    soldiers = {"entity": "army", "of": "soldiers", "unit": None, "part": False}
    assert table.compare(soldiers, {**soldiers, "of": "people"})
    assert not table.compare({**soldiers, "entity": None}, {**soldiers, "entity": None, "of": "people"})
    civilians = {**soldiers, "entity": None, "of": "civilians"}
    assert table.compare(civilians, {**civilians, "of": "people"})
    assert not table.compare(civilians, {**civilians, "part": True})


def test_a_part_of_another_events_toll_is_the_whole_of_its_own(every: list[Toll]) -> None:
    # "100 dead, 30 of them in Zaroumdareye": 30 is no part of the toll of Zaroumdareye
    chosen = {(t.story, t.story_event): t for t in headlines(every) if t.measure == "killed"}
    village = chosen["ne-2021-01-02-tchombangou", "zaroumdareye"]
    assert set(numbers_of(village.claims)) == {30, 32}
    # "21 fell in Lemouna, and one more": neither is the toll of Lemouna
    assert numbers_of(chosen["cf-2019-05-21-paoua", "lemouna"].claims) == [18]


# --- the number of a claim --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more, expected",
    [
        ({}, 41),
        ({"modifier": "more_than", "stated": 20, "low": 21, "high": None}, 20),
        ({"modifier": "indefinite", "stated": None, "low": 24, "high": 99}, 12),
        ({"modifier": "range", "stated": None, "low": 20, "high": 30}, 20),
        ({"modifier": "at_most", "low": 0}, None),
        ({"stance": "denies", "stated": 0, "low": 0, "high": 0}, None),
        ({"asserts": False}, None),
        ({"modifier": "indefinite", "stated": None, "low": 2, "high": None}, None),
    ],
)
def test_the_number_of_a_claim_is_read_as_acled_reads_it(
    more: dict[str, object], expected: float | None
) -> None:
    assert claim(**more).number == expected  # type: ignore[arg-type]


# --- the command ------------------------------------------------------------------------------------------


def tolls_command(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["tolls", "--source", str(CORPUS), *arguments]) == 0
    return capsys.readouterr().out


def test_the_command_lists_claims_by_date_and_the_reductions_beside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tolls_command(capsys, DIOURA)
    lines = out.splitlines()
    assert lines[0] == f"{DIOURA} main: non_state_actor_overtakes_territory, 2025-05-23, dioura-camp"
    assert lines[2] == "  people killed, of Malian Armed Forces"
    (jnim,) = [line for line in lines if "environ 60 tués" in line]
    assert " ".join(jnim.split()) == "2025-06-30 55–65 JNIM [armed_group] “environ 60 tués” DefenseArchives"
    assert "  = interval: 35–65" in lines
    assert "  = acled_conservative: 40" in lines
    assert any(line.startswith("  = latest: own voice 35–45; armed_group 55–65") for line in lines)


def test_a_story_may_be_given_as_its_folder_and_all_shows_more_than_the_headline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tolls_command(capsys, "corpus/bf/2022-09-26-gaskinde", "--reduce", "interval")
    everything = tolls_command(capsys, "bf-2022-09-26-gaskinde", "--all", "--reduce", "interval")
    assert "on record: 37, best 37 (ucdp_ged 448960)" in out
    assert "civilians killed" not in out
    assert "civilians killed, part" in everything
    assert "acled_conservative" not in out + everything
    assert "latest" not in out + everything


def test_csv_has_one_row_a_claim(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(tolls_command(capsys, "--format", "csv"))))
    found = bilan.tolls(headline=True, source=CORPUS)
    assert [row["claim_id"] for row in rows] == [c.id for t in found for c in t.claims]
    one = next(row for row in rows if row["story"] == DIOURA)
    assert (one["interval_low"], one["interval_high"], one["acled_conservative"]) == ("35", "65", "40")
    assert json.loads(one["latest"])[1]["stated"] == 60


def test_json_holds_everything_that_a_toll_holds(capsys: pytest.CaptureFixture[str]) -> None:
    (document,) = json.loads(tolls_command(capsys, DIOURA, "--format", "json", "--reduce", "latest"))
    (found,) = bilan.tolls(DIOURA, headline=True, source=CORPUS)
    assert set(document) == set(Toll.__dataclass_fields__) - {"interval", "acled_conservative"}
    assert [c["surface"] for c in document["claims"]] == [c.surface for c in found.claims]


def test_markdown_has_a_table_for_each_toll(capsys: pytest.CaptureFixture[str]) -> None:
    out = tolls_command(capsys, DIOURA, "--measure", "all", "--all", "--format", "markdown")
    tables = out.count("| date | number | source | words | remarks | page |")
    assert tables == len(reductions.distinct(bilan.tolls(DIOURA, measure=None, source=CORPUS)))


@pytest.mark.parametrize("arguments", [["no-such-story"], ["--measure", "dead"], ["--reduce", "mean"]])
def test_an_unknown_name_is_an_incident_not_a_traceback(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tolls", "--source", str(CORPUS), *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "B806" in said.err


def test_a_story_without_such_a_toll_is_no_error_and_says_so(
    every: list[Toll], capsys: pytest.CaptureFixture[str]
) -> None:
    of_dead = {found.story for found in every if found.measure == "killed"}
    story = next(ident for ident in reductions.stories(CORPUS) if ident not in of_dead)
    assert main(["tolls", "--source", str(CORPUS), story]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "bilan tolls: nobody gives such a toll (killed)\n")
