"""Publish the newest release, as it was built, under the tag vX.Y.Z. Without --execute nothing is written.

TO is a folder (the release goes to TO/vX.Y.Z), a git repository (a URL, or a bare one), or hub:OWNER/NAME, a
dataset on the Hugging Face Hub, which takes a token from the environment (HF_TOKEN). The build must be the
newest release, to the last row. A tag that exists is refused; the release goes out whole or not at all; then it
is loaded by its tag and compared with the build, file by file and row by row.
Exit status: 0 published, or could be; 1 incidents; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bilan.publishing.plan import Plan
    from bilan.publishing.targets import Seen, Target


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, metavar="TO", help="DIR, a git URL, or hub:OWNER/NAME")
    build = "the folder that bilan build wrote (default: dist/hf)"
    parser.add_argument("--build", type=Path, metavar="DIR", default=Path("dist", "hf"), help=build)
    manifests = "corpus folder whose releases/ to trust (default: the corpus at hand)"
    parser.add_argument("--manifests", type=Path, metavar="DIR", help=manifests)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--execute", "--yes", action="store_true", help="really publish")
    what.add_argument(
        "--check", action="store_true", help="compare what is published with the build, no more"
    )
    create = (
        "make the dataset on the Hub if it is not there (public, unless your organisation has it otherwise)"
    )
    parser.add_argument("--create", action="store_true", help=create)


def run(args: argparse.Namespace) -> int:
    from bilan.paths import working_home
    from bilan.publishing import plan, targets

    if args.to.startswith("hub:") and not sys.stderr.isatty():
        from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

        disable_progress_bars()
    target = targets.target(args.to, args.create)
    made = plan.make(args.build, args.manifests or working_home().corpus)
    if args.check:
        print(prove(made, target))
        return 0
    seen = target.look(made)
    targets.refuse_published(made, seen.versions, target.name)
    print(report(made, target, seen))
    if not args.execute:
        print("\nNothing was written. --execute does it.")
        return 0
    sys.stdout.flush()
    print(f"\nPublished {made.tag} to {target.name}: {target.publish(made, seen)}")
    sys.stdout.flush()
    print(prove(made, target))
    return 0


def report(plan: Plan, target: Target, seen: Seen) -> str:
    """What would go out, and what it would do."""
    width = max(len(one.path) for one in plan.files)
    lines = [
        f"{plan.tag} (root {plan.root[:16]}) from {plan.build}: {len(plan.files)} files, {plan.size:,} bytes",
        "",
    ]
    lines += [f"  {one.path:<{width}}  {one.size:>11,}  {one.sha256[:16]}" for one in plan.files]
    versions = ", ".join(f"v{one}" for one in seen.versions) or "none"
    lines += ["", f"To {target.name}. Versions there: {versions}."]
    if seen.parent:
        lines.append(f"Parent: {seen.parent}")
    if seen.removed:
        lines.append(f"No longer in this version: {', '.join(seen.removed)}")
    if seen.committed:
        lines.append(f"The head holds this release already, without a tag: it only gets the tag {plan.tag}.")
    else:
        lines.append(f"Publishing {target.steps.format(tag=plan.tag)}.")
    return "\n".join(lines)


def prove(plan: Plan, target: Target) -> str:
    """Loads by tag, compares, and says what was found alike. Raises BilanError (B844) if anything differs."""
    from bilan.publishing import proof

    with tempfile.TemporaryDirectory(prefix="bilan-publish-") as temporary:
        folder = target.fetch(plan, Path(temporary))
        same = proof.compare(plan, folder, target.name)
    return (
        f"Loaded by the tag {plan.tag} and compared with {plan.build}:"
        f" {same.files} files and {same.rows:,} rows of {same.tables} tables are the same."
    )
