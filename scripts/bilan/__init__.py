"""BILAN: a corpus of conflict news in which every figure is tied to its event and to who gave it."""

from __future__ import annotations

__version__ = "0.1.0"
