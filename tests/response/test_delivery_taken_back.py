"""ON-08: a notice is withdrawn while its first letters are still going out: whoever was sent none hears of no
withdrawal, and whoever's letter was under way just then does."""

import asyncio
from dataclasses import replace

import pytest

from core.model.clock import Anchor
from core.model.mailing import Letter, LetterState
from core.model.notice import Change, NoticeState, Site, StreetExtent
from core.model.text import Text
from core.runtime.clock import AnchoredClock
from response.delivery.waited import WAITED_NS
from tests.response.post_office import NOTICE, person, phone, post_office


@pytest.fixture
async def post(tmp_path):
    variables = {"number": "matter", "area": "area", "eta": "when"}
    async with post_office(tmp_path, templates=[{"id": "SMS_1", "variables": variables}]) as made:
        yield made


@pytest.mark.parametrize("under_way", [False, True])
async def test_who_was_sent_nothing_is_not_sent_that_it_is_withdrawn(post, under_way: bool):
    await post.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1", "A2"]))
    await post.stopped()
    async with post.ledger.begin() as tx:
        sent = await tx.get(Letter, f"{NOTICE}.1/P0001")
        now_ns = post.clock.now_ns()
        await tx.put(
            replace(sent, state=LetterState.QUEUED, sent_ns=None, tries=(), receipt=None, due_ns=now_ns)
        )
    last = await post.publish(["A1", "A2"], Change.CANCELLED, state=NoticeState.WITHDRAWN)
    post.started()
    async with asyncio.timeout(60):
        letters = await post.letters(last)
        while "P0002" not in letters or letters["P0002"].state is not LetterState.SENT:
            await asyncio.sleep(0.02)
            letters = await post.letters(last)
    assert letters["P0001"].state is LetterState.QUEUED, "its first may be under way"
    await post.stopped()
    if under_way:
        async with post.ledger.begin() as tx:
            await tx.put(sent)
    post.clock = AnchoredClock(Anchor(0, post.clock.now_ns() + 2 * WAITED_NS, 1.0))
    post.started()
    await post.done(last)
    came = (await post.letters(last))["P0001"]
    assert came.state is (LetterState.SENT if under_way else LetterState.SUPERSEDED)
    async with post.ledger.read() as tx:
        first = await tx.get(Letter, f"{NOTICE}.1/P0001")
    assert first.state is (LetterState.SENT if under_way else LetterState.SUPERSEDED)


STREETS = tuple(
    StreetExtent(street=en, name=Text(zh, en), numbers="1–9", weak=weak)
    for zh, en, weak in (("人民路", "Renmin Road", False), ("梅园街", "Meiyuan Street", True))
)


@pytest.mark.parametrize("change", [Change.CANCELLED, Change.RESTORED])
async def test_who_heard_of_weak_water_hears_the_end_of_that_in_the_same_streets(post, change: Change):
    """Though by now they would be told of another supply."""
    await post.people([one for n in (1, 2) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    place = {"streets": STREETS, "place": STREETS[0].name, "site": Site.ORGANISED}
    await post.done(await post.publish(["A1"], weak=["A2"], **place))
    state = NoticeState.WITHDRAWN if change is Change.CANCELLED else NoticeState.RESTORED
    await post.done(await post.publish(["A1", "A2"], change, state=state, **place))
    for n, street, matter in ((1, "人民路", "停水"), (2, "梅园街", "水压")):
        began, ended = (one["params"] for one in post.sms.sent if one["mobile"] == phone(n))
        assert began["area"] == ended["area"] == street
        assert matter in began["number"] and matter in ended["number"], (began, ended)
