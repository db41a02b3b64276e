"""A YAML file as a typed tree, each fault with its line."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hub.problems import Problem, WrongConfiguration, explain
from hub.yaml_lines import Document, load

M = TypeVar("M", bound=BaseModel)


def document(file: Path, kind: type[M]) -> M:
    """One YAML file. Raises WrongConfiguration."""
    problems: list[Problem] = []
    _, found = read_document(file, kind, problems)
    if found is None:
        raise WrongConfiguration(problems)
    return found


def read_document(file: Path, kind: type[M], problems: list[Problem]) -> tuple[Document | None, M | None]:
    """What of a file could be read, as YAML and as typed tree; the rest is in `problems`."""
    try:
        document = load(file)
    except WrongConfiguration as wrong:
        problems += wrong.problems
        return None, None
    if not isinstance(document.value, dict):
        what = "the file is empty" if document.value is None else "the file is no mapping of keys to values"
        needed = ", ".join(f"`{name}:`" for name, one in kind.model_fields.items() if one.is_required())
        mend = f"write {needed}" if needed else "write its keys, or take the file away"
        problems.append(Problem(file, 1, what, f"{mend}: docs/reference/configuration.md"))
        return None, None
    try:
        return document, kind.model_validate(document.value)
    except ValidationError as error:
        for one in _told_once(error.errors()):
            line = document.line(document.path(one["loc"]))
            problems.append(Problem(file, line, *explain(one, _fields(kind))))
        return document, None


def _told_once(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the "too short" of a list whose items are what is wrong."""

    def within(outer: ErrorDetails) -> bool:
        loc = outer["loc"]
        return any(len(one["loc"]) > len(loc) and one["loc"][: len(loc)] == loc for one in errors)

    return [one for one in errors if one["type"] != "too_short" or not within(one)]


def _fields(kind: type[BaseModel]) -> list[str]:
    """Every field name of a tree, for "did you mean"."""
    definitions = kind.model_json_schema()
    models = [definitions, *definitions.get("$defs", {}).values()]
    return sorted({name for model in models for name in model.get("properties", {})})
