"""The two files of a run: predictions, and beside them the raw answers with all that made them.

Both grow by whole lines, each written at once and flushed, so that a run may be broken off at any point and taken up
again. The raw answer is written first: what is there is never asked again.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from bilan.incidents import BilanError, Incident

_PLACES = ("base_url",)
"""Settings that say where a model runs, not what it is asked: a run may be taken up at another address."""


class Files:
    """Predictions and raw answers of one run. A context manager; ``put`` may be called from many threads.

    ``done``: units that have a line of predictions. ``answers``: unit → raw line. Raises BilanError: B812 for a line
    that cannot be read, B823 if what is there was made with other settings.
    """

    def __init__(self, out: Path, raw: Path, unit: str, settings: dict[str, Any]) -> None:
        if out.resolve() == raw.resolve():
            raise BilanError(Incident("B803", "--out and --raw are one file", "name two", file=str(out)))
        self._settings = settings
        self._lock = threading.Lock()
        lines, out_end = _read(out, unit)
        self.answers, raw_end = _read(raw, unit)
        for ident, line in self.answers.items():
            if not isinstance(line.get("output"), str):
                message = f"{ident} has no output; this is no file of raw answers"
                raise BilanError(Incident("B812", message, "name another --raw", file=str(raw)))
            _same(settings, line.get("settings"), ident, raw)
        self.done = set(lines)
        self._unit = unit
        self._out = _open(out, out_end)
        try:
            self._raw = _open(raw, raw_end)
        except OSError:
            self._out.close()
            raise

    def __enter__(self) -> Files:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()
        self._raw.close()

    def put(self, ident: str, answer: dict[str, Any], line: dict[str, Any]) -> None:
        """Writes an answer and the prediction made from it."""
        with self._lock:
            if ident not in self.answers:
                self.answers[ident] = {self._unit: ident, **answer, "settings": self._settings}
                _write(self._raw, self.answers[ident])
            _write(self._out, line)
            self.done.add(ident)


def _read(path: Path, unit: str) -> tuple[dict[str, dict[str, Any]], int]:
    """Unit → line, and the end of the last whole line in bytes: what is after it was broken off."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return {}, 0
    found: dict[str, dict[str, Any]] = {}
    end = 0
    for number, line in enumerate(raw.splitlines(keepends=True), 1):
        try:
            read = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            read = None
        if isinstance(read, dict) and isinstance(read.get(unit), str):
            found[read[unit]] = read
        elif not line.endswith(b"\n"):
            break  # a run was broken off in the middle of it
        elif line.strip():
            message = f"the line is no object with {unit}; nothing was asked, nothing changed"
            raise BilanError(
                Incident("B812", message, "mend it or name another file", str(path), line=number)
            )
        end += len(line)
    return found, end


def _same(now: dict[str, Any], then: Any, ident: str, raw: Path) -> None:
    before = then if isinstance(then, dict) else {}
    other = [
        key
        for key in sorted({*now, *before})
        if key not in _PLACES and json.dumps(now.get(key)) != json.dumps(before.get(key))
    ]
    if other:
        shown = ", ".join(f"{key} was {before.get(key)!r}, is {now.get(key)!r}" for key in other)
        message = f"{ident} was answered with other settings: {shown}"
        raise BilanError(Incident("B823", message, "give another --out, or the settings of before", str(raw)))


def _open(path: Path, end: int) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = open(path, "a+b")  # noqa: SIM115
    file.truncate(end)
    if end and file.seek(end - 1) >= 0 and file.read(1) != b"\n":
        file.write(b"\n")
    return file


def _write(file: BinaryIO, line: dict[str, Any]) -> None:
    try:
        made = json.dumps(line, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, as a model that is cut off may write
        made = json.dumps(line).encode()
    file.write(made + b"\n")
    file.flush()
