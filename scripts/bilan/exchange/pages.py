"""The pages behind an article, as its story has them, for formats that show them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from bilan.model import Json


def of(article: Json) -> dict[str, Json]:
    """Id of a reference → publisher, url, date …, in the order of the article.

    The story is looked for in the corpus that the user stands in. Where it is not there the references have ids only.
    """
    from bilan.paths import working_home

    story = str(article["story"])
    known = _references(working_home().corpus / story[:2] / story[3:] / "story.json")
    return {ident: known.get(ident, {"id": ident}) for ident in article["references"]}


@cache
def _references(path: Path) -> dict[str, Json]:
    from bilan.checks import parse

    raw = parse.read_bytes(path, str(path))
    if not isinstance(raw, bytes):
        return {}
    try:
        return {str(one["id"]): one for one in json.loads(raw)["references"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}  # bilan check says what is wrong with it


def said(page: Json) -> str:
    """A page in words: "RFI, 2025-05-26, https://…"; its id alone where nothing is known of it."""
    parts = [page.get("publisher"), page.get("date"), page.get("url")]
    return ", ".join(str(part) for part in parts if part) or str(page["id"])
