"""Of an address that is not known to be off: that its water stays is a guess while the place of a fault is
only suspected, and is said as one; whoever reported that they have none is believed first."""

from core.model.notice import QUALITY_KINDS, Notice, NoticeKind, StreetExtent, Supply
from core.model.text import Text
from response.concern import Concern

HEARD = Text(
    "您反映家中无水，我们已登记，正在核实。",
    "You reported that you have no water: it is on record and being looked at.",
)
LOCATING = Text(
    "故障位置仍在核实；如果家中没有水，请告诉我们。",
    "The place is still being confirmed; if you have no water, please tell us.",
)
_TELL = Text("如果您家没有水，请告诉我们", "If you have no water, tell us")


def as_named(extent: StreetExtent) -> Text:
    """How a notice comes to name a house that was not computed."""
    if extent.numbers is None:
        return Text(
            f"公告为保护住户隐私，按整条街公布，列出了{extent.name.zh}",
            f"To protect privacy the notice names all of {extent.name.en}",
        )
    if extent.numbers.isdigit():
        return Text(
            f"公告按门牌公布，列出的{extent.name.zh}{extent.numbers}号就是您家所在门牌",
            f"The notice names houses by number, and {extent.numbers} {extent.name.en} is yours",
        )
    return Text(
        f"公告按门牌段公布，列出的{extent.name.zh}{extent.numbers}号包括您家",
        f"The notice names a range of houses, {extent.numbers} {extent.name.en}, and yours is in it",
    )


def weak(concern: Concern) -> Text | None:
    """Of one that reaches the address with weak water; None where nothing is to be added."""
    if concern.named is not None:
        return _weak_though_named(concern, as_named(concern.named))
    if concern.heard:
        return HEARD
    return LOCATING if concern.guessed and not concern.still_located else None


def _weak_though_named(concern: Concern, named: Text) -> Text:
    if concern.heard:
        return Text(f"{named.zh}。{HEARD.zh}", f"{named.en}. {HEARD.en}")
    if concern.guessed:
        return Text(
            f"{named.zh}；据现有信息，您家可能只是水压偏低，预计不会停水。{LOCATING.zh}",
            f"{named.en}; by what is known now your water may be only weak, and is not expected to stop. "
            f"{LOCATING.en}",
        )
    return Text(
        f"{named.zh}；按管网计算，您家不停水，水压可能偏低。{_TELL.zh}。",
        f"{named.en}; by our network model your water stays on, and may be weak. {_TELL.en}.",
    )


def of_pressure(notice: Notice, extent: StreetExtent) -> bool:
    """Whether the notice names those houses as of low pressure, not as off."""
    return extent.weak or notice.supply is Supply.LOW or notice.kind is NoticeKind.LOW_PRESSURE


def unconcerned(concern: Concern, extent: StreetExtent) -> Text:
    """Of one that names the address and is not computed to reach it: both are true."""
    notice, named = concern.notice, as_named(extent)
    if notice.kind in QUALITY_KINDS:
        return Text(
            f"{named.zh}；按管网计算，您家不在其中。为稳妥起见，请同样照此用水。",
            f"{named.en}; by our network model yours is not concerned. To be safe, please follow it too.",
        )
    if concern.heard:
        return Text(f"{named.zh}。{HEARD.zh}", f"{named.en}. {HEARD.en}")
    low = of_pressure(notice, extent)
    off = Text("水压偏低", "have low pressure") if low else Text("停水", "be off")
    if concern.guessed:
        return Text(
            f"{named.zh}；据现有信息，您家预计不会{off.zh}。{LOCATING.zh}",
            f"{named.en}; by what is known now your connection is not expected to {off.en}. {LOCATING.en}",
        )
    report = _TELL
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        report = Text(
            "请先储一些水；如果届时没有水，请告诉我们", "Do store some water; if there is none then, tell us"
        )
    return Text(
        f"{named.zh}；按管网计算，您家的接水点不会{off.zh}。{report.zh}，我们登记并派人核查。",
        f"{named.en}; by our network model your connection should not {off.en}. "
        f"{report.en}: we will take it down and somebody will check.",
    )


def outside(concern: Concern) -> Text:
    """Of a published repair of the zone that leaves the address out."""
    if concern.heard:
        return Text(
            f"您的地址不在已公布的停水范围内。{HEARD.zh}范围若扩大会通知您。",
            f"Your address is not in the published area. {HEARD.en} We will let you know if the area grows.",
        )
    where = LOCATING if concern.guessed else Text("", "")
    first = Text(
        f"您的地址不在已公布的停水范围内{'，但' if concern.guessed else '；'}{where.zh}",
        f"Your address is not in the published area{'. ' if concern.guessed else ';'}{where.en}",
    )
    return Text(
        f"{first.zh}我给您登记并关联这次抢修，范围若扩大会通知您。",
        f"{first.en} I will put you down with this repair and we will let you know if the area grows.",
    )
