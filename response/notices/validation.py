"""What must hold before anything is said to the public: a list, so that all of it is mended at once (ON-05).

Hard findings forbid publishing; the others are told to whoever approves. The rules on times, areas, texts in
two languages and references are CAP 1.2's own (OASIS, 3.2) as its libraries check them. Lead times are the
utility's own (service-times.yaml).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.model.fire_duty import FireDuty
from core.model.notice import HEALTH_KINDS, QUALITY_KINDS, Change, Notice, NoticeKind
from core.model.notice_version import NoticeVersion
from core.model.text import Text
from response.notices.exercises import to_consider
from response.notices.fire_told import fire_told
from response.notices.on_site import held_off, released, unlike
from response.notices.one_language import apart
from response.notices.ring import crossed, near
from response.notices.versions import SUPPLY_AFTER_NS
from response.refused import Refused
from response.service_times import CN_DEFAULT, ServiceTimes
from response.site import Work

_S = 1_000_000_000
MINUTE_NS, HOUR_NS = 60 * _S, 3600 * _S
HEADLINE = 160
SLACK_NS = 5 * MINUTE_NS
PERSONS = 2.6
"""Of a household (census of 2020) [K]."""
LITRES_A_DAY, LATER_LITRES_A_DAY, LATER_NS = 10, 20, 4 * 24 * HOUR_NS
"""For each person, within the first day and from the fifth on [V UK practice]."""


_PASSED = Text(
    "预计恢复时间已过：请修改为新的预计，或选“尚无法预计”",
    "the estimated time has passed already: edit it, or say that there is no estimate yet",
)
_BEGUN = Text(
    "计划停水开始时间已过：请修改开始时间；已经停水的，另发抢修停水公告",
    "its start has passed already: edit it; where water is off now, write an emergency notice",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is judged: the text, when it would be said, what was said before, by which times, and where the
    network lies."""

    notice: Notice
    now_ns: int
    earlier: Sequence[NoticeVersion] = ()
    times: ServiceTimes = CN_DEFAULT
    origin: tuple[float, float] | None = None
    work: Work | None = None
    """On site, of what has an incident."""
    callers_released: int = 0
    """Accounts that rang up of it, whom the last version concerned and this one leaves out."""
    fire: FireDuty | None = None
    """What the fire service is told of the same hydrants and times."""
    exercised: bool = False
    """It is in earnest, and its incident began in an exercise."""

    @property
    def over(self) -> bool:
        return self.notice.change in (Change.RESTORED, Change.CANCELLED)

    @property
    def end_ns(self) -> int | None:
        return self.notice.eta_latest_ns


@dataclass(frozen=True, slots=True)
class Lack:
    """item: a stable name for programs. hard: it must be mended before publishing."""

    item: str
    why: Text
    hard: bool = True


class Unfit(Refused):
    """It cannot be said like this (HTTP 422): `missing` lists every hard finding, `reason` is the first."""

    def __init__(self, missing: tuple[Lack, ...]) -> None:
        why = Text("；".join(one.why.zh for one in missing), "; ".join(one.why.en for one in missing))
        super().__init__(missing[0].item, why, ("edit", "withdraw"))
        self.missing = missing


def lacks(case: Case) -> tuple[Lack, ...]:
    """All that is wrong with it, the hard ones first."""
    found = [lack for rule in RULES for lack in rule(case)]
    return tuple(sorted(found, key=lambda lack: not lack.hard))


def require(case: Case, but: frozenset[str] = frozenset()) -> None:
    """but: what need not be mended yet, by name. Raises Unfit."""
    if hard := tuple(lack for lack in lacks(case) if lack.hard and lack.item not in but):
        raise Unfit(hard)


def _words(case: Case) -> Iterator[Lack]:
    notice = case.notice
    words = {"title": notice.title, "body": notice.body, "advice": notice.advice}
    words |= {"description": notice.description} if notice.description else {}
    missing = [name for name, text in words.items() if not text.zh.strip() or not text.en.strip()]
    same = [name for name, text in words.items() if name not in missing and text.zh == text.en]
    if missing:
        yield Lack("words_missing", Text("中英文文本不完整", "the words are missing in one language"))
    if same:
        yield Lack("words_same", Text("中英文文本相同", "the Chinese and the English text are the same"))
    if max(len(notice.title.zh), len(notice.title.en)) > HEADLINE:
        yield Lack("headline_long", Text(f"标题超过{HEADLINE}字", f"the title is over {HEADLINE} characters"))


def _said_why_and_where_to_ask(case: Case) -> Iterator[Lack]:
    notice = case.notice
    if notice.description is None:
        return
    if notice.reason is None or not notice.reason.zh.strip() or not notice.reason.en.strip():
        yield Lack("reason_missing", Text("未写明原因", "the reason is missing"))
    if notice.contact is None or not notice.contact.zh.strip():
        yield Lack("contact_missing", Text("未写明联系方式", "whom to call is missing"))


def _times(case: Case) -> Iterator[Lack]:
    notice, now_ns = case.notice, case.now_ns
    earliest, likely, latest = notice.eta_earliest_ns, notice.eta_likely_ns, notice.eta_latest_ns
    if earliest is not None and latest is not None and not earliest <= (likely or earliest) <= latest:
        yield Lack("estimate_reversed", Text("预计时间先后颠倒", "the estimate ends before it begins"))
    if latest is not None and latest <= now_ns:
        yield Lack("estimate_passed", _PASSED)
    if latest is not None and latest <= notice.starts_ns:
        yield Lack("ends_before_start", Text("结束时间早于开始时间", "it ends before it starts"))
    wants_update = notice.kind is not NoticeKind.PLANNED_OUTAGE and not case.over
    if wants_update and (notice.next_update_ns is None or notice.next_update_ns <= now_ns):
        yield Lack("next_update_missing", Text("未写明下次通报时间", "when people are told next is missing"))


def _planned(case: Case) -> Iterator[Lack]:
    notice = case.notice
    if notice.kind is not NoticeKind.PLANNED_OUTAGE or case.over:
        return
    if case.end_ns is None:
        yield Lack("estimate_missing", Text("未写明停水结束时间", "when it ends is missing"))
    begun = bool(case.earlier) and case.earlier[-1].content.starts_ns == notice.starts_ns
    if notice.starts_ns < case.now_ns - SLACK_NS and not begun:
        yield Lack("starts_passed", _BEGUN)
    elif not begun and not notice.late_reason and (need_ns := late_by(notice, case.now_ns, case.times)):
        hours = need_ns // HOUR_NS
        why = Text(
            f"须提前{hours}小时公告，请写明原因（将标明为临时通知）",
            f"it must be told {hours} h ahead: give a reason (it is labelled as told late)",
        )
        yield Lack("lead_time", why)


def late_by(notice: Notice, now_ns: int, times: ServiceTimes) -> int | None:
    """The lead time that it needs, ns, if that has not been kept (ON-06)."""
    lasts_ns = (notice.eta_latest_ns or notice.starts_ns) - notice.starts_ns
    need_ns = times.lead_s(lasts_ns / _S) * _S
    return need_ns if notice.starts_ns - now_ns < need_ns else None


def _authority(case: Case) -> Iterator[Lack]:
    notice = case.notice
    wanted = notice.kind is NoticeKind.PLANNED_OUTAGE or (
        notice.kind in QUALITY_KINDS and notice.kind is not NoticeKind.DISCOLOURED
    )
    if wanted and not case.over and not notice.approval and notice.reported is None:
        why = Text(
            "须填写主管部门批准文号，或紧急报告的时间和对象",
            "it needs the authority's approval number, or when and to whom the emergency was reported",
        )
        yield Lack("approval_missing", why)


def _fire(case: Case) -> Iterator[Lack]:
    if not case.over:
        yield from (Lack(*one) for one in fire_told(case.notice, case.fire))


def _supply(case: Case) -> Iterator[Lack]:
    """Over 24 h without water, or unfit to drink: where people get water belongs in it (ON-10)."""
    notice = case.notice
    if case.over:
        return
    if notice.water_points:
        yield from _short(notice, case.now_ns)
        return
    planned = notice.kind is NoticeKind.PLANNED_OUTAGE and case.end_ns is not None
    until_ns = (case.end_ns or 0) if planned else max(case.end_ns or 0, case.now_ns)
    if notice.supply == "none" and until_ns - notice.starts_ns > SUPPLY_AFTER_NS:
        why = Text("停水超过24小时须写明应急取水点", "over 24 h without water: name the water points")
        yield Lack("water_points_missing", why)


def _short(notice: Notice, now_ns: int) -> Iterator[Lack]:
    """Where litres are given, whether they are enough for everybody for a day (ON-11)."""
    open_ = [point for point in notice.water_points if point.state not in ("empty", "closed")]
    litres = [point.left_l if point.left_l is not None else point.capacity_l for point in open_]
    given = [litre for litre in litres if litre is not None]
    late = now_ns - notice.starts_ns >= LATER_NS
    need = round(notice.accounts_affected * PERSONS * (LATER_LITRES_A_DAY if late else LITRES_A_DAY))
    if given and sum(given) < need:
        why = Text(
            f"取水点共{sum(given):,}升，{notice.accounts_affected:,}户每日至少需{need:,}升",
            f"water points hold {sum(given):,} l, "
            f"{notice.accounts_affected:,} accounts need {need:,} l in a day",
        )
        yield Lack("water_points_short", why, hard=False)


def _health(case: Case) -> Iterator[Lack]:
    """The ten elements of 40 CFR 141.205; the rest of them is in every notice."""
    notice, facts = case.notice, case.notice.quality
    if notice.kind not in HEALTH_KINDS or notice.change is Change.CANCELLED:
        return
    if notice.change is Change.RESTORED:
        if facts is None or not facts.lab:
            yield Lack("lab_missing", Text("缺检验报告编号", "the laboratory's reference is missing"))
        return
    names = {
        "finding": Text("缺检出情况及水平", "what was found, and how much, is missing"),
        "effects": Text("缺健康影响说明", "the health effects are missing"),
        "risk": Text("缺易受影响人群", "who is at risk is missing"),
        "doing": Text("缺正在采取的措施", "what is being done is missing"),
        "alternatives": Text("缺替代水源说明", "what to use instead is missing"),
    }
    for name, why in names.items():
        text: Text | None = getattr(facts, name) if facts else None
        if text is None or not text.zh.strip() or not text.en.strip():
            yield Lack(f"quality_{name}_missing", why)
    authority = facts.health_authority if facts else Text("", "")
    if not authority.zh.strip() or not authority.en.strip():
        why = Text("缺卫生主管部门（中英文）", "the health authority is missing in one language or both")
        yield Lack("health_authority_missing", why)
    if facts is not None and facts.confirmed_ns is not None and facts.confirmed_ns > case.now_ns:
        yield Lack("result_in_future", Text("结果确认时间在将来", "the result is confirmed in the future"))


def _area(case: Case) -> Iterator[Lack]:
    ring = case.notice.ring
    if not ring:
        if not case.notice.streets:
            yield Lack("area_unknown", Text("范围尚未确定", "the area is not known yet"), hard=False)
        return
    if len(ring) < 4 or len(set(ring)) < 3:
        yield Lack("area_few", Text("区域边界少于4点", "the area has fewer than four points"))
    elif ring[0] != ring[-1]:
        yield Lack("area_open", Text("区域边界未闭合", "the area's outline is not closed"))
    elif crossed(ring):
        yield Lack("area_crossed", Text("区域边界自相交", "the area's outline crosses itself"))
    if case.origin and not all(near(point, case.origin) for point in ring):
        yield Lack("area_elsewhere", Text("区域不在供水范围内", "the area is not where the network is"))


def _on_site(case: Case) -> Iterator[Lack]:
    yield from (Lack(*one) for one in released(case.callers_released))
    if case.work is None:
        return
    if case.notice.change is Change.RESTORED and case.notice.kind not in QUALITY_KINDS:
        yield from (Lack(*one) for one in held_off(case.work))
    elif not case.over:
        standing = case.earlier[-1].content if case.earlier else None
        yield from (Lack(*one) for one in unlike(case.notice, standing, case.work))


def _considered(case: Case) -> Iterator[Lack]:
    if not case.over:
        yield from (Lack(*one) for one in to_consider(case.notice, case.exercised))
    yield from (Lack(*one) for one in apart(case.notice))


def _before(case: Case) -> Iterator[Lack]:
    told = [version.identifier for version in case.earlier]
    if len(set(told)) < len(told):
        yield Lack("identifier_reused", Text("版本编号重复", "a version's identifier is used twice"))
    if any((version.sent_ns or 0) > case.now_ns for version in case.earlier):
        why = Text("引用的版本晚于本次发布", "an earlier version was sent later than now")
        yield Lack("reference_later", why)


RULES: tuple[Callable[[Case], Iterator[Lack]], ...] = (
    _words,
    _said_why_and_where_to_ask,
    _times,
    _planned,
    _authority,
    _fire,
    _supply,
    _health,
    _area,
    _on_site,
    _considered,
    _before,
)
