"""What is going on that reaches an account: its notices, with their incidents and orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.account import Account
from core.model.incident import Incident, IncidentState
from core.model.notice import (
    ENDED,
    Affected,
    Notice,
    NoticeKind,
    NoticeState,
    Status,
    StreetExtent,
    Supply,
)
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, QUALITY
from response.extents import naming
from response.site import work

_RANK = {NO_WATER: 0, QUALITY: 1, LOW_PRESSURE: 2}
_PENDING = frozenset({NoticeState.DRAFT, NoticeState.APPROVED})


@dataclass(frozen=True, slots=True)
class Concern:
    """supply and reason: as the notice's footprint has the account. turned: the log of the orders' valves.
    named: what is published names the house as worse supplied than is computed for it."""

    notice: Notice
    supply: str
    reason: str
    incident: Incident | None
    orders: tuple[WorkOrder, ...]
    turned: tuple[ValveOperation, ...] = ()
    named: StreetExtent | None = None


async def of_account(tx: Tx, account: Account) -> list[Concern]:
    """Standing notices and drafts that reach the account, the gravest first. A draft counts while its
    incident is confirmed, so that an agent knows before the public does, and while valves stand shut for it,
    whatever instruments show. Exercises concern nobody."""
    rows = {row.notice: row for row in await tx.find(Affected, account=account.id)}
    found: list[Concern] = []
    for id, row in rows.items():
        notice = await tx.get(Notice, id)
        if notice is None or notice.status is not Status.ACTUAL:
            continue
        if notice.state in ENDED:
            continue
        incident = await tx.get(Incident, notice.incident) if notice.incident else None
        orders = await tx.find(WorkOrder, incident=notice.incident) if notice.incident else []
        log = await turned(tx, orders)
        if notice.state in _PENDING and incident is not None and not _holds(incident, orders, log):
            continue
        named = _named_off(notice, account) if row.supply == LOW_PRESSURE else None
        found.append(Concern(notice, row.supply, row.reason, incident, tuple(orders), log, named))
    return sorted(found, key=lambda c: (_RANK.get(c.supply, 3), -c.notice.starts_ns))


def _holds(incident: Incident, orders: Sequence[WorkOrder], log: Sequence[ValveOperation]) -> bool:
    """Whether what is drafted of it is still so."""
    if incident.state is IncidentState.RESTORED:
        return work(orders, log).held_off
    return incident.state is IncidentState.CONFIRMED


def _named_off(notice: Notice, account: Account) -> StreetExtent | None:
    """What the published notice says to be without water there."""
    off = notice.kind in (NoticeKind.EMERGENCY_OUTAGE, NoticeKind.PLANNED_OUTAGE)
    if notice.state is not NoticeState.PUBLISHED or not off or notice.supply is Supply.LOW:
        return None
    extent = naming(notice.streets, account)
    return extent if extent is not None and not extent.weak else None


async def turned(tx: Tx, orders: Sequence[WorkOrder]) -> tuple[ValveOperation, ...]:
    ids = tuple(order.id for order in orders)
    return tuple(await tx.find(ValveOperation, work_order=ids)) if ids else ()
