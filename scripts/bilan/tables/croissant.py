"""The Croissant file of the built folder: what the data are, the files with their hashes, the record sets.

Croissant 1.1 (http://mlcommons.org/croissant/1.1) with the RAI vocabulary 1.0. The context stands in the file:
nothing is fetched to read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bilan import edtf, jsonio
from bilan.citation import bibtex
from bilan.model import Json
from bilan.tables import rai
from bilan.tables.card import LIBRARIES, PRETTY_NAME, TAGS, File, Layout
from bilan.tables.features import CONFIGS
from bilan.tables.record_sets import files_id, record_sets

FILE = "croissant.json"
"""Its name in the built folder."""

CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    # names and descriptions may be given by language
    "description": {"@container": "@language"},
    "name": {"@container": "@language"},
    **{
        term: f"cr:{term}"
        for term in (
            *(
                "annotation",
                "arrayShape",
                "citeAs",
                "column",
                "containedIn",
                "equivalentProperty",
                "excludes",
            ),
            *("extract", "field", "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray"),
            *("isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "readLines", "recordSet"),
            *(
                "references",
                "regex",
                "repeated",
                "replace",
                "samplingRate",
                "sdVersion",
                "separator",
                "source",
            ),
            *("subField", "transform", "unArchive"),
        )
    },
}
"""The context that mlcroissant writes, which is that of the specification with the https of schema.org."""

_FORMATS = {
    ".parquet": "application/x-parquet",
    ".json": "application/json",
    ".jsonl": "application/jsonlines",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the file says of the data as a whole. ``release`` is the manifest that has this root, if any."""

    version: str
    root: str
    release: Json | None
    licences: Collection[str]
    languages: Collection[str]
    annotators: Collection[str]
    stories: Sequence[Json]
    places: Sequence[Json]
    card: str


def croissant(facts: Facts, files: Iterable[File], layout: Layout) -> Json:
    """The document. A build that is no release has neither citation nor date: it was never published."""
    release = facts.release
    described = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": PRETTY_NAME,
        "description": rai.description(facts.card) or PRETTY_NAME,
        "alternateName": "BILAN",
        "url": None,  # the folder does not know where it will be published
        "version": facts.version,
        "identifier": f"sha256:{facts.root}",
        "creativeWorkStatus": "Published" if release else "Draft",
        "datePublished": release["date"] if release else None,
        "citeAs": bibtex(release) if release else None,
        "creator": {"@type": "sc:Organization", "name": "BILAN contributors"},
        "license": [f"https://spdx.org/licenses/{licence}" for licence in sorted(facts.licences)],
        "inLanguage": sorted(facts.languages),
        "keywords": [tag for tag in TAGS if tag not in LIBRARIES],
        "isLiveDataset": False,
        "temporalCoverage": temporal_coverage(facts.stories),
        "spatialCoverage": spatial_coverage(facts.stories, facts.places),
        **rai.properties(facts.card),
        "rai:machineAnnotationTools": sorted(facts.annotators),
        "distribution": [*map(_file_object, files), *(_file_set(config) for config in CONFIGS)],
    }
    return {**described, "recordSet": record_sets([config for config in CONFIGS if config in layout])}


def dumps(document: Json) -> bytes:
    """The document as bytes of JSON, for people to read."""
    return jsonio.dumps(document)


# --- the whole -------------------------------------------------------------------------------------------


def temporal_coverage(stories: Iterable[Json]) -> str | None:
    """First and last day of the events of the stories, as an ISO 8601 interval."""
    days: list[date] = []
    for story in stories:
        for event in story["events"]:
            days += [day for day in edtf.bounds(event["date"]) if day] if event["date"] else []
    return f"{min(days)}/{max(days)}" if days else None


def spatial_coverage(stories: Iterable[Json], places: Iterable[Json]) -> list[Json]:
    """The countries of the stories by ISO 3166-1 alpha-2 code, with the name that the registry has."""
    called = {p["country"]: p["names"].get("en") for p in places if p["place_kind"] == "country"}
    out = []
    for code in sorted({story["country"] for story in stories}):
        name = {"name": called[code]} if called.get(code) else {}
        out.append({"@type": "sc:Country", "identifier": code, **name})
    return out


def _file_object(file: File) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": _FORMATS[file.path[file.path.rindex(".") :]],
        "sha256": file.sha256,
    }


def _file_set(config: str) -> Json:
    return {
        "@type": "cr:FileSet",
        "@id": files_id(config),
        "name": files_id(config),
        "description": f"The Parquet files of the table {config}.",
        "encodingFormat": _FORMATS[".parquet"],
        "includes": f"data/{config}/*.parquet",
    }
