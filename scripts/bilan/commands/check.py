"""Check a corpus, or only the given files and folders of it.

A corpus may also stand in shards: files with the lines of stories and their articles (.jsonl, .jsonl.gz, .jsonl.zst,
.parquet), given as a file, a folder, a glob or a URL that fsspec opens. Its registry lies beside it in registry/, or
is that of the corpus.

Every incident comes with its place, its code and its mend; `bilan rule CODE` explains a code.
Exit status: 0 all good, 1 incidents, 2 wrong usage.

--fix first repairs what the document itself determines and what loses nothing that somebody wrote, says each repair in
a line, and then reports what is left; schema/checks.md says for every code what it repairs. The content of released
documents stays as it is unless --released is given.

--format github writes the commands that annotate the lines of a pull request, and the page of the job where
GITHUB_STEP_SUMMARY names it; --format sarif writes SARIF 2.1.0.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from bilan.checks.runner import Result


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files or folders, or one place of shards (default: the whole corpus)",
    )
    parser.add_argument(
        "--corpus", metavar="DIR", help="the corpus (default: ./corpus, else the packaged one)"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="leave out what reads the words of the texts again: coverage, shared words",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "github", "sarif"), default="text", help="form of the report"
    )
    parser.add_argument("--sarif", type=Path, metavar="FILE", help="write the report as SARIF to a file too")
    parser.add_argument("--fix", action="store_true", help="repair what is safe, and say what was done")
    parser.add_argument(
        "--dry-run", action="store_true", help="with --fix: say what would be done, do nothing"
    )
    parser.add_argument(
        "--released", action="store_true", help="with --fix: repair the content of released documents too"
    )
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: all cores)"
    )
    engine = "local (default), dask for a cluster on this machine, or the address of a scheduler of Dask"
    parser.add_argument("--engine", metavar="ENGINE", default="local", help=engine)


def run(args: argparse.Namespace) -> int:
    from bilan.checks import runner, tree
    from bilan.paths import working_home

    if (args.dry_run or args.released) and not args.fix:
        print("bilan check: --dry-run and --released go with --fix", file=sys.stderr)
        return 2
    place = _shards(args)
    if place is not None:
        return _check_shards(args, place)
    args.paths = [Path(path) for path in args.paths]
    args.corpus = Path(args.corpus) if args.corpus else None
    home = working_home()
    corpus = args.corpus or home.corpus
    label = str(corpus) if args.corpus else f"the {home.kind} corpus ({tree.shown(corpus)})"

    def check() -> Result:
        workers, paths = max(1, args.workers), args.paths or None
        with _executor(args) as executor:
            return runner.check_corpus(corpus, workers, paths, executor, texts=not args.quick)

    result = check()
    if args.fix and _fix(args, corpus, result):
        result = check()
    _report(args, result, label)
    return 0 if result.ok else 1


def _executor(args: argparse.Namespace) -> AbstractContextManager[Executor | None]:
    """What the work is given to; None for local processes. One file is not worth the look for others."""
    if args.engine == "local":
        return nullcontext()
    from bilan.shards import engines

    return engines.opened(args.engine, max(1, args.workers))


def _shards(args: argparse.Namespace) -> str | None:
    """The place of the sharded corpus to check, or None. Raises BilanError for several places."""
    from bilan.incidents import BilanError, Incident
    from bilan.shards.finding import is_sharded

    asked: list[str] = args.paths or ([args.corpus] if args.corpus else [])
    sharded = [place for place in asked if is_sharded(place)]
    if sharded and len(asked) > 1:
        mend = "check one place at a time; a glob in quotes is one place"
        raise BilanError(Incident("B890", f"shards and {len(asked) - 1} more places", mend, file=sharded[0]))
    return sharded[0] if sharded else None


def _check_shards(args: argparse.Namespace, place: str) -> int:
    from bilan.paths import working_home
    from bilan.shards.overall import check_place

    if args.fix:
        print("bilan check: --fix repairs files of one article, not shards", file=sys.stderr)
        return 2
    fallback = Path(args.corpus) if args.corpus and args.paths else working_home().corpus
    with _executor(args) as executor:
        result = check_place(place, fallback, max(1, args.workers), executor, texts=not args.quick)
    _report(args, result, place)
    return 0 if result.ok else 1


def _fix(args: argparse.Namespace, corpus: Path, result: Result) -> bool:
    """Repairs, and says so; True if files were written."""
    from bilan.commands import corpus_to_edit
    from bilan.fixing import corpus as fixing

    if not args.dry_run and not args.paths:
        corpus_to_edit(args.corpus)  # never the copy in an installed package
    outcomes = fixing.repairs(corpus, result.incidents, args.released)
    if not args.dry_run:
        fixing.write(outcomes)
    said = fixing.lines(outcomes, args.dry_run)
    if said:  # what programs read holds the report alone
        print("\n".join(said), file=sys.stdout if args.format == "text" else sys.stderr)
    return not args.dry_run and any(outcome.new != outcome.old for outcome in outcomes)


def _report(args: argparse.Namespace, result: Result, label: str) -> None:
    from bilan import jsonio
    from bilan.checks import report

    if args.format == "text":
        print(report.text(result, label, color=sys.stdout.isatty()))
    elif args.format == "json":
        print(report.as_json(result, label))
    if args.format in ("github", "sarif") or args.sarif:
        from bilan.checks import report_github, report_sarif

        root = report_github.root_of(Path.cwd(), os.environ)
        sarif = report_sarif.as_sarif(result, root, report_sarif.pages_of(os.environ))
        if args.format == "github":
            print(report_github.commands(result, label, root))
            if page := os.environ.get("GITHUB_STEP_SUMMARY"):
                with open(page, "a", encoding="utf-8") as file:  # other steps write to it too
                    file.write(report_github.summary(result, label, root))
        elif args.format == "sarif":
            print(sarif)
        if args.sarif:
            _not_over(args.sarif)
            jsonio.write_atomic(args.sarif, f"{sarif}\n".encode())


def _not_over(path: Path) -> None:
    """Raises BilanError (B808) where the file holds something else than a report."""
    from bilan.incidents import BilanError, Incident

    if path.is_file() and (old := path.read_bytes()) and b"sarif" not in old[:1000]:
        message = "exists and is no SARIF report"
        raise BilanError(Incident("B808", message, "give another --sarif", file=str(path)))
