"""Repairs of what the document itself determines and what loses nothing that somebody wrote.

A module for each group of checks holds ``REPAIRS``: code → function of a document (a copy, which it changes) and a
case. It returns what was and what is now, or None where a person must decide. ``documents`` applies them one by one
and keeps a repair only if the checks have less to say after it; ``corpus`` finds the files. What is safe stands in the
catalogue (``Rule.fix``).
"""

from __future__ import annotations
