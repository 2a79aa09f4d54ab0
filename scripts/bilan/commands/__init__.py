"""One module a command: its docstring is the help, ``register`` its options, ``run`` parses, calls, prints."""
