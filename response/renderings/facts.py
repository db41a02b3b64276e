"""What a bulletin says, fact by fact, in both languages: the only place where its figures become words.

Every rendering is put together from these, so that the poster on the door, the message on the phone and the
page behind the code name the same times. Times always carry their date (ON-29: never only "tonight").
"""

from dataclasses import dataclass, replace

from core.model.bulletin import Bulletin, Change, Status, Supply
from core.model.notice import QUALITY_KINDS, NoticeKind
from core.model.shanghai import moment, over_by, span
from core.model.snapshot import PublicStreet
from core.model.street_line import by_street
from core.model.text import Text, counted, listed
from response.doubt import doubted
from response.renderings import back as restoration
from response.renderings import cut_short
from response.renderings.matter import WAS_SUSPECTED, WAS_SUSPECTED_LOW, of_repair
from response.renderings.places import where
from response.sentences import LATE, hotline, part
from response.site import UNREPAIRED

_WHAT: dict[NoticeKind, Text] = {
    NoticeKind.EMERGENCY_OUTAGE: Text("抢修停水", "Water off for repairs"),
    NoticeKind.PLANNED_OUTAGE: Text("计划停水", "Planned water cut"),
    NoticeKind.LOW_PRESSURE: Text("降压供水", "Low water pressure"),
    NoticeKind.WATER_QUALITY: Text("水质核查", "Water being checked"),
    NoticeKind.DISCOLOURED: Text("自来水发黄", "Brown or yellow water"),
    NoticeKind.BOIL: Text("自来水请煮沸后饮用", "Boil tap water before you drink it"),
    NoticeKind.DO_NOT_DRINK: Text("请勿饮用自来水", "Do not drink tap water"),
    NoticeKind.DO_NOT_USE: Text("请勿使用自来水", "Do not use tap water"),
}
_NAMED: dict[NoticeKind, Text] = {
    NoticeKind.WATER_QUALITY: Text("水质核查公告", "Water-quality check"),
    NoticeKind.DISCOLOURED: Text("自来水发黄公告", "Notice of brown or yellow water"),
    NoticeKind.BOIL: Text("煮沸饮用提示", "Boil-water advice"),
    NoticeKind.DO_NOT_DRINK: Text("暂停饮用提示", "Do-not-drink advice"),
    NoticeKind.DO_NOT_USE: Text("暂停使用提示", "Do-not-use advice"),
}
"""Of what is over only its name: whoever hears half of an all-clear must not be told to boil."""
_SOFTER: dict[tuple[NoticeKind, Supply], Text] = {
    (NoticeKind.EMERGENCY_OUTAGE, Supply.LOW): Text("抢修降压", "Low pressure during repairs"),
    (NoticeKind.EMERGENCY_OUTAGE, Supply.INTERMITTENT): Text("抢修间歇停水", "Water on and off for repairs"),
    (NoticeKind.PLANNED_OUTAGE, Supply.LOW): Text("计划降压", "Planned low pressure"),
    (NoticeKind.PLANNED_OUTAGE, Supply.INTERMITTENT): Text("计划间歇停水", "Planned work, water on and off"),
}
_DRY = {
    Supply.NONE: Text("停水", "without water"),
    Supply.INTERMITTENT: Text("间歇停水", "with water on and off"),
}
_STAYS_ON = Text("抢修不停水", "Repairs, water stays on")
STAYS_ON = Text("不停水，水压可能偏低", "stays on; pressure may be low")
_MARK: dict[Status, Text] = {
    Status.ACTUAL: Text("", ""),
    Status.EXERCISE: Text("【演练】", "EXERCISE: "),
    Status.TEST: Text("【测试】", "TEST: "),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """name: which fact it is, the same in every rendering."""

    name: str
    label: Text
    value: Text


def what(b: Bulletin) -> Text:
    """The matter in a few words: `抢修停水`; of planned work that this version moves, that it is moved; of
    advice that is over its name, never the order itself."""
    if b.over and b.kind in QUALITY_KINDS:
        return _NAMED[b.kind]
    if b.over and restoration.unsure(b):
        return WAS_SUSPECTED_LOW if b.supply is Supply.LOW else WAS_SUSPECTED
    staged = of_repair(b.site, b.supply) if b.kind is NoticeKind.EMERGENCY_OUTAGE and not b.over else None
    if staged is None and b.stays_on:
        return _STAYS_ON
    matter = staged or _SOFTER.get((b.kind, b.supply), _WHAT[b.kind])
    return Text(f"{matter.zh}改期", f"{matter.en}, moved") if b.moved_from_ns and not b.over else matter


def name(b: Bulletin) -> Text:
    """The notice itself, within a sentence: `煮沸饮用提示`, `抢修停水公告`; English begins small."""
    matter = what(b)
    small = f"{matter.en[0].lower()}{matter.en[1:]}"
    return Text(matter.zh if b.over and b.kind in QUALITY_KINDS else f"{matter.zh}公告", small)


def until_lifted(b: Bulletin) -> bool:
    """Advice whose end nobody knows holds until it is lifted: water was never off, so none comes back."""
    return b.estimate is None and not b.overdue and b.kind in QUALITY_KINDS


def unrepaired(b: Bulletin) -> bool:
    """Checked on site without a repair, and nobody has given a time: water may be as usual, so that
    nothing is said of its return."""
    checked = b.kind is NoticeKind.EMERGENCY_OUTAGE and b.site in UNREPAIRED
    return checked and b.estimate is None and not b.overdue and not b.over


def undated(b: Bulletin) -> Text:
    """A clause for headlines and messages where no time is known."""
    if unrepaired(b):
        return Text("供水情况仍在核实", "supply is still being checked")
    return Text("恢复时间尚在评估", "time of return still being assessed")


def mark(b: Bulletin) -> Text:
    """Stands before everything that is no real notice (ON-42)."""
    return _MARK[b.status]


def starts(b: Bulletin) -> Text:
    """When supply is affected; a planned cut with its end, and what is over with when that was, or by when
    it was found to be."""
    if b.change is Change.RESTORED and b.confirmed:
        return over_by(b.starts_ns, b.restored_ns or b.sent_ns)
    if b.change is Change.RESTORED and (b.restored_ns or b.sent_ns) > b.starts_ns:
        return span(b.starts_ns, b.restored_ns or b.sent_ns)
    if b.planned and b.estimate is not None and not b.overdue and not b.over:
        return span(b.starts_ns, b.estimate.latest_ns)
    if b.change is Change.CANCELLED and b.moved_from_ns is not None:
        return span(*b.moved_from_ns)
    since = moment(b.starts_ns)
    return Text(f"{since.zh}起", f"from {since.en}")


def expected(b: Bulletin) -> Text:
    """When water is back, as it is known in this version: a range, or why there is none."""
    if b.change is Change.CANCELLED:
        return Text(cut_short.off(b, called_off(b).zh, "zh"), cut_short.off(b, called_off(b).en, "en"))
    if b.change is Change.RESTORED:
        back = moment(b.restored_ns or b.sent_ns)
        if b.kind in QUALITY_KINDS:
            return Text(f"已于{back.zh}解除", f"lifted {back.en}")
        return restoration.expected(b, back)
    if b.overdue:
        return Text("已超过预计时间，正在重新评估", "overdue, being assessed again")
    if until_lifted(b):
        return Text("以解除公告为准", "until we tell you it is lifted")
    if unrepaired(b):
        return undated(b)
    if b.estimate is None:
        return Text("尚在评估", "still being assessed")
    return span(b.estimate.earliest_ns, b.estimate.latest_ns)


def called_off(b: Bulletin) -> Text:
    """Of planned work the work is off, not the notice; anything else was said in error."""
    if b.planned:
        return Text(f"{what(b).zh}已取消", "called off")
    return Text("本公告已撤销", "this notice is withdrawn")


def ends(b: Bulletin) -> Text:
    """What happens at its end: `恢复`, or `解除` of what people lift; of water that stayed on only its
    pressure comes back."""
    if b.kind in QUALITY_KINDS:
        return Text("解除", "lifted")
    return Text("水压恢复正常", "back to normal") if b.supply is Supply.LOW else Text("恢复", "back")


def streets(b: Bulletin) -> Text:
    """Every street with its numbers: `人民路12–48号（2–10号水压偏低）、中山路`; low while it lasts."""
    if not b.streets:
        return Text("正在核实", "still being established")
    return listed(line.words for line in by_street(lasting(b)))


def lasting(b: Bulletin) -> list[PublicStreet]:
    """Of what is over no street stands twice for its weak water."""
    return list(dict.fromkeys(replace(s, weak=s.weak and not b.over) for s in b.streets))


def connections(b: Bulletin) -> Text:
    """Those without water and those with weak water apart, where there are both; if over, as it was."""
    own = _counted(b.connections)
    if restoration.apart(b):
        was = Text("曾可能停水", "may have been") if restoration.unsure(b) else Text("曾停水", "had been")
        weak = _counted(b.weak)
        return Text(
            f"{was.zh}{own.zh}，水压曾偏低{weak.zh}",
            f"{own.en} {was.en} without water, {weak.en} with pressure that was low",
        )
    if b.over:
        return _counted((b.connections or 0) + (b.weak or 0) or None)
    if b.weak is None and not any(street.weak for street in b.streets):
        return own
    weak, dry = _counted(b.weak), _DRY.get(b.supply, _DRY[Supply.NONE])
    if doubted(b.kind, b.supply, b.site):
        dry = Text("可能停水", "may be without water")
    return Text(f"{dry.zh}{own.zh}，水压偏低{weak.zh}", f"{own.en} {dry.en}, {weak.en} with low pressure")


def _counted(n: int | None) -> Text:
    if n is None:
        return Text("不足10户", "fewer than 10")
    return Text(f"约{counted(n)}户", f"about {counted(n)}")


def institutions(b: Bulletin) -> Text:
    """`人民医院、城东小学`."""
    return listed(b.institutions)


def number(b: Bulletin) -> Text:
    """What people quote: `NTC-20261122-00001 第2版`."""
    return Text(f"{b.number} 第{b.version}版", f"{b.number}, version {b.version}")


def points(b: Bulletin) -> Text:
    """Where water can be fetched, one after the other."""
    return Text("；".join(_point(b, "zh")), "; ".join(_point(b, "en")))


def _point(b: Bulletin, lang: str) -> list[str]:
    told = []
    for point in b.water_points:
        words = [t.zh if lang == "zh" else t.en for t in (point.name, point.hours, point.note) if t]
        told.append(("，" if lang == "zh" else ", ").join(words).rstrip("。."))
    return told


def _starts_label(b: Bulletin) -> Text:
    """What is called off must not read as if water went off."""
    if b.change is Change.CANCELLED:
        return Text("原定时间", "Was planned") if b.planned else Text("原公告时间", "It had said")
    off = b.planned and b.supply is Supply.NONE
    return Text("停水时间" if off else "影响时间", "When")


def _expected_label(b: Bulletin) -> Text:
    if b.over or unrepaired(b):
        return Text("目前情况", "Now")
    if b.kind in QUALITY_KINDS:
        return Text("何时解除", "Until")
    if b.supply is Supply.LOW:
        return Text("预计水压恢复正常", "Normal pressure")
    return Text("预计恢复", "Expected back")


def _water(b: Bulletin) -> list[Fact]:
    """Of a repair under pressure, that nobody is off for it."""
    return [Fact("water", Text("供水", "Water"), STAYS_ON)] if b.stays_on and not b.over else []


def _moved(b: Bulletin) -> list[Fact]:
    if b.over:
        return []
    return [Fact("moved", Text("原定时间", "Was planned"), span(*b.moved_from_ns))] if b.moved_from_ns else []


def _streets_label(b: Bulletin) -> Text:
    if b.change is Change.RESTORED and b.kind not in QUALITY_KINDS:
        return restoration.of(b).streets
    if b.planned and b.change is Change.CANCELLED:
        return Text("原定路段", "Streets it was to be in")
    return Text("涉及路段", "Streets")


def _institutions(b: Bulletin) -> list[Fact]:
    return [Fact("institutions", Text("涉及单位", "Also inside"), institutions(b))] if b.institutions else []


def all_of(b: Bulletin) -> tuple[Fact, ...]:
    """The facts of a version in the order in which people ask for them; what is not known is left out,
    but for the time of restoration, of which that is said. What was called off concerns nobody any more:
    neither whom it would have, nor why, nor who had approved it."""
    sure = [
        *_water(b),
        Fact("starts", _starts_label(b), starts(b)),
        *_moved(b),
        Fact("expected", _expected_label(b), expected(b)),
    ]
    if b.next_update_ns is not None and not b.over:
        label = LATE if b.update_late else Text("下次通报不晚于", "Next update by")
        sure.append(Fact("next_update", label, moment(b.next_update_ns)))
    sure += [
        Fact("area", Text("涉及范围" if b.over else "影响范围", "Where"), part(where(b))),
        Fact("streets", _streets_label(b), streets(b)),
        *_institutions(b),
    ]
    if b.change is not Change.CANCELLED:
        sure.append(Fact("connections", Text("涉及用户", "Connections"), connections(b)))
        sure.append(Fact("reason", Text("原因", "Why"), part(b.reason)))
    if b.water_points and not b.over:
        sure.append(Fact("points", Text("取水点", "Water points"), points(b)))
    if b.approval is not None and not b.over:
        sure.append(Fact("approval", Text("批准文号", "Approval no."), Text(b.approval, b.approval)))
    if b.emergency_report is not None and not b.over:
        sure.append(Fact("report", Text("应急报告", "Reported to the authority"), b.emergency_report))
    sure += [
        Fact("hotline", hotline(b.hotline_hours), Text(b.hotline, b.hotline)),
        Fact("published", Text("发布", "Published"), moment(b.sent_ns)),
        Fact("number", Text("公告编号", "Notice no."), number(b)),
    ]
    return tuple(sure)
