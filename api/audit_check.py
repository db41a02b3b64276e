"""Whether the audit holds, looked at no oftener than it takes to look."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.model.audit import Anchor
from core.ports.ledger import AuditBroken, Ledger

FRESH_S = 60.0


@dataclass(frozen=True, slots=True)
class Checked:
    """why: what does not hold; None when all does. anchors: None where none is kept."""

    entries: int
    why: str | None
    anchors: int | None
    last: Anchor | None


@dataclass(slots=True)
class AuditCheck:
    """anchors: what is kept of it elsewhere; None where nothing is. Raises OSError, ValueError."""

    ledger: Ledger
    anchors: Callable[[], list[Anchor] | None]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _known: tuple[float, Checked] | None = None

    async def now(self) -> Checked:
        """At most FRESH_S old."""
        async with self._turn:
            if self._known is None or time.monotonic() - self._known[0] > FRESH_S:
                self._known = time.monotonic(), await self._checked()
            return self._known[1]

    async def _checked(self) -> Checked:
        seq, _ = await self.ledger.audit_head()
        try:
            kept = await asyncio.to_thread(self.anchors)
        except (OSError, ValueError) as error:
            return Checked(seq, f"the anchors cannot be read: {error}", None, None)
        last = kept[-1] if kept else None
        n = None if kept is None else len(kept)
        try:
            return Checked(await self.ledger.verify_audit(kept or ()), None, n, last)
        except AuditBroken as broken:
            return Checked(seq, str(broken), n, last)
