"""Load the built folder with Hugging Face datasets, and see who says how many.

    python scripts/examples/load_datasets.py dist/hf

The same without a folder, from the installed package: ``bilan.load("figures")``.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter

import datasets


def main(folder: str) -> None:
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:  # leave it out to keep the prepared tables for the next time
        figures = datasets.load_dataset(folder, "figures", cache_dir=cache)
        for split, rows in figures.items():
            print(f"{split}: {rows.num_rows} figures, version {rows.info.version}")

        # labels are integers, as trainers want them; the features know their names
        rows = datasets.concatenate_datasets(list(figures.values()))
        measure = rows.features["measure"]
        counts = Counter(measure.int2str(i) for i in rows["measure"])
        print("by measure:", ", ".join(f"{name} {count}" for name, count in counts.most_common()))

        # a figure with its value, its sentence and everyone who gives it
        source_kind = rows.features["sources"].feature["kind"]
        stance = rows.features["sources"].feature["stance"]
        for row in rows.select(range(min(5, len(rows)))):
            high = "∞" if row["high"] is None else f"{row['high']:g}"
            print(
                f"\n{row['id']}: {row['surface']} ({row['low']:g}–{high}) {measure.int2str(row['measure'])}"
            )
            if row["sentence"] is not None:  # withheld texts have none
                assert row["sentence"][row["start_in_sentence"] : row["end_in_sentence"]] == row["surface"]
                print(f"  in: {row['sentence']}")
            if not row["sources"]:
                print("  the article's own voice")
            for source in row["sources"]:
                kind, how = source_kind.int2str(source["kind"]), stance.int2str(source["stance"])
                print(f"  {source['name'] or kind} ({kind}) {how}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dist/hf")
