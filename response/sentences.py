"""What a person wrote into a field, as a sentence of its own or as a part of one.

People end a field with a full stop or without, over one line or several; side by side the elements of a
notice must neither run into one another nor end twice.
"""

import re

from core.model.text import Text

_SPACE = re.compile(r"\s+")
_LINES = re.compile(r"\s*[\n\r\u2028\u2029\x0b\x0c\x85]+\s*")
_CLOSERS = "”’」』）)》】\"'"
_ENDS = "。！？…!?."
_LOOSE = "，、；：,;:·—-–~ \u3000"
"""What cannot end a sentence, and is taken off where one ends."""


def sentence(words: Text) -> Text:
    """Each line ended by a stop; nothing of a field that is blank."""
    return Text(_ended(words.zh, "。", ""), _ended(words.en, ".", " "))


def part(words: Text) -> Text:
    """To stand inside another sentence: one line, without its own stop."""
    return Text(_part(words.zh), _part(words.en))


LATE = Text("通报逾期未发，原定不晚于", "No update yet; it was due by")
"""Of an update that was promised and did not come: the words of the public page."""


def hotline(hours: Text | None) -> Text:
    """What stands before its number: with when it answers, where that is known."""
    return Text(f"热线（{hours.zh}）", f"Hotline ({hours.en})") if hours else Text("热线", "Hotline")


def _ended(words: str, stop: str, gap: str) -> str:
    lines = (_SPACE.sub(" ", line).strip().rstrip(_LOOSE) for line in _LINES.split(words))
    return gap.join(line if _closed(line) else f"{line}{stop}" for line in lines if line.strip(_ENDS))


def _closed(line: str) -> bool:
    return line.rstrip(_CLOSERS).endswith(tuple(_ENDS))


def _part(words: str) -> str:
    return _SPACE.sub(" ", words).strip().rstrip(f"{_LOOSE}。.")
