"""Whose clock stamped a tag's samples, and how far it may be off."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from core.ports.source import DeviceFacts, SourceFacts


class Clock(NamedTuple):
    """id: stamps of one clock stand in their true order. off_s: how far it may be from any other."""

    id: str
    off_s: float


ClockOf = Callable[[str], Clock]
"""By tag."""


def unknown(tag: str) -> Clock:
    """Nobody says: each tag has a clock of its own, which is right."""
    return Clock(tag, 0.0)


class FieldClocks:
    """What is configured of each source, and what is measured of its devices.

    read: by source id, tag to device, as the drivers name devices in their facts. facts: by source id.
    stated_s: how far a clock may be off that shows no skew; by_source: the same of one source.
    """

    def __init__(
        self,
        read: Mapping[str, Mapping[str, str]],
        facts: Mapping[str, SourceFacts],
        stated_s: float,
        by_source: Mapping[str, float],
    ) -> None:
        self._source = {tag: source for source, tags in read.items() for tag in tags}
        self._read = read
        self._facts, self._stated_s, self._by_source = facts, stated_s, by_source

    def of(self, tag: str) -> Clock:
        """Its device's, with the skew measured just now added to what is stated of it."""
        source = self._source.get(tag)
        if source is None:
            return Clock(tag, self._stated_s)
        device = self._read[source][tag]
        stated_s = self._by_source.get(source, self._stated_s)
        return Clock(f"{source}/{device}", stated_s + abs(self._skew_s(source, device)))

    def _skew_s(self, source: str, device: str) -> float:
        facts = self._facts.get(source)
        if facts is None:
            return 0.0
        known: SourceFacts | DeviceFacts = facts.devices.get(device) or facts
        skew_s = known.skew_s if known.skew_s is not None else facts.skew_s
        return skew_s or 0.0
