"""How a process of the hub logs: a line an event, with its facts, to standard error.

Tracebacks are plain, without the values of variables.
"""

import contextlib
import sys
import traceback
from datetime import UTC, datetime

_EVENT_WIDTH = 30


class Log:
    """Nothing to set up: whoever runs the process keeps what it says."""

    def info(self, event: str, **facts: object) -> None:
        _say("info", event, facts)

    def warning(self, event: str, *, exc_info: bool = False, **facts: object) -> None:
        """exc_info: with the traceback of what is being handled."""
        _say("warning", event, facts, traceback.format_exc() if exc_info else "")

    def critical(self, event: str, **facts: object) -> None:
        _say("critical", event, facts)


log = Log()


def _say(level: str, event: str, facts: dict[str, object], more: str = "") -> None:
    at = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    told = " ".join(f"{name}={_shown(value)}" for name, value in facts.items())
    line = f"{at} [{level:<9}] {event:<{_EVENT_WIDTH}} {told}".rstrip()
    with contextlib.suppress(OSError):  # a log that nobody takes any more ends no service
        sys.stderr.write(f"{line}\n{more}")
        sys.stderr.flush()


def _shown(value: object) -> str:
    """On one line, and in quotes where it would not be seen where it ends."""
    text = str(value)
    return text if text and text.isprintable() and not set(text) & set(" '\"=") else repr(text)
