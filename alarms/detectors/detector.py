"""What every detector is: slices and ticks in, findings out, and a state that can be kept."""

from typing import Any, Protocol

from alarms.columns import Slice
from core.model.finding import Finding
from core.runtime.numbering import Numbers

State = dict[str, Any]
"""Plain values, lists, dictionaries and bytes: what msgpack holds."""


class Detector(Protocol):
    """Findings only on change, each with its evidence. However the same samples are cut into batches, the
    findings are the same. `restore(snapshot())` continues as if nothing had happened; alarms that a
    snapshot does not know start afresh, alarms that are gone are forgotten."""

    @property
    def tags(self) -> Numbers:
        """The numbers of the tags it wants to see."""
        ...

    def update(self, s: Slice) -> list[Finding]:
        """Live samples, by tag, in event time."""
        ...

    def tick(self, now_ns: int, monotonic_s: float) -> list[Finding]:
        """Time went on, with or without samples: plant time for delays, real seconds for staleness."""
        ...

    def snapshot(self) -> State: ...

    def restore(self, state: State) -> None: ...
