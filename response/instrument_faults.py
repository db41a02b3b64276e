"""Published hours called an instrument's fault: by two persons, and by evidence (WQ-07).

What was published is not taken down: it stands among the corrections, and the hour says what it is called
now. What is confirmed of the water is called no instrument's fault.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.model.account import User
from core.model.event import Event, EventKind
from core.model.limits import within
from core.model.plant import Plant
from core.model.proposal import Evidence, Proposal, ProposalKind, ProposalState
from core.model.published import Amended, Hour, HourState, PublishedDay, Replaced, day_id
from core.model.shanghai import local
from core.model.text import Text
from core.ports.ledger import Tx
from response.notices.rules import other_of_two
from response.quality_matter import confirmed_between
from response.refused import NotPermitted, Refused, Unknown
from response.usual_band import HOUR_NS

KIND = ProposalKind.INSTRUMENT_FAULT
PREFIX = "PRO"
LONGEST_NS = 24 * HOUR_NS


async def propose(
    tx: Tx,
    plant: Plant,
    subject: tuple[str, str],
    span: tuple[int, int],
    evidence: Evidence,
    reference: str,
    reason: str,
    actor: User,
    now_ns: int,
) -> Proposal:
    """subject: area and parameter. span: the hours that it touches. reference: number or file of the
    evidence. Raises Refused `backwards`, `too_long`, `nothing_published`, `held`, `confirmed`, `proposed`."""
    zone, parameter = subject
    await _days(tx, plant, zone, parameter, *span)
    name = f"{zone}:{parameter}"
    if await tx.find(Proposal, kind=KIND, subject=name, state=ProposalState.OPEN):
        raise Refused("proposed", Text("已有待批准的申请", "one waits for approval already"), ("approve",))
    made = Proposal(
        id=await tx.next_id(PREFIX, now_ns),
        kind=KIND,
        subject=name,
        by=actor.id,
        reason=reason,
        permit=reference,
        asked_ns=now_ns,
        evidence=evidence,
        start_ns=span[0],
        end_ns=span[1],
    )
    return await _put(tx, made, zone, (), now_ns)


async def decide(
    tx: Tx, plant: Plant, id: str, seq: int, state: ProposalState, actor: User, note: str | None, now_ns: int
) -> Proposal:
    """Approved or refused by the other of quality officer and duty manager; withdrawn by whoever proposed
    it. Raises Unknown; NotPermitted `same_person`, `same_role`, `not_yours`; Refused `stale`, and as
    `propose`."""
    before = await tx.get(Proposal, id)
    if before is None or before.kind is not KIND or before.start_ns is None or before.end_ns is None:
        raise Unknown("unknown", Text("没有这项申请", f"there is no proposal {id!r}"))
    if before.state is not ProposalState.OPEN or before.seq != seq:
        raise Refused("stale", Text("该申请已有决定", "it is decided already"))
    await _may_decide(tx, before, state, actor)
    zone, _, parameter = before.subject.partition(":")
    days: Sequence[PublishedDay] = ()
    if state is ProposalState.APPROVED:
        days = await _days(tx, plant, zone, parameter, before.start_ns, before.end_ns)
        for day in days:
            await tx.put(_labelled(day, before.start_ns, before.end_ns, now_ns))
    decided = replace(
        before, state=state, decided_by=actor.id, decided_ns=now_ns, note=note, seq=before.seq + 1
    )
    return await _put(tx, decided, zone, sorted({day.month for day in days}), now_ns)


async def _may_decide(tx: Tx, before: Proposal, state: ProposalState, actor: User) -> None:
    own = before.by == actor.id
    if state is ProposalState.WITHDRAWN:
        if not own:
            why = Text("只有申请人可以撤回", "only who proposed it withdraws it")
            raise NotPermitted("not_yours", why)
        return
    if own:
        why = Text("自己的申请须由他人决定", "another person decides about what you proposed")
        raise NotPermitted("same_person", why)
    await other_of_two(tx, before.by, actor)


async def fault_months(tx: Tx) -> list[str]:
    """In which one was approved, once for each."""
    found = await tx.find(Proposal, kind=KIND, state=ProposalState.APPROVED)
    return [f"{local(one.decided_ns):%Y-%m}" for one in found if one.decided_ns is not None]


async def _days(
    tx: Tx, plant: Plant, zone: str, parameter: str, begin_ns: int, end_ns: int
) -> list[PublishedDay]:
    """The published days with hours of it that may be called so."""
    if end_ns <= begin_ns:
        raise Refused("backwards", Text("结束早于开始", "it ends before it begins"))
    if end_ns - begin_ns > LONGEST_NS:
        raise Refused("too_long", Text("最长24小时", "24 h at most"))
    beside = (begin_ns - HOUR_NS, begin_ns, end_ns - 1, end_ns - 1 + HOUR_NS)
    names = {f"{local(t_ns):%Y-%m-%d}" for t_ns in beside}
    found = [
        day for name in sorted(names) if (day := await tx.get(PublishedDay, day_id(zone, parameter, name)))
    ]
    hours = [hour for day in found for hour in day.hours if _touches(hour, begin_ns, end_ns)]
    if any(hour.held_until_ns is not None for hour in hours):
        why = Text("这些小时值正在暂缓发布，请先发布", "these hours are held back: publish them first")
        raise Refused("held", why, ("release",))
    if all(hour.median is None for hour in hours):
        raise Refused("nothing_published", Text("这段时间没有已发布的数值", "no value is published of it"))
    if await confirmed_between(tx, plant, zone, parameter, begin_ns, end_ns) or _agree(
        found, begin_ns, end_ns
    ):
        why = Text("已确认超标或异常，不能认定为仪表故障", "it is confirmed, and no instrument's fault")
        raise Refused("confirmed", why)
    return [day for day in found if any(_touches(hour, begin_ns, end_ns) for hour in day.hours)]


def _agree(days: Sequence[PublishedDay], begin_ns: int, end_ns: int) -> bool:
    """Two hours in a row were beyond the limit, of which it touches one."""
    beyond = [
        hour.start_ns
        for day in days
        for hour in day.hours
        if hour.median is not None and not within(day.limit, hour.median)
    ]
    pairs = ((one, one + HOUR_NS) for one in beyond if one + HOUR_NS in beyond)
    return any(first < end_ns and second + HOUR_NS > begin_ns for first, second in pairs)


def _touches(hour: Hour, begin_ns: int, end_ns: int) -> bool:
    return hour.start_ns < end_ns and hour.start_ns + HOUR_NS > begin_ns


def _labelled(day: PublishedDay, begin_ns: int, end_ns: int, now_ns: int) -> PublishedDay:
    meant = [one for one in day.hours if one.median is not None and _touches(one, begin_ns, end_ns)]
    gone = tuple(Replaced(hour=one, at_ns=now_ns, why=Amended.INSTRUMENT_FAULT) for one in meant)
    hours = tuple(_fault(one, now_ns) if one in meant else one for one in day.hours)
    return replace(day, hours=hours, replaced=(*day.replaced, *gone))


def _fault(hour: Hour, now_ns: int) -> Hour:
    return replace(
        hour,
        state=HourState.INSTRUMENT_FAULT,
        published_ns=now_ns,
        median=None,
        high15=None,
        low15=None,
        version=hour.version + 1,
    )


async def _put(tx: Tx, one: Proposal, zone: str, months: Sequence[str], now_ns: int) -> Proposal:
    await tx.put(one)
    data = {"kind": KIND.value, "state": one.state.value, "of": one.subject, "months": list(months)}
    await tx.emit(Event(kind=EventKind.PROPOSAL, subject=one.id, t_ns=now_ns, zone=zone, data=data))
    return one
