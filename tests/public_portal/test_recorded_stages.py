"""A citizen is shown as a stage only what was recorded: a repair that was made, water that was stopped."""

import httpx
import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.event import EventKind
from core.model.valve_operation import StoppedBy
from core.model.work_order import Outcome, WorkOrder
from public_portal.server import build
from public_portal.signing import public_key_of
from response.orders.taking import Said, apply
from tests.at_work import running
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.test_publish import until_drafted
from tests.response import little_town as town

DESK = town.user(Role.DUTY_MANAGER)
CREW = town.user(Role.CREW, "crew", "crew-1")
THERE = ("depart", "arrive")
WATCHED = "Nothing found on site, still being watched"


async def taken(ledger: SqlLedger, steps: tuple[str, ...], outcome: Outcome | None) -> None:
    """The burst's order sent to a crew, which takes these steps and completes with this outcome."""
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await apply(tx, order.id, "assign", DESK, town.T0 + town.MIN, crew="crew-1")
        for n, step in enumerate(steps, 2):
            said = Said(outcome=outcome, note="现场已检查") if step == "complete" else None
            if step == "clamp":
                step, said = "isolate", Said(stopped=StoppedBy.UNDER_PRESSURE)
            await apply(tx, order.id, step, CREW, town.T0 + n * town.MIN, said=said)


@pytest.mark.parametrize(
    ("steps", "outcome", "shown"),
    [
        (THERE, None, ["Reported"]),
        ((*THERE, "start-isolation"), None, ["Reported", "Located"]),
        ((*THERE, "isolate"), None, ["Reported", "Located", "Shut off"]),
        ((*THERE, "clamp"), None, ["Reported", "Located", "Repairing"]),
        ((*THERE, "clamp", "repair", "complete"), Outcome.REPAIRED, ["Reported", "Located", "Repairing"]),
        ((*THERE, "repair"), None, ["Reported", "Located", "Repairing"]),
        ((*THERE, "complete"), Outcome.NOT_FOUND, ["Reported", WATCHED]),
        ((*THERE, "complete"), None, ["Reported"]),
        ((*THERE, "complete"), Outcome.FALSE_ALARM, ["Reported", WATCHED]),
        (
            (*THERE, "repair", "complete"),
            Outcome.NOT_FOUND,
            ["Reported", "Located", "Repairing", WATCHED],
        ),
        ((*THERE, "repair", "complete"), None, ["Reported", "Located", "Repairing"]),
        ((*THERE, "isolate", "complete"), Outcome.THIRD_PARTY, ["Reported", "Located", "Shut off"]),
        ((*THERE, "isolate", "complete"), Outcome.NOT_FOUND, ["Reported", "Located", "Shut off", WATCHED]),
        ((*THERE, "complete"), Outcome.REPAIRED, ["Reported", "Located", "Refilling"]),
        (
            (*THERE, "isolate", "repair", "complete"),
            Outcome.TEMPORARY_REPAIR,
            ["Reported", "Located", "Shut off", "Repairing", "Refilling"],
        ),
    ],
)
async def test_no_stage_is_shown_that_was_not_recorded(utility, steps, outcome, shown) -> None:
    service = utility.response()
    async with running(service):
        await utility.tell(town.burst(), EventKind.INCIDENT)
        await until_drafted(utility)
        id = await utility.publish_notice()
    await taken(utility.ledger, steps, outcome)
    publisher = utility.publisher()
    await publisher.warm()
    await publisher.publish()
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        async with httpx.AsyncClient(verify=False, base_url=address) as portal:
            page = (await portal.get(f"/n/{id}?lang=en")).text
    stages = page[page.index('<ol class="stages">') : page.index("</ol>")]
    assert reached(stages) == shown
    coming = [name for name in named(stages) if name not in shown]
    if "clamp" in steps:
        assert coming == ["Pressure back to normal"], "no water is off, so none comes back"


def named(stages: str) -> list[str]:
    return [row.partition("<")[0] for row in stages.split('class="stage">')[1:]]


def reached(stages: str) -> list[str]:
    """The stages that the page does not call still to come."""
    rows = [row.partition("</li>")[0] for row in stages.split("<li ")[1:]]
    return [
        row.partition('class="stage">')[2].partition("<")[0] for row in rows if 'class="to_come"' not in row
    ]
