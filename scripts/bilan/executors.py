"""Runs tasks on an executor: the user's own, local processes, or none at all. Nothing about BILAN in here.

What all tasks need is not sent with each of them: ``share`` puts it into a file, ``shared`` reads it once in
each process.
"""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bilan.incidents import BilanError, Incident

T = TypeVar("T")

MAX_LOSSES = 3
"""How often in a row local workers may die without one task done, before the run gives up."""


def run_tasks(
    function: Callable[..., T],
    tasks: Sequence[tuple[Any, ...]],
    *,
    workers: int = 1,
    executor: Executor | None = None,
    done: Callable[[int, T], None] | None = None,
) -> list[T]:
    """``[function(*task) for task in tasks]``, with results in the order of the tasks.

    ``done`` is called in this process with the number of a task and its result, as it comes. Tasks must bear being
    run twice: when a local worker is killed, what it and the queue held is given to fresh ones. Raises BilanError if
    workers keep dying, and whatever a task raises.
    """
    report = done or _ignore
    results: dict[int, T] = {}
    if executor is not None:
        _collect(function, tasks, executor, results, report)
    elif workers <= 1 or len(tasks) <= 1:
        for number, task in enumerate(tasks):
            results[number] = function(*task)
            report(number, results[number])
    else:
        _local(function, tasks, min(workers, len(tasks)), results, report)
    return [results[number] for number in range(len(tasks))]


@contextmanager
def collector_off() -> Iterator[None]:
    """Documents and rows hold no cycles; looking for some costs a good part of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_shared: dict[str, Any] = {}
"""What this process shares, by file. In forked workers it is there without reading."""


def share(path: Path, value: Any) -> str:
    """Puts a value where the workers of an executor can read it, and returns the key for ``shared``.

    ``path`` must be new each time: values are known by their path.
    """
    path.write_bytes(pickle.dumps(value))
    _shared[str(path)] = value
    return str(path)


def shared(key: str) -> Any:
    """The value that ``share`` put under this key; a process remembers the last one that it read."""
    if key not in _shared:
        with open(key, "rb") as file:
            value = pickle.load(file)
        _shared.clear()
        _shared[key] = value
    return _shared[key]


def forget() -> None:
    """Lets go of what this process shares."""
    _shared.clear()


def _ignore(_: int, __: Any) -> None:
    pass


def _local(
    function: Callable[..., T],
    tasks: Sequence[tuple[Any, ...]],
    workers: int,
    results: dict[int, T],
    report: Any,
) -> None:
    from concurrent.futures import ProcessPoolExecutor  # some 10 ms that one file need not pay
    from concurrent.futures.process import BrokenProcessPool

    losses = 0
    while len(results) < len(tasks):
        before = len(results)
        try:
            with ProcessPoolExecutor(workers) as pool:
                _collect(function, tasks, pool, results, report)
        except BrokenProcessPool:
            losses = 0 if len(results) > before else losses + 1
            if losses >= MAX_LOSSES:
                mend = "give it more memory, or fewer workers"
                raise BilanError(Incident("B805", "worker processes keep being killed", mend)) from None


def _collect(
    function: Callable[..., T],
    tasks: Sequence[tuple[Any, ...]],
    executor: Executor,
    results: dict[int, T],
    report: Callable[[int, T], None],
) -> None:
    """Runs the tasks that have no result yet."""
    futures: dict[Future[T], int] = {}
    try:
        for number, task in enumerate(tasks):
            if number not in results:
                futures[executor.submit(function, *task)] = number
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            report(futures[future], results[futures[future]])
    except BaseException:
        for future in futures:
            future.cancel()
        # what was done before a worker was lost is not done again
        for future, number in futures.items():
            if (
                number not in results
                and future.done()
                and not future.cancelled()
                and future.exception() is None
            ):
                results[number] = future.result()
                report(number, results[number])
        raise
