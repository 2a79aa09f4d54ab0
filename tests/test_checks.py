"""Every fault is found, named by its code, placed at its line and column, and told how to mend."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from bilan import jsonio, textform
from bilan.__main__ import main
from bilan.checks import overlap, parse, report, runner, schema
from bilan.checks.catalogue import CATALOGUE
from bilan.incidents import BilanError, Incident
from conftest import FIXTURES, REPOSITORY, articles_of

INVALID = sorted(path.name for path in (FIXTURES / "invalid").iterdir())
MADE_HERE = {"B111", "B112", "B114", "B116"}
"""What no repository can hold: links, pipes, huge files, empty folders."""

ELSEWHERE = {code for code in CATALOGUE if code[1] in "78"}
"""Shown by the tests of releases, builds and loads."""

STORY = Path("xx/2024-03-01-tessara")


def incidents_of(corpus: Path) -> list[Incident]:
    return runner.check_corpus(corpus).incidents


def test_the_corpus_of_this_repository_passes_every_check(corpus_folder: Path) -> None:
    assert report.text_lines(incidents_of(corpus_folder)) == []


def test_the_valid_corpus_passes_every_check(valid: Path) -> None:
    assert incidents_of(valid) == []


def test_every_code_of_the_catalogue_has_a_fixture() -> None:
    assert set(INVALID) | MADE_HERE | ELSEWHERE == set(CATALOGUE)
    tests = "".join(path.read_text(encoding="utf-8") for path in REPOSITORY.glob("tests/test_*.py"))
    assert [code for code in ELSEWHERE if code not in tests] == []


def test_every_code_explains_itself() -> None:
    for rule in CATALOGUE.values():
        assert all(rule._replace(fix="-")), rule.code


@pytest.mark.parametrize("code", INVALID)
def test_a_fault_gives_its_code_and_the_golden_message(code: str, valid: Path) -> None:
    fixture = FIXTURES / "invalid" / code
    if (fixture / "fr-1.md").exists():
        with pytest.raises(BilanError) as caught:
            textform.unmark((fixture / "fr-1.md").read_text(encoding="utf-8"), "fr-1.md")
        found = caught.value.incidents
    else:
        shutil.copytree(fixture, valid, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt"))
        found = incidents_of(valid)
    assert code in {incident.code for incident in found}
    assert all(incident.mend for incident in found)
    message = "\n".join(report.text_lines(found)) + "\n"
    golden = fixture / "expected.txt"
    if os.environ.get("BILAN_UPDATE_GOLDEN"):
        golden.write_text(message, encoding="utf-8")
    assert message == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "code", [c for c in INVALID if (FIXTURES / "invalid" / c / STORY / "fr-1.json").exists()]
)
def test_one_broken_file_never_hides_another(code: str, valid: Path) -> None:
    shutil.copytree(
        FIXTURES / "invalid" / code, valid, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt")
    )
    path = valid / STORY / "en-1.json"
    path.write_bytes(path.read_bytes().replace(b'"low": 41', b'"low": 40', 1))
    found = incidents_of(valid)
    assert ("B402", str(path)) in {(incident.code, incident.file) for incident in found}
    assert any(incident.file.endswith("fr-1.json") for incident in found)


def test_line_and_column_point_at_the_offending_value(valid: Path) -> None:
    path = valid / STORY / "fr-1.json"
    text = path.read_text(encoding="utf-8").replace('"measure": "killed"', '"measure": "dead"', 1)
    path.write_text(text, encoding="utf-8")
    (incident,) = incidents_of(valid)
    assert incident.pointer == "/figures/0/measure"
    line = text.split("\n")[incident.line - 1]
    assert line[incident.column - 1 :].startswith('"dead"')
    assert incident.excerpt[incident.caret :].startswith('"dead"')


def test_a_symbolic_link_is_refused_and_not_followed(valid: Path) -> None:
    target = valid / STORY / "fr-1.json"
    outside = Path("outside.json")
    target.rename(outside)
    target.symlink_to(outside.resolve())
    assert [i.code for i in incidents_of(valid)] == ["B111"]


def test_a_folder_in_place_of_a_file_is_an_incident(valid: Path) -> None:
    (valid / STORY / "fr-1.json").unlink()
    (valid / STORY / "fr-1.json").mkdir()
    assert [i.code for i in incidents_of(valid)] == ["B112"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_an_incident(valid: Path) -> None:
    (valid / STORY / "fr-1.json").chmod(0)
    assert [i.code for i in incidents_of(valid)] == ["B112"]


def test_a_pipe_in_place_of_a_file_does_not_hang(valid: Path) -> None:
    (valid / STORY / "fr-1.json").unlink()
    os.mkfifo(valid / STORY / "fr-1.json")
    assert [i.code for i in incidents_of(valid)] == ["B112"]


def test_a_huge_file_is_refused_unread(valid: Path) -> None:
    with open(valid / STORY / "fr-1.json", "wb") as file:
        file.truncate(parse.MAX_BYTES + 1)
    assert [i.code for i in incidents_of(valid)] == ["B114"]


def test_a_corpus_named_as_a_folder_leaves_out_the_annotations_by_others(valid: Path) -> None:
    round_ = valid / "agreement" / "round-9" / "second"
    round_.mkdir(parents=True)
    article = next(valid.glob("[a-z][a-z]/*/[a-z][a-z]-*.json"))
    (round_ / "xx-2020-01-01-elsewhere.en.1.json").write_bytes(article.read_bytes())
    assert runner.check_corpus(valid, paths=[valid]).incidents == []


def test_empty_folders_are_incidents(valid: Path) -> None:
    (valid / "yy").mkdir()
    (valid / "xx" / "2024-03-02-nowhere").mkdir()
    assert [i.code for i in incidents_of(valid)] == ["B116", "B116"]


def test_a_corpus_that_is_not_there_is_an_incident_not_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "--corpus", "/nowhere/at/all"]) == 1
    assert "B112" in capsys.readouterr().err


def test_the_result_does_not_depend_on_the_number_of_workers(valid: Path) -> None:
    source = (valid / STORY / "fr-1.json").read_bytes()
    for number in range(3, 150):
        (valid / STORY / f"fr-{number}.json").write_bytes(source)
    assert runner.check_corpus(valid, workers=1) == runner.check_corpus(valid, workers=2)


def test_single_files_are_checked_against_their_corpus(valid: Path) -> None:
    one = valid / STORY / "fr-1.json"
    assert runner.check_corpus(valid, paths=[one]).articles == 1
    result = runner.check_corpus(valid, paths=[Path("no-such.json")])
    assert [incident.code for incident in result.incidents] == ["B112"]


def test_an_exemption_silences_one_incident_of_one_record(valid: Path) -> None:
    path = valid / STORY / "fr-1.json"
    article = json.loads(path.read_bytes())
    article["figures"][0].update(stated=41, low=41, high=41, modifier="exact")
    path.write_text(json.dumps(article, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    row = {"code": "B401", "article": article["id"], "record": "f1", "reason": "a test"}
    (valid / "exemptions.json").write_text(json.dumps({"exemptions": [row]}, indent=2) + "\n")
    result = runner.check_corpus(valid)
    assert result.incidents == []
    assert len(result.exempted) == 1


def test_what_later_checks_and_tables_rely_on_knows_no_exemption(valid: Path) -> None:
    path = valid / STORY / "fr-1.json"
    article = json.loads(path.read_bytes())
    path.rename(path.with_name("fr-7.json"))  # in another place than its id says: B307
    row = {"code": "B307", "article": article["id"], "record": article["id"], "reason": "a test"}
    (valid / "exemptions.json").write_text(json.dumps({"exemptions": [row]}, indent=2) + "\n")
    found = {(incident.code, incident.pointer) for incident in runner.check_corpus(valid).incidents}
    assert found >= {("B206", "/exemptions/0/code"), ("B307", "/id")}


def test_an_exemption_of_coverage_names_the_words(valid: Path) -> None:
    shutil.copytree(FIXTURES / "invalid" / "B501", valid, dirs_exist_ok=True)
    (valid / "expected.txt").unlink()
    row = {
        "code": "B501",
        "article": "xx-2024-03-01-tessara.fr.1",
        "record": "Sept",
        "reason": "they were heard, not counted",
    }
    (valid / "exemptions.json").write_text(json.dumps({"exemptions": [row]}, indent=2) + "\n")
    result = runner.check_corpus(valid)
    assert (result.incidents, len(result.exempted)) == ([], 1)
    assert runner.check_corpus(valid, texts=False).incidents == []  # not looked for: not stale either


def test_a_quick_check_leaves_out_what_reads_the_texts_again(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for code in ("B502", "B607"):
        shutil.copytree(FIXTURES / "invalid" / code, valid, dirs_exist_ok=True)
    (valid / "expected.txt").unlink()
    assert main(["check", "--corpus", str(valid)]) == 1
    assert main(["check", "--corpus", str(valid), "--quick"]) == 0
    capsys.readouterr()


def test_the_estimated_likeness_is_near_the_real_one(corpus_folder: Path) -> None:
    """MinHash against the Jaccard index itself, on a real text of which more and more words are changed."""
    article = articles_of(corpus_folder)["cd/2022-11-29-kishishe/fr-1.json"]
    words = article["text"]["content"].split()
    for every in (5, 10, 20, 40):
        changed = [f"mot{i}" if i % every == 0 else word for i, word in enumerate(words)]
        texts = [article["text"]["content"], " ".join(changed)]
        prints = [
            overlap.print_of({**article, "text": {"content": text}, "entities": [], "times": []})
            for text in texts
        ]
        likeness = (
            sum(x == y for x, y in zip(*(p.signature for p in prints if p), strict=True))
            / overlap.PERMUTATIONS
        )
        sets = [
            {tuple(w[i : i + 3]) for i in range(len(w) - 2)}
            for w in (re.findall(r"[^\W_]+", t.lower()) for t in texts)
        ]
        real = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        assert abs(likeness - real) < 0.2  # three standard errors of 64 permutations


def test_a_statement_that_goes_on_needs_no_name(valid: Path) -> None:
    """The army is named; two sentences of its own words follow, then a third one may say "it"."""
    form = (FIXTURES / "valid" / "fr-1.md").read_text(encoding="utf-8")
    form = form.replace(
        "[cinquante-trois]{.f2}.",
        "[cinquante-trois]{.f2}. Elle [ajoute]{.a1} qu'il fait nuit. Elle [insiste]{.a1}.",
    )
    (valid / STORY / "fr-1.json").write_bytes(jsonio.dumps(textform.unmark(form)))
    assert incidents_of(valid) == []


def test_check_exits_0_1_and_2(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--corpus", str(valid)]) == 0
    assert "All good: 3 articles" in capsys.readouterr().out
    (valid / STORY / "fr-1.json").write_text("{")
    assert main(["check", "--corpus", str(valid)]) == 1
    with pytest.raises(SystemExit) as caught:
        main(["check", "--format", "xml"])
    assert caught.value.code == 2


def test_the_json_report_holds_what_the_text_report_says(
    valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (valid / STORY / "fr-1.json").write_text("{")
    main(["check", "--corpus", str(valid), "--format", "json"])
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False
    assert [(i["code"], i["line"], i["column"]) for i in said["incidents"]] == [("B101", 1, 2)]


def test_rule_explains_by_code_and_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "b401"]) == 0
    by_code = capsys.readouterr().out
    assert main(["rule", "value-words"]) == 0
    assert capsys.readouterr().out == by_code
    assert "wrong" in by_code
    assert "right" in by_code
    assert main(["rule", "B999"]) == 2


def test_the_two_schema_validators_agree_on_every_fixture_and_on_mutants() -> None:
    """jsonschema-rs decides and jsonschema explains: a document that only one accepts would pass in silence."""
    exact = schema._exact("article")
    documents = [
        *articles_of(FIXTURES / "valid" / "corpus").values(),
        *list(articles_of(REPOSITORY / "corpus").values())[:6],
    ]
    for path in sorted((FIXTURES / "invalid").glob("*/xx/*/[a-z][a-z]-*.json")):
        document, _ = parse.parse(path.read_bytes(), str(path))
        documents += [document] if isinstance(document, dict) else []
    mutants = 0
    for document in documents:
        assert schema.is_valid(document, "article") == exact.is_valid(document)
        for mutant in mutated(document):
            mutants += 1
            assert schema.is_valid(mutant, "article") == exact.is_valid(mutant), mutant
    assert mutants > 1000


def mutated(document: dict) -> list[dict]:
    """Documents with one leaf changed to something that readers like to disagree about."""
    odd = [None, True, 0, -1, 1.0, 1e300, "", "a\n", "2025-05-23\n", "e1\n", "٣", "e٣", "\u2028", {}, []]
    out = []
    leaves = [
        (holder, key)
        for holder in _holders(document)
        for key in (holder if isinstance(holder, dict) else range(len(holder)))
    ]
    for number, (holder, key) in enumerate(leaves[:: max(1, len(leaves) // 40)]):
        kept = holder[key]
        holder[key] = odd[number % len(odd)]
        out.append(json.loads(json.dumps(document)))
        if isinstance(kept, str):
            holder[key] = kept + "\n"
            out.append(json.loads(json.dumps(document)))
        holder[key] = kept
    return out


def _holders(value: object) -> list:
    if isinstance(value, dict):
        return [value, *(h for v in value.values() for h in _holders(v))]
    if isinstance(value, list):
        return [value, *(h for v in value for h in _holders(v))]
    return []
