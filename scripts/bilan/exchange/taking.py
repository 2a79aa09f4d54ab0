"""What a tool gives back, turned into articles: each on its base, each for itself, so that none blocks the rest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bilan import labels, model, withhold
from bilan.checks import schema, spans, tree
from bilan.exchange import assembly
from bilan.exchange.formats import Format, Read
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_FRENCH = frozenset(
    "le la les de des du et un une dans par en au aux est ont été sur qui que pour l d s selon ce ces son ses".split()  # noqa: SIM905
)
_ENGLISH = frozenset(
    "the of and in to was were by at on for with has have had from that his its said their an".split()  # noqa: SIM905
)
"""Little words, by which the language of a text is told."""


@dataclass(slots=True)
class Taken:
    """One annotation taken in: the article, or what is wrong with it. ``base``: what it was before, None if new.

    ``notes``: what the reader should know, though nothing is wrong.
    """

    file: str
    id: str
    article: Json | None = None
    base: Json | None = None
    annotator: str = ""
    incidents: list[Incident] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything differs from the base."""
        return self.article is not None and self.article != self.base


def read(fmt: Format, paths: Iterable[Path]) -> list[Read]:
    """Every annotation in the files; a file that cannot be read at all is a ``Read`` with its incidents."""
    module = fmt.load()
    out: list[Read] = []
    for path in dict.fromkeys(paths):
        if path.name in fmt.beside:  # as DIR/* names it too
            continue
        file = tree.shown(path)
        try:
            out.extend(module.read(path))
        except BilanError as error:
            placed = [one if one.file else one.at(file) for one in error.incidents]
            out.append(Read("", file, incidents=placed))
    return out


def chosen(reads: list[Read], by: str | None) -> list[Read]:
    """Of several annotations of one article those by one annotator; B866 where nobody says which."""
    if by is not None:
        if reads and not any(one.annotator == by or one.incidents for one in reads):
            there = ", ".join(sorted({one.annotator for one in reads} - {""}))
            mend = f"it is by {there}" if there else "the files do not say who annotated: leave --by away"
            raise BilanError(Incident("B866", f"nothing here is by {by!r}", mend))
        return [one for one in reads if one.incidents or one.annotator == by]
    groups: dict[str, list[Read]] = {}
    for one in reads:
        if one.id and not one.incidents:
            groups.setdefault(one.id, []).append(one)
    for ident, some in groups.items():
        if len(some) > 1:
            names = ", ".join(sorted(one.annotator or one.file for one in some))
            message = f"{ident} is here {len(some)} times: {names}"
            mend = "choose with --by NAME, or take all with --out DIR and settle them with bilan adjudicate"
            for one in some:
                one.incidents.append(Incident("B866", message, mend, file=one.file))
    return reads


def take(one: Read, bases: dict[str, Json], into: str | None, annotator: str | None) -> Taken:
    """The article that an annotation makes of its base. ``bases``: articles by id; ``into``: a story for texts that
    are no article yet; ``annotator``: whose work it is, written into the provenance of every layer that changed."""
    out = Taken(
        one.file, one.id, annotator=one.annotator, incidents=list(one.incidents), notes=list(one.notes)
    )
    if out.incidents:
        return out
    try:
        base = bases.get(one.id)
        if base is None:
            base = _new(one, bases, into)
            out.notes.append("a new article: fill in style, published, references and licence")
        else:
            out.base = base
        article = _made(one, base)
    except BilanError as error:
        out.incidents = [found if found.file else found.at(one.file) for found in error.incidents]
        return out
    out.id = article["id"]
    if annotator:
        _sign(article, base, annotator)
    found = schema.check(article, "article", one.file)
    if out.base is None:  # the head of a new article is for its author to fill in
        found = [i for i in found if i.pointer.split("/")[1:2] and i.pointer.split("/")[1] in model.LAYERS]
    out.incidents = found or spans.inside(article, one.file)
    if not out.incidents:
        out.article = article
    return out


def _made(one: Read, base: Json) -> Json:
    if one.graph is None:
        return _edited(one, base)
    article = assembly.article(one.graph, base, one.file)
    if base["text"]["access"] == "withheld":
        salt = base["text"]["anchors"]["salt"]
        return withhold.withhold(article, one.graph.text, salt)
    return article


def _edited(one: Read, base: Json) -> Json:
    """The base with the new values of a format that carries values only."""
    if one.sha256 and one.sha256 != base["text"]["sha256"]:
        message = f"the rows of {one.id} belong to another state of its text"
        raise BilanError(Incident("B863", message, "export it anew", file=one.file))
    records = {record["id"]: (layer, record) for layer in model.LAYERS for record in base[layer]}
    changes: dict[str, Json] = {}
    for ident, values in (one.edits or {}).items():
        if ident not in records:
            message = f"{ident} is no record of {one.id}"
            mend = "new figures need words: mark them with bilan mark, or in a tool that shows the text"
            raise BilanError(Incident("B864", message, mend, file=one.file))
        changes[ident] = values
    out = dict(base)
    for layer in model.LAYERS:
        out[layer] = [{**record, **changes.get(record["id"], {})} for record in base[layer]]
    return out


def _new(one: Read, bases: dict[str, Json], into: str | None) -> Json:
    """The head of a new article of a story. Raises BilanError (B865)."""
    if into is None:
        said = f"there is no article {one.id!r} in this corpus" if one.id else "the file names no article"
        mend = "give --into STORY to make it a new article of that story"
        raise BilanError(Incident("B865", said, mend, file=one.file))
    if one.graph is None:
        message = "values alone make no article"
        raise BilanError(Incident("B865", message, "use a format with texts", file=one.file))
    digest = hashlib.sha256(one.graph.text.encode()).hexdigest()
    for ident, other in bases.items():
        if other["text"]["sha256"] == digest:
            message = f"its text is that of {ident}, and would be there twice"
            mend = f"call the document {ident}, and it comes back to that article"
            raise BilanError(Incident("B865", message, mend, file=one.file))
    lang = _language(one)
    numbers = [
        int(ident.rpartition(".")[2])
        for ident in bases
        if ident.startswith(f"{into}.{lang}.") and re.fullmatch(r"[0-9]+", ident.rpartition(".")[2])
    ]
    from bilan import textform

    ident = f"{into}.{lang}.{max(numbers, default=0) + 1}"
    base = textform.unmark(textform.scaffold(ident, one.graph.text), one.file)
    base["text"] = {**base["text"], "content": one.graph.text, "length": len(one.graph.text)}
    base["text"]["sha256"] = digest
    bases[ident] = base  # the next one gets the next number
    return base


def _language(one: Read) -> str:
    """The language that the id says, else the one whose little words the text has more of."""
    parts = one.id.split(".")
    if len(parts) == 3 and parts[1] in labels.names("lang"):
        return parts[1]
    words = re.findall(r"\w+", one.graph.text.casefold() if one.graph else "")
    french, english = (sum(word in little for word in words) for little in (_FRENCH, _ENGLISH))
    return "fr" if french > english else "en"


def _sign(article: Json, base: Json, annotator: str) -> None:
    """Layers that changed are the work of the annotator."""
    for layer in model.LAYERS:
        if article[layer] != base[layer]:
            article["provenance"][layer] = {
                **article["provenance"][layer],
                "method": "manual",
                "annotator": annotator,
                "status": "human_reviewed",
            }
