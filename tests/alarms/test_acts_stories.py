"""What people do to alarms, told as it happens in a control room."""

from dataclasses import replace

import pytest

from alarms import acts, out_of_service
from alarms.acts import Seen
from alarms.incidents import Correlator
from alarms.journal import Stamp, replayed
from alarms.out_of_service import Declined
from alarms.transaction import fresh, record
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition, State
from core.model.finding import Finding, FindingKind, Verb
from core.model.proposal import Proposal, ProposalState
from core.model.text import Text
from tests.alarms.alarm_room import Room

S = 1_000_000_000
MINUTE, HOUR = 60 * S, 3600 * S
NOON = 1_795_320_000 * S
WHY = "the gauge is being exchanged"
TURBID = AlarmDefinition(
    id="q-01.turbidity:high",
    name=Text("浊度高", "turbidity high"),
    alarm_class=AlarmClass.PROCESS,
    priority=2,
    cause=Text("滤池穿透", "filter breakthrough"),
    consequence=Text("出水超标", "out of limits"),
    action=Text("降负荷", "reduce the load"),
    response_min=15,
    latching=True,
)
ROWS = {TURBID.id: TURBID}


async def tell(room: Room, verb: Verb, t_ns: int, seq: int) -> None:
    finding = Finding(alarm=TURBID.id, kind=FindingKind.LIMIT_HIGH, verb=verb, t_ns=t_ns, tags=("t",))
    async with room.ledger.begin() as tx:
        await record(tx, [(finding, Stamp(t_ns, seq))], ROWS, Correlator(room.plant, ROWS))


async def now(room: Room) -> Alarm:
    alarm = await room.alarm(TURBID.id)
    assert alarm is not None
    return alarm


async def seen(room: Room) -> Seen:
    alarm = await now(room)
    return Seen(alarm.occurrence, alarm.seq)


async def test_a_latch_is_acknowledged_then_reset_and_the_journal_tells_the_same(room: Room) -> None:
    await tell(room, Verb.RAISE, NOON, 1)
    await tell(room, Verb.CLEAR, NOON + MINUTE, 2)
    assert (await now(room)).state is State.LTCH_UNACK
    async with room.ledger.begin() as tx:
        early = await acts.reset(tx, TURBID.id, await seen(room), "operator", NOON + 2 * MINUTE)
    assert early.refused == "acknowledge_first"
    async with room.ledger.begin() as tx:
        await acts.acknowledge(tx, TURBID.id, await seen(room), "operator", NOON + 3 * MINUTE)
    async with room.ledger.begin() as tx:
        await acts.reset(tx, TURBID.id, await seen(room), "operator", NOON + 4 * MINUTE)
    alarm = await now(room)
    entries = await room.ledger.journal_of(TURBID.id)
    assert alarm.state is State.NORM
    assert [(entry.event, entry.refused) for entry in reversed(entries)] == [
        ("raise", None),
        ("clear", None),
        ("reset", "acknowledge_first"),
        ("ack", None),
        ("reset", None),
    ]
    assert replayed(fresh(TURBID), reversed(entries)) == alarm


async def test_a_shelf_ends_by_itself_unacknowledged_also_when_the_hub_was_down(room: Room) -> None:
    await tell(room, Verb.RAISE, NOON, 1)
    async with room.ledger.begin() as tx:
        await acts.shelve(tx, TURBID, NOON + 4 * HOUR, WHY, "operator", NOON)
    assert (await now(room)).state is State.SHLVD
    async with room.ledger.begin() as tx:
        assert await acts.expire_shelves(tx, NOON + 4 * HOUR - 1) == []
    async with room.ledger.begin() as tx:
        await acts.expire_shelves(tx, NOON + 9 * HOUR)
    assert (await now(room)).state is State.UNACK


async def test_who_takes_it_off_the_shelf_has_seen_it(room: Room) -> None:
    await tell(room, Verb.RAISE, NOON, 1)
    async with room.ledger.begin() as tx:
        await acts.shelve(tx, TURBID, NOON + HOUR, WHY, "operator", NOON)
        await acts.unshelve(tx, TURBID.id, "operator", NOON + MINUTE)
    alarm = await now(room)
    assert (alarm.state, alarm.acked_by) == (State.ACKED, "operator")


@pytest.mark.parametrize(
    ("priority", "most_min"), [(1, 60), (2, 240), (3, 720), (4, 720)], ids=["P1", "P2", "P3", "P4"]
)
async def test_no_shelf_is_longer_than_its_priority_allows(room: Room, priority: int, most_min: int) -> None:
    row = replace(TURBID, priority=priority)
    await tell(room, Verb.RAISE, NOON, 1)
    async with room.ledger.begin() as tx:
        long = await acts.shelve(tx, row, NOON + most_min * MINUTE + 1, WHY, "operator", NOON)
        assert long.refused == "too_long"
        assert (await acts.shelve(tx, row, NOON + most_min * MINUTE, WHY, "operator", NOON)).changed


async def test_a_highly_managed_alarm_is_never_shelved(room: Room) -> None:
    row = replace(TURBID, alarm_class=AlarmClass.HIGHLY_MANAGED)
    await tell(room, Verb.RAISE, NOON, 1)
    async with room.ledger.begin() as tx:
        assert (await acts.shelve(tx, row, NOON + 1, WHY, "boss", NOON, supervisor=True)).refused == (
            "highly_managed"
        )


async def test_one_proposes_to_take_it_out_of_service_and_another_approves(room: Room) -> None:
    await tell(room, Verb.RAISE, NOON, 1)
    async with room.ledger.begin() as tx:
        asked = await out_of_service.propose(tx, TURBID.id, "工作票-0042", WHY, "operator", NOON)
    assert (await now(room)).state is State.UNACK
    async with room.ledger.begin() as tx:
        with pytest.raises(Declined, match="another person"):
            await out_of_service.decide(tx, asked.id, 0, ProposalState.APPROVED, "operator", None, NOON)
        with pytest.raises(Declined, match="already"):
            await out_of_service.propose(tx, TURBID.id, "工作票-0043", WHY, "engineer", NOON)
        await out_of_service.decide(tx, asked.id, 0, ProposalState.APPROVED, "boss", None, NOON + MINUTE)
    alarm = await now(room)
    assert alarm.state is State.OOSRV
    assert alarm.oos is not None
    assert (alarm.oos.by, alarm.oos.approved_by, alarm.oos.permit) == ("operator", "boss", "工作票-0042")
    await tell(room, Verb.CLEAR, NOON + 2 * MINUTE, 2)
    await tell(room, Verb.RAISE, NOON + 3 * MINUTE, 3)
    async with room.ledger.begin() as tx:
        back = await out_of_service.return_to_service(tx, TURBID.id, "operator", NOON + 4 * MINUTE)
        decided = await tx.get(Proposal, asked.id)
    assert (back.alarm.state, back.alarm.occurrence) == (State.UNACK, 2)
    assert decided is not None
    assert (decided.state, decided.decided_by) == (ProposalState.APPROVED, "boss")


async def test_two_deciders_at_once_decide_it_once(room: Room) -> None:
    await tell(room, Verb.RAISE, NOON, 1)
    async with room.ledger.begin() as tx:
        asked = await out_of_service.propose(tx, TURBID.id, "工作票-0042", WHY, "operator", NOON)
        await out_of_service.decide(tx, asked.id, 0, ProposalState.REFUSED, "boss", "not today", NOON)
        with pytest.raises(Declined, match="refused"):
            await out_of_service.decide(tx, asked.id, 0, ProposalState.APPROVED, "other", None, NOON)
    assert (await now(room)).state is State.UNACK
