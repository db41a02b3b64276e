"""YAML with the line of every value, and `${NAME:-default}` taken from the environment."""

import os
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from core.model.text import nfc
from hub.problems import Problem, WrongConfiguration
from hub.unreadable import unreadable
from hub.yaml_keys import twice

Path_ = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where PyYAML was built with it: ten times as fast."""
_TEXT, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
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
    """Raises WrongConfiguration when the file cannot be read, is not YAML, names an unset variable or has a
    key twice in one mapping, of which YAML would quietly take the last."""
    try:
        text = nfc(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongConfiguration([unreadable(file, error)]) from error
    problems: list[Problem] = []
    lines = [_substitute(line, file, n, problems) for n, line in enumerate(text.splitlines(), 1)]
    if problems:
        raise WrongConfiguration(problems)
    text = "\n".join(lines)
    try:
        value = _value(text, file, problems)
    except (yaml.YAMLError, RecursionError) as error:
        raise WrongConfiguration([_not_yaml(file, text, error)]) from error
    if problems:
        raise WrongConfiguration(problems)
    return Document(file, value, text)


def _not_yaml(file: Path, text: str, error: Exception) -> Problem:
    match error:
        case yaml.MarkedYAMLError():
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            mend = "correct the indentation or the quotes at this place"
            return Problem(file, line, f"not YAML: {error.problem}", mend)
        case yaml.reader.ReaderError():
            line = text[: error.position].count("\n") + 1
            return Problem(file, line, f"not YAML: {error.reason}", "take the character away")
        case _:
            return Problem(
                file, 0, f"not YAML: {error}", "let lists and mappings stand less deep in each other"
            )


class _Unusual(Exception):
    """Anchors, tags, merged, nested or repeated keys, several documents."""


def _value(text: str, file: Path, problems: list[Problem]) -> Any:
    """What PyYAML makes of it; in a part of its time and memory, and each text once, where it is made of what
    a plant's files are made of. Repeated keys are in `problems`. Raises yaml.MarkedYAMLError."""
    try:
        return _Plain(text).document()
    except _Unusual:
        root = yaml.compose(text, Loader=_LOADER)
        problems += twice(file, root)
        return _Constructor("").construct_document(root) if root else None


class _Constructor(yaml.SafeLoader):
    """Of a day that no month has, of a number without end the library says ValueError, and not where."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


class _Plain:
    """Lists, mappings with scalars for keys, and scalars, made as the parser meets them: of 10,000 points a
    tree of nodes takes 30 MB first."""

    def __init__(self, text: str) -> None:
        self._next = yaml.parse(text, Loader=_LOADER).__next__
        self._made: dict[tuple[str, bool], Any] = {}
        self._rest: Any = _Constructor("")

    def document(self) -> Any:
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        value = self._value(self._next())
        self._next()  # the document ends
        if not isinstance(self._next(), yaml.StreamEndEvent):
            raise _Unusual
        return value

    def _value(self, event: Any) -> Any:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._scalar(event)
        if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
            raise _Unusual
        if kind is yaml.SequenceStartEvent:
            items = []
            while type(event := self._next()) is not yaml.SequenceEndEvent:
                items.append(self._value(event))
            return items
        mapping = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                raise _Unusual
            key = self._scalar(event)
            if key in mapping:
                raise _Unusual
            mapping[key] = self._value(self._next())
        return mapping

    def _scalar(self, event: Any) -> Any:
        if event.anchor is not None or event.tag is not None:
            raise _Unusual
        text, quoted = event.value, not event.implicit[0]
        if (text, quoted) not in self._made:
            tag = _TEXT if quoted else self._rest.resolve(yaml.ScalarNode, text, event.implicit)
            if tag == _MERGE:
                raise _Unusual
            node = yaml.ScalarNode(tag, text, event.start_mark, event.end_mark)
            self._made[text, quoted] = sys.intern(text) if tag == _TEXT else self._rest.construct_object(node)
        return self._made[text, quoted]


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
