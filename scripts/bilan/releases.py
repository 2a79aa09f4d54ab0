"""Releases: what a version holds, proved by hashes. Nothing here depends on git."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bilan import corpus as corpora
from bilan import jsonio
from bilan.incidents import BilanError, Incident
from bilan.model import Json

SCHEMA_VERSION = "1.0"
_VERSION = re.compile(r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)")
_LAYERS = ("entities", "times", "events", "figures", "sources", "attributions", "relations")


def manifest(data: corpora.Corpus, version: str, date: str) -> Json:
    """The release manifest of a corpus: counts, canonical-JSON SHA-256 of every document, and the root hash."""
    articles = {ident: jsonio.canonical_sha256(document) for ident, document in data.articles.items()}
    stories = {ident: jsonio.canonical_sha256(document) for ident, document in data.stories.items()}
    registry = registry_hashes(data.registry)
    accesses = [article["text"]["access"] for article in data.articles.values()]
    counts = {
        "stories": len(stories),
        "articles": len(articles),
        "open": accesses.count("open"),
        "withheld": accesses.count("withheld"),
        **{layer: sum(len(article[layer]) for article in data.articles.values()) for layer in _LAYERS},
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "version": version,
        "date": date,
        "counts": counts,
        "registry": registry,
        "stories": stories,
        "articles": articles,
        "root": root_hash(registry, stories, articles),
    }


def registry_hashes(registry: dict[str, Json]) -> dict[str, str]:
    """Canonical-JSON SHA-256 of every registry entry, as ``actors/jnim``: an added entry changes no other."""
    return {
        f"{kind}/{entry['id']}": jsonio.canonical_sha256(entry, floats=_near_zero(entry))
        for kind, document in sorted(registry.items())
        for entry in document[kind]
    }


def _near_zero(entry: Json) -> bool:
    """Whether an entry has a coordinate that is written with an exponent; any other is written alike everywhere."""
    return any(type(value) is float and abs(value) < 1e-3 for value in entry.values())


def root_hash(registry: Json, stories: Json, articles: Json) -> str:
    """SHA-256 of the canonical JSON of the three hash tables: the identity of a version's data."""
    tables = {"articles": articles, "registry": registry, "stories": stories}
    return jsonio.canonical_sha256(tables, floats=False)  # hashes are strings


def version_key(version: str) -> tuple[int, ...]:
    """A version as numbers, for comparing. Raises ValueError if it is not of the form X.Y.Z."""
    if not _VERSION.fullmatch(version):
        raise ValueError(f"{version!r} is no version of the form X.Y.Z")
    return tuple(int(part) for part in version.split("."))


def manifests(corpus: Path) -> dict[str, Path]:
    """Version → manifest file, oldest first."""
    found = {
        path.stem: path for path in (corpus / "releases").glob("*.json") if _VERSION.fullmatch(path.stem)
    }
    return dict(sorted(found.items(), key=lambda item: version_key(item[0])))


def version_tags(tags: dict[str, str]) -> dict[str, str]:
    """Of the tags of a repository those of versions, as vX.Y.Z → commit, oldest first."""
    found = {tag: commit for tag, commit in tags.items() if tag[:1] == "v" and _VERSION.fullmatch(tag[1:])}
    return dict(sorted(found.items(), key=lambda item: version_key(item[0][1:])))


def read_manifest(corpus: Path, version: str | None = None) -> Json:
    """The manifest of a version (default: the newest). Raises BilanError saying which there are."""
    known = manifests(corpus)
    if version is None and known:
        version = list(known)[-1]
    if version is None or version not in known:
        what = f"no release {version}" if version else "no release at all"
        have = f"there are {', '.join(known)}" if known else "bilan release writes one"
        raise BilanError(Incident("B702", f"{what} in this corpus", have, file=str(corpus / "releases")))
    from bilan.checks import parse, schema

    raw = parse.read_bytes(known[version], str(known[version]))
    if not isinstance(raw, bytes):
        raise BilanError(raw)
    document, incidents = parse.parse(raw, str(known[version]))
    incidents = incidents or schema.check(document, "release", str(known[version]))
    if incidents:
        raise BilanError(incidents)
    own = root_hash(document["registry"], document["stories"], document["articles"])
    if own != document["root"]:
        message = f"the manifest's hashes give the root {own}, it says {document['root']}"
        raise BilanError(
            Incident("B701", message, "get the manifest of the release again", file=str(known[version]))
        )
    result: Json = document
    return result


def release_of(corpus: Path, root: str) -> Json | None:
    """The newest manifest with this root hash; None if no release has it. Raises BilanError as read_manifest."""
    for version in reversed(manifests(corpus)):
        found = read_manifest(corpus, version)
        if found["root"] == root:
            return found
    return None


@dataclass(frozen=True)
class Difference:
    """One document that is not as released. ``kind`` is changed, missing or extra."""

    kind: str
    what: str
    ident: str


def compare(released: Json, found: Json) -> list[Difference]:
    """How the hashes of a copy differ from those of a manifest; empty if the copy is the released data."""
    out = []
    for what in ("registry", "stories", "articles"):
        ours, theirs = released[what], found[what]
        for ident in sorted({*ours, *theirs}):
            if ident not in theirs:
                out.append(Difference("missing", what, ident))
            elif ident not in ours:
                out.append(Difference("extra", what, ident))
            elif ours[ident] != theirs[ident]:
                out.append(Difference("changed", what, ident))
    return out


def unreleased(differences: list[Difference], data: corpora.Corpus) -> list[Difference]:
    """Of the differences those that are work towards the next release, with what came with it.

    An extra article without ``added_in`` is such work; so is an extra story whose articles are all such, and any extra
    registry entry.
    """
    new = {ident for ident, article in data.articles.items() if article["added_in"] is None}
    old_stories = {article["story"] for ident, article in data.articles.items() if ident not in new}
    return [
        d
        for d in differences
        if d.kind == "extra"
        and (
            d.what == "registry"
            or (d.what == "articles" and d.ident in new)
            or (d.what == "stories" and d.ident not in old_stories)
        )
    ]


def incidents(differences: list[Difference], version: str) -> list[Incident]:
    """The differences as incidents B701 to B703."""
    codes = {"changed": "B701", "missing": "B702", "extra": "B703"}
    mends = {
        "changed": "restore the released file, or release a new version",
        "missing": "restore the released file",
        "extra": "release a new version that has it",
    }
    nouns = {"registry": "registry entry", "stories": "story", "articles": "article"}
    return [
        Incident(
            codes[d.kind],
            f"{nouns[d.what]} {d.ident} is {d.kind} against release {version}",
            mends[d.kind],
            file=path_of(d),
        )
        for d in differences
    ]


def path_of(difference: Difference) -> str:
    """The file of a document, relative to the corpus."""
    ident = difference.ident
    if difference.what == "registry":
        return f"registry/{ident.partition('/')[0]}.json"
    story, _, tail = ident.partition(".")
    name = "story" if difference.what == "stories" else tail.replace(".", "-")
    return f"{story[:2]}/{story[3:]}/{name}.json"
