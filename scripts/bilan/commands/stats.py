"""Count what the corpus holds: splits, countries, years, styles, modifiers, voices, stories, labels.

With --plots DIR the plots of the data card are drawn as well (extra: pip install 'bilan[plots]').
"""

from __future__ import annotations

import argparse
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="the corpus (default: ./corpus, else the packaged one)"
    )
    parser.add_argument("--plots", type=Path, metavar="DIR", help="also draw plots into this folder, as SVG")
    parser.add_argument("--format", choices=("text", "markdown"), default="text", help="form of the tables")


def run(args: argparse.Namespace) -> int:
    from bilan import corpus, stats
    from bilan.incidents import BilanError
    from bilan.paths import working_home

    folder = args.corpus or working_home().corpus
    data = corpus.read(folder)
    form = stats.markdown if args.format == "markdown" else stats.plain
    print(stats.summary(data))
    for name, table in stats.TABLES.items():
        print(f"\n{name}\n\n{form(table(data))}")
    if (folder / "agreement").is_dir():
        from bilan.agreement import readings, rounds

        print(f"\nreadings\n\n{form(readings.table(readings.read(folder)))}")
        try:
            print(f"\nagreement\n\n{form(rounds.table(rounds.read(folder)))}")
        except BilanError as error:
            if error.incidents[0].code != "B809":
                raise
            print(f"\nagreement: left out, {error.incidents[0].message}; {error.incidents[0].mend}")
    if args.plots:
        from bilan import plots

        print(f"\ndrawn: {', '.join(str(path) for path in plots.write(data, args.plots))}")
    return 0
