"""The YAML of the front matter: JSON's scalars only, no surprises, no aliases, no duplicate keys."""

from __future__ import annotations

import re
from typing import Any

import yaml

from bilan.jsonio import MAX_DEPTH


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_LINE_BREAKS = re.compile("[\\r\\n\x85\u2028\u2029]")


def _represent_str(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # YAML folds what it takes for line ends, U+0085 among them, unless they are escaped in double quotes
    style = '"' if _LINE_BREAKS.search(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


Dumper.add_representer(str, _represent_str)


def flow(value: Any) -> str:
    out = yaml.dump(
        value, Dumper=Dumper, default_flow_style=True, allow_unicode=True, width=10**9, sort_keys=False
    )
    return out.removesuffix("\n").removesuffix("\n...").removesuffix("...\n").strip("\n")


class Loader(yaml.SafeLoader):
    """YAML with JSON's scalars only (a date stays a string, `no` stays a word) and no duplicate keys."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, "aliases (*name) are not used here", event.start_mark
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"nested deeper than {MAX_DEPTH} levels", event.start_mark
            )
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != "tag:yaml.org,2002:str":
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be a word", key_node.start_mark
                )
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key_node.value!r} stands twice", key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


_NUMBER = r"^-?(?:0|[1-9][0-9]{0,31})"
Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", _NUMBER + "$", list("-0123456789")),
    ("float", _NUMBER + r"(?:\.[0-9]{1,31})?(?:[eE][-+]?[0-9]{1,3})?$", list("-0123456789")),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
    # the dumper knows YAML 1.1's scalars already; with ours too it quotes whatever either would misread
    Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def _construct_float(loader: Loader, node: yaml.ScalarNode) -> float:
    value = float(node.value)
    if value in (float("inf"), float("-inf")):
        message = f"{node.value} is beyond what a number can hold"
        raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
    return value


Loader.add_constructor("tag:yaml.org,2002:float", _construct_float)
