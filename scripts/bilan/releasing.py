"""Making a release: what it demands is computed first, then everything is written, in any order of interruptions.

Every step writes a whole file and can be taken again, so that a release that was broken off is finished by running
it once more, and one that is done changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bilan import citation, diffing, history, jsonio, releases
from bilan import corpus as corpora
from bilan.diffing import report, rule
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.paths import Home

CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## Unreleased"
_VERSIONS = {
    "pyproject.toml": re.compile(r'^version = "[^"]*"$', re.M),
    "scripts/bilan/__init__.py": re.compile(r'^__version__ = "[^"]*"$', re.M),
}
"""Files that name the version of the package, and the line that does."""


@dataclass(frozen=True)
class Plan:
    """A release before it is made: what it differs from, and what will be written. Nothing is written yet."""

    version: str
    date: str
    previous: str | None
    data: corpora.Corpus
    difference: diffing.Diff
    manifest: Json
    new: tuple[str, ...]
    """Articles that get this version as their ``added_in``."""

    @property
    def sentence(self) -> str:
        """What the difference demands."""
        if self.previous is None:
            return "the first release"
        return f"against {self.previous}: {rule.sentence(self.difference, self.previous)}"


def plan(home: Home, version: str, date: str) -> Plan:
    """What a release would be.

    Raises BilanError: B802 for no version, B704 for one that is not above all others or too small a step, B701 to
    B703 if this version is released already with other data.
    """
    try:
        releases.version_key(version)
    except ValueError as error:
        raise BilanError(Incident("B802", str(error), "give a version such as 1.2.3")) from None
    known = releases.manifests(home.corpus)
    data = corpora.read(home.corpus)
    new = tuple(ident for ident, article in data.articles.items() if article["added_in"] is None)
    for ident in new:
        data.articles[ident]["added_in"] = version
    if version in known:
        date = _same_data(home, version, data)
    older = [other for other in known if releases.version_key(other) < releases.version_key(version)]
    previous = older[-1] if older else None
    difference = diffing.compare(
        history.release(home.root, previous) if previous else corpora.Corpus({}, {}, _empty(data)), data
    )
    if version not in known:
        _allowed(version, list(known), difference)
    return Plan(version, date, previous, data, difference, releases.manifest(data, version, date), new)


def _empty(data: corpora.Corpus) -> dict[str, Json]:
    return {kind: {**document, kind: []} for kind, document in data.registry.items()}


def _same_data(home: Home, version: str, data: corpora.Corpus) -> str:
    """The day of a release that was made before. Raises BilanError if the data are others now."""
    old = releases.read_manifest(home.corpus, version)
    found = releases.manifest(data, version, old["date"])
    if differences := releases.compare(old, found):
        raise BilanError(releases.incidents(differences, version))
    return str(old["date"])


def _allowed(version: str, known: list[str], difference: diffing.Diff) -> None:
    """Raises BilanError (B704) for a version that is not above all others, or too small a step."""
    if not known:
        return
    newest = known[-1]
    if releases.version_key(version) < releases.version_key(newest):
        mend = "bilan release, without a version, says the least that would do"
        raise BilanError(Incident("B704", f"{version} is not above {newest}", mend))
    demand = diffing.demands(difference, newest)
    smallest = diffing.next_version(newest, "patch" if demand == "none" else demand)
    if releases.version_key(version) < releases.version_key(smallest):
        what = f"{version} is too small a step from {newest}: {rule.sentence(difference, newest)}"
        raise BilanError(Incident("B704", what, f"release {smallest}, or a greater version"))


def least(home: Home) -> str:
    """The least version that the corpus as it is could be released as."""
    known = list(releases.manifests(home.corpus))
    if not known:
        return "0.1.0"
    found = diffing.compare(history.release(home.root, known[-1]), corpora.read(home.corpus))
    demand = diffing.demands(found, known[-1])
    return diffing.next_version(known[-1], "patch" if demand == "none" else demand)


# --- writing ---------------------------------------------------------------------------------------------


def make(home: Home, planned: Plan) -> list[str]:
    """Writes a release: articles, version, citation, Zenodo record, changelog, and last the manifest.

    Returns the files that changed, relative to the checkout.
    """
    wanted: dict[Path, bytes] = {}
    for ident in planned.new:
        story, lang, number = ident.split(".")
        path = home.corpus / story[:2] / story[3:] / f"{lang}-{number}.json"
        wanted[path] = jsonio.dumps(planned.data.articles[ident])
    for name, line in _VERSIONS.items():
        wanted[home.root / name] = _with_version(home.root / name, line, planned.version)
    wanted[home.root / "CITATION.cff"] = citation.cff(planned.manifest).encode()
    wanted[home.root / ".zenodo.json"] = citation.zenodo(planned.manifest).encode()
    path = home.root / CHANGELOG
    wanted[path] = changelog(
        path.read_text(encoding="utf-8") if path.exists() else "# Changelog\n", planned
    ).encode()
    wanted[home.corpus / "releases" / f"{planned.version}.json"] = jsonio.dumps(planned.manifest)
    changed = []
    for path, content in wanted.items():
        if not path.exists() or path.read_bytes() != content:
            jsonio.write_atomic(path, content)
            changed.append(path.relative_to(home.root).as_posix())
    return changed


def _with_version(path: Path, line: re.Pattern[str], version: str) -> bytes:
    text = path.read_text(encoding="utf-8")
    found = line.findall(text)
    if len(found) != 1:
        message = f"{len(found)} lines name the version, not one"
        raise BilanError(Incident("B704", message, f"write one line {line.pattern}", file=str(path)))
    return line.sub(found[0].partition('"')[0].replace("\\", "\\\\") + f'"{version}"', text).encode()


def changelog(text: str, planned: Plan) -> str:
    """The changelog with the section of a release: what stood under "Unreleased", and the difference, counted."""
    heading, mark = f"## {planned.version}\n", f"<!-- changes:{planned.version} -->"
    if heading not in text:
        if UNRELEASED in text:
            text = text.replace(UNRELEASED + "\n", heading, 1)
        else:
            first = re.search(r"^## ", text, re.M)
            at = first.start() if first else len(text)
            text = f"{text[:at]}{heading}\n{text[at:]}"
    block = f"{mark}\n{_told(planned)}\n<!-- /changes -->\n"
    known = re.compile(re.escape(mark) + r"\n.*?<!-- /changes -->\n", re.S)
    if known.search(text):
        return known.sub(lambda _: block, text, count=1)
    return text.replace(heading, f"{heading}\n{block}", 1)


def _told(planned: Plan) -> str:
    from bilan import stats

    counts = planned.manifest["counts"]
    sentence = planned.sentence
    if planned.previous is not None and diffing.nature(planned.difference) == "nothing":
        sentence = f"the data are those of {planned.previous}"
    lines = [
        f"{planned.date}. {counts['stories']} stories, {counts['articles']} articles, {counts['figures']:,} figures;"
        f" root `sha256:{planned.manifest['root']}`. {sentence[:1].upper()}{sentence[1:]}."
    ]
    if planned.previous is not None and (planned.difference.stories or planned.difference.articles):
        lines += ["", stats.markdown(report.stat(planned.difference))]
    return "\n".join(lines)
