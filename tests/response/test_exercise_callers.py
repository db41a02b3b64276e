"""HL-14, ON-42: what began in an exercise and went on in earnest is over before anybody published it: callers
hear so, as those of any incident of which nothing was published."""

import asyncio
from dataclasses import replace

import pytest

from core.model.incident import IncidentState
from core.model.notice import Notice, NoticeKind, NoticeState, Status
from response.delivery.service import CURSOR
from tests.response import little_town as town
from tests.response.little_notices import bare
from tests.response.post_office import NOTICE, Post, person, phone, post_office


@pytest.fixture
async def post(tmp_path):
    async with post_office(tmp_path) as made:
        yield made


async def published_in_an_exercise(post: Post) -> None:
    """Its end withdrew it."""
    await post.publish(["A1"], status=Status.EXERCISE)
    async with post.ledger.begin() as tx:
        said = await tx.get(Notice, NOTICE)
        assert said is not None and said.incident == "INC-1"
        await tx.put(replace(said, state=NoticeState.WITHDRAWN))


async def drafted_in_earnest(post: Post, state: NoticeState = NoticeState.DRAFT) -> None:
    draft = bare(NoticeKind.EMERGENCY_OUTAGE, id="NTC-20261122-00099", incident="INC-1", author="hub")
    async with post.ledger.begin() as tx:
        await tx.put(replace(draft, state=state))


async def heard(post: Post) -> int:
    async with post.ledger.read() as tx:
        return await tx.cursor(CURSOR)


@pytest.mark.parametrize("state", [NoticeState.DRAFT, NoticeState.APPROVED, NoticeState.WITHDRAWN])
async def test_hl_14_callers_hear_that_what_was_drafted_anew_and_never_published_is_over(post, state):
    await post.people(person(1, "A1", phone=phone(1)))
    await post.called("A1")
    await published_in_an_exercise(post)
    await drafted_in_earnest(post, state)
    await town.report(post.ledger, town.burst(id="INC-1"))
    post.started()
    await town.report(post.ledger, town.burst(IncidentState.RESTORED, id="INC-1"))
    await post.done("INC-1.restored")
    (sent,) = post.sms.sent
    assert sent["mobile"] == phone(1) and sent["params"]["eta"].endswith("已恢复")


async def test_on_42_of_what_was_over_in_the_exercise_nobody_hears_afterwards(post):
    await post.people(person(1, "A1", phone=phone(1)))
    await post.called("A1")
    await published_in_an_exercise(post)
    await town.report(post.ledger, town.burst(IncidentState.RESTORED, id="INC-1"))
    post.started()
    last = await town.report(post.ledger, town.burst(IncidentState.CLOSED, id="INC-1"))
    async with asyncio.timeout(30):
        while await heard(post) < last.id:
            await asyncio.sleep(0.01)
    assert await post.mailing("INC-1.restored") is None and post.sms.sent == []
