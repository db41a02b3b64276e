"""Large records as a connection last read or wrote them: in a flood an incident has a thousand members, and
is asked for again with every transaction."""

from typing import Any, TypeVar

import msgspec

LARGE = 4_096
"""Characters from which a body is kept with what it decodes to."""
KEPT = 20_000_000
"""Characters of bodies that a writer keeps at most. A reader, of which there are several, keeps none."""

R = TypeVar("R")


class Large:
    """A body that is the same, letter by letter, is the same record, which nobody changes: it is replaced.
    kept, size: characters of bodies, at most and now."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._records: dict[str, Any] = {}
        self.size = 0

    def decoded(self, body: str, decoder: "msgspec.json.Decoder[R]") -> R:
        if len(body) < LARGE or not self._kept:
            return decoder.decode(body)
        known: R | None = self._records.pop(body, None)
        if known is None:
            self.seen(body, record := decoder.decode(body))
            return record
        self._records[body] = known
        return known

    def seen(self, body: str, record: object) -> None:
        """What was written."""
        if len(body) < LARGE or not self._kept or body in self._records:
            return
        self._records[body] = record
        self.size += len(body)
        while self.size > self._kept:
            oldest = next(iter(self._records))
            del self._records[oldest]
            self.size -= len(oldest)
