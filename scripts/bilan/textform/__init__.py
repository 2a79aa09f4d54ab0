"""The text form of an article: YAML front matter over the text with Pandoc bracketed spans.

``mark`` writes it, ``unmark`` reads it; offsets are computed, never typed. In the body

    [JNIM]{.e1}                    a name of entity e1           [jihadists]{.e1 .nominal}   a description of it
    [forty soldiers]{.f1}          the span of figure f1 (zones z, times t and figures f are spans themselves)
    [attack]{.ev1}                 a trigger of event ev1
    [a security source]{.s1}       a mention of source s1
    [said]{.a1}                    a cue of attribution a1       [words]{.a1 .quote}         its direct speech
    [AFP]{.e5 .s2}                 one stretch of words with two annotations
    [on [23 May]{.t1 .part}]{.ev1}[ 2025]{.t1}
                                   crossing spans: ``.part`` says that t1 goes on in the next fragment

``.nominal``, ``.quote`` and ``.part`` belong to the id before them. In the text a backslash makes ``[``, ``]``
and ``\\`` plain characters. The front matter holds everything else, record by record; values that are null,
empty or false are left out, and one ``provenance`` mapping stands for all layers. The value of a figure may
be left out: then ``bilan.numbers`` reads it from the words. A withheld article without its text has no body;
its spans then stand in the front matter.
"""

from __future__ import annotations

from bilan.textform.canonical import canonical
from bilan.textform.read import unmark
from bilan.textform.write import mark, scaffold

__all__ = ["canonical", "mark", "scaffold", "unmark"]
