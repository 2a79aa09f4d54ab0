"""Tasks that go wrong on purpose, in a module of their own: workers of other engines import them by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from bilan.shards.reading import Shard
from bilan.shards.task import Outcome, build_shard

POISON = "part-02"


def poisoned(key: str, code: str, shard: Shard) -> Outcome:
    """Builds a shard; one of them kills whoever tries."""
    if shard.name == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    return build_shard(key, code, shard)


def slow(key: str, code: str, shard: Shard) -> Outcome:
    """Builds a shard, slowly enough to be killed meanwhile."""
    time.sleep(0.5)
    return build_shard(key, code, shard)


def dies_beside_others(folder: str, number: int) -> int:
    """Kills its worker while other tasks are under way, and only the first time."""
    tried = Path(folder, str(number))
    first = not tried.exists()
    tried.touch()
    if first and number == 1:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number
