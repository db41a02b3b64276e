"""What is wrong with a configuration: all of it at once, each with its place and its mend."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import ErrorDetails

_CREDENTIALS = re.compile(r"://[^/\s]*@")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """line counts from 1; 0 means the file as a whole."""

    file: Path
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.what}\n    mend: {self.mend}"

    def as_json(self) -> dict[str, str | int]:
        return {"file": str(self.file), "line": self.line, "what": self.what, "mend": self.mend}


class WrongConfiguration(Exception):
    """Carries every problem found, sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def explain(error: ErrorDetails, known: Iterable[str] = ()) -> tuple[str, str]:
    """A validation error as (what, mend). known: the names that could stand where an unknown one stood."""
    where = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "missing":
            return f"`{where}` is missing", f"add `{error['loc'][-1]}:` with a value"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"`{where}` is not known here", nearest(str(error["loc"][-1]), known)
        case "literal_error" | "enum" | "union_tag_invalid":
            expected = error.get("ctx", {}).get("expected") or error.get("ctx", {}).get("expected_tags", "")
            what = f"`{where}` is {_shown(error['input'])}" if where else error["msg"]
            return what, f"use one of {expected}"
        case "too_short":
            return f"`{where}` is empty", "give at least one"
        case "string_pattern_mismatch" if error["loc"][-1:] == ("node",):
            return (
                f"`{where}` is {_shown(error['input'])}",
                "write it as nsu=URI;s=NAME (or i=NUMBER, g=GUID, b=BASE64)",
            )
        case _:
            message = error["msg"].removeprefix("Value error, ")
            if not where and ": " in message:  # the file as a whole: the sentence says what, then the mend
                what, _, mend = message.rpartition(": ")
                return what, mend
            return f"`{where}` is {_shown(error['input'])}", f"{message[:1].lower()}{message[1:]}"


def nearest(name: str, known: Iterable[str], otherwise: str = "remove it, or define it first") -> str:
    """A mend for a name that does not exist. otherwise: where none is like it."""
    if close := difflib.get_close_matches(name, list(known), n=1):
        return f"did you mean `{close[0]}`?"
    return otherwise


def _shown(value: object) -> str:
    """Short, and without the user and password of an address: what is wrong is shown and pasted."""
    text = _CREDENTIALS.sub("://…@", repr(value))
    return text if len(text) <= 60 else text[:57] + "..."
