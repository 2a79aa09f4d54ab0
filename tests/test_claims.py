"""Each claim of an article can be followed to its speaker and its pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bilan import claims
from bilan.__main__ import main
from conftest import REPOSITORY, articles_of

STORY = Path("xx/2024-03-01-tessara")


def test_every_figure_and_statement_of_the_corpus_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = REPOSITORY / "corpus"
    story = corpus / "cd" / "2022-11-29-kishishe"
    assert main(["claims", str(story), "--corpus", str(corpus)]) == 0
    out = capsys.readouterr().out
    for path, article in articles_of(corpus).items():
        if path.startswith("cd/2022-11-29-kishishe/"):
            block = out.split(f"{article['id']}\n")[1].split("\n\n")[0]
            for record in (*article["figures"], *article["attributions"]):
                assert f" {record['id']} " in block, (article["id"], record["id"])
            for reference in article["references"]:
                assert f"  {reference} = " in block


def test_a_claim_shows_speaker_stance_value_and_reference(valid: Path) -> None:
    article = articles_of(valid)["xx/2024-03-01-tessara/fr-1.json"]
    story = {"references": [_page("r1"), _page("r2")]}
    assert list(claims.lines(article, story)) == [
        "  a2 nobody named [unspecified] states, hedged (reported by r1)",
        "      f1 'une quarantaine de soldats' = 35–45 soldiers killed, event of ev1 (on r1)",
        "  a1 armée du Nord [military] states (reported by r2)",
        "      f2 'cinquante-trois' = 53–53 soldiers killed, event of ev1 (on r2)",
        "  r1 = Tessara Post, 2024-03-05: https://example.org/r1",
        "  r2 = Tessara Post, 2024-03-05: https://example.org/r2",
    ]


def _page(ident: str) -> dict[str, str | None]:
    return {
        "id": ident,
        "publisher": "Tessara Post",
        "date": "2024-03-05",
        "derived_from": None,
        "url": f"https://example.org/{ident}",
        "note": None,
    }


def test_an_article_of_no_known_story_is_named(
    valid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = valid / STORY / "fr-1.json"
    assert main(["claims", str(path), "--corpus", str(REPOSITORY / "corpus")]) == 1
    assert "B316" in capsys.readouterr().err
