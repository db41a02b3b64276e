"""What people decide about notices: `rules` say who may. Each acts on the version that is being prepared."""

from dataclasses import replace

from core.model.account import Role, User
from core.model.notice import QUALITY_KINDS, Notice, NoticeState
from core.model.text import Text
from core.ports.ledger import Tx
from response import wording
from response.notices import closing, versions
from response.notices.rules import (
    HUB,
    NEUTRAL,
    illegal,
    may_decide,
    not_own,
    second_person,
)
from response.notices.versions import Prepared, prepared
from response.refused import NotPermitted, Refused
from response.service_times import CN_DEFAULT, ServiceTimes

_S = 1_000_000_000


async def approve(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
    """Draft to approved. A hub's estimate that has passed meanwhile is moved on by the time it waited.

    Raises Unknown; NotPermitted `role` or `own_draft`; Refused `illegal_state`."""
    before = await _in_state(tx, id, NoticeState.DRAFT)
    may_decide(before.content, actor)
    not_own(before.content, actor)
    fresh = _estimated_anew(before.content, now_ns)
    approved = replace(fresh, state=NoticeState.APPROVED, approved_by=actor.id, approved_ns=now_ns)
    return await versions.write(tx, before, approved, now_ns)


async def publish(tx: Tx, id: str, actor: User, now_ns: int, *, times: ServiceTimes = CN_DEFAULT) -> Notice:
    """Approved to published. The next update is promised from this moment.

    Raises Unknown; NotPermitted `role`, `same_person` or `same_role`; Refused `illegal_state`,
    `estimate_passed`, `estimate_reversed` or `words_missing`."""
    before = await _in_state(tx, id, NoticeState.APPROVED)
    notice = before.content
    may_decide(notice, actor)
    if notice.kind in QUALITY_KINDS:
        await second_person(tx, notice, actor)
    promised = wording.composed(replace(notice, next_update_ns=now_ns + times.update_s * _S))
    _fit(promised, now_ns)
    return await versions.say(tx, before, promised, actor.id, now_ns)


async def issue_neutral(
    tx: Tx, id: str, actor: User, now_ns: int, *, times: ServiceTimes = CN_DEFAULT
) -> Notice:
    """An operator publishes the pre-approved text of the hub's outage draft that has waited too long.

    Raises Unknown; NotPermitted `role`; Refused `illegal_state`, `not_neutral` (a quality notice, or a
    person's draft) or `too_early`."""
    before = await _in_state(tx, id, NoticeState.DRAFT)
    notice = before.content
    if actor.role is not Role.OPERATOR:
        raise NotPermitted(
            "role", Text("仅调度员可发布中性公告", "only an operator may issue the neutral text")
        )
    if notice.author != HUB or notice.kind in QUALITY_KINDS or before.pending is not None:
        why = Text("此公告没有预先批准的文本", "there is no pre-approved text for this notice")
        raise Refused("not_neutral", why, ("approve",))
    if now_ns < notice.drafted_ns + times.neutral_after_s * _S:
        why = Text("值班长仍在审批时限内", "the duty manager still has time to approve")
        raise Refused("too_early", why, ("approve",))
    promised = replace(notice, next_update_ns=now_ns + times.update_s * _S)
    bare = replace(wording.neutral(promised), approved_by=NEUTRAL, approved_ns=now_ns)
    return await versions.say(tx, before, bare, actor.id, now_ns, due_ns=now_ns + times.review_s * _S)


async def restore(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
    """Published to restored: people are told that water is back (quality: that it was checked)."""
    before = await _published(tx, id)
    notice = before.head
    may_decide(notice, actor)
    restored = replace(closing.restored(notice, now_ns), approved_by=actor.id, approved_ns=now_ns)
    await versions.drop(tx, before, now_ns)
    return await versions.say(tx, before, restored, actor.id, now_ns)


async def withdraw(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
    """A draft dropped, or a notice issued in error taken back: another version says so."""
    before = await prepared(tx, id)
    notice = before.head
    may_decide(notice, actor)
    if notice.state in (NoticeState.RESTORED, NoticeState.WITHDRAWN):
        raise illegal(notice)
    if notice.state is not NoticeState.PUBLISHED:
        return await versions.put_head(tx, replace(notice, state=NoticeState.WITHDRAWN), now_ns)
    await versions.drop(tx, before, now_ns)
    taken_back = replace(closing.called_off(notice, now_ns), approved_by=actor.id, approved_ns=now_ns)
    return await versions.say(tx, before, taken_back, actor.id, now_ns)


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


def _estimated_anew(notice: Notice, now_ns: int) -> Notice:
    """The hub's estimate, moved on by the whole half hours for which the draft lay unread."""
    if notice.author != HUB or notice.eta_earliest_ns is None or notice.eta_latest_ns is None:
        return notice
    if notice.eta_earliest_ns > now_ns:
        return notice
    step = 1800 * _S
    waited = -(-(now_ns - notice.drafted_ns) // step) * step
    later = replace(
        notice,
        eta_earliest_ns=notice.eta_earliest_ns + waited,
        eta_likely_ns=notice.eta_likely_ns + waited if notice.eta_likely_ns else None,
        eta_latest_ns=notice.eta_latest_ns + waited,
        next_update_ns=None,
    )
    return wording.composed(later)


def _fit(notice: Notice, now_ns: int) -> None:
    """What must hold of anything the public is told."""
    words = (notice.title, notice.body, notice.advice)
    if any(not text.zh.strip() or not text.en.strip() or text.zh == text.en for text in words):
        raise Refused("words_missing", Text("中英文文本不完整", "the words are missing in one language"))
    earliest, latest = notice.eta_earliest_ns, notice.eta_latest_ns
    if earliest is not None and latest is not None and latest < earliest:
        raise Refused("estimate_reversed", Text("预计时间先后颠倒", "the estimate ends before it begins"))
    if latest is not None and latest <= now_ns:
        raise Refused("estimate_passed", Text("预计恢复时间已过", "the estimated time has passed already"))
