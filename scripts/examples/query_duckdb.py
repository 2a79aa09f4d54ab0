"""Ask the Parquet files of the built folder with SQL: rival tolls, and what databases would make of them.

pip install duckdb
python scripts/examples/query_duckdb.py dist/hf
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

RIVALS = """
SELECT toll, article, coalesce(source_kind, 'own voice') AS who, low, high, "date", len(contradicts) AS rivals
FROM tolls
WHERE counted AND asserts AND len(contradicts) > 0
ORDER BY toll, "date", id
"""

REDUCTIONS = """
SELECT toll, "of", count(*) FILTER (counted) AS claims, any_value(interval_low) AS low,
       any_value(interval_high) AS high, any_value(acled_conservative) AS acled
FROM tolls
WHERE measure = 'killed' AND NOT part
GROUP BY toll, "of"
ORDER BY claims DESC, toll, "of"
LIMIT 10
"""

SPEAKERS = """
SELECT coalesce(source_kind, 'own voice') AS who, count(*) AS claims, count(*) FILTER (hedged) AS hedged
FROM tolls
GROUP BY who
ORDER BY claims DESC, who
"""


def show(title: str, answer: duckdb.DuckDBPyRelation) -> None:
    print(f"\n{title}")
    print("  " + " | ".join(answer.columns))
    for row in answer.fetchall():
        print("  " + " | ".join("∞" if cell is None else str(cell) for cell in row))


def main(folder: str) -> None:
    connection = duckdb.connect()
    connection.read_parquet(str(Path(folder) / "data" / "tolls" / "*.parquet")).create_view("tolls")
    show("Claims that another claim excludes", connection.sql(RIVALS))
    show("The tolls with the most claims, reduced", connection.sql(REDUCTIONS))
    show("Who says how many", connection.sql(SPEAKERS))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dist/hf")
