"""What is built from a checkout holds what git tracks, works wherever it is installed, and holds nothing else.

One copy of this checkout, as it stands, is built once; planted drafts must stay behind. Nothing is downloaded:
build backend and dependencies are those of the environment that runs the tests.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from types import ModuleType

import pytest

import bilan
from conftest import REPOSITORY

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.skipif(
        shutil.which("git") is None, reason="git is not installed: what it tracks cannot be told"
    ),
]

DATA = "bilan/_data/"
DRAFTS = {
    "corpus/registry/withheld.private": "ignored by .git/info/exclude",
    "corpus/registry/__pycache__/cached.json": "ignored by .gitignore",
    "corpus/ml/draft.json": "not added",
    "schema/draft.md": "not added",
    "tests/draft.txt": "not added",
    "draft.md": "not added",
}
"""Files planted in the checkout after everything else was added to git, and why git does not track them."""


def environment(**more: str) -> dict[str, str]:
    """This process's environment without the settings that would steer git, Python or pip elsewhere."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("GIT_", "PIP_", "PYTHON", "HATCH_"))
    }
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PIP_CONFIG_FILE": os.devnull}
    return {**kept, **settings, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", **more}


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(
        command, cwd=cwd, env=environment(**more), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def built(source: Path, out: Path, *kinds: str, **more: str) -> dict[str, Path]:
    """Archives built from a folder, by kind ("wheel", "sdist"), with the build backend at hand."""
    kinds_asked = [f"--{kind}" for kind in kinds]
    run(sys.executable, "-m", "build", "--no-isolation", *kinds_asked, "--outdir", out, cwd=source, **more)
    suffixes = {"wheel": "*.whl", "sdist": "*.tar.gz"}
    return {kind: next(out.glob(suffixes[kind])) for kind in kinds}


def copy_of_the_checkout(to: Path) -> list[str]:
    """Copies the files that git tracks or would add, as they stand; an sdist is copied whole. Returns their paths."""
    if (REPOSITORY / ".git").exists():
        git = [
            "git",
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]
        listed = run(*git, cwd=REPOSITORY).split("\0")
    else:
        passed_over = {".venv", "venv", "dist", "build", "__pycache__", "PKG-INFO"}
        found = (path.relative_to(REPOSITORY) for path in REPOSITORY.rglob("*"))
        listed = [path.as_posix() for path in found if not passed_over & set(path.parts)]
    paths = sorted({path for path in listed if path and (REPOSITORY / path).is_file()})
    for path in paths:
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / path, to / path)
    return paths


@dataclass(frozen=True)
class Checkout:
    root: Path
    tracked: list[str]
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A git checkout of the working tree with drafts planted in it, its wheel and its sdist."""
    root = tmp_path_factory.mktemp("checkout") / "bilan"
    root.mkdir()
    copy_of_the_checkout(root)
    run("git", "init", "--quiet", cwd=root)
    run("git", "add", "--all", cwd=root)
    tracked = [path for path in run("git", "ls-files", "-z", cwd=root).split("\0") if path]
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "exclude").write_text("*.private\n")
    for path, why in DRAFTS.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(why)
    archives = built(root, tmp_path_factory.mktemp("archives"), "wheel", "sdist")
    return Checkout(root, tracked, archives["wheel"], archives["sdist"])


@pytest.fixture(scope="module")
def unpacked(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(checkout.sdist) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)
    (root,) = folder.iterdir()
    return root


@dataclass(frozen=True)
class Installed:
    """A virtual environment of its own that sees the dependencies of the testing one, but not its ``bilan``."""

    folder: Path

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, program: str, *arguments: str, cwd: Path) -> str:
        return run(self.scripts / program, *arguments, cwd=cwd, HF_HUB_OFFLINE="1")


def installed(folder: Path, *what: str) -> Installed:
    """Installs with pip into a fresh environment, without an index."""
    venv.create(folder, with_pip=importlib.util.find_spec("pip") is None)
    here = Installed(folder)
    site = here.run(
        "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
    ).strip()
    # Folders that a .pth names are searched last, and their own .pth files, such as that of an editable
    # bilan, are not read. pip and the build backend come from there too.
    shared = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    Path(site, "zz_dependencies.pth").write_text("\n".join(shared) + "\n", encoding="utf-8")
    options = [
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--ignore-installed",
        "--disable-pip-version-check",
    ]
    here.run("python", "-m", "pip", "install", "--quiet", *options, *what, cwd=folder)
    return here


@pytest.fixture(scope="module")
def from_wheel(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return installed(tmp_path_factory.mktemp("from-wheel") / "venv", str(checkout.wheel))


@pytest.fixture(scope="module")
def editable(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return installed(tmp_path_factory.mktemp("editable") / "venv", "--editable", str(checkout.root))


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata(wheel: Path) -> Message:
    (raw,) = (data for name, data in members(wheel).items() if name.endswith(".dist-info/METADATA"))
    return BytesParser().parsebytes(raw)


def hook() -> ModuleType:
    """The build hook as a module."""
    spec = importlib.util.spec_from_file_location("hatch_build", REPOSITORY / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- what the archives hold -------------------------------------------------------------------------------


def test_the_wheel_holds_the_package_the_tracked_corpus_schemas_and_card_and_nothing_else(
    checkout: Checkout,
) -> None:
    data = ("corpus/", "schema/", "plots/", "DATACARD.md", "LICENSE-DATA")
    expected = {DATA + path for path in checkout.tracked if path.startswith(data)}
    expected |= {
        path.removeprefix("scripts/") for path in checkout.tracked if path.startswith("scripts/bilan/")
    }
    held = members(checkout.wheel)
    assert {name for name in held if ".dist-info/" not in name} == expected
    assert {f"{DATA}corpus/registry/actors.json", f"{DATA}schema/labels.json", "bilan/py.typed"} <= set(held)
    for name, data in held.items():
        if name.startswith(DATA):
            assert data == (checkout.root / name.removeprefix(DATA)).read_bytes(), name


def test_the_sdist_is_the_tracked_tree(checkout: Checkout, unpacked: Path) -> None:
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert held - set(checkout.tracked) == {"PKG-INFO"}
    assert {
        path for path in checkout.tracked if path not in held and not path.startswith((".ci/", ".github/"))
    } == set()
    for path in held - {"PKG-INFO"}:
        assert (unpacked / path).read_bytes() == (checkout.root / path).read_bytes(), path


def test_no_draft_travels_whether_ignored_or_not_yet_added(checkout: Checkout, unpacked: Path) -> None:
    names = {Path(path).name for path in DRAFTS}
    assert all((checkout.root / path).is_file() for path in DRAFTS)
    assert names.isdisjoint(Path(name).name for name in members(checkout.wheel))
    assert names.isdisjoint(path.name for path in unpacked.rglob("*"))


def test_the_wheel_of_the_sdist_is_the_wheel_of_the_checkout_and_needs_no_git(
    checkout: Checkout, unpacked: Path, tmp_path: Path
) -> None:
    (tmp_path / "no-programs").mkdir()
    wheel = built(unpacked, tmp_path / "out", "wheel", PATH=str(tmp_path / "no-programs"))["wheel"]
    assert wheel.name == checkout.wheel.name
    assert members(wheel) == members(checkout.wheel)


def test_an_editable_install_takes_no_data_along(editable: Installed) -> None:
    assert not list(editable.folder.rglob("_data"))
    assert not list(editable.folder.rglob("labels.json"))


def test_the_metadata_carry_licences_version_and_command(checkout: Checkout) -> None:
    held, told = members(checkout.wheel), metadata(checkout.wheel)
    folder = f"bilan-{bilan.__version__}.dist-info"
    assert told["Version"] == bilan.__version__
    assert told["License-Expression"] == "Apache-2.0 AND CC-BY-4.0"
    assert told.get_all("License-File") == ["LICENSE", "LICENSE-DATA"]
    for name in ("LICENSE", "LICENSE-DATA"):
        assert held[f"{folder}/licenses/{name}"] == (REPOSITORY / name).read_bytes()
    assert b"bilan = bilan.__main__:main" in held[f"{folder}/entry_points.txt"]


def test_the_test_extra_stays_light(checkout: Checkout) -> None:
    required = [
        re.split(r"[^\w-]", line)[0] for line in metadata(checkout.wheel).get_all("Requires-Dist") or []
    ]
    assert {"torch", "tensorflow", "jax", "transformers"}.isdisjoint(required)


# --- what the build refuses -------------------------------------------------------------------------------


def test_a_checkout_is_not_built_without_git(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without git nothing tells a draft from the corpus: better no wheel than one with a withheld text in it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="install git"):
        hook().sources(checkout.root)


def test_a_checkout_that_tracks_no_corpus_is_not_built(tmp_path: Path) -> None:
    run("git", "init", "--quiet", cwd=tmp_path)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "draft.json").write_text("{}")
    with pytest.raises(RuntimeError, match=r"corpus has no file that git tracks"):
        hook().sources(tmp_path)


def test_a_build_inside_a_git_hook_reads_its_own_checkout(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hook().sources(checkout.root)
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert hook().sources(checkout.root) == before


# --- what is installed ------------------------------------------------------------------------------------


def articles_of(checkout: Checkout) -> int:
    """The number of articles that git tracks."""
    return sum(
        bool(re.fullmatch(r"corpus/[a-z]{2}/[^/]+/[a-z]{2}-\d+\.json", path)) for path in checkout.tracked
    )


WHERE = "import bilan.paths as p; h = p.package_home(); print(h.kind, h.root, p.__file__, sep='\\n')"


def test_an_editable_install_reads_the_checkout(
    checkout: Checkout, editable: Installed, tmp_path: Path
) -> None:
    kind, root, module = editable.run("python", "-c", WHERE, cwd=tmp_path).splitlines()
    assert kind == "checkout"
    assert Path(root).samefile(checkout.root)
    assert Path(module).samefile(checkout.root / "scripts" / "bilan" / "paths.py")


def test_installed_from_the_wheel_the_package_reads_its_own_copy(
    from_wheel: Installed, tmp_path: Path
) -> None:
    kind, root, module = from_wheel.run("python", "-c", WHERE, cwd=tmp_path).splitlines()
    assert kind == "packaged"
    assert from_wheel.folder.resolve() in Path(root).resolve().parents
    assert from_wheel.folder.resolve() in Path(module).resolve().parents


def test_installed_from_the_wheel_the_command_tells_its_version(
    from_wheel: Installed, tmp_path: Path
) -> None:
    assert from_wheel.run("bilan", "--version", cwd=tmp_path) == f"bilan {bilan.__version__}\n"
    assert (
        from_wheel.run("python", "-m", "bilan", "--version", cwd=tmp_path) == f"bilan {bilan.__version__}\n"
    )


def test_away_from_any_checkout_the_packaged_corpus_is_checked_and_the_report_says_so(
    checkout: Checkout, from_wheel: Installed, tmp_path: Path
) -> None:
    said = from_wheel.run("bilan", "check", cwd=tmp_path)
    assert f"{articles_of(checkout)} articles of the packaged corpus (" in said
    assert str(from_wheel.folder) in said


def test_in_a_checkout_the_wheel_s_command_checks_that_checkout_and_says_so(
    checkout: Checkout, from_wheel: Installed
) -> None:
    """The planted drafts lie in this checkout, not in the wheel."""
    done = subprocess.run(
        [from_wheel.scripts / "bilan", "check"],
        cwd=checkout.root,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "articles of the checkout corpus (corpus) checked" in done.stdout
    assert "corpus/ml/draft.json" in done.stdout


def test_away_from_any_checkout_the_packaged_corpus_is_built_and_read(
    checkout: Checkout, from_wheel: Installed, tmp_path: Path
) -> None:
    said = from_wheel.run("bilan", "build", "--workers", "1", cwd=tmp_path)
    assert f"Built version {bilan.__version__} from the packaged corpus (" in said
    assert (tmp_path / "dist" / "hf" / "README.md").is_file()
    count = "import bilan; print(len(list(bilan.articles())))"
    assert int(from_wheel.run("python", "-c", count, cwd=tmp_path)) == articles_of(checkout)
