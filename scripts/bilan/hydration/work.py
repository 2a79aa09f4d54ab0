"""From withheld articles and copies to results: which file is which article is found out, not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bilan.checks import tree
from bilan.hydration import align, sources
from bilan.hydration.align import Hydration
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_RANK = {"exact": 2, "aligned": 1, "refused": 0}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one article: its best result, and the copy that gave it."""

    article: Json
    result: Hydration
    source: str


def withheld(articles: Iterable[Json], ids: Sequence[str] = ()) -> list[Json]:
    """The withheld ones of some articles, or those with these ids. Raises BilanError (B856) for an id that is none."""
    found = {one["id"]: one for one in articles if one["text"]["access"] == "withheld"}
    for ident in ids:
        if ident not in found:
            message = f"there is no withheld article {ident!r}"
            mend = f"use one of: {', '.join(sorted(found)) or 'none is withheld here'}"
            raise BilanError(Incident("B856", message, mend))
    return [found[ident] for ident in (ids or sorted(found))]


def from_files(articles: Sequence[Json], given: Path) -> tuple[list[Answer], list[Incident]]:
    """The best result of every article over the copies of a file or folder, and what was wrong with some files.

    A file that bears the id of an article is a copy of that one only. Raises BilanError where no file can be read.
    """
    files = sources.files(given)
    best: dict[str, Answer] = {}
    wrong: list[Incident] = []
    for file in files:
        named = [one for one in articles if file.stem == one["id"]]
        try:
            for text in sources.texts(file):
                for answer in answers(named or articles, text, tree.shown(file)):
                    best[answer.article["id"]] = better(best.get(answer.article["id"]), answer)
        except BilanError as error:
            if len(files) == 1:
                raise
            wrong += error.incidents
    if not best:
        raise BilanError(wrong)
    return [best[one["id"]] for one in articles if one["id"] in best], wrong


def answers(articles: Iterable[Json], text: str, source: str) -> Iterator[Answer]:
    """Each article tried on one copy."""
    for article in articles:
        yield Answer(article, align.hydrate(article, text), source)


def better(one: Answer | None, two: Answer) -> Answer:
    """Of two results of an article the better: exact, then the one with more spans, then the first."""
    if one is None:
        return two

    def rank(answer: Answer) -> tuple[int, int, float]:
        result = answer.result
        return _RANK[result.state], len(result.placed), result.share

    return two if rank(two) > rank(one) else one
