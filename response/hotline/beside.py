"""What does not reach a caller now and yet is the answer: a published notice that names the house with its
street, a published repair in the caller's zone that leaves the address out, and water that came back within a
day, announced or not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.account import Account
from core.model.incident import GOING_ON, OPEN, Incident
from core.model.notice import (
    QUALITY_KINDS,
    Affected,
    Change,
    Notice,
    NoticeKind,
    NoticeState,
    Status,
    StreetExtent,
    Supply,
)
from core.model.report import Report
from core.model.shanghai import moment, span
from core.model.text import Text, joined
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response import doubt, stays
from response.affected import LOW_PRESSURE
from response.cause import REPAIRS, beyond_notice, cause, repaired
from response.concern import Concern, of_place
from response.extents import naming
from response.hotline import again
from response.hotline.around import CASE_NS
from response.hotline.recovered import Recovered, finding, recovered
from response.notices.standing import UNAFFECTED
from response.site import UNREPAIRED, site_of
from response.verdict import Confidence, Finding, Verdict, recovering, when

Case = tuple[Report, WorkOrder]
RESTORED_NS = 24 * 3600 * 1_000_000_000
"""So long after its restoration a notice is still the answer [P]."""


@dataclass(frozen=True, slots=True)
class Beside:
    """near: a published notice that names the address (`Concern.named`) though it was not computed to be
    concerned, or a repair of the zone, whose area the address is not in; again: work that goes on again at
    what was over for it, so that no word of its end holds. restored: the last notice that
    reached the account, or that it reported, and is over; case: the order of what it reported, where no
    notice reached it; weak: it had told the account of low pressure. off: planned work that was called off.
    recovered: what instruments saw come back, with nothing of it published."""

    near: Concern | None = None
    again: Concern | None = None
    restored: Notice | None = None
    weak: bool = False
    case: str | None = None
    off: Notice | None = None
    recovered: Recovered | None = None

    @property
    def shown(self) -> list[Concern]:
        found = self.near or self.again
        return [found] if found else []

    @property
    def low(self) -> bool:
        """Of pressure alone the account was told."""
        one = self.restored
        return one is not None and one.kind not in QUALITY_KINDS and (self.weak or one.supply is Supply.LOW)


async def beside(tx: Tx, account: Account, now_ns: int) -> Beside:
    rows = {row.notice: row for row in await tx.find(Affected, account=account.id)}
    published = await tx.find(Notice, state=NoticeState.PUBLISHED)
    of_zone = [
        (notice, named)
        for notice in published
        if notice.status is Status.ACTUAL
        and (notice.id not in rows or rows[notice.id].supply == UNAFFECTED)
        and ((named := naming(notice.streets, account)) or _of_zone(notice, account, now_ns))
    ]
    latest = max(of_zone, key=lambda one: (one[1] is not None, one[0].starts_ns, one[0].id), default=None)
    over = await tx.find(Notice, id=tuple(rows)) if rows else []
    near = await _near(tx, account, *latest) if latest else None
    restored, case = _restored(over, now_ns), None
    cases = await _cases(tx, account, now_ns)
    if restored is None:
        restored, case = await _reported(tx, cases, now_ns)
    anew = await again.again(tx, [*over, *await _over(tx, cases)])
    if anew is not None:
        return Beside(near, anew, off=_called_off(over, now_ns))
    unsaid = await recovered(tx, over, now_ns, RESTORED_NS)
    weak = restored is not None and restored.id in rows and rows[restored.id].supply == LOW_PRESSURE
    return Beside(near, None, restored, weak, case, _called_off(over, now_ns), unsaid)


def _of_zone(notice: Notice, account: Account, now_ns: int) -> bool:
    here = account.zone in (notice.zone, *notice.zones)
    return here and notice.kind in REPAIRS and notice.starts_ns <= now_ns


async def _reported(tx: Tx, cases: Sequence[Case], now_ns: int) -> tuple[Notice | None, str | None]:
    """What was restored after the account reported it, with its order, though no notice reached it."""
    over: dict[str, str] = {}
    for said, order in cases:
        restored = []
        if order.incident is not None:
            restored = await tx.find(Notice, incident=order.incident, state=NoticeState.RESTORED)
        over |= {n.id: order.id for n in restored if (n.restored_ns or 0) >= said.at_ns}
    found = _restored(await tx.find(Notice, id=tuple(over)) if over else [], now_ns)
    return found, over[found.id] if found else None


async def _cases(tx: Tx, account: Account, now_ns: int) -> list[Case]:
    """What this account reported of late, with its order."""
    reports = await tx.find(Report, account=account.id)
    late = [one for one in reports if one.taken_back_ns is None and now_ns - one.at_ns <= CASE_NS]
    found = [(one, await tx.get(WorkOrder, one.work_order)) for one in late if one.work_order]
    return [(one, order) for one, order in found if order is not None]


async def _over(tx: Tx, cases: Sequence[Case]) -> list[Notice]:
    """The notices of what it reported that are over."""
    of = tuple({order.incident for _, order in cases if order.incident})
    return await tx.find(Notice, incident=of, state=NoticeState.RESTORED) if of else []


async def _near(tx: Tx, account: Account, notice: Notice, named: StreetExtent | None) -> Concern | None:
    """Of a street that is named: until people have said that it is over, what they published holds."""
    incident = await tx.get(Incident, notice.incident) if notice.incident else None
    if incident is not None and incident.state not in (OPEN if named else GOING_ON):
        return None
    reason = "street_named" if named else "outside_footprint"
    return replace(await of_place(tx, account, notice, UNAFFECTED, reason, incident), named=named)


def _called_off(found: list[Notice], now_ns: int) -> Notice | None:
    """Until a day after it was to begin, as the portal has it (`public_portal.told`)."""
    off = [
        notice
        for notice in found
        if notice.kind is NoticeKind.PLANNED_OUTAGE
        and notice.change is Change.CANCELLED
        and notice.published_ns is not None
        and notice.status is Status.ACTUAL
        and now_ns - max(notice.published_ns, notice.starts_ns) <= RESTORED_NS
    ]
    return max(off, key=lambda one: one.published_ns or 0, default=None)


def _restored(found: list[Notice], now_ns: int) -> Notice | None:
    over = [
        notice
        for notice in found
        if notice.state is NoticeState.RESTORED
        and notice.published_ns is not None
        and notice.status is Status.ACTUAL
        and notice.restored_ns is not None
        and 0 <= now_ns - notice.restored_ns <= RESTORED_NS
    ]
    return max(over, key=lambda one: one.restored_ns or 0, default=None)


def told(found: Beside, measured: Text | None, now_ns: int) -> Finding | None:
    """In words to read aloud; None where neither is there. measured: that pressure is low now."""
    if found.near is not None:
        weak = replace(found.near, supply=LOW_PRESSURE)
        known = Confidence.ON_SITE if beyond_notice(weak) else Confidence.PUBLISHED
        named = weak.named
        low = named is not None and stays.of_pressure(weak.notice, named)
        parts = [cause(weak, nearby=low or named is None), *([measured] if measured else [])]
        if named is None:
            words = joined([*parts, *_done(weak, now_ns), stays.outside(weak)])
            return Finding(Verdict.NEARBY_OUTAGE, words, known)
        times = _done(weak, now_ns) if weak.notice.kind in REPAIRS else [when(weak, now_ns)]
        words = joined([*parts, *times, *recovering(weak), stays.unconcerned(weak, named)])
        return Finding(Verdict.STREET_NAMED, words, known)
    if found.again is not None:
        return again.finding(found.again, measured)
    if found.restored is not None:
        verdict = Verdict.LIFTED if found.restored.kind in QUALITY_KINDS else Verdict.RESTORED
        words = joined(
            [_back(found), *([measured] if measured else []), _STILL_WEAK if found.low else _STILL[verdict]]
        )
        return Finding(verdict, words, Confidence.PUBLISHED)
    if found.off is not None and found.off.description is not None:
        still = _STILL[Verdict.CALLED_OFF]
        said = [found.off.description, found.off.advice]
        words = joined([*said, *([measured] if measured else []), still])
        return Finding(Verdict.CALLED_OFF, words, Confidence.PUBLISHED)
    return finding(found.recovered) if found.recovered is not None and measured is None else None


def _done(concern: Concern, now_ns: int) -> list[Text]:
    """When the repair is to be done, as published: nobody has said that this address has no water. Nothing
    once it is done, nor where a crew has found none to make."""
    notice = concern.notice
    if repaired(concern) or site_of(concern.orders, concern.turned) in UNREPAIRED:
        return []
    if notice.overdue_ns is not None or (notice.eta_latest_ns or now_ns + 1) <= now_ns:
        return [
            Text(
                "原预计修复时间已过，正在重新评估。",
                "The time given for the repair has passed; it is assessed again.",
            )
        ]
    if notice.eta_earliest_ns is None or notice.eta_latest_ns is None:
        return []
    at = span(notice.eta_earliest_ns, notice.eta_latest_ns)
    return [Text(f"抢修预计{at.zh}完成。", f"The repair is expected to be done {at.en}.")]


_STILL = {
    Verdict.RESTORED: Text(
        "如果仍然没有水或水发黄，我给您登记，派人核查。",
        "If you are still without water, or it runs brown, I will take a report and somebody will check.",
    ),
    Verdict.LIFTED: Text(
        "如果照此做后水仍有异色、异味，我给您登记，派人核查。",
        "If your water still looks or smells unusual then, I will take a report and somebody will check.",
    ),
    Verdict.CALLED_OFF: Text(
        "如果您家用水不正常，我给您登记，派人核查。",
        "If your water is not as usual, I will take a report and somebody will check.",
    ),
}


_STILL_WEAK = Text(
    "如果水压仍然偏低或水发黄，我给您登记，派人核查。",
    "If pressure is still low, or the water runs brown, I will take a report and somebody will check.",
)


def _back(found: Beside) -> Text:
    """Of an all-clear as it was published, with what to do at the tap: of pressure alone where the account
    was told of that, and of what nobody has seen no more than that all is normal."""
    notice, case = found.restored, found.case
    assert notice is not None
    at = moment(notice.back_ns or notice.restored_ns or 0)
    if notice.kind in QUALITY_KINDS and notice.description is not None:
        return joined([notice.description, notice.advice])
    back = Text("恢复正常水压", "pressure") if found.low else Text("恢复供水", "water")
    since = Text(f"已于{at.zh}", f"was restored at {at.en}")
    if notice.back_ns is None:
        since = Text(f"确认于{at.zh}已", f"is restored, as confirmed at {at.en}")
    if doubt.of_notice(notice):
        back = Text("水压正常", "pressure") if found.low else Text("供水正常", "water supply")
        since = Text(f"{at.zh}起", f"has been normal since {at.en}")
        if notice.back_ns is None:
            since = Text(f"确认于{at.zh}", f"is normal, as confirmed at {at.en}")
    if case is not None:
        return Text(
            f"您反映的情况（工单{case}）已处理，{since.zh}{back.zh}。请先打开位置最低的冷水龙头，放水至清澈。",
            f"What you reported (order {case}) is over: {back.en} {since.en}. "
            "Please run the lowest cold tap until it is clear.",
        )
    return Text(
        f"您所在区域{since.zh}{back.zh}。请先打开位置最低的冷水龙头，放水至清澈。",
        f"{back.en.capitalize()} in your area {since.en}. Please run the lowest cold tap until it is clear.",
    )
