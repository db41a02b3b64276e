"""What a caller is told of the cause: no more than people have found out, by how far the crew has come."""

from core.model.notice import QUALITY_KINDS, NoticeKind, NoticeState, Site, Supply
from core.model.text import Text
from core.model.work_order import Outcome, WorkOrder
from response.affected import LOW_PRESSURE, Reason
from response.concern import Concern
from response.doing import DOING
from response.site import (
    FOUND,
    NOTHING,
    PARTED,
    REPAIRED,
    SUSPECTED,
    UNREPAIRED,
    clamped,
    furthest,
    mended,
    site_of,
)

_PLANNED = {
    Supply.INTERMITTENT: Text(
        "您所在的区域有计划施工，供水时有时无。",
        "There is planned work on the water main in your area; water comes and goes.",
    ),
}
_WATER = {
    Supply.INTERMITTENT: Text("供水时有时无", "water comes and goes"),
}
_OFF = Text("您家已停水", "your water is off")
REPAIRS = frozenset({NoticeKind.EMERGENCY_OUTAGE, NoticeKind.LOW_PRESSURE})
"""What a crew looks for and mends."""


def cause(concern: Concern, *, nearby: bool = False) -> Text:
    """One sentence; of published advice on the water itself, what it says. nearby: nothing of the address's
    own pressure, which nobody computed or published to be low."""
    notice, site = concern.notice, site_of(concern.orders, concern.turned)
    advised = notice.kind in QUALITY_KINDS and notice.kind is not NoticeKind.WATER_QUALITY
    if advised and notice.state is NoticeState.PUBLISHED:
        return Text(f"{notice.title.zh}。{notice.advice.zh}", f"{notice.title.en}. {notice.advice.en}")
    if notice.kind in QUALITY_KINDS:
        return _of_quality(site)
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        return _PLANNED.get(
            notice.supply,
            Text("您所在的区域有计划停水施工。", "There is planned work on the water main in your area."),
        )
    weak = weakly_supplied(concern)
    whose = (
        Text("您附近的供水管道", "A water main near you")
        if weak
        else Text("您所在区域的供水管道", "A water main serving your address")
    )
    order = furthest(concern.orders)
    if concern.still_located and site in SUSPECTED:
        return _of_zone(site)
    if order is not None and mended(order):
        return _of_repair(whose, order, site, weak=weak)
    doing = DOING[site]
    failed = (
        Text("发生故障", "has failed") if site in FOUND else Text("疑似故障", "is suspected to have failed")
    )
    if weak and nearby:
        return Text(f"{whose.zh}{failed.zh}，{doing.zh}。", f"{whose.en} {failed.en}; {doing.en}.")
    water = (
        Text("您家水压可能偏低", "your pressure may be low")
        if weak
        else _WATER.get(notice.supply, _OFF if surely_off(concern) else Text("可能停水", "water may be off"))
    )
    return Text(
        f"{whose.zh}{failed.zh}，{doing.zh}，{water.zh}。",
        f"{whose.en} {failed.en}; {doing.en}; {water.en}.",
    )


def surely_off(concern: Concern) -> bool:
    """Whether valves that a crew has shut for a repair, none of which is open again, leave the account
    without water."""
    if concern.notice.kind is not NoticeKind.EMERGENCY_OUTAGE or weakly_supplied(concern):
        return False
    parted = site_of(concern.orders, concern.turned) in PARTED - {Site.OPENING}
    steady = concern.notice.supply is not Supply.INTERMITTENT
    return parted and steady and concern.reason == Reason.BEHIND_SHUT_VALVES


def _of_zone(site: Site) -> Text:
    doing = DOING[site]
    return Text(
        f"您所在片区的供水管道疑似故障，位置尚在核实，{doing.zh}，您家可能受影响，水压可能偏低。",
        "A water main in your district is suspected to have failed and is still being located; "
        f"{doing.en}; you may be affected, and your pressure may be low.",
    )


def _of_quality(site: Site) -> Text:
    if site in UNREPAIRED | REPAIRED:
        doing = Text("现场核查已完成，结果待公布", "the check on site is done and its result is awaited")
    elif site in FOUND or site is Site.LOOKING:
        doing = Text("工作人员已到现场核查", "people are on site to check them")
    elif site is Site.ON_THE_WAY:
        doing = Text("工作人员正赶往现场核查", "people are on their way to check them")
    else:
        doing = Text("正在组织采样复核", "sampling is being organised")
    return Text(
        f"您所在片区的水质监测读数异常，{doing.zh}。",
        f"Water-quality readings in your area are unusual; {doing.en}.",
    )


def weakly_supplied(concern: Concern) -> bool:
    """Whether the account has water, of low pressure: by its notice, or by how the crew stopped it."""
    return concern.supply == LOW_PRESSURE or clamped(concern.orders, concern.turned)


def beyond_notice(concern: Concern) -> bool:
    """Whether the crew has recorded what the published notice does not say: what a caller hears stands in
    none."""
    notice, now = concern.notice, site_of(concern.orders, concern.turned)
    told = notice.kind in REPAIRS and notice.site is not None
    return told and (notice.site is not now or no_water_was_off(concern))


def no_water_was_off(concern: Concern) -> bool:
    """Whether a repair turned out to need no valve shut while its notice still says that water is off: the
    time it gives is of something else."""
    notice = concern.notice
    said = notice.kind is NoticeKind.EMERGENCY_OUTAGE and notice.supply is not Supply.LOW
    return said and clamped(concern.orders, concern.turned)


def found_nothing(concern: Concern) -> bool:
    """Whether a crew looked for what is to be repaired and found nothing: no time that was told holds."""
    return concern.notice.kind in REPAIRS and site_of(concern.orders, concern.turned) in NOTHING


def repaired(concern: Concern) -> bool:
    """Whether the work on site is over, and something was repaired."""
    order = furthest(concern.orders)
    return order is not None and mended(order)


def _of_repair(whose: Text, order: WorkOrder, site: Site, *, weak: bool) -> Text:
    """weak: water stayed on."""
    now = order.finding is not None and order.finding.outcome is Outcome.TEMPORARY_REPAIR
    made, en = ("已临时修复", " for now") if now else ("抢修工作已完成", "")
    if site is Site.TO_OPEN:
        return Text(
            f"{whose.zh}{made}，阀门尚待开启，开阀后逐步恢复供水。",
            f"{whose.en} has been repaired{en}; valves are still to be opened, then water comes back.",
        )
    if site is Site.OPENING:
        return Text(
            f"{whose.zh}{made}，正在开启阀门，开阀后逐步恢复供水。",
            f"{whose.en} has been repaired{en}; valves are being opened, then water comes back.",
        )
    if weak:
        return Text(
            f"{whose.zh}{made}，正在恢复正常水压。",
            f"{whose.en} has been repaired{en}; pressure is coming back to normal.",
        )
    return Text(
        f"{whose.zh}{made}，正在恢复供水，供水可能尚未稳定。",
        f"{whose.en} has been repaired{en} and supply is being restored; it may not be steady yet.",
    )
