"""The card of the built folder: YAML from the same table of features, then the body of DATACARD.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from bilan.tables.features import CONFIGS, DEFAULT_CONFIG, card_features

PRETTY_NAME = "BILAN: who says how many in conflict news"
LIBRARIES = ("datasets", "parquet")
"""Tags by which the Hub offers a way to load the data."""

TAGS = (
    "conflict",
    "news",
    "casualties",
    "attribution",
    "quantities",
    "event-extraction",
    "quotation",
    "Sahel",
    *LIBRARIES,
)
TASKS = ("token-classification", "text-classification", "text-generation")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class File:
    """A file of the folder: path with forward slashes, bytes, SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """The files of one split of one table, with their rows and sizes in bytes."""

    split: str
    files: tuple[str, ...]
    rows: int
    arrow_bytes: int
    file_bytes: int


Layout = Mapping[str, Sequence[SplitFiles]]
"""Table → its splits, both in their order."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the faster one, where it is
    def ignore_aliases(self, data: Any) -> bool:
        return True


def size_category(articles: int) -> str:
    """The Hub's word for the number of articles."""
    return next((word for bound, word in _SIZES if articles < bound), "n>1M")


def metadata(
    layout: Layout, version: str, licences: Iterable[str], languages: Iterable[str]
) -> dict[str, Any]:
    """The YAML of the card. Every ``configs`` entry has the version: only that sets ``ds.info.version``."""
    articles = sum(split.rows for split in layout[DEFAULT_CONFIG])
    return {
        "pretty_name": PRETTY_NAME,
        "license": sorted(licence.lower() for licence in licences),
        "language": sorted(languages),
        "multilinguality": ["multilingual"],
        "task_categories": list(TASKS),
        "tags": list(TAGS),
        "size_categories": [size_category(articles)],
        "configs": [_config(name, layout[name], version) for name in CONFIGS if name in layout],
        "dataset_info": [_info(name, layout[name]) for name in CONFIGS if name in layout],
    }


def _config(name: str, splits: Sequence[SplitFiles], version: str) -> dict[str, Any]:
    files = [{"split": split.split, "path": list(split.files)} for split in splits]
    default = {"default": True} if name == DEFAULT_CONFIG else {}
    return {"config_name": name, "version": version, "data_files": files, **default}


def _info(name: str, splits: Sequence[SplitFiles]) -> dict[str, Any]:
    return {
        "config_name": name,
        "features": card_features(name),
        "splits": [
            {"name": split.split, "num_bytes": split.arrow_bytes, "num_examples": split.rows}
            for split in splits
        ],
        "download_size": sum(split.file_bytes for split in splits),
        "dataset_size": sum(split.arrow_bytes for split in splits),
    }


def row_table(layout: Layout, order: Sequence[str]) -> list[tuple[str, ...]]:
    """Tables × splits × rows, with a header row and the sum of each table."""
    lines: list[tuple[str, ...]] = [("config", *order, "rows")]
    for name, splits in layout.items():
        rows = {split.split: split.rows for split in splits}
        lines.append((name, *(str(rows.get(split, 0)) for split in order), str(sum(rows.values()))))
    return lines


def card(header: Mapping[str, Any], body: str, layout: Layout, order: Sequence[str]) -> str:
    """The text of README.md."""
    front = yaml.dump(
        dict(header),
        Dumper=_Dumper,
        allow_unicode=True,
        width=10**9,
        sort_keys=False,
        default_flow_style=False,
    )
    head, *lines = row_table(layout, order)
    table = ["| " + " | ".join(line) + " |" for line in (head, ("---", *["---:"] * (len(head) - 1)), *lines)]
    parts = [body.strip(), "## Rows of this build\n\n" + "\n".join(table)]
    return f"---\n{front}---\n\n" + "\n\n".join(part for part in parts if part) + "\n"
