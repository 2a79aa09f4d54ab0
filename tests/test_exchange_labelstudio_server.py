"""A round trip through a Label Studio that runs: every layer is equal after import and export.

    python -m venv ls && ls/bin/pip install label-studio==1.23.2
    BILAN_LABEL_STUDIO=ls/bin/label-studio pytest -m labelstudio

Label Studio listens on the loopback only, with SQLite in a temporary folder. With BILAN_LABEL_STUDIO_RECORD=1 its
exports are written to tests/data/labelstudio, where the other tests read them.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bilan import jsonio
from bilan.exchange import labelstudio, taking
from labelstudio_cases import RECORDED, odd_article, recorded_articles

pytestmark = pytest.mark.labelstudio

TOKEN = "0123456789abcdef0123456789abcdef01234567"
MAIN = "from label_studio.server import main; main()"


class Server:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Token {TOKEN}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()[:1000]!r}") from None

    def project(self, files: dict[str, bytes]) -> int:
        """A new project with the configuration and the tasks of an export of ours."""
        config = files["config.xml"].decode()
        made = json.loads(self.ask("POST", "/api/projects/", {"title": "BILAN", "label_config": config}))
        tasks = json.loads(files["tasks.json"])
        told = json.loads(self.ask("POST", f"/api/projects/{made['id']}/import", tasks))
        assert told["task_count"] == told["annotation_count"] == len(tasks)
        number: int = made["id"]
        return number

    def export(self, project: int, name: str = "JSON") -> bytes:
        return self.ask("GET", f"/api/projects/{project}/export?exportType={name}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = os.environ.get("BILAN_LABEL_STUDIO")
    if not program:
        pytest.fail("BILAN_LABEL_STUDIO must name Label Studio's executable, or a Python that has it")
    start = [program, "-c", MAIN] if Path(program).name.startswith("python") else [program]
    folder = tmp_path_factory.mktemp("labelstudio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "DJANGO_DB": "sqlite",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    user = ["--username", "ada@example.org", "--password", "a-password-of-1", "--user-token", TOKEN]
    place = ["--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    with open(folder / "log", "wb") as log:
        command = [*start, "start", *place, *user]
        process = subprocess.Popen(command, env={**os.environ, **quiet}, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(process, port, folder / "log")
            yield Server(port)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("Label Studio did not start: " + log.read_text(errors="replace")[-2000:])


def _record(name: str, data: bytes) -> None:
    if os.environ.get("BILAN_LABEL_STUDIO_RECORD"):
        jsonio.write_atomic(RECORDED / name, data)


def test_the_configuration_is_accepted(server: Server) -> None:
    config = dict(labelstudio.write([]))["config.xml"].decode()
    assert server.ask("POST", "/api/projects/validate/", {"label_config": config}) == b""
    broken = config.replace('toName="text"', 'toName="nothing"')
    with pytest.raises(AssertionError, match="400"):
        server.ask("POST", "/api/projects/validate/", {"label_config": broken})


def test_every_layer_is_equal_after_import_and_export(server: Server, tmp_path: Path) -> None:
    articles = recorded_articles()
    raw = server.export(server.project(dict(labelstudio.write(articles))))
    _record("export.json", raw)
    (tmp_path / "export.json").write_bytes(raw)
    reads = list(labelstudio.read(tmp_path / "export.json"))
    assert [one.id for one in reads] == [one["id"] for one in articles]
    for one, article in zip(reads, articles, strict=True):
        taken = taking.take(one, {article["id"]: article}, None, None)
        assert (taken.incidents, taken.notes) == ([], [])
        assert jsonio.dumps(taken.article) == jsonio.dumps(article)


def test_annotations_of_two_people_and_a_skipped_task_are_told_apart(server: Server, tmp_path: Path) -> None:
    project = server.project(dict(labelstudio.write([odd_article()])))
    bob = {"email": "bob@example.org", "username": "bob", "password": "a-password-of-2"}
    made = json.loads(server.ask("POST", "/api/users/", bob))
    (task,) = json.loads(server.ask("GET", f"/api/tasks/?project={project}&fields=all"))["tasks"]
    rows = task["annotations"][0]["result"]
    for cancelled in (False, True):
        body = {"result": rows, "completed_by": made["id"], "was_cancelled": cancelled}
        server.ask("POST", f"/api/tasks/{task['id']}/annotations/", body)
    raw = server.export(project)
    _record("two-people.json", raw)
    (tmp_path / "export.json").write_bytes(raw)
    reads = list(labelstudio.read(tmp_path / "export.json"))
    assert [one.incidents for one in reads] == [[], []]
    assert str(made["id"]) in {one.annotator for one in reads}
    assert len({one.annotator for one in reads}) == 2


@pytest.mark.parametrize("name", ["JSON_MIN", "CSV", "TSV", "CONLL2003"])
def test_exports_that_drop_relations_are_recorded(server: Server, name: str) -> None:
    raw = server.export(server.project(dict(labelstudio.write([odd_article()]))), name)
    assert b"said_by" not in raw
    _record(f"refused-{name.lower()}.{'json' if name == 'JSON_MIN' else 'txt'}", raw)
