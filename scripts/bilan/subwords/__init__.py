"""Labels for the sub-words of any fast tokenizer, and spans back from what a model predicts for them.

>>> windows = encode(article.text, article.lang, tokenizer, max_length=512, stride=128)
>>> names = bio(bilan.labels.names("measure"))
>>> targets = labels(windows, spans_of(article, "figures"), names)     # one list a window, -100 = not counted
>>> spans(windows, targets, names) == spans_of(article, "figures")
True

The tokenizer is a ``tokenizers.Tokenizer`` or a fast tokenizer of ``transformers``; neither library is imported
here. It gets *words*, one by one: BILAN's tokens, cut at hyphens, so that no sub-word crosses the edge of a word.
Spans are ``(start, end, label)``, half-open, in code points of the text.

Why at hyphens: in this corpus every edge of a span that falls inside a token stands at one ("[Hamas]-run",
"[dit]-il"). To cut there always, and not only where an annotation ends, gives a model the same words in training
and in use. ``edges`` cuts anywhere else, for spans of your own; a model in use then never sees those cuts.

What a round trip keeps: every span that begins and ends where words do. Edges in white space move to the next word
inside. A word of which the tokenizer makes no sub-word (its normaliser drops it) has no label: a span that begins
or ends with such words comes back without them, and one of nothing else cannot be labelled. ``kept`` tells.
"""

from __future__ import annotations

from bilan.layers import LAYERS, Span, spans_of
from bilan.subwords.labelling import IGNORED, bio, kept, labels, places, spans
from bilan.subwords.windows import Window, encode, words

__all__ = [
    "IGNORED",
    "LAYERS",
    "Span",
    "Window",
    "bio",
    "encode",
    "kept",
    "labels",
    "places",
    "spans",
    "spans_of",
    "words",
]
