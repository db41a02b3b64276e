"""Parts of the snapshot as the citizens' server has them: each checked against the hash that was signed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from core.model.laboratory import LabMonth
from core.model.laboratory import part_name as lab_part
from core.model.pressure import PressureMonth, pressure_part
from core.model.published import PublishedDay, part_name
from core.model.snapshot import PartRef
from core.ports.snapshots import SnapshotStore
from public_portal.received import Received

MOST_KEPT = 24
"""Months of an area in memory, the last used."""


@dataclass(frozen=True, slots=True)
class Part:
    """An area's month. refused: what should stand in its place is missing, or not what was signed."""

    sha256: str
    days: tuple[PublishedDay, ...]
    refused: bool = False


class Parts:
    def __init__(self, store: SnapshotStore) -> None:
        self._store = store
        self._good: dict[str, Part] = {}
        self._laboratory: dict[str, LabMonth] = {}

    def find(self, received: Received, zone: str, month: str) -> Part | None:
        """None when there is none, or none that can be trusted; else the last good one."""
        name = part_name(zone, month)
        ref = next((ref for ref in received.snapshot.parts if ref.name == name), None)
        if ref is None:
            return None
        good = self._good.pop(name, None)
        if good is None or good.sha256 != ref.sha256:
            good = self._fresh(ref) or (good and Part(good.sha256, good.days, refused=True))
        if good is not None:
            self._good[name] = good
        while len(self._good) > MOST_KEPT:
            del self._good[next(iter(self._good))]
        return good

    def pressure(self, received: Received, zone: str) -> tuple[list[PressureMonth], bool]:
        """The area's last two months, the oldest first; whether one of them cannot be trusted."""
        before = pressure_part(zone, "")
        own = sorted((r for r in received.snapshot.parts if r.name.startswith(before)), key=lambda r: r.name)
        found: list[PressureMonth] = []
        for ref in own[-2:]:
            try:
                found.append(PressureMonth.of(self._content(ref) or b""))
            except msgspec.MsgspecError:
                continue
        return found, len(found) < len(own[-2:])

    def unreadable(self, refs: Iterable[PartRef]) -> list[str]:
        """Names of those that are missing or not what was signed. Keeps nothing: may run in a thread."""
        return [ref.name for ref in refs if self._content(ref) is None]

    def laboratory(self, received: Received, month: str) -> LabMonth | None:
        """None when there is none that can be trusted."""
        name = lab_part(month)
        ref = next((ref for ref in received.snapshot.parts if ref.name == name), None)
        if ref is None:
            return None
        if (known := self._laboratory.get(ref.sha256)) is not None:
            return known
        try:
            found = msgspec.json.decode(self._content(ref) or b"", type=LabMonth)
        except msgspec.MsgspecError:
            return None
        while len(self._laboratory) >= MOST_KEPT:
            del self._laboratory[next(iter(self._laboratory))]
        self._laboratory[ref.sha256] = found
        return found

    def _fresh(self, ref: PartRef) -> Part | None:
        if (content := self._content(ref)) is None:
            return None
        try:
            return Part(ref.sha256, tuple(msgspec.json.decode(content, type=list[PublishedDay])))
        except msgspec.MsgspecError:
            return None

    def _content(self, ref: PartRef) -> bytes | None:
        """What was signed, or None."""
        try:
            content = self._store.part(ref.sha256)
        except OSError:
            return None
        if content is None or len(content) != ref.size:
            return None
        return content if hashlib.sha256(content).hexdigest() == ref.sha256 else None


def months_of(received: Received, zone: str) -> list[str]:
    """`2026-11`, the oldest first."""
    before = part_name(zone, "")
    names = (ref.name for ref in received.snapshot.parts)
    return sorted(name.removeprefix(before) for name in names if name.startswith(before))


def record_parts(received: Received) -> dict[str, dict[str, PartRef]]:
    """By month, the oldest first, and area."""
    by_month: dict[str, dict[str, PartRef]] = {}
    for ref in received.snapshot.parts:
        if ref.name.startswith("record/"):
            zone, _, month = ref.name.removeprefix("record/").rpartition("/")
            by_month.setdefault(month, {})[zone] = ref
    return dict(sorted(by_month.items()))


def lab_months(received: Received) -> list[str]:
    """With results of the laboratory, the oldest first."""
    before = lab_part("")
    names = (ref.name for ref in received.snapshot.parts)
    return sorted(name.removeprefix(before) for name in names if name.startswith(before))
