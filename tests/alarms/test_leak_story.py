"""A leak that nights tell of is an incident of its own: somebody goes and listens for it, nobody is without
water for it, and the public is told nothing."""

from collections.abc import Sequence

from alarms.incidents import Correlator
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.notice import Notice
from core.model.work_order import WorkOrder
from response.service import ResponseService
from tests.alarms.alarm_room import Room
from tests.alarms.alarm_town import NOON, SECOND, definition
from tests.alarms.works_town import ROWS, burst, plant

ID, ZONE, DAY = "dma-01:leak", "dma-01", 86_400 * SECOND
LEAK = definition(ID, FindingKind.LEAK, zone=ZONE)
ALL = {**ROWS, ID: LEAK}


def says(verb: Verb, day: int, size_m3h: float, reason: str) -> Finding:
    """Of the morning `day` days after the first."""
    return Finding(
        alarm=ID,
        kind=FindingKind.LEAK,
        verb=verb,
        t_ns=NOON + day * DAY,
        tags=(f"{ZONE}.inflow",),
        zone=ZONE,
        size_m3h=size_m3h,
        began_ns=NOON - 2 * DAY if verb is Verb.RAISE else None,
        evidence={"reason": reason, "nights": 2.0},
    )


FOUND = says(Verb.RAISE, 0, 8.0, "found")


async def tell(room: Room, findings: Sequence[Finding]) -> None:
    correlator = Correlator(plant(), ALL)
    for finding in findings:
        async with room.ledger.begin() as tx:
            await record(tx, [(finding, Stamp(finding.t_ns, finding.t_ns))], ALL, correlator)
            await correlator.believe(tx, finding.t_ns)
    await ResponseService(room.ledger, plant(), room.clock).handle(await room.ledger.events(0))


async def what_there_is(room: Room) -> tuple[list[Incident], list[WorkOrder], list[Notice]]:
    async with room.ledger.read() as tx:
        return await tx.find(Incident), await tx.find(WorkOrder), await tx.find(Notice)


async def test_it_is_believed_as_it_is_told_and_somebody_goes_and_listens(room: Room) -> None:
    await tell(room, [FOUND])
    [incident], [order], notices = await what_there_is(room)
    assert (incident.kind, incident.zone, incident.state) == (
        IncidentKind.LEAK,
        ZONE,
        IncidentState.CONFIRMED,
    )
    assert (incident.size_m3h, incident.score, incident.opened_ns) == (8.0, 1.0, NOON - 2 * DAY)
    assert incident.title.en.startswith("Suspected leak")
    assert (order.kind, order.priority) == ("leak_survey", 3)
    assert order.title.zh.startswith("夜间流量升高，检漏：")
    assert (order.accounts_affected, order.accounts_weak, notices) == (0, 0, [])


async def test_as_it_grows_so_does_its_size_and_a_night_as_usual_ends_it(room: Room) -> None:
    await tell(room, [FOUND, says(Verb.ESCALATE, 3, 13.0, "grew"), says(Verb.UPDATE, 5, 11.0, "less")])
    [incident], orders, _ = await what_there_is(room)
    assert (incident.size_m3h, len(orders)) == (11.0, 1)
    await tell(room, [says(Verb.CLEAR, 9, 11.0, "back")])
    [incident], orders, _ = await what_there_is(room)
    assert (incident.state, len(orders)) == (IncidentState.RESTORED, 1)


async def test_a_burst_of_the_same_district_is_another_matter(room: Room) -> None:
    await tell(room, [FOUND, burst(ZONE, 60.0)])
    found, _, _ = await what_there_is(room)
    assert {one.kind for one in found} == {IncidentKind.LEAK, IncidentKind.BURST}
