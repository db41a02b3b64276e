"""A citizen is shown as a stage only what was recorded: a repair that was made, water that was stopped."""

import httpx
import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.event import EventKind
from core.model.plant import Plant
from core.model.shanghai import moment
from core.model.valve_operation import Direction, StoppedBy, Turning, ValveOperation
from core.model.work_order import Outcome, WorkOrder
from public_portal.server import build
from public_portal.signing import public_key_of
from response.orders.taking import Said, apply
from response.orders.valves import turn
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
    stages = await published(utility, id)
    assert reached(stages) == shown
    coming = [name for name in named(stages) if name not in shown]
    if "clamp" in steps:
        assert coming == ["Pressure back to normal"], "no water is off, so none comes back"


async def test_a_stage_has_the_time_at_which_it_was_done_and_not_when_the_phone_had_a_network(
    utility,
) -> None:
    """Everything is done a minute after the other, and reaches the hub an hour later."""
    service = utility.response()
    async with running(service):
        await utility.tell(town.burst(), EventKind.INCIDENT)
        await until_drafted(utility)
        id = await utility.publish_notice()
    done = Kept(utility.ledger, utility.plant)
    for step in THERE:
        await done.step(step)
    await done.valve(Turning.CLOSE)
    await done.step("isolate")
    await done.step("repair")
    await done.step("complete", Outcome.REPAIRED)
    await done.valve(Turning.OPEN)
    stages = await published(utility, id)
    said = {name: moment(town.T0 + n * town.MIN).en in rest for name, n, rest in timed(stages)}
    assert said == dict.fromkeys(AT, True), stages


async def published(utility, id: str) -> str:
    """The stages as the notice's page has them."""
    publisher = utility.publisher()
    await publisher.warm()
    await publisher.publish()
    with serving(build(utility.store, public_key_of(samples.KEY))) as address:
        async with httpx.AsyncClient(verify=False, base_url=address) as portal:
            page = (await portal.get(f"/n/{id}?lang=en")).text
    return page[page.index('<ol class="stages">') : page.index("</ol>")]


AT = {"Located": 5, "Shut off": 5, "Repairing": 6, "Repaired, valves being opened": 8, "Refilling": 8}
"""By stage, the minute in which it was done."""


def timed(stages: str) -> list[tuple[str, int, str]]:
    rows = [row.partition("<") for row in stages.split('class="stage">')[1:]]
    return [(name, AT[name], rest) for name, _, rest in rows if name in AT]


class Kept:
    """What a crew's phone keeps while it has no network."""

    def __init__(self, ledger: SqlLedger, plant: Plant) -> None:
        self._ledger, self._plant, self._n = ledger, plant, 1

    def _times(self) -> tuple[int, int]:
        self._n += 1
        done_ns = town.T0 + self._n * town.MIN
        return done_ns, done_ns + 60 * town.MIN

    async def step(self, name: str, outcome: Outcome | None = None) -> None:
        done_ns, now_ns = self._times()
        async with self._ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            if order.crew is None:
                await apply(tx, order.id, "assign", DESK, town.T0 + town.MIN, crew="crew-1")
            await apply(tx, order.id, name, CREW, now_ns, said=Said(outcome=outcome, done_ns=done_ns))

    async def valve(self, turning: Turning) -> None:
        done_ns, now_ns = self._times()
        async with self._ledger.begin() as tx:
            (order,) = await tx.find(WorkOrder)
            for valve in order.valves:
                operation = ValveOperation(
                    id="",
                    work_order=order.id,
                    valve=valve,
                    turning=turning,
                    turns=21.0,
                    closes=Direction.CLOCKWISE,
                    operator=CREW.id,
                    at_ns=now_ns,
                    done_ns=done_ns,
                )
                await turn(tx, self._plant, operation)


def named(stages: str) -> list[str]:
    return [row.partition("<")[0] for row in stages.split('class="stage">')[1:]]


def reached(stages: str) -> list[str]:
    """The stages that the page does not call still to come."""
    rows = [row.partition("</li>")[0] for row in stages.split("<li ")[1:]]
    return [
        row.partition('class="stage">')[2].partition("<")[0] for row in rows if 'class="to_come"' not in row
    ]
