"""HL-21 and HL-42: when many ring up the hotline takes its short way, and leaves it again by itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.account import Role
from core.model.event import EventKind
from core.model.phone_call import Direction, PhoneCall, Stage
from core.model.work_order import WorkOrder
from response.hotline.mass_calls import (
    BUCKET_NS,
    LEAST,
    QUIET_NS,
    MassCalls,
    MassCallService,
    Mode,
    Why,
    judged,
    knew,
    learned,
    standing,
    switch,
    threshold,
)
from tests.response import little_town as town
from tests.response.little_notices import publish

AGENT = town.user(Role.HOTLINE)
CALM = MassCalls()


def at(now: MassCalls, arrivals: int = 0, waiting: int = 0, urgent: bool = False, ns: int = 0) -> MassCalls:
    return judged(now, arrivals, waiting, urgent, town.T0 + ns)


def test_twenty_calls_within_five_minutes_are_not_many_and_one_more_is():
    assert not at(CALM, LEAST).active
    assert at(CALM, LEAST + 1).why is Why.ARRIVALS


def test_where_many_is_usual_it_takes_more():
    busy = replace(CALM, usual={22: (30.0, 16.0)})
    assert threshold(busy.usual, 22) == pytest.approx(46.0)
    assert not at(busy, 46).active and at(busy, 47).active


@pytest.mark.parametrize(("more", "why"), [({"waiting": 11}, Why.WAITING), ({"urgent": True}, Why.NOTICE)])
def test_a_queue_and_a_grave_notice_are_reasons_too(more, why):
    assert at(CALM, **more).why is why


def test_it_ends_by_itself_after_ten_quiet_minutes_and_not_before():
    on = at(CALM, 30)
    quiet = at(on, 3, ns=BUCKET_NS)
    assert at(quiet, 3, ns=BUCKET_NS + QUIET_NS - 1).active
    assert not at(quiet, 3, ns=BUCKET_NS + QUIET_NS).active
    again = at(at(quiet, 30, ns=BUCKET_NS + 1), 3, ns=BUCKET_NS + QUIET_NS)
    assert again.active, "calls that come again begin the ten minutes anew"


def test_it_says_what_holds_it_on_now_and_else_until_when_it_stays():
    on = at(CALM, 30)
    assert (on.why, on.until_ns) == (Why.ARRIVALS, None)
    noticed = at(on, 0, urgent=True, ns=BUCKET_NS)
    assert (noticed.why, noticed.until_ns) == (Why.NOTICE, None), "no calls any more are no reason"
    quiet = at(noticed, 0, ns=2 * BUCKET_NS)
    assert quiet.until_ns == town.T0 + 2 * BUCKET_NS + QUIET_NS
    assert not judged(quiet, 0, 0, False, quiet.until_ns).active, "it ends when it said"
    held = at(replace(quiet, mode=Mode.ON), 0, ns=3 * BUCKET_NS)
    assert (held.why, held.until_ns, held.since_ns) == (Why.PERSON, None, on.since_ns)


async def test_what_a_person_leaves_to_itself_says_until_when_it_stays(ledger, still_clock):
    now_ns = still_clock.now_ns()
    async with ledger.begin() as tx:
        await switch(tx, Mode.ON, AGENT, now_ns)
        left = await switch(tx, Mode.AUTO, AGENT, now_ns)
    assert left.active and left.until_ns == now_ns + QUIET_NS
    await MassCallService(ledger, still_clock).look()
    async with ledger.read() as tx:
        assert (await standing(tx)).until_ns == left.until_ns


def test_a_person_holds_it_on_or_off_against_every_reason():
    assert at(replace(CALM, mode=Mode.ON)).active
    assert not at(replace(at(CALM, 30), mode=Mode.OFF), 500).active


@given(st.lists(st.integers(0, 12), min_size=30, max_size=60))
def test_what_is_learned_stays_near_what_was_heard(counts):
    now = MassCalls(counted_ns=town.T0 // BUCKET_NS * BUCKET_NS)
    for n in counts:
        start = now.counted_ns
        now = learned(now, [start + k for k in range(n)], start + BUCKET_NS)
    for mean, variance in now.usual.values():
        assert 0 <= mean <= max(counts) and 0 <= variance <= 200


async def test_calls_turn_it_on_and_screens_hear_of_it(ledger, still_clock):
    service = MassCallService(ledger, still_clock)
    await service.look()
    async with ledger.begin() as tx:
        for n in range(LEAST + 1):
            await tx.put(
                PhoneCall(
                    id=f"TEL-{n:03d}",
                    call=f"c-{n}",
                    direction=Direction.IN,
                    stage=Stage.ENDED,
                    began_ns=still_clock.now_ns() - n,
                )
            )
    await service.look()
    async with ledger.read() as tx:
        assert (await standing(tx)).active
    told = [e for e in await ledger.events(0) if e.kind is EventKind.MASS_CALLS]
    assert [e.data["active"] for e in told] == [True]
    async with ledger.begin() as tx:
        await switch(tx, Mode.OFF, AGENT, still_clock.now_ns())
    await service.look()
    async with ledger.read() as tx:
        assert not (await standing(tx)).active


async def test_a_grave_notice_is_one_that_was_grave_when_it_was_published(ledger, service, still_clock):
    """Its order is raised by a new guess; nobody has published anything of that until the next version."""

    async def why() -> Why | None:
        await MassCallService(ledger, still_clock).look()
        async with ledger.read() as tx:
            return (await standing(tx)).why

    await service.handle([await town.report(ledger, town.burst(pipe="p2"))])
    await publish(ledger, town.T0 + town.MIN)
    assert await why() is None
    await service.handle([await town.report(ledger, town.burst(pipe="p4"))])
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    assert order.priority == 1
    assert await why() is None
    await publish(ledger, town.T0 + 2 * town.MIN)
    assert await why() is Why.NOTICE


def test_knew_before_spoke_counts_answered_calls_after_the_tenth_minute():
    def call(began_min: int, shown: int | None, answered: int | None = 10) -> PhoneCall:
        return PhoneCall(
            id="TEL-1",
            call="c",
            direction=Direction.IN,
            stage=Stage.ENDED,
            began_ns=town.T0 + began_min * town.MIN,
            answered_ns=answered,
            shown_ns=shown,
            incident="INC-1",
        )

    calls = [call(12, 9), call(12, 11), call(30, 10), call(5, 9), call(12, 9, None)]
    found = knew(calls, {"INC-1": town.T0})
    assert (found.calls, found.knew) == (3, 2)
