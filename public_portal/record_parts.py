"""How the published record crosses: a part an area and month, beside the snapshot that lists its hash."""

import asyncio
from collections.abc import Callable, Iterable

import msgspec

from core.model.published import PublishedDay, part_name
from core.model.snapshot import PartRef
from core.ports.ledger import Ledger
from core.ports.snapshots import SnapshotStore

MONTHS = 13
"""So many months of each area are listed, the running one among them; the ledger keeps all."""


class RecordParts:
    """told: called when what is to be listed has changed."""

    def __init__(self, ledger: Ledger, store: SnapshotStore, told: Callable[[], None]) -> None:
        self._ledger, self._store, self._told = ledger, store, told
        self._refs: dict[str, PartRef] = {}
        self._listed: frozenset[str] = frozenset()
        self._moving = asyncio.Lock()

    def resume(self, refs: Iterable[PartRef]) -> None:
        """What the last snapshot listed stays listed until it is made anew."""
        lying = {ref.name: ref for ref in refs}
        self._refs = lying | self._refs
        self._listed = frozenset(ref.sha256 for ref in lying.values())

    def refs(self) -> tuple[PartRef, ...]:
        """By name; of each area its last `MONTHS`."""
        by_area: dict[str, list[PartRef]] = {}
        for name in sorted(self._refs):
            by_area.setdefault(name.rpartition("/")[0], []).append(self._refs[name])
        return tuple(ref for own in by_area.values() for ref in own[-MONTHS:])

    async def make(self, zone: str, month: str) -> None:
        """Raises OSError and LedgerUnavailable; what was listed then stays so."""
        async with self._ledger.read() as tx:
            days = await tx.find(PublishedDay, zone=zone, month=month)
        if not days:
            return
        await self.put(part_name(zone, month), msgspec.json.encode(days))

    async def put(self, name: str, content: bytes) -> None:
        """Raises OSError; what was listed then stays so."""
        async with self._moving:
            sha256 = await asyncio.to_thread(self._store.put_part, content)
            known, fresh = self._refs.get(name), PartRef(name=name, sha256=sha256, size=len(content))
            self._refs[name] = fresh
        if known != fresh:
            self._told()

    async def published(self, refs: tuple[PartRef, ...]) -> None:
        """A snapshot that lists these stands: what neither it nor the one before lists goes. Whoever has just
        read the one before can still read its parts."""
        listed = frozenset(ref.sha256 for ref in refs)
        if listed == self._listed:
            return
        async with self._moving:
            wanted = listed | self._listed | {ref.sha256 for ref in self._refs.values()}
            await asyncio.to_thread(self._store.keep_parts, wanted)
        self._listed = listed
