"""The newest value of every tag, and who waits for it: what screens call "now"."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from core.model.sample import Batch, Sample


@dataclass(slots=True)
class _Watcher:
    changed: set[str]
    wake: asyncio.Event


class LiveTable:
    """Holds one sample a tag. An older source time never replaces a newer one; backfill neither."""

    def __init__(self) -> None:
        self._latest: dict[str, Sample] = {}
        self._watchers: list[_Watcher] = []

    def update(self, batch: Batch) -> None:
        changed = set()
        for sample in batch.samples():
            known = self._latest.get(sample.tag)
            if known is None or sample.t_ns >= known.t_ns:
                self._latest[sample.tag] = sample
                changed.add(sample.tag)
        for watcher in self._watchers:
            watcher.changed |= changed
            watcher.wake.set()

    def get(self, tag: str) -> Sample | None:
        return self._latest.get(tag)

    def all(self) -> dict[str, Sample]:
        """A copy: tag id to its newest sample."""
        return dict(self._latest)

    async def changes(self, every_s: float = 1.0) -> AsyncIterator[list[Sample]]:
        """At most once in `every_s`, the newest samples of the tags that changed since. Bounded by the
        number of tags however slow the reader is: a newer value takes the older one's place."""
        watcher = _Watcher(set(), asyncio.Event())
        self._watchers.append(watcher)
        try:
            while True:
                await watcher.wake.wait()
                watcher.wake.clear()
                changed, watcher.changed = watcher.changed, set()
                yield [self._latest[tag] for tag in changed]
                await asyncio.sleep(every_s)
        finally:
            self._watchers.remove(watcher)
