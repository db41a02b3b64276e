"""The approved master alarm database: two persons change it, alarms live through it, drift is found (A-04,
A-14, rows 25 and 26)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from alarms import acts, master
from alarms.acts import Seen
from alarms.cells import MATRIX_ROW, cells_of, matrix_cells, row_of
from alarms.difference import Table
from alarms.health_alarms import HealthAlarms
from alarms.master_watch import CONDITION, MasterWatch
from alarms.matrix import MATRIX
from alarms.proposals import Declined
from alarms.service import AlarmService
from alarms.spec import AlarmRow
from alarms.states import AlarmEvent
from alarms.wrong_row import WrongRow
from core.model.alarm import Alarm, State
from core.model.master import MasterDrift, MasterRow
from core.model.proposal import Proposal, ProposalState
from core.runtime.health import Health
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_rows import row
from tests.alarms.alarm_town import one

APPROVED, REFUSED, WITHDRAWN = ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.WITHDRAWN
WHY = "the new pump holds three metres less"
LOW = "dma-01.p1:low"
P1 = "dma-01.p1"


def table(**more: object) -> dict[str, dict[str, str]]:
    """Pressure low at 14 m in every zone, latched; and the matrix."""
    made = AlarmRow.model_validate(row(latching=True, **more))
    return {"low": cells_of(made), MATRIX_ROW: matrix_cells(MATRIX)}


def changed(cells: dict[str, str], **fields: str) -> dict[str, str]:
    kept = {column: text for column, text in (cells | fields).items() if column != "priority"}
    return cells_of(row_of(kept))


@dataclass
class Office:
    """The alarm room, and those who keep its master database. files: what the plant's folder says."""

    room: Room
    health: Health
    files: Table | None
    service: AlarmService
    watch: MasterWatch

    async def rows(self) -> dict[str, dict[str, str]]:
        async with self.room.ledger.read() as tx:
            return {id: one.cells for id, one in (await master.approved(tx)).items()}

    async def propose(self, after: Table, by: str = "li", why: str = WHY) -> Proposal:
        async with self.room.ledger.begin() as tx:
            return await master.propose(tx, after, self.room.plant, why, by, self.room.clock.now_ns())

    async def decide(self, proposal: Proposal, by: str, state: ProposalState = APPROVED) -> Proposal:
        async with self.room.ledger.begin() as tx:
            now_ns, plant = self.room.clock.now_ns(), self.room.plant
            return await master.decide(tx, proposal.id, proposal.seq, state, by, None, plant, now_ns)

    async def change(self, **fields: str) -> None:
        """Proposed by one, approved by another; until the engine runs on it."""
        rows = await self.rows()
        await self.decide(await self.propose(rows | {"low": changed(rows["low"], **fields)}), "wang")
        async with self.room.ledger.read() as tx:
            version = str(await master.latest(tx))

        async def carried() -> bool:
            alarm = await self.room.alarm(LOW)
            return alarm is not None and alarm.config == version

        await self.room.until(carried)

    async def drifts(self) -> list[MasterDrift]:
        async with self.room.ledger.read() as tx:
            return await tx.find(MasterDrift, standing=True)


@asynccontextmanager
async def office(room: Room, files: Table | None = None) -> AsyncIterator[Office]:
    """As `hub.compose` puts it together."""
    health = Health()
    async with room.ledger.begin() as tx:
        if not await master.latest(tx):
            await master.begin(tx, files or table(), room.clock.now_ns())
        rows, version = await master.approved(tx), await master.latest(tx)
    running, wrong = master.definitions_of(rows, room.plant)
    assert not wrong
    service = AlarmService(room.spool, room.ledger, None, room.plant, running, None, room.clock)
    here = Office(room, health, files or table(), service, None)  # type: ignore[arg-type]
    here.watch = MasterWatch(
        room.ledger, health, room.clock, room.plant, running, version, lambda: here.files, service.reconfigure
    )
    watching = asyncio.create_task(here.watch.run())
    try:
        async with room.running(service):
            yield here
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_an_alarm_shelved_acknowledged_and_latched_lives_through_a_limit_change_and_a_restart(
    room: Room,
) -> None:
    async with office(room) as here:
        for tag in (P1, "dma-01.p2", "dma-02.p1"):
            await room.feed(one(tag, 0, 9.0))
            await room.reaches(f"{tag}:low", State.UNACK)
        async with room.ledger.begin() as tx:
            now = room.clock.now_ns()
            for tag in (P1, "dma-01.p2"):
                alarm = await tx.get(Alarm, f"{tag}:low")
                assert alarm is not None
                await acts.acknowledge(tx, alarm.id, Seen(alarm.occurrence, alarm.seq), "zhao", now)
            definition = here.service.definitions["dma-02.p1:low"]
            await acts.shelve(tx, definition, now + 600 * 10**9, "the gauge is exchanged", "zhao", now)
        await room.feed(one("dma-01.p2", 60, 30.0))
        await room.reaches("dma-01.p2:low", State.LTCH_ACK)
        ids = (LOW, "dma-01.p2:low", "dma-02.p1:low")
        before = [await room.alarm(id) for id in ids]
        await here.change(setpoint="12")
        after = [await room.alarm(id) for id in ids]
        assert [a and a.state for a in after] == [State.ACKED, State.LTCH_ACK, State.SHLVD]
        kept = [replace(a, config=b.config, seq=b.seq) for a, b in zip(after, before, strict=True) if a and b]
        assert kept == before
        [entry] = [e for e in await room.ledger.journal_of(LOW) if e.event == AlarmEvent.CONFIG_CHANGE]
        assert (entry.rows, entry.config, entry.note) == ((25,), "2", "version 1 -> 2")
    async with office(room) as here:
        await room.feed(one("dma-02.p2", 70, 30.0))
        assert [await room.alarm(id) for id in ids] == after
        assert len(here.service.definitions) == 6 and here.service.definitions[LOW].setpoint == 12.0
        assert await room.ledger.verify_journal()


async def test_a_live_alarm_is_judged_anew_under_the_new_limit(room: Room) -> None:
    async with office(room) as here:
        await room.feed(one(P1, 0, 13.0))
        await room.reaches(LOW, State.UNACK)
        await here.change(setpoint="10")
        assert await room.is_in(LOW, State.UNACK)
        await room.feed(one(P1, 10, 13.0))
        await room.reaches(LOW, State.LTCH_UNACK)
        await here.change(setpoint="14")
        await room.feed(one(P1, 20, 13.0))
        await room.reaches(LOW, State.UNACK)
        alarm = await room.alarm(LOW)
        assert alarm is not None and alarm.occurrence == 2 and alarm.limit == 14.0


async def test_an_alarm_whose_row_is_gone_is_over_and_nobody_acknowledged_it(room: Room) -> None:
    high = cells_of(AlarmRow.model_validate(row(id="high", kind="limit_high", setpoint=60)))
    async with office(room, table() | {"high": high}) as here:
        await room.feed(one(P1, 0, 9.0))
        await room.reaches(LOW, State.UNACK)
        rows = await here.rows()
        await here.decide(
            await here.propose({id: cells for id, cells in rows.items() if id != "low"}), "wang"
        )
        await room.reaches(LOW, State.RTNUN)
        assert LOW not in here.service.definitions


async def test_it_takes_another_person_a_reason_and_a_row_that_works(room: Room) -> None:
    async with office(room) as here:
        rows = await here.rows()
        lower = rows | {"low": changed(rows["low"], setpoint="12")}
        with pytest.raises(Declined, match="at least 10 characters"):
            await here.propose(lower, why="so")
        with pytest.raises(Declined, match="nothing would change"):
            await here.propose(rows)
        with pytest.raises(WrongRow, match="it is in kPa"):
            await here.propose(rows | {"low": changed(rows["low"], unit="kPa")})
        proposal = await here.propose(lower)
        with pytest.raises(Declined, match="waits for approval and changes low too"):
            await here.propose(rows | {"low": changed(rows["low"], setpoint="11")}, by="wang")
        with pytest.raises(Declined, match="another person decides"):
            await here.decide(proposal, "li")
        assert (await here.decide(proposal, "wang", REFUSED)).state is REFUSED
        with pytest.raises(Declined, match="is refused"):
            await here.decide(proposal, "wang")
        assert await here.rows() == rows


async def test_a_version_can_be_read_and_gone_back_to_by_a_proposal(room: Room) -> None:
    async with office(room) as here:
        first = await here.rows()
        await here.change(setpoint="12")
        await here.change(setpoint="11", consequence_level="regulatory")
        second = await here.rows()
        assert second["low"]["priority"] == "2" and second["low"]["setpoint"] == "11"
        async with room.ledger.read() as tx:
            assert await master.at_version(tx, 1) == first
            assert (await master.at_version(tx, 2))["low"]["setpoint"] == "12"
            then = await master.at_version(tx, 1)
        await here.decide(await here.propose(then), "wang")
        assert await here.rows() == first
        async with room.ledger.read() as tx:
            assert await master.latest(tx) == 4


async def told(here: Office) -> list[tuple[str, str, str, str, str]]:
    return sorted((d.where, d.row, d.field, d.approved, d.found) for d in await here.drifts())


async def test_a_file_that_nobody_approved_changes_nothing_and_is_an_alarm_that_names_row_and_field(
    room: Room,
) -> None:
    async with office(room) as here:
        await here.watch.compare()
        assert not await here.drifts()
        rows = await here.rows()
        here.files = rows | {"low": changed(rows["low"], setpoint="4")}
        await here.watch.compare()
        assert await told(here) == [("files", "low", "setpoint", "14", "4")]
        assert here.service.definitions[LOW].setpoint == 14.0
        health_alarms = HealthAlarms(room.ledger, here.health, room.clock)
        await health_alarms.look()
        alarm = await room.alarm(f"hub:{CONDITION}:alarm")
        assert alarm is not None and alarm.state is State.UNACK
        [entry] = await room.ledger.journal_of(alarm.id)
        assert "files: low.setpoint: '14' -> '4'" in (entry.note or "")

        await here.decide(await here.propose(here.files), "wang")
        await room.until(lambda: _none(here))
        await health_alarms.look()
        alarm = await room.alarm(alarm.id)
        assert alarm is not None and alarm.state is State.RTNUN


async def _none(here: Office) -> bool:
    return not await here.drifts()


async def test_a_file_that_still_says_what_was_approved_before_is_only_behind(room: Room) -> None:
    async with office(room) as here:
        await here.change(setpoint="12")
        found = await here.watch.compare()
        assert (found.differences, found.behind) == ([], ["low"])
        here.files = await here.rows()
        assert (await here.watch.compare()).behind == []
        here.files = None
        await here.watch.compare()
        assert await told(here) == [("files", "*", "*", "", "?")]


async def test_a_row_changed_in_the_ledger_or_in_the_running_hub_is_found_too(room: Room) -> None:
    async with office(room) as here:
        rows = await here.rows()
        low = changed(rows["low"], on_delay_s="600")
        async with room.ledger.begin() as tx:
            await tx.put(MasterRow(id="low", version=1, digest="0" * 32, cells=low))
        here.service.definitions[LOW]  # what runs is what was approved
        [rule] = here.watch.running.rules
        rule.shared["setpoint"] = 3.0
        await here.watch.compare()
        assert await told(here) == [
            ("ledger", "low", "on_delay_s", "0", "600"),
            ("runtime", "low", "setpoint", "14.0", "3.0"),
        ]
