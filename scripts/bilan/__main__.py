"""The command ``bilan``. Help comes from a static table, so that only the chosen command is imported."""

from __future__ import annotations

import io
import os
import sys

COMMANDS = {
    "check": "check a corpus, or files of it",
    "build": "write the dataset folder (Parquet and card)",
    "new": "begin a story or an article",
    "mark": "write an article in the text form for annotating",
    "unmark": "turn a text form back into an article",
    "export": "write articles for an annotation tool, or in a format of the field",
    "import": "bring in what was annotated in another tool",
    "format": "rewrite corpus files in canonical layout",
    "withhold": "make the withheld form of an article",
    "hydrate": "bring withheld articles back to life from a copy",
    "leaks": "look for words of withheld texts where none may be",
    "rule": "explain a check, with an example of wrong and right",
    "diff": "say what differs between two versions, commits or copies",
    "verify": "prove that a copy is the released data",
    "cite": "print a citation with version and content hash",
    "release": "write the manifest of a release",
    "publish": "publish the built release to a folder, a git repository or the Hub",
    "split": "assign stories to train, validation and test, in balance",
    "sample": "draw articles for a second annotation",
    "view": "show an article, a story or two annotations as a page in the browser",
    "agree": "say how far two annotations agree",
    "adjudicate": "settle where annotations differ, in one worksheet an article",
    "claims": "list claims with speakers and pages",
    "score": "score predictions of a task, with intervals",
    "baseline": "run a baseline of a task",
    "tolls": "who says how many: the claims of each toll by date, and their reductions",
    "stats": "count what the corpus holds",
    "docs": "render the generated parts of the documents",
}


def usage() -> str:
    """The help of the command as a whole."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items()]
    return "\n".join(
        [
            "usage: bilan COMMAND [OPTIONS]",
            "",
            "BILAN: conflict news in which every figure is tied to its event and its source.",
            "",
            "commands:",
            *lines,
            "",
            "bilan COMMAND --help explains a command.",
        ]
    )


def main(argv: list[str] | None = None) -> int:
    """Runs a command. Exit status 0: done; 1: something is wrong with the input; 2: wrong usage."""
    if argv is None:
        _open_streams()
    try:
        try:
            return _dispatch(sys.argv[1:] if argv is None else argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # nobody reads on, as in `bilan rule | head`
        _drop_output()
        return 1
    except OSError as error:
        _drop_output()
        print(f"bilan: the output cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bilan: interrupted", file=sys.stderr)
        return 130


def _open_streams() -> None:
    """Output is UTF-8 wherever it goes, since text forms are; a terminal of another encoding gets what it can show."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller, as in `bilan check >&-`
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _drop_output() -> None:
    """What is left in the buffer goes nowhere, or it would raise once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        from bilan import __version__

        print(f"bilan {__version__}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        print(f"bilan: there is no command {name!r}\n\n{usage()}", file=sys.stderr)
        return 2
    return _run(name, arguments[1:])


def _run(name: str, arguments: list[str]) -> int:
    import argparse
    import importlib
    import inspect
    import keyword

    module = importlib.import_module(f"bilan.commands.{name}{'_' if keyword.iskeyword(name) else ''}")
    parser = argparse.ArgumentParser(
        prog=f"bilan {name}",
        description=inspect.cleandoc(module.__doc__ or ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.register(parser)
    from bilan.incidents import BilanError, Incident

    try:
        status: int = module.run(parser.parse_args(arguments))
        return status
    except BilanError as error:
        incidents = error.incidents
    except OSError as error:
        if error.filename is None:  # the output itself
            raise
        place = os.fsdecode(error.filename2 or error.filename)
        mend = "give a path that can be read and written, on a disk with room"
        incidents = [Incident("B803", f"cannot be used: {error.strerror}", mend, file=place)]
    from bilan.checks.report import text_lines

    print("\n".join(text_lines(incidents, color=sys.stderr.isatty())), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
