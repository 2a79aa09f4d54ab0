"""Run a baseline: fit it on train, predict a split, print the score.

    bilan baseline crf --task figures --split validation --out predictions.jsonl
    bilan baseline rules --task T3
    bilan baseline --all --hydrate saved/

entities has majority, lookup and crf; the other tasks have majority, nearest, rules and crf. The CRF needs the
extra: pip install 'bilan[crf]'. With --all every baseline of every task runs on validation and test, with the
learning curve, and the results replace docs/baselines.json of the checkout; with --hydrate on wild too, as far as
the texts are at hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="majority, lookup, nearest, rules or crf")
    parser.add_argument(
        "--task", metavar="T", help="entities, figures, attribution, tolls, extraction (T1 to T5)"
    )
    parser.add_argument("--split", default="test", metavar="SPLIT", help="split to predict (default: test)")
    parser.add_argument(
        "--share", type=float, default=1.0, metavar="X", help="share of train's stories to fit on"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="seed that draws the share (default: 1)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the predictions here, as JSONL")
    parser.add_argument(
        "--hydrate",
        type=Path,
        metavar="DIR",
        help="copies of withheld texts (docs/withheld.md), for the split wild",
    )
    parser.add_argument(
        "--source", type=Path, metavar="DIR", help="a corpus or built folder (default: the package's)"
    )
    parser.add_argument(
        "--all", action="store_true", help="run everything and keep the results (maintainers)"
    )


def run(args: argparse.Namespace) -> int:
    if args.all:
        return _all(args.hydrate)
    if not args.name or not args.task:
        print("bilan baseline: give a NAME and --task, or --all", file=sys.stderr)
        return 2
    if not 0 < args.share <= 1:
        print("bilan baseline: --share is above 0 and at most 1", file=sys.stderr)
        return 2
    from bilan import baselines, jsonio, scoring
    from bilan.paths import working_home
    from bilan.scoring.report import text

    source = args.source or working_home().corpus
    copies = args.hydrate or False
    began = time.perf_counter()
    lines = list(
        baselines.run(
            args.name,
            args.task,
            split=args.split,
            share=args.share,
            seed=args.seed,
            source=source,
            hydrate=copies,
        )
    )
    seconds = time.perf_counter() - began
    if args.out:
        written = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        jsonio.write_atomic(args.out, written.encode())
    print(text(scoring.score(lines, args.task, split=args.split, source=source, hydrate=copies)))
    print(f"\n{args.name} fitted and {len(lines)} predictions made in {seconds:.1f} s")
    if args.out:
        print(
            f"wrote {args.out}; score it again: bilan score {args.out} --task {args.task} --split {args.split}"
        )
    return 0


def _all(hydrate: Path | None) -> int:
    from bilan import __version__, corpus, jsonio, releases
    from bilan.baselines import results
    from bilan.paths import working_home

    home = working_home()
    if home.kind != "checkout":
        print("bilan baseline --all: stand in a checkout", file=sys.stderr)
        return 2
    root = releases.manifest(corpus.read(home.corpus), __version__, "")["root"]
    found = results.run_all(home.corpus, __version__, root, lambda line: print(line, flush=True), hydrate)
    made = json.dumps(found, ensure_ascii=False, indent=1)
    jsonio.write_atomic(home.root / results.FILE, (made + "\n").encode())
    print(f"wrote {results.FILE}; now: bilan docs")
    return 0
