"""Large records as a connection last read or wrote them: in a flood an incident has a thousand members, and
is asked for again with every transaction."""

from typing import Any, TypeVar

import msgspec

LARGE = 4_096
"""Characters from which a body is kept with what it decodes to."""
KEPT = 32_000_000
"""Characters of bodies that are kept at most."""

R = TypeVar("R")


class Large:
    """A body that is the same, letter by letter, is the same record, which nobody changes: it is replaced."""

    def __init__(self) -> None:
        self._records: dict[str, Any] = {}
        self._size = 0

    def decoded(self, body: str, decoder: "msgspec.json.Decoder[R]") -> R:
        if len(body) < LARGE:
            return decoder.decode(body)
        known: R | None = self._records.pop(body, None)
        if known is None:
            self.seen(body, record := decoder.decode(body))
            return record
        self._records[body] = known
        return known

    def seen(self, body: str, record: object) -> None:
        """What was written."""
        if len(body) < LARGE or body in self._records:
            return
        self._records[body] = record
        self._size += len(body)
        while self._size > KEPT:
            oldest = next(iter(self._records))
            del self._records[oldest]
            self._size -= len(oldest)
