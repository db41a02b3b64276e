"""E2E-6: the historian and the way to the world are down; the card is there all the same, says how old its
past is; the paper pack is printed."""

import asyncio
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from core.adapters.sqlite_historian import SqliteHistorian
from core.model.account import Role
from core.model.notice import Notice
from core.model.sample import Batch, Sample
from core.ports.historian import HistorianUnavailable
from core.runtime.live import LiveTable
from response.hotline.card import Asked, card
from response.hotline.paper_pack import paper_pack
from response.hotline.script import When
from response.notices import decisions
from response.verdict import Confidence
from response.wording import LATE
from tests.own_time import within
from tests.response import little_town as town

AGENT, MANAGER = town.user(Role.HOTLINE), town.user(Role.DUTY_MANAGER)
NOW = town.T0 + town.MIN
EARLY = NOW // town.HOUR * town.HOUR + town.MIN
"""An hour has just begun: what was told then is asked again at NOW."""


class Store:
    """A historian that can be switched off, or made to hang: a port in the way of a real one."""

    def __init__(self, real: SqliteHistorian) -> None:
        self._real, self.asked = real, 0
        self.down = self.hangs = False

    async def buckets_of(self, *args, **more):
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.down:
            raise HistorianUnavailable("no answer")
        return await self._real.buckets_of(*args, **more)


@pytest.fixture
async def store(tmp_path, plant):
    real = await SqliteHistorian.open(tmp_path / "historian.db", plant.tags)
    hours = range(town.T0 - 14 * 24 * town.HOUR, town.T0, town.HOUR)
    await real.write([Batch.of("modbus:st-01", [Sample("dma-01.p1", t, 30.0) for t in hours])])
    yield Store(real)
    await real.close()


@pytest.fixture
def ask(desk, store):
    live = LiveTable()
    live.update(Batch.of("modbus:st-01", [Sample("dma-01.p1", town.T0, 28.0)]))
    at_work = replace(desk, live=live, historian=store)

    async def ask(now_ns: int = NOW):
        return await card(at_work, Asked(account="A000031"), user=AGENT, now_ns=now_ns)

    return ask


async def published(ledger, service) -> Notice:
    await service.handle([await town.report(ledger, town.burst())])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await decisions.approve(tx, draft.id, MANAGER, NOW)
        await decisions.publish(tx, draft.id, MANAGER, NOW)
        known = await tx.get(Notice, draft.id)
        assert known is not None
        return known


def _p1(answer):
    return next(row for row in answer.sensors if row.tag == "dma-01.p1")


@pytest.mark.parametrize("trouble", ["down", "hangs"])
async def test_with_the_historian_away_the_card_says_what_was_usual_and_since_when(
    ask, store, ledger, service, trouble
):
    await published(ledger, service)
    before = _p1(await ask(EARLY))
    assert before.usual_low is not None and len(before.spark) >= 20
    setattr(store, trouble, True)
    async with within(1):
        answer = await ask()
    kept = _p1(answer)
    assert (kept.value, kept.usual_low, kept.spark[:-1]) == (28.0, before.usual_low, before.spark[:-1])
    assert kept.past_as_of_ns == EARLY, "it says how old it is"
    assert answer.confidence is Confidence.PUBLISHED and answer.back.when is When.ESTIMATE
    await ask(NOW + town.S)
    assert store.asked == 2, "a historian that has just failed is left alone"


async def test_callers_of_one_street_ask_the_historian_once(ask, store):
    for _ in range(20):
        await ask()
    assert store.asked == 1


async def test_what_was_never_known_is_not_made_up(ask, store):
    store.down = True
    row = _p1(await ask())
    assert (row.value, row.usual_low, row.spark, row.past_as_of_ns) == (28.0, None, (), None)


async def test_the_paper_pack_says_when_water_is_back_what_to_ask_and_has_forms(ledger, service, plant):
    notice = await published(ledger, service)
    pages = PdfReader(BytesIO(paper_pack(plant.utility, [notice], NOW))).pages
    text = "\n".join(page.extract_text() for page in pages)
    for said in ("人民路", "何时来水", "03:30", "下次通报不晚于", "Renmin Road", "96000", "地址 Address"):
        assert said in text, said
    assert "INC-1" not in text and "用户" not in text and "p2" not in text
    late = paper_pack(plant.utility, [notice], NOW + 20 * town.HOUR)
    old = "\n".join(page.extract_text() for page in PdfReader(BytesIO(late)).pages)
    assert "已过" in old and "何时来水：11月23日" not in old
    assert "下次通报不晚于" not in old and LATE.zh in old.replace("\n", ""), (
        "a promise that was missed is owned up to"
    )


async def test_without_notices_it_says_so(plant):
    (first, *_) = PdfReader(BytesIO(paper_pack(plant.utility, [], NOW))).pages
    assert "没有在执行的公告" in first.extract_text()
