"""From incident to message in a process of its own, to be killed: what the hub runs, and the people who
approve and publish. Forked from a server that has imported everything, so that a life begins at once."""

import asyncio
from pathlib import Path

from core.adapters.sealed_vault import SealedVault
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.vault_keys import KeyRing
from core.model.account import Role
from core.model.notice import Notice, NoticeState
from core.ports.ledger import Ledger
from core.runtime.clock import AnchoredClock, read_anchor
from core.runtime.health import Health
from core.runtime.timetable import Timetable
from hub.channels import customer_channels_of
from hub.delivery_file import NAME
from hub.documents import document
from response.delivery.service import DeliveryService
from response.delivery.spec import DeliveryFile
from response.notices import decisions
from response.service import ResponseService
from tests.response import little_town as town

LEASE_S = 0.15


async def people(ledger: Ledger, clock: AnchoredClock) -> None:
    """A duty manager who approves every draft and publishes it, each in a transaction of its own."""
    manager = town.user(Role.DUTY_MANAGER)
    while True:
        async with ledger.read() as tx:
            drafts = await tx.find(Notice, state=(NoticeState.DRAFT, NoticeState.APPROVED))
        for draft in drafts:
            decide = decisions.approve if draft.state is NoticeState.DRAFT else decisions.publish
            async with ledger.begin() as tx:
                await decide(tx, draft.id, manager, clock.now_ns())
        await asyncio.sleep(0.002)


async def work(folder: Path) -> None:
    ledger = await SqlLedger.open(folder / "ledger.db")
    vault = SealedVault(KeyRing.open(folder / "vault"))
    anchor = read_anchor(folder / "clock.json")
    assert anchor is not None
    clock = AnchoredClock(anchor)
    file = document(folder / NAME, DeliveryFile)
    channels = customer_channels_of(file, folder, folder)
    delivery = DeliveryService(file, channels, town.plant(), vault, ledger, Health(), clock)
    delivery.timetable = Timetable(ledger, clock, delivery.work, LEASE_S)
    async with asyncio.TaskGroup() as group:
        group.create_task(ResponseService(ledger, town.plant(), clock).run())
        group.create_task(people(ledger, clock))
        group.create_task(delivery.run())
        group.create_task(delivery.timetable.run())


def main(folder: str) -> None:
    asyncio.run(work(Path(folder)))
