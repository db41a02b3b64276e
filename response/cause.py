"""What a caller is told of the cause: no more than people have found out, by how far the crew has come."""

from core.model.notice import QUALITY_KINDS, NoticeKind, NoticeState, Supply
from core.model.text import Text
from core.model.valve_operation import StoppedBy
from core.model.work_order import FIELD_DONE, MENDED, OVER, Outcome, WorkOrder, how_far
from core.model.work_order import WorkOrderState as S
from response.affected import LOW_PRESSURE
from response.concern import Concern
from response.progress import dry

_NOWHERE = frozenset({S.CANCELLED, S.MERGED})
_BEING_ORGANISED = Text("正在组织核实和抢修", "a crew is being organised to check and repair it")
_AT_WORK = {
    S.EN_ROUTE: Text("抢修人员正赶往现场", "a crew is on its way"),
    S.ARRIVED: Text("抢修人员已到现场查找", "a crew is on site and looking for the place"),
    S.ISOLATING: Text("正在关阀止水", "valves are being shut for the repair"),
    S.ISOLATED: Text("已关阀止水，准备抢修", "valves have been shut for the repair"),
    S.REPAIRING: Text("正在抢修", "it is being repaired"),
    S.FLUSHING: Text("正在充水冲洗", "the main is being filled and flushed"),
}
_FOUND = frozenset({S.ISOLATING, S.ISOLATED, S.REPAIRING, S.FLUSHING})
"""The states in which a crew has seen the break; before them it is suspected."""
_PLANNED = {
    Supply.INTERMITTENT: Text(
        "您所在的区域有计划施工，供水时有时无。",
        "There is planned work on the water main in your area; water comes and goes.",
    ),
}
_WATER = {
    Supply.INTERMITTENT: Text("供水时有时无", "water comes and goes"),
}
_DONE = FIELD_DONE - _NOWHERE
_SHUT = frozenset({S.ISOLATING, S.ISOLATED})
_CHECKING = _FOUND | {S.ARRIVED}
_BEING_CONFIRMED = Text(
    "现场工作已结束，结果正在核实", "the work on site is over and what came of it is being confirmed"
)
_FOUND_NOTHING = Text(
    "抢修人员已到现场检查，没有发现需要维修的故障",
    "a crew has checked on site and found nothing to repair",
)
_AGREED = {
    Outcome.NOT_OURS: Text(
        "抢修人员已到现场检查，故障不在供水单位的管道上",
        "a crew has checked on site: it is not the utility's own pipe",
    ),
    Outcome.THIRD_PARTY: Text(
        "抢修人员已到现场检查，已转交有关单位处理",
        "a crew has checked on site and passed it on to those in charge of it",
    ),
}
"""What is told of work that repaired nothing once a second person agreed and the order is closed."""


def cause(concern: Concern) -> Text:
    """One sentence; of published advice on the water itself, what it says."""
    furthest, notice = _furthest(concern), concern.notice
    reached = furthest.reached if furthest else S.REPORTED
    advised = notice.kind in QUALITY_KINDS and notice.kind is not NoticeKind.WATER_QUALITY
    if advised and notice.state is NoticeState.PUBLISHED:
        return Text(f"{notice.title.zh}。{notice.advice.zh}", f"{notice.title.en}. {notice.advice.en}")
    if notice.kind in QUALITY_KINDS:
        return _of_quality(reached)
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        return _PLANNED.get(
            notice.supply,
            Text("您所在的区域有计划停水施工。", "There is planned work on the water main in your area."),
        )
    weak = concern.supply == LOW_PRESSURE
    whose = (
        Text("您附近的供水管道", "A water main near you")
        if weak
        else Text("您所在区域的供水管道", "A water main serving your address")
    )
    if furthest is not None and _mended(furthest):
        return _of_repair(whose, furthest, closed=dry(furthest, concern.turned))
    if furthest and reached in _DONE:
        doing: Text | None = _without_repair(furthest)
    elif furthest and reached in _SHUT and furthest.stopped is StoppedBy.UNDER_PRESSURE:
        doing = _AT_WORK[S.REPAIRING]
    else:
        doing = _AT_WORK.get(reached)
    doing = doing or _BEING_ORGANISED
    failed = (
        Text("发生故障", "has failed")
        if reached in _FOUND
        else Text("疑似故障", "is suspected to have failed")
    )
    water = (
        Text("您家水压可能偏低", "your pressure may be low")
        if weak
        else _WATER.get(notice.supply, Text("可能停水", "water may be off"))
    )
    return Text(
        f"{whose.zh}{failed.zh}，{doing.zh}，{water.zh}。",
        f"{whose.en} {failed.en}; {doing.en}; {water.en}.",
    )


def _of_quality(reached: S) -> Text:
    if reached in _DONE:
        doing = Text("现场核查已完成，结果待公布", "the check on site is done and its result is awaited")
    elif reached in _CHECKING:
        doing = Text("工作人员已到现场核查", "people are on site to check them")
    elif reached is S.EN_ROUTE:
        doing = Text("工作人员正赶往现场核查", "people are on their way to check them")
    else:
        doing = Text("正在组织采样复核", "sampling is being organised")
    return Text(
        f"您所在片区的水质监测读数异常，{doing.zh}。",
        f"Water-quality readings in your area are unusual; {doing.en}.",
    )


def repaired(concern: Concern) -> bool:
    """Whether the work on site is over, and something was repaired."""
    furthest = _furthest(concern)
    return furthest is not None and _mended(furthest)


def _of_repair(whose: Text, order: WorkOrder, *, closed: bool) -> Text:
    """closed: valves are left shut for it."""
    now = order.finding is not None and order.finding.outcome is Outcome.TEMPORARY_REPAIR
    made, en = ("已临时修复", " for now") if now else ("抢修工作已完成", "")
    if closed:
        return Text(
            f"{whose.zh}{made}，正在开启阀门，开阀后逐步恢复供水。",
            f"{whose.en} has been repaired{en}; valves are being opened, then water comes back.",
        )
    return Text(
        f"{whose.zh}{made}，正在恢复供水，供水可能尚未稳定。",
        f"{whose.en} has been repaired{en} and supply is being restored; it may not be steady yet.",
    )


def _mended(order: WorkOrder) -> bool:
    return order.state in _DONE and order.finding is not None and order.finding.outcome in MENDED


def _without_repair(order: WorkOrder) -> Text:
    if order.state not in OVER or order.finding is None:
        return _BEING_CONFIRMED
    return _AGREED.get(order.finding.outcome, _FOUND_NOTHING)


def _furthest(concern: Concern) -> WorkOrder | None:
    """The order that has come furthest; one whose work ended without a repair stands behind one that
    goes on; one that was ended for another or cancelled has come nowhere."""
    orders = [order for order in concern.orders if order.state not in _NOWHERE]
    return max(orders, key=lambda o: (o.state not in _DONE or _mended(o), how_far(o.reached)), default=None)
