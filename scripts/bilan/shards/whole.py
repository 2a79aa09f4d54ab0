"""Level 6 over the summaries of all shards: what only a look over the whole corpus can tell.

The same demands as ``bilan.checks.whole`` and ``bilan.checks.overlap``, and the same answers, but by DuckDB, which
puts on disk what does not fit: memory is bounded whatever the number of articles. A document has the number ``n``: the
number of its shard, in the order given, in the upper 32 bits, and its number in the shard below; so the order of ``n``
is that of the corpus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bilan.checks.context import Context, Exempted
from bilan.checks.whole import OF_TEXTS
from bilan.incidents import BilanError, Incident
from bilan.jsonio import canonical_json
from bilan.model import Json
from bilan.releases import registry_hashes, root_hash
from bilan.shards import summary
from bilan.shards.database import MEMORY, database, fetched, placed
from bilan.shards.summary import Writer

__all__ = ["MEMORY", "Writer", "check", "root"]


def check(
    summaries: Sequence[Path],
    context: Context,
    exempted: list[Exempted],
    corpus: str,
    texts: bool = True,
    *,
    work: Path | None = None,
    memory: int = MEMORY,
    threads: int | None = None,
) -> Iterator[Incident]:
    """Incidents over all shards: doubled ids, texts and stories, splits, what texts share, stale exemptions.

    ``summaries`` are files of ``Writer``, in order of the shards. Of ``context`` only the exemptions are looked at;
    an exemption counts as used if a summary has it, or ``exempted``, to which is added what is exempted here. Incidents
    name shard and line; ``corpus`` is the place of exemptions.json. ``work`` is a folder for temporary files, some
    200 bytes for each run of words that two texts share and 300 for each article. Raises BilanError: B809 without
    DuckDB, B899 for what is no summary, B803 if the work folder is full.
    """
    used = {one.key for one in exempted}
    if summaries:
        with database(summaries, work, memory, threads) as (base, folder):
            used.update(base.execute(_USED, [summary.EXEMPTED]).fetchall())
            yield from _doubles(base)
            yield from _stories(base)
            if texts:
                from bilan.shards import shared_words

                for key, incident in shared_words.compare(base, folder, memory):
                    if key in context.exemptions:
                        used.add(key)
                        exempted.append(Exempted(incident, key, context.exemptions[key]))
                    else:
                        yield incident
            yield from _subsets(base)
    for key, reason in sorted(context.exemptions.items()):
        if key not in used and (texts or key[0] not in OF_TEXTS):
            message = f"stale exemption {' '.join(key)} ({reason})"
            yield Incident("B604", message, "take it out: nothing needs it", file=f"{corpus}/exemptions.json")


def root(
    summaries: Sequence[Path],
    registry: Mapping[str, Json],
    *,
    work: Path | None = None,
    memory: int = MEMORY,
) -> str:
    """The root hash of all documents, that of ``releases.root_hash``, without holding their hashes.

    ``registry`` has the registry documents by kind. Raises BilanError as ``check``, and B601 where an id stands twice.
    """
    entries = registry_hashes(dict(registry))
    if not summaries:
        return root_hash(entries, {}, {})
    digest = hashlib.sha256(b'{"articles":')
    with database(summaries, work, memory, None) as (base, _):
        _hash_table(base, summary.ARTICLE, digest)
        digest.update(b',"registry":' + canonical_json(entries) + b',"stories":')
        _hash_table(base, summary.STORY, digest)
    digest.update(b"}")
    return digest.hexdigest()


def _hash_table(base: Any, kind: int, digest: Any) -> None:
    """Feeds the JSON object id → hash of all documents of a kind, in order of their ids."""
    found = base.execute(
        "SELECT id, lower(hex(digest)), shard, line FROM documents WHERE kind = $1 ORDER BY id", [kind]
    )
    last, mark = None, b"{"
    for ident, value, shard, line in fetched(found):
        if ident == last:
            mend = "give one of them another number"
            raise BilanError(Incident("B601", f"the id {ident} stands twice", mend, file=shard, line=line))
        last = ident
        digest.update(mark + canonical_json(ident) + b":" + canonical_json(value))
        mark = b","
    digest.update(b"}" if last is not None else b"{}")


# --- what stands twice -------------------------------------------------------------------------------------

_USED = "SELECT DISTINCT code, id, record FROM documents WHERE kind = $1"

# the first document with a value, and those that have it too
_DOUBLED = """
    WITH firsts AS (
        SELECT {column} AS value, min(n) AS n FROM documents WHERE kind = {kind}
        GROUP BY value HAVING count(*) > 1
    )
    SELECT d.shard, d.line, d.id, f.shard, f.line, d.digest = f.digest
    FROM documents d
    JOIN firsts ON d.{column} = firsts.value
    JOIN documents f ON f.n = firsts.n AND f.kind = {kind}
    WHERE d.kind = {kind} AND d.n > f.n
    ORDER BY d.n
"""


def _doubles(base: Any) -> Iterator[Incident]:
    found = base.execute(_DOUBLED.format(column="id", kind=summary.ARTICLE))
    for shard, line, ident, other, at, _ in fetched(found):
        message = f"the id {ident} is also in {other}:{at}"
        yield placed("B601", message, "give one of them another number", shard, line, "/id")
    found = base.execute(_DOUBLED.format(column="text", kind=summary.ARTICLE))
    for shard, line, _, other, at, _ in fetched(found):
        message = f"the same text as {other}:{at}"
        yield placed("B601", message, "keep one of the two articles", shard, line, "/text")
    found = base.execute(_DOUBLED.format(column="id", kind=summary.STORY))
    for shard, line, ident, other, at, same in fetched(found):
        message = f"the story {ident} also begins at {other}:{at}" + (
            "" if same else ", and is another there"
        )
        yield placed("B898", message, "put all its articles behind one of the two", shard, line, "/id")


# --- stories ---------------------------------------------------------------------------------------------

# of a story that stands twice (B898) the first one counts
_FIRST_STORIES = f"""
    SELECT d.* FROM documents d
    JOIN (SELECT min(n) AS n FROM documents WHERE kind = {summary.STORY} GROUP BY id) USING (n)
    WHERE d.kind = {summary.STORY}
"""

_ACCESSES = f"""
    WITH stories AS ({_FIRST_STORIES}), accesses AS (
        SELECT story AS id, bool_or(access = 'withheld') AS withheld
        FROM documents WHERE kind = {summary.ARTICLE} GROUP BY story
    )
    SELECT stories.shard, stories.line, split, withheld
    FROM stories LEFT JOIN accesses USING (id)
    WHERE withheld IS NULL OR (withheld AND split <> 'test')
    ORDER BY id
"""

_UNSEEN = f"""
    WITH stories AS ({_FIRST_STORIES})
    SELECT shard, line, country, split, subset FROM stories
    WHERE country IN (SELECT country FROM stories WHERE subset = 'unseen_conflict')
      AND (subset IS DISTINCT FROM 'unseen_conflict' OR split <> 'test')
    ORDER BY id
"""


def _stories(base: Any) -> Iterator[Incident]:
    for shard, line, split, withheld in fetched(base.execute(_ACCESSES)):
        if withheld is None:
            yield placed("B605", "a story without articles", "add one, or remove the story", shard, line)
        else:
            message = f"split {split}, but the story has a withheld article"
            yield placed("B602", message, "write test: its open articles belong there", shard, line, "/split")


def _subsets(base: Any) -> Iterator[Incident]:
    """An unseen conflict is unseen: as ``bilan.checks.whole`` demands it."""
    for shard, line, country, split, subset in fetched(base.execute(_UNSEEN)):
        if subset != "unseen_conflict":
            message = f"{country} is an unseen conflict, this story of it is not in the subset"
            yield placed("B608", message, "run: bilan split --write", shard, line, "/subset")
        else:
            message = f"split {split}, but the conflict is one that only the test split may show"
            yield placed("B608", message, "run: bilan split --write", shard, line, "/split")
