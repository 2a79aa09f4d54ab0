"""Looks for words of withheld texts where none may be: in a repository, wheel, build or site.

Two things are looked at. Withheld articles themselves, wherever they are found as JSON or as rows: no text, and no
more than seven clear words in a row. And every other text: the fingerprint of a withheld article, found again in
some stretch of it, says that the article's own words stand there.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bilan import withhold
from bilan.checks import tree
from bilan.hydration import withholding
from bilan.incidents import BilanError, Incident
from bilan.model import Json

MATCHES, STRETCH = 4, 120
"""So many hashes of a fingerprint within so many words are no chance: once in some hundred million stretches."""

MAX_BYTES = 64 * 1024 * 1024
SKIPPED = frozenset(
    (".git", ".venv", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
)
_TEXT = frozenset(
    ("", ".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".py", ".js", ".css", ".csv", ".tsv", ".toml")
) | frozenset((".yaml", ".yml", ".cff", ".svg", ".xml", ".cfg", ".ann", ".conll"))


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands in clear of a withheld article: words, code points of all, words of the longest run."""

    id: str
    place: str
    words: int
    points: int
    length: int
    longest: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. ``files``: texts that were looked through."""

    covers: list[Cover]
    incidents: list[Incident]
    files: int


def look(paths: Iterable[Path], known: Iterable[Json]) -> Report:
    """Looks through files, folders, wheels and builds. ``known``: withheld articles to look for.

    Raises BilanError (B112) for a path that is not there.
    """
    articles = {one["id"]: one for one in known}
    covers: list[Cover] = []
    incidents: list[Incident] = []
    texts: list[tuple[str, str]] = []
    for path in paths:
        if not path.exists():
            raise BilanError(Incident("B112", "is not there", "give a file or a folder", file=str(path)))
        for place, raw in _files(path):
            for found in _texts(place, raw, incidents):
                if isinstance(found, str):
                    texts.append((place, found))
                    continue
                covers.append(cover(found, place))
                incidents += withholding.leaks(found, place)
                articles.setdefault(found["id"], found)
    for place, ident, words in spilt(texts, articles.values()):
        message = f"{words} words or more of the withheld text of {ident} stand here"
        incidents.append(Incident("B851", message, "take them out, of the history too", file=place))
    return Report(covers, sorted(set(incidents), key=Incident.sort_key), len(texts))


def cover(article: Json, place: str = "") -> Cover:
    """How much of a withheld article its clear spans show, joined by offset."""
    runs = withhold.clear_runs(article)
    return Cover(
        article["id"],
        place,
        sum(count for _, _, count in runs),
        sum(end - start for start, end, _ in runs),
        article["text"]["length"],
        max((count for _, _, count in runs), default=0),
    )


def table(articles: Iterable[Json]) -> tuple[list[str], list[list[str]]]:
    """Heading and row of a table: how many articles are withheld, and how much of them stands in clear."""
    covers = [cover(one) for one in articles if one["text"]["access"] == "withheld"]
    head = [
        "withheld articles",
        "clear words, median",
        "most",
        "share of a text in clear, median",
        "most",
        "longest run",
    ]
    if not covers:
        return head, [["0", *["–"] * 5]]
    shares = sorted(one.points / one.length for one in covers)
    words = sorted(one.words for one in covers)
    middle = len(covers) // 2
    longest = max(one.longest for one in covers)
    row = [
        len(covers),
        words[middle],
        words[-1],
        f"{shares[middle]:.1%}",
        f"{shares[-1]:.1%}",
        f"{longest} words",
    ]
    return head, [[str(cell) for cell in row]]


def spilt(texts: Iterable[tuple[str, str]], articles: Iterable[Json]) -> Iterator[tuple[str, str, int]]:
    """(place, article, words at least) of every text that holds a stretch of a withheld one."""
    wanted = [
        (one["id"], hashlib.sha256(f"{one['text']['anchors']['salt']}\x1fshingle\x1f".encode()), marks)
        for one in articles
        if len(marks := set(one["text"]["anchors"]["fingerprint"])) >= MATCHES
    ]
    if not wanted:
        return
    for place, text in texts:
        words = [word for _, _, word in withhold.words(text)]
        shingles = [
            " ".join(words[i : i + withhold.FINGERPRINT_SHINGLE]).encode()
            for i in range(len(words) - withhold.FINGERPRINT_SHINGLE + 1)
        ]
        for ident, prefix, marks in wanted:
            hits: list[tuple[int, str]] = []
            for i, shingle in enumerate(shingles):
                hashed = prefix.copy()
                hashed.update(shingle)
                digest = hashed.digest()
                if digest[2] % withhold.FINGERPRINT_KEEP == 0 and digest[:2].hex() in marks:
                    hits.append((i, digest[:2].hex()))
            most = max(
                (len({mark for at, mark in hits[j:] if at < i + STRETCH}) for j, (i, _) in enumerate(hits)),
                default=0,
            )
            if most >= MATCHES:
                yield place, ident, most + withhold.FINGERPRINT_SHINGLE - 1


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Files of a path with what is in them; those of wheels and sdists too."""
    files = [path]
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and not SKIPPED.intersection(p.parts))
    for file in files:
        if file.is_symlink() or file.stat().st_size > MAX_BYTES:
            continue
        place = tree.shown(file)
        try:
            if file.suffix in (".whl", ".zip"):
                with zipfile.ZipFile(file) as archive:
                    for name in archive.namelist():
                        if archive.getinfo(name).file_size <= MAX_BYTES:
                            yield f"{place}!{name}", archive.read(name)
            elif file.name.endswith((".tar.gz", ".tgz", ".tar")):
                with tarfile.open(file) as tar:
                    for member in tar:
                        opened = tar.extractfile(member) if member.isfile() else None
                        if opened is not None and member.size <= MAX_BYTES:
                            yield f"{place}!{member.name}", opened.read()
            else:
                yield place, file.read_bytes()
        except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
            raise BilanError(
                Incident("B112", f"cannot be read: {error}", "give a sound copy", file=place)
            ) from None


def _texts(place: str, raw: bytes, incidents: list[Incident]) -> Iterator[str | Json]:
    """Texts of a file, and the withheld articles in it as documents."""
    suffix = Path(place.rpartition("!")[2]).suffix.lower()
    if suffix == ".parquet":
        yield from _parquet(place, raw, incidents)
        return
    if suffix not in _TEXT or b"\x00" in raw[:4096]:
        return
    text = raw.decode("utf-8", errors="replace")
    if suffix == ".json":
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if _is_withheld(document):
            if "content" in document["text"]:
                incidents.append(_whole(place, document["id"]))
            yield document
            return
        if isinstance(document, dict | list):
            text = "\n".join(strings(document))
    elif suffix in (".html", ".htm"):
        text = re.sub(r"<[^>]*>", " ", text)
    yield text


def strings(value: object) -> Iterator[str]:
    """The strings in a document, those that are hashes left out."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            if len(one) > 20:
                yield one
        elif isinstance(one, dict):
            stack += reversed(list(one.values()))
        elif isinstance(one, list):
            stack += reversed(one)


def _is_withheld(document: object) -> bool:
    if not isinstance(document, dict) or not isinstance(document.get("text"), dict):
        return False
    anchors = document["text"].get("anchors")
    return (
        document["text"].get("access") == "withheld"
        and isinstance(anchors, dict)
        and "mentions" not in document
    )


def _whole(place: str, ident: str) -> Incident:
    return Incident(
        "B851", f"the withheld text of {ident} stands here", "take it out, of the history too", file=place
    )


def _parquet(place: str, raw: bytes, incidents: list[Incident]) -> Iterator[str | Json]:
    """Rows of the table of articles as documents; of every table the strings, each once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from bilan.tables import articles

    try:
        rows = pq.ParquetFile(io.BytesIO(raw)).read().to_pylist()
    except pa.ArrowException as error:
        raise BilanError(Incident("B112", f"cannot be read: {error}", "build it again", file=place)) from None
    found: dict[str, None] = {}
    for row in rows:
        if row.get("access") == "withheld" and row.get("anchors"):
            if row.get("text") is not None:
                incidents.append(_whole(place, row["id"]))
            yield articles.document(row)
            continue
        found.update(dict.fromkeys(strings(row)))
        if isinstance(row.get("tokens"), list):
            found[" ".join(row["tokens"])] = None
    yield "\n".join(found)
