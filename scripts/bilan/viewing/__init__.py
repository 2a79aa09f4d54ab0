"""Articles and stories as HTML pages that stand alone: no network, every string is text, readable without JavaScript.

``page`` puts a page together: of a story (``page.story``), or of two annotations of a text (``page.comparison``).
``marks`` says which stretches of a text are marked and in which lane, ``running`` sets the text, ``ruler`` what is
known of a text that is withheld. ``sections`` makes the tables and ``arcs`` draws who says what, ``chart`` the claims
of a toll over time on the axes of ``scale``, ``tolls`` puts them together, ``compared`` sets two annotations against
each other. ``markup`` is the only place where strings become HTML. All are pure functions; the looks are in
``style.css``, the arcs on the text in ``script.js``.
"""
