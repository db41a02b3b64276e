"""ON-42: an exercise of the whole hub reaches nobody, whoever drafts and publishes in it."""

import pytest

from core.model.account import Role
from core.model.event import EventKind
from core.model.notice import Notice, NoticeState, Status
from response.notices import decisions, drafts
from response.notices.drafts import Wish
from response.service import ResponseService
from tests.public_portal.whole_utility import MANAGER, Utility
from tests.response import little_town as town

OPERATOR = town.user(Role.OPERATOR)
LATER = town.T0 + town.HOUR


async def drafted(utility: Utility, *, exercise: bool) -> str:
    service = ResponseService(utility.ledger, utility.plant, utility.clock, exercise=exercise)
    await utility.tell(town.burst(), EventKind.INCIDENT)
    await service.handle(await utility.ledger.events(0))
    async with utility.ledger.read() as tx:
        (draft,) = await tx.find(Notice, state=NoticeState.DRAFT)
    return draft.id


@pytest.mark.parametrize("in_time", [True, False], ids=["drafted in it", "drafted before it"])
async def test_on_42_nothing_of_an_exercise_reaches_the_portal(utility: Utility, in_time: bool):
    id = await drafted(utility, exercise=in_time)
    async with utility.ledger.begin() as tx:
        await decisions.approve(tx, id, MANAGER, town.T0)
        head = await decisions.publish(tx, id, MANAGER, town.T0, exercise=True)
    assert (head.state, head.status) == (NoticeState.PUBLISHED, Status.EXERCISE)
    snapshot = await utility.publisher().publish()
    assert snapshot.notices == ()
    assert not [d.path for d in snapshot.documents if id in d.path or id.encode() in d.content]


async def test_on_42_what_was_told_in_earnest_is_gone_on_with_in_earnest(utility: Utility):
    id = await drafted(utility, exercise=False)
    await utility.publish_notice()
    async with utility.ledger.begin() as tx:
        await drafts.update(tx, utility.plant, id, Wish(), OPERATOR.id, LATER)
        await decisions.approve(tx, id, MANAGER, LATER)
        head = await decisions.publish(tx, id, MANAGER, LATER, exercise=True)
    assert (head.status, head.version) == (Status.ACTUAL, 2)
    (notice,) = (await utility.publisher().publish()).notices
    assert notice.version == 2


async def test_on_42_the_neutral_text_of_an_exercise_is_one(utility: Utility):
    id = await drafted(utility, exercise=False)
    async with utility.ledger.begin() as tx:
        head = await decisions.issue_neutral(tx, id, OPERATOR, town.T0 + town.HOUR, exercise=True)
    assert head.status is Status.EXERCISE
    assert (await utility.publisher().publish()).notices == ()
