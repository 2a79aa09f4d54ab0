"""Runs the checks over files and over a whole corpus."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bilan.checks import contexts, parse, parts, tree
from bilan.checks.context import Context, Exempted
from bilan.checks.tree import shown
from bilan.executors import collector_off, forget, run_tasks, share, shared
from bilan.incidents import Incident
from bilan.model import Json


@dataclass(frozen=True)
class Result:
    """Outcome of a run: files looked at, incidents in order of file and line, exemptions that were used."""

    files: int
    articles: int
    incidents: list[Incident] = field(default_factory=list)
    exempted: list[Exempted] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.incidents


@collector_off()
def check_corpus(
    corpus: Path,
    workers: int = 1,
    paths: Sequence[Path] | None = None,
    executor: Executor | None = None,
    texts: bool = True,
) -> Result:
    """Checks a corpus, or of it only the files and folders in ``paths``.

    With ``paths`` the whole-corpus checks (level 6) are left out and only incidents of those files are reported;
    stories and registry are read all the same. ``executor`` takes the parts instead of local processes; its
    workers must be able to read the files. Without ``texts`` the words of the texts are not read again: no level
    5, and no comparison of texts.
    """
    if paths is not None:
        return _check_paths(corpus, paths, workers, executor, texts)
    from bilan.checks import whole

    context = contexts.read_registry(corpus, texts)
    contexts.check_releases(corpus, context)
    walked = tree.walk(corpus)
    incidents = [*context.incidents, *walked.incidents]
    run = _Run(workers, executor, texts)
    found = run(_check_part, parts.parts_of(walked.stories), parts.base_of(corpus, context))
    stories: dict[str, Json] = {}
    for one in found:
        incidents.extend(one.incidents)
        stories.update(one.stories)
    summaries = [summary for one in found for summary in one.summaries]
    exempted = [exempt for one in found for exempt in one.exempted]
    context = replace(context, stories=stories)
    incidents.extend(whole.check(summaries, context, exempted, shown(corpus), texts))
    files = sum(len(story.names) for story in walked.stories)
    return Result(files, walked.articles, sorted(incidents, key=Incident.sort_key), exempted)


def _check_paths(
    corpus: Path, paths: Sequence[Path], workers: int, executor: Executor | None, texts: bool
) -> Result:
    chosen = [
        path for path in tree.chosen(paths) if path.suffix == ".json" and path.name != "exemptions.json"
    ]
    articles = [path for path in chosen if tree.is_article_file(path)]
    context = replace(contexts.read_registry(corpus, texts), stories=contexts.Stories(corpus))
    for path in chosen:
        if path.name == tree.STORY:
            contexts.read_story(path, context)
        elif path.parent.name == "releases":
            contexts.read(path, "release", context)
    context = contexts.with_stories_beside(context, articles, corpus)
    run = _Run(workers, executor, texts)
    found = run(_check_batch, list(parts.batches(articles)), replace(context, incidents=[]))
    asked = {path.resolve() for path in chosen}
    incidents = [*context.incidents, *(incident for one in found for incident in one.incidents)]
    incidents = [incident for incident in incidents if Path(incident.file).resolve() in asked]
    incidents.extend(_unread(paths, chosen))
    exempted = [exempt for one in found for exempt in one.exempted]
    return Result(len(chosen), len(articles), sorted(incidents, key=Incident.sort_key), exempted)


def _unread(paths: Sequence[Path], chosen: Sequence[Path]) -> Iterator[Incident]:
    """What was named and is not there, or no document."""
    for path in paths:
        if not path.exists():
            yield Incident("B112", "no such file", "check the path", file=shown(path))
        elif path.is_file() and path.suffix != ".json":
            yield tree.unexpected(path, "a .json file; a text form goes through bilan unmark first")
        elif path.is_dir() and not any(path in found.parents for found in chosen):
            yield Incident("B116", "no .json file in this folder", "check the path", file=shown(path))


class _Run:
    """Runs a task for each part or batch, with what they share."""

    def __init__(self, workers: int, executor: Executor | None, texts: bool) -> None:
        self.workers, self.executor, self.texts = workers, executor, texts

    def __call__(
        self, task: Callable[[str, Any, bool], parts.Found], work: Sequence[Any], base: Any
    ) -> list[parts.Found]:
        with _shared(base) as key:
            tasks = [(key, one, self.texts) for one in work]
            return run_tasks(task, tasks, workers=self.workers, executor=self.executor)


@contextmanager
def _shared(base: Any) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bilan-check-") as folder:
        try:
            yield share(Path(folder) / "base.pickle", base)
        finally:
            forget()


@collector_off()
def _check_part(key: str, part: parts.Part, texts: bool) -> parts.Found:
    """One part, in a worker or at home."""
    base: parts.Base = shared(key)
    # documents that are let go at once leave their memory to the next: half the time of reading is that of memory
    found = parts.check(parts.load(part, base), base, texts, keep=False)
    found.stories = found.heads
    return found


@collector_off()
def _check_batch(key: str, files: Sequence[Path], texts: bool) -> parts.Found:
    """One batch of articles from any place, in a worker or at home."""
    context: Context = shared(key)
    out = parts.Found()
    for path in files:
        raw = parse.read_bytes(path, shown(path))
        if isinstance(raw, Incident):
            out.incidents.append(raw)
        else:
            parts.check_article(raw, shown(path), context, texts, out)
    return out
