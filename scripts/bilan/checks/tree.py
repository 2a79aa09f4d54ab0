"""Which files a corpus has, and what lies in it where nothing should."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from bilan.incidents import Incident

STORY = "story.json"
_STORY_FOLDER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")
_ARTICLE_FILE = re.compile(r"[a-z]{2}-[1-9][0-9]{0,3}\.json")
_COUNTRY = re.compile(r"[a-z]{2}")
_OTHER_FOLDERS = ("registry", "releases", "agreement")


class StoryFiles(NamedTuple):
    """The folder of one story, as ``ml/2025-05-23-dioura``, and the names of its files in order."""

    folder: str
    names: tuple[str, ...]

    @property
    def articles(self) -> int:
        return len(self.names) - (STORY in self.names)


class Walked(NamedTuple):
    """What was found below a corpus: its stories in order, and incidents of what does not belong there."""

    stories: list[StoryFiles]
    incidents: list[Incident]

    @property
    def articles(self) -> int:
        return sum(story.articles for story in self.stories)

    def paths(self, corpus: Path) -> Iterator[Path]:
        """The files of the stories in order."""
        for story in self.stories:
            folder = corpus / story.folder
            yield from (folder / name for name in story.names)


def walk(corpus: Path) -> Walked:
    """Every story folder of a corpus, by the names of folders and files alone."""
    found = Walked([], [])
    for country in _entries(corpus, found.incidents):
        if country.name == "exemptions.json" or (
            country.name in _OTHER_FOLDERS and country.is_dir(follow_symlinks=False)
        ):
            continue
        if _is_folder(country, _COUNTRY, "a folder named by a country code", found.incidents):
            stories = _entries(country.path, found.incidents)
            if not stories:
                found.incidents.append(_empty(country, "add a story, or remove it"))
            for story in stories:
                if _is_folder(story, _STORY_FOLDER, "a story folder, as 2025-05-23-dioura", found.incidents):
                    names = tuple(_names(story, found.incidents))
                    found.stories.append(StoryFiles(f"{country.name}/{story.name}", names))
    return found


def _names(story: os.DirEntry[str], incidents: list[Incident]) -> Iterator[str]:
    entries = _entries(story.path, incidents)
    if not entries:
        incidents.append(_empty(story, "add a story.json, or remove it"))
    for entry in entries:
        if entry.name == STORY or _ARTICLE_FILE.fullmatch(entry.name):
            yield entry.name
        else:
            incidents.append(unexpected(Path(entry.path), "story.json or an article, as fr-1.json"))


def _entries(folder: Path | str, incidents: list[Incident]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            seen = [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        incidents.append(Incident("B112", message, "mend its permissions", file=shown(Path(folder))))
        return []
    return sorted(seen, key=lambda entry: entry.name)


def _is_folder(
    entry: os.DirEntry[str], named: re.Pattern[str], expected: str, incidents: list[Incident]
) -> bool:
    if entry.is_symlink():
        file = shown(Path(entry.path))
        incidents.append(Incident("B111", "a symbolic link", "put the folder itself here", file=file))
        return False
    if not entry.is_dir() or not named.fullmatch(entry.name):
        incidents.append(unexpected(Path(entry.path), expected))
        return False
    return True


def _empty(folder: os.DirEntry[str], mend: str) -> Incident:
    return Incident("B116", "an empty folder", mend, file=shown(Path(folder.path)))


def unexpected(path: Path, expected: str) -> Incident:
    """B115 for something that no corpus has there."""
    return Incident(
        "B115", f"nothing named {path.name!r} belongs here", f"expected {expected}", file=shown(path)
    )


def article_files(corpus: Path) -> list[Path]:
    """Article files of a corpus in order of their ids' folders and names."""
    return [path for path in walk(corpus).paths(corpus) if path.name != STORY]


def is_article_file(path: Path) -> bool:
    """Whether a .json file of a corpus is taken for an article, by its place."""
    return path.name != STORY and path.parent.name not in ("registry", "releases")


def chosen(paths: Iterable[Path]) -> list[Path]:
    """The files that are named, and all in the folders that are; hidden ones are left out."""
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            for folder, below, names in os.walk(path):
                if "registry" in below and "agreement" in below:
                    below.remove("agreement")  # of a corpus: annotations by others, in another layout
                out.extend(Path(folder, name) for name in names if not name.startswith("."))
        elif path.exists() or path.is_symlink():
            out.append(path)
    return sorted(set(out))


def shown(path: Path) -> str:
    """The path as a message names it: relative to where the user stands, if it lies below."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
