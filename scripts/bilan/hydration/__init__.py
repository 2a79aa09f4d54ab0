"""Withheld texts: made, checked for leaks, and brought back to life from an honest copy.

``withholding`` makes the withheld form, ``leaks`` looks for words that got out, ``copies`` reads what a user has,
``align`` places the spans in it, ``fetch`` gets a page when asked to, ``cache`` keeps hydrated texts outside the
repository. The form itself, and the hashes in it, are those of ``bilan.withhold``.
"""
