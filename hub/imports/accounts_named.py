"""Accounts that something open names: whoever takes them away would break a promise that somebody made."""

from collections.abc import AsyncIterator, Collection

from core.model.callback import Callback
from core.model.duty import Duty, DutyState
from core.model.report import Report
from core.model.work_order import OPEN, WorkOrder
from core.ports.ledger import Tx

_SHOWN = 20
"""Lines told; of more their number."""


async def told(tx: Tx, gone: Collection[str]) -> list[str]:
    """A line each, with the account and what it is open for; nobody's name or address."""
    lines = [line async for line in _open(tx, gone)]
    more = len(lines) - _SHOWN
    return [*lines[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]


async def _open(tx: Tx, gone: Collection[str]) -> AsyncIterator[str]:
    orders = {order.id: order for order in await tx.find(WorkOrder, state=OPEN)}
    for order in orders.values():
        if order.account in gone:
            yield f"{order.account}: the order {order.id} is open for it"
    reports = await tx.find(Report, work_order=tuple(orders)) if orders else []
    for report in reports:
        if report.account in gone and report.taken_back_ns is None:
            promised = ", and it was promised to be told when it is over" if report.wants_update else ""
            what = f"its report {report.id} is with the open order {report.work_order}{promised}"
            yield f"{report.account}: {what}"
    for duty in await tx.find(Duty, state=DutyState.OPEN):
        if duty.account in gone:
            yield f"{duty.account}: somebody has to speak to it ({duty.id})"
    for call in await tx.find(Callback, open=True):
        if call.account in gone:
            yield f"{call.account}: it is to be called back ({call.id})"
