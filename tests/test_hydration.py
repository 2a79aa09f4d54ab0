"""Withheld articles come back to life from honest copies: exact, aligned, or refused; never guessed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bilan
from bilan import build, jsonio, model, withhold
from bilan.__main__ import main
from bilan.hydration import align, cache, edges, filling, forms, leaks, loading, placing, sources, work
from bilan.incidents import BilanError
from conftest import REPOSITORY, articles_of
from test_withhold import OPEN, SAFE, SALT

Json = dict[str, Any]
DIOURA = REPOSITORY.parent / "shared" / "texts" / "dioura.fr.txt"
ARTICLES = articles_of(REPOSITORY / "corpus")
SOME = [path for path in SAFE if len(OPEN[path]["text"]["content"]) > 1200][:12]


WORLD = st.text(st.characters(codec="utf-8"), max_size=80)
"""What may stand around an article."""


def hidden(article: Json, salt: str = SALT) -> Json:
    header = {**article["text"], "access": "withheld"}
    return withhold.withhold({**article, "text": header}, article["text"]["content"], salt)


def text_of(path: str) -> str:
    return str(OPEN[path]["text"]["content"])


def surfaces(article: Json) -> list[str]:
    return [at.span["surface"] for at in model.spans(article)]


def misplaced(article: Json, result: align.Hydration) -> list[tuple[str, str]]:
    """Spans whose words in the result are others than in the original, typing apart."""
    text = article["text"]["content"]
    assert result.text is not None
    out = []
    for at in model.spans(article):
        place = result.placed.get(at.pointer)
        if place is not None:
            words = (text[at.span["start"] : at.span["end"]], result.text[place.start : place.end])
            if forms.bare(words[0]) != forms.bare(words[1]):
                out.append(words)
    return out


# --- exact copies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOME)
def test_the_text_itself_is_proved_and_fills_everything_in(path: str) -> None:
    article = OPEN[path]
    result = align.hydrate(hidden(article), text_of(path))
    assert (result.state, result.text, result.missing) == ("exact", text_of(path), {})
    filled = filling.filled(hidden(article), result)
    assert surfaces(filled) == surfaces(article)
    assert {key: filled[key] for key in model.LAYERS} == {key: article[key] for key in model.LAYERS}


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "\ufeff" + t.replace("\n", "\r\n") + "\r\n",
        lambda t: f"Accueil\nSport\n\n{t}\n\nLire aussi\n",
        lambda t: f"By the desk. {t} All rights reserved.",
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: t.replace("\n", "\n\n"),
    ],
    ids=["BOM and CRLF", "lines around", "words around", "NFD", "empty lines"],
)
def test_what_typing_changes_does_not_stop_the_proof(change: Any) -> None:
    for path in SOME[:6]:
        result = align.hydrate(hidden(OPEN[path]), change(text_of(path)))
        assert (result.state, result.text) == ("exact", text_of(path)), path


@pytest.mark.parametrize("path", SOME)
def test_a_text_from_a_typewriter_loses_hardly_a_span(path: str) -> None:
    typed = text_of(path).replace("’", "'").replace("\u00a0", " ").replace("“", '"').replace("”", '"')
    result = align.hydrate(hidden(OPEN[path]), typed)
    assert misplaced(OPEN[path], result) == []
    assert len(result.missing) <= 1


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SOME), WORLD, WORLD, st.integers(0, 2**32))
def test_hydrating_undoes_withholding_whatever_stands_around(
    path: str, before: str, behind: str, number: int
) -> None:
    around = f"{before}\n{text_of(path)}\n{behind}"
    result = align.hydrate(hidden(OPEN[path], f"{number:032x}"), around)
    assert (result.state, result.text) == ("exact", text_of(path))


# --- copies that differ -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOME)
def test_lost_accents_and_retyped_quotes_are_aligned(path: str) -> None:
    plain = unicodedata.normalize("NFD", text_of(path).replace("’", "'").replace("«\u00a0", '"'))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    result = align.hydrate(hidden(OPEN[path]), f"Menu\n{plain}\nNewsletter")
    assert result.state in ("exact", "aligned")
    assert misplaced(OPEN[path], result) == []
    assert len(result.placed) >= 0.85 * (len(result.placed) + len(result.missing))


@pytest.mark.parametrize("path", SOME)
def test_paragraphs_that_are_dropped_or_moved_lose_no_other_span(path: str) -> None:
    article = OPEN[path]
    parts = text_of(path).split("\n")
    moved = "\n".join([parts[-1], *parts[:-1]])
    result = align.hydrate(hidden(article), moved)
    assert misplaced(article, result) == []
    assert len(result.placed) >= 0.97 * (len(result.placed) + len(result.missing))
    cut = "\n".join(parts[:-1])
    result = align.hydrate(hidden(article), cut)
    inside = [at for at in model.spans(article) if at.span["end"] <= len(cut)]
    assert misplaced(article, result) == []
    assert len([at for at in inside if at.pointer in result.placed]) >= 0.97 * len(inside)
    assert [p for p in result.placed if p not in {at.pointer for at in inside}] == []


def test_an_updated_number_is_left_out_and_said_to_differ() -> None:
    found = 0
    for path in SOME:
        article = OPEN[path]
        for i, figure in enumerate(article["figures"]):
            words = figure["surface"]
            digits = [c for c in words if c.isdigit()]
            if not digits or words[-1].isdigit():
                continue
            other = words.replace(digits[0], str((int(digits[0]) + 3) % 10), 1)
            text = text_of(path)
            copy = text[: figure["start"]] + other + text[figure["end"] :]
            result = align.hydrate(hidden(article), copy)
            assert f"/figures/{i}" not in result.placed
            assert result.missing[f"/figures/{i}"] in (placing.CHANGED, placing.MISSING)
            filled = filling.filled(hidden(article), result)
            kept = {record["id"] for record in filled["figures"]}
            assert figure["id"] not in kept
            assert all(figure["id"] not in a["content"] for a in filled["attributions"])
            assert all(figure["id"] not in (r["from"], r["to"]) for r in filled["relations"])
            found += 1
    assert found > 5


@pytest.mark.parametrize("path", SOME)
def test_other_texts_are_refused(path: str) -> None:
    article = OPEN[path]
    for other in ARTICLES.values():
        if other["id"] == article["id"] or "content" not in other["text"]:
            continue
        if other["story"] != article["story"] and other["id"] > "cd":
            continue  # some are enough
        result = align.hydrate(hidden(article), other["text"]["content"])
        assert (result.state, result.text, result.placed) == ("refused", None, {}), other["id"]
        assert "another text" in result.why


@pytest.mark.parametrize("text", ["", "\n", "one", "word " * 5000, "\u0301", "\U0001f600" * 10])
def test_odd_texts_are_refused_not_stumbled_over(text: str) -> None:
    assert align.hydrate(hidden(OPEN[SOME[0]]), text).state == "refused"


def test_an_article_without_spans_is_exact_or_refused() -> None:
    article = {**OPEN[SOME[0]], **{layer: [] for layer in model.LAYERS}}
    assert align.hydrate(hidden(article), text_of(SOME[0])).state == "exact"
    assert align.hydrate(hidden(article), text_of(SOME[0])[:-9]).state == "refused"


def test_the_benchmark_passes_on_some_of_its_tuning_set(tmp_path: Path) -> None:
    sys.path.insert(0, str(REPOSITORY / "scripts" / "bench"))
    try:
        import hydrate as bench
    finally:
        sys.path.pop(0)
    articles = {one["id"]: one for one in OPEN.values()}
    rows = bench.run(articles, bench.TUNING.read_text().split()[:12], 1)
    assert [row.name for row in rows if row.kind != "layout" and not bench.passed(row)] == []
    assert len(rows) == 21


# --- the parts --------------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_every_place_of_the_normal_form_is_one_in_the_text(text: str) -> None:
    composed, places = forms.normal(text)
    if places is not None:
        assert len(places) == len(composed) + 1
        assert places == sorted(places)
        assert places[-1] == len(text)
    else:
        assert composed == text


@pytest.mark.parametrize(
    ("words", "surface", "same"),
    [
        ("l'armée", "l’armée", True),
        ("« Jnim »", '"Jnim"', True),
        ("coeur", "cœur", True),
        ("armee malienne", "armée malienne", True),
        ("Mopti", "Moptis", False),
    ],
)
def test_typing_does_not_make_other_words(words: str, surface: str, same: bool) -> None:
    assert edges.same_words(words, surface) is same


@pytest.mark.parametrize(
    ("words", "surface", "found"),
    [
        ("41 soldts", "41 soldats", 1),
        ("43 soldats", "41 soldats", None),
        ("dix soldats", "six soldats", None),
        ("le soldats", "41 soldats", None),
    ],
)
def test_a_slip_of_the_pen_is_no_other_number(words: str, surface: str, found: int | None) -> None:
    value = bilan.numbers.parse(surface, "fr")
    assert value is not None
    record = {"low": value.low, "high": value.high, "stated": value.stated}
    assert edges.slips(words, surface, "figures", record, "fr") == found


# --- copies on disk ---------------------------------------------------------------------------------------


@pytest.fixture
def wild(valid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small corpus one of whose articles is withheld as text of the tests, with an empty cache."""
    monkeypatch.setenv("BILAN_CACHE", str(tmp_path.parent / f"{tmp_path.name}-cache"))
    return valid


WITHHELD = "xx-2024-03-01-tessara.en.2"


def the_text() -> str:
    from test_textform import WITHHELD_TEXT

    return WITHHELD_TEXT


def test_a_folder_of_copies_finds_its_articles(tmp_path: Path) -> None:
    some = [hidden(OPEN[path]) for path in SOME[:3]]
    folder = tmp_path / "copies"
    folder.mkdir()
    for i, path in enumerate(SOME[:2]):
        (folder / f"page{i}.txt").write_text(text_of(path), encoding="utf-8")
    (folder / "scan.txt").write_bytes(b"\x00\x01\x02" * 50)
    answers, wrong = work.from_files(some, folder)
    assert [answer.result.state for answer in answers] == ["exact", "exact", "refused"]
    assert [incident.code for incident in wrong] == ["B853"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_copies_in_usual_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "copy.txt"
    path.write_bytes("L’armée d’été".encode(encoding))
    assert forms.canonical(next(sources.texts(path))) == "L’armée d’été"


@pytest.mark.parametrize("raw", [b"", b"  \n", b"%PDF-1.4\x00\x00", b"\x00" * 9])
def test_what_is_no_text_is_an_incident(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "copy.txt"
    path.write_bytes(raw)
    with pytest.raises(BilanError) as caught:
        list(sources.texts(path))
    assert caught.value.incidents[0].code == "B853"


def test_a_page_gives_its_article(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    for path in SOME[:4]:
        paragraphs = "".join(f"<p>{line}</p>\n" for line in text_of(path).split("\n"))
        page = (
            "<!DOCTYPE html><html><head><meta charset='utf-8'><title>News</title></head><body><nav><a href='/'>Home</a>"
            f"</nav><article>{paragraphs}</article><footer>Newsletter. All rights reserved.</footer></body></html>"
        )
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        (answer,), _ = work.from_files([hidden(OPEN[path])], file)
        assert answer.result.state in ("exact", "aligned")
        assert len(answer.result.missing) <= 1
        assert misplaced(OPEN[path], answer.result) == []


def test_a_page_without_trafilatura_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(BilanError) as caught:
        list(sources.readings(b"<html><p>A text</p></html>", "page.html"))
    assert caught.value.incidents[0].code == "B809"
    assert "bilan[hydrate]" in caught.value.incidents[0].mend


# --- the command ------------------------------------------------------------------------------------------


def test_the_command_keeps_the_text_in_the_cache_and_nowhere_else(
    wild: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in wild.rglob("*") if path.is_file()}
    Path("copy.txt").write_text(f"Home\n{the_text()}\nContact\n", encoding="utf-8")
    assert main(["hydrate", "--from", "copy.txt", "--corpus", str(wild)]) == 0
    assert f"{WITHHELD}  exact" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in wild.rglob("*") if path.is_file()} == before
    held = cache.kept(WITHHELD)
    assert held is not None
    assert held["text"] == the_text()
    assert main(["hydrate", "--status", "--corpus", str(wild)]) == 0
    assert "1 of 1 withheld articles have their text here" in capsys.readouterr().out


def test_a_dry_run_keeps_nothing(wild: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("copy.txt").write_text(the_text(), encoding="utf-8")
    call = ["hydrate", WITHHELD, "--from", "copy.txt", "--corpus", str(wild), "--dry-run", "--format", "json"]
    assert main(call) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["id"], said["state"], said["missing"]) == (WITHHELD, "exact", {})
    assert cache.kept(WITHHELD) is None


def test_another_text_is_refused_with_status_1(wild: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("copy.txt").write_text(text_of(SOME[0]), encoding="utf-8")
    assert main(["hydrate", WITHHELD, "--from", "copy.txt", "--corpus", str(wild)]) == 1
    assert "refused: this is another text" in capsys.readouterr().out
    assert cache.kept(WITHHELD) is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["xx-2024-03-01-tessara.en.1", "--from", "copy.txt"], "B856"),
        (["--from", "nowhere.txt"], "B853"),
        (["--from", "empty"], "B853"),
    ],
    ids=["an open article", "no file", "an empty folder"],
)
def test_bad_input_is_an_incident(
    wild: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    Path("copy.txt").write_text(the_text(), encoding="utf-8")
    Path("empty").mkdir()
    assert main(["hydrate", *arguments, "--corpus", str(wild)]) == 1
    assert code in capsys.readouterr().err


def test_a_cache_inside_a_repository_is_refused(
    wild: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("copy.txt").write_text(the_text(), encoding="utf-8")
    monkeypatch.setenv("BILAN_CACHE", str(Path("corpus/cache").absolute()))
    assert main(["hydrate", "--from", "copy.txt", "--corpus", str(wild)]) == 1
    assert "B857" in capsys.readouterr().err
    assert not Path("corpus/cache").exists()


def test_a_broken_cache_is_an_incident(wild: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = cache.path_of(WITHHELD)
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert main(["hydrate", "--status", "--corpus", str(wild)]) == 1
    assert "B857" in capsys.readouterr().err


# --- loading ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", ["articles", "ner", "figures", "attributions", "tolls", "extraction"])
def test_every_table_of_wild_carries_the_words_once_they_are_here(wild: Path, config: str) -> None:
    Path("copies").mkdir()
    Path("copies/a.txt").write_text(the_text(), encoding="utf-8")
    bare = bilan.load(config, split="wild", source=wild)
    assert "bilan hydrate" in bare.info.description
    full = bilan.load(config, split="wild", source=wild, hydrate="copies")
    assert full.features == bare.features
    assert "not to be passed on" in full.info.description
    if config in ("articles", "extraction"):
        assert full["text"] == [the_text()]
        assert bare["text"] == [None]
    if config == "ner":
        assert [" ".join(text.split()) for text in full["text"]] == [
            "The Red Column boasts that it killed sixty soldiers when it overran the post of Tessara.",
            "This text stands in the tests only, written for them, so that a withheld article can be filled in again.",
        ]
        assert all(len(row["tokens"]) == len(row["ner_tags"]) > 0 for row in full)
    if config == "figures":
        assert full["sentence"][0].startswith("The Red Column boasts")
        assert [a["surface"] for a in full] == ["sixty soldiers"]
    if config == "tolls":
        assert full["surface"] == ["sixty soldiers"]
        assert len(full) == len(bare)


def test_the_cache_is_used_with_true_and_an_empty_one_says_so(wild: Path) -> None:
    with pytest.raises(BilanError) as caught:
        bilan.load("ner", source=wild, hydrate=True)
    assert caught.value.incidents[0].code == "B856"
    Path("copy.txt").write_text(the_text(), encoding="utf-8")
    assert main(["hydrate", "--from", "copy.txt", "--corpus", str(wild)]) == 0
    assert bilan.load("articles", split="wild", source=wild, hydrate=True)["text"] == [the_text()]
    (article,) = bilan.articles(split="wild", source=wild, hydrate=True)
    assert article.text == the_text()


def test_other_splits_are_the_same_with_and_without(wild: Path) -> None:
    Path("copy.txt").write_text(the_text(), encoding="utf-8")
    bare, full = (bilan.load("figures", source=wild, hydrate=how) for how in (False, "copy.txt"))
    assert list(bare) == list(full)
    for split in set(bare) - {"wild"}:
        assert bare[split].to_list() == full[split].to_list()


def test_a_build_never_holds_what_was_hydrated(wild: Path) -> None:
    Path("copy.txt").write_text(the_text(), encoding="utf-8")
    assert main(["hydrate", "--from", "copy.txt", "--corpus", str(wild)]) == 0
    build.build(wild, Path("hf"))
    assert bilan.load("articles", split="wild", source="hf")["text"] == [None]
    assert bilan.load("articles", split="wild", source="hf", hydrate=True)["text"] == [the_text()]
    article = json.loads((wild / "xx/2024-03-01-tessara/en-2.json").read_bytes())
    assert leaks.look([Path("hf")], [article]).incidents == []


def test_an_aligned_article_keeps_its_claims(wild: Path) -> None:
    copy = the_text().replace("sixty", "seventy").replace("boasts", "boasted")
    article = json.loads((wild / "xx/2024-03-01-tessara/en-2.json").read_bytes())
    result = align.hydrate(article, copy)
    assert result.state in ("aligned", "refused")
    assert "/figures/0" not in result.placed
    if result.state == "aligned":
        assert loading.surfaces(article, result).get("f1") is None


# --- leaks ------------------------------------------------------------------------------------------------


def test_the_repository_lets_nothing_out(capsys: pytest.CaptureFixture[str]) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True)
    known = [one for one in ARTICLES.values() if one["text"]["access"] == "withheld"]
    names = [os.fsdecode(name) for name in tracked.stdout.split(b"\0")]
    # the fixtures are of texts that the tests themselves hold
    paths = [REPOSITORY / name for name in names if name and not name.startswith("tests/fixtures/")]
    report = leaks.look([path for path in paths if path.is_file()], known)
    assert report.incidents == []
    assert {one["id"] for one in known} <= {cover.id for cover in report.covers}
    assert max(cover.longest for cover in report.covers) <= 7


def planted(tmp_path: Path, path: str) -> tuple[Json, str]:
    words = text_of(path).split(" ")
    return hidden(OPEN[path]), " ".join(words[20:150])


def test_a_stretch_of_a_withheld_text_is_found_wherever_it_stands(tmp_path: Path) -> None:
    article, stretch = planted(tmp_path, SOME[0])
    places = {
        "note.md": f"# Note\n\nAs the page says: {stretch.upper()}\n",
        "page.html": f"<p>{stretch.replace(' ', ' <b></b>')}</p>",
        "story.json": json.dumps({"note": stretch}),
    }
    for name, content in places.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "bilan.whl", "w") as wheel:
        wheel.writestr("bilan/_data/corpus/x.txt", stretch)
    (tmp_path / "fine.txt").write_text(text_of(SOME[1]), encoding="utf-8")
    report = leaks.look([tmp_path], [article])
    assert {incident.code for incident in report.incidents} == {"B851"}
    found = {Path(incident.file.rpartition("!")[2]).name for incident in report.incidents}
    assert found == {"note.md", "page.html", "story.json", "x.txt"}


def test_a_withheld_text_in_a_table_is_found(tmp_path: Path, wild: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    article, stretch = planted(tmp_path, SOME[0])
    pq.write_table(pa.table({"id": ["a"], "tokens": [stretch.split()]}), tmp_path / "ner.parquet")
    assert [i.code for i in leaks.look([tmp_path / "ner.parquet"], [article]).incidents] == ["B851"]


def test_a_withheld_article_with_its_text_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article, _ = planted(tmp_path, SOME[0])
    article["text"]["content"] = text_of(SOME[0])
    (tmp_path / "fr-1.json").write_bytes(jsonio.dumps(article))
    assert main(["leaks", str(tmp_path)]) == 1
    assert "B851" in capsys.readouterr().out


def test_the_command_reports_cover_and_longest_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leaks", "--corpus", str(REPOSITORY / "corpus"), str(REPOSITORY / "corpus")]) == 0
    said = capsys.readouterr().out
    assert "ml-2025-05-23-dioura.fr.1  35 words in clear, 10.2% of the text, 4 in a row at most" in said
    assert "nothing got out" in said


# --- the first withheld article ---------------------------------------------------------------------------


@pytest.mark.skipif(not DIOURA.exists(), reason="the text of Dioura is not beside this checkout")
def test_dioura_hydrates_exactly_and_by_alignment() -> None:
    article = ARTICLES["ml/2025-05-23-dioura/fr-1.json"]
    text = DIOURA.read_text(encoding="utf-8")
    assert align.hydrate(article, text).state == "exact"
    retyped = text.replace("’", "'").replace("«\u00a0", '"').replace("\u00a0»", '"')
    plain = "".join(c for c in unicodedata.normalize("NFD", retyped) if not unicodedata.combining(c))
    result = align.hydrate(article, f"Accueil\nPolitique\n\n{plain}\n\nLire aussi\nNewsletter\n")
    assert result.state == "aligned"
    assert len(result.missing) <= 6
    assert filling.filled(article, result)["figures"][0]["surface"] == "une quarantaine de soldats"
