"""What waited for the morning is looked at again before it goes (ON-08, ON-09): who never heard of the cut
hears of no end of it, and nobody hears that water is back while crews hold it off again."""

from dataclasses import replace

import pytest

from core.model.clock import Anchor
from core.model.mailing import Letter, LetterState
from core.model.notice import Change, Notice, NoticeState
from core.model.timer import Timer
from core.model.valve_operation import StoppedBy
from core.model.work_order import WorkOrderState
from core.runtime.clock import AnchoredClock
from response.delivery.callers import callers
from response.delivery.service import MAILING
from tests.api import test_records as records
from tests.response import little_town as town
from tests.response.post_office import NOTICE, person, phone, post_office
from tests.response.test_delivery_at_night import NIGHT_NS, planned

MORNING_NS = NIGHT_NS + 8 * town.HOUR + town.MIN


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path, at_ns=NIGHT_NS) as made:
        yield made


async def over_at_night(post) -> str:
    """Two people heard that water is off; that it is back waits for them."""
    await post.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"]))
    restored = {"restored_ns": NIGHT_NS + 1, "starts_ns": NIGHT_NS, "state": NoticeState.RESTORED}
    last = await post.publish([], Change.RESTORED, **restored)
    await planned(post, last)
    await post.stopped()
    return last


async def in_the_morning(post) -> None:
    post.clock = AnchoredClock(Anchor(0, MORNING_NS, 1.0))
    post.started()


async def unsent(post, letter: str) -> None:
    async with post.ledger.begin() as tx:
        first = await tx.get(Letter, letter)
        await tx.put(replace(first, state=LetterState.SUPERSEDED, sent_ns=None, tries=(), receipt=None))


async def test_who_was_never_told_of_the_cut_is_not_told_of_its_end(post):
    last = await over_at_night(post)
    await unsent(post, f"{NOTICE}.1/P0001")
    await in_the_morning(post)
    await post.done(last)
    states = {id: one.state for id, one in (await post.letters(last)).items()}
    assert states == {"P0001": LetterState.SUPERSEDED, "P0002": LetterState.SENT}


async def test_who_called_hears_of_its_end_though_the_first_never_went(post):
    await post.called("A1")
    last = await over_at_night(post)
    await unsent(post, f"{NOTICE}.1/P0001")
    await in_the_morning(post)
    await post.done(last)
    assert {one.state for one in (await post.letters(last)).values()} == {LetterState.SENT}


async def test_that_water_is_back_waits_while_it_is_off_again_and_is_not_for_whom_another_notice_tells_of(
    post,
):
    last = await over_at_night(post)
    order = records.order()
    off = replace(order, incident="INC-1", state=WorkOrderState.ISOLATED, stopped=StoppedBy.BY_OTHERS)
    anew = "NTC-20261123-00002"
    async with post.ledger.begin() as tx:
        await tx.put(off)
    await in_the_morning(post)
    later = await over_again(post, anew, last)
    assert {one.state for one in (await post.letters(last)).values()} == {LetterState.QUEUED}
    await post.stopped()
    async with post.ledger.begin() as tx:
        await tx.put(later)
        told = await tx.get(Letter, f"{NOTICE}.1/P0001")
        await tx.put(replace(told, id=f"{anew}.1/P0001", mailing=f"{anew}.1", notice=anew))
        await tx.put(replace(off, state=WorkOrderState.CLOSED, stopped=None))
    post.clock = AnchoredClock(Anchor(0, MORNING_NS + town.HOUR, 1.0))
    post.started()
    await post.done(last)
    states = {id: one.state for id, one in (await post.letters(last)).items()}
    assert states == {"P0001": LetterState.SUPERSEDED, "P0002": LetterState.SENT}


async def over_again(post, anew: str, last: str) -> Notice:
    """Once the mailing of the end has been looked at: the later notice of its incident."""
    async with post.ledger.read() as tx:
        head = await tx.get(Notice, NOTICE)
    while True:
        async with post.ledger.read() as tx:
            timer = await tx.get(Timer, f"{MAILING}:{last}")
        if timer is not None and timer.due_ns > MORNING_NS:
            break
        await post.clock.sleep(0.01)
    return replace(head, id=anew, starts_ns=NIGHT_NS + town.HOUR, change=Change.FIRST)


async def test_a_caller_who_heard_that_it_was_over_is_not_owed_it_by_the_next_notice(post):
    await post.called("A1")
    async with post.ledger.read() as tx:
        assert set(await callers(tx, "INC-1")) == {"A1"}
        assert await callers(tx, "INC-1", post.clock.now_ns() + town.MIN) == {}
