"""The formats that annotations go out in and come back from. One module a format, imported when it is asked for.

A module has

* ``CARRIED``: part of ``parts.PARTS`` → how it is carried and a note (``parts.Carried``); what is not named is lost;
* ``write(articles) -> iterator of (name of a file below the folder, bytes)``: sound articles with their texts;
* where the format ``reads``: ``read(path) -> iterator of Read``, one for each annotation of a text in the file. It
  raises BilanError (B861) where the file as a whole is not of the format; what is wrong with one document is in that
  document's ``Read``, so that it does not block the rest.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bilan.exchange.graph import Graph
from bilan.exchange.parts import Carried
from bilan.incidents import BilanError, Incident
from bilan.model import Json


@dataclass(slots=True)
class Read:
    """One annotation of one text, as a file of a tool gives it.

    ``id`` of the article, "" where the file names none. ``graph``: the whole annotation; or ``edits``: new values by
    record (id → field → value) and ``sha256`` of the text that they belong to, where the format carries values only.
    ``annotator``: who made it, where the tool says so. ``incidents``: what is wrong with it; then it is not used.
    ``notes``: what the reader should know, as of values that are none of ours and were left out.
    """

    id: str
    file: str
    graph: Graph | None = None
    edits: dict[str, Json] | None = None
    sha256: str = ""
    annotator: str = ""
    incidents: list[Incident] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Module(Protocol):
    """What a module of a format offers."""

    CARRIED: dict[str, Carried]

    def write(self, articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]: ...

    def read(self, path: Path) -> Iterator[Read]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """``needs``: the module of a library that an extra brings, and the name of the extra; None where there is none.
    ``suffixes``: of files that ``read`` takes. ``beside``: names of files that ``write`` puts beside them for the tool,
    which hold no annotation."""

    name: str
    title: str
    module: str
    reads: bool = False
    suffixes: tuple[str, ...] = ()
    needs: tuple[str, str] | None = None
    beside: tuple[str, ...] = ()

    @property
    def carried(self) -> dict[str, Carried]:
        """What it carries, without its library."""
        return self._module().CARRIED

    def _module(self) -> Module:
        module: Module = importlib.import_module(self.module)
        return module

    def load(self) -> Module:
        """The module. Raises BilanError (B868) where its library is not installed."""
        if self.needs:
            library, extra = self.needs
            try:
                importlib.import_module(library)
            except ImportError:
                mend = f"pip install 'bilan[{extra}]'"
                raise BilanError(Incident("B868", f"{self.title} needs {library}", mend)) from None
        return self._module()


FORMATS = {
    one.name: one
    for one in (
        Format(
            "labelstudio",
            "Label Studio",
            "bilan.exchange.labelstudio",
            True,
            (".json",),
            None,
            ("config.xml",),
        ),
        Format("brat", "brat standoff", "bilan.exchange.brat", True, (".ann",)),
        Format(
            "cas", "UIMA CAS JSON (INCEpTION)", "bilan.exchange.cas", True, (".json",), ("cassis", "exchange")
        ),
        Format(
            "csv", "CSV of figures", "bilan.exchange.table", True, (".csv",), beside=("figures-legend.txt",)
        ),
        Format("conll2003", "CoNLL-2003 BIO", "bilan.exchange.conll2003"),
        Format("conllup", "CoNLL-U Plus", "bilan.exchange.conllup"),
        Format("spacy", "spaCy DocBin", "bilan.exchange.spacy", needs=("spacy", "spacy")),
        Format("tei", "TEI P5 standOff", "bilan.exchange.tei"),
    )
}
"""Name → format, in the order of the documents."""


def get(name: str, reads: bool = False) -> Format:
    """A format by its name. Raises BilanError (B860) where there is none, or none that can be read back."""
    able = [one.name for one in FORMATS.values() if one.reads or not reads]
    if name not in FORMATS:
        raise BilanError(Incident("B860", f"there is no format {name!r}", f"use one of {', '.join(able)}"))
    if name not in able:
        message = f"{FORMATS[name].title} is for export only, and is not read back"
        raise BilanError(Incident("B860", message, f"use one of {', '.join(able)}"))
    return FORMATS[name]
