"""How a version is cited: BibTeX, CSL-JSON, CITATION.cff. The version and the root hash identify the data for good.

A *query* (see ``bilan.provenance``) narrows the citation to the rows that were loaded.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bilan.model import Json

TITLE = "BILAN: who says how many. A corpus of conflict news with attributed figures"
AUTHORS = "BILAN contributors"
LICENCES = ("CC-BY-4.0", "Apache-2.0")
KEYWORDS = (
    "armed conflict",
    "casualty figures",
    "attribution",
    "quantity extraction",
    "news",
    "Sahel",
)
ABSTRACT = (
    "A versioned corpus of news articles about armed conflict, in French and English, in which every figure is tied"
    " to the event it counts and to the source that gave it."
)


def note(manifest: Json, query: Json | None = None) -> str:
    """What proves the data: counts, root hash, and of a query what was asked and the hash of its rows."""
    counts = manifest["counts"]
    text = (
        f"{counts['articles']} articles, {counts['figures']} figures, {counts['attributions']} attributions."
        f" Root hash sha256:{manifest['root']}"
    )
    if query is not None:
        asked = ", ".join(
            f"{key} {query[key]}" for key in ("config", "split", "lang", "subset") if query[key] is not None
        )
        text += f". Used: {asked}; {query['rows']} rows, sha256:{query['sha256']}"
    return text


def bibtex(manifest: Json, query: Json | None = None) -> str:
    """A BibTeX entry."""
    year, month, _ = manifest["date"].split("-")
    fields: list[tuple[str, Any]] = [
        ("title", "{BILAN}: " + TITLE.partition(": ")[2]),
        ("author", f"{{{AUTHORS}}}"),
        ("year", year),
        ("month", int(month)),
        ("version", manifest["version"]),
        ("type", "Data set"),
        ("note", note(manifest, query)),
    ]
    body = ",\n".join(f"  {name:<8} = {{{value}}}" for name, value in fields)
    return f"@misc{{bilan{manifest['version'].replace('.', '_')},\n{body}\n}}"


def csl_json(manifest: Json, query: Json | None = None) -> str:
    """An item of CSL-JSON, as Zotero, Pandoc and citeproc read it."""
    item = {
        "id": f"bilan-{manifest['version']}",
        "type": "dataset",
        "title": TITLE,
        "author": [{"literal": AUTHORS}],
        "issued": {"date-parts": [[int(part) for part in manifest["date"].split("-")]]},
        "version": manifest["version"],
        "note": note(manifest, query),
    }
    return json.dumps([item], ensure_ascii=False, indent=2)


def cff(manifest: Json, query: Json | None = None) -> str:
    """CITATION.cff of a version (Citation File Format 1.2.0). A query stands in the message."""
    import yaml

    message = "Please cite the version that you used; `bilan cite` prints it with the root hash of its data."
    document = {
        "cff-version": "1.2.0",
        "title": TITLE,
        "message": message if query is None else note(manifest, query),
        "type": "dataset",
        "version": manifest["version"],
        "date-released": manifest["date"],
        "identifiers": [
            {"type": "other", "value": f"sha256:{manifest['root']}", "description": "root hash of the data"}
        ],
        "license": list(LICENCES),
        "authors": [{"name": AUTHORS}],
        "abstract": ABSTRACT,
        "keywords": list(KEYWORDS),
    }
    # a string like "2026-11-26" would be read as a date: it is quoted by the dumper, as the format wants it
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return text


def zenodo(manifest: Json) -> str:
    """``.zenodo.json``: what Zenodo takes for the record of a version."""
    document = {
        "upload_type": "dataset",
        "title": TITLE,
        "description": f"<p>{ABSTRACT}</p><p>{note(manifest)}</p>",
        "version": manifest["version"],
        "publication_date": manifest["date"],
        "creators": [{"name": AUTHORS}],
        "access_right": "open",
        "license": "cc-by-4.0",
        "language": "mul",
        "keywords": list(KEYWORDS),
        "notes": "Annotations and open texts: CC BY 4.0. Code: Apache-2.0. Withheld texts are not in it.",
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, Callable[[Json, Json | None], str]] = {"bibtex": bibtex, "csl-json": csl_json, "cff": cff}
"""Name of a form → how it is made."""
