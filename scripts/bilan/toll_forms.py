"""Tolls as text, Markdown, CSV and JSON. ``FORMS``: name → function of the tolls and the names of the reductions."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import PurePath
from typing import Any

from bilan import stats
from bilan.reductions import Claim, Toll


def story_id(name: str) -> str:
    """The id of a story, given as such or as its folder: corpus/ml/2025-05-23-dioura."""
    parts = PurePath(name).parts
    return "-".join(parts[-2:]) if len(parts) > 1 else name


def number(value: float | None) -> str:
    """A count as it is written: 1,402; nothing for None."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def span(low: float | None, high: float | None) -> str:
    """What the words allow: 41, 35–45, 21–∞."""
    if low is None:
        return "none"
    if low == high:
        return number(low)
    return f"{number(low)}–{'∞' if high is None else number(high)}"


def title(toll: Toll) -> str:
    """What a toll counts: soldiers killed, of Malian Armed Forces."""
    unit = f" ({toll.unit})" if toll.unit else ""
    side = f", of {toll.entity_name or toll.entity}" if toll.entity else ""
    return f"{toll.of} {toll.measure}{unit}{side}{', part' if toll.part else ''}"


def reductions(toll: Toll, chosen: Sequence[str]) -> dict[str, str]:
    """The chosen reductions in words."""
    out = {}
    for how in chosen:
        value = toll.reduction(how)
        if how == "interval":
            out[how] = span(*value)
        elif how == "latest":
            shown = [f"{last.source_kind or 'own voice'} {span(last.low, last.high)}" for last in value]
            out[how] = "; ".join(shown) or "none"
        else:
            out[how] = "none" if value is None else number(value)
    return out


def _speaker(claim: Claim) -> str:
    if claim.source_kind is None:
        return "own voice"
    name = claim.source_name or ("words withheld" if claim.surface is None else "nobody named")
    return f"{name} [{claim.source_kind}]"


def _remarks(claim: Claim) -> str:
    stance = [] if claim.stance in (None, "states", "claims") else [str(claim.stance).replace("_", " ")]
    marks = {"hedged": claim.hedged, "copy": not claim.counted, "part": claim.part}
    return ", ".join([*stance, *(name for name, so in marks.items() if so)])


def _cells(claim: Claim) -> list[str]:
    words = "" if claim.surface is None else f"“{claim.surface}”"
    page = claim.publisher or claim.article
    return [
        claim.date or "undated",
        span(claim.low, claim.high),
        _speaker(claim),
        words,
        _remarks(claim),
        page,
    ]


def _head(toll: Toll) -> str:
    place = f", {toll.place}" if toll.place else ""
    records = [f"{span(r.low, r.high)}, best {number(r.best)} ({r.database} {r.id})" for r in toll.external]
    recorded = f"; on record: {'; '.join(records)}" if records else ""
    return f"{toll.story} {toll.story_event}: {toll.event_type}, {toll.event_date}{place}{recorded}"


def _events(tolls: Sequence[Toll]) -> list[tuple[str, list[Toll]]]:
    return [(_head(own[0]), own) for _, group in groupby(tolls, _event) if (own := list(group))]


def _event(toll: Toll) -> tuple[str, str]:
    return toll.story, toll.story_event


def text(tolls: Sequence[Toll], chosen: Sequence[str]) -> str:
    """For people: per event its tolls, per toll its claims in columns and the reductions below."""
    out = []
    for head, own in _events(tolls):
        out.append(head)
        for toll in own:
            rows = [_cells(claim) for claim in toll.claims]
            widths = [min(40, max(len(row[i]) for row in rows)) for i in range(len(rows[0]))]
            out += ["", f"  {title(toll)}"]
            out += [
                f"    {'  '.join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()}"
                for row in rows
            ]
            out += [f"  = {how}: {value}" for how, value in reductions(toll, chosen).items()]
        out.append("")
    return "".join(f"{line}\n" for line in out)


def markdown(tolls: Sequence[Toll], chosen: Sequence[str]) -> str:
    """Per event a heading, per toll a table of the claims and a list of the reductions."""
    out = []
    for head, own in _events(tolls):
        out.append(f"## {head}\n")
        for toll in own:
            rows = [[cell.replace("|", "\\|") for cell in _cells(claim)] for claim in toll.claims]
            out.append(f"### {title(toll)}\n")
            out.append(
                stats.markdown((["date", "number", "source", "words", "remarks", "page"], rows)) + "\n"
            )
            out.append("".join(f"* `{how}`: {value}\n" for how, value in reductions(toll, chosen).items()))
    return "\n".join(out)


def as_csv(tolls: Sequence[Toll], chosen: Sequence[str]) -> str:
    """One row a claim, its toll and the reductions repeated; ``latest`` as JSON."""
    own = [f.name for f in dataclasses.fields(Toll) if f.name not in _NESTED]
    claim_columns = {
        f.name: f"claim_{f.name}" if f.name in own else f.name for f in dataclasses.fields(Claim)
    }
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    ends = [("interval_low", "interval_high") if how == "interval" else (how,) for how in chosen]
    writer.writerow([*own, *claim_columns.values(), *(name for names in ends for name in names)])
    for toll in tolls:
        reduced: list[Any] = []
        for how in chosen:
            value = toll.reduction(how)
            reduced += value if how == "interval" else [_plain(value) if how == "latest" else value]
        for claim in toll.claims:
            cells = [getattr(toll, name) for name in own] + [getattr(claim, name) for name in claim_columns]
            writer.writerow([*(_plain(cell) for cell in cells), *reduced])
    return buffer.getvalue()


_NESTED = ("claims", "external", "interval", "acled_conservative", "latest")


def _plain(cell: Any) -> Any:
    """A cell of a CSV file: nested values as JSON."""
    if isinstance(cell, tuple):
        nested = [dataclasses.asdict(item) if dataclasses.is_dataclass(item) else item for item in cell]  # type: ignore[arg-type]
        return json.dumps(nested, ensure_ascii=False)
    return cell


def as_json(tolls: Sequence[Toll], chosen: Sequence[str]) -> str:
    """A list of tolls with all their fields, but of the reductions the chosen ones only."""
    documents = []
    for toll in tolls:
        document = dataclasses.asdict(toll)
        for how in ("interval", "acled_conservative", "latest"):
            if how not in chosen:
                del document[how]
        documents.append(document)
    return json.dumps(documents, ensure_ascii=False, indent=2) + "\n"


FORMS: dict[str, Callable[[Sequence[Toll], Sequence[str]], str]] = {
    "text": text,
    "json": as_json,
    "csv": as_csv,
    "markdown": markdown,
}
