"""The one statement that renderings and channels get of a notice's version."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.bulletin import Change, Supply
from core.model.notice import Notice, NoticeKind
from response.bulletins import bulletin_of
from response.notices import decisions, versions
from response.notices.outline import hull, outline
from tests.response import little_town as town
from tests.response.little_town import report

MANAGER = town.user(Role.DUTY_MANAGER)
AT = town.T0 + 5 * town.MIN


@pytest.fixture
async def notice(ledger, service) -> str:
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await decisions.approve(tx, draft.id, MANAGER, AT)
        await decisions.publish(tx, draft.id, MANAGER, AT)
    return draft.id


async def test_it_says_what_the_version_says(ledger, plant, notice):
    async with ledger.read() as tx:
        (first,) = await versions.published(tx, notice)
    told = bulletin_of(first, plant)
    assert (told.number, told.version, told.kind) == (notice, 1, NoticeKind.EMERGENCY_OUTAGE)
    assert told.identifier == f"urn:waterhub:demo:2026-11-22:{notice}:1"
    assert (told.change, told.supply, told.sent_ns) == (Change.FIRST, Supply.NONE, AT)
    assert told.estimate.earliest_ns <= told.estimate.likely_ns <= told.estimate.latest_ns
    assert (told.area.zh, told.connections) == ("城东片区人民路", 25)
    assert told.expires_ns >= told.estimate.latest_ns > told.starts_ns
    assert "预计" not in told.description.zh


async def test_a_restored_one_refers_to_the_first_and_expects_nothing(ledger, plant, notice):
    async with ledger.begin() as tx:
        await decisions.restore(tx, notice, MANAGER, AT + town.HOUR, reason="现场确认")
        one, two = await versions.published(tx, notice)
    told = bulletin_of(two, plant)
    assert (told.change, told.estimate, told.next_update_ns) == (Change.RESTORED, None, None)
    assert [(r.identifier, r.sent_ns) for r in told.references] == [(bulletin_of(one, plant).identifier, AT)]
    assert told.restored_ns == AT + town.HOUR
    assert "供水正常" in told.title.zh, "no crew saw a cut: a suspected fault stays suspected"
    assert "放水至清澈" in told.instruction.zh


async def test_an_overdue_head_takes_the_old_estimate_away(ledger, plant, notice):
    async with ledger.read() as tx:
        (first,) = await versions.published(tx, notice)
        head = await tx.get(Notice, notice)
    late = replace(head, overdue_ns=AT, eta_earliest_ns=None, eta_latest_ns=None, next_update_ns=None)
    told = bulletin_of(first, plant, late)
    assert (told.overdue, told.estimate) == (True, None)


def test_the_outline_is_closed_and_generalised(plant):
    placed = replace(plant, utility=replace(plant.utility, origin=(37.0, 115.0)))
    ring = outline(["j1", "j2"], placed)
    assert ring[0] == ring[-1]
    assert len(ring) >= 4
    inside = (37.0, 115.0 + 250 / (111_320 * 0.79863551))
    assert min(p.lat for p in ring) < inside[0] < max(p.lat for p in ring)
    assert min(p.lon for p in ring) < inside[1] < max(p.lon for p in ring)
    assert outline(["j1"], plant) == ()


def test_a_hull_leaves_out_what_lies_inside():
    assert sorted(hull({(0, 0), (2, 0), (2, 2), (0, 2), (1, 1), (1, 0)})) == [(0, 0), (0, 2), (2, 0), (2, 2)]
