"""What the hub writes on an order is kept in both languages, and read in one; what a person wrote, and an
older row, is read as it was."""

from pathlib import Path

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.field_work import OrderNote
from core.model.text import Text, Words, in_lang
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from response.field_notes import hub_note
from response.orders import events
from tests.response import clocks_at_work as clocks
from tests.response import little_town as town

OLD = "值班长（值班手机）负责 / Duty manager (duty phone) answers for it"


async def kept(folder: Path, note: Words | None) -> WorkOrder:
    """As it is read after a restart."""
    said = Milestone(state=WorkOrderState.REPORTED, at_ns=town.T0, actor="hub", note=note)
    order = clocks.order(milestones=(said,))
    ledger = await SqlLedger.open(folder / "ledger.db")
    async with ledger.begin() as tx:
        await tx.insert(order)
        await events.put(tx, order, town.T0, "hub", Text("再次核实", "confirmed after all"))
        await tx.insert(hub_note(order, "growth", Text("请核对范围", "check how far it reaches"), town.T0))
    await ledger.close()
    again = await SqlLedger.open(folder / "ledger.db")
    async with again.read() as tx:
        found = await tx.get(WorkOrder, "WO-1")
        (note_of_hub,) = await tx.find(OrderNote, order="WO-1")
    await again.close()
    assert found is not None
    assert in_lang(note_of_hub.text, "en") == "check how far it reaches"
    return found


async def test_of_the_hubs_own_a_reader_has_one_language(tmp_path: Path) -> None:
    first, second = (await kept(tmp_path, Text("抢单", "taken from the pool"))).milestones
    assert [in_lang(one.note or "", "zh") for one in (first, second)] == ["抢单", "再次核实"]
    assert [in_lang(one.note or "", "en") for one in (first, second)] == [
        "taken from the pool",
        "confirmed after all",
    ]


async def test_a_persons_own_words_and_older_rows_are_read_as_they_were(tmp_path: Path) -> None:
    first, _ = (await kept(tmp_path, OLD)).milestones
    assert first.note == OLD and in_lang(OLD, "en") == OLD
