"""Reports that people follow by their number, and the orders behind them."""

from dataclasses import replace

from core.model.report import Channel, Report, Symptom
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from response.orders import reports
from tests.public_portal import samples
from tests.response import little_town as town

PAGE = f"/zh/t/{samples.TOKEN}"
S = WorkOrderState
DONE = (S.ASSIGNED, S.ARRIVED, S.COMPLETED)


def report(n: int = 1, at_ns: int = town.T0, **more) -> Report:
    made = Report(
        id=f"RPT-20261122-{n:05d}",
        channel=Channel.PHONE,
        at_ns=at_ns,
        symptom=Symptom.NO_WATER,
        service="no_water",
        text="canary-words",
        taken_by="canary-agent",
        account="canary-account",
        person="canary-person",
        call="canary-call",
        address="canary-address",
        wants_update=True,
    )
    return replace(made, **more)


def order(state: S, *line: S, **more) -> WorkOrder:
    steps = [S.REPORTED, *line]
    made = WorkOrder(
        id="WO-1",
        incident=None,
        kind="no_water",
        state=state,
        priority=2,
        zone="dma-01",
        title=Text("无水", "No water"),
        place=Text("东区", "East"),
        opened_ns=town.T0,
        clocks=(("repair", town.T0 + town.HOUR),),
        crew="canary-crew",
        milestones=tuple(
            Milestone(state=one, at_ns=town.T0 + n * town.MIN, actor="canary-crew", note="canary-words")
            for n, one in enumerate(steps)
        ),
    )
    return replace(made, **more)


async def take(utility, *told: Report) -> list[Report]:
    async with utility.ledger.begin() as tx:
        return [await reports.take(tx, one) for one in told]
