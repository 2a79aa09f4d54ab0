"""Annotations carried to other tools and back: ``bilan export`` and ``bilan import``.

``graph.of`` takes an article apart into what annotation tools know: records with values, marked stretches of text,
arrows. A format (``formats.FORMATS``, a module each) writes graphs in its tool's idiom and reads them back;
``assembly.article`` puts a graph together again on the article that it belongs to, if the text is the same to the
letter. What a format carries, how, and what it loses is declared by its module (``CARRIED``) and measured by
``fidelity``.
"""

from __future__ import annotations
