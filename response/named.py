"""A record that somebody names: Unknown is raised where there is none."""

from core.model.account import Account
from core.model.phone_call import PhoneCall
from core.model.report import Report
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.refused import Unknown


async def order_of(tx: Tx, id: str) -> WorkOrder:
    order = await tx.get(WorkOrder, id)
    if order is None:
        raise Unknown("no_such_order", Text(f"没有工单 {id}", f"there is no work order {id}"))
    return order


async def report_of(tx: Tx, id: str) -> Report:
    report = await tx.get(Report, id)
    if report is None:
        raise Unknown("no_such_report", Text(f"没有来报 {id}", f"there is no report {id}"))
    return report


async def account_of(tx: Tx, id: str) -> Account:
    account = await tx.get(Account, id)
    if account is None:
        raise Unknown("no_such_account", Text(f"没有户号 {id}", f"there is no account {id}"))
    return account


async def phone_call_of(tx: Tx, id: str) -> PhoneCall:
    call = await tx.get(PhoneCall, id)
    if call is None:
        raise Unknown("no_such_call", Text(f"没有来电 {id}", f"there is no call {id}"))
    return call
