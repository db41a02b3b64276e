"""An order that opened by itself and that nobody has taken is, when the shift changes, the next shift's: it
names them, its record says so, and they are told where nobody has acknowledged (WO-12)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from core.model.call import Notification, Outcome, Why
from core.model.message import MessageKind
from core.model.text import Text
from core.model.work_order import FIELD_DONE, Beside, WorkOrder
from hub.calls import rota_of
from response.escalation.shift_change import ShiftChange
from response.orders.events import put
from response.orders.taking import apply
from tests.response import little_town as town
from tests.response.on_duty import SECOND, Duty
from tests.response.test_on_call_orders import BIG, opened, order_of

HOURS = 3600
CHANGE_NS = town.T0 + (9 * HOURS + 50 * 60) * SECOND
"""08:00 of the next morning: the rota goes from phone b to phone a."""


@asynccontextmanager
async def at_work(duty: Duty) -> AsyncIterator[None]:
    shifts = ShiftChange(duty.file, rota_of(duty.file, duty.rows), duty.ledger, duty.clock)
    async with duty.working(shifts.follower, work=shifts.work, runs=(shifts,)):
        yield


async def told(duty: Duty) -> list[Notification]:
    """Of what the next shift was called for."""
    sent = await duty.log(outcome=Outcome.DELIVERED, kind=MessageKind.CALL)
    return [note for note in sent if note.contact == "phone-a"]


async def rated(duty: Duty, priority: int) -> WorkOrder:
    async with duty.ledger.begin() as tx:
        return await put(tx, replace(await order_of(duty), priority=priority), duty.clock.now_ns())


@pytest.mark.parametrize(("priority", "turns"), [(1, (240,)), (2, (35, 11 * 60, 11 * 60, 473))])
async def test_at_the_change_of_shift_it_is_the_next_one_s_who_is_rung_at_once(
    duty: Duty, priority: int, turns: tuple[int, ...]
) -> None:
    """Of priority 1 between two steps of its ladder, of priority 2 once that has ended."""
    duty.clock.t_ns = CHANGE_NS - sum(turns) * SECOND
    await opened(duty)
    await rated(duty, priority)
    async with at_work(duty):
        await duty.raised("a", priority=priority, incident=BIG.id)
        for seconds in turns[:-1]:
            await duty.turn(seconds)
        await duty.turn(turns[-1] - 1)
        await duty.quiet()
        assert duty.texts(duty.sms)[0] == ("firing", "b@sms")
        assert await told(duty) == []
        assert (await order_of(duty)).on_call.contact == "phone-b"  # type: ignore[union-attr]
        await duty.turn(1)
        await duty.quiet()
        order = await order_of(duty)
        assert order.on_call is not None and order.owner is None
        assert (order.on_call.position, order.on_call.contact) == ("duty-manager", "phone-a")
        assert (order.on_call.after, order.on_call.at_ns) == ("phone-b", CHANGE_NS)
        said = order.milestones[-1]
        assert (said.beside, said.at_ns) == (Beside.SHIFT_CHANGED, CHANGE_NS)
        assert isinstance(said.note, Text) and "值班手机a" in said.note.zh and "Duty phone a" in said.note.en
        assert [(note.at_ns, note.reason) for note in await told(duty)] == [(CHANGE_NS, Why.SHIFT_CHANGED)]
        await duty.turn(30)
        await duty.quiet()
        assert len(await told(duty)) == 1, "once"


async def test_who_has_acknowledged_wakes_nobody_at_the_change(duty: Duty) -> None:
    duty.clock.t_ns = CHANGE_NS - 240 * SECOND
    async with at_work(duty):
        await duty.raised("a", priority=1, incident=BIG.id)
        await opened(duty)
        await duty.quiet()
        await duty.acked("a")
        await duty.turn(300)
        await duty.quiet()
        assert (await order_of(duty)).on_call.contact == "phone-a"  # type: ignore[union-attr]
        assert await told(duty) == []


async def test_what_a_person_took_stays_theirs(duty: Duty) -> None:
    await opened(duty)
    dispatcher = next(one for one in town.users() if one.role == "dispatcher")
    async with duty.ledger.begin() as tx:
        taken = await apply(
            tx, (await order_of(duty)).id, "assign", dispatcher, duty.clock.now_ns(), crew="crew-1"
        )
    async with at_work(duty):
        await duty.turn(13 * HOURS)
        await duty.quiet()
        assert await order_of(duty) == taken


@pytest.mark.parametrize("state", sorted(FIELD_DONE))
async def test_what_is_done_is_nobody_s_any_more(duty: Duty, state: str) -> None:
    done = replace(await opened(duty), state=state)
    async with duty.ledger.begin() as tx:
        await put(tx, done, duty.clock.now_ns())
    async with at_work(duty):
        await duty.turn(13 * HOURS)
        await duty.quiet()
        assert (await order_of(duty)).on_call == done.on_call


async def test_a_hub_that_was_down_over_the_change_says_so_as_it_starts(duty: Duty) -> None:
    await opened(duty)
    duty.clock.t_ns += 13 * HOURS * SECOND
    async with at_work(duty):
        await duty.quiet()

        async def handed() -> bool:
            on = (await order_of(duty)).on_call
            return on is not None and on.contact == "phone-a"

        await duty.until(handed)


async def test_with_nobody_on_call_next_whoever_had_it_stays_named(duty: Duty) -> None:
    order = await opened(duty)
    plain = duty.file.model_dump(mode="json", exclude_none=True)
    for position in plain["positions"]:
        position["instead"] = [
            {"contact": None, "since": "2026-11-23T08:00:00+08:00", "until": "2026-12-01T00:00:00+08:00"}
        ]
    duty.file = type(duty.file).model_validate(plain)
    async with at_work(duty):
        await duty.turn(13 * HOURS)
        await duty.quiet()
        assert (await order_of(duty)).on_call == order.on_call
