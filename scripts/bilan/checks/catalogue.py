"""The catalogue of checks: the one place that says what each code means.

``bilan rule CODE`` prints an entry, ``schema/checks.md`` is generated from all of them, and the test suite
holds one fixture and one golden message for each.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A check: its stable code, its name, what it demands and why, and an example of wrong and right."""

    code: str
    name: str
    demands: str
    why: str
    wrong: str
    right: str

    @property
    def level(self) -> int:
        return int(self.code[1])


LEVELS = {
    1: "parse: can every reader read the file, and read it alike?",
    2: "schema: does it have the demanded shape?",
    3: "spans and references: do spans hold their words, do ids arrive?",
    4: "meaning: do the annotations make sense?",
    6: "whole corpus: do the files fit together?",
    7: "release: are the data what was released?",
    8: "commands: can it be done as asked?",
}

_RULES = (
    # --- 1 parse
    Rule(
        "B101",
        "json-syntax",
        "A corpus file is one JSON document.",
        "Nothing else can be checked before it parses.",
        '{"id": "x",}',
        '{"id": "x"}',
    ),
    Rule(
        "B102",
        "encoding",
        "Files are UTF-8.",
        "Offsets count code points; another encoding has other code points.",
        "caf\\xe9 (Latin-1)",
        "café (UTF-8)",
    ),
    Rule(
        "B103",
        "byte-order-mark",
        "No byte order mark.",
        "Some readers take it for a character and shift every offset by one.",
        "\\ufeff{ … }",
        "{ … }",
    ),
    Rule(
        "B104",
        "carriage-return",
        "Lines end with LF.",
        "The same file must have the same bytes, and the same hash, everywhere.",
        "{\\r\\n",
        "{\\n",
    ),
    Rule(
        "B105",
        "duplicate-key",
        "A key stands once in an object.",
        "Readers keep the first or the last in silence: half the readers see other data.",
        '{"low": 40, "low": 41}',
        '{"low": 40}',
    ),
    Rule(
        "B106",
        "not-a-number",
        "No NaN and no Infinity.",
        "They are no JSON; an unbounded value is null.",
        '{"high": Infinity}',
        '{"high": null}',
    ),
    Rule(
        "B107",
        "number-too-long",
        "Numbers have 32 digits at most.",
        "Readers round longer ones differently.",
        '{"low": 4000…000}',
        '{"low": 40}',
    ),
    Rule(
        "B108",
        "lone-surrogate",
        "No half of a surrogate pair.",
        "It is no character and cannot be written as UTF-8.",
        '"\\ud83d"',
        '"\\ud83d\\ude00", or the character itself',
    ),
    Rule(
        "B109",
        "too-deep",
        "Nesting has 64 levels at most.",
        "Deeper nesting crashes readers; no corpus file needs ten.",
        "[[[[…]]]]",
        "[]",
    ),
    Rule(
        "B110",
        "control-character",
        "No control characters but line feed and tab.",
        "NUL and its like are invisible and break XML, terminals and diffs.",
        '"Dioura\\u0000"',
        '"Dioura"',
    ),
    Rule(
        "B111",
        "symbolic-link",
        "No symbolic links in the corpus.",
        "A link leads out of the corpus or into a circle, and archives drop it.",
        "fr-1.json -> ../x.json",
        "fr-1.json",
    ),
    Rule(
        "B112",
        "unreadable",
        "Every file is a regular file that can be read.",
        "A file that is skipped in silence is lost in silence.",
        "mode 000",
        "mode 644",
    ),
    Rule("B113", "empty-file", "No empty files.", "An empty file is a failed write.", "(0 bytes)", "{ … }"),
    Rule(
        "B114",
        "too-large",
        "A file has 8 MiB at most.",
        "An article has some ten kilobytes; more is a mistake.",
        "(9 MiB)",
        "(12 KB)",
    ),
    Rule(
        "B115",
        "unexpected-file",
        "Only stories, articles and registry files lie in the corpus.",
        "A file that no rule expects is read by nobody.",
        "corpus/ml/notes.txt",
        "corpus/ml/2025-05-23-dioura/story.json",
    ),
    Rule(
        "B116",
        "empty-folder",
        "No empty folders.",
        "Git does not keep them: a clone would differ.",
        "corpus/ml/",
        "corpus/ml/2025-05-23-dioura/story.json",
    ),
    Rule(
        "B117",
        "layout",
        "Files are in canonical layout: two-space indents, one newline at the end.",
        "A diff then shows what changed, and nothing else.",
        '{"id":"x"}',
        '{\n  "id": "x"\n}',
    ),
    Rule(
        "B150",
        "front-matter",
        "A text form begins with YAML front matter between two lines ---.",
        "It holds everything but the spans.",
        "Text without front matter",
        "---\nbilan: '1.0'\n…\n---\nText",
    ),
    Rule(
        "B151",
        "front-matter-field",
        "The front matter holds known keys with records under them.",
        "A misspelt key would lose what stands under it.",
        "figure: {f1: {}}",
        "figures: {f1: {}}",
    ),
    Rule(
        "B152",
        "bracketed-span",
        "A span is [words]{.id}; plain brackets are escaped.",
        "Else text and annotation cannot be told apart.",
        "[JNIM]{e1}",
        "[JNIM]{.e1}",
    ),
    Rule(
        "B153",
        "unknown-id",
        "Every id in the text has its record in the front matter.",
        "A span without a record says nothing.",
        "[JNIM]{.e9} with no e9",
        "e9: {type: armed_group, name: JNIM}",
    ),
    Rule(
        "B154",
        "span-count",
        "Zones, times and figures have exactly one span.",
        "They are spans themselves.",
        "[40]{.f1} … [41]{.f1}",
        "[40]{.f1} … [41]{.f2}",
    ),
    Rule(
        "B155",
        "cut-span",
        "A span cut by .part goes on where the piece ends.",
        "Its end would be lost.",
        "[a]{.f1 .part} b",
        "[a]{.f1 .part}[ b]{.f1}",
    ),
    Rule(
        "B156",
        "no-number",
        "The words of a figure without a value hold a number.",
        "The words fix the value.",
        "[civilians]{.f1}",
        "[two civilians]{.f1}",
    ),
    # --- 2 schema
    Rule(
        "B201",
        "missing-field",
        "All fields of the schema are there; what is unknown is null.",
        "Null says that nobody knows; a missing field says nothing.",
        '{"id": "f1"}',
        '{"id": "f1", "event": null, …}',
    ),
    Rule(
        "B202",
        "unknown-field",
        "No fields beyond the schema.",
        "A misspelt field would be lost in silence.",
        '"measur": "killed"',
        '"measure": "killed"',
    ),
    Rule(
        "B203",
        "wrong-type",
        "Values have the type that the schema gives.",
        "Tables have typed columns.",
        '"low": "40"',
        '"low": 40',
    ),
    Rule(
        "B204",
        "unknown-label",
        "Labels come from schema/labels.json.",
        "Scores and models know only these.",
        '"measure": "dead"',
        '"measure": "killed"',
    ),
    Rule(
        "B205",
        "malformed",
        "Ids, dates, hashes and addresses follow their patterns.",
        "Other files point at them by their form.",
        '"date": "23/05/2025"',
        '"date": "2025-05-23"',
    ),
    Rule(
        "B206",
        "broken-rule",
        "Rules between fields hold: no text in a withheld article, an event for scope event, a licence for an open text.",
        "The schema stops what a schema can stop.",
        '"scope": "event", "event": null',
        '"scope": "event", "event": "ev1"',
    ),
    Rule(
        "B207",
        "out-of-bounds",
        "Numbers, lengths and list sizes stay within the schema's bounds.",
        "A value outside is a slip.",
        '"low": -1',
        '"low": 0',
    ),
    # --- 3 spans and references
    Rule(
        "B301",
        "surface",
        "The surface of a span equals text[start:end], in code points.",
        "Offsets that are off by one poison every model trained on them.",
        '"start": 3, "surface": "JNIM" where the text has " JNI"',
        "spans written by bilan unmark",
    ),
    Rule(
        "B302",
        "span-range",
        "0 ≤ start < end ≤ length of the text.",
        "Anything else is no span.",
        '"start": 9, "end": 9',
        '"start": 9, "end": 13',
    ),
    Rule(
        "B303",
        "duplicate-id",
        "Ids are unique in the article (or story).",
        "A reference would mean two things.",
        "two records f1",
        "f1 and f2",
    ),
    Rule(
        "B304",
        "dangling-reference",
        "Every reference arrives at a record of the right layer.",
        "An arrow into nothing is a lost annotation.",
        '"event": "ev9" with no ev9',
        '"event": "ev1"',
    ),
    Rule(
        "B306",
        "text-hash",
        "Length and SHA-256 are those of the text.",
        "They are its identity.",
        '"length": 100 for 99 code points',
        '"length": 99',
    ),
    Rule(
        "B307",
        "id-and-path",
        "Id, story, language and path agree.",
        "An article is found by its id.",
        "ml-2025-05-23-dioura.fr.1 in en-1.json",
        "ml/2025-05-23-dioura/fr-1.json",
    ),
    Rule(
        "B308",
        "span-order",
        "Spans of one record are in order of the text and do not overlap.",
        "One reading of the text, one order.",
        "mentions at 9–13 and 5–8",
        "mentions at 5–8 and 9–13",
    ),
    Rule(
        "B309",
        "span-edge",
        "No white space and no punctuation at the edge of a span.",
        "Edges decide exact-match scores.",
        '"JNIM "',
        '"JNIM"',
    ),
    Rule(
        "B310",
        "determiner",
        "Mentions do not begin with a determiner.",
        "Du, le, the are not part of a name.",
        '"le Jnim"',
        '"Jnim"',
    ),
    Rule(
        "B311",
        "figure-overlap",
        "Figures do not overlap.",
        "A number belongs to one figure.",
        "[12 [soldats]] twice",
        "[12 soldats]",
    ),
    Rule(
        "B312",
        "registry-id",
        "Registry ids are in the registry.",
        "They join the articles to each other and to other databases.",
        '"registry": "jnin"',
        '"registry": "jnim"',
    ),
    Rule(
        "B313",
        "story-event",
        "story_event is an event of the story.",
        "Tolls are grouped by it.",
        '"story_event": "attack"',
        '"story_event": "main"',
    ),
    Rule(
        "B314",
        "story-reference",
        "References are those of the story, and listed by the article.",
        "Every claim can be traced to a page.",
        '"reference": "r99"',
        '"reference": "r1"',
    ),
    Rule(
        "B315",
        "circle",
        "Nothing contains itself or derives from itself.",
        "A circle has no root to count.",
        "a1 has content a1",
        "a2 has content a1",
    ),
    Rule(
        "B316",
        "missing-story",
        "An article's story exists.",
        "The split and the references live there.",
        "fr-1.json without story.json",
        "story.json beside it",
    ),
    Rule(
        "B318",
        "text-edge",
        "A text does not begin or end with white space.",
        "Copies differ there first.",
        '" Forty soldiers"',
        '"Forty soldiers"',
    ),
    Rule(
        "B319",
        "key-order",
        "Keys stand in the order of the schema.",
        "The same content has the same bytes.",
        '{"name": …, "id": …}',
        '{"id": …, "name": …}',
    ),
    # --- 4 meaning
    Rule(
        "B401",
        "value-words",
        "The value of a figure is what its words say.",
        "The words fix the value, by the table of GUIDELINES.md, never by what one knows.",
        '"une quarantaine de soldats" 41–41',
        '"une quarantaine de soldats" 35–45',
    ),
    Rule(
        "B402",
        "interval",
        "Values are consistent: low ≤ high, the modifier fits the bounds.",
        "Tolls compare intervals.",
        "at_least 20, high 40",
        "at_least 20, high null",
    ),
    Rule(
        "B403",
        "calendar",
        "Dates are EDTF and exist in the calendar.",
        "2025-02-30 is no day.",
        "2025-02-30",
        "2025-02-28",
    ),
    Rule(
        "B404",
        "event-time",
        "An event's date can be that of the times that date it.",
        "One of the two is wrong.",
        "event 2025-05-24, its time 2025-05-23",
        "both 2025-05-23",
    ),
    Rule(
        "B405",
        "misplaced",
        "Captions, credits and bylines carry names only; places are places; a participant stands once in a role.",
        "A picture often shows another day.",
        "a figure in a caption",
        "the figure of the running text",
    ),
    Rule(
        "B406",
        "period",
        "Only a total has a period, and a period is a stretch of time.",
        "Scope event counts one event.",
        "scope event with a period",
        "scope total with a period",
    ),
    Rule(
        "B407",
        "relation",
        "Relations join figures that can stand in them.",
        "updates and restates need the same event, scope and measure; a restatement needs meeting intervals.",
        "38 restates 52",
        "52 updates 38",
    ),
    Rule(
        "B408",
        "part-and-whole",
        "A part is not larger than its whole.",
        "One of the two values is wrong.",
        "60 part_of 53",
        "49 part_of 53",
    ),
    Rule(
        "B409",
        "claimant",
        "A claim of responsibility names the claimant in blames.",
        "It says who did it.",
        "claims_responsibility, blames []",
        "claims_responsibility, blames [e1]",
    ),
    Rule(
        "B410",
        "registry-agreement",
        "Type and name agree with the registry; one registry id, one entity.",
        "The same actor must be the same everywhere.",
        'registry jnim, name "GSIM"',
        'registry jnim, name "JNIM"',
    ),
    Rule(
        "B411",
        "future",
        "Nothing is said and nothing happens after the day of publication.",
        "One of the two dates is wrong.",
        "published 2025-05-26, said 2025-05-27",
        "said 2025-05-26",
    ),
    Rule(
        "B412",
        "time-kind",
        "The kind of a time fits its fields.",
        "A duration has a length, a time a clock or a part of day, a date neither.",
        "kind date, clock 14:00",
        "kind time, clock 14:00",
    ),
    Rule(
        "B413",
        "mute-source",
        "Every source says something.",
        "A source is there for its statements.",
        "s3 in no attribution",
        "s3 in a2",
    ),
    Rule(
        "B414",
        "silence",
        "The content of no_comment is an event.",
        "One is silent about what happened.",
        "no_comment on f1",
        "no_comment on ev1",
    ),
    Rule(
        "B415",
        "leak",
        "Clear words of a withheld text never run longer than 7.",
        "The text is not ours to give away.",
        "nine words of names in a row in clear",
        "seven at most",
    ),
    # --- 6 whole corpus
    Rule(
        "B601",
        "double",
        "Ids and texts are unique in the corpus.",
        "A doubled text leaks from train into test.",
        "the same text in two files",
        "one file",
    ),
    Rule(
        "B602",
        "split",
        "A story with a withheld article is in test.",
        "The press that models are judged on must not be in train.",
        "split train",
        "split test",
    ),
    Rule(
        "B603",
        "registry-order",
        "Registry files are sorted by id, and ids stand once.",
        "Merges stay clean.",
        "mopti before bamako",
        "bamako before mopti",
    ),
    Rule(
        "B604",
        "stale-exemption",
        "Every exemption is needed.",
        "A stale one hides the next fault.",
        "an exemption that matches nothing",
        "no exemption",
    ),
    Rule(
        "B605",
        "story-without-articles",
        "Every story has articles.",
        "It has no other purpose.",
        "a folder with story.json only",
        "story.json and fr-1.json",
    ),
    # --- 7 release
    Rule(
        "B701",
        "changed",
        "Released documents have the content that the manifest names.",
        "A citation must mean the same data for ever.",
        "an edited article under version 0.1.0",
        "the article as released",
    ),
    Rule(
        "B702",
        "missing",
        "All documents of the manifest are there.",
        "Half a copy is no copy.",
        "en-1.json is gone",
        "en-1.json is there",
    ),
    Rule(
        "B703",
        "extra",
        "No documents beyond the manifest.",
        "They were not released.",
        "an article that the manifest does not know",
        "only released articles",
    ),
    # --- 8 commands
    Rule("B801", "foreign-folder", "A build replaces only a folder that a build wrote, or an empty one.", "It must never delete what is not its own.", "bilan build --out ~/Documents", "bilan build --out dist/hf"),
    Rule("B802", "three-numbers", "The version has three numbers.", "The datasets library reads no other.", "0.1", "0.1.0"),
    Rule("B803", "unwritable", "The place to write to can be written, and has room.", "What was there before is kept.", "--out /read-only/hf", "--out dist/hf"),
    Rule("B804", "locked", "One build at a time writes to a folder.", "Two would mix their files.", "two bilan build at once", "one after the other"),
    Rule("B805", "workers-killed", "Worker processes live.", "They are started again three times; then something is wrong with the machine.", "no memory left for --workers 64", "--workers 2"),
    Rule("B806", "unknown-name", "Tables, splits and languages are those that exist.", "A misspelt name must not give an empty table.", "bilan.load('figure')", "bilan.load('figures')"),
    Rule("B807", "broken-build", "A source is a corpus or a whole built folder.", "Half a folder would give half the rows.", "a folder with a Parquet file missing", "the folder as bilan build left it"),
)

CATALOGUE = {rule.code: rule for rule in _RULES}
"""Code → rule, in order of code."""


def markdown() -> str:
    """The catalogue as ``schema/checks.md``."""
    lines = [
        "# Checks",
        "",
        "Generated by `bilan docs` from `bilan.checks.catalogue`. `bilan rule CODE` prints one entry.",
        "Levels 1 to 4 gate each other: a level with errors ends the run for its file.",
        "",
    ]
    for level, title in LEVELS.items():
        lines += [
            f"## Level {level}: {title}",
            "",
            "| code | name | demands | why | wrong | right |",
            "|---|---|---|---|---|---|",
        ]
        for rule in CATALOGUE.values():
            if rule.level == level:
                cells = [
                    rule.code,
                    rule.name,
                    rule.demands,
                    rule.why,
                    f"`{_cell(rule.wrong)}`",
                    f"`{_cell(rule.right)}`",
                ]
                lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("\n", "⏎").replace("|", "\\|")
