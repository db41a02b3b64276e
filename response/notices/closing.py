"""What people are told when it is over: water is back, the advice is lifted, or it was called off (ON-09)."""

from dataclasses import replace

from core.model.notice import HEALTH_KINDS, QUALITY_KINDS, Change, Notice, NoticeKind, Progress, Supply
from core.model.shanghai import moment, span
from core.model.text import Text
from response import doubt
from response.site import NOTHING
from response.wording import composed

FLUSH = Text(
    "请先打开位置最低的冷水龙头放水至清澈，再使用其他龙头。水中有气泡而发白属正常，静置即清。"
    "若仍无水或持续发黄，请拨打热线。",
    "Run the lowest cold tap until it is clear, then the others. Cloudy water is air and clears when it "
    "stands. If you have none yet, or it stays discoloured, please call us.",
)
OFF_AGAIN = Text(
    "来水后，请先打开位置最低的冷水龙头放水至清澈，再使用其他龙头。若仍无水，请拨打热线。",
    "When water is back, run the lowest cold tap until it is clear, then the others. "
    "If none comes, please call us.",
)
LOW_AGAIN = Text("若水压仍偏低，请拨打热线。", "If pressure stays low, please call us.")
"""Of planned work that is called off once it has begun."""
_SUPPLY = Text("供水正常", "Water supply")
_PRESSURE = Text("水压正常", "Water pressure")
_SUPPLY_AND_PRESSURE = Text("供水和水压正常", "Water supply and pressure")
_UNCONFIRMED = Text("此前通报的疑似故障未经现场确认。", "The fault we suspected was not confirmed on site.")
_NOTHING_FOUND = Text("现场检查没有发现故障。", "A crew checked on site and found no fault.")
FLUSH_ALL = Text(
    "请将所有水龙头各放水5分钟，更换滤芯，倒掉已存的水和冰块，之后可正常使用。",
    "Run every tap for five minutes, change filters, and throw away stored water and ice. "
    "Then use water as usual.",
)


def restored(notice: Notice, at_ns: int, back_ns: int | None = None) -> Notice:
    """The version that says so: no estimate is left in it. back_ns: since when water is back; None where
    it is only known that it is."""
    back_ns = back_ns if back_ns is not None and notice.starts_ns < back_ns <= at_ns else None
    at, place = moment(at_ns), notice.place or Text("相关区域", "the area")
    if notice.kind in HEALTH_KINDS:
        title = Text(f"{place.zh}用水限制解除公告", f"Water is safe again: {place.en}")
        lab = notice.quality.lab if notice.quality else ""
        said = Text(
            f"{at.zh}，经检验，{place.zh}水质符合国家标准，用水限制解除。检验报告：{lab}。",
            f"As of {at.en}, tests show that water in {place.en} meets the national standard. "
            f"The advice is lifted. Laboratory report: {lab}.",
        )
    elif notice.kind in QUALITY_KINDS:
        title = Text(f"{place.zh}水质核查结果公告", f"Water quality checked: {place.en}")
        said = Text(
            f"{at.zh}，{place.zh}水质核查已完成，可正常用水。",
            f"As of {at.en}, water quality in {place.en} has been checked. Water may be used as usual.",
        )
    else:
        title, said = _back(notice, place, at_ns, back_ns)
    if notice.kind in QUALITY_KINDS:
        back_ns = None
    progress = (*notice.progress, (Progress.RESTORED, back_ns or at_ns))
    bare = replace(
        _bare(notice), change=Change.RESTORED, restored_ns=at_ns, back_ns=back_ns, progress=progress
    )
    advice = FLUSH_ALL if notice.kind in HEALTH_KINDS else FLUSH
    return composed(replace(bare, title=title, description=said, advice=advice))


def _back(notice: Notice, place: Text, at_ns: int, back_ns: int | None) -> tuple[Text, Text]:
    """Title and sentence: no more than was told before."""
    low = notice.supply is Supply.LOW
    both = not low and (notice.accounts_weak > 0 or any(street.weak for street in notice.streets))
    if doubt.of_notice(notice):
        what = _PRESSURE if low else _SUPPLY_AND_PRESSURE if both else _SUPPLY
        title = Text(f"{place.zh}{what.zh}公告", f"{what.en} normal: {place.en}")
        said = _since(place, what, "normal", at_ns, back_ns)
        found = _NOTHING_FOUND if notice.site in NOTHING else _UNCONFIRMED
        return title, Text(f"{said.zh}{found.zh}", f"{said.en} {found.en}")
    if low:
        title = Text(f"{place.zh}恢复正常水压公告", f"Pressure is back to normal: {place.en}")
        return title, _since(place, Text("水压已恢复正常", "Pressure"), "back to normal", at_ns, back_ns)
    title, what = Text(f"{place.zh}恢复供水公告", f"Water is back: {place.en}"), Text("已恢复供水", "Water")
    if both:
        what = Text("已恢复供水和正常水压", "Water and normal pressure")
    return title, _since(place, what, "back", at_ns, back_ns)


def _since(place: Text, what: Text, how: str, at_ns: int, back_ns: int | None) -> Text:
    """Since when, where that is known; else when it was found to be so."""
    at, plural = moment(at_ns if back_ns is None else back_ns), " and " in what.en
    be = "are" if plural else "is"
    if back_ns is None:
        return Text(
            f"确认于{at.zh}，{place.zh}{what.zh}。",
            f"{what.en} in {place.en} {be} {how}, as confirmed at {at.en}.",
        )
    has = "have" if plural else "has"
    return Text(
        f"{at.zh}起，{place.zh}{what.zh}。", f"{what.en} in {place.en} {has} been {how} since {at.en}."
    )


def called_off(notice: Notice, at_ns: int) -> Notice:
    """The version that takes back what was issued in error, or calls off what was planned."""
    at, place = moment(at_ns), notice.place or Text("相关区域", "the area")
    was_ns: tuple[int, int] | None = None
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        title = Text(f"{place.zh}计划停水取消公告", f"Planned interruption called off: {place.en}")
        was_ns = (notice.starts_ns, notice.eta_latest_ns or notice.starts_ns)
        said, advice = (
            _unneeded(place, was_ns) if at_ns < notice.starts_ns else _cut_short(notice, was_ns, at)
        )
    else:
        title = Text(f"{place.zh}公告撤回", f"Notice withdrawn: {place.en}")
        said = Text(
            f"{at.zh}撤回编号{notice.id}的公告，原内容不再有效。",
            f"Notice {notice.id} was withdrawn at {at.en}. What it said no longer holds.",
        )
        advice = Text("如有疑问，请拨打热线。", "If in doubt, please call us.")
    bare = replace(_bare(notice), change=Change.CANCELLED, moved_from_ns=was_ns)
    return composed(replace(bare, title=title, description=said, advice=advice))


def _unneeded(place: Text, was_ns: tuple[int, int]) -> tuple[Text, Text]:
    off = span(*was_ns)
    said = Text(
        f"原定{off.zh}的停水取消，{place.zh}正常供水。",
        f"The interruption planned for {off.en} is called off. Water stays on in {place.en}.",
    )
    return said, Text("无需储水。给您带来不便，敬请谅解。", "There is no need to store water. We are sorry.")


def _cut_short(notice: Notice, was_ns: tuple[int, int], at: Text) -> tuple[Text, Text]:
    """It has begun, so that somebody may be off: of them nothing is said but that it comes back."""
    off, low = span(*was_ns), notice.supply is Supply.LOW
    cut = Text("降压", "low pressure") if low else Text("停水", "interruption")
    back = Text("已停水的正在恢复供水", "Where water is off, it is coming back")
    if low:
        back = Text("水压正在恢复正常", "Pressure is coming back to normal")
    said = Text(
        f"原定{off.zh}的{cut.zh}已于{at.zh}取消。{back.zh}。",
        f"The {cut.en} planned for {off.en} was called off at {at.en}. {back.en}.",
    )
    return said, LOW_AGAIN if low else OFF_AGAIN


def _bare(notice: Notice) -> Notice:
    return replace(
        notice,
        eta_earliest_ns=None,
        eta_likely_ns=None,
        eta_latest_ns=None,
        basis=None,
        next_update_ns=None,
        overdue_ns=None,
        moved_from_ns=None,
    )
