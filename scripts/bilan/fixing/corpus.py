"""Repairs of the files of a corpus: which can be repaired, which are released, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bilan import jsonio, releases
from bilan.checks import contexts, coverage, parse, schema, tree
from bilan.checks.context import REGISTRIES, Context
from bilan.checks.report import printable
from bilan.fixing.documents import FIXABLE, Outcome, repair
from bilan.incidents import BilanError, Incident

_SHOWN = 60


def repairs(corpus: Path, incidents: Iterable[Incident], released: bool = False) -> list[Outcome]:
    """What can be repaired of files with these incidents; nothing is written. Registry and stories come first.

    ``released``: content of released documents is repaired too.
    """
    paths = sorted({i.file for i in incidents if i.code in FIXABLE and i.file}, key=_first_things_first)
    if not paths:
        return []
    context = contexts.with_stories_beside(
        contexts.read_context(corpus), [Path(path) for path in paths], corpus
    )
    known = {} if released else _released(corpus)  # a copy elsewhere says so itself, in added_in
    out = []
    for file in paths:
        kind = kind_of(Path(file))
        raw = parse.read_bytes(file, file)
        if kind is None or isinstance(raw, Incident):
            continue
        frozen = not released and (identity(Path(file)) in known or _says_released(raw))
        outcome = repair(raw, file, kind, context, frozen)
        out.append(outcome)
        _learn(outcome, kind, context)
    return [outcome for outcome in out if outcome.repaired or outcome.left]


def _first_things_first(file: str) -> tuple[int, str]:
    kind = kind_of(Path(file))
    return (0 if kind in REGISTRIES else 1 if kind == "story" else 2), file


def kind_of(path: Path) -> str | None:
    """The kind of document that lies at a path of a corpus; None for what no repair may touch.

    That are releases, exemptions, and second annotations, which stay as they were handed in.
    """
    if "agreement" in path.parts:
        return None
    if path.parent.name == "registry":
        return path.stem if path.suffix == ".json" and path.stem in REGISTRIES else None
    if path.name == "story.json":
        return "story"
    return "article" if tree.is_article_file(path) else None


def identity(path: Path) -> str:
    """The id that a document has by its path: the files whose ids are broken have one too."""
    folder = path.resolve().parent
    story = f"{folder.parent.name}-{folder.name}"
    return story if path.name == "story.json" else f"{story}.{path.stem.replace('-', '.')}"


def _released(corpus: Path) -> dict[str, str]:
    """Id of every released article and story → the version that it came with."""
    out: dict[str, str] = {}
    for version, path in releases.manifests(corpus).items():
        manifest = json.loads(path.read_bytes())
        for ident in (*manifest["stories"], *manifest["articles"]):
            out.setdefault(ident, version)
    return out


def _says_released(raw: bytes) -> bool:
    try:
        document = json.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("added_in") is not None


def _learn(outcome: Outcome, kind: str, context: Context) -> None:
    """Later files are checked against the stories and the registry as they are repaired."""
    if outcome.new == outcome.old or kind == "article":
        return
    document: Any = json.loads(outcome.new)
    if schema.is_valid(document, kind):
        if kind == "story":
            context.stories[document["id"]] = document
        else:
            context.registry[kind].update((entry["id"], entry) for entry in document[kind])
            context.gazetteer.update(coverage.gazetteer(context.registry))


def write(outcomes: Iterable[Outcome]) -> None:
    """Every repaired file, whole or not at all. Raises BilanError (B880) for what somebody saved in between."""
    changed = []
    for outcome in outcomes:
        if outcome.new == outcome.old:
            continue
        if parse.read_bytes(outcome.file, outcome.file) != outcome.old:
            changed.append(
                Incident("B880", "was changed while it was repaired", "run it once more", file=outcome.file)
            )
        else:
            jsonio.write_atomic(Path(outcome.file), outcome.new)
    if changed:
        raise BilanError(changed)


def lines(outcomes: Iterable[Outcome], dry: bool = False) -> list[str]:
    """A line for each repair: file, code, place, before → after; and one for what was left as released."""
    out = []
    verb = "would be repaired" if dry else "repaired"
    for outcome in outcomes:
        for one in outcome.repaired:
            incident = one.incident
            place = f":{incident.line}:{incident.column}" if incident.line else ""
            pointer = f" [{incident.pointer}]" if incident.pointer else ""
            before, after = one.turn
            # "35" → 35, " 2025" → "2025"
            quoted = type(before) is not type(after) or any(
                v != v.strip() for v in one.turn if isinstance(v, str)
            )
            turn = f"{_short(before, quoted)} → {_short(after, quoted)}"
            out.append(f"{outcome.file}{place}: {incident.code} {verb}: {turn}{pointer}")
        if outcome.left:
            codes = ", ".join(sorted({incident.code for incident in outcome.left}))
            out.append(f"{outcome.file}: left as released: {codes} (--released repairs released content too)")
    return out


def _short(value: Any, quoted: bool) -> str:
    plain = isinstance(value, str) and not quoted
    shown = value if plain else json.dumps(value, ensure_ascii=False)
    return printable(shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…")
