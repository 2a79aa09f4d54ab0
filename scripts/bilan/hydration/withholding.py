"""From an article with its text to its withheld form: record, salt, checks."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from bilan import model, withhold
from bilan.checks import meaning, parse, schema, tree
from bilan.checks.locate import locate
from bilan.incidents import BilanError, Incident
from bilan.model import Json

RECORD = ("title", "author", "outlet", "url", "date", "extent")
"""What ``--record`` may say of a text: four fields of the record, the article's date, and how much it is."""


def files_of(given: Path) -> list[Path]:
    """The article files of a path: itself, or those below a folder, in order. Raises BilanError (B112) if none."""
    if not given.is_dir():
        return [given]
    found = sorted(given.rglob("[a-z][a-z]-*.json"))
    if not found:
        mend = "give a file, or a folder that holds files such as fr-1.json"
        raise BilanError(Incident("B112", "no article below this folder", mend, file=tree.shown(given)))
    return found


def read(path: Path) -> Json:
    """An article whose text is at hand. Raises BilanError: what the schema says of it, or B850."""
    file = tree.shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        raise BilanError(raw)
    article, incidents = parse.parse(raw, file)
    if incidents:
        raise BilanError(incidents)
    text = article.get("text") if isinstance(article, dict) else None
    if not isinstance(text, dict) or "content" not in text:
        mend = "give the article with its text (access: open)"
        raise BilanError(Incident("B850", "there is no text here to withhold", mend, file=file))
    if found := schema.check(_shippable(article), "article", file):
        raise BilanError(locate(raw, found))
    return dict(article)


def _shippable(article: Json) -> Json:
    """The article as it would be, were its text ours to ship: what a text lacks that is not is no fault here."""
    ours = {"access": "open", "origin": "human_written", "licence": "CC-BY-4.0", "extent": "whole"}
    text = {**article["text"], **ours}
    return {**article, "text": text, "record": None, "references": article.get("references") or ["r1"]}


def withheld(
    article: Json, salt: str | None = None, record: Iterable[str] = (), file: str = "", show: bool = True
) -> Json:
    """The withheld form of an article that fits the schema and has its text.

    ``salt``: 32 hexadecimal digits, random without it. ``record``: "key=value" as in ``RECORD``; what the
    article's own record says stays where nothing is given. ``show``: whether names and numbers stand in clear.
    Raises BilanError: B850 where spans do not hold their words or a given value is none, B415 where too many
    clear words stand in a row, and what the schema says of the result.
    """
    text = article["text"]["content"]
    incidents = [
        Incident(
            "B850",
            f"{at.id} says {at.span.get('surface')!r}, the text {text[at.span['start'] : at.span['end']]!r}",
            "run bilan check first",
            file=file,
            pointer=at.pointer,
        )
        for at in model.spans(article)
        if at.span.get("surface") != text[at.span["start"] : at.span["end"]]
    ]
    if salt is not None and not re.fullmatch(r"[0-9a-f]{32}", salt):
        incidents.append(Incident("B850", f"{salt!r} is no salt", "give 32 hexadecimal digits", file=file))
    if incidents:
        raise BilanError(incidents)
    given = _record(record, file)
    own = article["record"] or {"title": None, "authors": [], "outlet": None, "url": None}
    header = {**article["text"], "access": "withheld", "origin": "third_party", "licence": None}
    if "extent" in given:
        header["extent"] = given["extent"][-1]
    kept = {**own, **{key: given[key][-1] for key in ("title", "outlet", "url") if key in given}}
    if "author" in given:
        kept["authors"] = given["author"]
    out = {**article, "record": model.ordered(kept, model.sub_keys("record")), "text": header}
    if "date" in given:
        out["published"] = given["date"][-1]
    hidden = withhold.withhold(out, text, salt or secrets.token_hex(16), show)
    incidents = schema.check(hidden, "article", file) + leaks(hidden, file)
    if incidents:
        raise BilanError(incidents)
    return hidden


def _record(given: Iterable[str], file: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for one in given:
        key, _, value = one.partition("=")
        if key not in RECORD or not value:
            mend = f"write KEY=VALUE, KEY one of {', '.join(RECORD)}"
            raise BilanError(Incident("B850", f"--record {one!r} says nothing of a text", mend, file=file))
        out.setdefault(key, []).append(value)
    return out


def leaks(article: Json, file: str = "") -> list[Incident]:
    """B415 for every run of clear words that is too long."""
    found: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str) -> None:
        found.append(Incident(code, message, mend, file=file, pointer=pointer))

    meaning.leaks(article, report)
    return found


def told(article: Json, text: str) -> str:
    """One line on a withheld form: what stands in clear of the text, and the salt to make it again."""
    intervals = [(start, end) for start, end, _ in withhold.clear_runs(article)]
    tokens = withhold.words(text)
    clear = sum(any(a <= start and end <= b for a, b in intervals) for start, end, _ in tokens)
    longest = max((count for _, _, count in withhold.clear_runs(article)), default=0)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return (
        f"{clear} of {len(tokens)} words in clear ({_share(clear, len(tokens))}), {longest} in a row at most;"
        f" salt {article['text']['anchors']['salt']}, SHA-256 {digest[:12]}…"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "0%"


def place(corpus: Path | None, ident: str) -> Path:
    """Where an article of a corpus lies."""
    story, lang, number = ident.rsplit(".", 2)
    return (corpus or Path()) / story[:2] / story[3:] / f"{lang}-{number}.json"
