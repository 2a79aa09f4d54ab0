"""Where the corpus and the schemas lie: in a checkout, or packaged with an installed wheel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Home:
    """A place that holds ``corpus`` and ``schema``, and how a message should call it."""

    root: Path
    kind: str  # "checkout" or "packaged"

    @property
    def corpus(self) -> Path:
        return self.root / "corpus"

    @property
    def schema(self) -> Path:
        return self.root / "schema"


def package_home() -> Home:
    """The copy that belongs to this package: the checkout of an editable install, else the wheel's data."""
    data = _PACKAGE / "_data"
    if data.is_dir():
        return Home(data, "packaged")
    return Home(_PACKAGE.parent.parent, "checkout")


def working_home(cwd: Path | None = None) -> Home:
    """The checkout that the user stands in, or else the package's own copy."""
    here = (cwd or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "corpus" / "registry").is_dir() and (
            folder / "schema" / "article.schema.json"
        ).is_file():
            return Home(folder, "checkout")
    return package_home()


def travels(path: Path, drafts: bool = True) -> bool:
    """Whether a file, or what a folder holds, would travel with the data: in a corpus, its checkout, or this package.

    With ``drafts`` what lies in ``work/`` of a checkout does not, where its .gitignore names it.
    """
    place = path.resolve()
    for up in (place, *place.parents):
        if (up / "corpus" / "registry").is_dir():
            ignored = up / ".gitignore"
            named = ignored.is_file() and "/work/" in ignored.read_text("utf-8", "replace").splitlines()
            return not (drafts and named and place.is_relative_to(up / "work"))
        if (up / "registry").is_dir():
            return True
    return place.is_relative_to(package_home().root.resolve())


def schema_file(name: str) -> Path:
    """Path of a file of the package's own ``schema`` folder, such as ``labels.json``."""
    return package_home().schema / name
