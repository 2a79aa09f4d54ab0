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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

Measured = dict[str, Any]
Finding = tuple[str, str, str]

THREE = "check-3"
"""Levels 1 to 3 (and what the whole corpus tells), without the meaning of level 4."""


def product_check(corpus: Path, workers: int, engine: str, three: bool = False) -> Measured:
    """``bilan check --quick``: the peer has no checks of coverage."""
    import jsonschema_rs  # noqa: F401

    from bilan.checks import levels, meaning, runner, spans, whole  # noqa: F401

    if three:
        levels._meaning_level = lambda document, file, context: []
    with executor(engine, workers) as given:
        result, seconds, cpu = timed(
            lambda: runner.check_corpus(corpus, workers=workers, texts=False, executor=given)
        )
    findings = [finding(corpus, incident) for incident in result.incidents]
    return {"seconds": seconds, "cpu": cpu, "articles": result.articles, "findings": sorted(findings)}


def product_build(corpus: Path, workers: int, engine: str, out: Path) -> Measured:
    """``bilan build``; of a folder that was built before, what is built again."""
    import jsonschema_rs  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from bilan.build import build
    from bilan.checks import meaning, spans, whole  # noqa: F401

    with executor(engine, workers) as given:
        result, seconds, cpu = timed(lambda: build(corpus, out, workers=workers, executor=given))
    rows = {config: {one.split: one.rows for one in splits} for config, splits in result.layout.items()}
    told = {"articles": result.articles, "kept": result.kept, "rows": rows, "root": result.root}
    return {"seconds": seconds, "cpu": cpu, **told}


@contextmanager
def executor(engine: str, workers: int) -> Iterator[Any]:
    """The executor of an engine, its workers started and with their imports done; None for local processes."""
    from bilan.shards import engines

    with engines.opened(engine, workers) as given:
        if given is not None:
            for one in [given.submit(warm_up) for _ in range(4 * workers)]:
                one.result()
        yield given


def product_phases(corpus: Path, out: Path) -> Measured:
    """What the steps of the product take by themselves, part by part, with the collector off."""
    import jsonschema_rs  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from bilan import build, jsonio, model, tables
    from bilan.checks import contexts, meaning, parse, parts, schema, spans, tree
    from bilan.tables import parquet

    clock = time.perf_counter
    phases = dict.fromkeys(
        ("registry, list of files", "stories", "read and parse", "schema", "spans and references"), 0.0
    )
    phases.update(dict.fromkeys(("meaning", "hashes", "tables", "Arrow", "Parquet"), 0.0))
    gc.disable()
    at = clock()
    survey = build.survey(corpus)
    at = lap(phases, "registry, list of files", at)
    made: list[tuple[str, dict[tuple[str, str], parquet.Rows]]] = []
    for number, part in enumerate(survey.parts):
        context = replace(survey.context, stories={})
        articles = []
        for file in parts.load(part, survey.base):
            assert isinstance(file.raw, bytes)
            if file.name.endswith(tree.STORY):
                at = clock()
                contexts.story_in(file.raw, file.shown, context)
                lap(phases, "stories", at)
            else:
                articles.append(file)
        at = clock()
        documents = []
        for file in articles:
            raw = parse.read_bytes(f"{survey.base.corpus}/{file.name}", file.shown)
            assert isinstance(raw, bytes)
            documents.append((parse.parse(raw, file.shown)[0], file.shown))
        at = lap(phases, "read and parse", at)
        for document, shown in documents:
            schema.check(document, "article", shown)
        at = lap(phases, "schema", at)
        for document, shown in documents:
            spans.check(document, shown, context)
        at = lap(phases, "spans and references", at)
        for document, shown in documents:
            meaning.check(document, shown, context)
        at = lap(phases, "meaning", at)
        for document, _ in documents:
            jsonio.canonical_sha256(document, floats=model.has_floats(document))
        at = lap(phases, "hashes", at)
        rows: dict[tuple[str, str], list[Any]] = {}
        for ident, some in groupby((document for document, _ in documents), key=lambda one: one["story"]):
            for key, more in tables.story_tables(context.stories[ident], some, context.registry).rows.items():
                rows.setdefault(key, []).extend(more)
        at = lap(phases, "tables", at)
        made.append((part.name, parquet.write_arrow(str(out), str(number), part.name, rows)))
        lap(phases, "Arrow", at)
    at = clock()
    for planned in parquet.plan(made):
        parquet.write_parquet(str(out), planned)
    phases["Parquet"] = clock() - at
    return {"phases": phases, "articles": survey.articles}


def native_floor(corpus: Path, out: Path) -> Measured:
    """No checks and no Python objects: the files read, parsed by simdjson, and the product's tables as Parquet.

    The tables are those that the product has built in ``out``; they are read before the clock starts. What is
    timed is the same bytes in and the same bytes out, in one thread.
    """
    import pyarrow.parquet as pq
    import simdjson

    from bilan.tables import parquet

    sources = sorted((out / "data").rglob("*.parquet"))
    tables = [(path.relative_to(out).as_posix(), pq.ParquetFile(path).read()) for path in sources]
    target = out / "floor"
    target.mkdir(exist_ok=True)
    files = sorted(corpus.glob("[a-z][a-z]/*/*.json"))
    parser = simdjson.Parser()
    phases: dict[str, float] = dict.fromkeys(("reading", "parsing", "Parquet"), 0.0)

    def floor() -> None:
        for path in map(str, files):
            at = time.perf_counter()
            with open(path, "rb") as file:
                raw = file.read()
            at = lap(phases, "reading", at)
            parser.parse(raw)
            lap(phases, "parsing", at)
        at = time.perf_counter()
        for name, table in tables:
            with pq.ParquetWriter(
                target / name.replace("/", "-"), table.schema, **parquet.options()
            ) as writer:
                rows = max(1, table.num_rows * parquet.ROW_GROUP_BYTES // max(1, table.nbytes))
                writer.write_table(table, row_group_size=rows)
        lap(phases, "Parquet", at)

    _, seconds, cpu = timed(floor)
    shutil.rmtree(target)
    articles = sum(path.name != "story.json" for path in files)
    return {"seconds": seconds, "cpu": cpu, "articles": articles, "phases": phases}


def lap(phases: dict[str, float], name: str, since: float) -> float:
    now = time.perf_counter()
    phases[name] += now - since
    return now


def peer(corpus: Path, library: str, out: Path | None, three: bool = False) -> Measured:
    """The peer's check, and its build where there is a folder to write."""
    from peer import Peer

    made = Peer(corpus, library)  # its schemas are read before the clock starts
    if three:
        made._meaning = lambda article, path, report: None  # type: ignore[method-assign]
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
    what = ("check", THREE, "build", "phases", "floor", "peer-check", f"peer-{THREE}", "peer-build")
    parser.add_argument("what", choices=what)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--engine", default="local")
    parser.add_argument("--library", choices=("jsonschema", "jsonschema_rs"), default="jsonschema")
    parser.add_argument("--out", type=Path, help="keep what is built in this folder")
    args = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="bilan-bench-"))
    corpus, library = args.corpus, args.library
    try:
        out = args.out or work / "out"
        if args.what == "phases":
            out.mkdir()
        measurements: dict[str, Callable[[], Measured]] = {
            "check": lambda: product_check(corpus, args.workers, args.engine),
            THREE: lambda: product_check(corpus, args.workers, args.engine, three=True),
            "build": lambda: product_build(corpus, args.workers, args.engine, out),
            "phases": lambda: product_phases(corpus, out),
            "floor": lambda: native_floor(corpus, out),
            "peer-check": lambda: peer(corpus, library, None),
            f"peer-{THREE}": lambda: peer(corpus, library, None, three=True),
            "peer-build": lambda: peer(corpus, library, out),
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
