"""A small hub behind TLS for a crew's phone, in a process of its own that may be killed and started again.

A message (see `forks`) is FOLDER, PORT, CERT, KEY and DIE as JSON: it serves until it is killed, and says
`ready`. At its first start it has orders of crew-1: the second isolated and back to normal by telemetry, the
third sent to them when its time to accept was over. DIE: at the command of that number it says `dies` and is
gone, once it is on the disk and before it is answered; 0: at none.
"""

import asyncio
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import build
from api.serve import serve
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location
from core.model.network import IsolationValve
from core.model.plant import Plant
from core.model.text import Text
from core.model.work_order import Beside, Milestone, WorkOrder, WorkOrderState
from core.ports.ledger import Ledger
from response.orders.events import put
from tests.api.hub_at_work import hub_at_work, plant
from tests.forks import bear

ORDERS = {"WO-1": ("人民路 128 号", "128 Renmin Road"), "WO-2": ("建设路 9 号", "9 Jianshe Road")}


class Dies:
    """Ends the process at the n-th PUT, once the application has done it and before a byte is answered."""

    def __init__(self, app: ASGIApp, at: int) -> None:
        self._app, self._left = app, at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answered(message: Message) -> None:
            if scope["type"] == "http" and scope["method"] == "PUT" and self._left:
                self._left -= 1
                if self._left == 0:
                    print("dies", flush=True)
                    os._exit(9)
            await send(message)

        await self._app(scope, receive, answered)


async def begin(ledger: Ledger, now: int) -> None:
    minute = 60 * 1_000_000_000
    async with ledger.begin() as tx:
        if await tx.get(WorkOrder, "WO-1"):
            return
        for n, (id, place) in enumerate(ORDERS.items()):
            order = WorkOrder(
                id=id,
                incident=id,
                kind="burst",
                state=WorkOrderState.ASSIGNED,
                priority=n + 1,
                zone="dma-01",
                title=Text("爆管抢修 DN400", "Burst repair, DN400"),
                place=Text(*place),
                opened_ns=now - 45 * minute,
                clocks=(("arrive", now + 40 * minute), ("stop_water", now + 130 * minute)),
                crew="crew-1",
                valves=("v-017", "v-018"),
                links=("p2",),
                x=150.0,
                y=5.0,
                milestones=(
                    Milestone(state=WorkOrderState.REPORTED, at_ns=now - 45 * minute, actor="hub"),
                    Milestone(
                        state=WorkOrderState.ASSIGNED,
                        at_ns=now - 43 * minute,
                        actor="dispatcher",
                        crew="crew-1",
                    ),
                ),
            )
            if n:
                order = mended_by_telemetry(order, now - 2 * minute)
            await put(tx, order, now)
        await put(tx, sent_late(now), now)
        await tx.put(located(now))


def sent_late(now: int) -> WorkOrder:
    """Its time to accept was over nine minutes before it reached the crew."""
    minute = 60 * 1_000_000_000
    return WorkOrder(
        id="WO-3",
        incident=None,
        kind="burst",
        state=WorkOrderState.ASSIGNED,
        priority=3,
        zone="dma-01",
        title=Text("爆管抢修 DN100", "Burst repair, DN100"),
        place=Text("中山路 3 号", "3 Zhongshan Road"),
        opened_ns=now - 15 * minute,
        clocks=(("accept", now - 10 * minute), ("arrive", now + 40 * minute)),
        crew="crew-1",
        milestones=(
            Milestone(state=WorkOrderState.REPORTED, at_ns=now - 15 * minute, actor="hub"),
            Milestone(state=WorkOrderState.ASSIGNED, at_ns=now - minute, actor="dispatcher"),
        ),
    )


def mended_by_telemetry(order: WorkOrder, at_ns: int) -> WorkOrder:
    """Isolated a quarter of an hour before telemetry said that pressure is back."""
    said = (
        Milestone(state=WorkOrderState.ISOLATED, at_ns=at_ns - 900 * 1_000_000_000, actor="crew"),
        Milestone(state=WorkOrderState.ISOLATED, at_ns=at_ns, actor="hub", beside=Beside.SIGNAL_BACK),
    )
    return replace(
        order, state=WorkOrderState.ISOLATED, milestones=(*order.milestones, *said), recovered_ns=at_ns
    )


def located(now: int) -> Incident:
    """The burst of WO-1: likely in one main, perhaps in another."""
    likely = ((("p2", 0.62), (150.0, 5.0)), (("p1", 0.21), (50.0, 20.0)))
    return Incident(
        id="WO-1",
        kind=IncidentKind.BURST,
        state=IncidentState.CONFIRMED,
        opened_ns=now,
        zone="dma-01",
        title=Text("疑似爆管", "Suspected burst"),
        location=Location(
            candidates=tuple(Candidate(link=link, share=share, x=x, y=y) for (link, share), (x, y) in likely),
            at_ns=now,
            radius_m=180.0,
            method="test",
            begin="p2",
            begin_share=0.83,
            begin_m=300.0,
        ),
    )


def town() -> Plant:
    """With the valves that the orders name, and one more at the same junction as the first; a crew may take
    one more order than it has."""
    known = plant()
    at = (("v-017", "p2", "j1"), ("v-018", "p2", "j2"), ("v-019", "p3", "j1"))
    valves = {id: IsolationValve(id, link, node) for id, link, node in at}
    utility = replace(known.utility, origin=(37.05, 115.65))
    crews = {crew.id: replace(crew, most_open=4) for crew in known.crews.values()}
    return replace(known, utility=utility, crews=crews, network=replace(known.network, valves=valves))


async def main(words: str) -> None:
    folder, port, cert, key, die = json.loads(words)
    async with hub_at_work(Path(folder), secure_cookies=True, plant=town()) as hub:
        await begin(hub.deps.ledger, hub.deps.clock.now_ns())
        app = build(hub.deps)
        if die:
            assert app.middleware_stack is not None
            app.middleware_stack = Dies(app.middleware_stack, die)
        ready = lambda _: print("ready", flush=True)  # noqa: E731
        await serve(app, "127.0.0.1", port, tls_cert=Path(cert), tls_key=Path(key), ready=ready)


async def furnish() -> None:
    """What is made once a process, at its first start and its first page, is made before the forks: half a
    second of CPU each."""
    with tempfile.TemporaryDirectory(prefix="crew-") as folder:
        async with hub_at_work(Path(folder), plant=town()) as hub, hub.as_("crew") as crew:
            (await crew.get("/crew")).raise_for_status()


if __name__ == "__main__":
    asyncio.run(furnish())
    bear(main)
