"""Level 6: what only a look over the whole corpus can tell."""

from __future__ import annotations

from collections import defaultdict

from bilan.checks import overlap, parse
from bilan.checks.context import Context, Exempted, Summary
from bilan.checks.locate import locate
from bilan.incidents import Incident

OF_TEXTS = frozenset(
    ("B501", "B502", "B503", "B504", "B505", "B506", "B507", "B508", "B509", "B510", "B606", "B607")
)
"""Checks that are not made where the words of the texts are not read again."""


def check(
    summaries: list[Summary], context: Context, exempted: list[Exempted], corpus: str, texts: bool = False
) -> list[Incident]:
    """Incidents over all articles: doubled ids and texts, splits, stories without articles, stale exemptions.

    With ``texts`` the prints of the texts are compared too; what is exempted there is added to ``exempted``.
    """
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
    if texts:
        out.extend(_shared(summaries, context, exempted))
    out.extend(_subsets(context, corpus))
    used = {one.key for one in exempted}
    for key, reason in sorted(context.exemptions.items()):
        if key not in used and (texts or key[0] not in OF_TEXTS):
            message = f"stale exemption {' '.join(key)} ({reason})"
            out.append(
                Incident("B604", message, "take it out: nothing needs it", file=f"{corpus}/exemptions.json")
            )
    return out


def _shared(summaries: list[Summary], context: Context, exempted: list[Exempted]) -> list[Incident]:
    """What texts share beyond the exemptions."""
    once = {summary.sha256: summary for summary in sorted(summaries, key=lambda s: s.file, reverse=True)}
    texts = [  # the same text twice is B601
        overlap.Text(summary.id, summary.file, context.stories[summary.story]["split"], summary.print)
        for summary in once.values()
        if summary.print is not None and summary.story in context.stories
    ]
    out = []
    for ident, other, incident in overlap.compare(texts):
        key = (incident.code, ident, other)
        if key in context.exemptions:
            exempted.append(Exempted(_located(incident), key, context.exemptions[key]))
        else:
            out.append(_located(incident))
    return out


def _located(incident: Incident) -> Incident:
    raw = parse.read_bytes(incident.file, incident.file)
    return locate(raw, [incident])[0] if isinstance(raw, bytes) else incident


def _subsets(context: Context, corpus: str) -> list[Incident]:
    """An unseen conflict is unseen: its country has no story outside the subset, and none of them is trained on."""
    unseen = {s["country"] for s in context.stories.values() if s["subset"] == "unseen_conflict"}
    out = []
    for ident, story in sorted(context.stories.items()):
        file = f"{corpus}/{ident[:2]}/{ident[3:]}/story.json"
        if story["country"] not in unseen:
            continue
        if story["subset"] != "unseen_conflict":
            message = f"{story['country']} is an unseen conflict, this story of it is not in the subset"
            mend = "run: bilan split --write"
            out.append(Incident("B608", message, mend, file=file, pointer="/subset"))
        elif story["split"] != "test":
            message = f"split {story['split']}, but the conflict is one that only the test split may show"
            out.append(Incident("B608", message, "run: bilan split --write", file=file, pointer="/split"))
    return out
