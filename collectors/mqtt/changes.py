"""Devices that report a value when it changes, and again within `max_silence_s`: what of it stands."""

from collections.abc import Iterable

from collectors.intake.ended import lost, standing
from core.model.sample import Batch, Flag
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.ports.spool import Sink, SpoolFull


class Changes:
    """Of one broker. A value stands until its next report, at most for `max_silence_s`, and no further than
    the broker's last word; a report that could not be read ends it, and so does the loss of the broker.
    Without `max_silence_s` nothing stands, and nothing is done."""

    def __init__(self, source: str, max_silence_s: float | None, facts: SourceFacts, clock: Clock) -> None:
        self._source, self._facts, self._clock = source, facts, clock
        self.flag = Flag.NONE if max_silence_s is None else Flag.STANDS
        if max_silence_s is not None:
            facts.max_silence_s = max_silence_s
        self._standing: set[str] = set()
        self._unread: set[str] = set()

    def upto_ns(self, drained_s: float | None) -> int | None:
        """The plant time of the broker's last word. drained_s: see `Session`."""
        if drained_s is None or not self.flag:
            return None
        return self._clock.now_ns() - round(drained_s * self._clock.anchor.speed * 1e9)

    def follow(self, upto_ns: int | None) -> None:
        """All that it said by then is on disk; None when that is not known."""
        if upto_ns is not None and not self._unread:
            self._facts.followed_ns = max(self._facts.followed_ns, upto_ns)

    def heard(self, tags: Iterable[str]) -> None:
        """They were read, in the order of the messages."""
        if self._unread:
            self._unread.difference_update(tags)

    def refused(self, tags: Iterable[str]) -> None:
        """A report of them could not be read."""
        if self.flag:
            self._unread.update(tags)

    async def stored(self, batch: Batch, sink: Sink) -> None:
        """It is on disk; then what was not read ends what stood."""
        if not self.flag:
            return
        self._standing.update(standing(batch))
        gone, self._unread = self._standing & self._unread, set()
        await self._mark(gone, sink)

    async def end(self, sink: Sink) -> None:
        """The broker is lost."""
        await self._mark(set(self._standing), sink)

    async def _mark(self, gone: set[str], sink: Sink) -> None:
        if not gone:
            return
        try:
            await sink.put(lost(self._source, sorted(gone), self._clock.now_ns()))
            self._standing -= gone
        except SpoolFull:
            self._unread |= gone
