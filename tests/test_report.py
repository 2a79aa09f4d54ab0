"""Reports for GitHub and for code scanning: escaped, placed, complete, and of the shape that their readers demand."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from bilan.__main__ import main
from bilan.checks import report_github, report_sarif, runner
from bilan.checks.catalogue import CATALOGUE
from bilan.checks.context import Exempted
from bilan.checks.runner import Result
from bilan.incidents import Incident
from conftest import FIXTURES, REPOSITORY

STORY = Path("xx/2024-03-01-tessara")
COMMAND = re.compile(r"^::(?P<name>error|notice) (?P<properties>[^:]*)::(?P<message>.*)$")
INVALID = sorted(p.name for p in (FIXTURES / "invalid").iterdir() if not (p / "fr-1.md").exists())


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GITHUB_"):
            monkeypatch.delenv(name)


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner of GitHub reads it: name, properties, message."""
    found = COMMAND.match(line)
    assert found, line
    pairs = dict(pair.split("=", 1) for pair in found["properties"].split(","))
    return found["name"], {k: unescaped(v) for k, v in pairs.items()}, unescaped(found["message"])


def unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def broken(valid: Path, code: str) -> Result:
    shutil.copytree(
        FIXTURES / "invalid" / code, valid, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.txt")
    )
    return runner.check_corpus(valid)


# --- commands of a workflow -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", INVALID)
def test_an_annotation_of_github_is_on_the_line_of_the_incident(code: str, valid: Path) -> None:
    result = broken(valid, code)
    lines = report_github.commands(result, "corpus", Path.cwd()).split("\n")
    assert len(lines) == len(result.incidents) + 1
    for line, incident in zip(lines, result.incidents, strict=False):
        name, properties, message = read(line)
        assert name == "error"
        assert properties["file"] == incident.file
        assert properties.get("line", "0") == str(incident.line)
        assert properties["title"] == f"{incident.code} {CATALOGUE[incident.code].name}"
        assert message.endswith(f"\nmend: {incident.mend}")
        if incident.line and incident.excerpt and "…" not in incident.excerpt:
            source = Path(incident.file).read_text(encoding="utf-8", errors="replace").split("\n")
            words = source[incident.line - 1][int(properties["col"]) - 1 : int(properties["endColumn"]) - 1]
            assert words == incident.excerpt[incident.caret :][: incident.width]


def test_what_github_takes_for_syntax_is_escaped() -> None:
    odd = "100 %, a:b\r\n::error file=x::y\x1b[31m\u2028"
    incident = Incident("B401", odd, odd, file="a,b:c%.json", pointer="/x", line=2, column=3, width=4)
    text = report_github.commands(Result(1, 1, [incident]), "corpus", Path.cwd())
    assert text.count("\n") == 1
    _, properties, message = read(text.split("\n")[0])
    assert properties["file"] == "a,b:c%.json"
    assert (properties["line"], properties["col"], properties["endColumn"]) == ("2", "3", "7")
    assert message.startswith("100 %, a:b")
    assert "::error file=x::y" in message
    assert all(c.isprintable() for c in text.replace("\n", ""))


def test_ten_errors_are_shown_and_one_line_says_what_is_left() -> None:
    many = [Incident("B101", f"fault {n}", "mend", file="a.json", line=n + 1) for n in range(30)]
    other = [Incident("B101", "the only one", "mend", file="b.json", line=1)]
    lines = report_github.commands(Result(2, 2, [*many, *other]), "corpus", Path("/")).split("\n")
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == 10
    assert "the only one" in errors[-1]  # a file with thirty faults hides no other
    (notice,) = [line for line in lines if line.startswith("::notice")]
    assert "21 more of 31 incidents in 2 files" in notice
    assert len(lines) == 12


def test_paths_are_those_of_the_repository_wherever_one_stands(
    valid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path.cwd()
    (root / ".git").mkdir()
    (valid / STORY / "fr-1.json").write_text("{")
    monkeypatch.chdir(valid / "xx")
    assert main(["check", "--corpus", "..", "--format", "github"]) == 1
    assert f"file=corpus/{STORY.as_posix()}/fr-1.json,line=1," in capsys.readouterr().out
    assert report_github.root_of(root / "corpus", {"GITHUB_WORKSPACE": str(root)}) == root
    assert report_github.root_of(root / "corpus", {"GITHUB_WORKSPACE": "/elsewhere"}) == root


def test_the_summary_of_a_job_holds_every_incident_and_nothing_that_markdown_would_read(
    valid: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Path("summary.md")
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    source = (valid / STORY / "fr-1.json").read_text(encoding="utf-8")
    bad = source.replace('"measure": "killed"', '"measure": "<img src=x>|`a`|[b](javascript:c) @all #1"', 1)
    (valid / STORY / "fr-1.json").write_text(bad, encoding="utf-8")
    assert main(["check", "--corpus", str(valid), "--format", "github"]) == 1
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n### bilan check\n")
    row = next(line for line in written.split("\n") if "B204" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert not re.search(r"<img|`a`|\[b\]|@all|javascript:", row)
    assert main(["check", "--corpus", str(FIXTURES / "valid" / "corpus"), "--format", "github"]) == 0
    assert "All good" in page.read_text(encoding="utf-8")
    capsys.readouterr()


def test_a_summary_stays_below_what_github_takes() -> None:
    many = [Incident("B101", "x" * 1000, "mend", file="a.json", line=n + 1) for n in range(2000)]
    text = report_github.summary(Result(1, 1, many), "corpus", Path("/"))
    assert 800_000 < len(text.encode()) < 1_000_000
    left = re.search(r"\n(\d+) more are left out here", text)
    assert left
    assert text.count("xxx | mend |\n") + int(left[1]) == 2000


# --- SARIF ------------------------------------------------------------------------------------------------


def valid_sarif(text: str) -> Any:
    """The run of a log that the official schema accepts, addresses and all."""
    log = json.loads(text)
    schema = json.loads((REPOSITORY / "tests/data/sarif/sarif-2.1.0-rtm.5.json").read_bytes())
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    errors = list(jsonschema.Draft4Validator(schema, format_checker=checker).iter_errors(log))
    assert errors == []
    (run,) = log["runs"]
    return run


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = json.loads(report_sarif.as_sarif(Result(0, 0, [Incident("B101", "m")]), Path("/")))
    log["runs"][0]["results"][0]["message"] = "words"
    with pytest.raises(AssertionError):
        valid_sarif(json.dumps(log))


@pytest.mark.parametrize("code", INVALID)
def test_sarif_holds_every_incident_in_its_place(code: str, valid: Path) -> None:
    result = broken(valid, code)
    run = valid_sarif(report_sarif.as_sarif(result, Path.cwd()))
    assert run["columnKind"] == "unicodeCodePoints"
    assert len(run["results"]) == len(result.incidents)
    for found, incident in zip(run["results"], result.incidents, strict=True):
        assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"] == incident.code
        assert found["message"]["text"].startswith(incident.message)
        assert incident.mend in found["message"]["text"]
        (location,) = found["locations"]
        assert unquote(location["physicalLocation"]["artifactLocation"]["uri"]) == incident.file
        region = location["physicalLocation"].get("region", {"startLine": 0, "startColumn": 0})
        assert (region["startLine"], region["startColumn"]) == (incident.line, incident.column)
    prints = [found["fingerprints"]["bilanIncident/v1"] for found in run["results"]]
    assert len(set(prints)) == len(prints)


def test_every_rule_of_the_catalogue_is_described_in_sarif() -> None:
    pages = "https://example.org/o/r/blob/abc/"
    run = valid_sarif(report_sarif.as_sarif(Result(0, 0), Path("/"), pages))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CATALOGUE)
    checks = (REPOSITORY / "schema" / "checks.md").read_text(encoding="utf-8")
    for rule in rules:
        page, anchor = rule["helpUri"].removeprefix(pages).split("#")
        assert page == "schema/checks.md"
        assert f'<a id="{anchor}"></a>{rule["id"]} ' in checks
        assert CATALOGUE[rule["id"]].wrong in rule["help"]["text"]
    without = valid_sarif(report_sarif.as_sarif(Result(0, 0), Path("/")))
    assert not any("helpUri" in rule for rule in without["tool"]["driver"]["rules"])


def test_the_address_of_a_page_is_that_of_the_commit_in_a_workflow() -> None:
    workflow = {"GITHUB_SERVER_URL": "https://example.org", "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "abc"}
    assert report_sarif.pages_of(workflow) == "https://example.org/o/r/blob/abc/"
    assert report_sarif.pages_of({}) == ""


def test_what_is_exempted_is_a_suppressed_result_with_its_reason() -> None:
    result = runner.check_corpus(REPOSITORY / "corpus", workers=2)
    rows = json.loads((REPOSITORY / "corpus" / "exemptions.json").read_bytes())["exemptions"]
    run = valid_sarif(report_sarif.as_sarif(result, REPOSITORY))
    suppressed = [found for found in run["results"] if "suppressions" in found]
    assert len(suppressed) == len(result.exempted) >= len(rows)
    reasons = {(found["ruleId"], found["suppressions"][0]["justification"]) for found in suppressed}
    assert reasons == {(row["code"], row["reason"]) for row in rows}
    for found, one in zip(suppressed, result.exempted, strict=True):
        assert found["locations"][0]["physicalLocation"]["region"]["startLine"] == one.incident.line > 0
        assert found["message"]["text"].startswith(one.incident.message)


def test_a_fingerprint_outlives_lines_that_are_put_in_above() -> None:
    def prints(incidents: list[Incident]) -> list[str]:
        run = json.loads(report_sarif.as_sarif(Result(1, 1, incidents), Path("/")))["runs"][0]
        return [found["fingerprints"]["bilanIncident/v1"] for found in run["results"]]

    one = Incident(
        "B401", "m", file="a.json", pointer="/figures/0/low", line=7, column=3, excerpt='"low": 41'
    )
    moved = replace(one, line=90, pointer="/figures/4/low")
    assert prints([one]) == prints([moved])
    assert prints([one]) != prints([replace(one, excerpt='"low": 40')])
    assert len(set(prints([one, moved]))) == 2  # twice the same fault: two results


def test_odd_file_names_are_addresses(tmp_path: Path) -> None:
    for name in ("a b#c%.json", os.fsdecode(b"\xff.json"), "é:x.json"):
        incident = Incident("B112", "cannot be read", "mend", file=name)
        text = report_sarif.as_sarif(
            Result(1, 0, [incident], [Exempted(incident, ("", "", ""), "r")]), Path.cwd()
        )
        text.encode()
        uri = valid_sarif(text)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert os.fsdecode(bytes(unquote(uri, "latin-1"), "latin-1")) == name
    outside = Incident("B112", "m", file=str(tmp_path / "x.json"))
    run = valid_sarif(report_sarif.as_sarif(Result(1, 0, [outside]), Path("/somewhere/else")))
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": (tmp_path / "x.json").as_uri()}


def test_sarif_goes_to_a_file_beside_another_report(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (valid / STORY / "fr-1.json").write_text("{")
    assert main(["check", "--corpus", str(valid), "--format", "github", "--sarif", "out/b.sarif"]) == 1
    assert capsys.readouterr().out.startswith("::error ")
    (found,) = valid_sarif(Path("out/b.sarif").read_text(encoding="utf-8"))["results"]
    assert found["ruleId"] == "B101"
    assert main(["check", "--corpus", str(valid), "--format", "sarif"]) == 1
    assert len(valid_sarif(capsys.readouterr().out)["results"]) == 1
