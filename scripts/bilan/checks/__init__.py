"""Checks in levels: 1 parse, 2 schema, 3 spans and references, 4 meaning, 5 coverage, 6 whole corpus."""
