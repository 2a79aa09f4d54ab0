"""Publishing a release: what would be published (``plan``), where to (``targets``), and the proof (``proof``).

Every target takes a release whole or not at all: a ``folder`` by a rename, a ``git`` repository by one atomic
push, the ``hub`` by one commit and then the tag.
"""
