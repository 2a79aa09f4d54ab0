"""One measurement, in a process of its own: ``python measure.py WHAT CORPUS [OPTIONS]`` prints it as JSON.

A process of its own, so that nothing that one measurement has read, remembered or imported helps the next one.
The clock starts after the imports. Seconds are wall-clock; ``cpu`` are processor seconds, children included.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Measured = dict[str, Any]
Finding = tuple[str, str, str]

BATCH = 64


def product_check(corpus: Path, workers: int) -> Measured:
    """``bilan check --quick``: the peer has no checks of coverage."""
    import jsonschema_rs  # noqa: F401

    from bilan.checks import meaning, runner, spans, whole  # noqa: F401

    result, seconds, cpu = timed(lambda: runner.check_corpus(corpus, workers=workers, texts=False))
    findings = [finding(corpus, incident) for incident in result.incidents]
    return {"seconds": seconds, "cpu": cpu, "articles": result.articles, "findings": sorted(findings)}


def product_build(corpus: Path, workers: int, out: Path) -> Measured:
    """``bilan build``."""
    import jsonschema_rs  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from bilan.build import build
    from bilan.checks import meaning, spans, whole  # noqa: F401

    result, seconds, cpu = timed(lambda: build(corpus, out, workers=workers))
    rows = {config: {one.split: one.rows for one in splits} for config, splits in result.layout.items()}
    return {"seconds": seconds, "cpu": cpu, "articles": result.articles, "rows": rows, "root": result.root}


def product_phases(corpus: Path, out: Path) -> Measured:
    """What the steps of the product take by themselves, over batches of articles, with the collector off."""
    import jsonschema_rs  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from bilan import build, jsonio, tables
    from bilan.checks import meaning, parse, schema, spans
    from bilan.tables import parquet

    clock = time.perf_counter
    phases = dict.fromkeys(
        ("stories and registry", "read and parse", "schema", "spans and references", "meaning"), 0.0
    )
    phases.update(dict.fromkeys(("hashes", "tables", "Arrow", "Parquet"), 0.0))
    gc.disable()
    at = clock()
    files, context, _ = build.survey(corpus)
    phases["stories and registry"] = clock() - at
    parts: list[dict[tuple[str, str], parquet.ArrowFile]] = []
    for number, part in enumerate(build.parts_of(files)):
        at = clock()
        documents = []
        for path, shown in part:
            raw = parse.read_bytes(Path(path), shown)
            assert isinstance(raw, bytes)
            documents.append(parse.parse(raw, shown)[0])
        at = lap(phases, "read and parse", at)
        for document, (_, shown) in zip(documents, part, strict=True):
            schema.check(document, "article", shown)
        at = lap(phases, "schema", at)
        for document, (_, shown) in zip(documents, part, strict=True):
            spans.check(document, shown, context)
        at = lap(phases, "spans and references", at)
        for document, (_, shown) in zip(documents, part, strict=True):
            meaning.check(document, shown, context)
        at = lap(phases, "meaning", at)
        for document in documents:
            jsonio.canonical_sha256(document)
        at = lap(phases, "hashes", at)
        by_story: dict[str, list[Any]] = {}
        for document in documents:
            by_story.setdefault(document["story"], []).append(document)
        rows: build.Rows = {}
        for ident, some in by_story.items():
            for key, more in tables.story_tables(context.stories[ident], some, context.registry).rows.items():
                rows.setdefault(key, []).extend(more)
        at = lap(phases, "tables", at)
        parts.append({})
        for (config, split), listed in rows.items():
            path = str(out / f"{config}-{split}-{number}.arrow")
            parts[-1][config, split] = parquet.write_arrow(path, config, listed)
        lap(phases, "Arrow", at)
    at = clock()
    for planned in parquet.plan(parts):
        parquet.write_parquet(str(out), planned)
    phases["Parquet"] = clock() - at
    return {"phases": phases, "articles": len(files)}


def lap(phases: dict[str, float], name: str, since: float) -> float:
    now = time.perf_counter()
    phases[name] += now - since
    return now


def peer(corpus: Path, library: str, out: Path | None) -> Measured:
    """The peer's check, and its build where there is a folder to write."""
    from peer import Peer

    made = Peer(corpus, library)  # its schemas are read before the clock starts
    if out is not None:
        import datasets

        from bilan import tables  # noqa: F401

        datasets.disable_progress_bars()
    findings, seconds, cpu = timed(made.check)
    measured: Measured = {
        "seconds": seconds,
        "cpu": cpu,
        "articles": len(made.documents),
        "findings": findings,
    }
    if out is not None:
        built, more, more_cpu = timed(lambda: made.build(out))
        measured.update(built, check=seconds, seconds=seconds + more, cpu=cpu + more_cpu)
    return measured


def warm_up() -> None:
    """Imports what both sides call: the number parser compiles its patterns when it is first used."""
    from bilan import edtf, labels, numbers

    for lang, words in (("en", "two men"), ("fr", "deux hommes")):
        numbers.parse(words, lang)
    edtf.bounds("2025-05-23")
    labels.inventory()


def timed(function: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the function returns, its wall-clock seconds and its processor seconds, children included."""
    before, at = processor_seconds(), time.perf_counter()
    result = function()
    seconds = time.perf_counter() - at
    return result, seconds, processor_seconds() - before


def processor_seconds() -> float:
    """So far, of this process and of its children that have ended; ``os.times`` counts in hundredths only."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def finding(corpus: Path, incident: Any) -> Finding:
    """An incident as the peer would note it: the schema's without pointer, the file within the corpus."""
    schema = incident.code.startswith("B2")
    file = Path(os.path.relpath(incident.file, os.path.relpath(corpus))).as_posix()
    level = int(incident.code[1])
    return file, "B2" if schema else incident.code, incident.pointer if level > 2 else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("check", "build", "phases", "peer-check", "peer-build"))
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--library", choices=("jsonschema", "jsonschema_rs"), default="jsonschema")
    parser.add_argument("--out", type=Path, help="keep what is built in this folder")
    args = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="bilan-bench-"))
    try:
        out = args.out or work / "out"
        if args.what == "phases":
            out.mkdir()
        measurements: dict[str, Callable[[], Measured]] = {
            "check": lambda: product_check(args.corpus, args.workers),
            "build": lambda: product_build(args.corpus, args.workers, out),
            "phases": lambda: product_phases(args.corpus, out),
            "peer-check": lambda: peer(args.corpus, args.library, None),
            "peer-build": lambda: peer(args.corpus, args.library, out),
        }
        warm_up()
        measured = measurements[args.what]()
    finally:
        shutil.rmtree(work)
    unit = 1 if sys.platform == "darwin" else 1024
    measured["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    measured["peak_worker"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    json.dump(measured, sys.stdout)


if __name__ == "__main__":
    main()
