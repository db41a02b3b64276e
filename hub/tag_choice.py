"""Tags and times as people name them on the command line."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase

from core.model.shanghai import SHANGHAI

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class NoSuchTag(ValueError):
    """In words for the terminal."""


def chosen(wanted: Sequence[str], known: Iterable[str]) -> list[str]:
    """Tags by their names or by patterns (`dma-01.*`), separated by commas as well, in the plant's order;
    all when none is wanted. Raises NoSuchTag."""
    names = list(known)
    patterns = [part for text in wanted for part in text.split(",") if part]
    if not patterns:
        return names
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            near = get_close_matches(pattern, names, 1)
            raise NoSuchTag(f"no tag is called {pattern!r}" + (f"; {near[0]!r} is" if near else ""))
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def time_ns(text: str) -> int:
    """`2026-11-23`, `2026-11-23T08:00`, `2026-11-23T00:00:00Z`: UTC ns. Without an offset it is the clock of
    Asia/Shanghai. Raises ValueError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no time: write 2026-11-23, 2026-11-23T08:00 or 2026-11-23T00:00:00Z"
        ) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    passed = moment - _EPOCH
    return ((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds) * 1_000
