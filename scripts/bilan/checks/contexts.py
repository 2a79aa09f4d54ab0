"""Reads what articles are checked against: registry, exemptions and stories of a corpus."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bilan.checks import parse, schema, tree
from bilan.checks.context import REGISTRIES, Context
from bilan.checks.locate import locate
from bilan.checks.tree import shown
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_STORY_ID = re.compile(r"[a-z]{2}-[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")


REGISTRY_BYTES = 256 << 20
"""A registry file may be larger than any document: one file holds all places of a corpus of millions of articles."""


class Stories(dict[str, Json]):
    """Stories by id. One that is not there yet is read from its file when it is asked for.

    With these a worker checks a few stories of a corpus without reading all of them. ``None`` for a story whose file
    is missing or faulty: what is wrong with it is told where the file itself is checked.
    """

    def __init__(self, corpus: Path) -> None:
        self.corpus, self.missing = corpus, set[str]()

    def get(self, ident: str, default: Any = None) -> Any:
        if ident not in self and ident not in self.missing:
            story = self._read(ident)
            if story is None:
                self.missing.add(ident)
            else:
                self[ident] = story
        return super().get(ident, default)

    def _read(self, ident: str) -> Json | None:
        if not _STORY_ID.fullmatch(ident):
            return None
        story: Json | None = read(self.corpus / ident[:2] / ident[3:] / tree.STORY, "story", Context())
        return story


def read_context(corpus: Path, only: Iterable[Path] | None = None) -> Context:
    """Stories, registry and exemptions of a corpus. What is wrong with their files is in ``incidents``.

    ``only``: the story files to read, where not all are needed. Raises BilanError where there is no such folder.
    """
    context = read_registry(corpus)
    if only is None:
        check_releases(corpus, context)
        only = (path for path in tree.walk(corpus).paths(corpus) if path.name == tree.STORY)
    for path in sorted(only):
        read_story(path, context)
    return context


def read_registry(corpus: Path, texts: bool = True) -> Context:
    """Registry and exemptions of a corpus, no stories. Raises BilanError where there is no such folder.

    ``texts``: with the gazetteer that the checks of level 5 look names up in.
    """
    if not corpus.is_dir():
        message = "there is no such corpus folder"
        raise BilanError(Incident("B112", message, "give --corpus DIR", file=str(corpus)))
    from bilan.checks import story

    context = Context()
    for kind in REGISTRIES:
        path = corpus / "registry" / f"{kind}.json"
        document = read(path, kind, context)
        if document is not None:
            found = story.check_registry(kind, document, shown(path))
            context.incidents.extend(locate(_again(path), found))
            context.registry[kind].update((entry["id"], entry) for entry in document[kind])
    if texts:
        from bilan.checks import coverage

        context.gazetteer.update(coverage.gazetteer(context.registry))
    _read_exemptions(corpus / "exemptions.json", context)
    return context


def check_releases(corpus: Path, context: Context) -> None:
    """Notes what is wrong with the manifests of the releases."""
    for path in sorted((corpus / "releases").glob("*.json")):
        read(path, "release", context)


def read(path: Path, kind: str, context: Context) -> Any:
    """A document of a corpus that fits its schema, or None with the incidents noted."""
    file = shown(path)
    raw = parse.read_bytes(path, file, REGISTRY_BYTES if kind in REGISTRIES else parse.MAX_BYTES)
    if isinstance(raw, Incident):
        context.incidents.append(raw)
        return None
    return document_in(raw, file, kind, context)


def document_in(raw: bytes, file: str, kind: str, context: Context) -> Any:
    """The document in the bytes of a file if it fits its schema, or None with the incidents noted."""
    document, incidents = parse.parse(raw, file)
    if document is not None:
        found = schema.check(document, kind, file)
        context.incidents.extend(locate(raw, [*incidents, *found]))
        return None if found else document
    context.incidents.extend(locate(raw, incidents))
    return None


def read_story(path: Path, context: Context) -> None:
    """Reads and checks a story file into the context."""
    file = shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        context.incidents.append(raw)
    else:
        story_in(raw, file, context)


def story_in(raw: bytes, file: str, context: Context) -> Json | None:
    """The story in the bytes of a file, checked and put into the context; None if it does not fit its schema."""
    from bilan.checks import story

    document: Json | None = document_in(raw, file, "story", context)
    if document is not None:
        context.stories[document["id"]] = document
        found = story.check_story(document, file, context.registry["places"])
        if found:
            context.incidents.extend(locate(raw, found))
    return document


def with_stories_beside(context: Context, articles: Iterable[Path], corpus: Path) -> Context:
    """Articles outside the corpus bring the story.json beside them."""
    for folder in sorted({path.parent for path in articles}):
        beside = folder / tree.STORY
        if beside.is_file() and corpus.resolve() not in beside.resolve().parents:
            extra = Context(registry=context.registry)
            read_story(beside, extra)
            context.stories.update((k, v) for k, v in extra.stories.items() if k not in context.stories)
    return context


def _again(path: Path) -> bytes:
    """The bytes of a registry file that could be read a moment ago."""
    raw = parse.read_bytes(path, shown(path), REGISTRY_BYTES)
    return raw if isinstance(raw, bytes) else b""


_EXEMPTIBLE = ("B4", "B5", "B606", "B607")
"""How the codes begin of what is said about meaning and words, where an annotator may know better."""


def _read_exemptions(path: Path, context: Context) -> None:
    if not path.is_file():
        return
    file = shown(path)
    raw = parse.read_bytes(path, file)
    document, incidents = parse.parse(raw, file) if isinstance(raw, bytes) else (None, [raw])
    context.incidents.extend(incidents)
    rows = document.get("exemptions") if isinstance(document, dict) else None
    wanted = {"code", "article", "record", "reason"}
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and set(row) == wanted and all(isinstance(v, str) and v for v in row.values())
        for row in rows
    ):
        if document is not None:
            message = "exemptions need code, article, record and reason, all strings"
            context.incidents.append(Incident("B206", message, 'write {"exemptions": [{…}]}', file=file))
        return
    for i, row in enumerate(rows):
        if row["code"].startswith(_EXEMPTIBLE):
            context.exemptions[(row["code"], row["article"], row["record"])] = row["reason"]
        else:
            message = f"{row['code']} knows no exemption: later checks and the tables rely on it"
            mend = "mend the article; what is said about meaning and words can be exempted: B4.., B5.., B606, B607"
            place = f"/exemptions/{i}/code"
            context.incidents.append(Incident("B206", message, mend, file=file, pointer=place))
