"""What becomes of callers' reports, at work behind a hub: their clusters, the clusters' alarm, the orders."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from alarms.call_alarms import CallAlarms
from core.model.alarm import AlarmDefinition
from response.hotline.cluster_service import ClusterService
from response.service import ResponseService
from tests.api.hub_at_work import Hub

PATIENCE_S = 30.0


@asynccontextmanager
async def callers_heard(
    hub: Hub, rows: Mapping[str, AlarmDefinition], *, answered: bool = True
) -> AsyncIterator[Hub]:
    """answered: incidents become orders and drafts too."""
    deps = hub.deps
    services: list[ClusterService | CallAlarms | ResponseService] = [
        ClusterService(deps.ledger, deps.plant, deps.clock, deps.times),
        CallAlarms(deps.ledger, deps.plant, deps.clock, rows),
    ]
    if answered:
        services.append(ResponseService(deps.ledger, deps.plant, deps.clock))
    tasks = [asyncio.create_task(service.run()) for service in services]
    try:
        yield hub
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def until(ask: Callable[[], Awaitable[object]]) -> object:
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await ask()):
            await asyncio.sleep(0.05)
        return found
