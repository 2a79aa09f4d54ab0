"""The peer that the product is measured against: the same work, done the way one would write it first.

``json`` reads, ``jsonschema`` (or ``jsonschema-rs``) validates with ``iter_errors``, the checks are plain loops
over the document, ``datasets.Dataset.from_generator`` and ``to_parquet`` write the tables. FROZEN: it was
written before anything was optimised and is changed only where the rules of the corpus change, never to be
faster or slower. It imports nothing of ``bilan.checks``, ``bilan.jsonio`` or ``bilan.build``. Shared with the
product are what a number expression or a date means (``bilan.numbers``, ``bilan.edtf``), which labels include
which (``bilan.labels``), and the row functions of ``bilan.tables``, which are plain loops: whatever makes those
faster makes the peer faster too.

A finding is (file, code, JSON pointer); the findings of the schema have code "B2" and no pointer.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from bilan import edtf, labels, numbers

Json = dict[str, Any]
Finding = tuple[str, str, str]
Report = Callable[[str, str], None]

LAYERS = ("zones", "entities", "times", "events", "figures", "sources", "attributions", "relations")
REGISTRIES = ("actors", "places", "outlets")
SCHEMA = Path(__file__).resolve().parents[2] / "schema"
SPACE = " \t\n\u00a0\u202f\u2009"
DETERMINERS = {
    "fr": re.compile(r"(?:l[ea]s?|du|des|aux?|une?)\s|[ld]['’]", re.IGNORECASE),
    "en": re.compile(r"(?:the|an?)\s", re.IGNORECASE),
}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
WORD = re.compile(r"[^\W_]+")


class Fault(Exception):
    """A file that is no document."""


class Peer:
    """Checks a corpus and builds its tables. ``library`` is jsonschema or jsonschema_rs."""

    def __init__(self, corpus: Path, library: str) -> None:
        self.corpus, self.library = corpus, library
        self.findings: list[Finding] = []
        self.stories: dict[str, Json] = {}
        self.registry: dict[str, dict[str, Json]] = {}
        self.documents: list[tuple[str, Json]] = []
        self.exemptions: dict[tuple[str, str, str], int] = {}
        self.schemas = {"article": _schema("article.schema.json"), "story": _schema("story.schema.json")}
        registry = _schema("registry.schema.json")
        for kind in REGISTRIES:
            self.schemas[kind] = {"$schema": registry["$schema"], **registry["$defs"][kind]}
        self.validators = {kind: self._validator(schema) for kind, schema in self.schemas.items()}
        self.orders = _orders(self.schemas["article"])

    def _validator(self, schema: Json) -> Any:
        return importlib.import_module(self.library).Draft202012Validator(schema)

    # --- files

    def check(self) -> list[Finding]:
        """Reads and checks everything; keeps the documents."""
        for kind in REGISTRIES:
            self._registry_file(kind)
        path = self.corpus / "exemptions.json"
        for row in json.loads(path.read_text("utf-8"))["exemptions"] if path.exists() else ():
            self.exemptions[row["code"], row["article"], row["record"]] = 0
        articles = []
        for country in sorted(self.corpus.iterdir()):
            if len(country.name) == 2:
                for folder in sorted(country.iterdir()):
                    for path in sorted(folder.iterdir()):
                        if path.name == "story.json":
                            self._story_file(path)
                        else:
                            articles.append(path)
        for path in articles:
            self._article_file(path)
        self._whole()
        return sorted(self.findings)

    def _read(self, path: Path, kind: str) -> Json | None:
        file = path.relative_to(self.corpus).as_posix()
        try:
            document, found = read(path)
        except Fault as fault:
            self.findings.append((file, str(fault), ""))
            return None
        self.findings.extend((file, code, "") for code in found)
        errors = [(file, "B2", "") for _ in self.validators[kind].iter_errors(document)]
        self.findings.extend(errors)
        return None if errors else document

    def _registry_file(self, kind: str) -> None:
        path = self.corpus / "registry" / f"{kind}.json"
        document = self._read(path, kind)
        entries = document[kind] if document else []
        self.registry[kind] = {entry["id"]: entry for entry in entries}
        file = f"registry/{kind}.json"
        ids = [entry["id"] for entry in entries]
        if ids != sorted(ids):
            at = next(i for i, ident in enumerate(ids) if ident != sorted(ids)[i])
            self.findings.append((file, "B603", f"/{kind}/{at}"))
        for field in ("id", "wikidata", "geonames"):
            seen = set()
            for i, entry in enumerate(entries):
                if entry.get(field) and entry[field] in seen:
                    self.findings.append((file, "B603", f"/{kind}/{i}/{field}"))
                seen.add(entry.get(field))

    def _story_file(self, path: Path) -> None:
        story = self._read(path, "story")
        if story is None:
            return
        self.stories[story["id"]] = story
        file = path.relative_to(self.corpus).as_posix()

        def report(code: str, pointer: str) -> None:
            self.findings.append((file, code, pointer))

        if f"{story['id'][:2]}/{story['id'][3:]}" != "/".join(path.parts[-3:-1]):
            report("B307", "/id")
        for layer in ("events", "references"):
            ids = [record["id"] for record in story[layer]]
            for i, record in enumerate(story[layer]):
                if record["id"] in ids[:i]:
                    report("B303", f"/{layer}/{i}/id")
                if not valid_date(record["date"]):
                    report("B403", f"/{layer}/{i}/date")
        for i, event in enumerate(story["events"]):
            if event["place"] and event["place"] not in self.registry["places"]:
                report("B312", f"/events/{i}/place")
            for j, other in enumerate(event["external"]):
                if not other["low"] <= other["best"] <= other["high"]:
                    report("B402", f"/events/{i}/external/{j}")
        origins = {reference["id"]: reference["derived_from"] for reference in story["references"]}
        for i, reference in enumerate(story["references"]):
            origin = reference["derived_from"]
            if origin and origin not in origins:
                report("B304", f"/references/{i}/derived_from")
            elif origin:
                chain = [reference["id"]]
                while origin and origin not in chain:
                    chain.append(origin)
                    origin = origins.get(origin)
                if origin:
                    report("B315", f"/references/{i}/derived_from")
            if reference["url"] is None and not reference["note"]:
                report("B314", f"/references/{i}/url")

    def _article_file(self, path: Path) -> None:
        """One article: the levels after each other; from the schema on a level with findings is the last."""
        document = self._read(path, "article")
        if document is None:
            return
        file = path.relative_to(self.corpus).as_posix()
        self.documents.append((file, document))
        for level in (self._references_and_spans, self._meaning):
            found: list[Finding] = []

            def report(code: str, pointer: str, found: list[Finding] = found) -> None:
                found.append((file, code, pointer))

            level(document, path, report)
            for finding in found:
                key = (finding[1], document["id"], _record_of(document, finding[2]))
                if key in self.exemptions:
                    self.exemptions[key] += 1
                else:
                    self.findings.append(finding)
            if found:
                break

    # --- level 3

    def _references_and_spans(self, article: Json, path: Path, report: Report) -> None:
        self._identity(article, path, report)
        check_text(article, report)
        check_spans(article, report)
        check_references(article, report)
        self._outside(article, report)
        self._key_order(article, report)

    def _identity(self, article: Json, path: Path, report: Report) -> None:
        story, lang, number = article["id"].split(".")
        if story != article["story"]:
            report("B307", "/story")
        if lang != article["lang"]:
            report("B307", "/lang")
        if "/".join(path.parts[-3:]) != f"{story[:2]}/{story[3:]}/{lang}-{number}.json":
            report("B307", "/id")

    def _outside(self, article: Json, report: Report) -> None:
        if article["story"] not in self.stories:
            report("B316", "/story")
            return
        story = self.stories[article["story"]]
        known = [reference["id"] for reference in story["references"]]
        for i, ident in enumerate(article["references"]):
            if ident not in known:
                report("B314", f"/references/{i}")
        for i, figure in enumerate(article["figures"]):
            for ident in figure["references"]:
                if ident not in article["references"]:
                    report("B314", f"/figures/{i}/references")
        for i, attribution in enumerate(article["attributions"]):
            if attribution["reference"] and attribution["reference"] not in article["references"]:
                report("B314", f"/attributions/{i}/reference")
        events = [event["id"] for event in story["events"]]
        for i, event in enumerate(article["events"]):
            if event["story_event"] and event["story_event"] not in events:
                report("B313", f"/events/{i}/story_event")
        for i, entity in enumerate(article["entities"]):
            ident = entity["registry"]
            if ident and ident not in self.registry["actors"] and ident not in self.registry["places"]:
                report("B312", f"/entities/{i}/registry")
        outlet = article["record"]["outlet"] if article["record"] else None
        if outlet and outlet not in self.registry["outlets"]:
            report("B312", "/record/outlet")

    def _key_order(self, article: Json, report: Report) -> None:
        def compare(record: Json, order: list[str], pointer: str) -> None:
            if list(record) != [key for key in order if key in record]:
                report("B319", pointer)

        compare(article, self.orders["article"], "")
        compare(article["text"], self.orders["text"], "/text")
        for layer in LAYERS:
            for i, record in enumerate(article[layer]):
                compare(record, self.orders[layer], f"/{layer}/{i}")

    # --- level 4

    def _meaning(self, article: Json, path: Path, report: Report) -> None:
        if check_dates(article, report):
            check_times(article, report)
            check_events(article, report)
        check_figures(article, report)
        check_zones(article, report)
        check_attributions(article, report)
        check_relations(article, report)
        self._agreement(article, report)
        if article["text"]["access"] == "withheld":
            check_leaks(article, report)

    def _agreement(self, article: Json, report: Report) -> None:
        seen = set()
        for i, entity in enumerate(article["entities"]):
            ident = entity["registry"]
            if not ident:
                continue
            if ident in seen:
                report("B410", f"/entities/{i}/registry")
            seen.add(ident)
            entry = self.registry["actors"].get(ident) or self.registry["places"].get(ident)
            if entry is None:
                continue
            if entity["type"] != entry["type"] or entity["place_kind"] != entry.get("place_kind"):
                report("B410", f"/entities/{i}/type")
            if entity["name"] != entry["names"]["en"]:
                report("B410", f"/entities/{i}/name")

    # --- level 6

    def _whole(self) -> None:
        ids: set[str] = set()
        texts: set[str] = set()
        withheld: dict[str, bool] = {}
        for file, document in sorted(self.documents, key=lambda pair: pair[0]):
            if document["id"] in ids:
                self.findings.append((file, "B601", "/id"))
            if document["text"]["sha256"] in texts:
                self.findings.append((file, "B601", "/text"))
            ids.add(document["id"])
            texts.add(document["text"]["sha256"])
            here = document["text"]["access"] == "withheld"
            withheld[document["story"]] = withheld.get(document["story"], False) or here
        for ident, story in self.stories.items():
            file = f"{ident[:2]}/{ident[3:]}/story.json"
            if ident not in withheld:
                self.findings.append((file, "B605", ""))
            elif withheld[ident] and story["split"] != "test":
                self.findings.append((file, "B602", "/split"))
        for uses in self.exemptions.values():
            if not uses:
                self.findings.append(("exemptions.json", "B604", ""))

    # --- tables

    def build(self, out: Path) -> dict[str, Any]:
        """Writes the six tables of the checked documents; rows by table and split, root hash, seconds by phase."""
        import datasets

        from bilan import tables
        from bilan.tables.features import features

        begun = time.perf_counter()
        by_story: dict[str, list[Json]] = {}
        hashes: dict[str, str] = {}
        for _, document in self.documents:
            hashes[document["id"]] = canonical_hash(document)
            by_story.setdefault(document["story"], []).append(document)
        rows: dict[tuple[str, str], list[Json]] = {}
        for ident in sorted(by_story):
            found = tables.story_tables(self.stories[ident], by_story[ident], self.registry)
            for key, some in found.rows.items():
                rows.setdefault(key, []).extend(some)
        root = canonical_hash(
            {
                "registry": {
                    f"{kind}/{ident}": canonical_hash(entry)
                    for kind in REGISTRIES
                    for ident, entry in self.registry[kind].items()
                },
                "stories": {ident: canonical_hash(story) for ident, story in self.stories.items()},
                "articles": hashes,
            }
        )
        tabulated = time.perf_counter()
        counts: dict[str, dict[str, int]] = {}
        for (config, split), some in sorted(rows.items()):
            # with a fingerprint of its own the library need not pickle and hash the rows: to the peer's good
            dataset = datasets.Dataset.from_generator(
                lambda some=some: iter(some),
                features=features(config),
                cache_dir=str(out / "cache"),
                fingerprint=f"{config}-{split}",
            )
            (out / config).mkdir(parents=True, exist_ok=True)
            dataset.to_parquet(out / config / f"{split}.parquet")
            counts.setdefault(config, {})[split] = len(dataset)
        written = time.perf_counter()
        return {
            "rows": counts,
            "root": root,
            "phases": {"tables": tabulated - begun, "Parquet": written - tabulated},
        }


def _schema(name: str) -> Json:
    schema: Json = json.loads((SCHEMA / name).read_text("utf-8"))
    return schema


def _orders(schema: Json) -> dict[str, list[str]]:
    orders = {layer: list(schema["$defs"][layer]["properties"]) for layer in LAYERS}
    orders["article"] = list(schema["properties"])
    orders["text"] = list(schema["properties"]["text"]["properties"])
    return orders


def _record_of(document: Json, pointer: str) -> str:
    parts = pointer.split("/")
    if len(parts) > 2 and parts[2].isdigit() and isinstance(document.get(parts[1]), list):
        record = document[parts[1]][int(parts[2])]
        return str(record.get("id", "")) if isinstance(record, dict) else str(record)
    return ""


def canonical_hash(document: Any) -> str:
    """SHA-256 of the JSON with sorted keys and no white space."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


# --- level 1 ---------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[Json, list[str]]:
    """The document of a file, and the codes of what does not keep it from being read. Raises Fault."""
    if path.is_symlink():
        raise Fault("B111")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise Fault("B112")
    if path.stat().st_size > 8 * 1024 * 1024:
        raise Fault("B114")
    raw = path.read_bytes()
    found = []
    if not raw.strip():
        raise Fault("B113")
    if raw.startswith(b"\xef\xbb\xbf"):
        found.append("B103")
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("B102") from None
    if "\r" in text:
        found.append("B104")
    try:
        document = json.loads(
            text,
            object_pairs_hook=_no_doubles,
            parse_constant=_no_constant,
            parse_int=_short_int,
            parse_float=_short_float,
        )
    except RecursionError:
        raise Fault("B109") from None
    except ValueError:
        raise Fault("B101") from None
    for value, depth in _walk(document, 1):
        if depth > 65:
            raise Fault("B109")
        if isinstance(value, str):
            if SURROGATE.search(value):
                raise Fault("B108")
            if CONTROL.search(value):
                found.append("B110")
    if not found and json.dumps(document, indent=2, ensure_ascii=False) + "\n" != text:
        found.append("B117")
    return document, found


def _no_doubles(pairs: list[tuple[str, Any]]) -> Json:
    out = dict(pairs)
    if len(out) < len(pairs):
        raise Fault("B105")
    return out


def _no_constant(name: str) -> Any:
    raise Fault("B106")


def _short_int(digits: str) -> int:
    if len(digits.lstrip("-")) > 32:
        raise Fault("B107")
    return int(digits)


def _short_float(digits: str) -> float:
    value = float(digits)
    if sum(c.isdigit() for c in digits) > 32 or value in (float("inf"), float("-inf")):
        raise Fault("B107")
    return value


def _walk(value: Any, depth: int) -> Iterator[tuple[Any, int]]:
    yield value, depth
    if isinstance(value, dict):
        for inner in value.values():
            yield from _walk(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, depth + 1)


# --- level 3: text, spans, references --------------------------------------------------------------------


def check_text(article: Json, report: Report) -> None:
    text = article["text"]
    if text["access"] == "open":
        if hashlib.sha256(text["content"].encode()).hexdigest() != text["sha256"]:
            report("B306", "/text/sha256")
        if len(text["content"]) != text["length"]:
            report("B306", "/text/length")
        if text["content"].strip(SPACE) != text["content"]:
            report("B318", "/text/content")


def all_spans(article: Json) -> list[tuple[str, str, str, Json, str]]:
    """Every span: layer, id of its record, field of the record, the span, its pointer."""
    out = []
    for layer in ("zones", "times", "figures"):
        for i, record in enumerate(article[layer]):
            out.append((layer, record["id"], "", record, f"/{layer}/{i}"))
    for layer, fields in (
        ("entities", ["mentions"]),
        ("events", ["triggers"]),
        ("sources", ["mentions"]),
        ("attributions", ["cues", "quotes"]),
    ):
        for i, record in enumerate(article[layer]):
            for field in fields:
                for j, span in enumerate(record[field]):
                    out.append((layer, record["id"], field, span, f"/{layer}/{i}/{field}/{j}"))
    return out


def check_spans(article: Json, report: Report) -> None:
    text = article["text"]
    content, length = text.get("content"), text["length"]
    names = []
    for entity in article["entities"]:
        for mention in entity["mentions"]:
            if mention["kind"] == "name":
                names.append(mention["start"])
    determiner = DETERMINERS.get(article["lang"])
    last: dict[tuple[str, str], int] = {}
    for layer, ident, field, span, pointer in all_spans(article):
        start, end = span["start"], span["end"]
        if not start < end <= length:
            report("B302", pointer)
            continue
        surface = span.get("surface")
        if surface is not None:
            words = content[start:end] if content is not None else surface
            if words != surface or (content is None and len(surface) != end - start):
                report("B301", f"{pointer}/surface")
            edges = surface[0] + surface[-1]
            if layer != "zones":
                spaced = any(edge in SPACE for edge in edges)
                if spaced or (layer != "attributions" and any(edge in ",;:!?—–" for edge in edges)):
                    report("B309", f"{pointer}/surface")
            name = surface[0].isupper() and start in names
            if layer in ("entities", "sources") and determiner and determiner.match(surface) and not name:
                report("B310", f"{pointer}/surface")
        if field:
            if (ident, field) in last and start < last[ident, field]:
                report("B308", pointer)
            last[ident, field] = end
    figures = sorted(
        (figure["start"], figure["end"], i)
        for i, figure in enumerate(article["figures"])
        if figure["start"] < figure["end"] <= length
    )
    for one, other in pairwise(figures):
        if other[0] < one[1]:
            report("B311", f"/figures/{other[2]}")


def all_references(article: Json) -> list[tuple[str, str, list[str]]]:
    """Every reference inside the article: its pointer, the id it names, the layers that may hold it."""
    out = []
    for i, event in enumerate(article["events"]):
        for j, ident in enumerate(event["times"]):
            out.append((f"/events/{i}/times/{j}", ident, ["times"]))
        for j, ident in enumerate(event["places"]):
            out.append((f"/events/{i}/places/{j}", ident, ["entities"]))
        for j, participant in enumerate(event["participants"]):
            out.append((f"/events/{i}/participants/{j}/entity", participant["entity"], ["entities"]))
        if event["part_of"]:
            out.append((f"/events/{i}/part_of", event["part_of"], ["events"]))
    for i, figure in enumerate(article["figures"]):
        if figure["event"]:
            out.append((f"/figures/{i}/event", figure["event"], ["events"]))
        if figure["entity"]:
            out.append((f"/figures/{i}/entity", figure["entity"], ["entities"]))
        if figure["period"]:
            out.append((f"/figures/{i}/period", figure["period"], ["times"]))
    for i, source in enumerate(article["sources"]):
        if source["entity"]:
            out.append((f"/sources/{i}/entity", source["entity"], ["entities"]))
    for i, attribution in enumerate(article["attributions"]):
        for j, ident in enumerate(attribution["sources"]):
            out.append((f"/attributions/{i}/sources/{j}", ident, ["sources"]))
        for j, ident in enumerate(attribution["content"]):
            out.append((f"/attributions/{i}/content/{j}", ident, ["figures", "events", "attributions"]))
        for j, ident in enumerate(attribution["blames"]):
            out.append((f"/attributions/{i}/blames/{j}", ident, ["entities"]))
    for i, relation in enumerate(article["relations"]):
        out.append((f"/relations/{i}/from", relation["from"], ["figures"]))
        out.append((f"/relations/{i}/to", relation["to"], ["figures"]))
    return out


def check_references(article: Json, report: Report) -> None:
    where: dict[str, str] = {}
    for layer in LAYERS:
        for i, record in enumerate(article[layer]):
            if record["id"] in where:
                report("B303", f"/{layer}/{i}/id")
            where[record["id"]] = layer
    for pointer, ident, layers in all_references(article):
        if where.get(ident) not in layers:
            report("B304", pointer)
    parents = {event["id"]: [event["part_of"]] if event["part_of"] else [] for event in article["events"]}
    for i, event in enumerate(article["events"]):
        if contains(parents, event["id"]):
            report("B315", f"/events/{i}/part_of")
    contents = {attribution["id"]: attribution["content"] for attribution in article["attributions"]}
    for i, attribution in enumerate(article["attributions"]):
        if contains(contents, attribution["id"]):
            report("B315", f"/attributions/{i}/content")


def contains(edges: dict[str, list[str]], ident: str) -> bool:
    """Whether a record can be reached from itself."""
    seen: list[str] = []
    queue = list(edges[ident])
    while queue:
        here = queue.pop()
        if here == ident:
            return True
        if here not in seen:
            seen.append(here)
            queue.extend(edges.get(here, []))
    return False


# --- level 4: meaning ------------------------------------------------------------------------------------


def valid_date(value: str | None) -> bool:
    if value is None:
        return True
    try:
        edtf.bounds(value)
    except edtf.EdtfError:
        return False
    return True


def check_dates(article: Json, report: Report) -> bool:
    fine = True
    dated = [("/published", article["published"])]
    for layer, field in (("times", "edtf"), ("events", "date"), ("attributions", "said")):
        for i, record in enumerate(article[layer]):
            dated.append((f"/{layer}/{i}/{field}", record[field]))
    for pointer, value in dated:
        if not valid_date(value):
            report("B403", pointer)
            fine = False
    return fine


def after(value: str | None, published: str | None) -> bool:
    if not value or not published:
        return False
    first, last = edtf.bounds(value)[0], edtf.bounds(published)[1]
    return first is not None and last is not None and first > last


def check_times(article: Json, report: Report) -> None:
    for i, time_ in enumerate(article["times"]):
        if time_["kind"] == "duration" and time_["edtf"]:
            report("B412", f"/times/{i}/edtf")
        if time_["kind"] == "duration" and not time_["duration"]:
            report("B412", f"/times/{i}/duration")
        if time_["kind"] != "duration" and time_["duration"]:
            report("B412", f"/times/{i}/duration")
        if time_["kind"] == "time" and not time_["part"] and not time_["clock"]:
            report("B412", f"/times/{i}/kind")
        if time_["kind"] == "date" and (time_["part"] or time_["clock"]):
            report("B412", f"/times/{i}/kind")
    for i, attribution in enumerate(article["attributions"]):
        if after(attribution["said"], article["published"]):
            report("B411", f"/attributions/{i}/said")


def by_id(records: list[Json], ident: str) -> Json:
    return next(record for record in records if record["id"] == ident)


def check_events(article: Json, report: Report) -> None:
    for i, event in enumerate(article["events"]):
        for j, ident in enumerate(event["times"]):
            value = by_id(article["times"], ident)["edtf"]
            if value and event["date"] and not edtf.overlap(value, event["date"]):
                report("B404", f"/events/{i}/times/{j}")
        for j, ident in enumerate(event["places"]):
            if by_id(article["entities"], ident)["type"] not in ("place", "facility"):
                report("B405", f"/events/{i}/places/{j}")
        if after(event["date"], article["published"]):
            report("B411", f"/events/{i}/date")
        roles = []
        for participant in event["participants"]:
            if (participant["entity"], participant["role"]) in roles:
                report("B405", f"/events/{i}/participants")
                break
            roles.append((participant["entity"], participant["role"]))


def check_figures(article: Json, report: Report) -> None:
    for i, figure in enumerate(article["figures"]):
        low, high, stated = figure["low"], figure["high"], figure["stated"]
        modifier, at = figure["modifier"], f"/figures/{i}"
        if high is not None and low > high:
            report("B402", f"{at}/low")
        if modifier == "exact" and not (low == high and high == stated):
            report("B402", f"{at}/modifier")
        if modifier in ("at_least", "more_than") and high is not None:
            report("B402", f"{at}/high")
        if modifier in ("range", "indefinite") and stated is not None:
            report("B402", f"{at}/stated")
        if modifier not in ("range", "indefinite") and stated is None:
            report("B402", f"{at}/stated")
        if figure["unit"] == "percent" and figure["scope"] != "share":
            report("B402", f"{at}/scope")
        if figure["period"]:
            if figure["scope"] != "total":
                report("B406", f"{at}/period")
            if by_id(article["times"], figure["period"])["kind"] == "set":
                report("B406", f"{at}/period")
        if figure.get("surface") is not None:
            value = numbers.parse(figure["surface"], article["lang"])
            if value is None:
                report("B401", f"{at}/surface")
            elif (value.stated, value.low, value.high, value.modifier, value.unit) != (
                stated,
                low,
                high,
                modifier,
                figure["unit"],
            ):
                report("B401", f"{at}/low")


def check_zones(article: Json, report: Report) -> None:
    for layer, _, _, span, pointer in all_spans(article):
        if layer in ("events", "figures", "sources", "attributions"):
            for zone in article["zones"]:
                closed = zone["kind"] in ("caption", "byline", "boilerplate")
                if closed and span["start"] < zone["end"] and zone["start"] < span["end"]:
                    report("B405", pointer)


def check_attributions(article: Json, report: Report) -> None:
    events = [event["id"] for event in article["events"]]
    used = []
    for i, attribution in enumerate(article["attributions"]):
        stance, at = attribution["stance"], f"/attributions/{i}"
        used.extend(attribution["sources"])
        if stance == "no_comment" and not all(ident in events for ident in attribution["content"]):
            report("B414", f"{at}/content")
        if stance == "claims_responsibility" and not attribution["blames"]:
            report("B409", f"{at}/blames")
    for i, source in enumerate(article["sources"]):
        if source["id"] not in used:
            report("B413", f"/sources/{i}")


def check_relations(article: Json, report: Report) -> None:
    seen = []
    for i, relation in enumerate(article["relations"]):
        at, kind = f"/relations/{i}", relation["type"]
        a = by_id(article["figures"], relation["from"])
        b = by_id(article["figures"], relation["to"])
        if a["id"] == b["id"]:
            report("B407", at)
            continue
        if (kind, a["id"], b["id"]) in seen:
            report("B407", at)
        seen.append((kind, a["id"], b["id"]))
        if kind in ("updates", "restates"):
            if a["event"] != b["event"] or a["scope"] != b["scope"]:
                report("B407", at)
            alike = ("killed", "casualties", "neutralised")
            if a["measure"] != b["measure"] and not (a["measure"] in alike and b["measure"] in alike):
                report("B407", at)
        if kind == "restates":
            if not labels.comparable(a["of"], b["of"]):
                report("B407", at)
            low_enough = b["high"] is None or a["low"] <= b["high"]
            high_enough = a["high"] is None or b["low"] <= a["high"]
            if not (low_enough and high_enough):
                report("B407", at)
        if kind == "part_of" and b["high"] is not None and a["low"] > b["high"]:
            report("B408", at)


def check_leaks(article: Json, report: Report) -> None:
    """Clear spans that touch, or lie two code points apart at most, are one run of words."""
    clear = []
    for _, _, _, span, _ in all_spans(article):
        if "surface" in span:
            clear.append((span["start"], span["end"], span["surface"]))
    clear.sort()
    runs: list[tuple[int, str]] = []
    for start, end, surface in clear:
        if runs and start <= runs[-1][0] + 2:
            last_end, words = runs[-1]
            if end > last_end:
                gap = " " if start > last_end else ""
                runs[-1] = (end, words + gap + surface[max(0, last_end - start) :])
        else:
            runs.append((end, surface))
    for _, words in runs:
        if len(WORD.findall(words)) > 7:
            report("B415", "/text")
