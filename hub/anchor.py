"""Writes down, outside the data folder, how the audit ended: what a chain of hashes cannot tell of itself.

One JSON line each (`at`, `seq`, `hash`), appended. The file belongs where whoever can write the ledger
cannot: a mount that only takes appends, another host's share. A tail cut or an audit written anew is found
against it.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path

from api.wire import rfc3339
from core.adapters.sql_ledger.audit_verified import anchors_of
from core.model.audit import Anchor
from core.model.condition import Severity
from core.ports.clock import Clock
from core.ports.ledger import AuditBroken, Ledger
from core.runtime.health import Health
from core.runtime.health_words import AUDIT_BROKEN
from core.runtime.logs import log


def anchors_in(file: Path) -> list[Anchor]:
    """Raises OSError, ValueError."""
    with file.open(encoding="utf-8") as lines:
        return anchors_of(lines)


def anchors_or_none(file: Path | None) -> list[Anchor] | None:
    """None without a file named, or before there is one. Raises OSError, ValueError."""
    return anchors_in(file) if file is not None and file.exists() else None


async def anchor(ledger: Ledger, file: Path, now_ns: int) -> Anchor:
    """Appends the audit's end as it is now. Raises OSError."""
    seq, hash = await ledger.audit_head()
    one = Anchor(seq, hash, rfc3339(now_ns))
    await asyncio.to_thread(_append, file, one)
    return one


def _append(file: Path, one: Anchor) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": one.at, "seq": one.seq, "hash": one.hash}) + "\n"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(slots=True)
class Anchoring:
    """A line every `every_s`, when there is something new. Of an audit that does not hold against what was
    written down before, it says so at once, and adds no line."""

    ledger: Ledger
    file: Path
    every_s: float
    clock: Clock
    health: Health

    async def run(self) -> None:
        last = await self._checked()
        while last is not None:
            if (await self.ledger.audit_head())[0] > last:
                last = (await anchor(self.ledger, self.file, self.clock.now_ns())).seq
            await asyncio.sleep(self.every_s)
        await asyncio.Event().wait()

    async def _checked(self) -> int | None:
        """The number of the last anchor; None when the audit does not hold."""
        known = await asyncio.to_thread(anchors_in, self.file) if self.file.exists() else []
        try:
            await self.ledger.verify_audit(known)
        except AuditBroken as broken:
            log.critical("the audit does not hold", why=str(broken))
            self.health.set("audit_broken", Severity.ALARM, *AUDIT_BROKEN, str(broken))
            return None
        return known[-1].seq if known else 0
