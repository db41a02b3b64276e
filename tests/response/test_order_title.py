"""An order of a burst is called what is known: suspected, until the crew has found it."""

from core.model.text import Text
from core.model.work_order import Outcome, WorkOrder
from response.orders.taking import Said


async def _title(ledger) -> Text:
    async with ledger.read() as tx:
        (order,) = await tx.find(WorkOrder)
    return order.title


async def test_a_burst_that_the_crew_has_found_is_suspected_no_more(site, ledger):
    titles = [await _title(ledger)]
    for step in ("depart", "arrive", "isolate"):
        await site.step(step)
        titles.append(await _title(ledger))
    assert [title.zh.startswith("疑似爆管抢修：") for title in titles] == [True, True, True, False]
    assert titles[-1].zh == titles[0].zh.removeprefix("疑似")
    assert titles[-1].en == titles[0].en.replace("Suspected burst", "Burst")


async def test_where_the_crew_finds_nothing_it_stays_suspected(site, ledger):
    for step in ("depart", "arrive"):
        await site.step(step)
    await site.step("complete", Said(outcome=Outcome.NOT_FOUND, note="现场未见漏水"))
    assert (await _title(ledger)).zh.startswith("疑似爆管抢修：")
