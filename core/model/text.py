"""Words people read, in both of the hub's languages, and what people wrote, brought to one form."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in Chinese (zh-CN) and English."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


Words = str | Text
"""What a person wrote, in whatever language, or what the hub says of itself, in both: a reader sees one."""


def in_lang(words: Words, lang: Lang) -> str:
    return words if isinstance(words, str) else words.in_(lang)


def uncalculated(cell: str) -> str:
    """For a table that a spreadsheet opens: nothing that it would calculate (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def counted(n: int) -> str:
    """`1,970`: one form on every screen, page and sheet."""
    return f"{n:,}"


def listed(texts: Iterable[Text]) -> Text:
    """One after the other in one line: `甲、乙`, `A, B`."""
    said = list(texts)
    return Text("、".join(one.zh for one in said), ", ".join(one.en for one in said))


def joined(texts: Iterable[Text]) -> Text:
    """Sentences one after the other, each with its stop."""
    said = list(texts)
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said))


def stacked(texts: Iterable[Text]) -> Text:
    """Each on a line of its own."""
    said = list(texts)
    return Text("\n".join(one.zh for one in said), "\n".join(one.en for one in said))


def nfc(text: str) -> str:
    """Characters as one code point where there is one (Unicode NFC): what looks the same is the same,
    whatever it was written with."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def composed(value: Any) -> Any:
    """JSON values, every text in them and every name in NFC."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list):
        return [composed(part) for part in value]
    if isinstance(value, dict):
        return {nfc(name): composed(part) for name, part in value.items()}
    return value
