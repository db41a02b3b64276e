"""The words of a notice, in Chinese and English from the same facts.

Contents follow what Chinese utilities print in outage notices (times, place, cause, households, storing
water, recovery, flushing, hotline). Sentences are short; times always carry their date. A body is made anew
of the notice's own parts with every change, so that it cannot disagree with its estimate.
"""

from dataclasses import replace

from core.model.notice import CUTS, QUALITY_KINDS, Change, Notice, NoticeKind, Site, Supply
from core.model.plant import Utility
from core.model.shanghai import moment, span
from core.model.text import Text, listed, stacked
from response.doing import DOING
from response.doubt import of_notice
from response.sentences import LATE, hotline
from response.site import FOUND, PARTED, REPAIRED, UNOPENED, UNREPAIRED
from response.street_words import streets

REASONS = {
    NoticeKind.EMERGENCY_OUTAGE: Text("供水管道疑似故障抢修", "repair of a suspected water main failure"),
    NoticeKind.LOW_PRESSURE: Text("供水设施故障", "a fault of the supply"),
    NoticeKind.WATER_QUALITY: Text("在线水质读数异常", "unusual water-quality readings"),
}
"""Until people have found out more."""
_REPAIRED = Text("供水管道故障抢修", "repair of a water main failure")
OFF = {
    Supply.NONE: Text("停水", "off"),
    Supply.INTERMITTENT: Text("间歇停水", "on and off"),
}
"""What water is, while an outage lasts (ON-01)."""


def off(notice: Notice) -> Text:
    return OFF.get(notice.supply, OFF[Supply.NONE])


def reason_of(kind: NoticeKind, site: Site) -> Text:
    """No more than the crew has found out."""
    found = kind is NoticeKind.EMERGENCY_OUTAGE and site in FOUND | REPAIRED
    return _REPAIRED if found else REASONS[kind]


def title(kind: NoticeKind, place: Text, site: Site = Site.ORGANISED) -> Text:
    if kind is NoticeKind.WATER_QUALITY:
        return Text(f"{place.zh}水质异常核查公告", f"Water quality being checked: {place.en}")
    if site in FOUND:
        return Text(f"{place.zh}供水管道抢修公告", f"Water main being repaired: {place.en}")
    if site in REPAIRED:
        return Text(f"{place.zh}供水管道修复进展公告", f"Water main repaired: {place.en}")
    if site in UNREPAIRED:
        return Text(f"{place.zh}供水管道核查公告", f"Water main checked on site: {place.en}")
    return Text(f"{place.zh}供水管道疑似故障公告", f"Suspected water main failure: {place.en}")


def contact(utility: Utility) -> Text:
    label = hotline(utility.hotline_hours)
    return Text(
        f"{label.zh}：{utility.hotline}。{utility.name.zh}",
        f"{label.en}: {utility.hotline}. {utility.name.en}",
    )


_UNDER_PRESSURE = {
    Site.REPAIRING: Text("正在带压抢修", "it is being repaired under pressure, and water stays on"),
    Site.RETURNING: Text(
        "抢修工作已完成，正在恢复正常水压", "the repair is done and pressure is coming back to normal"
    ),
}
_SPARED = {
    Site.SHUT: Text(
        "故障管段已关阀隔离，周边由其他管道供水",
        "the failed main is shut off, and other mains supply the area",
    ),
    Site.REPAIRING: Text(
        "故障管段已关阀隔离，周边由其他管道供水，正在抢修",
        "the failed main is shut off and being repaired; other mains supply the area",
    ),
}


def description(
    kind: NoticeKind,
    starts_ns: int,
    place: Text,
    site: Site = Site.ORGANISED,
    *,
    low: bool = False,
    spared: bool = False,
) -> Text:
    """What is known of the hub's own drafts; site: how far the work has come. low: water stayed on; spared:
    though valves are shut."""
    since = moment(starts_ns)
    if kind is NoticeKind.WATER_QUALITY:
        checked = _checked(site)
        return Text(
            f"{since.zh}起，{place.zh}的在线水质仪表读数异常。{checked.zh}",
            f"Since {since.en}, on-line instruments in {place.en} have shown unusual readings. {checked.en}",
        )
    doing = (_SPARED if spared else _UNDER_PRESSURE).get(site, DOING[site]) if low else DOING[site]
    sure = site in FOUND | REPAIRED
    failed = Text("发生故障", "failed") if sure else Text("疑似发生故障", "is suspected to have failed")
    return Text(
        f"{since.zh}，{place.zh}一处供水管道{failed.zh}，{doing.zh}。",
        f"A water main in {place.en} {failed.en} at {since.en}. {doing.en[0].upper()}{doing.en[1:]}.",
    )


def _checked(site: Site) -> Text:
    if site is Site.ORGANISED:
        return Text("我们正在组织采样复核。", "Sampling to check them is being organised.")
    if site is Site.ON_THE_WAY:
        return Text("工作人员正赶往现场核查。", "People are on their way to check them.")
    if site is Site.LOOKING or site in FOUND:
        return Text("工作人员已到现场核查。", "People are on site to check them.")
    return Text(
        "现场核查已完成，结果待公布。", "The check on site is done, and its result will be published."
    )


def composed(notice: Notice, *, late: bool = False) -> Notice:
    """With its body made of its parts; one that was written as a whole keeps it. late: the next update that
    it promised did not come."""
    return replace(notice, body=body(notice, late=late)) if notice.description else notice


def body(notice: Notice, *, late: bool = False) -> Text:
    """The paragraphs, parted by line breaks; the estimate is a paragraph of its own (`estimate`)."""
    parts = [notice.description, _area(notice)]
    if notice.change in (Change.FIRST, Change.UPDATE):
        parts += [estimate(notice, late=late), _points(notice)]
    return stacked(part for part in (*parts, notice.contact) if part is not None)


def _area(notice: Notice) -> Text:
    named = _with_institutions(notice)
    if notice.change is Change.RESTORED and notice.kind not in QUALITY_KINDS and not of_notice(notice):
        return Text(f"恢复范围：{named.zh}。", f"Area restored: {named.en}.")
    if notice.change is Change.CANCELLED and notice.kind is NoticeKind.PLANNED_OUTAGE:
        return Text(f"原定范围：{named.zh}。", f"It was to be in: {named.en}.")
    if notice.change in (Change.RESTORED, Change.CANCELLED) or notice.kind in QUALITY_KINDS:
        return Text(f"涉及范围：{named.zh}。", f"Area concerned: {named.en}.")
    water = off(notice)
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        return Text(f"{water.zh}范围：{named.zh}。", f"Water will be {water.en} in: {named.en}.")
    if notice.supply is Supply.INTERMITTENT:
        return Text(f"{water.zh}范围：{named.zh}。", f"Water is {water.en} in: {named.en}.")
    if notice.supply is Supply.LOW and notice.kind is NoticeKind.EMERGENCY_OUTAGE:
        return Text(
            f"不停水。以下路段水压可能偏低：{named.zh}。",
            f"Water stays on. Pressure may be low in: {named.en}.",
        )
    if notice.parted and notice.site in PARTED:
        still, en = ("仍", "still ") if notice.site in UNOPENED else ("", "")
        return Text(f"以下路段{still}停水：{named.zh}。", f"Water is {en}off in: {named.en}.")
    if notice.site in FOUND:
        return Text(
            f"抢修期间，以下路段停水或水压偏低：{named.zh}。",
            f"During the repair water is off or weak in: {named.en}.",
        )
    if notice.site in REPAIRED:
        return Text(
            f"以下路段可能仍停水或水压偏低：{named.zh}。",
            f"Water may still be off or weak in: {named.en}.",
        )
    if notice.site in UNREPAIRED:
        return Text(
            f"核实期间，以下路段可能停水或水压偏低：{named.zh}。",
            f"While it is checked, water may be off or weak in: {named.en}.",
        )
    return Text(
        f"核实和抢修期间，以下路段可能停水或水压偏低：{named.zh}。",
        f"While it is checked and repaired, water may be off or weak in: {named.en}.",
    )


def _with_institutions(notice: Notice) -> Text:
    over = notice.change in (Change.RESTORED, Change.CANCELLED)
    apart = not over and notice.kind in CUTS and notice.supply is not Supply.LOW
    named = streets(notice.streets if apart else [replace(one, weak=False) for one in notice.streets])
    if not notice.institutions:
        return named
    inside = listed(notice.institutions)
    return Text(f"{named.zh}。其中有：{inside.zh}", f"{named.en}. Also inside: {inside.en}")


def _points(notice: Notice) -> Text | None:
    shown = [point for point in notice.water_points if point.state in ("planned", "en_route", "open")]
    if not shown:
        return None
    zh = "；".join(point.name.zh + (f"（{point.hours.zh}）" if point.hours else "") for point in shown)
    en = "; ".join(point.name.en + (f" ({point.hours.en})" if point.hours else "") for point in shown)
    return Text(f"取水点：{zh}。请自备容器。", f"Water points: {en}. Bring clean containers.")


def estimate(notice: Notice, *, late: bool = False) -> Text:
    """When water is expected back and when people are told next. An estimate is a range, or not given."""
    if notice.overdue_ns is not None:
        when = Text(
            "原预计恢复时间已过，正在重新评估。",
            "The estimated time has passed; a new estimate is being made.",
        )
    elif (notice.eta_earliest_ns is None or notice.eta_latest_ns is None) and notice.kind in QUALITY_KINDS:
        when = Text("何时解除以解除公告为准。", "It holds until we tell you that it is lifted.")
    elif notice.eta_earliest_ns is None or notice.eta_latest_ns is None:
        when = Text("恢复时间尚在评估。", "The time of restoration is still being assessed.")
    elif notice.kind is NoticeKind.PLANNED_OUTAGE:
        lasts, water = span(notice.starts_ns, notice.eta_latest_ns), off(notice)
        when = Text(f"{water.zh}时间：{lasts.zh}。", f"Water will be {water.en} {lasts.en}.")
    else:
        back = span(notice.eta_earliest_ns, notice.eta_latest_ns)
        when = (
            Text(f"预计{back.zh}解除。", f"It is expected to end {back.en}.")
            if notice.kind in QUALITY_KINDS
            else Text(f"预计{back.zh}恢复正常水压。", f"Pressure is expected back {back.en}.")
            if notice.supply is Supply.LOW
            else Text(f"预计{back.zh}恢复供水。", f"Water is expected back {back.en}.")
        )
    if notice.next_update_ns is None:
        return when
    next_ = moment(notice.next_update_ns)
    if late:
        return Text(f"{when.zh}{LATE.zh}{next_.zh}。", f"{when.en} {LATE.en} {next_.en}.")
    return Text(f"{when.zh}下次通报不晚于{next_.zh}。", f"{when.en} Next update by {next_.en}.")


def basis(diameter_mm: float) -> Text:
    """What the hub's own estimate rests on (ON-07): the configured times of repair, no one's inspection."""
    size = f"DN{diameter_mm:.0f}" if diameter_mm else ""
    return Text(
        f"按{size}管道抢修的一般用时估算，现场核实后更新",
        f"The usual time to repair a{f' {size}' if size else ''} main; revised once a crew has seen it",
    )


def advice(kind: NoticeKind, *, low: bool = False, site: Site | None = None) -> Text:
    """low: water stays on. site: how far the work has come, where that is known."""
    if low:
        return Text(
            "水压可能偏低，不停水，无需储水。若水发黄，请先放水至清澈再使用；若家中无水，请拨打热线。",
            "Water stays on and pressure may be low; there is no need to store any. "
            "If it is discoloured, run a cold tap until it is clear. If you have none, call us.",
        )
    if kind is NoticeKind.WATER_QUALITY:
        return Text(
            "如发现水有异色、异味，请先不要饮用，并拨打热线。我们会及时公布复核结果。",
            "If your water looks or smells unusual, do not drink it and call us. "
            "We will publish the result of the check.",
        )
    if site in REPAIRED:
        return Text(
            "请关好水龙头，无需再储水。来水后，请先打开水龙头放水至清澈再使用；若仍无水，请拨打热线。",
            "Keep taps closed; there is no need to store more. "
            "When water returns, run a cold tap until it is clear before use. If none comes, call us.",
        )
    return Text(
        "若家中仍有水，请储备必要的生活用水，并关好水龙头。恢复供水后，请先打开水龙头放水至清澈再使用。",
        "If you still have water, store what you need. Keep taps closed. "
        "When water returns, run a cold tap until it is clear before use.",
    )


def neutral(notice: Notice) -> Notice:
    """With the pre-approved text an operator may issue when no duty manager can be had: no estimate, and
    nothing is suspected any more of what a crew has found."""
    since, site = moment(notice.starts_ns), notice.site or Site.ORGANISED
    facts = Text(
        f"{since.zh}，供水管道疑似发生故障，正在组织核实和抢修。",
        f"A water main is suspected to have failed at {since.en}. "
        "A crew is being organised to check and repair it.",
    )
    if site in FOUND:
        facts = Text(
            f"{since.zh}，供水管道发生故障，正在抢修。",
            f"A water main failed at {since.en}. It is being repaired.",
        )
    bare = replace(notice, eta_earliest_ns=None, eta_likely_ns=None, eta_latest_ns=None, basis=None)
    reason = reason_of(NoticeKind.EMERGENCY_OUTAGE, site)
    return composed(replace(bare, description=facts, reason=reason))
