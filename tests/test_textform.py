"""JSON → text form → JSON gives the same bytes, whatever the text and however the spans lie."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilan import jsonio, labels, model, textform, withhold
from bilan.__main__ import main
from bilan.checks import schema
from bilan.incidents import BilanError, Incident
from conftest import FIXTURES, REPOSITORY, articles_of

VALID = FIXTURES / "valid" / "corpus"
EN1 = VALID / "xx/2024-03-01-tessara/en-1.json"
CASES = {**articles_of(VALID), **articles_of(REPOSITORY / "corpus")}
WITHHELD_TEXT = (
    "The Red Column boasts that it killed sixty soldiers when it overran the post of Tessara. This text stands in the"
    " tests only, written for them, so that a withheld article can be filled in again."
)


@pytest.mark.parametrize("path", CASES)
def test_every_article_comes_back_byte_for_byte(path: str) -> None:
    article = CASES[path]
    again = textform.unmark(textform.mark(article))
    assert jsonio.dumps(again) == jsonio.dumps(article)


def test_a_withheld_article_comes_back_with_and_without_its_text() -> None:
    article = CASES["xx/2024-03-01-tessara/en-2.json"]
    assert textform.unmark(textform.mark(article)) == article
    with_text = textform.mark(article, WITHHELD_TEXT)
    assert "[sixty soldiers]{.f1}" in with_text
    assert jsonio.dumps(textform.unmark(with_text)) == jsonio.dumps(article)


def test_another_text_is_refused_for_a_withheld_article() -> None:
    with pytest.raises(BilanError, match="B306"):
        textform.mark(CASES["xx/2024-03-01-tessara/en-2.json"], WITHHELD_TEXT + " ")


def test_a_withheld_article_shows_no_words_but_names_and_numbers() -> None:
    stored = (VALID / "xx/2024-03-01-tessara/en-2.json").read_text(encoding="utf-8")
    for word in ("boasts", "overran", "post of", "stands in the"):
        assert word not in stored
    assert "sixty soldiers" in stored


def test_filling_and_withholding_undo_each_other() -> None:
    article = CASES["xx/2024-03-01-tessara/en-2.json"]
    filled = withhold.fill(article, WITHHELD_TEXT)
    assert all("surface" in at.span for at in model.spans(filled))
    assert withhold.withhold(filled, WITHHELD_TEXT, article["text"]["anchors"]["salt"]) == article


# --- generated articles ----------------------------------------------------------------------------------

TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="[]\\{}\n\t 😀é\u0301عربي"
    ),
    min_size=4,
    max_size=60,
)


@st.composite
def articles(draw: st.DrawFn) -> dict[str, Any]:
    """An article over a random text with random spans in every layer: nested, crossing, touching, equal."""
    text = draw(TEXTS)
    article = json.loads(EN1.read_bytes())
    article["text"]["content"] = text
    article["text"]["length"] = len(text)
    for layer in model.LAYERS:
        article[layer] = []

    def span() -> dict[str, Any]:
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        return {"start": start, "end": end, "surface": text[start:end]}

    def spans(minimum: int) -> list[dict[str, Any]]:
        """Spans of one record: in order, never overlapping."""
        found = sorted(
            (span() for _ in range(draw(st.integers(minimum, 3)))), key=lambda s: (s["start"], s["end"])
        )
        kept: list[dict[str, Any]] = []
        for one in found:
            if not kept or one["start"] >= kept[-1]["end"]:
                kept.append(one)
        return kept

    names = st.text(min_size=1, max_size=12)
    for number in range(1, draw(st.integers(1, 4))):
        kinds = [draw(st.sampled_from(labels.names("mention_kind"))) for _ in range(3)]
        mentions = [{"kind": kind, **one} for kind, one in zip(kinds, spans(1), strict=False)]
        article["entities"].append(
            {
                "id": f"e{number}",
                "type": "person",
                "place_kind": None,
                "name": draw(names),
                "registry": None,
                "mentions": mentions,
            }
        )
        article["zones"].append({"id": f"z{number}", "kind": "headline", **span()})
        article["times"].append(
            {
                "id": f"t{number}",
                "kind": "date",
                "edtf": draw(st.sampled_from(["2024", "1e7", None])),
                "duration": None,
                "part": None,
                "clock": None,
                "mod": None,
                **span(),
            }
        )
        article["figures"].append(
            {
                "id": f"f{number}",
                **span(),
                "of": "people",
                "measure": "killed",
                "scope": "context",
                "event": None,
                "entity": None,
                "period": None,
                "stated": draw(
                    st.none()
                    | st.integers(0, 10**6)
                    | st.floats(0, 10**6, allow_nan=False).map(lambda x: round(x, 3) + 0.5)
                ),
                "low": draw(st.integers(0, 10**9)),
                "high": None,
                "modifier": "indefinite",
                "unit": draw(st.sampled_from([None, "USD", "t"])),
                "references": [],
            }
        )
        article["attributions"].append(
            {
                "id": f"a{number}",
                "sources": ["s1"],
                "content": [f"f{number}"],
                "cues": spans(1),
                "stance": "states",
                "blames": [],
                "quotes": spans(0),
                "hedged": draw(st.booleans()),
                "said": None,
                "reference": None,
            }
        )
    article["text"]["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    return textform.canonical(article)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(articles())
def test_generated_articles_come_back_byte_for_byte(article: dict[str, Any]) -> None:
    form = textform.mark(article)
    assert jsonio.dumps(textform.unmark(form)) == jsonio.dumps(article)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8", include_characters="[]{}.\\-:e1f2 \n"), max_size=80))
def test_no_text_form_gives_a_traceback(body: str) -> None:
    source = (FIXTURES / "valid" / "fr-1.md").read_text(encoding="utf-8")
    for faulty in (
        body,
        source + body,
        "---\n" + body + "\n---\ntext",
        source.replace("entities:", body + "\nentities:", 1),
    ):
        incidents: list[Incident] = []
        try:
            article = textform.unmark(faulty)
        except BilanError as error:
            incidents = error.incidents
        else:
            schema.check(article, "article", "x.md")
        assert all(i.line >= 1 and i.column >= 1 and i.mend for i in incidents)


def test_crossing_spans_survive() -> None:
    article = CASES["xx/2024-03-01-tessara/en-1.json"]
    form = textform.mark(article)
    assert ".part" in form
    quote = article["attributions"][2]["quotes"][0]
    figure = article["figures"][1]
    assert figure["start"] < quote["end"] < figure["end"]


def test_an_error_names_its_line_and_column() -> None:
    source = (
        (FIXTURES / "valid" / "fr-1.md")
        .read_text(encoding="utf-8")
        .replace("[Tessara]{.e1}", "[Tessara]{.e77}")
    )
    with pytest.raises(BilanError) as caught:
        textform.unmark(source, "fr-1.md")
    (incident,) = caught.value.incidents
    line = source.split("\n")[incident.line - 1]
    assert line[incident.column - 1 :].startswith(".e77")


def test_yaml_dates_and_words_stay_strings() -> None:
    source = (
        (FIXTURES / "valid" / "fr-1.md")
        .read_text(encoding="utf-8")
        .replace("published: '2024-03-05'", "published: 2024-03-05")
    )
    source = source.replace("name: Tessara,", "name: no,")
    article = textform.unmark(source)
    assert article["published"] == "2024-03-05"
    assert article["entities"][0]["name"] == "no"


def test_a_figure_without_a_value_takes_it_from_its_words() -> None:
    figure = CASES["xx/2024-03-01-tessara/fr-1.json"]["figures"][0]
    assert "low:" not in (FIXTURES / "valid" / "fr-1.md").read_text(encoding="utf-8")
    assert (figure["stated"], figure["low"], figure["high"], figure["modifier"]) == (
        40,
        35,
        45,
        "approximate",
    )


def test_mark_and_unmark_on_the_command_line(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = valid / "xx/2024-03-01-tessara/en-1.json"
    before = path.read_bytes()
    assert main(["mark", str(path), "--out", "en-1.md"]) == 0
    path.unlink()
    assert main(["unmark", "en-1.md", "--corpus", str(valid)]) == 0
    assert path.read_bytes() == before


def test_begun_annotation_is_not_overwritten(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["mark", str(valid / "xx/2024-03-01-tessara/fr-1.json"), "--out", "fr-1.md"]
    assert main(command) == 0
    assert main(command) == 0, "the same form again is no loss"
    Path("fr-1.md").write_text("hours of work", encoding="utf-8")
    assert main(command) == 1
    assert "B808" in capsys.readouterr().err
    assert Path("fr-1.md").read_text(encoding="utf-8") == "hours of work"
    assert main([*command, "--force"]) == 0
    assert Path("fr-1.md").read_text(encoding="utf-8") != "hours of work"


def test_a_new_article_keeps_its_text_and_takes_the_next_number(valid: Path) -> None:
    text = "Un texte [entre crochets] \\ avec tout."
    Path("text.txt").write_text(text, encoding="utf-8")
    assert main(["new", "article", "xx-2024-03-01-tessara", "fr", "text.txt", "--corpus", str(valid)]) == 0
    article = textform.unmark(Path("fr-2.md").read_text(encoding="utf-8"))
    assert article["id"] == "xx-2024-03-01-tessara.fr.2"
    assert article["text"]["content"] == text
