"""Checks of story files and registry files: levels 3 and 4 for what is not an article."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bilan import edtf
from bilan.incidents import Incident
from bilan.model import Json


def check_story(story: Json, file: str, places: dict[str, Json]) -> list[Incident]:
    """Incidents of a story that fits its schema."""
    out: list[Incident] = []

    def report(code: str, pointer: str, message: str, mend: str) -> None:
        out.append(Incident(code, message, mend, file=file, pointer=pointer))

    parts = file.replace("\\", "/").split("/")
    if len(parts) >= 3 and "/".join(parts[-3:-1]) != f"{story['id'][:2]}/{story['id'][3:]}":
        report(
            "B307",
            "/id",
            f"the story {story['id']!r} belongs in {story['id'][:2]}/{story['id'][3:]}/",
            "rename the folder or mend the id",
        )
    _unique(story["events"], "/events", report)
    _unique(story["references"], "/references", report)
    for i, event in enumerate(story["events"]):
        if wrong := _no_day(event["date"]):
            report("B403", f"/events/{i}/date", wrong, "write a day that the calendar has")
        if event["place"] and event["place"] not in places:
            report(
                "B312",
                f"/events/{i}/place",
                f"{event['place']!r} is not in the registry",
                "add it to places.json, or write null",
            )
        for j, record in enumerate(event["external"]):
            if not record["low"] <= record["best"] <= record["high"]:
                report("B402", f"/events/{i}/external/{j}", "not low ≤ best ≤ high", "copy the record again")
    roots = {reference["id"]: reference["derived_from"] for reference in story["references"]}
    for i, reference in enumerate(story["references"]):
        if wrong := _no_day(reference["date"]):
            report("B403", f"/references/{i}/date", wrong, "write a day that the calendar has")
        target = reference["derived_from"]
        if not target:
            pass
        elif target not in roots:
            report(
                "B304",
                f"/references/{i}/derived_from",
                f"{target} is no reference of the story",
                "add it, or write null",
            )
        elif _circle(roots, reference["id"]):
            report(
                "B315",
                f"/references/{i}/derived_from",
                f"{reference['id']} derives from itself",
                "cut the circle",
            )
        if reference["url"] is None and not reference["note"]:
            report(
                "B314",
                f"/references/{i}/url",
                "a reference without address",
                "give the address, or a note that says how it is known",
            )
    return out


def check_registry(kind: str, document: Json, file: str) -> list[Incident]:
    """Incidents of one registry file that fits its schema."""
    out: list[Incident] = []
    entries = document[kind]
    ids = [entry["id"] for entry in entries]
    if ids != sorted(ids):
        i = next(i for i, (a, b) in enumerate(zip(ids, sorted(ids), strict=True)) if a != b)
        out.append(
            Incident(
                "B603",
                f"{ids[i]!r} is out of order",
                "sort the entries by id",
                file=file,
                pointer=f"/{kind}/{i}",
            )
        )
    for field in ("id", "wikidata", "geonames"):
        seen: dict[str, int] = {}
        for i, entry in enumerate(entries):
            value = entry.get(field)
            if value and value in seen:
                message = f"{value!r} stands twice ({entries[seen[value]]['id']}, {entry['id']})"
                out.append(
                    Incident(
                        "B603",
                        message,
                        "make one entry of the two",
                        file=file,
                        pointer=f"/{kind}/{i}/{field}",
                    )
                )
            elif value:
                seen[value] = i
    return out


def _unique(records: list[Json], pointer: str, report: Any) -> None:
    seen: set[str] = set()
    if len({record["id"] for record in records}) == len(records):
        return
    for i, record in enumerate(records):
        if record["id"] in seen:
            report("B303", f"{pointer}/{i}/id", f"the id {record['id']} stands twice", "number it on")
        seen.add(record["id"])


@lru_cache(maxsize=65536)
def _no_day(value: str | None) -> str:
    """What is wrong with a date; "" if nothing is. Stories share their days, and have some dozens each."""
    if value is not None:
        try:
            edtf.bounds(value)
        except edtf.EdtfError as error:
            return str(error)
    return ""


def _circle(roots: dict[str, str | None], start: str) -> bool:
    seen = {start}
    here = roots.get(start)
    while here:
        if here in seen:
            return True
        seen.add(here)
        here = roots.get(here)
    return False
