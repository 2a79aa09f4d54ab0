"""Where the work is done: local processes, or Dask. What comes out is a ``concurrent.futures`` executor.

Dask's own executor is one, so that nothing else has to know of it: not how tasks are sent, nor how a worker
that died is replaced. Any other library that offers such an executor can be given to ``building.build``.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import weakref
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import contextmanager
from typing import Any

from bilan.incidents import BilanError, Incident

LOCAL = "local"
DASK = "dask"
SCHEMES = ("tcp://", "tls://", "ucx://", "ws://", "wss://", "inproc://")
"""How the address of a scheduler begins."""

CONNECT_SECONDS = 30
"""How long a scheduler has to answer, and to have a worker."""

_clients: weakref.WeakKeyDictionary[Executor, Any] = weakref.WeakKeyDictionary()
"""The client behind an executor of Dask: it knows how many tasks run at once."""


def known(name: str) -> bool:
    """Whether there is an engine of this name: local, dask, or the address of a scheduler."""
    return name in (LOCAL, DASK) or name.startswith(SCHEMES)


@contextmanager
def opened(name: str = LOCAL, workers: int = 1) -> Iterator[Executor | None]:
    """The executor of an engine; None for local processes, which are started where they are needed.

    ``dask`` starts a cluster of ``workers`` processes on this machine and ends it; an address joins a cluster
    and leaves it running. Raises BilanError: B809 without the library, B896 for an engine that there is not, for
    one that does not answer in ``CONNECT_SECONDS``, and for one that goes away while it works.
    """
    if not known(name):
        mend = "write local, dask, or an address as tcp://scheduler:8786"
        raise BilanError(Incident("B896", f"there is no engine {name!r}", mend))
    if name == LOCAL:
        yield None
        return
    distributed = _library()
    config = importlib.import_module("dask").config
    with (
        tempfile.TemporaryDirectory(prefix="bilan-dask-", ignore_cleanup_errors=True) as scratch,
        config.set({"temporary-directory": scratch}),  # else it leaves a folder of its own behind
    ):
        cluster = _cluster(distributed, workers, scratch) if name == DASK else None
        try:
            client = _client(distributed, cluster or name, name)
            try:
                executor = client.get_executor(pure=False)
                _clients[executor] = client
                yield executor
            except Exception as error:
                if gone(error):
                    raise BilanError(lost_engine(error)) from None
                if worker_died(error):
                    mend = "give the workers more memory"
                    raise BilanError(Incident("B805", f"workers keep being killed: {error}", mend)) from None
                raise
            finally:
                client.close(timeout=5)
        finally:
            if cluster is not None:
                cluster.close(timeout=10)


def width(executor: Executor, workers: int) -> int:
    """How many tasks an executor runs at once: ``workers`` where it does not say."""
    client = _clients.get(executor)
    if client is not None:
        try:
            return max(1, sum(int(threads) for threads in client.nthreads().values()))
        except (OSError, TimeoutError, AttributeError):
            return workers  # it is on its way out; the tasks will say so
    return int(getattr(executor, "_max_workers", workers))


def worker_died(error: BaseException) -> bool:
    """Whether a task failed because its worker died, and not by itself."""
    if isinstance(error, BrokenExecutor):
        return True
    distributed = sys.modules.get("distributed")
    return distributed is not None and isinstance(error, distributed.scheduler.KilledWorker)


def gone(error: BaseException) -> bool:
    """Whether a task failed because the engine as a whole is gone, such as a scheduler that was killed."""
    if isinstance(error, CancelledError):
        return True
    distributed = sys.modules.get("distributed")
    kinds = (
        ()
        if distributed is None
        else (distributed.comm.CommClosedError, distributed.client.FutureCancelledError)
    )
    return isinstance(error, kinds)


def lost_engine(error: BaseException) -> Incident:
    """The incident of an engine that went away."""
    mend = "start it again; bilan build --resume goes on with what is finished"
    return Incident("B896", f"the engine is gone ({type(error).__name__})", mend)


def _library() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        mend = "pip install 'bilan[dask]'"
        raise BilanError(Incident("B809", "the engine dask needs the library distributed", mend)) from None


def _cluster(distributed: Any, workers: int, scratch: str) -> Any:
    """Workers of one thread each: tasks are Python and hold the interpreter's lock."""
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address=None,
        scheduler_port=0,
        local_directory=scratch,
        silence_logs=50,  # what goes wrong is reported as incidents
    )


def _client(distributed: Any, cluster: Any, name: str) -> Any:
    try:
        client = distributed.Client(cluster, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        mend = "check the address, and that a scheduler of the same version runs there"
        raise BilanError(Incident("B896", f"no scheduler answers: {error}", mend, file=name)) from None
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        client.close(timeout=5)
        message = f"the scheduler has had no worker for {CONNECT_SECONDS} seconds"
        raise BilanError(Incident("B896", message, "start workers: dask worker ADDRESS", file=name)) from None
    return client
