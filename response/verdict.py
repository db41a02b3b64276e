"""What to tell a caller, in one sentence to read aloud. Estimates come from published notices only."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.incident import IncidentState
from core.model.notice import QUALITY_KINDS, Notice, NoticeKind, NoticeState
from core.model.pressure_unit import PressureUnit
from core.model.shanghai import moment, span
from core.model.tag import Quantity
from core.model.text import Text, joined
from response import stays
from response.affected import LOW_PRESSURE
from response.cause import beyond_notice, cause, found_nothing, no_water_was_off, weakly_supplied
from response.concern import Concern
from response.nearby import SensorNow
from response.sentences import LATE
from response.site import work

_S = 1_000_000_000
SERVICE_PRESSURE_M = 14.0
"""0.14 MPa at the end of the network, the usual service floor in China (DBJ41/T 105-2010)."""
FRESH_NS = 15 * 60 * _S


class Verdict(StrEnum):
    KNOWN_OUTAGE = "known_outage"
    NEARBY_OUTAGE = "nearby_outage"
    """A published repair of the zone leaves the address out."""
    STREET_NAMED = "street_named"
    """A published notice names the address with its street, and it is not computed to be concerned."""
    KNOWN_LOW_PRESSURE = "known_low_pressure"
    """As an outage, and the address has weak water by it."""
    WORK_AGAIN = "work_again"
    """What was announced for the address, or reported by it, and was over is worked on again."""
    RESTORED = "restored"
    """What was announced for the address is over since less than a day."""
    LIFTED = "lifted"
    """So is what was said of its water's quality."""
    CALLED_OFF = "called_off"
    """Planned work that was announced for the address will not be."""
    PLANNED_WORK = "planned_work"
    LOW_PRESSURE_MEASURED = "low_pressure_measured"
    PRESSURE_RECOVERED = "pressure_recovered"
    """Instruments near it fell and are back; nothing was published."""
    QUALITY_ADVISORY = "quality_advisory"
    NOTHING_KNOWN = "nothing_known"


class Confidence(StrEnum):
    """published: a notice says so. on_site: the crew's record does, and goes beyond the published notice.
    confirmed: an incident does, no notice yet. possible: nearby, not inside
    the part to be shut, and no notice yet. measured: an instrument does. none: nothing is known, which is not
    "all well"."""

    PUBLISHED = "published"
    ON_SITE = "on_site"
    CONFIRMED = "confirmed"
    POSSIBLE = "possible"
    MEASURED = "measured"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    words: Text
    confidence: Confidence


def judge(
    concerns: list[Concern], sensors: tuple[SensorNow, ...], now_ns: int, unit: PressureUnit
) -> Finding:
    """The gravest thing known first: concerns as they are ordered, then measurements, then nothing."""
    weak = measured(sensors, now_ns, unit)
    if concerns:
        return _of_concern(concerns[0], now_ns, weak if concerns[0].still_located else None)
    if weak is not None:
        why = Text("原因尚在核实。", "The cause is being looked into.")
        return Finding(Verdict.LOW_PRESSURE_MEASURED, joined([weak, why]), Confidence.MEASURED)
    return Finding(
        Verdict.NOTHING_KNOWN,
        Text(
            "目前没有查到影响您地址的停水或水质通知。我先问您几个问题，给您登记后派人核查。",
            "We know of no interruption or water-quality notice for your address. "
            "Let me ask a few questions and note this down, so that somebody can check.",
        ),
        Confidence.NONE,
    )


def _of_concern(concern: Concern, now_ns: int, weak: Text | None) -> Finding:
    """weak: what was measured near an account of which no more is known."""
    notice, published = concern.notice, concern.notice.state is NoticeState.PUBLISHED
    verdict = Verdict.KNOWN_LOW_PRESSURE if weakly_supplied(concern) else Verdict.KNOWN_OUTAGE
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        verdict = Verdict.PLANNED_WORK
    if notice.kind in QUALITY_KINDS:
        verdict = Verdict.QUALITY_ADVISORY
    words = cause(concern)
    parts = [words, *([weak] if weak else []), when(concern, now_ns) if published else _unpublished(concern)]
    if (more := stays.weak(concern) if weakly_supplied(concern) else None) is not None:
        parts.append(more)
    confidence = Confidence.PUBLISHED if published else Confidence.CONFIRMED
    if published and beyond_notice(concern):
        confidence = Confidence.ON_SITE
    if concern.supply == LOW_PRESSURE and not published:
        confidence = Confidence.POSSIBLE
    return Finding(verdict, joined([*parts, *recovering(concern)]), confidence)


def recovering(concern: Concern) -> list[Text]:
    """That instruments are back, of what nobody has said yet to be over."""
    back = concern.incident is not None and concern.incident.state is IncidentState.RESTORED
    if not back or work(concern.orders, concern.turned).held_off:
        return []
    return [Text("仪表显示水压已回升，正在确认。", "Instruments show recovery; it is being confirmed.")]


def _unpublished(concern: Concern) -> Text:
    if concern.notice.kind in QUALITY_KINDS:
        return Text("正式通知正在审核。", "An official notice is being reviewed.")
    return Text(
        "恢复时间正在评估，正式公告发布后会告知您。",
        "The time of restoration is being assessed; an official notice will follow.",
    )


def when(concern: Concern, now_ns: int) -> Text:
    """The published estimate, or that it has passed; then when people are told next."""
    notice = concern.notice
    parts = _since(notice, now_ns)
    if not found_nothing(concern) and not no_water_was_off(concern):
        parts += _estimate(concern, now_ns)
    if notice.next_update_ns is not None:
        next_, kept = moment(notice.next_update_ns), notice.next_update_ns >= now_ns
        due = Text(f"下次通报不晚于{next_.zh}。", f"The next update is due by {next_.en}.")
        parts.append(due if kept else Text(f"{LATE.zh}{next_.zh}。", f"{LATE.en} {next_.en}."))
    return joined(parts)


def _estimate(concern: Concern, now_ns: int) -> list[Text]:
    notice = concern.notice
    late = notice.eta_latest_ns is not None and notice.eta_latest_ns <= now_ns
    if late or notice.overdue_ns is not None:
        return [
            Text(
                f"原预计{'解除' if notice.kind in QUALITY_KINDS else '恢复'}时间已过，正在重新评估。",
                "The estimated time has passed and is being assessed again.",
            )
        ]
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        return _planned(notice, now_ns)
    if notice.eta_earliest_ns is not None and notice.eta_latest_ns is not None:
        back = span(notice.eta_earliest_ns, notice.eta_latest_ns)
        if notice.kind in QUALITY_KINDS:
            return [Text(f"预计{back.zh}解除。", f"It is expected to end {back.en}.")]
        if weakly_supplied(concern):
            return [Text(f"预计{back.zh}恢复正常水压。", f"Pressure is expected back {back.en}.")]
        return [Text(f"预计{back.zh}恢复。", f"Water is expected back {back.en}.")]
    if notice.kind in QUALITY_KINDS:
        return [Text("何时解除以解除公告为准。", "It holds until we tell you that it is lifted.")]
    return []


def _since(notice: Notice, now_ns: int) -> list[Text]:
    """From when on the water is to be used otherwise."""
    if notice.kind not in QUALITY_KINDS or notice.starts_ns > now_ns:
        return []
    at = moment(notice.starts_ns)
    return [Text(f"自{at.zh}起。", f"This holds since {at.en}.")]


def _planned(notice: Notice, now_ns: int) -> list[Text]:
    """From when to when, and that it has not begun."""
    when = span(notice.starts_ns, notice.eta_latest_ns or notice.starts_ns)
    moved = []
    if notice.moved_from_ns is not None:
        was = span(*notice.moved_from_ns)
        moved = [Text(f"原定{was.zh}，已改期。", f"It was planned for {was.en} and has been moved.")]
    if now_ns >= notice.starts_ns:
        return [*moved, Text(f"时间为{when.zh}。", f"It lasts {when.en}.")]
    return [
        *moved,
        Text(f"时间为{when.zh}，现在还没有开始。", f"It is planned for {when.en}, and has not begun."),
    ]


def measured(sensors: tuple[SensorNow, ...], now_ns: int, unit: PressureUnit) -> Text | None:
    """That pressure near the caller is low now, where it is lowest; None where no instrument says so."""
    found = low(sensors, now_ns)
    return _low_words(found[0], unit) if found else None


def low(sensors: tuple[SensorNow, ...], now_ns: int) -> list[SensorNow]:
    """Those whose pressure is low now, the lowest first."""
    return sorted((one for one in sensors if _low(one, now_ns)), key=lambda one: one.value or 0.0)


def _low(sensor: SensorNow, now_ns: int) -> bool:
    """Fresh, readable, in the caller's own zone, and below the service floor or its usual band."""
    if sensor.quantity is not Quantity.PRESSURE or not sensor.same_zone or sensor.value is None:
        return False
    if sensor.at_ns is None or now_ns - sensor.at_ns > FRESH_NS:
        return False
    below_usual = sensor.usual_low is not None and sensor.value < sensor.usual_low
    return sensor.value < SERVICE_PRESSURE_M or below_usual


def _low_words(sensor: SensorNow, unit: PressureUnit) -> Text:
    now = unit.aloud(sensor.value or 0.0)
    if sensor.usual_low is None or sensor.usual_high is None:
        usual = Text("", "")
    else:
        mid = unit.aloud((sensor.usual_low + sensor.usual_high) / 2)
        usual = Text(f"，平时这个时段约{mid.zh}", f" against about {mid.en} usually at this hour")
    return Text(
        f"您附近的测点水压偏低，现为{now.zh}{usual.zh}。",
        f"Pressure measured near you is low: {now.en}{usual.en}.",
    )
