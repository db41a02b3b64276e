"""Clocks and their ladder at work over real webhooks, by the real ledger and a clock that the test turns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.adapters.webhook_notifier import WebhookNotifier
from core.runtime.timetable import Timetable
from response.clocks.ladder import Ladder
from response.clocks.service import ClockService
from response.escalation.telling import Teller
from response.service_times import ServiceTimes
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
    tasks = [asyncio.create_task(run) for run in (service.run(), table.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
