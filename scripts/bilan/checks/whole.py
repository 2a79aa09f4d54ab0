"""Level 6: what only a look over the whole corpus can tell."""

from __future__ import annotations

from collections import defaultdict

from bilan.checks.context import Context, Summary
from bilan.incidents import Incident


def check(
    summaries: list[Summary], context: Context, exempted: list[Incident], corpus: str
) -> list[Incident]:
    """Incidents over all articles: doubled ids and texts, splits, stories without articles, stale exemptions."""
    out: list[Incident] = []
    by_id: dict[str, str] = {}
    by_text: dict[str, str] = {}
    accesses: dict[str, set[str]] = defaultdict(set)
    for summary in sorted(summaries, key=lambda summary: summary.file):
        if summary.id in by_id:
            out.append(
                Incident(
                    "B601",
                    f"the id {summary.id} is also in {by_id[summary.id]}",
                    "give one of them another number",
                    file=summary.file,
                    pointer="/id",
                )
            )
        if summary.sha256 in by_text:
            message = f"the same text as {by_text[summary.sha256]}"
            out.append(
                Incident("B601", message, "keep one of the two articles", file=summary.file, pointer="/text")
            )
        by_id.setdefault(summary.id, summary.file)
        by_text.setdefault(summary.sha256, summary.file)
        accesses[summary.story].add(summary.access)
    for ident, story in sorted(context.stories.items()):
        file = f"{corpus}/{ident[:2]}/{ident[3:]}/story.json"
        if ident not in accesses:
            out.append(
                Incident("B605", "a story without articles", "add one, or remove the story", file=file)
            )
        elif "withheld" in accesses[ident] and story["split"] != "test":
            message = f"split {story['split']}, but the story has a withheld article"
            out.append(
                Incident(
                    "B602", message, "write test: its open articles belong there", file=file, pointer="/split"
                )
            )
    used = {incident.message for incident in exempted}
    for key, reason in sorted(context.exemptions.items()):
        if str(key) not in used:
            message = f"stale exemption {' '.join(key)} ({reason})"
            out.append(
                Incident("B604", message, "take it out: nothing needs it", file=f"{corpus}/exemptions.json")
            )
    return out
