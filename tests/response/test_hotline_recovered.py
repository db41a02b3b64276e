"""HL-06, HL-10: what nobody published and instruments saw come back. Whoever calls from its area hears what
was measured; not that nothing is known, and neither the cause nor that it is over."""

from dataclasses import replace

import pytest

from core.model.incident import Incident, IncidentState, Member, Sign
from core.model.phone_call import SymptomGroup, calls_alarm
from core.model.sample import Batch, Sample
from core.model.valve_operation import Turning
from response.hotline.script import When
from response.hotline.shapes import Action
from response.verdict import Confidence, Verdict
from tests.response import little_town as town
from tests.response.little_notices import publish
from tests.response.little_town import report

BACK_NS = town.T0 + 25 * town.MIN
NOW = town.T0 + 40 * town.MIN
SAID_OF_THE_DRAFT = ("INC-1", "WO-", "NTC-", "管道", "爆", "burst", "main", "已恢复供水", "公告")


def seen(sign: Sign | None) -> tuple[Member, ...]:
    return (Member(alarm="dma-01.p1:low", occurrence=1, raised_ns=town.T0, why="new", sign=sign),)


def over(sign: Sign | None = Sign.PRESSURE_DOWN, **more: object) -> Incident:
    known = {"members": seen(sign), "back_ns": BACK_NS, **more}
    return replace(town.burst(IncidentState.RESTORED), **known)


async def gone(ledger, service, incident: Incident) -> None:
    await service.handle([await report(ledger, replace(town.burst(), members=incident.members))])
    await service.handle([await report(ledger, incident)])


@pytest.mark.parametrize(
    ("sign", "zh", "en"),
    [
        (Sign.PRESSURE_DOWN, "您附近水压曾偏低，", "showed low pressure; "),
        (Sign.INFLOW_UP, "您附近供水读数曾异常，", "showed unusual supply readings; "),
    ],
)
async def test_in_the_area_of_its_draft_what_was_measured_is_told_with_since_when(
    ask, ledger, service, sign, zh, en
):
    await gone(ledger, service, over(sign))
    answer = await ask(account="A000031", now_ns=NOW)
    assert (answer.verdict, answer.confidence) == (Verdict.PRESSURE_RECOVERED, Confidence.MEASURED)
    assert f"{zh}11月22日(周日)22:35起已恢复正常" in answer.words.zh
    assert f"{en}they have been back to normal since Sun 22 Nov, 22:35." in answer.words.en
    said = "".join(f"{line.zh}{line.en}" for line in (*answer.script.say, answer.back.words))
    assert not [one for one in SAID_OF_THE_DRAFT if one in said], "that is the agent's alone"
    (line,) = answer.script.internal
    assert "INC-1" in line.zh and "NTC-" in line.zh and "从未发布" in line.zh
    assert answer.back.when is When.RESTORED and "22:35" in answer.back.words.zh
    assert (answer.action, answer.standing) == (Action.REPORT, ())
    assert answer.triage, "it may be indoors"


async def test_where_since_when_is_not_known_only_that_it_is_back_is_told(ask, ledger, service):
    await gone(ledger, service, over(back_ns=None))
    answer = await ask(account="A000031", now_ns=NOW)
    assert "现已恢复正常" in answer.words.zh and "they are back to normal" in answer.words.en
    assert "22:" not in answer.words.zh + answer.back.words.zh


async def test_outside_its_area_and_after_a_day_nothing_is_known(ask, ledger, service):
    await gone(ledger, service, over())
    assert (await ask(account="A000060", now_ns=NOW)).verdict is Verdict.NOTHING_KNOWN
    late = await ask(account="A000031", now_ns=BACK_NS + 25 * town.HOUR)
    assert late.verdict is Verdict.NOTHING_KNOWN and late.script.internal == ()


@pytest.mark.parametrize(
    "unseen",
    [
        {"members": (replace(seen(None)[0], alarm=calls_alarm("dma-01", SymptomGroup.SUPPLY)),)},
        {"why": ("never_confirmed", "all_members_cleared")},
    ],
)
async def test_what_no_instrument_saw_come_back_is_not_said_to_have(ask, ledger, service, unseen):
    await gone(ledger, service, over(**unseen))
    assert (await ask(account="A000031", now_ns=NOW)).verdict is Verdict.NOTHING_KNOWN


async def test_pressure_that_is_low_again_now_comes_first(ask, ledger, service, live):
    await gone(ledger, service, over())
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p1", NOW, 9.0)]))
    answer = await ask(account="A000031", now_ns=NOW)
    assert answer.verdict is Verdict.LOW_PRESSURE_MEASURED
    assert answer.back.when is not When.RESTORED


async def test_behind_valves_that_stand_shut_for_it_the_water_is_known_to_be_off(ask, ledger, site):
    """Instruments recover once the break is parted from them; whoever is behind the valves has no water."""
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await town.report(ledger, over(back_ns=site.at))
    await site.heard()
    answer = await ask(account="A000031", now_ns=site.at)
    assert (answer.verdict, answer.confidence) == (Verdict.KNOWN_OUTAGE, Confidence.CONFIRMED)
    assert answer.back.when is When.NOT_PUBLISHED


async def test_what_was_published_is_told_as_published(ask, ledger, service):
    await service.handle([await report(ledger, town.burst())])
    await publish(ledger, town.T0 + town.MIN)
    await service.handle([await report(ledger, over())])
    assert (await ask(account="A000031", now_ns=NOW)).verdict is Verdict.KNOWN_OUTAGE
