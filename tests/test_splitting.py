"""Splits by story: fixed where they must be, balanced where they may move, the same every time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bilan import corpus, splitting
from bilan.__main__ import main
from bilan.checks import runner
from conftest import REPOSITORY


@pytest.fixture(scope="module")
def data() -> corpus.Corpus:
    return corpus.read(REPOSITORY / "corpus")


def test_the_shares_are_near_seventy_ten_twenty(data: corpus.Corpus) -> None:
    planned = splitting.plan(data, released=[])
    for family, label, total, shares in planned.balance():
        if family in ("story", "article", "figure", "lang"):
            assert shares == pytest.approx(splitting.SHARES, abs=0.06), (family, label, total)


def test_the_plan_does_not_depend_on_the_order_of_the_stories(data: corpus.Corpus) -> None:
    backwards = corpus.Corpus(
        dict(reversed(data.articles.items())), dict(reversed(data.stories.items())), data.registry
    )
    first, second = splitting.plan(data, []), splitting.plan(backwards, [])
    assert first.splits == second.splits


def test_a_released_story_keeps_its_split(data: corpus.Corpus) -> None:
    planned = splitting.plan(data, released=data.stories)
    assert planned.splits == {ident: story["split"] for ident, story in data.stories.items()}
    assert splitting.moves(data, planned) == []


def test_a_story_with_a_withheld_article_is_in_test(data: corpus.Corpus) -> None:
    assert splitting.plan(data, []).splits["ml-2025-05-23-dioura"] == "test"


def test_all_stories_of_a_conflict_held_out_are_in_test(data: corpus.Corpus) -> None:
    planned = splitting.plan(data, [], ["ML"])
    of_mali = [ident for ident, story in data.stories.items() if story["country"] == "ML"]
    assert len(of_mali) > 3
    assert {planned.splits[ident] for ident in of_mali} == {"test"}
    assert {ident for ident, subset in planned.subsets.items() if subset} >= set(of_mali)


def test_a_conflict_that_was_trained_on_cannot_be_held_out(data: corpus.Corpus) -> None:
    trained = next(ident for ident, story in data.stories.items() if story["split"] == "train")
    with pytest.raises(ValueError, match="cannot be held out"):
        splitting.plan(data, [trained], [data.stories[trained]["country"]])


def test_the_corpus_of_this_repository_is_split_as_the_command_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["split", "--corpus", str(REPOSITORY / "corpus")]) == 0
    assert "nothing to change" in capsys.readouterr().out


def test_split_writes_what_it_says_and_then_has_nothing_to_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(REPOSITORY / "corpus", folder)
    shutil.rmtree(folder / "releases")
    for path in folder.glob("*/*/story.json"):
        story = json.loads(path.read_bytes())
        path.write_text(
            json.dumps({**story, "split": "train"}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    assert main(["split", "--corpus", str(folder)]) == 0
    assert "to write" in capsys.readouterr().out
    assert main(["split", "--corpus", str(folder), "--write"]) == 0
    assert runner.check_corpus(folder, texts=False).incidents == []
    capsys.readouterr()
    assert main(["split", "--corpus", str(folder)]) == 0
    assert "nothing to change" in capsys.readouterr().out
    assert main(["split", "--corpus", str(folder), "--hold-out", "ZZ"]) == 2
