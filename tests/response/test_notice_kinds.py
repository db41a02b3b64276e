"""ON-01: every kind that people may have to be told, with what it leaves at the tap; its end is a version."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.bulletin import Bulletin
from core.model.notice import (
    LAB_KINDS,
    QUALITY_KINDS,
    AuthorityReport,
    Change,
    Notice,
    NoticeKind,
    NoticeState,
    Status,
    Supply,
)
from core.model.text import Text
from response.affected import DRY_FROM_STOREY
from response.bulletins import bulletin_of
from response.notices import closing, decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.unsaid import unproven
from response.notices.validation import Unfit
from response.renderings.facts import what
from tests.response import little_town as town
from tests.response.little_notices import FACTS

MANAGER, OFFICER = town.user(Role.DUTY_MANAGER), town.user(Role.QUALITY_OFFICER)
OPERATOR = town.user(Role.OPERATOR)
SAID = Text("因管道改造。", "Mains are being renewed.")
K, H = NoticeKind, town.HOUR
AT_THE_TAP = {
    K.PLANNED_OUTAGE: (Supply.NONE, "计划停水", "no_water"),
    K.EMERGENCY_OUTAGE: (Supply.NONE, "抢修停水", "no_water"),
    K.LOW_PRESSURE: (Supply.LOW, "降压供水", "low_pressure"),
    K.DISCOLOURED: (Supply.QUALITY, "发黄", "quality"),
    K.WATER_QUALITY: (Supply.QUALITY, "水质", "quality"),
    K.BOIL: (Supply.QUALITY, "煮沸", "quality"),
    K.DO_NOT_DRINK: (Supply.QUALITY, "饮用", "quality"),
    K.DO_NOT_USE: (Supply.QUALITY, "使用", "quality"),
}


def wish(kind: NoticeKind) -> Wish:
    told = AuthorityReport(to=Text("市卫健委", "City health commission"), at_ns=town.T0, by=OPERATOR.id)
    starts_ns = town.T0 + (48 * H if kind is K.PLANNED_OUTAGE else 0)
    return Wish(
        reason=SAID,
        starts_ns=starts_ns,
        estimated=kind is K.PLANNED_OUTAGE,
        eta_latest_ns=starts_ns + 6 * H if kind is K.PLANNED_OUTAGE else None,
        reported=told,
        quality=FACTS if kind in QUALITY_KINDS else None,
        scope=Scope(zones=("dma-01",)),
    )


async def told(ledger, plant, kind: NoticeKind, status: Status = Status.ACTUAL) -> tuple[Notice, Bulletin]:
    """Written by a person, approved and published by those who may."""
    first = OFFICER if kind in QUALITY_KINDS else MANAGER
    async with ledger.begin() as tx:
        draft = await drafts.draft(tx, plant, kind, wish(kind), OPERATOR, town.T0, status)
        await decisions.approve(tx, draft.id, first, town.T0)
        head = await decisions.publish(tx, draft.id, MANAGER, town.T0)
        (said,) = await versions.published(tx, draft.id)
        (part, *_) = (await versions.reach_of(tx, head)).reached
    assert part.supply == AT_THE_TAP[kind][2]
    return head, bulletin_of(said, plant)


def test_on_01_no_kind_is_left_out():
    assert set(AT_THE_TAP) == set(NoticeKind)


@pytest.mark.parametrize("kind", NoticeKind)
async def test_on_01_each_kind_is_told_with_what_it_leaves_and_its_end_is_a_version_of_it(
    ledger, plant, kind: NoticeKind
):
    head, bulletin = await told(ledger, plant, kind)
    supply, named, _ = AT_THE_TAP[kind]
    assert (head.state, head.supply, bulletin.kind) == (NoticeState.PUBLISHED, supply, kind)
    assert named in what(bulletin).zh and head.title.zh and head.title.en
    assert kind is K.PLANNED_OUTAGE or head.progress[0] == ("reported", town.T0), "it was noticed"
    assert head.body.zh and head.body.en and head.advice.zh and head.advice.en
    lab = "检-118" if kind in QUALITY_KINDS else ""
    async with ledger.begin() as tx:
        over = await decisions.restore(
            tx, head.id, OFFICER if lab else MANAGER, head.starts_ns + H, reason="现场确认", lab=lab
        )
        if over.state is NoticeState.PUBLISHED:
            over = await decisions.publish(tx, head.id, MANAGER, head.starts_ns + H)
        first, last = await versions.published(tx, head.id)
    assert (over.state, last.change) == (NoticeState.RESTORED, Change.RESTORED)
    assert last.identifier != first.identifier
    assert [one.identifier for one in last.references] == [first.identifier]


@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind not in LAB_KINDS])
async def test_on_09_what_a_person_wrote_ends_by_a_reason_that_a_person_gives(ledger, plant, kind):
    """No instrument is tied to it: nobody is told that water is back because somebody pressed a button."""
    head, _ = await told(ledger, plant, kind)
    async with ledger.begin() as tx:
        (before,) = await unproven(tx, head, head.starts_ns + H)
        with pytest.raises(Unfit) as refused:
            await decisions.restore(tx, head.id, MANAGER, head.starts_ns + H)
        assert refused.value.missing == (before,) and before.item == "recovery_missing"
        assert "请写明恢复依据" in before.why.zh and "how it is known" in before.why.en
        assert (await tx.get(Notice, head.id)).state is NoticeState.PUBLISHED
        over = await decisions.restore(tx, head.id, MANAGER, head.starts_ns + H, reason="抢修一班现场确认")
    assert (over.state, over.restored_why) == (NoticeState.RESTORED, "抢修一班现场确认")


@pytest.mark.parametrize("status", [Status.TEST, Status.EXERCISE])
async def test_on_01_a_test_and_an_exercise_say_so(ledger, plant, status: Status):
    _, bulletin = await told(ledger, plant, K.EMERGENCY_OUTAGE, status)
    assert bulletin.status is status


async def test_on_03_a_building_changes_what_its_flats_have(ledger, plant):
    """Weak water leaves the upper storeys dry; behind their own pumps people notice nothing yet."""
    upper = replace(town.account(71, "j4", "s-2", "中山路", 71), storey=DRY_FROM_STOREY)
    below = replace(town.account(72, "j4", "s-2", "中山路", 72), storey=DRY_FROM_STOREY - 1)
    pumped = replace(town.account(73, "j4", "s-2", "中山路", 73), storey=20, secondary_supply=True)
    async with ledger.begin() as tx:
        await tx.put_many([upper, below, pumped])
        weak = replace(wish(K.LOW_PRESSURE), scope=Scope(streets=("s-2",)))
        off = replace(wish(K.EMERGENCY_OUTAGE), scope=Scope(streets=("s-2",)))
        found = []
        for kind, said in ((K.LOW_PRESSURE, weak), (K.EMERGENCY_OUTAGE, off)):
            made = await drafts.draft(tx, plant, kind, said, OPERATOR, town.T0)
            reach = await versions.reach_of(tx, made)
            found.append({id: (part.supply, part.reason) for part in reach.reached for id in part.accounts})
    low, dry = found
    assert low[upper.id] == ("no_water", "upper_storey")
    assert low[below.id] == ("low_pressure", "on_named_street")
    assert low[pumped.id] == ("low_pressure", "behind_own_pumps")
    assert dry[pumped.id] == ("no_water", "own_tank_lasts_a_while")
    assert dry[upper.id] == ("no_water", "on_named_street")


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        (K.EMERGENCY_OUTAGE, ("位置最低的冷水龙头", "放水至清澈", "发白属正常"), ("lowest cold tap", "air")),
        (K.PLANNED_OUTAGE, ("位置最低的冷水龙头", "放水至清澈", "发白属正常"), ("lowest cold tap", "air")),
        (K.BOIL, ("放水5分钟", "滤芯", "冰块"), ("every tap", "filters", "ice")),
    ],
)
async def test_on_09_the_end_tells_what_to_do_at_the_tap(ledger, plant, kind, zh, en):
    head, _ = await told(ledger, plant, kind)
    over = closing.restored(head, town.T0 + H)
    assert all(word in over.advice.zh for word in zh)
    assert all(word in over.advice.en for word in en)
    assert (over.eta_latest_ns, over.next_update_ns) == (None, None)
