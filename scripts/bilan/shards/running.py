"""Runs one task a shard and outlives its workers: a task whose worker died is tried again, alone.

No more tasks are given out than run at once. When a worker dies, the tasks under way are the suspects; each is
then run by itself, so that a shard that kills its worker is told from those that only stood beside it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from bilan.incidents import BilanError, Incident
from bilan.shards import engines

T = TypeVar("T")

TRIES = 3
"""How often a task is tried alone, before it is taken for what kills its workers."""

Task = tuple[Any, ...]


class Run(Generic[T]):
    """A function over tasks. ``done`` is called in this process with (number of the task, its result)."""

    def __init__(
        self,
        function: Callable[..., T],
        tasks: Sequence[Task],
        done: Callable[[int, T], None],
        workers: int = 1,
        executor: Executor | None = None,
    ) -> None:
        self.function, self.tasks, self.done = function, tasks, done
        self.workers, self.executor = max(1, workers), executor
        self.poison: list[int] = []
        """Tasks whose workers died every time."""

    def __call__(self) -> list[int]:
        """Runs all tasks; returns the numbers of those whose workers died every time, in order.

        Raises BilanError where the engine is gone (B896) or given and broken (B805), and whatever ``done`` or a
        task raises; what was finished by then has been given to ``done``.
        """
        waiting = deque(range(len(self.tasks)))
        while waiting:
            suspects = self._together(waiting)
            for number in sorted(suspects):
                self._alone(number)
        return sorted(self.poison)

    def _together(self, waiting: deque[int]) -> list[int]:
        """Runs the waiting tasks, as many at once as fit. Returns those whose worker died; the pool may be gone."""
        futures: dict[Future[T], int] = {}
        lost: list[int] = []
        broken = False
        with self._pool(min(self.workers, len(waiting))) as pool:
            try:
                while (waiting and not broken) or futures:
                    room = engines.width(pool, self.workers) - len(futures)
                    while waiting and not broken and room > 0:
                        number, room = waiting.popleft(), room - 1
                        try:
                            futures[pool.submit(self.function, *self.tasks[number])] = number
                        except Exception as refused:
                            self._judge(refused)
                            waiting.appendleft(number)
                            broken = True
                    for future in wait(futures, return_when=FIRST_COMPLETED).done:
                        number = futures.pop(future)
                        error = _error(future)
                        if error is None:
                            self.done(number, future.result())
                            continue
                        self._judge(error)
                        lost.append(number)
                        broken = broken or self.executor is None  # a pool of processes does not mend
            except BaseException:
                self._keep(futures)
                raise
        return lost

    def _alone(self, number: int) -> None:
        """Runs one task with nothing beside it."""
        # Dask has tried a task with several workers before it gives it up
        for _ in range(TRIES if self.executor is None else 1):
            with self._pool(1) as pool:
                future = pool.submit(self.function, *self.tasks[number])
                error = _error(future)
            if error is None:
                self.done(number, future.result())
                return
            self._judge(error)
        self.poison.append(number)

    def _judge(self, error: BaseException) -> None:
        """Goes on only if a worker died and others can be had."""
        if engines.gone(error):
            raise BilanError(engines.lost_engine(error)) from None
        if not engines.worker_died(error):
            raise error
        if self.executor is not None and isinstance(error, BrokenExecutor):
            mend = "give it more memory, or fewer workers"
            raise BilanError(Incident("B805", "the executor that was given is broken", mend)) from None

    def _keep(self, futures: dict[Future[T], int]) -> None:
        """What is finished is not done again, even where the run ends here."""
        for future in futures:
            future.cancel()
        for future, number in futures.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                try:
                    self.done(number, future.result())
                except BilanError:
                    return  # it has been said

    @contextmanager
    def _pool(self, workers: int) -> Iterator[Executor]:
        if self.executor is not None:
            yield self.executor
            return
        with ProcessPoolExecutor(workers, initializer=_die_with_parent) as pool:
            yield pool


def poison(shard: str) -> Incident:
    """B895, on the address of a shard that kills its worker."""
    message = f"its worker was killed each time, and {TRIES} times with nothing beside it"
    mend = "look what is special about it, or give the worker more memory; the other shards are finished"
    return Incident("B895", message, mend, file=shard)


def _error(future: Future[Any]) -> BaseException | None:
    """What a future failed with, once it is done; a cancelled one with CancelledError."""
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _die_with_parent() -> None:
    """A worker whose coordinator was killed ends too; it would wait for tasks for ever."""
    import threading
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        connection.wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
