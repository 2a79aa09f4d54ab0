"""Rewrite corpus files in canonical layout: two-space indents, keys in the order of the schema, LF, no BOM.

Changes the layout only, never a value. Prints the files it rewrote.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="corpus files")


def run(args: argparse.Namespace) -> int:
    from bilan import jsonio
    from bilan.checks import parse, report, tree
    from bilan.incidents import Incident

    status = 0
    for path in args.paths:
        raw = parse.read_bytes(path, tree.shown(path))
        document, incidents = (
            (None, [raw]) if not isinstance(raw, bytes) else parse.parse(raw, tree.shown(path))
        )
        left = [incident for incident in incidents if incident.code not in ("B103", "B104", "B117")]
        if document is None or left:
            print("\n".join(report.text_lines(left)))
            status = 1
            continue
        try:
            out = jsonio.dumps(canonical(document))
        except TypeError as error:  # a whole number beyond 64 bits is JSON, but no layout of it is canonical
            fault = Incident(
                "B107", f"cannot be written: {error}", "write a smaller number", file=tree.shown(path)
            )
            print("\n".join(report.text_lines([fault])))
            status = 1
            continue
        if out != raw:
            jsonio.write_atomic(path, out)
            print(f"formatted {path}")
    return status


def canonical(document: Any) -> Any:
    """A document with its keys in the order of the schema, where it is an article."""
    if isinstance(document, dict) and "entities" in document and "text" in document:
        from bilan import textform

        try:
            return textform.canonical(document)
        except (KeyError, TypeError, AttributeError):
            return document
    return document
