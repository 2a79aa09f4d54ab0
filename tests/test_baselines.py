"""Baselines: they learn from train only, see the input only, and stand in the order that makes them baselines."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import bilan
from bilan import baselines, numbers, releases, tasks
from bilan.baselines import compose, figures, links, names, results
from bilan.baselines.document import Document
from bilan.load import UnknownName
from bilan.tasks import gold

PAIRS = [(task, name) for task, systems in baselines.SYSTEMS.items() for name in systems]


@pytest.fixture(scope="module")
def scores() -> dict[tuple[str, str], bilan.scoring.Report]:
    """Every baseline of the article tasks on validation."""
    found = {}
    for task, name in PAIRS:
        if task in ("entities", "figures", "attribution"):
            lines = list(baselines.run(name, task, split="validation"))
            found[task, name] = bilan.score(lines, task, split="validation")
    return found


def document(text: str, lang: str = "fr") -> Document:
    return Document("x", lang, "2025-05-27", text)


# --- what they may see -----------------------------------------------------------------------------------


def test_training_articles_are_of_train_only() -> None:
    assert {unit.split for unit in baselines.training()} == {"train"}


def test_a_smaller_share_of_train_is_a_part_of_a_larger_one() -> None:
    shares = [{unit.story for unit in baselines.training(share, seed=3)} for share in (0.25, 0.5, 0.75, 1.0)]
    assert all(small < large for small, large in itertools.pairwise(shares))


@pytest.mark.parametrize("task", tasks.TASKS)
def test_what_is_given_holds_no_annotation_but_what_the_task_gives(task: str) -> None:
    example = next(tasks.get(task).examples(split="validation"))
    given = example["input"]
    allowed = {"entities": set(), "figures": set(), "attribution": {"contents"}, "extraction": set()}
    if task == "tolls":
        assert set(given) == {"story", "events", "articles"}
        assert all(set(article) == {"id", "lang", "published", "text"} for article in given["articles"])
    else:
        assert set(given) == {"id", "lang", "published", "text"} | allowed[task]


@pytest.mark.parametrize(
    ("task", "name"),
    [
        pair for pair in PAIRS if pair not in (("tolls", "crf"), ("extraction", "crf"))
    ],  # made of tested parts, slow
)
def test_every_baseline_predicts_every_unit_in_the_right_form(task: str, name: str, scores: Any) -> None:
    if (task, name) in scores:
        report = scores[task, name]
    else:
        report = bilan.score(baselines.run(name, task, split="validation"), task, split="validation")
    assert report.problems == []


def test_the_same_baseline_predicts_the_same_again() -> None:
    once, again = (
        list(baselines.run("crf", "attribution", split="validation", share=0.25)) for _ in range(2)
    )
    assert once == again


# --- they stand in order ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "order"),
    [
        ("entities", ("majority", "lookup", "crf")),
        ("figures", ("majority", "nearest", "rules", "crf")),
        ("attribution", ("majority", "nearest", "rules", "crf")),
    ],
)
def test_each_baseline_beats_the_simpler_one(task: str, order: tuple[str, ...], scores: Any) -> None:
    values = [scores[task, name].value for name in order]
    assert values == sorted(values)
    assert values[0] < 0.3 < values[-1] < 0.95, "neither trivial nor beyond learning"


def test_the_crf_is_better_than_the_rules_by_a_paired_test(scores: Any) -> None:
    lines = {name: list(baselines.run(name, "figures", split="validation")) for name in ("crf", "rules")}
    report = bilan.score(lines["crf"], "figures", split="validation", against=lines["rules"])
    (main,) = [c for c in report.comparison if f"{c.section} {c.name}" == report.main]
    assert main.difference > 0
    assert main.p < 0.05


# --- parts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lang", "words"),
    [
        ("Plus d'une quarantaine de soldats ont été tués.", "fr", ["Plus d'une quarantaine de soldats"]),
        ("Au moins 20 civils et 3 gendarmes sont morts.", "fr", ["Au moins 20 civils", "3 gendarmes"]),
        (
            "At least 23 killed, three of its fighters missing",
            "en",
            ["At least 23 killed", "three of its fighters"],
        ),
        ("Some 1,200 people fled on 23 May 2025.", "en", ["Some 1,200 people"]),
        ("Nobody was hurt.", "en", []),
    ],
)
def test_number_expressions_are_found_with_modifier_and_noun(text: str, lang: str, words: list[str]) -> None:
    found = [text[a:b] for a, b in figures.expressions(document(text, lang))]
    assert found == words
    assert all(numbers.parse(one, lang) for one in found)


def test_names_are_runs_of_capitals_but_not_the_first_word_alone() -> None:
    text = document("Fighters of the Azawad Liberation Front left Soumpi. Nobody saw it.", "en")
    assert [text.text[slice(*text.place(run))] for run in names.capitals(text)] == [
        "Azawad Liberation Front",
        "Soumpi",
    ]


@pytest.mark.parametrize(
    ("text", "lang", "day"),
    [
        ("Le 23 mai, le camp est tombé.", "fr", "2025-05-23"),
        ("The camp fell on May 3, 2024.", "en", "2024-05-03"),
        ("The camp fell on Friday.", "en", "2025-05-23"),
        ("Le camp est tombé hier, le 4 juin 2020 aussi.", "fr", "2025-05-26"),
        ("Nothing is dated.", "en", None),
    ],
)
def test_the_first_written_day_is_resolved_against_publication(text: str, lang: str, day: str | None) -> None:
    assert compose.written_date(document(text, lang)) == day


def test_voices_of_rules_stand_in_front_of_a_verb_and_behind_according_to() -> None:
    text = "Selon une source sécuritaire, 41 soldats sont morts. Le gouverneur a déclaré que 12 manquent."
    made = links.Rules()
    made.fit(baselines.training(0.1))
    contents = [
        {"id": f"f{i}", "layer": "figures", "spans": [{"start": text.index(n), "end": text.index(n) + 2}]}
        for i, n in enumerate(("41", "12"))
    ]
    found = made.predict({"id": "x", "lang": "fr", "published": None, "text": text, "contents": contents})
    said = [text[one["source"]["start"] : one["source"]["end"]] for one in found]
    assert said == ["une source sécuritaire", "gouverneur"]


# --- results that are kept -------------------------------------------------------------------------------


def test_the_kept_results_are_of_the_data_of_the_newest_release(repository: Path) -> None:
    kept, released = results.read(repository), releases.read_manifest(repository / "corpus")
    assert kept["root"] == released["root"], "run: bilan baseline --all"


@pytest.mark.parametrize(
    ("task", "name"), [("entities", "lookup"), ("figures", "rules"), ("tolls", "nearest")]
)
def test_the_kept_results_are_what_the_baselines_score(task: str, name: str, repository: Path) -> None:
    (kept,) = [r for r in results.read(repository)["runs"] if (r["task"], r["system"]) == (task, name)]
    report = bilan.score(baselines.run(name, task, split="test"), task, split="test")
    row = results.main_row(kept, "test")
    assert row is not None
    assert row["value"] == pytest.approx(report.value, abs=1e-4)


def test_every_baseline_of_every_task_is_in_the_results(repository: Path) -> None:
    kept = results.read(repository)
    assert [(run["task"], run["system"]) for run in kept["runs"]] == PAIRS
    assert {point["share"] for point in kept["curve"]} == set(results.SHARES)


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_writes_predictions_that_score_as_it_says(tmp_path: Path, repository: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    command = ["baseline", "nearest", "--task", "T2", "--split", "validation", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "bilan", *command], capture_output=True, text=True, cwd=repository, check=True
    )
    report = bilan.score(out, "figures", split="validation")
    assert f"{report.value:.3f}"[1:] in done.stdout
    assert len(out.read_text("utf-8").splitlines()) == report.units
    assert json.loads(out.read_text("utf-8").splitlines()[0])["figures"]


def test_an_unknown_baseline_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="majority, lookup, crf"):
        list(baselines.run("bert", "entities"))


def test_a_unit_without_text_is_left_out() -> None:
    assert all(unit.texts for unit in gold.units(tasks.get("figures"), split="test"))
    assert list(tasks.get("figures").examples(split="wild")) == []
