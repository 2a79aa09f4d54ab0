"""Measures checking and building against plain peers that do the same work, and a native floor, in one run.

    python scripts/bench/spine.py                     # 20,000 articles: half an hour
    python scripts/bench/spine.py --articles 10 --runs 1 --peer-articles 10

Prints Markdown: what was measured, medians with their spread (lowest to highest), ratios, and the bars. Product
and peers take turns, each measurement in a process of its own, over articles made from the real ones
(``generate.py``). Before anything is measured, product and peers must find the same faults in a corpus with
faults planted, and afterwards they must have found none in the valid one, with the same rows and root hash;
otherwise the run fails. The peers are measured on the first ``--peer-articles`` and four times as many, and scaled.
The bars are those of two cores: two workers of the product against a peer as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from faults import plant
from generate import generate
from measure import THREE

from bilan import jsonio

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "corpus"
Measured = dict[str, Any]

AT_LEAST = {
    "levels 1 to 3, against json + jsonschema": 80.0,
    "build, against json + jsonschema": 30.0,
    "build, against json + jsonschema-rs": 6.0,
    "two workers against one, check": 1.7,
    "two workers against one, build": 1.7,
}
AT_MOST = {
    "build, in times of the native floor": 6.0,
    "nothing changed, of a build": 0.03,
    "one article changed, of a build": 0.10,
    "Dask, in times of local processes": 1.5,
}
ONE_FILE_BAR = 200.0
HELP_BAR = 40.0
MEMORY_BAR = 1.25
HEAVY = ("datasets", "pandas", "pyarrow", "jsonschema")


class Disagreement(Exception):
    """Product and peer did not do the same work."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--articles", type=int, default=20000, metavar="N", help="articles to make (default 20000)"
    )
    parser.add_argument(
        "--peer-articles",
        type=int,
        default=500,
        metavar="N",
        help="articles for the first peer (default 500); the second gets four times as many",
    )
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="runs of each measurement (default 3)"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the made articles (default 0)")
    parser.add_argument(
        "--source", type=Path, default=CORPUS, metavar="DIR", help="the corpus to make them from"
    )
    parser.add_argument("--only", choices=("check", "build", "phases", "cli"), help="measure only this")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bar is missed")
    args = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="bilan-spine-"))
    try:
        return Run(args, work).all()
    except Disagreement as error:
        print(f"product and peer disagree: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(work)


class Run:
    """One run of the benchmark, in a folder of its own."""

    def __init__(self, args: argparse.Namespace, work: Path) -> None:
        self.args, self.work = args, work
        self.bars: list[tuple[str, str, str, bool]] = []

    def all(self) -> int:
        only = self.args.only
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        self.preface()
        if only != "cli":
            self.corpora()
            self.agree_on_faults()
        if only in (None, "check"):
            self.check()
        if only in (None, "build"):
            self.build()
        if only in (None, "phases"):
            self.phases()
        if only in (None, "cli"):
            self.command_line()
        print("\n## Bars\n")
        table(
            ("bar", "wanted", "measured", ""),
            [(*bar[:3], "met" if bar[3] else "MISSED") for bar in self.bars],
        )
        missed = any(not bar[3] for bar in self.bars)
        return 1 if missed and self.args.strict else 0

    # --- what is measured

    def preface(self) -> None:
        libraries = (
            "datasets",
            "pyarrow",
            "jsonschema",
            "jsonschema-rs",
            "orjson",
            "pysimdjson",
            "distributed",
        )
        print("# The spine: check and build\n")
        print(f"`{' '.join(['python', *sys.argv])}`\n")
        print(
            f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
            + ", ".join(f"{name} {version(name)}" for name in libraries if installed(name))
            + f"; load average before: {os.getloadavg()[0]:.1f}"
        )

    def corpora(self) -> None:
        """The corpus, its first half, and the peers' parts: whole stories, in hard links."""
        args = self.args
        self.corpus = self.work / "corpus"
        begun = time.perf_counter()
        size = generate(args.source, self.corpus, args.articles, args.seed)
        seconds = time.perf_counter() - begun
        self.half, halved = self.part("half", args.articles // 2)
        self.few, few = self.part("few", min(args.peer_articles, args.articles))
        self.some, some = self.part("some", min(4 * args.peer_articles, args.articles))
        stories = len(list(self.corpus.glob("[a-z][a-z]/*/story.json")))
        print(
            f"\n{args.articles:,} articles in {stories:,} stories, {size / args.articles / 1000:.1f} KB each, "
            f"seed {args.seed}, made in {seconds:.0f} s; half: {halved:,} articles; peers: {few:,} and {some:,}."
        )

    def part(self, name: str, articles: int) -> tuple[Path, int]:
        """A corpus of the first stories that hold so many articles together, and how many there are."""
        folder = self.work / name
        shutil.copytree(self.corpus / "registry", folder / "registry", copy_function=os.link)
        exemptions = self.corpus / "exemptions.json"
        if exemptions.exists():
            shutil.copyfile(exemptions, folder / "exemptions.json")
        count = 0
        for story in sorted(
            self.corpus.glob("[a-z][a-z]/*"), key=lambda path: int(path.name.rsplit("-", 1)[1])
        ):
            if count < articles:
                target = folder / story.parent.name / story.name
                shutil.copytree(story, target, copy_function=os.link)
                count += len(list(target.iterdir())) - 1
        return folder, count

    def agree_on_faults(self) -> None:
        folder = self.work / "faults"
        generate(self.args.source, folder, max(40, min(120, self.args.articles)), self.args.seed + 1)
        planted = plant(folder)
        found = [measure("check", folder)["findings"]]
        found += [measure("peer-check", folder, "--library", lib)["findings"] for lib in LIBRARIES]
        if not found[0] == found[1] == found[2]:
            differing = [f for listed in found for f in listed if not all(f in some for some in found)]
            raise Disagreement(f"faults found by some only: {differing[:10]}")
        codes = len({code for _, code, _ in found[0]})
        print(
            f"With {planted} faults planted, product and both peers find the same {len(found[0])} incidents "
            f"of {codes} codes at the same places."
        )

    # --- check

    def check(self) -> None:
        for title, what in (
            ("Check, levels 1 to 3", THREE),
            ("Check, all levels that read no words", "check"),
        ):
            runs = self.rounds(
                {
                    ONE: lambda: measure(what, self.corpus),  # noqa: B023 (called before the next turn)
                    TWO: lambda: measure(what, self.corpus, "--workers", "2"),  # noqa: B023
                    FIRST: lambda: measure(f"peer-{what}", self.few),  # noqa: B023
                    SECOND: lambda: measure(f"peer-{what}", self.some, "--library", "jsonschema_rs"),  # noqa: B023
                }
            )
            self.no_findings(runs)
            print(f"\n## {title}\n")
            self.compare(runs)
            if what == THREE:
                self.at_least("levels 1 to 3, against json + jsonschema", faster(runs, TWO, FIRST))
            else:
                self.at_least("two workers against one, check", faster(runs, TWO, ONE))

    # --- build

    def build(self) -> None:
        out = self.work / "built"
        if not installed("distributed"):
            print("\nNot measured: Dask (pip install 'bilan[dask]').")
        dask = {DASK: lambda: measure("build", self.corpus, "--workers", "2", "--engine", "dask")}
        runs = self.rounds(
            {
                ONE: lambda: measure("build", self.corpus),
                TWO: lambda: measure("build", self.corpus, "--workers", "2", "--out", str(fresh(out))),
                FIRST: lambda: measure("peer-build", self.few),
                SECOND: lambda: measure("peer-build", self.some, "--library", "jsonschema_rs"),
                FLOOR: lambda: measure("floor", self.corpus, "--out", str(out)),
                **(dask if installed("distributed") else {}),
            }
        )
        self.no_findings({SECOND: runs[SECOND], FIRST: runs[FIRST]})
        for name, corpus in ((FIRST, self.few), (SECOND, self.some)):
            same_results(runs[name][0], measure("build", corpus))
        for one in (one for name in (ONE, TWO, DASK) for one in runs.get(name, ())):
            same_results(one, runs[ONE][0])
        print("\n## Build\n")
        self.compare(runs)
        print(f"\nThe second peer's seconds: {steps(runs[SECOND])}; the floor's: {steps(runs[FLOOR])}.")
        print("All but the floor wrote the same rows and root hash:\n")
        rows = runs[ONE][0]["rows"]
        table(("table", "rows"), [(name, f"{sum(splits.values()):,}") for name, splits in rows.items()])
        self.at_least("build, against json + jsonschema", faster(runs, TWO, FIRST))
        self.at_least("build, against json + jsonschema-rs", faster(runs, TWO, SECOND))
        self.at_most("build, in times of the native floor", faster(runs, FLOOR, TWO))
        self.at_least("two workers against one, build", faster(runs, TWO, ONE))
        if DASK in runs:
            self.at_most("Dask, in times of local processes", faster(runs, TWO, DASK))
        self.again(out, runs[TWO])
        self.memory(runs[TWO])

    def again(self, out: Path, whole: list[Measured]) -> None:
        """The same folder again, with nothing changed and with one article changed."""
        seconds: dict[str, list[float]] = {"nothing changed": [], "one article changed": []}
        for number in range(self.args.runs):
            for name, some in seconds.items():
                if name != "nothing changed":
                    change_one(self.corpus, number)
                told = measure("build", self.corpus, "--workers", "2", "--out", str(out))
                left = told["articles"] - told["kept"]
                if (left == 0) != (name == "nothing changed"):
                    raise Disagreement(f"{name}, but {left} articles were built again")
                some.append(told["seconds"])
        print("\n## Build again, 2 workers\n")
        full = statistics.median(one["seconds"] for one in whole)
        rows = []
        for name, some in seconds.items():
            share = statistics.median(some) / full
            rows.append((name, f"{statistics.median(some):.2f}", spread(some), f"{share:.1%}"))
            self.at_most(f"{name}, of a build", share)
        table(("", "seconds, median", "spread", "of a build"), rows)

    def memory(self, whole: list[Measured]) -> None:
        half = [measure("build", self.half, "--workers", "2") for _ in range(self.args.runs)]
        print("\n## Memory of the build, 2 workers\n")
        rows, peaks = [], []
        for name, some in (("half", half), ("all", whole)):
            main_process = statistics.median(one["peak"] for one in some)
            peaks.append(statistics.median(one["peak_worker"] for one in some))
            rows.append((name, f"{some[0]['articles']:,}", mib(main_process), mib(peaks[-1])))
        table(("corpus", "articles", "main process, peak MiB", "worker, peak MiB"), rows)
        growth = peaks[1] / peaks[0]
        met = growth <= MEMORY_BAR
        self.bars.append(
            ("memory of a worker, twice the articles", f"≤ {MEMORY_BAR} ×", f"{growth:.2f} ×", met)
        )

    # --- phases

    def phases(self) -> None:
        runs = [measure("phases", self.corpus) for _ in range(self.args.runs)]
        print("\n## The product's phases, one process, collector off\n")
        names = list(runs[0]["phases"])
        medians = {name: statistics.median(run["phases"][name] for run in runs) for name in names}
        whole = sum(medians.values())
        articles = runs[0]["articles"]
        table(
            ("phase", "seconds", "spread", "ms an article", "share"),
            [
                (
                    name,
                    f"{medians[name]:.2f}",
                    spread([run["phases"][name] for run in runs]),
                    f"{medians[name] / articles * 1000:.3f}",
                    f"{medians[name] / whole:.0%}",
                )
                for name in names
            ],
        )

    # --- command line

    def command_line(self) -> None:
        bilan = Path(sys.executable).parent / "bilan"
        command = [str(bilan)] if bilan.exists() else [sys.executable, "-m", "bilan"]
        times: dict[str, list[float]] = {"python -c pass": [], "bilan --help": []}
        one = sorted(self.args.source.glob("[a-z][a-z]/*/[a-z][a-z]-*.json"))[0]
        checking = [*command, "check", "--corpus", str(self.args.source), str(one)]
        times["bilan check one.json"] = []
        # as in an installed package, modules are compiled once and for all
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(self.work / "compiled")
        clocked(checking, environment)
        for _ in range(max(5, 10 * self.args.runs)):
            times["python -c pass"].append(clocked([sys.executable, "-c", "pass"], environment))
            times["bilan --help"].append(clocked([*command, "--help"], environment))
            times["bilan check one.json"].append(clocked(checking, environment))
        medians = {name: statistics.median(some) * 1000 for name, some in times.items()}
        print("\n## Command line\n")
        table(
            ("command", "median ms", "spread"),
            [
                (f"`{name}`", f"{medians[name]:.1f}", spread([t * 1000 for t in some], 1))
                for name, some in times.items()
            ],
        )
        over = medians["bilan --help"] - medians["python -c pass"]
        self.bars.append(
            (
                "`bilan --help` over `python -c pass`",
                f"≤ {HELP_BAR:.0f} ms",
                f"{over:.1f} ms",
                over <= HELP_BAR,
            )
        )
        over = medians["bilan check one.json"] - medians["python -c pass"]
        name, bar = "`bilan check one.json` over `python -c pass`", f"≤ {ONE_FILE_BAR:.0f} ms"
        self.bars.append((name, bar, f"{over:.1f} ms", over <= ONE_FILE_BAR))
        program = (
            "import sys; before = set(sys.modules); import bilan; print(*sorted(set(sys.modules) - before))"
        )
        loaded = run([sys.executable, "-c", program]).split()
        print(f"\n`import bilan` loads: {', '.join(loaded)}")
        heavy = sorted({name.split(".")[0] for name in loaded} & set(HEAVY))
        self.bars.append(
            (
                "`import bilan` loads none of " + ", ".join(HEAVY),
                "none",
                ", ".join(heavy) or "none",
                not heavy,
            )
        )

    # --- helpers

    def rounds(self, measurements: dict[str, Callable[[], Measured]]) -> dict[str, list[Measured]]:
        """Each measurement so many times, taking turns, so that a slow minute hits all of them."""
        runs: dict[str, list[Measured]] = {name: [] for name in measurements}
        for _ in range(self.args.runs):
            for name, measurement in measurements.items():
                runs[name].append(measurement())
        return runs

    def no_findings(self, runs: dict[str, list[Measured]]) -> None:
        for name, some in runs.items():
            if some[0]["findings"]:
                raise Disagreement(f"{name} finds incidents in the valid corpus: {some[0]['findings'][:5]}")

    def compare(self, runs: dict[str, list[Measured]]) -> None:
        rows = []
        for name, some in runs.items():
            scaled = self.args.articles / some[0]["articles"]
            seconds = [one["seconds"] * scaled for one in some]
            cpu = processor(some) * some[0]["articles"] * scaled
            note = "" if scaled == 1 else f" (scaled from {some[0]['articles']:,})"
            rows.append(
                (
                    name + note,
                    f"{statistics.median(seconds):.2f}",
                    spread(seconds),
                    f"{cpu:.2f}",
                    f"{rate(some):,.0f}",
                    f"{faster(runs, ONE, name):.2f} ×",
                    f"{faster(runs, TWO, name):.2f} ×",
                )
            )
        head = ("", "seconds, median", "spread", "CPU seconds", "articles/s")
        table((*head, "one worker is faster by", "two workers are faster by"), rows)

    def at_least(self, name: str, value: float) -> None:
        wanted = AT_LEAST[name]
        self.bars.append((name, f"≥ {wanted:g} ×", f"{value:.2f} ×", value >= wanted))

    def at_most(self, name: str, value: float) -> None:
        wanted = AT_MOST[name]
        if wanted < 1:
            self.bars.append((name, f"≤ {wanted:.0%}", f"{value:.1%}", value <= wanted))
        else:
            self.bars.append((name, f"≤ {wanted:g} ×", f"{value:.2f} ×", value <= wanted))


ONE = "product, 1 worker"
TWO = "product, 2 workers"
DASK = "product, Dask, 2 workers"
FIRST = "peer, json + jsonschema"
SECOND = "peer, json + jsonschema-rs"
FLOOR = "native floor, 1 thread"
LIBRARIES = ("jsonschema", "jsonschema_rs")


def measure(what: str, corpus: Path, *options: str) -> Measured:
    """One measurement in a process of its own."""
    measured: Measured = json.loads(
        run([sys.executable, str(HERE / "measure.py"), what, str(corpus), *options])
    )
    return measured


def run(command: Sequence[str]) -> str:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def clocked(command: Sequence[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - begun


def same_results(one: Measured, other: Measured) -> None:
    for key in ("rows", "root"):
        if one[key] != other[key]:
            raise Disagreement(f"{key} differ: {one[key]} and {other[key]}")


def rate(runs: list[Measured]) -> float:
    """Articles a second, by the median."""
    return float(runs[0]["articles"] / statistics.median(one["seconds"] for one in runs))


def processor(runs: list[Measured]) -> float:
    """Processor seconds an article, by the median: what other work on the machine disturbs least."""
    return float(statistics.median(one["cpu"] for one in runs) / runs[0]["articles"])


def faster(runs: dict[str, list[Measured]], one: str, other: str) -> float:
    """How many times as fast the first is as the second."""
    return rate(runs[one]) / rate(runs[other])


def steps(runs: list[Measured]) -> str:
    """The seconds of the steps of a peer, by the median."""
    phases = {"check": [run["check"] for run in runs]} if "check" in runs[0] else {}
    for name in runs[0]["phases"]:
        phases[name] = [run["phases"][name] for run in runs]
    return ", ".join(f"{name} {statistics.median(some):.2f}" for name, some in phases.items())


def installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def fresh(out: Path) -> Path:
    """The folder without anything that an earlier build left in it or beside it."""
    for left in (out, *out.parent.glob(f".{out.name}.*")):
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    return out


def change_one(corpus: Path, number: int) -> None:
    """Another style for one article, each time of another story."""
    stories = sorted(corpus.glob("[a-z][a-z]/*"))
    path = sorted(stories[(number * 7919 + len(stories) // 3) % len(stories)].glob("[a-z][a-z]-*.json"))[0]
    article = json.loads(path.read_bytes())
    article["style"] = "analysis" if article["style"] != "analysis" else "dispatch"
    path.unlink()  # the other corpora hold the file too, by hard link
    path.write_bytes(jsonio.dumps(article))


def spread(values: list[float], digits: int = 2) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def mib(size: float) -> str:
    return f"{size / 2**20:.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join("---" if i == 0 else "---:" for i in range(len(head))) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    sys.exit(main())
