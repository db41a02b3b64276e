"""A call put down with the wrong matter is taken back by who took it, or by a duty manager."""

from dataclasses import replace

from core.model.account import Role, User
from core.model.phone_call import PhoneCall
from core.model.report import Report
from core.model.text import Text
from core.ports.ledger import Tx
from response.hotline.intake import event_of
from response.named import report_of
from response.orders.reports import unlink
from response.refused import NotPermitted, Refused

WITHIN_NS = 3600 * 1_000_000_000
"""So long an agent takes back what was put down by mistake [P]; a duty manager at any time."""
MISTAKE = "mistake"


async def take_back(tx: Tx, report_id: str, actor: User, now_ns: int) -> Report:
    """Idempotent; its call may be put down anew, and the event says why. Raises Unknown, NotPermitted for
    another's report, Refused `too_late`, `over` or `opened_by_it`."""
    report = await report_of(tx, report_id)
    if actor.role is not Role.DUTY_MANAGER and report.taken_by != actor.id:
        raise NotPermitted("not_yours", Text("只能撤回自己登记的来电", "only who took it may take it back"))
    if report.taken_back_ns is not None:
        return report
    if actor.role is not Role.DUTY_MANAGER and now_ns - report.at_ns > WITHIN_NS:
        why = Text("登记已超过一小时，请值班长撤回", "it is over an hour old: a duty manager takes it back")
        raise Refused("too_late", why)
    back = await unlink(tx, report, now_ns)
    for call in await tx.find(PhoneCall, call=report.call) if report.call else ():
        if call.report == report.id:
            await tx.put(replace(call, report=None, seq=call.seq + 1))
    told = event_of(back, now_ns)
    await tx.emit(replace(told, data={**told.data, "taken_back": MISTAKE, "by": actor.id}))
    return back
