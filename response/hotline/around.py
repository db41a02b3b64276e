"""What stands around a caller: the order's steps, a case that is open already, neighbours, contacts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.model.account import Account
from core.model.field_work import OrderNote
from core.model.plant import Plant
from core.model.report import Report, Symptom
from core.model.text import Text, Words
from core.model.work_order import OVER, PublicMilestone, WorkOrder, WorkOrderState, public_milestone
from core.ports.ledger import Page, Tx
from response.orders.public_steps import public_steps

_HOUR_NS = 3600 * 1_000_000_000
NEIGHBOURS_NS = 2 * _HOUR_NS
CASE_NS = 14 * 24 * _HOUR_NS
CONTACTS = 5
NOTES = 3
LOOKED_AT = 500
"""Reports of a zone, the newest first, among which neighbours are looked for."""


@dataclass(frozen=True, slots=True)
class PublicNote:
    text: Words
    done_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """steps: each of the six public milestones reached, with its first time; `again` and when, where it was
    opened again, then those of that round. crew_name: for the agent. notes:
    the newest of those that callers may be told (WO-24), the newest first."""

    id: str
    state: WorkOrderState
    milestone: PublicMilestone | None
    steps: tuple[tuple[str, int], ...]
    crew_name: Text | None
    arrived_ns: int | None
    reports: int
    notes: tuple[PublicNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Where somebody else called from: metres east and north of the caller; same: of this building."""

    east_m: int
    north_m: int
    symptom: Symptom
    at_ns: int
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Reports of the last two hours from the caller's zone. premises: different buildings."""

    n: int = 0
    premises: int = 0
    near: tuple[Neighbour, ...] = ()
    symptoms: tuple[tuple[Symptom, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    id: str
    at_ns: int
    symptom: Symptom
    work_order: str | None
    state: WorkOrderState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """case: the order that this account has open already (HL-13)."""

    contacts: tuple[Contact, ...] = ()
    case: str | None = None


async def public_notes(tx: Tx, order: str) -> tuple[PublicNote, ...]:
    told = [note for note in await tx.find(OrderNote, order=order) if note.public]
    newest = sorted(told, key=lambda note: -note.done_ns)[:NOTES]
    return tuple(PublicNote(note.text, note.done_ns) for note in newest)


def order_facts(plant: Plant, order: WorkOrder, notes: tuple[PublicNote, ...] = ()) -> OrderFacts:
    arrived = [said.when_ns for said in order.said if said.state is WorkOrderState.ARRIVED]
    received = [(PublicMilestone.RECEIVED.value, said.when_ns) for said in order.milestones[:1]]
    now = public_milestone(order.reached)
    crew = plant.crews.get(order.crew or "")
    return OrderFacts(
        id=order.id,
        state=order.state,
        milestone=now,
        steps=(*received, *public_steps(order, now)),
        crew_name=crew.name if crew else None,
        arrived_ns=arrived[0] if arrived else None,
        reports=order.reports,
        notes=notes,
    )


async def neighbours(tx: Tx, plant: Plant, account: Account, now_ns: int) -> Neighbours:
    recent = await recent_of_zone(tx, account.zone, now_ns - NEIGHBOURS_NS)
    others = [one for one in recent if one.account is None or one.account != account.id]
    homes = await homes_of(tx, others)
    counts = Counter(one.symptom for one in others)
    return Neighbours(
        n=len(others),
        premises=len({premises(one, homes) for one in others}),
        near=tuple(_near(plant, account, others, homes)),
        symptoms=tuple(counts.most_common(3)),
    )


async def homes_of(tx: Tx, reports: Sequence[Report]) -> dict[str, Account]:
    """The accounts that they came from, by id."""
    ids = tuple({one.account for one in reports if one.account})
    return {home.id: home for home in await tx.find(Account, id=ids)} if ids else {}


def premises(report: Report, homes: Mapping[str, Account]) -> str:
    """Its building; of one whose account is not known the report itself."""
    home = homes.get(report.account or "")
    return home.building if home else report.id


async def recent_of_zone(tx: Tx, zone: str, since_ns: int) -> list[Report]:
    """The newest first, without what was taken back."""
    return _standing(await tx.find(Report, Page(limit=LOOKED_AT), zone=zone), since_ns)


async def recent_of_town(tx: Tx, since_ns: int) -> list[Report]:
    """As `recent_of_zone`, of all zones."""
    return _standing(await tx.find(Report, Page(limit=LOOKED_AT)), since_ns)


def _standing(rows: Sequence[Report], since_ns: int) -> list[Report]:
    return [report for report in rows if report.at_ns >= since_ns and report.taken_back_ns is None]


async def past(tx: Tx, account: Account, now_ns: int) -> Past:
    found = await tx.find(Report, account=account.id)
    reports = sorted((one for one in found if one.taken_back_ns is None), key=lambda one: -one.at_ns)
    orders: dict[str, WorkOrder] = {}
    for report in reports:
        if report.work_order and report.work_order not in orders:
            order = await tx.get(WorkOrder, report.work_order)
            if order is not None:
                orders[order.id] = order
    open_ = [
        report.work_order
        for report in reports
        if report.work_order in orders
        and now_ns - report.at_ns <= CASE_NS
        and orders[report.work_order].state not in OVER
    ]
    return Past(
        contacts=tuple(_contact(report, orders) for report in reports[:CONTACTS]),
        case=open_[0] if open_ else None,
    )


def _contact(report: Report, orders: dict[str, WorkOrder]) -> Contact:
    order = orders.get(report.work_order or "")
    return Contact(
        id=report.id,
        at_ns=report.at_ns,
        symptom=report.symptom,
        work_order=report.work_order,
        state=order.state if order else None,
    )


def _near(
    plant: Plant, account: Account, others: Sequence[Report], homes: dict[str, Account]
) -> Iterable[Neighbour]:
    here = plant.network.nodes.get(account.node)
    for report in others[:100]:
        home = homes.get(report.account or "")
        at = _at(plant, report, home)
        if here is not None and at is not None:
            yield Neighbour(
                east_m=round((at[0] - here.x) / 10) * 10,
                north_m=round((at[1] - here.y) / 10) * 10,
                symptom=report.symptom,
                at_ns=report.at_ns,
                same=home is not None and home.building == account.building,
            )


def _at(plant: Plant, report: Report, home: Account | None) -> tuple[float, float] | None:
    if report.x is not None and report.y is not None:
        return report.x, report.y
    node = plant.network.nodes.get(home.node) if home else None
    return (node.x, node.y) if node else None
