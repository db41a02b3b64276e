"""Time, injected."""

from typing import Protocol

from core.model.clock import Anchor


class Clock(Protocol):
    """now_ns is the plant's time (simulated in a demo); every stamp, delay, shelf and service clock
    follows it. Poll periods, staleness, network time-outs, back-off and watchdogs use `monotonic`."""

    @property
    def anchor(self) -> Anchor: ...

    def now_ns(self) -> int:
        """UTC, ns."""
        ...

    def monotonic(self) -> float:
        """Real seconds, never stepping back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Real seconds."""
        ...
