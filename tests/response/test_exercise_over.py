"""ON-42: an exercise is over and its water still off: the public is told in earnest, by another notice."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.clock import Anchor
from core.model.incident import IncidentState
from core.model.notice import Notice, NoticeState, Status
from core.model.outage import Outage
from core.model.timer import Timer
from core.model.valve_operation import Turning
from core.runtime.clock import AnchoredClock
from response import undoing
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.validation import lacks
from response.outages import OutageService
from response.service import CURSOR, ResponseService
from response.service_times import CN_DEFAULT
from response.site import Water
from response.without_water import without_water
from tests.response import little_town as town

MANAGER, OPERATOR = town.user(Role.DUTY_MANAGER), town.user(Role.OPERATOR)
SAID = NoticeState.PUBLISHED


@pytest.fixture
def hub(ledger, plant, still_clock):
    """Started again, in an exercise or in earnest, until it has heard all that there is."""

    @asynccontextmanager
    async def started(*, exercise: bool):
        service = ResponseService(ledger, plant, still_clock, exercise=exercise)
        running = asyncio.create_task(service.run())
        yield
        async with asyncio.timeout(30):
            last = await town.report(ledger, town.burst(IncidentState.SUSPECTED, id="INC-last"))
            while await cursor(ledger) < last.id:
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])

    return started


async def cursor(ledger) -> int:
    async with ledger.read() as tx:
        return await tx.cursor(CURSOR)


async def notices(ledger) -> list[Notice]:
    async with ledger.read() as tx:
        return sorted(await tx.find(Notice), key=lambda one: one.id)


async def exercised(ledger, hub, plant, reached: NoticeState, *, later: bool = False) -> Notice:
    """The notice of an exercise that came so far. later: its next version is being written."""
    async with hub(exercise=True):
        await town.report(ledger, town.burst())
    (draft,) = await notices(ledger)
    async with ledger.begin() as tx:
        if reached is not NoticeState.DRAFT:
            await decisions.approve(tx, draft.id, MANAGER, town.T0)
        if reached is SAID:
            await decisions.publish(tx, draft.id, MANAGER, town.T0, exercise=True)
        if later:
            await drafts.update(tx, plant, draft.id, Wish(), OPERATOR.id, town.T0)
    (notice,) = await notices(ledger)
    assert (notice.state, notice.status) == (reached, Status.EXERCISE)
    return notice


@pytest.mark.parametrize(
    ("reached", "later"),
    [(NoticeState.DRAFT, False), (NoticeState.APPROVED, False), (SAID, False), (SAID, True)],
)
async def test_on42_what_goes_on_is_drafted_in_earnest_and_the_exercise_stays_as_one(
    ledger, hub, plant, reached, later
):
    before = await exercised(ledger, hub, plant, reached, later=later)
    for _ in range(2):  # the second start finds everything done
        async with hub(exercise=False):
            pass
        ended, fresh = await notices(ledger)
        assert (ended.id, ended.state, ended.status) == (before.id, NoticeState.WITHDRAWN, Status.EXERCISE)
        assert (fresh.incident, fresh.kind) == (before.incident, before.kind)
        assert (fresh.state, fresh.status, fresh.published_ns) == (NoticeState.DRAFT, Status.ACTUAL, None)
        assert (fresh.streets, fresh.accounts_affected) == (before.streets, 25)
    async with ledger.read() as tx:
        said = await versions.published(tx, ended.id)
        assert [one.content.status for one in said] == [Status.EXERCISE] * (reached is SAID), (
            "no more is said"
        )
        assert (await versions.prepared(tx, ended.id)).pending is None
        assert not [one for one in await tx.find(Timer) if one.subject == ended.id], "it waits for nothing"
        case = await decisions.case_of(tx, fresh, town.T0 + town.HOUR)
    assert [one.hard for one in lacks(case) if one.item == "began_in_exercise"] == [False]


async def test_on42_what_was_over_in_the_exercise_is_not_drafted_again(ledger, hub, plant):
    await exercised(ledger, hub, plant, SAID)
    async with hub(exercise=True):
        await town.report(ledger, town.burst(IncidentState.RESTORED))
    async with hub(exercise=False):
        pass
    (ended,) = await notices(ledger)
    assert (ended.state, ended.status) == (NoticeState.WITHDRAWN, Status.EXERCISE)


async def test_on42_behind_shut_valves_it_goes_on_whatever_instruments_show(ledger, hub, plant, site):
    for step in ("depart", "arrive"):
        await site.step(step)
    await site.valve(Turning.CLOSE)
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await tx.put(replace(draft, status=Status.EXERCISE))
        await tx.put(town.burst(IncidentState.RESTORED))
    async with hub(exercise=False):
        pass
    assert [one.status for one in await notices(ledger)] == [Status.EXERCISE, Status.ACTUAL]


async def test_on42_taken_back_in_an_exercise_says_nothing_of_the_day_after(ledger, hub, plant):
    """In the exercise it does not come back by itself; in earnest nobody took anything back."""
    await exercised(ledger, hub, plant, NoticeState.DRAFT)
    async with ledger.begin() as tx:
        await undoing.undo_notices(tx, "INC-1", town.T0)
    async with hub(exercise=True):
        await town.report(ledger, town.burst(pipe="p1"))
    assert len(await notices(ledger)) == 1
    async with hub(exercise=False):
        await town.report(ledger, replace(town.burst(pipe="p1"), held=True))
    ended, fresh = await notices(ledger)
    assert (ended.state, ended.undone) == (NoticeState.WITHDRAWN, False)
    assert (fresh.state, fresh.status) == (NoticeState.DRAFT, Status.ACTUAL)


async def test_on42_the_next_exercise_takes_the_draft_along_and_its_end_gives_another(ledger, hub, plant):
    await exercised(ledger, hub, plant, SAID)
    async with hub(exercise=False):
        pass
    async with hub(exercise=True):
        await town.report(ledger, town.burst(pipe="p1"))
    assert [one.status for one in await notices(ledger)] == [Status.EXERCISE] * 2
    async with hub(exercise=False):
        pass
    first, second, fresh = await notices(ledger)
    assert first.state is second.state is NoticeState.WITHDRAWN
    assert (fresh.state, fresh.status, fresh.accounts_affected) == (NoticeState.DRAFT, Status.ACTUAL, 55)


async def test_on42_what_was_told_in_earnest_before_goes_on(ledger, hub, plant):
    async with hub(exercise=False):
        await town.report(ledger, town.burst())
    (draft,) = await notices(ledger)
    async with ledger.begin() as tx:
        await decisions.approve(tx, draft.id, MANAGER, town.T0)
        await decisions.publish(tx, draft.id, MANAGER, town.T0)
    for exercise in (True, False):
        async with hub(exercise=exercise):
            pass
    (notice,) = await notices(ledger)
    assert (notice.state, notice.status) == (SAID, Status.ACTUAL)


async def test_on42_whom_both_name_is_counted_once(ledger, hub, plant):
    await exercised(ledger, hub, plant, SAID)
    async with hub(exercise=False):
        pass
    _, fresh = await notices(ledger)
    later = AnchoredClock(Anchor(0, town.T0 + town.HOUR, 0.0))
    async with ledger.begin() as tx:
        await decisions.approve(tx, fresh.id, MANAGER, later.now_ns())
        await decisions.publish(tx, fresh.id, MANAGER, later.now_ns())
        await OutageService(ledger, plant, later, CN_DEFAULT).handle(tx, ["INC-1"])
        (counted,) = await tx.find(Outage)
        assert counted.no_water == 25
        assert (await without_water(tx, lambda _: True))[Water.MAY_BE_OFF] == 25
