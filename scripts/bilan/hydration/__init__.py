"""Withheld texts: made, checked for leaks, and brought back to life from an honest copy.

``withholding`` makes the withheld form, ``leaks`` looks for words that got out. ``sources`` reads what a user has,
``fetch`` gets a page when asked to, ``work`` tries articles on copies, ``cache`` keeps hydrated texts outside of the
repository, ``loading`` puts them into tables. In the middle, on plain data: ``align`` (exact, aligned or refused), with
``exact``, ``forms`` (typing), ``segments`` (what a copy holds in one piece), ``placing`` and ``edges`` (single spans)
and ``filling``. The form itself, and the hashes in it, are those of ``bilan.withhold``.
"""
