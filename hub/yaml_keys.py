"""Keys that stand twice in one YAML mapping: the library takes the last and says nothing."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from hub.problems import Problem


def twice(file: Path, root: yaml.Node | None) -> Iterator[Problem]:
    """Each repetition at its own line. A key that `<<` merges in is no repetition."""
    waiting, seen = [root] if root else [], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:  # an alias: what it stands for is looked at once, and may hold itself
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in node.value]
            yield from _repeated(file, node)


def _repeated(file: Path, node: yaml.MappingNode) -> Iterator[Problem]:
    first: dict[tuple[str, str], int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name, line = (key.tag, key.value), key.start_mark.line + 1
        if name in first:
            what = f"`{key.value}` stands twice: first in line {first[name]}"
            yield Problem(file, line, what, "keep one of them")
        first.setdefault(name, line)
