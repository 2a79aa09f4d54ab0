"""Checks a sharded corpus: each shard by itself, then what only all of them can tell.

The unit of work is a shard. What a worker found stands in files of the work folder, so that nothing grows with the
corpus but these.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bilan.checks import contexts, parse, runner, tree
from bilan.checks.context import REGISTRIES, Context, Exempted
from bilan.executors import collector_off, forget, share, shared
from bilan.incidents import BilanError, Incident
from bilan.shards import reading
from bilan.shards.checking import ShardResult, check_shard, more_incidents
from bilan.shards.finding import Shard

KEPT_IN_ALL = 10_000
"""Incidents of a run that are told one by one."""


@collector_off()
def _task(key: str, shard: Shard, texts: bool, folder: str) -> str:
    """One shard in a worker: writes its result into the folder, and returns the file's path."""
    summaries = Path(folder) / f"{shard.name}.summaries.parquet"
    result = check_shard(shard, shared(key), texts, summaries)
    path = Path(folder) / f"{shard.name}.pickle"
    path.write_bytes(pickle.dumps(result))
    return str(path)


def read_context(place: str, fallback: Path) -> Context:
    """Registry and exemptions of a sharded corpus; without ``registry/`` in it the registry of ``fallback``.

    What is wrong with these files is in ``incidents``. Raises BilanError (B890, B112).
    """
    root = reading.root_of(place)
    if not reading.is_url(root):
        own = Path(root)
        return contexts.read_context(own, ()) if (own / "registry").is_dir() else _registry_of(fallback)
    fs, path = reading.file_system(root)
    with tempfile.TemporaryDirectory(prefix="bilan-registry-") as folder:
        copy = Path(folder)
        (copy / "registry").mkdir()
        names = [*(f"registry/{kind}.json" for kind in REGISTRIES), "exemptions.json"]
        with reading.reported(root):
            for name in names:
                if fs.isfile(f"{path}/{name}"):
                    (copy / name).write_bytes(fs.cat_file(f"{path}/{name}", end=parse.MAX_BYTES + 1))
        if not any((copy / "registry").iterdir()):
            return _registry_of(fallback)
        context = contexts.read_context(copy, ())
        told = [replace(i, file=i.file.replace(tree.shown(copy), root, 1)) for i in context.incidents]
        return replace(context, incidents=told)


def _registry_of(corpus: Path) -> Context:
    """The registry of another corpus: its exemptions are not for these articles."""
    return replace(contexts.read_context(corpus, ()), exemptions={})


def check_place(
    place: str,
    fallback: Path,
    workers: int = 1,
    executor: Executor | None = None,
    texts: bool = True,
) -> runner.Result:
    """Checks a sharded corpus: every shard, then the corpus as a whole.

    ``fallback``: the corpus whose registry serves where the place has none. ``executor`` takes the shards instead
    of local processes; its workers must see the shards and this machine's folder for temporary files. Raises
    BilanError (B890) where there is nothing to check.
    """
    from bilan.shards import running, whole

    shards = reading.find(place)
    context = read_context(place, fallback)
    total = Told(list(context.incidents))
    context = replace(context, incidents=[])
    articles = 0
    exempted: dict[tuple[str, str, str], Exempted] = {}
    with _work_folder() as folder:
        key = share(folder / ".context", context)  # no shard has such a name
        paths: dict[int, str] = {}
        try:
            tasks = [(key, shard, texts, str(folder)) for shard in shards]
            run = running.Run(_task, tasks, paths.__setitem__, workers, executor)
            poisoned = run()
        finally:
            forget()
        total.add(running.poison(shards[number].url) for number in poisoned)
        summaries = []
        complete = reading.is_folder(place) and not poisoned
        for _, path in sorted(paths.items()):
            result: ShardResult = pickle.loads(Path(path).read_bytes())
            articles += result.articles
            complete = complete and result.whole
            total.add(result.told())
            for used in result.exempted.values():
                exempted.setdefault(used.key, used)
            summaries.append(Path(result.summaries))
        used_there = list(exempted.values())  # the whole-corpus checks add to it
        found = whole.check(summaries, context, used_there, place.rstrip("/"), texts, work=folder)
        # what was not read may need the exemptions that nothing else needs
        total.add(incident for incident in found if complete or incident.code != "B604")
    if not articles and not total.incidents:
        total.add([Incident("B116", "no article in these shards", "check the address", file=place)])
    incidents = [replace(one, file=_shown(one.file)) for one in total.told(place)]
    return runner.Result(len(shards), articles, sorted(incidents, key=Incident.sort_key), used_there)


@contextmanager
def _work_folder() -> Iterator[Path]:
    """A folder for what the workers find; a disk that is full is an incident, whoever meets it."""
    try:
        with tempfile.TemporaryDirectory(prefix="bilan-check-") as folder:
            yield Path(folder)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        mend = "free some space, or name another folder in TMPDIR"
        place = str(error.filename or tempfile.gettempdir())
        raise BilanError(Incident("B803", message, mend, file=place)) from error


@dataclass
class Told:
    """The incidents of a run: the first of them, and how many more there are."""

    incidents: list[Incident] = field(default_factory=list)
    more: int = 0

    def add(self, incidents: Iterable[Incident]) -> None:
        for incident in incidents:
            if len(self.incidents) < KEPT_IN_ALL:
                self.incidents.append(incident)
            else:
                self.more += 1

    def told(self, place: str) -> list[Incident]:
        return [*self.incidents, more_incidents(self.more, place)] if self.more else self.incidents


def _shown(file: str) -> str:
    """A shard as a message names it: a local one relative to where the user stands."""
    return file if reading.is_url(file) or not os.path.isabs(file) else tree.shown(Path(file))
