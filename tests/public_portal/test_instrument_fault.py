"""WQ-07: two persons and evidence call published hours an instrument's fault; what was said stays told."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.event import EventKind
from core.model.incident import IncidentState
from core.model.proposal import Evidence, Proposal, ProposalState
from core.model.published import HourState
from public_portal.server import build
from public_portal.signing import public_key_of
from response import instrument_faults
from response.refused import NotPermitted, Refused
from tests.at_work import running
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.test_held_back import HALF_PAST, hold, read, shown
from tests.public_portal.test_hourly_record import TEN_PM, at, caught_up, hours, measured
from tests.public_portal.whole_utility import Utility, until
from tests.response import little_town as town

OFFICER, MANAGER = town.user(Role.QUALITY_OFFICER), town.user(Role.DUTY_MANAGER)
SUBJECT = ("dma-01", "turbidity")
SPAN = (TEN_PM + 5 * town.MIN, TEN_PM + 15 * town.MIN)


async def spiked(utility: Utility, n: int = 1) -> None:
    """So many hours from 22:00 on at 3 NTU, published."""
    at(utility, HALF_PAST)
    await caught_up(utility)
    await measured(utility, TEN_PM, TEN_PM + n * town.HOUR, 3.0)
    at(utility, TEN_PM + n * town.HOUR + 30 * town.MIN)
    await caught_up(utility)


async def propose(utility: Utility, actor=OFFICER, span=SPAN) -> Proposal:
    async with utility.ledger.begin() as tx:
        return await instrument_faults.propose(
            tx,
            utility.plant,
            SUBJECT,
            span,
            Evidence.GRAB_SAMPLE,
            "水样 1123-04",
            "便携仪 0.21 NTU",
            actor,
            utility.clock.now_ns(),
        )


async def decide(utility: Utility, made: Proposal, actor, state=ProposalState.APPROVED) -> Proposal:
    now_ns = utility.clock.now_ns()
    async with utility.ledger.begin() as tx:
        return await instrument_faults.decide(
            tx, utility.plant, made.id, made.seq, state, actor, None, now_ns
        )


async def refused(what) -> str:
    with pytest.raises(Refused) as error:
        await what
    return error.value.reason


@pytest.mark.parametrize(("first", "second"), [(OFFICER, MANAGER), (MANAGER, OFFICER)])
async def test_wq_07_it_takes_the_other_of_two_persons(utility, first, second):
    await spiked(utility)
    made = await propose(utility, first)
    assert (await hours(utility))[TEN_PM].median > 1, "a proposal changes nothing"
    other = replace(first, id="user-other")
    async with utility.ledger.begin() as tx:
        await tx.put(other)
    for actor in (first, other):
        with pytest.raises(NotPermitted):
            await decide(utility, made, actor)
    done = await decide(utility, made, second)
    assert (done.by, done.decided_by, done.evidence) == (first.id, second.id, Evidence.GRAB_SAMPLE)
    hour = (await hours(utility))[TEN_PM]
    assert (hour.state, hour.median, hour.version) == (HourState.INSTRUMENT_FAULT, None, 2)
    assert await refused(decide(utility, made, second)) == "stale"


async def test_the_public_reads_what_was_said_before_and_how_often_it_was_done(utility):
    await spiked(utility)
    async with running(utility.publisher()):
        await until(lambda: utility.store.get() is not None)
        await decide(utility, await propose(utility), MANAGER)
        with serving(build(utility.store, public_key_of(samples.KEY))) as address:

            async def corrected() -> bool:
                return "仪表故障" in await read(address, "/area/dma-01/history?parameter=turbidity")

            for _ in range(1200):
                if await corrected():
                    break
                await utility.clock.sleep(0.05)
            page = await read(address, "/area/dma-01/history?parameter=turbidity")
            lines = await read(address, "/area/dma-01/history.csv")
            gone = await read(address, "/area/dma-01/corrections.csv")
    assert "22:00–23:00：原为3.0" in page and "经两人核对并有证据，认定为仪表故障" in page
    assert ",instrument_fault,4,60," in lines
    assert any(",3.0" in line and line.endswith("instrument_fault") for line in gone.split("\r\n"))
    _, snapshot = await shown(utility)
    assert [(one.month, one.faults) for one in snapshot.interventions] == [("2026-11", 1)]


async def test_what_is_confirmed_is_no_instrument_s_fault_even_once_it_is_over(utility):
    await spiked(utility)
    made = await propose(utility)
    why = ("limit", "sibling_instrument_agrees", "recovered")
    incident = replace(town.quality(IncidentState.CLOSED), why=why, closed_ns=TEN_PM + 2 * town.HOUR)
    await utility.tell(replace(incident, opened_ns=TEN_PM), EventKind.INCIDENT)
    assert await refused(decide(utility, made, MANAGER)) == "confirmed"
    assert (await hours(utility))[TEN_PM].median > 1
    alone = replace(incident, why=("limit", "persisted", "recovered"), opened_ns=TEN_PM)
    await utility.tell(alone, EventKind.INCIDENT)
    await decide(utility, made, MANAGER)


async def test_two_hours_in_a_row_beyond_the_limit_are_no_spike(utility):
    await spiked(utility, 2)
    assert await refused(propose(utility)) == "confirmed"


async def test_only_what_is_published_can_be_called_so(utility):
    await spiked(utility)
    assert await refused(propose(utility, span=(SPAN[1], SPAN[0]))) == "backwards"
    assert await refused(propose(utility, span=(TEN_PM - 25 * town.HOUR, TEN_PM))) == "too_long"
    later = (TEN_PM + 3 * town.HOUR, TEN_PM + 4 * town.HOUR)
    assert await refused(propose(utility, span=later)) == "nothing_published"
    await propose(utility)
    assert await refused(propose(utility)) == "proposed"
    await hold(utility, 120)
    await measured(utility, TEN_PM + town.HOUR, TEN_PM + 2 * town.HOUR)
    at(utility, TEN_PM + 150 * town.MIN)
    await caught_up(utility)
    assert await refused(propose(utility, span=(TEN_PM + town.HOUR, TEN_PM + 2 * town.HOUR))) == "held"


async def test_late_data_do_not_undo_it_and_its_author_alone_withdraws(utility):
    await spiked(utility)
    made = await propose(utility)
    with pytest.raises(NotPermitted):
        await decide(utility, made, MANAGER, ProposalState.WITHDRAWN)
    await decide(utility, made, OFFICER, ProposalState.WITHDRAWN)
    assert (await hours(utility))[TEN_PM].version == 1
    await decide(utility, await propose(utility), MANAGER)
    await caught_up(utility)
    assert (await hours(utility))[TEN_PM].state is HourState.INSTRUMENT_FAULT
