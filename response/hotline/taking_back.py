"""A call put down with the wrong matter is taken back by who took it, or by a duty manager."""

from dataclasses import replace

from core.model.account import Role, User
from core.model.phone_call import PhoneCall
from core.model.report import Report
from core.model.text import Text
from core.ports.ledger import Tx
from response.hotline.intake import event_of
from response.orders.reports import unlink
from response.refused import NotPermitted, Unknown


async def take_back(tx: Tx, report_id: str, actor: User, now_ns: int) -> Report:
    """Idempotent; its call may be put down anew. Raises Unknown, NotPermitted for another's report, Refused
    `over` or `opened_by_it`."""
    report = await tx.get(Report, report_id)
    if report is None:
        raise Unknown("no_such_report", Text(f"没有来报 {report_id}", f"there is no report {report_id}"))
    if actor.role is not Role.DUTY_MANAGER and report.taken_by != actor.id:
        raise NotPermitted("not_yours", Text("只能撤回自己登记的来电", "only who took it may take it back"))
    if report.taken_back_ns is not None:
        return report
    back = await unlink(tx, report, now_ns)
    for call in await tx.find(PhoneCall, call=report.call) if report.call else ():
        if call.report == report.id:
            await tx.put(replace(call, report=None, seq=call.seq + 1))
    await tx.emit(event_of(back, now_ns))
    return back
