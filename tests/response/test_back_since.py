"""Since when water is back is told as instruments saw it come and valves were opened, not as it was believed;
where nobody knows, only that it is, and when that was confirmed (ON-09, HL-06, WO-29)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.clock import Anchor
from core.model.incident import Incident, IncidentState
from core.model.notice import Change, Notice, Progress
from core.model.valve_operation import StoppedBy, Turning, ValveOperation
from core.model.work_order import Outcome, WorkOrder
from core.runtime.clock import AnchoredClock
from response.bulletins import bulletin_of
from response.notices import decisions, versions
from response.orders.taking import Said
from response.progress import stages
from response.renderings.cap import parameters
from response.renderings.facts import starts
from response.renderings.headline import headline
from response.renderings.ivr import ivr
from response.renderings.sms import sms
from response.renderings.web import paragraphs
from tests.response import little_town as town
from tests.response.little_notices import publish

MANAGER = town.user(Role.DUTY_MANAGER)
SEEN_NS = 20 * town.MIN
"""How much later than it comes a detector believes that the inflow is back."""


@pytest.fixture
def still_clock() -> AnchoredClock:
    """The hub looks at it when all that these crews do is over."""
    return AnchoredClock(Anchor(0, town.T0 + town.HOUR, 0.0))


def back(at_ns: int) -> Incident:
    return replace(town.burst(IncidentState.RESTORED), back_ns=at_ns)


async def everything(ledger, plant, id: str, lang) -> str:
    async with ledger.read() as tx:
        b = bulletin_of((await versions.published(tx, id))[-1], plant)
    message = sms(b, lang, signature="示例水务", link="https://w.cn/1").text
    return "\n".join([headline(b).in_(lang), ivr(b).in_(lang), message, paragraphs(b).in_(lang)])


async def test_on_09_every_text_tells_when_water_came_back_and_not_when_that_was_believed(
    site, ledger, plant, ask
):
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive", "repair"):
        await site.step(name)
    came_ns = site.at + town.MIN
    site.at += SEEN_NS
    await town.report(ledger, back(came_ns))
    await site.heard()
    said = await site.content()
    assert (said.change, said.back_ns) == (Change.RESTORED, came_ns)
    assert "22:15起" in said.body.zh and "since Sun 22 Nov, 22:15" in said.body.en
    assert dict(said.progress)[Progress.RESTORED] == came_ns
    await publish(ledger, site.at)
    for lang in ("zh", "en"):
        told = await everything(ledger, plant, id, lang)
        assert "确认" not in told and "confirmed" not in told
        assert told.count("22:15") >= 2
    answer = await ask(account="A000031", now_ns=town.T0 + 2 * town.HOUR)
    assert "22:15" in answer.words.zh and "22:15" in answer.back.words.zh
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    assert order.recovered_ns == came_ns


async def test_on_09_it_is_back_no_sooner_than_the_last_valve_was_opened(site, ledger):
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await town.report(ledger, back(site.at))
    await site.heard()
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    site.at += town.MIN
    await site.valve(Turning.OPEN)
    assert (await site.content()).back_ns == site.at


async def test_on_09_it_is_back_no_sooner_than_the_main_was_being_filled(site, ledger):
    """Whatever the crew presses last: no stage comes after that water is back."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await site.step("repair")
    await site.valve(Turning.OPEN)
    came_ns = site.at
    await site.step("flush")
    filled_ns = site.at
    await town.report(ledger, back(came_ns))
    await site.heard()
    assert (await site.content()).back_ns == filled_ns
    await publish(ledger, site.at)
    site.at += 20 * town.MIN
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    async with ledger.read() as tx:
        head, (order,) = await tx.get(Notice, id), await tx.find(WorkOrder)
        log = await tx.find(ValveOperation, work_order=order.id)
    reached = stages(head, order, log)
    assert [stage for stage, _ in reached][-2:] == [Progress.REFILLING, Progress.RESTORED]
    assert max(at_ns for _, at_ns in reached) == dict(reached)[Progress.RESTORED] == filled_ns


@pytest.mark.parametrize("others", [False, True])
async def test_on_09_where_nobody_knows_since_when_it_is_told_when_that_was_confirmed(
    site, ledger, plant, ask, others
):
    """Others opened their valves unseen; or a person says it, whatever instruments show."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    if others:
        await site.step("isolate", Said(stopped=StoppedBy.BY_OTHERS))
        await site.step("complete", Said(outcome=Outcome.REPAIRED))
        await town.report(ledger, back(site.at - town.MIN))
        await site.heard()
        assert (await site.content()).back_ns is None
        await publish(ledger, site.at)
    else:
        async with ledger.begin() as tx:
            await decisions.restore(tx, id, MANAGER, site.at, reason="用户来电说已有水")
    async with ledger.read() as tx:
        head = await tx.get(Notice, id)
    assert head is not None and head.body.zh.startswith("确认于") and "as confirmed at" in head.body.en
    zh, en = [await everything(ledger, plant, id, lang) for lang in ("zh", "en")]
    async with ledger.read() as tx:
        b = bulletin_of((await versions.published(tx, id))[-1], plant)
    assert "restoredConfirmed" in dict(parameters(b)) and "restored" not in dict(parameters(b))
    assert "不晚于" in starts(b).zh and "over by" in starts(b).en, "until when it lasted nobody knows"
    assert "确认于" in zh and "已于" not in zh and "confirmed" in en and "since" not in en
    answer = await ask(account="A000031", now_ns=town.T0 + 2 * town.HOUR)
    assert "确认于" in answer.words.zh and "确认于" in answer.back.words.zh
