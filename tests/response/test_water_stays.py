"""That the network's model leaves a house with water is a guess while the pipe is one: nobody is told flatly
that their water stays before a crew has found the place, and whoever has none is heard (HL-06, HL-10)."""

from dataclasses import replace

import pytest

from core.model.notice import Notice, StreetExtent
from core.model.report import Channel, Report, Symptom
from core.model.text import Text
from core.model.valve_operation import Turning
from response.verdict import Verdict
from tests.response import little_town as town
from tests.response.little_notices import publish

NAMED, WEAK, OF_ZONE = "A000070", "A000001", "A000060"
"""Between two houses that are off, on another main; of a street named whole, computed weak; of another street
of the zone."""
FLAT = ("按管网计算", "不停水", "network model", "stays on")
GUESSED = {
    NAMED: ("据现有信息，您家预计不会停水", "is not expected to be off"),
    WEAK: ("据现有信息，您家可能只是水压偏低，预计不会停水", "may be only weak, and is not expected to stop"),
    OF_ZONE: (
        "您的地址不在已公布的停水范围内，但故障位置仍在核实",
        "in the published area. The place",
    ),
}
KNOWN = {
    NAMED: ("按管网计算，您家的接水点不会停水", "by our network model your connection should not be off"),
    WEAK: ("按管网计算，您家不停水", "by our network model your water stays on"),
}
VERDICTS = {
    NAMED: Verdict.STREET_NAMED,
    WEAK: Verdict.KNOWN_LOW_PRESSURE,
    OF_ZONE: Verdict.NEARBY_OUTAGE,
}


@pytest.fixture
async def published(ledger, service, site, request):
    """The burst's notice is out; for WEAK the model has its pressure low."""
    weak = getattr(request.node, "callspec", None) and request.node.callspec.params.get("account") == WEAK
    async with ledger.begin() as tx:
        await tx.put(town.account(70, "j1", "s-1", "人民路", 50))
    await town.report(ledger, town.burst(radius_m=150.0 if weak else 0.0))
    await site.heard()
    await publish(ledger, site.at)
    return site


async def name_whole(ledger, account: str) -> None:
    if account == WEAK:
        async with ledger.begin() as tx:
            (notice,) = await tx.find(Notice)
            whole = (StreetExtent(street="s-1", name=Text("人民路", "Renmin Road")),)
            await tx.put(replace(notice, streets=whole, seq=notice.seq + 1))


async def reported(ledger, site, by: str, **more: object) -> None:
    said = {"symptom": Symptom.NO_WATER, "account": by, "incident": "INC-1", "zone": "dma-01"}
    async with ledger.begin() as tx:
        made = Report(id="RPT-1", channel=Channel.PHONE, at_ns=site.at, **said)
        await tx.put(replace(made, **more))


async def shut(site) -> None:
    await site.step("isolate")
    await site.valve(Turning.CLOSE)


@pytest.mark.parametrize("account", [NAMED, WEAK, OF_ZONE])
async def test_hl_10_while_the_place_is_suspected_it_is_said_as_a_guess_whatever_is_published(
    ask, ledger, published, account
):
    await name_whole(ledger, account)
    for step in ("depart", "arrive"):
        card = await ask(account=account, now_ns=published.at)
        assert card.verdict is VERDICTS[account]
        assert GUESSED[account][0] in card.words.zh and GUESSED[account][1] in card.words.en
        assert "故障位置仍在核实；如果家中没有水，请告诉我们" in card.words.zh
        assert "still being confirmed; if you have no water, please tell us" in card.words.en
        said = [one for line in card.script.say for one in (line.zh, line.en)]
        assert not [one for one in said if any(word in one for word in FLAT)]
        await published.step(step)


@pytest.mark.parametrize("account", [NAMED, WEAK])
async def test_hl_10_once_valves_stand_shut_who_is_behind_none_is_told_so_and_to_ring(
    ask, ledger, published, account
):
    for step in ("depart", "arrive"):
        await published.step(step)
    await shut(published)
    await name_whole(ledger, account)
    card = await ask(account=account, now_ns=published.at)
    assert card.verdict is VERDICTS[account]
    assert KNOWN[account][0] in card.words.zh and KNOWN[account][1] in card.words.en
    assert "如果您家没有水，请告诉我们" in card.words.zh and "If you have no water, tell us" in card.words.en
    assert "仍在核实" not in card.words.zh and "预计不会" not in card.words.zh


@pytest.mark.parametrize("found", [False, True])
async def test_hl_10_whom_a_range_of_low_pressure_names_and_nobody_reckons_hears_it_of_the_range_alone(
    ask, ledger, published, found
):
    """What goes on nearby, then the range, then what is expected of the house: never that its pressure may be
    low and is not."""
    if found:
        for step in ("depart", "arrive"):
            await published.step(step)
        await shut(published)
    async with ledger.begin() as tx:
        (notice,) = await tx.find(Notice)
        low = (StreetExtent(street="s-1", name=Text("人民路", "Renmin Road"), numbers="49–51", weak=True),)
        await tx.put(replace(notice, streets=low, seq=notice.seq + 1))
    card = await ask(account=NAMED, now_ns=published.at)
    assert card.verdict is Verdict.STREET_NAMED
    zh = ("您附近的供水管道", "列出的人民路49–51号包括您家", "不会水压偏低")
    en = ("A water main near you", "49–51 Renmin Road, and yours is in it", "have low pressure")
    for said, parts in ((card.words.zh, zh), (card.words.en, en)):
        at = [said.find(one) for one in parts]
        assert -1 not in at and at == sorted(at), said
    assert "您家水压可能偏低" not in card.words.zh and "your pressure may be low" not in card.words.en


@pytest.mark.parametrize("found", [False, True])
@pytest.mark.parametrize("account", [NAMED, WEAK, OF_ZONE])
async def test_hl_06_who_reported_no_water_hears_that_it_is_looked_at(ask, ledger, published, account, found):
    """Whatever was computed for the house, and also behind no valve."""
    await name_whole(ledger, account)
    await reported(ledger, published, account)
    if found:
        for step in ("depart", "arrive"):
            await published.step(step)
        await shut(published)
        await name_whole(ledger, account)
    card = await ask(account=account, now_ns=published.at)
    assert "您反映家中无水，我们已登记，正在核实" in card.words.zh
    assert "on record and being looked at" in card.words.en
    said = [one for line in card.script.say for one in (line.zh, line.en)]
    assert not [one for one in said if any(word in one for word in (*FLAT, "预计不会", "not expected"))]


@pytest.mark.parametrize(
    "more",
    [{"taken_back_ns": 1}, {"symptom": Symptom.NOISE}, {"account": OF_ZONE}, {"at_ns": 0, "incident": None}],
    ids=["taken back", "another symptom", "another account", "long before"],
)
async def test_hl_06_another_report_is_not_this_one(ask, ledger, published, more):
    await reported(ledger, published, NAMED, **more)
    assert "您反映家中无水" not in (await ask(account=NAMED, now_ns=published.at)).words.zh


async def test_hl_06_one_of_before_the_notice_began_counts_by_its_incident(ask, ledger, published):
    await reported(ledger, published, NAMED, at_ns=0)
    assert "您反映家中无水" in (await ask(account=NAMED, now_ns=published.at)).words.zh
