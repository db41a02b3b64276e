"""What people are advised follows how far the work has come (ON-01)."""

from core.model.notice import Site
from core.model.valve_operation import Turning
from core.model.work_order import Outcome
from response.orders.taking import Said
from tests.response.little_notices import publish


async def test_once_it_is_repaired_nobody_is_told_to_store_water_that_is_coming_back(site, ledger) -> None:
    await publish(ledger, site.at)
    assert "储备" in (await site.content()).advice.zh
    for name in ("depart", "arrive"):
        await site.step(name)
    await site.valve(Turning.CLOSE)
    await site.step("isolate")
    assert "储备" in (await site.content()).advice.zh, "who has water still may lose it"
    await publish(ledger, site.at)
    await site.step("repair")
    await site.step("complete", Said(outcome=Outcome.REPAIRED))
    await site.valve(Turning.OPEN)
    said = await site.content()
    assert said.site is Site.RETURNING and "正在恢复供水" in said.body.zh
    assert "储备" not in said.advice.zh and "store what" not in said.advice.en
    assert "放水至清澈" in said.advice.zh and "until it is clear" in said.advice.en
