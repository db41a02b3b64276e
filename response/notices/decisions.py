"""What people decide about notices: `rules` say who may. Each acts on the version that is being prepared."""

from dataclasses import replace

from core.model.account import Role, User
from core.model.notice import (
    ENDED,
    LAB_KINDS,
    QUALITY_KINDS,
    Notice,
    NoticeState,
    QualityFacts,
    Status,
)
from core.model.text import Text
from core.ports.ledger import Tx
from response import wording
from response.fire_duties import saying
from response.notices import closing, proof, versions
from response.notices.difference import callers_released
from response.notices.exercises import began_in_one
from response.notices.promised import labelled, promised
from response.notices.rules import (
    NEUTRAL,
    Seen,
    as_read,
    has_neutral_text,
    illegal,
    may_decide,
    not_own,
    second_person,
)
from response.notices.stale import estimated_anew, moves_on
from response.notices.validation import Case, Lack, Unfit, require
from response.notices.versions import Prepared, prepared
from response.refused import NotPermitted, Refused
from response.service_times import CN_DEFAULT, ServiceTimes
from response.site import FOUND, SUSPECTED, back_of, work_of

_S = 1_000_000_000
_TOLD_ONCE_APPROVED = frozenset({"fire_untold"})
"""What the hub does by itself between approval and publishing."""


async def approve(
    tx: Tx,
    id: str,
    actor: User,
    now_ns: int,
    *,
    seen: Seen | None = None,
    times: ServiceTimes = CN_DEFAULT,
    origin: tuple[float, float] | None = None,
) -> Notice:
    """Draft to approved. A hub's estimate that has passed meanwhile is moved on by the time it waited. Nobody
    puts their name to what could not be published: an authority's number that is missing (ON-14) is named
    to the first of the two persons, not to the second.

    Raises Unknown; NotPermitted `role` or `own_draft`; Refused `illegal_state`; Changed; Unfit."""
    before = await _in_state(tx, id, NoticeState.DRAFT)
    may_decide(before.content, actor)
    not_own(before.content, actor)
    as_read(before.content, seen, before.pending)
    require(await case_of(tx, before.content, now_ns, times=times, origin=origin), but=_TOLD_ONCE_APPROVED)
    fresh = estimated_anew(before.content, now_ns)
    approved = replace(fresh, state=NoticeState.APPROVED, approved_by=actor.id, approved_ns=now_ns)
    return await versions.write(tx, before, approved, now_ns)


async def publish(
    tx: Tx,
    id: str,
    actor: User,
    now_ns: int,
    *,
    seen: Seen | None = None,
    times: ServiceTimes = CN_DEFAULT,
    origin: tuple[float, float] | None = None,
    exercise: bool = False,
) -> Notice:
    """Approved to published. The next update is promised from this moment. origin: where the network lies, so
    that an area drawn elsewhere is found. exercise: what the public has not heard of yet, it does not hear
    of now (ON-42).

    Raises Unknown; NotPermitted `role`, `same_person` or `same_role`; Refused `illegal_state`; Changed;
    Unfit."""
    before = await _in_state(tx, id, NoticeState.APPROVED)
    notice = before.content
    may_decide(notice, actor)
    if notice.kind in QUALITY_KINDS:
        await second_person(tx, notice, actor)
    as_read(notice, seen, before.pending)
    case = await case_of(tx, notice, now_ns, times=times, origin=origin)
    require(case)
    return await versions.say(
        tx, before, _in_exercise(case.notice, exercise and before.pending is None), actor.id, now_ns
    )


def _in_exercise(notice: Notice, exercise: bool) -> Notice:
    """A draft from before the exercise is part of it; what was told in earnest is gone on with in earnest."""
    return replace(notice, status=Status.EXERCISE) if exercise else notice


async def case_of(
    tx: Tx,
    notice: Notice,
    now_ns: int,
    *,
    times: ServiceTimes = CN_DEFAULT,
    origin: tuple[float, float] | None = None,
) -> Case:
    """What would be said if it were published now, to be judged; of a draft, if it were approved now too."""
    earlier = await versions.published(tx, notice.id)
    if moves_on(notice):
        notice = estimated_anew(notice, now_ns)
    content = await promised(tx, labelled(notice, earlier, now_ns, times), now_ns, times)
    return Case(
        notice=content,
        now_ns=now_ns,
        earlier=earlier,
        times=times,
        origin=origin,
        work=await work_of(tx, notice.incident) if notice.incident else None,
        callers_released=await callers_released(tx, content, earlier),
        fire=await saying(tx, content),
        exercised=await began_in_one(tx, content),
    )


async def issue_neutral(
    tx: Tx,
    id: str,
    actor: User,
    now_ns: int,
    *,
    seen: Seen | None = None,
    times: ServiceTimes = CN_DEFAULT,
    exercise: bool = False,
) -> Notice:
    """An operator publishes the pre-approved text of the hub's outage draft that has waited too long.

    Raises Unknown; NotPermitted `role`; Changed; Refused `illegal_state`, `not_neutral` (a quality notice, or
    a person's draft) or `too_early`."""
    before = await _in_state(tx, id, NoticeState.DRAFT)
    notice = before.content
    if actor.role is not Role.OPERATOR:
        raise NotPermitted(
            "role", Text("仅调度员可发布中性公告", "only an operator may issue the neutral text")
        )
    as_read(notice, seen)
    if not has_neutral_text(notice) or before.pending is not None:
        why = Text("此公告没有预先批准的文本", "there is no pre-approved text for this notice")
        raise Refused("not_neutral", why, ("approve",))
    if now_ns < notice.drafted_ns + times.neutral_after_s * _S:
        why = Text("值班长仍在审批时限内", "the duty manager still has time to approve")
        raise Refused("too_early", why, ("approve",))
    if notice.incident and (await work_of(tx, notice.incident)).site not in SUSPECTED | FOUND:
        why = Text("现场已有结果，中性公告不再适用", "more is known on site than the neutral text says")
        raise Refused("not_neutral", why, ("approve",))
    bare = await promised(tx, wording.neutral(notice), now_ns, times)
    bare = replace(_in_exercise(bare, exercise), approved_by=NEUTRAL, approved_ns=now_ns)
    return await versions.say(tx, before, bare, actor.id, now_ns, due_ns=now_ns + times.review_s * _S)


async def restore(
    tx: Tx,
    id: str,
    actor: User,
    now_ns: int,
    *,
    reason: str = "",
    lab: str = "",
    seen: Seen | None = None,
) -> Notice:
    """People are told that it is over. An outage: when its incident's signals have recovered, or a person
    says how it is known; where it has no incident, always a person; planned work not before it begins.
    Doubtful water: the quality officer names the laboratory's result, and a duty manager then publishes the
    all-clear; never anybody alone.

    Raises Unknown; NotPermitted `role`; Refused `illegal_state`; Changed; Unfit `recovery_missing`,
    `not_begun`, `valves_still_shut`, `lab_missing`."""
    before = await _published(tx, id)
    notice = before.head
    may_decide(notice, actor)
    as_read(before.content, seen, before.pending)
    if notice.kind in LAB_KINDS:
        return await _all_clear(tx, before, actor, now_ns, lab)
    await proof.opened(tx, notice, now_ns)
    why = reason or await proof.recovered(tx, notice)
    over, drafted = await ended(tx, before, now_ns)
    over = replace(over, restored_why=why)
    if not drafted:
        await versions.drop(tx, before)
        before = before.head_only
    approved = replace(over, approved_by=actor.id, approved_ns=now_ns)
    return await versions.say(tx, before, approved, actor.id, now_ns)


async def ended(tx: Tx, before: Prepared, now_ns: int) -> tuple[Notice, bool]:
    """How it would be told now that an outage is over; and whether what was drafted is taken over for it."""
    known, drafted = proof.as_known(before)
    if known.incident is not None:
        known = proof.as_found(known, await work_of(tx, known.incident))
    return closing.restored(known, now_ns, await back_of(tx, known.incident)), drafted


async def _all_clear(tx: Tx, before: Prepared, actor: User, now_ns: int, lab: str) -> Notice:
    """Approved by the quality officer; it is published by the second person."""
    if actor.role is not Role.QUALITY_OFFICER:
        why = Text("仅水质管理员可提出解除", "only a quality officer may propose the all-clear")
        raise NotPermitted("role", why)
    if not lab:
        raise Unfit((Lack("lab_missing", Text("缺检验报告编号", "the laboratory's reference is missing")),))
    blank = Text("", "")
    facts = before.head.quality or QualityFacts(
        finding=blank, effects=blank, risk=blank, doing=blank, alternatives=blank
    )
    lifted = replace(before.head, quality=replace(facts, lab=lab), author=actor.id, drafted_ns=now_ns)
    await versions.drop(tx, before)
    over = replace(closing.restored(lifted, now_ns), restored_why=lab)
    opened = await versions.open_version(tx, before.head, over, None)
    approved = replace(opened.content, state=NoticeState.APPROVED, approved_by=actor.id, approved_ns=now_ns)
    await versions.write(tx, Prepared(before.head, opened), approved, now_ns)
    return before.head


async def withdraw(
    tx: Tx, id: str, actor: User, now_ns: int, *, reason: str = "", seen: Seen | None = None
) -> Notice:
    """A draft dropped, or a notice issued in error taken back: another version says so; never advice on the
    water that people were told, which is lifted (Unfit `by_all_clear`). reason: of what was published, for
    the record and for whoever answers callers (Unfit `reason_missing`); the public is not told it."""
    before = await prepared(tx, id)
    notice = before.head
    may_decide(notice, actor)
    if notice.state in ENDED:
        raise illegal(notice)
    proof.no_advice(notice)
    as_read(before.content, seen, before.pending)
    if notice.state is not NoticeState.PUBLISHED:
        return await versions.put_head(tx, replace(notice, state=NoticeState.WITHDRAWN), now_ns)
    why = proof.reason(reason)
    await versions.drop(tx, before)
    taken_back = replace(closing.called_off(notice, now_ns), approved_by=actor.id, approved_ns=now_ns)
    taken_back = replace(taken_back, withdrawn_why=why)
    return await versions.say(tx, before.head_only, taken_back, actor.id, now_ns)


async def merge(tx: Tx, id: str, into: str, actor: User, now_ns: int, *, seen: Seen | None = None) -> Notice:
    """A draft that tells the same as another notice is withdrawn for it (ON-15). Raises Unknown; NotPermitted
    `role`; Refused `illegal_state` (it was published, or the other is over), `same_notice`; Changed."""
    before, other = await prepared(tx, id), await prepared(tx, into)
    may_decide(before.head, actor)
    if id == into:
        raise Refused("same_notice", Text("不能并入自己", "it cannot be put into itself"))
    for notice in (before.head, other.head):
        if notice.state in ENDED:
            raise illegal(notice)
    if before.head.state is NoticeState.PUBLISHED:
        raise illegal(before.head, before.pending)
    as_read(before.head, seen)
    gone = replace(before.head, state=NoticeState.WITHDRAWN, same_as=into)
    return await versions.put_head(tx, gone, now_ns)


async def _in_state(tx: Tx, id: str, state: NoticeState) -> Prepared:
    before = await prepared(tx, id)
    if before.content.state is not state:
        raise illegal(before.content, before.pending)
    return before


async def _published(tx: Tx, id: str) -> Prepared:
    before = await prepared(tx, id)
    if before.head.state is not NoticeState.PUBLISHED:
        raise illegal(before.head)
    return before
