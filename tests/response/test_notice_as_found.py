"""Once a crew has found the break a notice suspects and hedges nothing any more, and of a repair under
pressure (带压) every rendering says that water stays on (ON-05, ON-22, WO-21)."""

from dataclasses import replace
from io import BytesIO

import pypdf

from core.model.account import Role
from core.model.notice import Change, Notice, NoticeState
from core.model.text import Text
from core.model.valve_operation import StoppedBy, Turning
from core.model.work_order import Outcome
from response.bulletins import bulletin_of
from response.notices import drafts, versions
from response.notices.drafts import Wish
from response.orders.taking import Said
from response.renderings.facts import what
from response.renderings.poster import poster
from response.renderings.web import paragraphs
from response.wording import neutral
from tests.response import little_town as town
from tests.response.little_notices import publish

OPERATOR = town.user(Role.OPERATOR)
CLAMP = Said(stopped=StoppedBy.UNDER_PRESSURE)


async def test_once_found_nothing_is_suspected_and_behind_shut_valves_nothing_hedged(site, ledger, ask):
    """ON-02, ON-03: who is without water is known then."""
    await publish(ledger, site.at)
    assert [one.sure for one in (await ask(account="A000031")).standing] == [False]
    for name in ("depart", "arrive"):
        await site.step(name)
    assert (await site.content()).state is NoticeState.PUBLISHED
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    said = await site.content()
    assert "以下路段停水：" in said.body.zh and "Water is off in: " in said.body.en
    hedged = said.title.zh + said.title.en + said.body.zh + said.body.en
    assert not any(word in hedged for word in ("疑似", "可能停水", "suspected", "may be off", "核实"))
    await publish(ledger, site.at)
    answer = await ask(account="A000031")
    assert "您家已停水" in answer.words.zh and "your water is off" in answer.words.en
    assert [one.sure for one in answer.standing] == [True], "the row under it is as sure"
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    assert "以下路段仍停水：" in (await site.content()).body.zh
    await site.valve(Turning.OPEN)
    assert "可能仍停水或水压偏低" in (await site.content()).body.zh
    assert [one.sure for one in (await ask(account="A000031")).standing] == [False]


async def test_hl_10_while_the_main_is_filled_nobody_hears_that_their_water_is_off(site, ledger, ask):
    """The notice that is out was written while valves were shut: they are open again."""
    await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    await publish(ledger, site.at)
    await site.valve(Turning.OPEN)
    await site.step("flush")
    said = (await ask(account="A000031")).words
    assert "正在充水冲洗，可能停水" in said.zh and "filled and flushed; water may be off" in said.en


async def test_what_is_found_without_shutting_anything_makes_the_next_version_too(site, ledger, plant):
    """ON-05: a person's description stays, and the title over it is the hub's own."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive", "repair"):
        await site.step(name)
    said = await site.content()
    assert (said.change, said.author) == (Change.UPDATE, "hub")
    assert "疑似" not in said.title.zh + said.body.zh and "抢修期间，以下路段停水或水压偏低" in said.body.zh
    async with ledger.begin() as tx:
        await tx.put(replace((await tx.get(Notice, id)), written=("description",)))
        await versions.drop(tx, await versions.prepared(tx, id))
        own = await drafts.update(tx, plant, id, Wish(), OPERATOR.id, site.at)
    assert "疑似" not in own.title.zh + own.reason.zh and "疑似" in own.description.zh


async def test_what_a_person_edits_of_a_repair_under_pressure_says_that_water_stays_on(site, ledger, plant):
    """ON-05, ON-22: in its text and its advice, on the page and on the poster."""
    id = await publish(ledger, site.at)
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.step("isolate", CLAMP)
    async with ledger.begin() as tx:
        before = await site.content()
        own = await drafts.edit(tx, plant, id, before.seq, Wish(), OPERATOR, site.at)
        assert own.advice.zh == before.advice.zh and own.body.zh == before.body.zh
    await publish(ledger, site.at)
    async with ledger.read() as tx:
        b = bulletin_of((await versions.published(tx, id))[-1], plant)
    assert what(b) == Text("抢修不停水", "Repairs, water stays on")
    for lang in ("zh", "en"):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(poster(b, lang))).pages)
        said = paragraphs(b).in_(lang) + "".join(text.split())
        assert "抢修停水" not in said and "Wateroff" not in said and "Keeptapsclosed" not in said
        for words in ("不停水", "无需储水") if lang == "zh" else ("waterstayson", "noneedtostore"):
            assert words in said.replace(" ", "")


async def test_the_neutral_text_suspects_nothing_that_was_found(site):
    for name in ("depart", "arrive", "repair"):
        await site.step(name)
    bare = neutral(await site.content())
    assert "疑似" not in bare.title.zh + bare.body.zh + bare.reason.zh
