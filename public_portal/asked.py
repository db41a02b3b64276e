"""What a reader asked for in the address, and every link of the page keeps: there is no cookie to keep it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from core.model.text import Lang

IN_PATH = "{lang}"
"""Stands in a path that begins with the language."""
THEMES = ("light", "dark")
"""What a widget may be asked to look like."""


@dataclass(frozen=True, slots=True)
class Asked:
    """lang: None where the browser's wish decided. large: the large type."""

    lang: Lang | None = None
    large: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        lang: Lang | None = "zh" if query.get("lang") == "zh" else "en" if query.get("lang") == "en" else None
        return cls(lang, query.get("size") == "large")

    @property
    def kept(self) -> dict[str, str]:
        """As names and values of a query."""
        return ({"lang": self.lang} if self.lang else {}) | ({"size": "large"} if self.large else {})

    @property
    def suffix(self) -> str:
        return f"?{urlencode(self.kept)}" if self.kept else ""


def address(path: str, lang: Lang, query: Mapping[str, str], asked: Asked) -> str:
    """Of the page at `path` with its own query, and what every link keeps after it."""
    given = asked.kept
    named = given.pop("lang", None)
    first = {"lang": named} if named and IN_PATH not in path else {}
    every = first | dict(query) | given
    return path.replace(IN_PATH, lang) + (f"?{urlencode(every)}" if every else "")
