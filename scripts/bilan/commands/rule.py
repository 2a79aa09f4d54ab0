"""Explain a check: what it demands, why, and an example of wrong and right.

Without a code it lists all of them.
"""

from __future__ import annotations

import argparse
import sys


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", metavar="CODE", help="a code, such as B401, or a name, such as value-words"
    )


def run(args: argparse.Namespace) -> int:
    from bilan.checks.catalogue import CATALOGUE, LEVELS

    if args.code is None:
        for level, title in LEVELS.items():
            print(f"level {level}, {title}")
            for rule in CATALOGUE.values():
                if rule.level == level:
                    print(f"  {rule.code}  {rule.name:<22}  {rule.demands}")
        return 0
    names = {rule.name: rule for rule in CATALOGUE.values()}
    found = CATALOGUE.get(args.code.upper()) or names.get(args.code.lower())
    if found is None:
        import difflib

        near = difflib.get_close_matches(args.code.upper(), CATALOGUE, 3)
        hint = f"; did you mean {', '.join(near)}?" if near else "; bilan rule lists them"
        print(f"bilan rule: there is no check {args.code!r}{hint}", file=sys.stderr)
        return 2
    print(f"{found.code} {found.name} (level {found.level})\n\n{found.demands}\n{found.why}\n")
    for title, example in (("wrong", found.wrong), ("right", found.right)):
        print(f"{title}:\n" + "\n".join("    " + line for line in example.split("\n")))
    print(f"\nbilan check --fix: {found.fix or 'leaves it alone; a person must decide'}")
    return 0
