"""YAML with the line of every value, and `${NAME:-default}` taken from the environment."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from hub.problems import Problem, WrongConfiguration

Path_ = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: ten times as fast."""
_TEXT, _LIST, _MAPPING, _MERGE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map", "merge"))
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")


@dataclass(frozen=True)
class Document:
    """value: plain Python."""

    file: Path
    value: Any
    text: str = ""

    @cached_property
    def lines(self) -> dict[Path_, int]:
        """The line (from 1) of each key or item, by its path: only a mistake is ever looked up."""
        lines: dict[Path_, int] = {}
        root = yaml.compose(self.text, Loader=_LOADER)
        if root is not None:
            _note_lines(root, (), lines)
        return lines

    def line(self, path: Path_) -> int:
        """The line of `path`, or of the nearest thing around it that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def path(self, loc: Path_) -> Path_:
        """A validator's location without what it puts between (union tags: `collectors.0.modbus.host`)."""
        path: Path_ = ()
        for part in loc:
            if (*path, part) in self.lines:
                path = (*path, part)
        return path


def load(file: Path) -> Document:
    """Raises WrongConfiguration when the file cannot be read, is not YAML or names an unset variable."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise WrongConfiguration(
            [Problem(file, 0, f"cannot be read: {error.strerror}", "create it")]
        ) from error
    problems: list[Problem] = []
    lines = [_substitute(line, file, n, problems) for n, line in enumerate(text.splitlines(), 1)]
    if problems:
        raise WrongConfiguration(problems)
    try:
        text = "\n".join(lines)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        mend = "correct the indentation or the quotes at this place"
        raise WrongConfiguration([Problem(file, line, f"not YAML: {error.problem}", mend)]) from error
    return Document(file, None if root is None else _value(root), text)


def _value(root: yaml.Node) -> Any:
    """What PyYAML's constructor makes, in a fifth of its time and each text once, of what a plant's files are
    made of; of anything else PyYAML makes it."""
    made: dict[tuple[str, str], Any] = {}
    rest = yaml.SafeLoader("")

    def value(node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            key = node.tag, node.value
            if key not in made:
                made[key] = node.value if node.tag == _TEXT else rest.construct_object(node)
            return made[key]
        if node.tag == _LIST:
            return [value(item) for item in node.value]
        return {value(key): value(item) for key, item in node.value}

    return value(root) if _plain(root) else rest.construct_document(root)


def _plain(root: yaml.Node) -> bool:
    """Lists, mappings with scalars for keys, and scalars; nothing merged, nothing told twice by an anchor."""
    seen: set[int] = set()
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.ScalarNode):
            if node.tag == _MERGE:
                return False
            continue
        if id(node) in seen or node.tag not in (_LIST, _MAPPING):
            return False
        seen.add(id(node))
        if node.tag == _LIST:
            nodes += node.value
        else:
            for key, item in node.value:
                if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                    return False
                nodes.append(item)
    return True


def _substitute(line: str, file: Path, n: int, problems: list[Problem]) -> str:
    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = os.environ.get(name, default)
        if found is None:
            what = f"the environment variable {name} is not set"
            problems.append(Problem(file, n, what, f"set it, or write ${{{name}:-a default}}"))
        return found or ""

    return line if line.lstrip().startswith("#") else _VARIABLE.sub(value, line)


def _note_lines(node: yaml.Node, path: Path_, lines: dict[Path_, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*path, key.value)] = key.start_mark.line + 1
            _note_lines(value, (*path, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for i, item in enumerate(node.value):
            _note_lines(item, (*path, i), lines)
