"""Checks in levels: 1 parse, 2 schema, 3 spans and references, 4 meaning, 6 whole corpus. Each gates the next."""
