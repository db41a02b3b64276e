"""A night of versions: whoever heard that water is off hears once that it is over for them, in the morning,
whatever is published in between (ON-08, ON-15)."""

import asyncio

import pytest

from core.model.mailing import Because, Letter, LetterState
from core.model.notice import Change, NoticeKind
from core.model.shanghai import local
from tests.response import little_town as town
from tests.response.post_office import person, phone, post_office

NIGHT_NS = town.T0 + 50 * town.MIN
"""Sunday, 23:00 in Shanghai."""


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path, at_ns=NIGHT_NS) as made:
        yield made


async def planned(post, id):
    """When it is known who is told what of it."""
    async with asyncio.timeout(30):
        while (mailing := await post.mailing(id)) is None or mailing.queued_ns is None:
            await post.clock.sleep(0.01)
    return mailing


async def heard(post, id, person):
    """When it has gone out to them: what is still to go is told with the next version instead."""
    async with asyncio.timeout(30):
        while (letter := (await post.letters(id)).get(person)) is None or letter.state is LetterState.QUEUED:
            await post.clock.sleep(0.01)


async def in_the_morning(post):
    """By person, what waits for them."""
    waiting = {}
    async with post.ledger.read() as tx:
        for one in await tx.find(Letter, state=LetterState.QUEUED):
            assert one.person not in waiting, "nobody is told twice"
            waiting[one.person] = one
    assert all(f"{local(one.due_ns):%H:%M}" == "07:00" for one in waiting.values())
    return waiting


async def test_who_is_released_at_night_hears_it_in_the_morning_whatever_is_published_by_then(post):
    await post.people([one for n in range(1, 4) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2", "A3"]))
    second = await post.publish(["A1"], Change.UPDATE)
    await planned(post, second)
    third = await post.publish(["A1"], Change.UPDATE, moved=True)
    await heard(post, third, "P0001")
    last = await post.publish([], Change.RESTORED)
    for id, silent in ((third, {Because.OVER_BEFORE: 2}), (last, {Because.OVER_BEFORE: 2})):
        assert dict((await planned(post, id)).silent) == silent
    waiting = await in_the_morning(post)
    assert {id: (one.version, one.change, one.because) for id, one in waiting.items()} == {
        "P0001": (4, Change.RESTORED, Because.WATER_BACK),
        "P0002": (2, Change.RESTORED, Because.RELEASED),
        "P0003": (2, Change.RESTORED, Because.RELEASED),
    }
    assert len(post.sms.sent) == 3 + 1, "of the move A1 alone"


async def test_who_is_concerned_again_before_the_morning_is_never_told_otherwise(post):
    await post.people([one for n in range(1, 3) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"]))
    await planned(post, await post.publish(["A1"], Change.UPDATE))
    again = await planned(post, await post.publish(["A1", "A2"], Change.UPDATE))
    assert dict(again.silent) == {Because.ESTIMATE_STANDS: 2} and await in_the_morning(post) == {}
    assert len(post.sms.sent) == 2, "what they heard before holds"
    last = await post.publish([], Change.RESTORED)
    await planned(post, last)
    assert set(await in_the_morning(post)) == {"P0001", "P0002"} == set(await post.letters(last))


async def test_who_was_moved_while_their_release_waited_hears_of_the_move(post):
    await post.people([one for n in range(1, 3) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"]))
    second = await post.publish(["A1"], Change.UPDATE, moved=True)
    await planned(post, second)
    await heard(post, second, "P0001")
    third = await post.publish(["A1", "A2"], Change.UPDATE)
    await post.done(third)
    assert {id: one.change for id, one in (await post.letters(third)).items()} == {"P0002": Change.UPDATE}
    assert await in_the_morning(post) == {}


async def test_of_planned_work_that_moves_at_night_and_is_called_off_they_hear_that_it_is_off(post):
    """The move waits for the morning; by then it is called off, and what they heard first is taken back."""
    await post.people(person(1, "A1", phone=phone(1)))
    post.started()
    early, late = NIGHT_NS + 2 * town.HOUR, NIGHT_NS + 12 * town.HOUR
    kind = NoticeKind.PLANNED_OUTAGE
    await post.done(await post.publish(["A1"], kind=kind, starts_ns=early))
    moved = await post.publish(["A1"], Change.UPDATE, moved=True, kind=kind, starts_ns=late)
    await planned(post, moved)
    assert {one.change for one in (await in_the_morning(post)).values()} == {Change.UPDATE}
    await planned(post, await post.publish(["A1"], Change.CANCELLED, kind=kind, starts_ns=late))
    (waiting,) = (await in_the_morning(post)).values()
    assert (waiting.change, waiting.because) == (Change.CANCELLED, Because.CALLED_OFF)


async def test_a_caller_who_was_released_and_asked_to_hear_at_night_hears_when_it_is_over(post):
    """HL-14."""
    await post.people([one for n in range(1, 3) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"]))
    await planned(post, await post.publish(["A1"], Change.UPDATE))
    await post.called("A2", at_night=True)
    last = await planned(post, await post.publish([], Change.RESTORED))
    async with asyncio.timeout(30):
        while (await post.letters(last.id))["P0002"].state is LetterState.QUEUED:
            await post.clock.sleep(0.01)
    assert post.sms.sent[2]["mobile"] == phone(2)
    letter = (await post.letters(last.id))["P0002"]
    assert letter.because is Because.PROMISED and letter.promised_ns
    assert set(await in_the_morning(post)) == {"P0001"}


async def test_who_has_water_off_instead_of_weak_is_told_so_once(post):
    """ON-08: what they were told holds no more, though nothing else of the notice has moved."""
    await post.people([one for n in range(1, 3) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1"], weak=["A2"]))
    second = await post.publish(["A1", "A2"], Change.UPDATE)
    await post.done(second)
    assert {id: one.change for id, one in (await post.letters(second)).items()} == {"P0002": Change.UPDATE}
    third = await post.publish(["A1", "A2"], Change.UPDATE)
    assert dict((await post.done(third)).silent) == {Because.ESTIMATE_STANDS: 2}
