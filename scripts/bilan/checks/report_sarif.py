"""The result as SARIF 2.1.0, the exchange format of code scanning (OASIS standard, errata 01)."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bilan import __version__
from bilan.checks.catalogue import CATALOGUE, Rule
from bilan.checks.context import Exempted
from bilan.checks.report_github import from_root
from bilan.incidents import Incident

if TYPE_CHECKING:
    from bilan.checks.runner import Result

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"


def as_sarif(result: Result, root: Path, pages: str = "") -> str:
    """One run: every rule of the catalogue, every incident, and what is exempted as suppressed results.

    ``root``: the folder that the addresses of files are relative to. ``pages``: address of the repository's files,
    ending in "/", for links to the explanation of a rule ("" where it is not known: SARIF wants whole addresses).
    """
    rules = list(CATALOGUE.values())
    index = {rule.code: i for i, rule in enumerate(rules)}
    counts: Counter[str] = Counter()
    results = [_result(incident, index, root, counts) for incident in result.incidents]
    results += [_suppressed(one, index, root, counts) for one in result.exempted]
    driver: dict[str, Any] = {
        "name": "bilan",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule, pages) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the root of the checkout"}}},
        "invocations": [{"executionSuccessful": True}],
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def pages_of(environment: Mapping[str, str]) -> str:
    """Address of the files of the commit that a workflow of GitHub runs on; "" elsewhere."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA")
    server, repository, commit = (environment.get(name, "") for name in names)
    return f"{server}/{repository}/blob/{commit}/" if server and repository and commit else ""


def _rule(rule: Rule, pages: str) -> dict[str, Any]:
    example = f"wrong:\n{rule.wrong}\n\nright:\n{rule.right}"
    fix = f"\n\nbilan check --fix: {rule.fix}" if rule.fix else ""
    described = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.demands},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.demands} {rule.why}\n\n{example}{fix}"},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": [f"level-{rule.level}"]},
    }
    if pages:
        described["helpUri"] = f"{pages}schema/checks.md#{rule.code.lower()}"
    return described


def _result(incident: Incident, index: Mapping[str, int], root: Path, counts: Counter[str]) -> dict[str, Any]:
    mend = f"\nmend: {incident.mend}" if incident.mend else ""
    found: dict[str, Any] = {
        "ruleId": incident.code,
        "level": "error",
        "message": {"text": _clean(incident.message + mend)},
        "fingerprints": {"bilanIncident/v1": _fingerprint(incident, root, counts)},
    }
    if incident.code in index:
        found["ruleIndex"] = index[incident.code]
    if incident.file:
        found["locations"] = [_location(incident, root)]
    return found


def _suppressed(one: Exempted, index: Mapping[str, int], root: Path, counts: Counter[str]) -> dict[str, Any]:
    suppression = {"kind": "external", "status": "accepted", "justification": _clean(one.reason)}
    return {**_result(one.incident, index, root, counts), "suppressions": [suppression]}


def _location(incident: Incident, root: Path) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(incident.file, root)}
    if incident.line:
        region: dict[str, Any] = {
            "startLine": incident.line,
            "startColumn": incident.column,
            "endLine": incident.line,
            "endColumn": incident.column + incident.width,
        }
        physical["region"] = region
    location: dict[str, Any] = {"physicalLocation": physical}
    if incident.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": _clean(incident.pointer)}]
    return location


def _artifact(file: str, root: Path) -> dict[str, str]:
    """A file by its address below the root; one that lies elsewhere by its whole address."""
    path = from_root(file, root)
    if os.path.isabs(path):
        return {"uri": "file://" + quote(os.fsencode(path))}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _fingerprint(incident: Incident, root: Path, counts: Counter[str]) -> str:
    """The same for the same fault after lines and records were put in above it: the place counts by its words."""
    where = re.sub(r"/[0-9]+", "/*", incident.pointer)
    parts = (incident.code, from_root(incident.file, root), where, incident.subject, incident.excerpt.strip())
    whole = json.dumps(parts)
    counts[whole] += 1
    return hashlib.sha256(f"{whole}{counts[whole]}".encode()).hexdigest()


def _clean(text: str) -> str:
    """Half surrogates, as a file name may hold them, are no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
