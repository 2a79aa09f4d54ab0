"""The command line: it starts fast, explains itself, walks with a contributor, and survives whatever it is given."""

from __future__ import annotations

import json
import keyword
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bilan
from bilan import textform
from bilan.__main__ import COMMANDS, main
from conftest import FIXTURES, REPOSITORY

STORY = Path("corpus/xx/2024-03-01-tessara")
HEAVY = (
    "datasets",
    "pandas",
    "pyarrow",
    "numpy",
    "jsonschema",
    "jsonschema_rs",
    "orjson",
    "yaml",
    "text_to_num",
)


def python(code: str) -> str:
    """What a fresh interpreter prints that runs the code."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def bilan_command(*arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, its output read as UTF-8."""
    return subprocess.run(
        [sys.executable, "-m", "bilan", *arguments],
        cwd=cwd,
        env={**os.environ, **more},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def here(valid: Path) -> Path:
    """A small checkout to stand in: the valid corpus, and a schema folder that marks it as one."""
    root = valid.resolve().parent
    shutil.copytree(REPOSITORY / "schema", root / "schema")
    shutil.copyfile(FIXTURES / "valid" / "fr-1.md", root / "fr-1.md")
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Every regular file below a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


# --- what it loads ----------------------------------------------------------------------------------------


def test_importing_bilan_loads_no_other_library() -> None:
    loaded = python("import sys, bilan; print(*sorted(sys.modules))").split()
    assert set(HEAVY).isdisjoint(loaded)
    assert [name for name in loaded if name.startswith("bilan")] == ["bilan"]


def test_help_imports_no_command_and_no_library() -> None:
    code = "import sys; from bilan.__main__ import main; main(['--help']); print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    loaded = done.stderr.split()
    assert set(HEAVY).isdisjoint(loaded)
    assert [name for name in loaded if name.startswith("bilan")] == ["bilan", "bilan.__main__"]
    assert "argparse" not in loaded


def test_a_command_imports_no_other_command() -> None:
    code = "import sys; from bilan.__main__ import main; main(['rule', 'B401']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert [name for name in done.stderr.split() if name.startswith("bilan.commands.")] == [
        "bilan.commands.rule"
    ]
    assert set(HEAVY).isdisjoint(done.stderr.split())


# --- what it says of itself -------------------------------------------------------------------------------


def test_help_lists_every_command_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    stems = {path.stem for path in (Path(bilan.__file__).parent / "commands").glob("*.py")} - {"__init__"}
    modules = {stem.rstrip("_") for stem in stems}  # import_ is a command too
    assert set(COMMANDS) == modules
    assert main(["--help"]) == 0
    listed = re.findall(r"^  ([a-z]+)  ", capsys.readouterr().out, flags=re.MULTILINE)
    assert listed == list(COMMANDS)


def test_the_readme_names_every_command() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = "\n".join(line for line in readme.splitlines() if line.startswith("| `bilan "))
    assert set(COMMANDS) <= set(re.findall(r"[a-z]+", table))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: bilan {command} ")
    name = command + "_" * keyword.iskeyword(command)  # bilan import: import_.py
    module = __import__(f"bilan.commands.{name}", fromlist=["run"])
    assert (module.__doc__ or "?").split("\n", 1)[0] in said


@pytest.mark.parametrize("arguments", [["--version"], ["-V"]])
def test_the_version_is_that_of_the_package(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"bilan {bilan.__version__}\n"


def test_an_unknown_command_exits_2_with_the_list_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["chekc"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "'chekc'" in said.err
    assert all(f"  {command} " in said.err for command in COMMANDS)


def test_no_command_at_all_exits_2_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: bilan COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["new"], ["mark"], ["check", "--format", "xml"], ["cite", "--nonsense"]]
)
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert f"usage: bilan {arguments[0]}" in capsys.readouterr().err


# --- where its output goes --------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name == "nt", reason="a matter of POSIX shells")


def shell(line: str, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    """A line of shell in which `bilan` is the command under test."""
    function = f'bilan() {{ {shlex.quote(sys.executable)} -m bilan "$@"; }}; '
    return subprocess.run(
        ["sh", "-c", function + line], cwd=cwd, capture_output=True, encoding="utf-8", check=False
    )


@posix
@pytest.mark.parametrize("arguments", ["rule", "--help", "new --help", "stats", "check --format json"])
def test_a_reader_that_stops_early_gets_no_traceback(arguments: str) -> None:
    # `:` never reads: the pipe is closed before, or while, the first byte is written
    for reader in ("head -n 1 > /dev/null", "{ exec <&-; sleep 0.3; }"):
        assert shell(f"bilan {arguments} | {reader}").stderr == ""


@posix
def test_a_closed_output_is_no_error_of_the_input(here: Path) -> None:
    for line in ("bilan check >&-", "bilan rule >&-", "bilan check 2>&-", "bilan check >&- 2>&-"):
        done = shell(line, here)
        assert (done.returncode, done.stderr) == (0, ""), line


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_said_in_a_line() -> None:
    done = shell("bilan rule > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "bilan: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16"])
def test_a_text_form_is_utf_8_whatever_the_locale(encoding: str, here: Path) -> None:
    done = bilan_command("mark", f"{STORY}/fr-1.json", cwd=here, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == textform.mark(json.loads((here / STORY / "fr-1.json").read_bytes()))


@posix
def test_a_file_name_that_is_no_text_can_be_reported(here: Path) -> None:
    name = os.fsdecode(b"\xff.json")
    try:
        (here / name).write_bytes(b"{")
    except OSError:
        pytest.skip("this file system takes text only")
    for command in ("check", "format", "mark", "unmark"):
        done = bilan_command(command, name, cwd=here)
        assert done.returncode == 1
        assert r"\udcff.json" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


# --- bad input --------------------------------------------------------------------------------------------


def missing(path: Path) -> None:
    pass


def directory(path: Path) -> None:
    path.mkdir()


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 8)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def holding(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")


def link(path: Path) -> None:
    path.with_name("target").write_text("{}")
    path.symlink_to("target")


def pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(path)


NO_FILES = {
    "missing": missing,
    "directory": directory,
    "binary": binary,
    "empty": empty,
    "link": link,
    "pipe": pipe,
    "utf-16": lambda path: path.write_text("{}", encoding="utf-16"),
}
NO_ARTICLES = {
    "null": holding("null\n"),
    "list": holding("[\n  1\n]\n"),
    "string": holding('"x"\n'),
    "number": holding("1\n"),
    "empty object": holding("{}\n"),
    "other object": holding('{\n  "a": 1\n}\n'),
    "layers of another shape": holding('{"id": 3, "text": "x", "entities": [{"mentions": 1}, 2]}\n'),
    "layers that are mappings": holding('{"id": "x", "text": {}, "entities": {}}\n'),
    "half": holding('{"id": '),
    "deep": holding("[" * 100_000),
    "surrogate": holding('{"id": "\\ud800"}\n'),
    "digits": holding('{"id": ' + "4" * 400 + "}\n"),
    "beyond 64 bits": holding('{"id": 123456789012345678901234567890}\n'),
}
NO_FORMS = {
    "no front matter": holding("words\n"),
    "empty front matter": holding("---\n---\n"),
    "front matter without end": holding("---\nid: x\n"),
    "broken YAML": holding("---\n: [\n---\n"),
    "YAML list": holding("---\n- 1\n---\nwords\n"),
    "YAML with an alias": holding("---\na: &x 1\nb: *x\n---\nwords\n"),
    "YAML with a tag": holding("---\na: !!python/object/apply:os.system [x]\n---\nwords\n"),
    "text of another shape": holding("---\nbilan: '1.0'\ntext: 3\n---\nwords\n"),
    "id of another shape": holding("---\nbilan: '1.0'\nid: [1]\ntext: {access: open}\n---\nwords\n"),
    "layers of another shape": holding("---\nbilan: '1.0'\nentities: 3\ntext: {access: open}\n---\nwords\n"),
    "control character": holding("---\nbilan: '1.0'\n---\n\0\n"),
    "deep": holding("---\na: " + "[" * 100_000 + "\n---\n"),
}
CASES = {
    "mark BAD": NO_FILES | NO_ARTICLES,
    f"mark {STORY}/en-2.json --text BAD": {**NO_FILES, "another text": holding("words\n")},
    "unmark BAD": NO_FILES | NO_FORMS,
    "format BAD": NO_FILES
    | {kind: NO_ARTICLES[kind] for kind in ("half", "deep", "surrogate", "digits", "beyond 64 bits")},
    "check BAD.json": NO_FILES | NO_ARTICLES,
    "check BAD": {"text form": lambda path: shutil.copyfile(FIXTURES / "valid" / "fr-1.md", path) and None},
    "new article xx-2024-03-01-tessara fr BAD": NO_FILES,
    "new story xx 2024-03-09 nowhere --corpus BAD": NO_FILES,
    "unmark fr-1.md --corpus BAD": NO_FILES,
    "verify BAD": NO_FILES,
    "verify --manifests BAD": NO_FILES,
    "check --corpus BAD": {kind: make for kind, make in NO_FILES.items() if kind != "directory"},
    "stats --corpus BAD": NO_FILES,
}
BAD = [(line, kind, make) for line, kinds in CASES.items() for kind, make in kinds.items()]


@pytest.mark.parametrize("line, kind, make", BAD, ids=[f"{line}: {kind}" for line, kind, _ in BAD])
def test_bad_input_gives_an_incident_and_leaves_everything_as_it_was(
    line: str, kind: str, make: Callable[[Path], object], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = here / ("bad.json" if "BAD.json" in line else "bad")
    make(bad)
    before = contents(here)
    status = main([argument.replace("BAD", "bad") for argument in shlex.split(line)])
    said = "".join(capsys.readouterr())
    assert status == 1
    assert re.search(r": B[1-8][0-9]{2} .", said), said
    assert "mend:" in said
    assert contents(here) == before


@pytest.mark.parametrize("line", ["mark {article} --out OUT", "unmark fr-1.md --out OUT"])
@pytest.mark.parametrize("out", ["corpus", "fr-1.md/below", "x" * 300])
def test_a_place_that_cannot_be_written_is_an_incident(
    line: str, out: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(here)
    assert main(shlex.split(line.format(article=STORY / "fr-1.json").replace("OUT", out))) == 1
    assert "B803" in capsys.readouterr().err
    assert contents(here) == before


@pytest.mark.parametrize(
    "line",
    [
        "new story xx 2024-03-01~ tessara",
        "new story xx 2024-03-01/2024-03-01 tessara",
        "new story xx 2024-02-30 tessara",
        "new story xx 2024-03 tessara",
        "new story xxx 2024-03-01 tessara",
        "new story xx 2024-03-01 ../tessara",
        "new story xx 2024-03-01 'El Fasher'",
        "new article xx-2024-03-01-tessara de fr-1.md",
        "cite --version latest",
        "verify --version 9.9.9",
        "new story xx 2024-03-01 tessara",
        "new article xx-2024-03-01-tessara/ fr fr-1.md",
        "new article xx-2024-03-01-nowhere fr fr-1.md",
        "new article xx fr fr-1.md",
        "new article xx-2024-03-01-tessara fr fr-1.md --out fr-1.md",
    ],
)
def test_what_cannot_be_begun_or_found_is_refused_in_words(
    line: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(here)
    assert main(shlex.split(line)) in (1, 2)
    assert capsys.readouterr().err
    assert contents(here) == before


def test_a_wrong_value_in_the_front_matter_is_reported_where_it_stands(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = (here / "fr-1.md").read_text(encoding="utf-8")
    for old, new, value in (
        ("style: radio_brief", "style: brief", "brief"),
        ("measure: killed", "measure: kiled", "kiled"),
        ("role: target", "role: victim", "victim"),
        ("origin: human_written", "origin: human", "human"),
        ("references: [r1, r2]", "references: [r1, 2]", "2"),
    ):
        changed = form.replace(old, new, 1)
        (here / "fr-1.md").write_text(changed, encoding="utf-8")
        assert main(["unmark", "fr-1.md"]) == 1
        place = re.search(r"^fr-1\.md:(\d+):(\d+): B2", capsys.readouterr().err, flags=re.MULTILINE)
        assert place is not None, new
        line, column = int(place[1]), int(place[2])
        assert changed.split("\n")[line - 1][column - 1 :].startswith(value), new


def test_the_corpus_of_an_installed_package_is_not_written_to(
    here: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from bilan import paths

    package = tmp_path_factory.mktemp("package")
    shutil.copytree(here / "corpus", package / "corpus")
    monkeypatch.setattr(paths, "package_home", lambda: paths.Home(package, "packaged"))
    shutil.copytree(here / "schema", package / "schema")
    away = tmp_path_factory.mktemp("away")
    shutil.copyfile(here / "fr-1.md", away / "fr-1.md")
    monkeypatch.chdir(away)
    before = contents(package)
    for line in (
        "unmark fr-1.md",
        "new story xx 2024-03-09 nowhere",
        "new article xx-2024-03-01-tessara fr fr-1.md",
    ):
        assert main(shlex.split(line)) == 1
        assert "stand in a checkout" in capsys.readouterr().err
    assert contents(package) == before


@pytest.mark.parametrize("text", ["null\n", "[\n  1\n]\n", '"x"\n', "1\n"])
def test_an_article_that_is_no_object_hides_no_other(
    text: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / STORY / "fr-1.json").write_text(text)
    (here / STORY / "en-1.json").write_text("{")
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert f"{STORY}/fr-1.json:1:1: B203" in said
    assert f"{STORY}/en-1.json:1:2: B101" in said


def test_a_story_named_by_a_way_round_is_checked_all_the_same(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(f"{STORY}/story.json", ('"split": "test"', '"split": "tset"'))
    monkeypatch.chdir("schema")
    for path in (Path("..") / STORY / "story.json", here / STORY / "story.json"):
        assert main(["check", str(path)]) == 1
        assert "B204" in capsys.readouterr().out


# --- a copy that is not what it says ----------------------------------------------------------------------


@pytest.fixture
def released(here: Path) -> Path:
    """The small checkout with a release, and a copy of its corpus in the folder ``copy``."""
    from bilan import corpus, jsonio, releases

    manifest = releases.manifest(corpus.read(here / "corpus"), "0.1.0", "2024-03-09")
    jsonio.write_atomic(here / "corpus" / "releases" / "0.1.0.json", jsonio.dumps(manifest))
    shutil.copytree(here / "corpus", here / "copy")
    return here / "copy" / STORY.relative_to("corpus")


@pytest.mark.parametrize("kind", NO_ARTICLES)
def test_a_copy_with_a_broken_article_is_not_the_release(
    kind: str, released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "copy"]) == 0
    NO_ARTICLES[kind](released / "fr-1.json")
    capsys.readouterr()
    assert main(["verify", "copy"]) == 1
    assert re.search(r": B(?:1|307|7)[0-9]* .", "".join(capsys.readouterr()))


def test_a_changed_article_cannot_hide_behind_a_good_copy_of_itself(
    released: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copyfile(released / "fr-1.json", released / "fr-9.json")
    article = json.loads((released / "fr-1.json").read_bytes())
    article["figures"][0]["low"] = 0
    (released / "fr-1.json").write_text(json.dumps(article), encoding="utf-8")
    assert main(["verify", "copy"]) == 1
    assert re.search(r": B(?:307|703) .", "".join(capsys.readouterr()))


def test_a_broken_manifest_is_an_incident(released: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = Path("corpus/releases/0.1.0.json")
    for text in ("", "{", "[]\n", "{}\n", manifest.read_text().replace('"root": "', '"root": "0', 1)):
        manifest.write_text(text)
        for command in ("cite", "verify"):
            assert main([command]) == 1
            assert re.search(r": B[127][0-9]{2} .", capsys.readouterr().err), (command, text)


# --- the walk of a contributor (that of CONTRIBUTING.md is in test_contributing.py) --------------------------


def edit(path: str, *changes: tuple[str, str]) -> None:
    text = Path(path).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    Path(path).write_text(text, encoding="utf-8")


def walk(lines: list[str], edits: dict[str, Callable[[], None]]) -> None:
    """Runs commands; what a person does in an editor follows the one named in ``edits``."""
    for line in lines:
        assert main(shlex.split(line)[1:]) == 0, line
        for begin, change in edits.items():
            if line.startswith(begin):
                change()


def test_an_annotation_is_mended_in_its_text_form(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = STORY / "en-1.json"
    before = json.loads(path.read_bytes())
    walk(
        [
            f"bilan mark {path.as_posix()} --out en-1.md",
            "bilan unmark en-1.md",
            f"bilan check {path.as_posix()}",
        ],
        {"bilan mark": lambda: edit("en-1.md", ("style: " + before["style"], "style: analysis"))},
    )
    assert "All good: 1 articles" in capsys.readouterr().out
    assert json.loads(path.read_bytes()) == {**before, "style": "analysis"}


REFERENCE: dict[str, Any] = {
    "id": "r1",
    "publisher": "Radio Tessara",
    "url": "https://example.org/boulkessi",
    "lang": "fr",
    "date": "2025-06-03",
    "authors": [],
    "derived_from": None,
    "note": None,
}
TEXT = "L'armée a annoncé mardi la mort d'une trentaine de soldats [provisoire].\n"
MARKED = (
    r"L'[armée]{.s1} a [annoncé]{.a1} mardi la [mort]{.ev1} d'[une trentaine de soldats]{.f1} \[provisoire\]."
)


def fill_in_the_story() -> None:
    path = Path("corpus/ml/2025-06-01-boulkessi/story.json")
    story = json.loads(path.read_bytes())
    story["title"] = {"en": "Attack on Boulkessi", "fr": "Attaque de Boulkessi"}
    story["region"] = "sahel"
    story["events"][0]["type"] = "armed_clash"
    story["references"] = [REFERENCE]
    path.write_text(json.dumps(story, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def annotate() -> None:
    edit(
        "fr-1.md",
        ("published: null", "published: '2025-06-03'"),
        ("references: []", "references: [r1]"),
        ("events:\n", "events:\n  ev1: {type: armed_clash, date: '2025-06-01', story_event: main}\n"),
        (
            "figures:\n",
            "figures:\n  f1: {of: soldiers, measure: killed, scope: event, event: ev1, references: [r1]}\n",
        ),
        ("sources:\n", "sources:\n  s1: {kind: military, form: group}\n"),
        (
            "attributions:\n",
            "attributions:\n  a1: {sources: [s1], content: [f1], stance: states, reference: r1}\n",
        ),
        (re.sub(r"([\[\]])", r"\\\1", TEXT).strip(), MARKED),
    )


def test_a_story_and_an_article_are_added(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("my-text.txt").write_text(TEXT, encoding="utf-8")
    Path("fr-1.md").unlink()
    walk(
        [
            "bilan new story ml 2025-06-01 boulkessi",
            "bilan new article ml-2025-06-01-boulkessi fr my-text.txt",
            "bilan unmark fr-1.md",
            "bilan check",
        ],
        {"bilan new story": fill_in_the_story, "bilan new article": annotate},
    )
    assert "All good: 4 articles" in capsys.readouterr().out
    article = json.loads((here / "corpus/ml/2025-06-01-boulkessi/fr-1.json").read_bytes())
    assert article["text"]["content"] == TEXT.rstrip("\n")
    (figure,) = article["figures"]
    assert (figure["surface"], figure["low"], figure["high"]) == ("une trentaine de soldats", 25, 35)


def test_a_further_article_gets_the_next_number_of_its_language(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("my-text.txt").write_text("Words.\n")
    assert main(["new", "article", "xx-2024-03-01-tessara", "en", "my-text.txt"]) == 0
    assert "wrote en-3.md" in capsys.readouterr().out
    assert "id: xx-2024-03-01-tessara.en.3\n" in Path("en-3.md").read_text()


def test_format_mends_the_layout_and_nothing_else(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = STORY / "fr-1.json"
    good = path.read_bytes()
    loose = json.dumps(dict(reversed(json.loads(good).items())), indent=4).replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + loose.encode())
    assert main(["check", str(path)]) == 1
    assert main(["format", str(path)]) == 0
    assert path.read_bytes() == good
    assert main(["format", str(path)]) == 0
    assert capsys.readouterr().out.count("formatted") == 1
