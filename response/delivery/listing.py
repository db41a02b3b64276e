"""What the audit says of a mailing: one entry when its list is complete, one when nothing of it is due any
more; how many, what came of them, and a hash that the letters can be held against. No entry a letter: a
notice to 50,000 people is one decision."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from hashlib import sha256

from core.model.audit import Acting
from core.model.mailing import Letter, LetterState
from core.ports.ledger import Ledger, Page

AT_ONCE = 1_000


def audited(ledger: Ledger, command: str, mailing: str, now_ns: int) -> Ledger:
    """The ledger for what the hub does to this mailing."""
    subject = {"mailing": mailing}
    acting = Acting(who="hub", role="hub", channel="hub", command=command, at_ns=now_ns, subject=subject)
    return ledger.acting(acting)


async def list_of(ledger: Ledger, mailing: str) -> tuple[int, str]:
    """How many letters, and SHA-256 over a line `id TAB change TAB because` of each, the highest id first."""
    n, digest = 0, sha256()
    async for letter in _letters(ledger, mailing):
        n += 1
        digest.update(f"{letter.id}\t{letter.change.value}\t{letter.because.value}\n".encode())
    return n, digest.hexdigest()


async def came_of(ledger: Ledger, mailing: str) -> tuple[tuple[LetterState, int], ...]:
    """How many letters are in each state."""
    found = Counter([letter.state async for letter in _letters(ledger, mailing)])
    return tuple(sorted(found.items()))


async def _letters(ledger: Ledger, mailing: str) -> AsyncIterator[Letter]:
    after: str | None = None
    while True:
        async with ledger.read() as tx:
            found = await tx.find(Letter, Page(AT_ONCE, after), mailing=mailing)
        for letter in found:
            yield letter
        if len(found) < AT_ONCE:
            return
        after = found[-1].id
        await asyncio.sleep(0)
