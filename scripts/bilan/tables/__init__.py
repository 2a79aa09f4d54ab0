"""From checked articles to the rows of the six published tables. Pure functions on plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from bilan.labels import names
from bilan.model import Json
from bilan.tables import articles, attributions, extraction, figures, ner, tolls
from bilan.tables.features import CONFIGS, DEFAULT_CONFIG
from bilan.tables.views import Registry, view

__all__ = ["CONFIGS", "DEFAULT_CONFIG", "Tables", "article_order", "splits", "story_tables"]

_BY_ARTICLE = {
    "articles": articles.rows,
    "figures": figures.rows,
    "attributions": attributions.rows,
    "extraction": extraction.rows,
}


@dataclass(slots=True)
class Tables:
    """Rows by (config, split), in order, and how many tokens an edge of a mention cut in two."""

    rows: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    cut_tokens: int = 0

    def add(self, config: str, split: str, rows: Iterable[Json]) -> None:
        self.rows.setdefault((config, split), []).extend(rows)


def splits() -> tuple[str, ...]:
    """The splits in their order; a table has those of them that it has rows for."""
    return names("split")


def article_order(ident: str) -> tuple[str, str, int]:
    """Sorts article ids as people count: fr.2 before fr.10."""
    story, lang, number = ident.rsplit(".", 2)
    return story, lang, int(number)


def story_tables(
    story: Json, documents: Iterable[Json], registry: Registry, only: Iterable[str] = CONFIGS
) -> Tables:
    """All rows of one story's articles. The documents must have passed the checks."""
    wanted = frozenset(only)
    out = Tables()
    views = [view(d, story, registry) for d in sorted(documents, key=lambda d: article_order(d["id"]))]
    for one in views:
        for config, rows in _BY_ARTICLE.items():
            if config in wanted:
                out.add(config, one.split, rows(one))
        if "ner" in wanted:
            sentences, cuts = ner.rows_and_cuts(one)
            out.add("ner", one.split, sentences)
            out.cut_tokens += cuts
    if "tolls" in wanted:
        for split, claims in groupby(tolls.rows(views), key=itemgetter(0)):
            out.add("tolls", split, (row for _, row in claims))
    return out
