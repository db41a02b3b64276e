"""Work that goes on again at what callers were told to be over: its order was opened again since (WO-04)."""

from collections.abc import Sequence

from core.model.incident import Incident
from core.model.notice import UNPUBLISHED, Notice, NoticeState, Status
from core.model.shanghai import moment
from core.model.text import Text, joined
from core.model.work_order import OVER, WorkOrder
from core.ports.ledger import Tx
from response.cause import REPAIRS
from response.concern import Concern
from response.doing import DOING
from response.notices.standing import UNAFFECTED
from response.orders.valves import log_of
from response.site import BACK, site_of
from response.verdict import Confidence, Finding, Verdict

AGAIN = "work_again"
_OVER = (*UNPUBLISHED, NoticeState.RESTORED)
_REPORT = Text(
    "如果您家没有水或水压不足，我给您登记，派人核查。",
    "If you have no water, or weak water, I will take a report and somebody will check.",
)


async def again(tx: Tx, notices: Sequence[Notice]) -> Concern | None:
    """Of notices that reached the account, or that it reported, the one at which work began again last. Once
    another of the same incident tells that it is over, that holds."""
    over = {
        one.incident: one
        for one in sorted(notices, key=lambda one: (one.restored_ns or 0, one.id))
        if one.incident and one.state in _OVER and one.status is Status.ACTUAL and one.kind in REPAIRS
    }
    orders = await tx.find(WorkOrder, incident=tuple(over)) if over else []
    told_ns = {id: one.restored_ns or 0 for id, one in over.items()}
    live = [one for one in orders if going_on(one) and _since_ns(one) > told_ns.get(one.incident or "", 0)]
    last = max(live, key=_since_ns, default=None)
    incident = await tx.get(Incident, last.incident) if last and last.incident else None
    if incident is None or incident.state not in BACK:
        return None
    its = tuple(one for one in orders if one.incident == incident.id)
    return Concern(over[incident.id], UNAFFECTED, AGAIN, incident, its, tuple(await log_of(tx, its)))


def going_on(order: WorkOrder) -> bool:
    """It was opened again, and is not over."""
    return order.reopened > 0 and order.state not in OVER and bool(order.said)


def finding(concern: Concern, measured: Text | None) -> Finding:
    """In words to read aloud: neither that water is back, nor when it will be."""
    order, at, doing = _of(concern)
    words = joined(
        (
            Text(
                f"您所在区域的抢修（工单{order.id}）已于{at.zh}重新开始，{doing.zh}。",
                f"The repair in your area (order {order.id}) was taken up again at {at.en}: {doing.en}.",
            ),
            *([measured] if measured else ()),
            _REPORT,
        )
    )
    return Finding(Verdict.WORK_AGAIN, words, Confidence.ON_SITE)


def internal(concern: Concern) -> Text:
    """For the agent alone."""
    order, at, doing = _of(concern)
    notice = concern.notice
    told = Text(f"公告 {notice.id} 的恢复已不再成立", f"what notice {notice.id} said of its end is void")
    if notice.state is not NoticeState.RESTORED:
        told = Text(f"公告 {notice.id} 从未发布", f"notice {notice.id} was never published")
    return Text(
        f"工单 {order.id} 已于{at.zh}重开，{doing.zh}；{told.zh}，勿告知已恢复",
        f"Order {order.id} was reopened at {at.en}: {doing.en}; {told.en}: do not say that water is back",
    )


def _of(concern: Concern) -> tuple[WorkOrder, Text, Text]:
    order = max((one for one in concern.orders if going_on(one)), key=_since_ns)
    return order, moment(_since_ns(order)), DOING[site_of(concern.orders, concern.turned)]


def _since_ns(order: WorkOrder) -> int:
    return order.said[0].at_ns if order.said else 0
