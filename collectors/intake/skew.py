"""Clocks of the field: receive less source time, per device, as a median of what is live.

A device that stamps ahead has a fast clock, whatever the line does. One that stamps behind has a slow clock
or a slow line; the two look alike, so the cause line names both.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from core.model.sample import Batch, Flag
from core.ports.source import DeviceFacts, SourceFacts
from core.runtime.logs import log

LOOKS = 31
"""What the median is of."""
_NO_NEWS = Flag.BACKFILL | Flag.REPLAYED | Flag.RETAINED
WARN_S, EVENT_S = 30.0, 300.0


@dataclass(slots=True)
class _Clock:
    looks: deque[float] = field(default_factory=lambda: deque(maxlen=LOOKS))
    warned: bool = False


class Skew:
    """Fills `skew_s` and `clock_cause` of a source and its devices. slack_s: how far behind is no
    trouble, by tag: a meter's reading is an hour old when it comes."""

    def __init__(self, source: str, facts: SourceFacts, slack_s: Mapping[str, float], speed: float) -> None:
        self._source, self._facts, self._slack_s, self._speed = source, facts, slack_s, speed
        self._clocks: dict[str | None, _Clock] = {}

    def look(self, batch: Batch) -> None:
        """Takes the newest sample of the batch, and of each device in it, as far as it is news."""
        if batch.flags.any():
            batch = batch.where((batch.flags & _NO_NEWS) == 0)
            if not len(batch):
                return
        age_s = (batch.r_ns - batch.t_ns) / 1e9
        newest = int(age_s.argmin())
        self._judge(None, float(age_s[newest]), self._slack_s.get(batch.tags[batch.tag[newest]], 0.0))
        if not (device_of := self._facts.device_of):
            return
        by_device: dict[str, tuple[float, str]] = {}
        for at, age in zip(batch.tag.tolist(), age_s.tolist(), strict=True):
            tag = batch.tags[at]
            device = device_of.get(tag)
            if device is not None and age < by_device.get(device, (np.inf, tag))[0]:
                by_device[device] = age, tag
        for device, (age, tag) in by_device.items():
            self._judge(device, age, self._slack_s.get(tag, 0.0))

    def _judge(self, device: str | None, age_s: float, slack_s: float) -> None:
        clock = self._clocks.setdefault(device, _Clock())
        clock.looks.append(age_s)
        facts: SourceFacts | DeviceFacts = self._facts
        if device is not None:
            facts = self._facts.devices.setdefault(device, DeviceFacts())
        facts.skew_s = skew = median(clock.looks)
        beyond = -skew if skew < 0 else skew / self._speed - slack_s
        facts.clock_cause = cause_of(skew) if beyond >= EVENT_S else None
        if (beyond >= WARN_S) is not clock.warned:
            clock.warned = not clock.warned
            say = log.warning if clock.warned else log.info
            say("clock of a device", source=self._source, device=device, skew_s=round(skew, 1))


def cause_of(skew_s: float) -> str:
    """In one line for an engineer."""
    by = _span(abs(skew_s))
    if skew_s < 0:
        return f"its clock is {by} ahead of the hub's: set it, or give it an NTP server"
    return f"its stamps are {by} behind: a slow clock or a slow line; compare its display with the hub's"


def _span(seconds: float) -> str:
    for unit, long_s in (("d", 86_400.0), ("h", 3600.0)):
        if seconds >= 2 * long_s:
            return f"{seconds / long_s:.0f} {unit}"
    return f"{seconds / 60:.0f} min"
