"""The withheld form: what it keeps of a text, what it never shows, and how the command makes it."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan import jsonio, model, withhold
from bilan.__main__ import main
from bilan.checks import runner, schema
from bilan.hydration import withholding
from bilan.incidents import BilanError
from conftest import REPOSITORY, articles_of

Json = dict[str, Any]
ARTICLES = articles_of(REPOSITORY / "corpus")
OPEN = {path: one for path, one in ARTICLES.items() if one["text"]["access"] == "open"}
SALT = "00112233445566778899aabbccddeeff"
RECORD = ["url=https://example.org/page", "author=A. Writer", "author=B. Writer", "title=A title"]


def safe(article: Json) -> bool:
    """Whether the names of an article give no more away than may stand in clear."""
    return not withholding.leaks(withhold.withhold(hidden_header(article), article["text"]["content"], SALT))


def hidden_header(article: Json) -> Json:
    return {**article, "text": {**article["text"], "access": "withheld"}}


SAFE = [path for path, one in list(OPEN.items())[:60] if safe(one)]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    path = tmp_path / "scratch" / "fr-7.json"
    path.parent.mkdir()
    article = copy.deepcopy(OPEN[next(path for path in SAFE if "/fr-" in path)])
    article["id"] = article["id"].rsplit(".", 1)[0] + ".7"
    path.write_bytes(jsonio.dumps(article))
    return path


def code(caught: pytest.ExceptionInfo[BilanError]) -> set[str]:
    return {incident.code for incident in caught.value.incidents}


# --- the form ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAFE)
def test_filling_a_withheld_article_in_gives_back_every_surface(path: str) -> None:
    article = OPEN[path]
    hidden = withholding.withheld(article, SALT)
    filled = withhold.fill(hidden, article["text"]["content"])
    assert [at.span for at in model.spans(filled)] == [at.span for at in model.spans(article)]
    assert {layer: filled[layer] for layer in model.LAYERS} == {
        layer: article[layer] for layer in model.LAYERS
    }


@pytest.mark.parametrize("path", SAFE[:20])
def test_no_sentence_of_the_text_is_left_in_the_form(path: str) -> None:
    article = OPEN[path]
    text = article["text"]["content"]
    stored = jsonio.dumps(withholding.withheld(article, SALT)).decode()
    tokens = withhold.words(text)
    for i in range(0, len(tokens) - 8, 3):
        assert text[tokens[i][0] : tokens[i + 8][1]] not in stored


def test_the_form_says_length_and_hash_and_fits_the_schema() -> None:
    article = OPEN[SAFE[0]]
    hidden = withholding.withheld(article, SALT)
    text = article["text"]["content"]
    assert hidden["text"]["length"] == len(text)
    assert hidden["text"]["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert (hidden["text"]["access"], hidden["text"]["licence"]) == ("withheld", None)
    assert schema.check(hidden, "article", "x.json") == []


def test_the_salt_is_another_each_time_unless_it_is_given() -> None:
    article = OPEN[SAFE[0]]
    one, two = withholding.withheld(article), withholding.withheld(article)
    assert one["text"]["anchors"]["salt"] != two["text"]["anchors"]["salt"]
    assert one["text"]["anchors"]["fingerprint"] != two["text"]["anchors"]["fingerprint"]
    assert withholding.withheld(article, SALT) == withholding.withheld(article, SALT)


def test_a_second_annotation_may_show_nothing_at_all() -> None:
    article = OPEN[SAFE[0]]
    hidden = withholding.withheld(article, SALT, show=False)
    assert not any("surface" in at.span for at in model.spans(hidden))
    assert withhold.clear_runs(hidden) == []
    assert schema.check(hidden, "article", "x.json") == []
    filled = withhold.fill(hidden, article["text"]["content"])
    assert [at.span for at in model.spans(filled)] == [at.span for at in model.spans(article)]


def test_the_record_is_what_is_given_over_what_was_there() -> None:
    article = {
        **OPEN[SAFE[0]],
        "record": {"title": None, "authors": ["C"], "outlet": "hamanie-news", "url": None},
    }
    hidden = withholding.withheld(article, SALT, [*RECORD, "date=2025-05-26", "extent=opening"])
    assert hidden["record"] == {
        "title": "A title",
        "authors": ["A. Writer", "B. Writer"],
        "outlet": "hamanie-news",
        "url": "https://example.org/page",
    }
    assert (hidden["published"], hidden["text"]["extent"]) == ("2025-05-26", "opening")


@pytest.mark.parametrize("wrong", ["colour=red", "title", "title=", "=x"])
def test_a_record_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(BilanError) as caught:
        withholding.withheld(OPEN[SAFE[0]], SALT, [wrong])
    assert code(caught) == {"B850"}


def test_a_span_that_does_not_hold_its_words_is_refused() -> None:
    article = copy.deepcopy(OPEN[SAFE[0]])
    article["figures"][0]["start"] += 1
    with pytest.raises(BilanError) as caught:
        withholding.withheld(article, SALT)
    assert code(caught) == {"B850"}


def test_numbers_that_stand_too_close_are_hidden_from_the_last_on() -> None:
    article = copy.deepcopy(OPEN[SAFE[0]])
    text = article["text"]["content"]
    first = article["figures"][0]
    article["entities"] = []
    article["figures"] = [
        {**first, "id": f"f{i}", "start": a, "end": b, "surface": text[a:b]}
        for i, (a, b, _) in enumerate(withhold.words(text)[:12], 1)
    ]
    hidden = withhold.withhold(article, text, SALT)
    assert max(count for _, _, count in withhold.clear_runs(hidden)) == withhold.CLEAR_WORDS
    assert ["surface" in figure for figure in hidden["figures"]] == [True] * 7 + [False] * 5


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=60), st.data()
)
def test_any_text_comes_back(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article: Json = {layer: [] for layer in model.LAYERS}
    article["text"] = {"access": "withheld"}
    article["times"] = [{"id": "t1", "start": start, "end": end, "surface": text[start:end]}]
    hidden = withhold.withhold(article, text, SALT)
    assert "surface" not in hidden["times"][0]
    assert withhold.fill(hidden, text)["times"] == article["times"]


# --- the command ------------------------------------------------------------------------------------------


def test_the_command_writes_into_the_place_that_the_id_names(
    scratch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "registry").mkdir(parents=True)
    assert main(["withhold", str(scratch), "--into", str(corpus), "--record", RECORD[0]]) == 0
    (written,) = corpus.rglob("fr-7.json")
    hidden = json.loads(written.read_bytes())
    story = hidden["story"]
    assert written.relative_to(corpus).as_posix() == f"{story[:2]}/{story[3:]}/fr-7.json"
    assert "content" not in hidden["text"]
    assert jsonio.is_canonical(written.read_bytes(), hidden)
    said = capsys.readouterr().out
    assert hidden["text"]["anchors"]["salt"] in said
    assert "words in clear" in said


def test_the_same_salt_gives_the_same_file_and_another_never_overwrites(
    scratch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "hidden.json"
    call = ["withhold", str(scratch), "--out", str(out)]
    assert main([*call, "--salt", SALT]) == 0
    before = out.read_bytes()
    assert main([*call, "--salt", SALT]) == 0
    assert main(call) == 1
    assert "B808" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert main([*call, "--force"]) == 0
    assert out.read_bytes() != before


def test_a_folder_is_withheld_whole_or_not_at_all(
    scratch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "registry").mkdir(parents=True)
    broken = json.loads(scratch.read_bytes())
    broken["figures"][0]["start"] += 1
    (scratch.parent / "fr-8.json").write_bytes(jsonio.dumps(broken))
    assert main(["withhold", str(scratch.parent), "--into", str(corpus)]) == 1
    assert "B850" in capsys.readouterr().err
    assert list(corpus.rglob("fr-*.json")) == []
    (scratch.parent / "fr-8.json").unlink()
    assert main(["withhold", str(scratch.parent), "--into", str(corpus)]) == 0


def test_a_text_without_licence_may_be_withheld(scratch: Path, tmp_path: Path) -> None:
    article = json.loads(scratch.read_bytes())
    article["text"].update(licence=None, origin="third_party", extent="opening")
    article["references"] = []
    scratch.write_bytes(jsonio.dumps(article))
    assert main(["withhold", str(scratch), "--out", str(tmp_path / "x.json"), "--record", RECORD[0]]) == 0
    assert json.loads((tmp_path / "x.json").read_bytes())["text"]["extent"] == "opening"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda path: path.write_text("{"), "B101"),
        (lambda path: path.write_text("{}\n"), "B850"),
        (lambda path: path.write_text("[]\n"), "B850"),
        (lambda path: path.unlink(), "B112"),
        (
            lambda path: path.write_bytes(
                (REPOSITORY / "corpus/ml/2025-05-23-dioura/fr-1.json").read_bytes()
            ),
            "B850",
        ),
    ],
    ids=["no JSON", "no article", "a list", "nothing", "already withheld"],
)
def test_bad_input_is_an_incident(
    scratch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Any, expected: str
) -> None:
    change(scratch)
    assert main(["withhold", str(scratch), "--out", str(tmp_path / "x.json")]) == 1
    assert expected in capsys.readouterr().err
    assert not (tmp_path / "x.json").exists()


def test_several_articles_share_neither_salt_nor_record(
    scratch: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = scratch.with_name("fr-8.json")
    other.write_bytes(scratch.read_bytes())
    (tmp_path / "corpus" / "registry").mkdir(parents=True)
    call = ["withhold", str(scratch), str(other), "--into", str(tmp_path / "corpus")]
    assert main([*call, "--salt", SALT]) == 1
    assert "B850" in capsys.readouterr().err


def test_what_was_withheld_passes_the_checks_in_its_corpus(valid: Path, tmp_path: Path) -> None:
    source = valid / "xx/2024-03-01-tessara/fr-1.json"
    article = json.loads(source.read_bytes())
    scratch = tmp_path / "fr-2.json"
    article["id"] = article["id"].replace(".fr.1", ".fr.2")
    scratch.write_bytes(jsonio.dumps(article))
    assert main(["withhold", str(scratch), "--into", str(valid), "--record", RECORD[0]]) == 0
    source.unlink()  # the same text twice would be an incident of its own
    found = runner.check_corpus(valid).incidents
    assert [incident for incident in found if incident.file.endswith("fr-2.json")] == []


def test_names_that_stand_too_close_are_hidden_until_seven_words_are_clear_at_most() -> None:
    names = ["Fernando Alvarez Morales", "Maria Gonzalez Perez", "Jean-Claude Dupont Martin"]
    text = " ".join(names) + " said that 12 people died."
    article = _article(text, names)
    hidden = withhold.withhold(article, text, "00" * 16)
    assert max(count for _, _, count in withhold.clear_runs(hidden)) <= withhold.CLEAR_WORDS
    clear = [m["surface"] for e in hidden["entities"] for m in e["mentions"] if "surface" in m]
    assert clear == names[:2], "the last name is hidden, the others stay"
    assert withhold.fill(hidden, text)["entities"] == article["entities"]


def _article(text: str, names: list[str]) -> dict[str, Any]:
    """An article with these names and nothing else."""
    entities = [
        {
            "id": f"e{i}",
            "type": "person",
            "place_kind": None,
            "name": name,
            "registry": None,
            "mentions": [
                {
                    "kind": "name",
                    "start": text.index(name),
                    "end": text.index(name) + len(name),
                    "surface": name,
                }
            ],
        }
        for i, name in enumerate(names, 1)
    ]
    empty = ("zones", "times", "events", "figures", "sources", "attributions", "relations")
    header = {
        "access": "withheld",
        "extent": "whole",
        "origin": "third_party",
        "licence": None,
        "attribution": None,
    }
    return {"text": header, "entities": entities, **{layer: [] for layer in empty}}
