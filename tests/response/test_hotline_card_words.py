"""The card's words fit what is the matter: weak is not out, an all-clear is no tap that runs again, and what
goes on beside an address is the agent's alone (HL-06, HL-10)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.incident import IncidentState
from core.model.notice import Notice, NoticeKind, NoticeState, StreetExtent
from core.model.pressure_unit import PressureUnit
from core.model.sample import Batch, Sample
from core.model.text import Text
from core.model.work_order import Finding, Outcome, WorkOrder, WorkOrderState
from response.hotline.card import Asked, card
from response.hotline.script import Of, When
from response.notices import closing
from response.notices import decisions as notices
from response.street_words import streets
from response.verdict import Verdict
from tests.response import little_town as town
from tests.response.little_notices import publish
from tests.response.little_town import report
from tests.response.test_hotline_advice import NOW, put_notice

MANAGER = town.user(Role.DUTY_MANAGER)


async def _told(ask, **more) -> tuple[object, str, str]:
    answer = await ask(account="A000031", **more)
    say = answer.script.say
    return answer, "".join(one.zh for one in say), " ".join(one.en for one in say)


async def _weak(ledger, service) -> None:
    """A000001 has weak water by a notice that is out."""
    await service.handle([await report(ledger, town.burst(radius_m=150.0))])
    await publish(ledger, NOW)


async def test_hl_06_weak_water_is_not_told_as_an_outage(ask, ledger, service):
    await _weak(ledger, service)
    answer = await ask(account="A000001")
    assert (answer.verdict, answer.back.of) == (Verdict.KNOWN_LOW_PRESSURE, Of.PRESSURE)
    zh = "".join(one.zh for one in answer.script.say)
    en = " ".join(one.en for one in answer.script.say)
    assert "水压恢复正常后我们会通知您" in zh and "恢复正常水压" in zh and "停水" not in zh
    assert "back to normal" in en and "When water returns" not in en and "Water is expected" not in en


@pytest.mark.parametrize("kind", [NoticeKind.BOIL, NoticeKind.DO_NOT_DRINK])
async def test_hl_06_an_all_clear_says_that_the_advice_is_lifted_and_what_to_do_at_the_tap(ask, ledger, kind):
    notice = await put_notice(ledger, kind)
    async with ledger.begin() as tx:
        over = closing.restored(notice, NOW)
        await tx.put(replace(over, state=NoticeState.RESTORED, seq=notice.seq + 1))
    answer, zh, en = await _told(ask, now_ns=NOW + town.MIN)
    assert (answer.verdict, answer.back.of) == (Verdict.LIFTED, Of.ADVICE)
    assert "各放水5分钟" in zh and "更换滤芯" in zh and "冰块" in zh
    assert "five minutes" in en and "change filters" in en and "ice" in en
    assert "恢复供水" not in zh and "没有水" not in zh and "without water" not in en


async def test_hl_06_advice_on_the_water_says_since_when_where_and_how_it_ends(ask, ledger):
    extent = StreetExtent(street="s-1", name=Text("人民路", "Renmin Road"))
    await put_notice(ledger, NoticeKind.BOIL, streets=(extent,), next_update_ns=NOW + town.HOUR)
    answer, zh, en = await _told(ask)
    assert answer.verdict is Verdict.QUALITY_ADVISORY and answer.back.when is When.NO_ESTIMATE
    assert "自11月22日(周日)22:10起" in zh and "涉及范围：人民路" in zh and "下次通报不晚于" in zh
    assert "since Sun 22 Nov, 22:10" in en and "Renmin Road" in en
    assert "恢复" not in answer.back.words.zh and "解除" in answer.back.words.zh
    assert "何时来水" not in zh and "恢复供水" not in zh


async def test_hl_06_nobody_is_sorry_twice_nor_told_twice_that_a_notice_is_out(ask, ledger, service):
    await service.handle([await report(ledger, town.burst())])
    _, zh, en = await _told(ask)
    assert zh.count("添麻烦") == 1 and en.count("sorry") == 1
    await publish(ledger, NOW)
    _, zh, en = await _told(ask)
    assert zh.count("添麻烦") == 1 and "公告已" not in zh and "published" not in en


async def test_hl_10_a_burst_whose_known_place_leaves_the_address_out_is_the_agents_alone(
    ask, ledger, service, live
):
    """The instruments' fall is told as measured; incident, order and place are not."""
    await service.handle([await report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (order,) = await tx.find(WorkOrder)
        await tx.put(replace(order, state=WorkOrderState.ISOLATING))
    assert (await ask(account="A000060")).verdict is Verdict.NOTHING_KNOWN
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p1", NOW, 12.0), Sample("dma-01.p2", NOW, 9.0)]))
    answer = await ask(account="A000060")
    assert answer.verdict is Verdict.LOW_PRESSURE_MEASURED
    assert "0.09兆帕" in answer.words.zh, "where it is lowest"
    (incident, *low) = answer.script.internal
    assert (
        "INC-1" in incident.zh and "WO-" in incident.zh and " m" in incident.zh and "confirmed" in incident.en
    )
    assert ["0.088 MPa" in low[0].en, "0.118 MPa" in low[1].en] == [True, True]
    said = " ".join(f"{one.zh}{one.en}" for one in answer.script.say)
    assert "INC-1" not in said and "WO-" not in said and "burst" not in said
    assert answer.back.when is When.NOT_PUBLISHED, "no time of it is promised"
    assert answer.standing == ()


async def test_hl_10_what_is_over_is_no_hint_any_more(ask, ledger, service):
    await service.handle([await report(ledger, town.burst())])
    await service.handle([await report(ledger, town.burst(IncidentState.RESTORED))])
    assert (await ask(account="A000060")).script.internal == ()


async def test_hl_06_a_cut_that_was_called_off_names_no_time_to_wait_for(ask, ledger):
    times = {"starts_ns": NOW + town.HOUR, "eta_latest_ns": NOW + 2 * town.HOUR}
    notice = await put_notice(ledger, NoticeKind.PLANNED_OUTAGE, **times)
    async with ledger.begin() as tx:
        await notices.withdraw(tx, notice.id, MANAGER, NOW, reason="发布有误")
    answer, zh, _ = await _told(ask)
    assert (answer.verdict, answer.back.when) == (Verdict.CALLED_OFF, When.CALLED_OFF)
    assert "停水取消" in zh and "无需储水" in zh and "仍然没有水" not in zh


async def test_on_09_of_a_cut_called_off_once_it_had_begun_a_caller_hears_that_water_comes_back(ask, ledger):
    notice = await put_notice(ledger, NoticeKind.PLANNED_OUTAGE, eta_latest_ns=NOW + town.HOUR)
    async with ledger.begin() as tx:
        await notices.withdraw(tx, notice.id, MANAGER, NOW, reason="发布有误")
    answer, zh, en = await _told(ask)
    assert answer.verdict is Verdict.CALLED_OFF
    assert "已停水的正在恢复供水" in zh and "正常供水" not in zh and "无需储水" not in zh
    assert "it is coming back" in en and "stays on" not in en


def test_hl_06_one_street_more_is_one_street():
    named = [StreetExtent(street=f"s-{n}", name=Text(f"路{n}", f"Road {n}")) for n in range(30)]
    left = {streets(named[:n]).en.rpartition(" and ")[2] for n in range(1, 30)}
    assert "1 more street" in left and "2 more streets" in left


async def test_hl_10_beside_nothing_found_no_time_of_a_repair_is_told(ask, ledger, service):
    """Neither within the published area nor beside it, before the update that says so is out."""
    await service.handle([await report(ledger, town.burst())])
    id = await publish(ledger, NOW)
    async with ledger.begin() as tx:
        notice = await tx.get(Notice, id)
        (order,) = await tx.find(WorkOrder)
        assert notice is not None and notice.eta_latest_ns is not None
        await tx.put(
            replace(
                order,
                state=WorkOrderState.COMPLETED,
                finding=Finding(outcome=Outcome.NOT_FOUND, by="crew", at_ns=NOW),
                seq=order.seq + 1,
            )
        )
    for account in ("A000031", "A000060"):
        answer = await ask(account=account)
        said = "".join(one.zh + one.en for one in answer.script.say)
        assert "暂未发现故障" in said, account
        assert "预计" not in said and "expected" not in said, account
        assert answer.back.when is When.NOT_PUBLISHED and answer.back.latest_ns is None


async def test_on_03_whom_the_published_numbers_name_without_its_being_off_hears_both(
    ask, ledger, service, desk
):
    """The public page says that no. 50 is in: the house hangs on another main, between two that are off."""
    async with ledger.begin() as tx:
        await tx.put(town.account(70, "j1", "s-1", "人民路", 50))
    await service.handle([await report(ledger, town.burst())])
    await publish(ledger, NOW)
    answer = await ask(account="A000070")
    assert (answer.verdict, answer.back.of) == (Verdict.STREET_NAMED, Of.REPAIR)
    assert "列出的人民路40–58号包括您家；据现有信息，您家预计不会停水" in answer.words.zh
    assert "yours is in it; by what is known now your connection is not expected to be off" in answer.words.en
    assert "不在已公布" not in answer.words.zh and "抢修预计" in answer.words.zh
    assert answer.standing[0].supply == "unaffected"
    assert (await ask(account="A000060")).verdict is Verdict.NEARBY_OUTAGE, "another street is not named"
    await service.handle([await report(ledger, town.burst(IncidentState.RESTORED))])
    back = await ask(account="A000070")
    assert back.verdict is Verdict.STREET_NAMED, "nobody has said yet that it is over"
    assert "仪表显示水压已回升，正在确认" in back.words.zh and "yours is in it" in back.words.en


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (NoticeKind.EMERGENCY_OUTAGE, "您家的接水点不会停水"),
        (NoticeKind.PLANNED_OUTAGE, "请先储一些水"),
        (NoticeKind.BOIL, "为稳妥起见，请同样照此用水"),
    ],
)
async def test_on_03_of_a_whole_street_it_is_said_why_it_is_named(ask, ledger, kind, said):
    """In a zone that the notice says nothing of, and before planned work begins."""
    whole = StreetExtent(street="s-2", name=Text("中山路", "Zhongshan Road"))
    later = NOW + town.HOUR if kind is NoticeKind.PLANNED_OUTAGE else NOW - town.MIN
    ends = {"eta_earliest_ns": later + town.HOUR, "eta_latest_ns": later + town.HOUR}
    await put_notice(ledger, kind, zone="dma-02", streets=(whole,), starts_ns=later, **ends)
    answer = await ask(account="A000056")
    assert answer.verdict is Verdict.STREET_NAMED
    assert "按整条街公布，列出了中山路" in answer.words.zh and said in answer.words.zh
    assert "names all of Zhongshan Road" in answer.words.en
    assert ("现在还没有开始" in answer.words.zh) is (kind is NoticeKind.PLANNED_OUTAGE)


async def test_on_03_who_is_computed_to_have_weak_water_and_is_named_as_off_hears_both(ask, ledger, service):
    await _weak(ledger, service)
    async with ledger.begin() as tx:
        (notice,) = await tx.find(Notice)
        whole = (StreetExtent(street="s-1", name=Text("人民路", "Renmin Road")),)
        await tx.put(replace(notice, streets=whole, seq=notice.seq + 1))
    answer = await ask(account="A000001")
    assert answer.verdict is Verdict.KNOWN_LOW_PRESSURE
    assert "列出了人民路；据现有信息，您家可能只是水压偏低，预计不会停水" in answer.words.zh
    assert "your water may be only weak, and is not expected to stop" in answer.words.en


async def test_r_13_it_is_read_aloud_in_the_unit_of_the_site(desk, live):
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p2", NOW, 9.0)]))
    utility = replace(desk.plant.utility, pressure_unit=PressureUnit.BAR)
    there = replace(desk, live=live, plant=replace(desk.plant, utility=utility))
    told = await card(there, Asked(account="A000060"), user=town.user(Role.HOTLINE), now_ns=NOW)
    assert "0.9巴" in told.words.zh and "is low: 0.9 bar" in told.words.en
