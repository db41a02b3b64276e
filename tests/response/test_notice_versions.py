"""ON-04: what was said is never edited; a change is another version that refers to all before it."""

import pytest

from core.model.account import Role
from core.model.notice import Change, Notice, NoticeState
from core.model.notice_version import NoticeReach, NoticeVersion, VersionState
from response.notices import decisions, versions
from tests.response import little_town as town
from tests.response.little_town import report

MANAGER = town.user(Role.DUTY_MANAGER)


@pytest.fixture
async def notice(ledger, service) -> str:
    """Published five minutes after the burst."""
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await decisions.approve(tx, draft.id, MANAGER, town.T0 + 5 * town.MIN)
        await decisions.publish(tx, draft.id, MANAGER, town.T0 + 5 * town.MIN)
    return draft.id


async def said(ledger, id) -> list[NoticeVersion]:
    async with ledger.read() as tx:
        return await versions.published(tx, id)


async def test_publishing_freezes_a_version_with_its_identifier_and_whom_it_concerns(ledger, notice):
    (first,) = await said(ledger, notice)
    assert (first.version, first.change, first.references) == (1, Change.FIRST, ())
    assert first.identifier == f"2026-11-22:{notice}:1"
    assert not set(first.identifier) & set(" ,<&")
    async with ledger.read() as tx:
        reach = await tx.get(NoticeReach, first.id)
        head = await tx.get(Notice, notice)
    assert reach.supply_of() == {f"A{n:06d}": "no_water" for n in range(31, 56)}
    assert (head.version, head.state) == (1, NoticeState.PUBLISHED)
    assert first.content.body == head.body


async def test_what_follows_refers_to_all_before_it_and_leaves_them_as_they_were(ledger, notice):
    (first,) = await said(ledger, notice)
    later = town.T0 + 3 * town.HOUR
    async with ledger.begin() as tx:
        restored = await decisions.restore(tx, notice, MANAGER, later, reason="现场确认")
    one, two = await said(ledger, notice)
    assert one == first
    assert (two.version, two.change, two.sent_ns) == (2, Change.RESTORED, later)
    assert [r.identifier for r in two.references] == [first.identifier]
    assert two.identifier != first.identifier
    assert (restored.state, restored.version) == (NoticeState.RESTORED, 2)


async def test_a_withdrawn_notice_says_so_in_another_version(ledger, notice):
    async with ledger.begin() as tx:
        await decisions.withdraw(tx, notice, MANAGER, town.T0 + town.HOUR, reason="发布有误")
    assert [v.change for v in await said(ledger, notice)] == [Change.FIRST, Change.CANCELLED]
    assert [v.state for v in await said(ledger, notice)] == [VersionState.PUBLISHED] * 2
