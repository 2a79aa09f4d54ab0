"""The command ``bilan``. Help comes from a static table, so that only the chosen command is imported."""

from __future__ import annotations

import sys

COMMANDS = {
    "check": "check a corpus, or files of it",
    "build": "write the dataset folder (Parquet and card)",
    "new": "begin a story or an article",
    "mark": "write an article in the text form for annotating",
    "unmark": "turn a text form back into an article",
    "format": "rewrite corpus files in canonical layout",
    "rule": "explain a check, with an example of wrong and right",
    "verify": "prove that a copy is the released data",
    "cite": "print a citation with version and content hash",
    "release": "write the manifest of a release",
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
    arguments = sys.argv[1:] if argv is None else argv
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
    import os

    module = importlib.import_module(f"bilan.commands.{name}")
    parser = argparse.ArgumentParser(
        prog=f"bilan {name}",
        description=inspect.cleandoc(module.__doc__ or ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.register(parser)
    from bilan.incidents import BilanError

    try:
        status: int = module.run(parser.parse_args(arguments))
        sys.stdout.flush()
        return status
    except BilanError as error:
        from bilan.checks.report import text_lines

        print("\n".join(text_lines(error.incidents, color=sys.stderr.isatty())), file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("bilan: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
