"""Clocks and their ladder at work over real webhooks, by the real ledger and a clock that the test turns."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from core.adapters.webhook_notifier import WebhookNotifier
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder
from core.model.work_order import WorkOrderState as S
from core.runtime.timetable import Timetable
from response.clocks.cn_default import CN_DEFAULT_DATA
from response.clocks.ladder import Ladder
from response.clocks.service import ClockService
from response.clocks.spec import ServiceTimesFile
from response.escalation.telling import Teller
from response.notices.rules import HUB
from response.service_times import ServiceTimes
from tests.at_work import running
from tests.response import little_town as town
from tests.response.on_duty import Duty

LADDER_FILE = {
    "ladder": [
        {"at_pct": 50, "tell": ["crew"]},
        {"at_pct": 80, "tell": ["crew"]},
        {"at_pct": 100, "tell": ["duty-manager"]},
        {"at_pct": 150, "tell": ["duty-manager"]},
    ],
    "crew_positions": {"crew-1": "crew-1"},
    "unassigned": ["duty-manager"],
}
TIMES = ServiceTimes(ServiceTimesFile.model_validate({**CN_DEFAULT_DATA, **LADDER_FILE}))


def teller_of(duty: Duty) -> Teller:
    channels = {
        name: WebhookNotifier(
            f"http://127.0.0.1:{hook.port}/", duty.secret, internal=True, deadline_s=duty.deadline_s
        )
        for name, hook in (("sms", duty.sms), ("voice", duty.voice))
    }
    return Teller(duty.file, channels, duty.ledger, duty.clock)


@asynccontextmanager
async def clocks_at_work(duty: Duty, times: ServiceTimes) -> AsyncIterator[None]:
    ladder = Ladder(duty.ledger, duty.clock, times, teller_of(duty), "https://hub.example.org")
    table = Timetable(duty.ledger, duty.clock, ladder.work)
    service = ClockService(duty.ledger, duty.clock, times, table.wake)
    duty._following = (service.follower,)  # type: ignore[assignment]
    async with running(service, table):
        yield


def order(**more: object) -> WorkOrder:
    made = WorkOrder(
        id="WO-1",
        incident="INC-1",
        kind="burst",
        state=S.REPORTED,
        priority=2,
        zone="dma-01",
        title=Text("疑似爆管抢修", "Suspected burst, repair"),
        place=Text("人民路", "Renmin Road"),
        opened_ns=town.T0,
        clocks=TIMES.clocks("burst", town.T0, 200.0),
        milestones=(Milestone(state=S.REPORTED, at_ns=town.T0, actor=HUB),),
        diameter_mm=200.0,
    )
    return replace(made, **more)  # type: ignore[arg-type]
