"""HL-14: water that was off twice: who called of the second time hears by itself that it is back, where
people never published a word of it; who heard the first time and did not call again does not."""

import asyncio
from dataclasses import replace

import pytest

from core.model.incident import IncidentState
from core.model.notice import Change, Notice, NoticeKind, NoticeState
from core.model.valve_operation import Direction, Turning, ValveOperation
from core.model.work_order import WorkOrderState
from response.delivery.callers import unkept
from response.delivery.service import CURSOR
from response.orders.events import put
from tests.api import test_records as records
from tests.response import little_town as town
from tests.response.little_notices import bare
from tests.response.post_office import Post, person, phone, post_office

FRESH = "NTC-20261123-00099"


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path) as made:
        await made.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
        made.started()
        yield made


async def heard(post: Post) -> None:
    last = await post.ledger.last_event()
    async with asyncio.timeout(30):
        while True:
            async with post.ledger.read() as tx:
                if await tx.cursor(CURSOR) >= last:
                    return
            await asyncio.sleep(0.01)


async def back(post: Post) -> None:
    at_ns = post.clock.now_ns()
    await town.report(post.ledger, replace(town.burst(IncidentState.RESTORED), back_ns=at_ns))


async def first_round(post: Post, *, public: bool) -> None:
    """A1 called, and heard of its end: by a notice, or as of what was never published."""
    await post.called("A1")
    order = replace(records.order(), incident="INC-1", state=WorkOrderState.REPAIRING)
    async with post.ledger.begin() as tx:
        await tx.put(order)
    if public:
        await post.done(await post.publish(["A1"]))
        await back(post)
        restored = {"restored_ns": post.clock.now_ns(), "state": NoticeState.RESTORED}
        await post.done(await post.publish([], Change.RESTORED, **restored))
    else:
        await back(post)
        await post.done("INC-1.restored")
    await heard(post)


async def turned(post: Post, turning: Turning) -> None:
    now_ns = post.clock.now_ns()
    async with post.ledger.begin() as tx:
        (order,) = await tx.find(type(records.order()))
        one = ValveOperation(
            id=f"{turning}-{now_ns}",
            work_order=order.id,
            valve="v2",
            turning=turning,
            turns=20.0,
            closes=Direction.CLOCKWISE,
            operator="crew",
            at_ns=now_ns,
        )
        await tx.put(one)
        await put(tx, order, now_ns)


async def off_again(post: Post, state: NoticeState | None = NoticeState.DRAFT) -> None:
    """And what the hub drafted of it, where it did."""
    await turned(post, Turning.CLOSE)
    if state is not None:
        draft = bare(NoticeKind.EMERGENCY_OUTAGE, id=FRESH, incident="INC-1", author="hub", state=state)
        async with post.ledger.begin() as tx:
            await tx.put(draft)


def told(post: Post) -> list[tuple[str, str]]:
    return [(one["mobile"], one["params"]["eta"]) for one in post.sms.sent]


@pytest.mark.parametrize("public", [True, False])
async def test_hl_14_who_called_of_the_second_time_hears_that_it_is_over(post: Post, public: bool) -> None:
    await first_round(post, public=public)
    before = len(post.sms.sent)
    await off_again(post, NoticeState.DRAFT if public else None)
    await post.called("A2")
    await heard(post)
    assert told(post)[before:] == [], "not while it is off"
    await turned(post, Turning.OPEN)
    await heard(post)
    id = "INC-1.restored" if public else "INC-1.restored.2"
    mailing = await post.done(id)
    ((mobile, said),) = told(post)[before:]
    assert mobile == phone(2) and said.endswith("已恢复")
    assert mailing.bulletin.change is Change.RESTORED
    (letter,) = (await post.letters(id)).values()
    assert letter.promised_ns is not None
    assert letter.promised_ns - mailing.made_ns <= 11 * town.MIN
    async with post.ledger.begin() as tx:
        (order,) = await tx.find(type(records.order()))
        await put(tx, replace(order, photos_after=1), post.clock.now_ns())
    await heard(post)
    assert len(told(post)) == before + 1, "and once"


async def test_hl_14_who_called_both_times_hears_it_both_times(post: Post) -> None:
    await first_round(post, public=False)
    await off_again(post, None)
    await post.called("A1")
    await turned(post, Turning.OPEN)
    await post.done("INC-1.restored.2")
    assert [mobile for mobile, _ in told(post)] == [phone(1)] * 2


async def test_hl_14_who_calls_once_it_is_back_is_not_told_so_of_what_was_not_off_again(post: Post) -> None:
    await first_round(post, public=True)
    await post.called("A2")
    before = len(told(post))
    async with post.ledger.begin() as tx:
        (order,) = await tx.find(type(records.order()))
        await put(tx, replace(order, reopened=1, state=WorkOrderState.REOPENED), post.clock.now_ns())
    await heard(post)
    assert len(told(post)) == before and await post.mailing("INC-1.restored") is None


async def test_hl_14_what_was_published_of_the_second_time_people_end_and_it_is_owed_until_then(
    post: Post,
) -> None:
    await first_round(post, public=True)
    await off_again(post, NoticeState.PUBLISHED)
    async with post.ledger.begin() as tx:
        one = await tx.get(Notice, FRESH)
        await tx.put(replace(one, published_ns=post.clock.now_ns()))
    await post.called("A2")
    await turned(post, Turning.OPEN)
    await heard(post)
    assert await post.mailing("INC-1.restored") is None
    async with post.ledger.read() as tx:
        _, owed = await unkept(tx, post.clock.now_ns(), 10)
    assert [(one.incident, one.callers) for one in owed] == [("INC-1", 1)]
