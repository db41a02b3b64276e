"""What is going on that reaches an account: its notices, with their incidents and orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.account import Account
from core.model.incident import Incident, IncidentState
from core.model.notice import ENDED, Affected, Notice, NoticeState, Status
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE, NO_WATER, QUALITY

_RANK = {NO_WATER: 0, QUALITY: 1, LOW_PRESSURE: 2}
_PENDING = frozenset({NoticeState.DRAFT, NoticeState.APPROVED})


@dataclass(frozen=True, slots=True)
class Concern:
    """supply and reason: as the notice's footprint has the account. turned: the log of the orders' valves."""

    notice: Notice
    supply: str
    reason: str
    incident: Incident | None
    orders: tuple[WorkOrder, ...]
    turned: tuple[ValveOperation, ...] = ()


async def of_account(tx: Tx, account: Account) -> list[Concern]:
    """Standing notices and drafts that reach the account, the gravest first. A draft counts while its
    incident is confirmed, so that an agent knows before the public does. Exercises concern nobody."""
    rows = {row.notice: row for row in await tx.find(Affected, account=account.id)}
    found: list[Concern] = []
    for id, row in rows.items():
        notice = await tx.get(Notice, id)
        if notice is None or notice.status is not Status.ACTUAL:
            continue
        if notice.state in ENDED:
            continue
        incident = await tx.get(Incident, notice.incident) if notice.incident else None
        over = incident is not None and incident.state is not IncidentState.CONFIRMED
        if notice.state in _PENDING and over:
            continue
        orders = await tx.find(WorkOrder, incident=notice.incident) if notice.incident else []
        found.append(
            Concern(notice, row.supply, row.reason, incident, tuple(orders), await turned(tx, orders))
        )
    return sorted(found, key=lambda c: (_RANK.get(c.supply, 3), -c.notice.starts_ns))


async def turned(tx: Tx, orders: Sequence[WorkOrder]) -> tuple[ValveOperation, ...]:
    ids = tuple(order.id for order in orders)
    return tuple(await tx.find(ValveOperation, work_order=ids)) if ids else ()
