"""Two releases of the small corpus with their builds, and Python processes that see the loopback Hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import hub_server
import small_corpus
from bilan import corpus as corpora
from bilan import jsonio, releases
from bilan.build import build

REPO = "somebody/bilan"
SCRIPTS = Path(__file__).parent.parent / "scripts"


@dataclass(frozen=True)
class Release:
    """A released corpus, with the manifests of all releases so far, and what ``bilan build`` makes of it."""

    version: str
    corpus: Path
    build: Path
    root: str

    def tree(self) -> dict[str, bytes]:
        """The files of the build by path."""
        return {
            path.relative_to(self.build).as_posix(): path.read_bytes()
            for path in sorted(self.build.rglob("*"))
            if path.is_file()
        }


def two_releases(folder: Path) -> tuple[Release, Release]:
    """Version 0.1.0, and 0.2.0 with one story more."""
    out: list[Release] = []
    for version, stories in (("0.1.0", 0), ("0.2.0", 1)):
        corpus = small_corpus.write_many(folder / version / "corpus", stories)
        manifest = releases.manifest(corpora.read(corpus), version, "2025-06-01")
        for one in (
            *(json.loads((old.corpus / "releases" / f"{old.version}.json").read_bytes()) for old in out),
            manifest,
        ):
            jsonio.write_atomic(corpus / "releases" / f"{one['version']}.json", jsonio.dumps(one))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bilan.build.__version__", version)
            built = build(corpus, folder / version / "hf")
        out.append(Release(version, corpus, built.out, built.root))
    return out[0], out[1]


def environment(hub: hub_server.HubServer, home: Path, **more: str) -> dict[str, str]:
    """The environment of a process that sees the loopback Hub only; huggingface_hub reads it when imported."""
    unwanted = (
        "HF_",
        "HUGGING",
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    own = {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_TOKEN": hub_server.TOKEN,
        "PYTHONPATH": str(SCRIPTS),
    }
    return {key: value for key, value in {**kept, **own, **more}.items() if value}


# retries of huggingface_hub wait for seconds
_QUICK = "import time; _sleep = time.sleep; time.sleep = lambda seconds: _sleep(min(seconds, 0.01))\n"


def run_python(
    code: str, hub: hub_server.HubServer, home: Path, *arguments: Any, **more: str
) -> subprocess.CompletedProcess[str]:
    """Runs a program with ``sys.argv[1:]`` = arguments, in the environment of the loopback Hub."""
    return subprocess.run(
        [sys.executable, "-c", _QUICK + code, *map(str, arguments)],
        env=environment(hub, home, **more),
        capture_output=True,
        text=True,
        timeout=120,
    )
