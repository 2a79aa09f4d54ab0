"""Shared fixtures: the repository, its corpus, and a copy of the small valid corpus to break."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FIXTURES = Path(__file__).resolve().parent / "fixtures"

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # no test may reach for the network


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def corpus_folder() -> Path:
    return REPOSITORY / "corpus"


@pytest.fixture
def valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small valid corpus, with the working directory beside it so that messages name short paths."""
    shutil.copytree(FIXTURES / "valid" / "corpus", tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    return Path("corpus")


def articles_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Articles of a corpus folder by path, read with the standard library."""
    return {
        path.relative_to(folder).as_posix(): json.loads(path.read_bytes())
        for path in sorted(folder.glob("[a-z][a-z]/*/[a-z][a-z]-*.json"))
    }


# --- continuous integration fails on a skip that it did not expect -----------------------------------------

EXPECTED_SKIPS = ("root reads everything", "the text of Dioura is not beside this checkout")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not os.environ.get("BILAN_CI"):
        return
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:  # a worker: the controller has all reports
        return
    surprises = [
        report.nodeid
        for report in reporter.stats.get("skipped", [])
        if not any(reason in str(report.longrepr) for reason in EXPECTED_SKIPS)
    ]
    if surprises:
        reporter.write_line(f"skipped, though nobody expected it: {', '.join(surprises)}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
