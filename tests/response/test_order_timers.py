"""What falls due on orders falls due by itself: rows of the ledger, whatever process wrote them."""

import asyncio
from dataclasses import replace

from core.model.clock import Anchor
from core.model.passing_on import Handover
from core.model.timer import Timer
from core.model.work_order import WorkOrder, WorkOrderState
from core.runtime.clock import AnchoredClock
from response.orders import pool
from response.orders.owner import HANDOVER
from response.orders.timers import OrderTimers
from tests.response import little_town as town
from tests.response.test_work_orders import order


async def test_the_pool_s_window_and_an_offer_end_when_their_time_is_over(ledger, plant):
    """WO-14 and WO-12: a crew is sent after five minutes, an offer comes back after ten."""
    pooled = replace(order(WorkOrderState.POOLED, kind="leak"), priority=3, incident=None)
    until_ns = town.T0 + town.MIN
    offer = Handover(to="user-hotline", by="user-operator", at_ns=town.T0, until_ns=until_ns)
    offered = replace(order(), id="WO-2", owner="user-operator", handover=offer)
    async with ledger.begin() as tx:
        await tx.put_many([pooled, offered])
        await tx.put(pool.timer("WO-1", town.T0))
        await tx.put(Timer(id=f"{HANDOVER}:WO-2", kind=HANDOVER, subject="WO-2", due_ns=until_ns))
    later = AnchoredClock(Anchor(0, town.T0 + pool.WINDOW_NS, 0.0))
    running = asyncio.create_task(OrderTimers(ledger, plant, later).run())
    try:
        async with asyncio.timeout(20):
            while True:
                async with ledger.read() as tx:
                    sent, back = await tx.get(WorkOrder, "WO-1"), await tx.get(WorkOrder, "WO-2")
                    left = await tx.find(Timer)
                if not left:
                    break
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.wait([running])
    assert (sent.state, sent.crew) == (WorkOrderState.ASSIGNED, "crew-1")
    assert (back.handover, back.owner) == (None, "user-operator")
