"""The words of a notice, in Chinese and English from the same facts.

Contents follow what Chinese utilities print in outage notices (times, place, cause, households, storing
water, recovery, flushing, hotline). Sentences are short; times always carry their date.
"""

from collections.abc import Sequence

from core.model.notice import Notice, NoticeKind, StreetExtent
from core.model.plant import Utility
from core.model.shanghai import moment, span
from core.model.text import Text

NAMED_STREETS = 6
"""Streets named in the text; the notice's own list has all."""


def title(kind: NoticeKind, place: Text) -> Text:
    if kind is NoticeKind.WATER_QUALITY:
        return Text(f"{place.zh}水质异常核查公告", f"Water quality being checked: {place.en}")
    return Text(f"{place.zh}供水管道疑似故障公告", f"Suspected water main failure: {place.en}")


def body(notice: Notice, zone: Text, utility: Utility) -> Text:
    """The paragraphs, parted by line breaks; the estimate is a paragraph of its own (`estimate`)."""
    since = moment(notice.starts_ns)
    named = streets(notice.streets)
    if notice.kind is NoticeKind.WATER_QUALITY:
        facts = Text(
            f"{since.zh}起，{zone.zh}的在线水质仪表读数异常。我们正在组织采样复核。",
            f"Since {since.en}, on-line instruments in {zone.en} have shown unusual readings. "
            "Sampling to check them is being organised.",
        )
        reach = Text(f"涉及范围：{named.zh}。", f"Area concerned: {named.en}.")
    else:
        facts = Text(
            f"{since.zh}，{zone.zh}一处供水管道疑似发生故障，正在组织核实和抢修。",
            f"A water main in {zone.en} is suspected to have failed at {since.en}. "
            "A crew is being organised to check and repair it.",
        )
        reach = Text(
            f"核实和抢修期间，以下路段可能停水或水压偏低：{named.zh}。",
            f"While it is checked and repaired, water may be off or weak in: {named.en}.",
        )
    told = Text(
        f"24小时热线：{utility.hotline}。{utility.name.zh}",
        f"Hotline, day and night: {utility.hotline}. {utility.name.en}",
    )
    parts = (facts, reach, estimate(notice), told)
    return Text("\n".join(p.zh for p in parts), "\n".join(p.en for p in parts))


def estimate(notice: Notice) -> Text:
    """When water is expected back and when people are told next. An estimate is a range, or not given."""
    if notice.eta_earliest_ns is None or notice.eta_latest_ns is None:
        when = Text("恢复时间尚在评估。", "The time of restoration is still being assessed.")
    else:
        back = span(notice.eta_earliest_ns, notice.eta_latest_ns)
        when = Text(f"预计{back.zh}恢复供水。", f"Water is expected back {back.en}.")
    if notice.next_update_ns is None:
        return when
    next_ = moment(notice.next_update_ns)
    return Text(f"{when.zh}下次通报不晚于{next_.zh}。", f"{when.en} Next update by {next_.en}.")


def advice(kind: NoticeKind) -> Text:
    if kind is NoticeKind.WATER_QUALITY:
        return Text(
            "如发现水有异色、异味，请先不要饮用，并拨打热线。我们会及时公布复核结果。",
            "If your water looks or smells unusual, do not drink it and call us. "
            "We will publish the result of the check.",
        )
    return Text(
        "请提前储备必要的生活用水，并关好水龙头。恢复供水后，请先打开水龙头放水至清澈再使用。",
        "Please store the water you need and keep taps closed. "
        "When water returns, run a cold tap until it is clear before use.",
    )


def neutral(notice: Notice) -> Text:
    """The pre-approved text an operator may issue when no duty manager can be had: no estimate."""
    since = moment(notice.starts_ns)
    named = streets(notice.streets)
    return Text(
        f"{since.zh}，供水管道疑似发生故障，正在组织核实和抢修。\n涉及范围：{named.zh}。\n{estimate(notice).zh}",
        f"A water main is suspected to have failed at {since.en}. "
        "A crew is being organised to check and repair it.\n"
        f"Area concerned: {named.en}.\n{estimate(notice).en}",
    )


def streets(extents: Sequence[StreetExtent]) -> Text:
    """`人民路12–48号、中山路等8条道路`."""
    if not extents:
        return Text("范围正在核实", "still being established")
    shown = extents[:NAMED_STREETS]
    zh = "、".join(e.name.zh + (f"{e.numbers}号" if e.numbers else "") for e in shown)
    en = ", ".join(e.name.en + (f" {e.numbers}" if e.numbers else "") for e in shown)
    if len(extents) > len(shown):
        return Text(f"{zh}等{len(extents)}条道路", f"{en} and {len(extents) - len(shown)} more streets")
    return Text(zh, en)
