"""`bilan check --fix` repairs what the document itself determines, says what it did, and leaves the rest alone."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bilan import jsonio, numbers, textform
from bilan.__main__ import main
from bilan.checks import levels, runner
from bilan.checks.catalogue import CATALOGUE
from bilan.checks.context import Context
from bilan.checks.contexts import read_context
from bilan.checks.tree import shown
from bilan.fixing import corpus as fixing
from bilan.fixing.documents import FIXABLE, repair
from conftest import FIXTURES, REPOSITORY, articles_of

STORY = Path("corpus/xx/2024-03-01-tessara")
INVALID = sorted(p.name for p in (FIXTURES / "invalid").iterdir() if not (p / "fr-1.md").exists())
SOMETIMES = {"B105", "B202", "B204", "B205", "B207", "B405", "B407", "B412"}
"""Codes whose fixture shows a fault that a person must mend; ``CASES`` has those of the other kind."""


@pytest.fixture
def valid(valid: Path) -> Path:
    """The small valid corpus in a checkout of its own."""
    shutil.copytree(REPOSITORY / "schema", valid.resolve().parent / "schema")
    return valid


def contents(root: Path) -> dict[str, bytes]:
    return {p.as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def break_(valid: Path, code: str) -> None:
    shutil.copytree(
        FIXTURES / "invalid" / code, valid, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt")
    )


# --- which codes --------------------------------------------------------------------------------------------


def test_the_catalogue_says_of_every_repair_that_there_is_one() -> None:
    assert {code for code, rule in CATALOGUE.items() if rule.fix} == FIXABLE
    assert {code for code, _, _ in CASES} == SOMETIMES


def test_the_rule_and_the_table_of_checks_say_what_is_repaired(capsys: pytest.CaptureFixture[str]) -> None:
    table = (REPOSITORY / "schema" / "checks.md").read_text(encoding="utf-8")
    for code, rule in CATALOGUE.items():
        row = next(
            line for line in table.split("\n") if line.startswith(f'| <a id="{code.lower()}"></a>{code} |')
        )
        assert row.endswith(f" | {rule.fix or '–'} |")
        assert main(["rule", code]) == 0
        said = capsys.readouterr().out
        assert f"bilan check --fix: {rule.fix or 'leaves it alone; a person must decide'}\n" in said


@pytest.mark.parametrize("code", [c for c in INVALID if CATALOGUE[c].fix and c not in SOMETIMES])
def test_a_fixture_that_can_be_repaired_is_repaired_and_then_passes(
    code: str, valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(valid, code)
    broken = contents(valid)
    assert main(["check", "--fix"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert f": {code} repaired: " in said
    assert " → " in said
    assert "All good" in said
    fixed = contents(valid)
    assert [name for name in fixed if fixed[name] != broken[name]] == sorted(
        {line.split(":")[0] for line in said.split("\n") if "repaired" in line}
    )
    assert main(["check", "--fix"]) == 0
    assert "repaired" not in capsys.readouterr().out
    assert contents(valid) == fixed


@pytest.mark.parametrize("code", [c for c in INVALID if not CATALOGUE[c].fix or c in SOMETIMES])
def test_what_a_person_must_decide_is_left_untouched_byte_for_byte(
    code: str, valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(valid, code)
    before = contents(valid)
    assert main(["check"]) == 1
    report = capsys.readouterr().out
    assert main(["check", "--fix"]) == 1
    assert capsys.readouterr().out == report
    assert contents(valid) == before


def clock(article: Any) -> None:
    article["times"][0].update(kind="date", clock="14:00")


def key_twice(raw: bytes) -> bytes:
    return raw.replace(b'"lang": "fr",', b'"lang": "fr",\n  "lang": "fr",', 1)


def rename(article: Any) -> None:
    figure = article["figures"][0]
    pairs = [("Of-" if key == "of" else key, value) for key, value in figure.items()]
    figure.clear()
    figure.update(pairs)


CASES: list[tuple[str, Callable[[Any], Any], str]] = [
    ("B105", key_twice, "twice lang → once"),
    ("B202", rename, "Of- → of"),
    (
        "B202",
        lambda a: a.update({"Schema-Version": a.pop("schema_version")}),
        "Schema-Version → schema_version",
    ),
    ("B204", lambda a: a["figures"][0].update(modifier="Approximate"), "Approximate → approximate"),
    ("B204", lambda a: a["text"].update(origin="human-written"), "human-written → human_written"),
    ("B205", lambda a: a["times"][0].update(edtf=" 2024-03-01"), '" 2024-03-01" → "2024-03-01"'),
    ("B205", lambda a: a["text"].update(sha256=a["text"]["sha256"].upper()), "→"),
    ("B207", lambda a: a.update(references=[*a["references"], a["references"][0]]), '"r1"] → ["r1"'),
    ("B405", lambda a: a["events"][0]["participants"].append(dict(a["events"][0]["participants"][0])), "→"),
    (
        "B407",
        lambda a: a["relations"].append({**a["relations"][0], "id": "rel9"}),
        "rel9 → rel1, which says the same",
    ),
    ("B412", clock, "date → time"),
]


@pytest.mark.parametrize("code, change, said", CASES, ids=[f"{c}-{i}" for i, (c, _, _) in enumerate(CASES)])
def test_of_some_codes_those_faults_are_repaired_that_the_document_decides(
    code: str, change: Callable[[Any], Any], said: str, valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = STORY / "fr-1.json"
    raw = path.read_bytes()
    if change is key_twice:
        path.write_bytes(key_twice(raw))
    else:
        article = json.loads(raw)
        change(article)
        path.write_bytes(jsonio.dumps(article))
    assert code in {incident.code for incident in runner.check_corpus(valid).incidents}
    assert main(["check", "--fix"]) == 0
    lines = [line for line in capsys.readouterr().out.split("\n") if f": {code} repaired: " in line]
    assert any(said in line for line in lines)
    assert path.read_bytes() == raw or code == "B412"


# --- what is never done --------------------------------------------------------------------------------------


def test_words_that_stand_twice_place_no_span(valid: Path) -> None:
    """Both places are right for a reader of the file; only the annotator knows."""
    source = (FIXTURES / "valid" / "fr-1.md").read_text(encoding="utf-8")
    article = textform.unmark(source.replace("[vendredi]{.t1}", "[vendredi]{.t1} comme tout vendredi"))
    article["times"][0].update(start=article["times"][0]["start"] - 1, end=article["times"][0]["end"] - 1)
    raw = jsonio.dumps(article)
    assert one(raw, valid).new == raw


def test_a_text_that_grew_and_its_spans_are_put_right_to_the_last(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = STORY / "fr-1.json"
    article = json.loads(path.read_bytes())
    article["text"]["content"] = f"Ce matin : {article['text']['content']}\n"
    path.write_bytes(jsonio.dumps(article))
    assert main(["check", "--fix"]) == 0
    form = (
        (FIXTURES / "valid" / "fr-1.md").read_text(encoding="utf-8").replace("---\nLe", "---\nCe matin : Le")
    )
    assert json.loads(path.read_bytes()) == textform.unmark(form)
    capsys.readouterr()


def test_the_hash_of_a_text_is_not_written_while_a_span_holds_other_words(valid: Path) -> None:
    """The text may have been damaged: then its old hash is what shows it."""
    article = json.loads((STORY / "fr-1.json").read_bytes())
    article["text"]["content"] = article["text"]["content"].replace("cinquante-trois", "cinquante-huit")
    raw = jsonio.dumps(article)
    after = json.loads(one(raw, valid).new)
    assert after["text"]["sha256"] == article["text"]["sha256"]
    assert after["text"]["length"] == len(article["text"]["content"])


def test_words_inside_of_other_words_place_no_span(valid: Path) -> None:
    article = json.loads((STORY / "fr-1.json").read_bytes())
    article["entities"][0]["mentions"][0].update(
        surface="ara", end=article["entities"][0]["mentions"][0]["start"] + 3
    )
    assert article["text"]["content"].count("ara") == 2  # Tessara, quarantaine
    article["text"]["content"] = article["text"]["content"].replace("quarantaine", "trentaine")
    raw = jsonio.dumps(article)
    assert b'"surface": "ara"' in one(raw, valid).new


def test_edges_that_change_the_number_are_left_to_a_person(
    valid: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_(valid, "B309")
    raw = (STORY / "fr-1.json").read_bytes()
    assert one(raw, valid).new != raw
    real = numbers.parse
    monkeypatch.setattr(numbers, "parse", lambda s, lang: None if s.endswith(" ") else real(s, lang))
    assert one(raw, valid).new == raw


def test_a_value_that_a_person_wrote_is_never_replaced_by_what_the_words_say(valid: Path) -> None:
    break_(valid, "B401")
    raw = (STORY / "fr-1.json").read_bytes()
    assert one(raw, valid).new == raw


def test_of_two_ids_that_differ_in_case_none_is_changed(valid: Path) -> None:
    article = json.loads((STORY / "fr-1.json").read_bytes())
    article["entities"].append({**article["entities"][0], "id": "E1"})
    raw = jsonio.dumps(article)
    assert one(raw, valid).new == raw
    article["entities"].pop()
    article["entities"][0]["id"] = "E1"
    assert json.loads(one(jsonio.dumps(article), valid).new)["entities"][0]["id"] == "e1"


def test_an_exempted_incident_is_not_repaired(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_(valid, "B508")
    row = {"code": "B508", "article": "xx-2024-03-01-tessara.fr.1", "record": "s1", "reason": "a test"}
    (valid / "exemptions.json").write_bytes(jsonio.dumps({"exemptions": [row]}))
    before = contents(valid)
    assert main(["check", "--fix"]) == 0
    assert "repaired" not in capsys.readouterr().out
    assert contents(valid) == before


def test_a_withheld_article_keeps_its_spans(valid: Path) -> None:
    path = STORY / "en-2.json"
    article = json.loads(path.read_bytes())
    mention = next(m for e in article["entities"] for m in e["mentions"])
    mention.update(surface=mention["surface"] + ",", end=mention["end"] + 1)
    raw = jsonio.dumps(article)
    found = one(raw, valid, "en-2.json")
    assert found.new == raw


# --- released documents --------------------------------------------------------------------------------------


@pytest.fixture
def released(valid: Path) -> Path:
    """The small corpus, released, with a broken edge in an article of the release."""
    from bilan import corpus, releases

    manifest = releases.manifest(corpus.read(valid), "1.0.0", "2024-04-01")
    (valid / "releases").mkdir(exist_ok=True)
    (valid / "releases" / "1.0.0.json").write_bytes(jsonio.dumps(manifest))
    break_(valid, "B310")
    return valid


def test_the_content_of_a_released_article_is_left_and_the_line_says_so(
    released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(released)
    assert main(["check", "--fix"]) == 1
    said = capsys.readouterr().out
    assert f"{STORY.as_posix()}/fr-1.json: left as released: B310 (--released" in said
    assert "begins with a determiner" in said
    assert contents(released) == before
    assert main(["check", "--fix", "--released"]) == 0
    assert contents(released) != before
    capsys.readouterr()


def test_a_copy_that_says_it_is_released_is_left_too(
    valid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(valid, "B310")
    article = json.loads((STORY / "fr-1.json").read_bytes())
    copy = tmp_path / "xx" / "2024-03-01-tessara" / "fr-1.json"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(jsonio.dumps({**article, "added_in": "0.1.0"}))
    before = copy.read_bytes()
    assert main(["check", "--fix", str(copy)]) == 1
    assert "left as released: B310" in capsys.readouterr().out
    assert copy.read_bytes() == before


def test_second_annotations_stay_as_they_were_handed_in(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(valid, "B310")
    second = valid / "agreement" / "round-1" / "first" / "xx-2024-03-01-tessara.fr.1.json"
    second.parent.mkdir(parents=True)
    shutil.copyfile(STORY / "fr-1.json", second)
    before = second.read_bytes()
    assert main(["check", "--fix", str(second)]) == 1
    assert f"{second.as_posix()}:" in capsys.readouterr().out  # reported, not repaired
    assert second.read_bytes() == before


@pytest.mark.parametrize("code", ["B103", "B104", "B105", "B117", "B319"])
def test_the_layout_of_a_released_article_is_repaired_and_its_hash_stays(
    code: str, released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = STORY / "fr-1.json"
    shutil.copyfile(FIXTURES / "valid" / path, path)
    raw = path.read_bytes()
    if code == "B105":
        path.write_bytes(key_twice(raw))
    else:
        break_(released, code)
    assert path.read_bytes() != raw
    assert main(["check", "--fix"]) == 0, capsys.readouterr().out
    assert path.read_bytes() == raw
    assert main(["verify", "corpus"]) == 0
    capsys.readouterr()


def test_released_articles_of_this_corpus_are_known() -> None:
    known = fixing._released(REPOSITORY / "corpus")
    for name, article in articles_of(REPOSITORY / "corpus").items():
        path = REPOSITORY / "corpus" / name
        assert fixing.identity(path) == article["id"]
        assert (article["id"] in known) == (article["added_in"] is not None)


# --- how it is done ------------------------------------------------------------------------------------------


def one(raw: bytes, corpus: Path, name: str = "fr-1.json", frozen: bool = False) -> Any:
    return repair(raw, shown(STORY / name), "article", read_context(corpus), frozen)


def test_a_dry_run_says_all_and_does_nothing(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_(valid, "B310")
    before = contents(valid)
    assert main(["check", "--fix", "--dry-run"]) == 1
    said = capsys.readouterr().out
    assert said.count("B310 would be repaired: l'armée du Nord → armée du Nord") == 2
    assert contents(valid) == before
    assert main(["check", "--fix"]) == 0
    assert capsys.readouterr().out.count("B310 repaired: l'armée du Nord → armée du Nord") == 2


def test_faults_of_all_levels_are_repaired_in_one_go_though_levels_gate_each_other(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = STORY / "fr-1.json"
    right = path.read_bytes()
    article = json.loads(right)
    article["figures"][0].update(measure="Killed", low="35", start=article["figures"][0]["start"] + 2)
    article["entities"][1]["name"] = "Armée du Nord"
    article["sources"][0]["named"] = False
    article["text"]["length"] += 1
    article["figures"][1] = dict(reversed(article["figures"][1].items()))
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(article).encode().replace(b"\n", b"\r\n"))
    assert main(["check", "--fix"]) == 0
    said = capsys.readouterr().out
    for code in ("B103", "B204", "B203", "B301", "B306", "B319", "B410", "B508"):
        assert f": {code} repaired: " in said
    assert path.read_bytes() == right


def test_what_is_left_after_a_repair_is_reported_as_always(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = STORY / "fr-1.json"
    article = json.loads(path.read_bytes())
    article["sources"][0]["named"] = False
    article["figures"][0].update(stated=41, low=41, high=41, modifier="exact")
    path.write_bytes(jsonio.dumps(article))
    assert main(["check", "--fix", str(path)]) == 1
    said = capsys.readouterr().out
    assert "B401" in said
    assert "in 1 file" in said


def test_a_story_is_repaired_before_its_articles_are_looked_at(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = STORY / "story.json"
    right = path.read_bytes()
    story = json.loads(right)
    story["split"] = story["split"].upper()
    path.write_bytes(jsonio.dumps(story))
    assert main(["check", "--fix"]) == 0
    assert path.read_bytes() == right
    assert "B316" not in capsys.readouterr().out


def test_more_faults_than_a_report_shows_are_all_repaired(valid: Path) -> None:
    path = STORY / "en-1.json"
    right = path.read_bytes()
    article = json.loads(right)
    for layer in ("entities", "figures", "events", "sources", "attributions"):
        for record in article[layer]:
            for key, value in record.items():
                if key in ("type", "kind", "of", "measure", "scope", "modifier", "stance") and value:
                    record[key] = value.replace("_", "-").title()
                if key in ("low", "high", "stated") and value is not None:
                    record[key] = str(value)
    raw = jsonio.dumps(article)
    found = one(raw, valid, "en-1.json")
    assert found.new == right
    assert len(found.repaired) > 50


def test_programs_get_the_report_alone(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_(valid, "B310")
    assert main(["check", "--fix", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["ok"] is True
    assert "B310 repaired" in said.err


@pytest.mark.parametrize("option", ["--dry-run", "--released"])
def test_options_of_a_repair_want_a_repair(
    option: str, valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", option]) == 2
    assert "--fix" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_an_incident_and_stays_whole(
    valid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(valid, "B310")
    before = contents(valid)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", str(STORY / "fr-1.json"))

    monkeypatch.setattr(os, "replace", full)
    assert main(["check", "--fix"]) == 1
    assert "B803" in capsys.readouterr().err
    assert contents(valid) == before


def test_what_was_saved_meanwhile_is_not_overwritten(
    valid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for code in ("B310", "B308"):  # two files
        break_(valid, code)
    path = STORY / "fr-1.json"
    real = fixing.write

    def saved_first(outcomes: Any) -> None:
        path.write_bytes(b"saved by an editor")
        real(outcomes)

    monkeypatch.setattr(fixing, "write", saved_first)
    assert main(["check", "--fix"]) == 1
    assert "B880" in capsys.readouterr().err
    assert path.read_bytes() == b"saved by an editor"
    assert (STORY / "en-1.json").read_bytes() == (FIXTURES / "valid" / STORY / "en-1.json").read_bytes()


def test_links_are_not_followed(valid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    break_(valid, "B310")
    path = STORY / "fr-1.json"
    outside = tmp_path / "outside.json"
    path.rename(outside)
    path.symlink_to(outside)
    before = outside.read_bytes()
    assert main(["check", "--fix"]) == 1
    assert path.is_symlink()
    assert outside.read_bytes() == before
    capsys.readouterr()


def test_the_corpus_of_this_repository_needs_no_repair(corpus_folder: Path) -> None:
    context = read_context(corpus_folder)
    for name in list(articles_of(corpus_folder))[::20]:
        raw = (corpus_folder / name).read_bytes()
        assert repair(raw, name, "article", context).new == raw


def _spans_of(article: Any) -> list[Any]:
    from bilan import model

    return [at.span for at in model.spans(article)]


@pytest.mark.parametrize("words", ["Le matin même, ", "\U0001f4f0 "])
def test_a_text_that_grew_in_front_is_put_right_where_words_stand_once(
    words: str, corpus_folder: Path
) -> None:
    """Real articles: every span that is moved holds its words again; those that stand twice stay as they were."""
    context = read_context(corpus_folder)
    placed = 0
    for name in list(articles_of(corpus_folder))[::80]:
        article = json.loads((corpus_folder / name).read_bytes())
        if article["text"]["access"] != "open":
            continue
        right = [(s["start"] + len(words), s["end"] + len(words)) for s in _spans_of(article)]
        wrong = [(s["start"], s["end"]) for s in _spans_of(article)]
        article["text"]["content"] = words + article["text"]["content"]
        found = repair(jsonio.dumps(article), name, "article", context)
        after = json.loads(found.new)
        for span, good, bad in zip(_spans_of(after), right, wrong, strict=True):
            assert (span["start"], span["end"]) in (good, bad)
            placed += (span["start"], span["end"]) == good
        assert repair(found.new, name, "article", context).new == found.new
    assert placed > 50


def test_modes_of_a_repaired_file_are_those_of_every_written_file(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_(valid, "B310")
    assert main(["check", "--fix"]) == 0
    assert stat.S_IMODE((STORY / "fr-1.json").stat().st_mode) == 0o644
    capsys.readouterr()


def test_a_context_without_stories_repairs_what_needs_none() -> None:
    raw = (FIXTURES / "valid" / "corpus" / "xx/2024-03-01-tessara/fr-1.json").read_bytes()
    found = repair(b"\xef\xbb\xbf" + raw, "x/y/fr-1.json", "article", Context())
    assert found.new == raw
    assert [one.incident.code for one in found.repaired] == ["B103"]


def test_whatever_is_wrong_a_repair_makes_nothing_worse_and_a_second_one_finds_nothing(valid: Path) -> None:
    """Hundreds of documents with one leaf spoilt: shapes, numbers, ids, spans."""
    from test_checks import mutated

    context = read_context(valid)
    repaired = 0
    for name in ("fr-1.json", "en-1.json", "en-2.json"):
        file = shown(STORY / name)
        for mutant in mutated(json.loads((STORY / name).read_bytes()))[::3]:
            raw = json.dumps(mutant, ensure_ascii=False).encode()  # another layout too
            found = repair(raw, file, "article", context)
            again = repair(found.new, file, "article", context)
            assert (again.new, again.repaired) == (found.new, [])
            before = levels.examine(raw, file, context, texts=True)[1]
            after = levels.examine(found.new, file, context, texts=True)[1]
            first = min((i.code[1] for i in before if i.code != "B117"), default="9")
            assert min((i.code[1] for i in after), default="9") >= first
            frozen = repair(raw, file, "article", context, frozen=True)
            if json.loads(raw) is not None:
                assert json.loads(frozen.new) == json.loads(raw)
            repaired += found.new != frozen.new
    assert repaired > 3
