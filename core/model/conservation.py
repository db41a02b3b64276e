"""No sample is lost and none invented: what may become of one that was received (house rule 2, R-26)."""

from collections.abc import Iterable
from enum import StrEnum


class Fate(StrEnum):
    """stored: in the historian. duplicate: replaced, or was replaced by, a sample of the same tag and source
    time. quarantined: refused, and kept whole with its reason. compressed: left out on the storage branch
    by a deadband. shed: polled, and given up because the spool was full, or older than the spool's age
    bound. corrupt: acknowledged, and lost to a failed checksum of the disk."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    COMPRESSED = "compressed"
    SHED = "shed"
    CORRUPT = "corrupt"


Tally = dict[str, dict[Fate, int]]
"""Samples by source and fate."""


def add(tally: Tally, source: str, fate: Fate, samples: int) -> None:
    if samples:
        row = tally.setdefault(source, {})
        row[fate] = row.get(fate, 0) + samples


def total(tally: Tally, fate: Fate) -> int:
    """Of every source."""
    return sum(row.get(fate, 0) for row in tally.values())


def summed(tallies: Iterable[Tally]) -> Tally:
    whole: Tally = {}
    for tally in tallies:
        for source, row in tally.items():
            for fate, samples in row.items():
                add(whole, source, fate, samples)
    return whole
