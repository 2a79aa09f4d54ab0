"""By what something built is known: everything that its files depend on, in one hash."""

from __future__ import annotations

import functools
import hashlib
import platform
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from bilan import __version__, paths
from bilan.checks.context import Context
from bilan.jsonio import canonical_sha256
from bilan.model import Json
from bilan.tables import parquet


@functools.cache
def code() -> str:
    """SHA-256 over the package's modules and schemas, as this process finds them on its disk."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for folder, pattern in ((package, "**/*.py"), (paths.package_home().schema, "*.json")):
        for name, path in sorted(
            (path.relative_to(folder).as_posix(), path) for path in folder.glob(pattern)
        ):
            raw = path.read_bytes()
            digest.update(f"{name}\0{len(raw)}\0".encode() + raw)
    return digest.hexdigest()


def settings(registry: dict[str, Json], context: Context, sizes: Sequence[int]) -> str:
    """What is the same for a whole build: code, schemas, registry, exemptions, and what writes the bytes.

    ``sizes``: of parts, batches and the like, by which a builder draws its borders.
    """
    import pyarrow

    return canonical_sha256(
        {
            "version": __version__,
            "code": code(),
            "registry": registry,
            "exemptions": sorted([*key, reason] for key, reason in context.exemptions.items()),
            "pyarrow": pyarrow.__version__,
            "python": platform.python_version_tuple()[:2],
            "unicode": unicodedata.unidata_version,
            "sizes": [parquet.ROW_GROUP_BYTES, parquet.FILE_BYTES, *sizes],
        },
        floats=False,  # a faster library writes coordinates in its own way, and always the same
    )
