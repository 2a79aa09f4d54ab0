"""One module a command: its docstring is the help, ``register`` its options, ``run`` parses, calls, prints."""

from __future__ import annotations

from pathlib import Path


def corpus_to_edit(given: Path | None, otherwise: str = "") -> Path:
    """The corpus that a command may write to: the one given with --corpus, or that of the checkout at hand.

    Raises BilanError (B112) where it is none: a typing error must not begin a corpus of its own, and the copy in
    an installed package is not for editing. ``otherwise``: another way out that the command has, for the mend.
    """
    from bilan.incidents import BilanError, Incident
    from bilan.paths import working_home

    home = working_home()
    if given is None and home.kind != "checkout":
        message = "no checkout here; the corpus of an installed package is not for editing"
        mend = f"stand in a checkout, or give --corpus DIR {otherwise}".rstrip()
        raise BilanError(Incident("B112", message, mend, file=str(Path.cwd())))
    corpus = given or home.corpus
    if not (corpus / "registry").is_dir():
        message = "this is no corpus folder: it has no registry"
        raise BilanError(Incident("B112", message, "give a folder that has one", file=str(corpus)))
    return corpus


def no_name(flag: str, given: str | None) -> str:
    """What is wrong with the name of an annotator, as the schema has it; empty if nothing is."""
    import re

    if given is None or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}", given):
        return ""
    return f"{flag} {given!r} is no name; letters, digits, and . _ : / - only, as a-diallo"


def stays(path: Path, what: str, otherwise: str = "") -> None:
    """Raises BilanError (B875) where ``what``, with the text of a withheld article, would travel with the data."""
    from bilan.incidents import BilanError, Incident
    from bilan.paths import travels

    if travels(path):
        message = f"{what} with a withheld text would lie in a repository or a corpus"
        places = ", ".join(filter(None, ("give --out outside of it or in work/", otherwise)))
        mend = f"{places}: withheld texts must not travel with the data"
        raise BilanError(Incident("B875", message, mend, file=str(path)))
