"""CoNLL-2003: one token a line, its name tag in the fourth column; for taggers that want nothing else.

Tokens, sentences and tags are those of the table ``ner``: the outermost names by type, IOB2 (each name begins with B-).
The columns for part of speech and chunk hold ``-X-`` and ``_``, as exports of annotation tools have it. One file an
article, begun by a -DOCSTART- line, so that the files can be joined with cat. There is nothing else in the format:
what has no column is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bilan.exchange.parts import Carried
from bilan.model import Json

CARRIED = {
    "text": Carried("partly", "the tokens; white space between them is lost"),
    "entities": Carried(
        "partly", "outermost names only, as B- and I- tags; nested names, descriptions and clusters are lost"
    ),
    "entities.labels": Carried("partly", "the type of outermost names; kinds of place are lost"),
}

START = "-DOCSTART- -X- -X- O\n\n"


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """One file an article."""
    from bilan.tables import ner, views
    from bilan.tables.features import bio_labels

    names = bio_labels().names
    for article in articles:
        story = {"subset": None, "split": None}  # neither is in the file
        lines = [START]
        for row in ner.rows(views.view(article, story, {})):
            for token, tag in zip(row["tokens"], row["ner_tags"], strict=True):
                lines.append(f"{token} -X- _ {names[tag]}\n")
            lines.append("\n")
        yield f"{article['id']}.conll", "".join(lines).encode()
