"""How much the spool may hold: by bytes, by age and by what the disk has left."""

import os
from dataclasses import dataclass
from pathlib import Path

from core.adapters.segment_spool.shelf import Shelf, less
from core.adapters.segment_spool.state import Change, State
from core.model.conservation import Fate

MIB = 2**20
_DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Bounds:
    """bytes: that a cursor still needs. age_d: what is older goes, counted as shed. free_share: of the disk
    that is left alone, but never more than 4 x bytes. segment_bytes: of one file."""

    bytes: int = 2 * 1024 * MIB
    age_d: float = 30.0
    free_share: float = 0.1
    segment_bytes: int = 64 * MIB

    @property
    def age_ns(self) -> int:
        return round(self.age_d * _DAY_NS)


def needed(shelf: Shelf, state: State) -> int:
    """Bytes of the rows that some cursor has yet to pass."""
    floor, total = state.floor, 0
    for file, last in shelf.spans(state.last_seq):
        if last > floor:
            total += file.bytes_after(floor) if file.known else file.path.stat().st_size
    return total


def room(folder: Path, bounds: Bounds, taken: int) -> float:
    """Bytes that rows may take in all, those that they take now included."""
    disk = os.statvfs(folder)
    left_alone = min(bounds.free_share * disk.f_blocks * disk.f_frsize, 4 * bounds.bytes)
    spare = disk.f_bavail * disk.f_frsize - left_alone
    return min(float(bounds.bytes), taken + spare)


def expired(shelf: Shelf, state: State, bounds: Bounds, now_ns: int) -> list[Change]:
    """The oldest file's rows, beyond the bound on age, count as shed for whoever has not had them."""
    if len(shelf.files) < 2 or not state.cursors:
        return []
    file, following = shelf.files[:2]
    shelf.peek(following)
    if now_ns - following.began_ns <= bounds.age_ns:
        return []
    shelf.learn(file)
    changes: list[Change] = []
    for name, cursor in state.cursors.items():
        for low, high in cursor.passed.holes(following.first - 1):
            lost = less(file.samples_upto(high), file.samples_upto(low))
            for seq, samples in state.bad.items():
                if low < seq <= high:
                    lost = less(lost, samples)
            tally = {source: {Fate.SHED.value: n} for source, n in lost.items()}
            changes.append(["pass", name, low, high, tally])
    return changes
