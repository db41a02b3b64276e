"""What an agent reads aloud: published facts alone, a sentence left out where one of them is missing (HL-10).

What is known inside and not yet published stands apart, so that nobody promises it by mistake.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.model.account import Segment
from core.model.notice import QUALITY_KINDS, Change, Notice, NoticeKind, NoticeState
from core.model.shanghai import moment, span
from core.model.text import Text
from response import doubt
from response.affected import LOW_PRESSURE
from response.cause import found_nothing, no_water_was_off, weakly_supplied
from response.concern import Concern
from response.notices.standing import UNAFFECTED
from response.sentences import LATE
from response.site import FOUND, REPAIRED, work
from response.street_words import streets
from response.verdict import Finding, Verdict


class When(StrEnum):
    """What may be said to "when will water be back?"."""

    ESTIMATE = "estimate"
    PLANNED = "planned"
    """From when to when planned work lasts, as it was published."""
    OVERDUE = "overdue"
    """The published time has passed without a new one."""
    NOT_PUBLISHED = "not_published"
    """Something is known, and no time of it may be promised."""
    NO_ESTIMATE = "no_estimate"
    """A notice is out, and gives no time."""
    RESTORED = "restored"
    """It is over; since when is told."""
    CALLED_OFF = "called_off"
    UNKNOWN = "unknown"
    """Nothing is known of an interruption."""


class Of(StrEnum):
    """What it is the time of."""

    WATER = "water"
    PRESSURE = "pressure"
    """Water runs, and is weak."""
    REPAIR = "repair"
    """A repair beside the address: nobody has said that its water is off."""
    PLAN = "plan"
    """What was announced and is called off."""
    ADVICE = "advice"
    """How the water may be used; it runs."""


@dataclass(frozen=True, slots=True)
class Back:
    """The one answer, in figures and in words. next_update_ns: published, and still to come; next_words: of
    it, or that it is overdue, or that none was stated where one is owed."""

    when: When
    words: Text
    earliest_ns: int | None = None
    latest_ns: int | None = None
    next_update_ns: int | None = None
    next_words: Text | None = None
    of: Of = Of.WATER


@dataclass(frozen=True, slots=True)
class Script:
    """say: sentence by sentence. internal: not to be told."""

    say: tuple[Text, ...]
    internal: tuple[Text, ...] = ()


_SORRY = Text("给您添麻烦了，请您谅解。", "We are sorry for the trouble.")
_SEGMENTS = {
    Segment.DIALYSIS: Text(
        "我们已把透析用水列为优先，会有专人与您联系。",
        "Water for dialysis comes first; we will call you.",
    ),
    Segment.HOSPITAL: Text(
        "医院用水优先保障，会有专人与您联系。", "Hospitals come first; somebody will call you."
    ),
    Segment.SCHOOL: Text("学校用水我们会优先安排。", "Schools are among the first we see to."),
    Segment.VULNERABLE: Text(
        "如果取水不方便，请告诉我，我们安排送水。",
        "If fetching water is difficult for you, tell me and we will bring some.",
    ),
}
_RUN = Text(
    "恢复供水后，请先打开冷水龙头放水至清。", "When water returns, run the cold tap until it is clear."
)
_TOLD = Text("恢复后我们会通知您。", "We will let you know when water is back.")
_TOLD_WEAK = Text("水压恢复正常后我们会通知您。", "We will let you know when pressure is back to normal.")
_TOLD_LIFTED = Text("解除后我们会通知您。", "We will let you know when the advice is lifted.")


NOT_PUBLISHED = Text("恢复时间尚未公布，请勿承诺", "no time is published: promise none")


def back(
    concerns: Sequence[Concern], now_ns: int, restored: Notice | None = None, *, low: bool = False
) -> Back:
    """restored: what reached the caller and is over, or was called off; low: it told of pressure alone."""
    if not concerns and restored is not None and restored.change is Change.CANCELLED:
        return Back(When.CALLED_OFF, Text("已取消", "called off"), of=Of.PLAN)
    if not concerns and restored is not None and restored.restored_ns is not None:
        at, of = moment(restored.back_ns or restored.restored_ns), _of(restored, LOW_PRESSURE if low else "")
        words = Text(f"已于{at.zh}恢复", f"restored {at.en}")
        if restored.back_ns is None:
            words = Text(f"确认于{at.zh}已恢复", f"restored, as confirmed {at.en}")
        if doubt.of_notice(restored):
            words = Text(f"{at.zh}起正常", f"normal since {at.en}")
            if restored.back_ns is None:
                words = Text(f"确认于{at.zh}正常", f"normal, as confirmed {at.en}")
        if of is Of.ADVICE:
            words = Text(f"已于{at.zh}解除", f"lifted {at.en}")
        return Back(When.RESTORED, words, of=of)
    if not concerns:
        words = Text("没有查到停水通知", "no interruption is known")
        return Back(When.UNKNOWN, words)
    notice, of = concerns[0].notice, _of(concerns[0].notice, _supply(concerns[0]))
    if notice.state is not NoticeState.PUBLISHED:
        return Back(When.NOT_PUBLISHED, NOT_PUBLISHED, of=of)
    told = _overtaken(concerns[0]) or _told(notice, now_ns)
    coming = notice.next_update_ns if (notice.next_update_ns or 0) >= now_ns else None
    return replace(told, next_update_ns=coming, next_words=_next(notice, coming), of=of)


def _overtaken(concern: Concern) -> Back | None:
    """A repair's published time holds no more: nothing was found, or no water was off for it."""
    if found_nothing(concern):
        words = Text("现场未发现故障，原公布时间勿再告知", "nothing found on site: tell no time")
    elif no_water_was_off(concern):
        words = Text(
            "现场不停水，原公布的恢复供水时间勿再告知",
            "water stays on: the published time was of its return, do not tell it",
        )
    else:
        return None
    return Back(When.NOT_PUBLISHED, words)


def _told(notice: Notice, now_ns: int) -> Back:
    if notice.overdue_ns is not None or (notice.eta_latest_ns or now_ns + 1) <= now_ns:
        words = Text(
            "原预计时间已过，正在重新评估", "the estimated time has passed; it is being assessed again"
        )
        return Back(When.OVERDUE, words)
    if notice.eta_latest_ns is None or notice.eta_earliest_ns is None:
        words = Text("公告未给出恢复时间", "the notice gives no time")
        if notice.kind in QUALITY_KINDS:
            words = Text("以解除公告为准", "until we say that it is lifted")
        return Back(When.NO_ESTIMATE, words)
    planned = notice.kind is NoticeKind.PLANNED_OUTAGE
    return Back(
        When.PLANNED if planned else When.ESTIMATE,
        span(notice.starts_ns if planned else notice.eta_earliest_ns, notice.eta_latest_ns),
        notice.eta_earliest_ns,
        notice.eta_latest_ns,
    )


def _supply(concern: Concern) -> str:
    return LOW_PRESSURE if weakly_supplied(concern) else concern.supply


def _of(notice: Notice, supply: str) -> Of:
    if notice.kind in QUALITY_KINDS:
        return Of.ADVICE
    if supply == LOW_PRESSURE:
        return Of.PRESSURE
    return Of.REPAIR if supply == UNAFFECTED else Of.WATER


def _next(notice: Notice, coming: int | None) -> Text | None:
    """Planned work keeps to its time, and owes no update. One that was promised and did not come is owned."""
    if coming is not None:
        at = moment(coming)
        return Text(f"下次通报 {at.zh} 前", f"Next update by {at.en}")
    if notice.next_update_ns is not None:
        due = moment(notice.next_update_ns)
        return Text(f"{LATE.zh}{due.zh}", f"{LATE.en} {due.en}")
    if notice.kind is NoticeKind.PLANNED_OUTAGE:
        return None
    return Text("没有约定下次通报", "no next update stated")


def script(
    finding: Finding, concerns: Sequence[Concern], segment: Segment | None, beside: Sequence[Text] = ()
) -> Script:
    """beside: more that is not to be told."""
    say = [finding.words]
    if finding.verdict in (Verdict.NEARBY_OUTAGE, Verdict.STREET_NAMED, Verdict.WORK_AGAIN):
        say.append(_SORRY)
    if finding.verdict is Verdict.QUALITY_ADVISORY:
        say += [*_areas(concerns[0].notice), _TOLD_LIFTED, _SORRY]
    if finding.verdict in (Verdict.KNOWN_OUTAGE, Verdict.KNOWN_LOW_PRESSURE, Verdict.PLANNED_WORK):
        if segment in _SEGMENTS:
            say.append(_SEGMENTS[segment])
        say += [_TOLD_WEAK, _SORRY] if weakly_supplied(concerns[0]) else [_TOLD, _RUN, _SORRY]
    internal = [*beside, *(line for concern in concerns for line in _internal(concern))]
    return Script(tuple(say), tuple(internal))


def _areas(notice: Notice) -> list[Text]:
    """Which streets, as published."""
    if notice.state is not NoticeState.PUBLISHED or not notice.streets:
        return []
    named = streets(notice.streets)
    return [Text(f"涉及范围：{named.zh}。", f"Area concerned: {named.en}.")]


def _internal(concern: Concern) -> list[Text]:
    notice, incident = concern.notice, concern.incident
    lines: list[Text] = []
    if notice.state is not NoticeState.PUBLISHED and notice.eta_latest_ns is not None:
        inside = moment(notice.eta_latest_ns)
        approved = notice.state is NoticeState.APPROVED
        lines.append(
            Text(
                f"已批准的预计时间 {inside.zh}，尚未发布",
                f"the approved estimate, {inside.en}, is not yet published",
            )
            if approved
            else Text(
                f"草稿中的预计时间 {inside.zh}，尚未批准",
                f"the draft's estimate, {inside.en}, is not approved",
            )
        )
    place = incident.location.place if incident is not None and incident.location is not None else None
    if place is not None:
        found = work(concern.orders, concern.turned).site in FOUND | REPAIRED
        known = (
            Text("班组已在现场找到，以现场为准", "the crew has found the place: go by what they say")
            if found
            else Text("位置未经现场确认", "not confirmed on site")
        )
        lines.append(
            Text(
                f"疑似管段 {place.link}（可信度 {place.share:.0%}），{known.zh}",
                f"likely pipe {place.link} ({place.share:.0%}), {known.en}",
            )
        )
    if incident is not None and incident.size_m3h is not None:
        lines.append(
            Text(f"估计漏量 {incident.size_m3h:.0f} m³/h", f"estimated loss {incident.size_m3h:.0f} m³/h")
        )
    return lines
