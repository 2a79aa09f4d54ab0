"""What holds for every format that articles go out in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bilan.exchange import fidelity, formats
from bilan.exchange.parts import PARTS
from bilan.incidents import BilanError
from conftest import REPOSITORY
from exchange_samples import open_articles

NAMES = ("csv", "conll2003", "conllup", "spacy", "tei")


def without_spacy(code: str) -> str:
    """What Python prints that cannot import spaCy."""
    path = os.pathsep.join([str(REPOSITORY / "scripts"), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['spacy'] = None\n{code}"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_what_is_carried_names_parts_and_says_in_what(name: str) -> None:
    carried = formats.FORMATS[name].carried
    assert set(carried) <= set(PARTS)
    assert all(one.note for one in carried.values())
    assert {one.how for one in carried.values()} <= {"shown", "kept", "partly"}


@pytest.mark.parametrize("name", NAMES)
def test_the_command_says_what_is_lost_with_how_much_of_it_there_is(name: str) -> None:
    some = open_articles()[:4]
    carried = formats.FORMATS[name].carried
    whole = {part for part, one in carried.items() if one.how in ("shown", "kept")}
    losses = fidelity.losses(formats.FORMATS[name], some)
    assert not whole & {part for part, _, _ in losses}
    assert all(count > 0 for _, count, _ in losses)
    assert [row[2] for row in fidelity.details(name)[1] if row[1] == "lost"] == [""] * (
        len(PARTS) - len(carried)
    )


def test_what_spacy_carries_can_be_asked_without_spacy() -> None:
    code = "from bilan.exchange import formats; print(formats.FORMATS['spacy'].carried['text'].how)"
    assert without_spacy(code) == "shown\n"


def test_writing_for_spacy_without_spacy_names_the_extra() -> None:
    code = (
        "from bilan.exchange import formats\n"
        "from bilan.incidents import BilanError\n"
        "try: formats.get('spacy').load()\n"
        "except BilanError as error: print(error.incidents[0].code, error.incidents[0].mend)"
    )
    assert without_spacy(code) == "B868 pip install 'bilan[spacy]'\n"


@pytest.mark.parametrize("name", ["conll2003", "conllup", "spacy", "tei"])
def test_what_is_for_export_only_is_not_imported(name: str) -> None:
    with pytest.raises(BilanError) as error:
        formats.get(name, reads=True)
    assert [one.code for one in error.value.incidents] == ["B860"]
    assert "csv" in error.value.incidents[0].mend


def test_no_format_imports_a_heavy_library_before_it_writes() -> None:
    code = (
        f"from bilan.exchange import formats\n"
        f"for name in {NAMES!r}: formats.FORMATS[name].carried\n"
        "print(sorted({'datasets', 'pyarrow', 'lxml', 'conllu', 'scipy'} & set(sys.modules)))"
    )
    assert without_spacy(code) == "[]\n"
