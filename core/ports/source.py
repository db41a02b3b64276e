"""Where samples come from: a connection to the field."""

from dataclasses import dataclass, field
from typing import Protocol

from core.ports.spool import Sink


@dataclass(slots=True)
class SourceFacts:
    """Health of one connection, for /metrics and the administration page. Counts since start."""

    connected: bool = False
    samples: int = 0
    bad: int = 0
    connects: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    missed_slots: int = 0
    refused: int = 0
    """Payloads that could not be read; each is in quarantine."""
    shed: int = 0
    """Polled samples given up because the spool was full."""


class Source(Protocol):
    """One connection. Everything it does toward the field is reading."""

    @property
    def id(self) -> str:
        """`modbus:st-01`: also the `source` of its batches."""
        ...

    @property
    def facts(self) -> SourceFacts: ...

    async def run(self, sink: Sink) -> None:
        """Connect, then read until cancelled. A lost connection is a ConnectionError, raised after one
        Bad sample for each of its tags was put; the supervisor connects again with back-off."""
        ...
