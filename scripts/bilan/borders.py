"""Borders that follow from names: what is added or taken away moves those near it and no others."""

from __future__ import annotations

import zlib


def falls_on(name: str, one_in: int) -> bool:
    """Whether a border that one name in so many brings falls on this one."""
    return zlib.crc32(name.encode()) % one_in == 0
