"""Who may say what to the public: drafts become notices only through people.

- The hub's own outage draft: one duty manager approves and publishes.
- A draft that a person wrote: approved by another person.
- A quality notice: a quality officer and a duty manager, two persons, in either order.
- When no duty manager has approved within ten minutes an operator may issue the pre-approved neutral text
  (suspected, no estimate), to be reviewed by a duty manager within the hour.

Nothing is published by itself, and what is published is never edited.
"""

from dataclasses import replace

from core.model.account import Role, User
from core.model.event import Event, EventKind
from core.model.notice import Notice, NoticeKind, NoticeState, Progress
from core.model.text import Text
from core.ports.ledger import Tx
from response import wording
from response.refused import NotPermitted, Refused, Unknown
from response.service_times import CN_DEFAULT, ServiceTimes

HUB = "hub"
NEUTRAL = "hub:neutral-text"
"""Who approved the neutral text: nobody on the day, the utility beforehand."""

_S = 1_000_000_000
_TWO = frozenset({Role.QUALITY_OFFICER, Role.DUTY_MANAGER})


def next_actions(notice: Notice) -> tuple[str, ...]:
    """What can follow the notice's state, whoever asks."""
    return {
        NoticeState.DRAFT: ("approve", "issue_neutral"),
        NoticeState.APPROVED: ("publish",),
        NoticeState.PUBLISHED: ("restore", "withdraw"),
    }.get(notice.state, ())


async def approve(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
    """Draft to approved. A hub's estimate that has passed meanwhile is moved on by the time it waited.

    Raises Unknown; NotPermitted `role` or `own_draft`; Refused `illegal_state`."""
    notice = await _in_state(tx, id, NoticeState.DRAFT)
    _may(notice, actor)
    if notice.author == actor.id:
        why = Text("自己起草的公告须由他人批准", "a notice you wrote needs another person's approval")
        raise NotPermitted("own_draft", why)
    fresh = _estimated_anew(notice, now_ns)
    return await _put(
        tx, replace(fresh, state=NoticeState.APPROVED, approved_by=actor.id, approved_ns=now_ns), now_ns
    )


async def publish(tx: Tx, id: str, actor: User, now_ns: int, *, times: ServiceTimes = CN_DEFAULT) -> Notice:
    """Approved to published. The next update is promised from this moment.

    Raises Unknown; NotPermitted `role`, `same_person` or `same_role`; Refused `illegal_state`,
    `estimate_passed`, `estimate_reversed` or `words_missing`."""
    notice = await _in_state(tx, id, NoticeState.APPROVED)
    _may(notice, actor)
    if notice.kind is NoticeKind.WATER_QUALITY:
        await _second_person(tx, notice, actor)
    promised = _reworded(notice, replace(notice, next_update_ns=now_ns + times.update_s * _S))
    _fit(promised, now_ns)
    return await _put(
        tx,
        replace(promised, state=NoticeState.PUBLISHED, published_by=actor.id, published_ns=now_ns),
        now_ns,
    )


async def issue_neutral(
    tx: Tx, id: str, actor: User, now_ns: int, *, times: ServiceTimes = CN_DEFAULT
) -> Notice:
    """An operator publishes the pre-approved text of the hub's outage draft that has waited too long.

    Raises Unknown; NotPermitted `role`; Refused `illegal_state`, `not_neutral` (a quality notice, or a
    person's draft) or `too_early`."""
    notice = await _in_state(tx, id, NoticeState.DRAFT)
    if actor.role is not Role.OPERATOR:
        raise NotPermitted(
            "role", Text("仅调度员可发布中性公告", "only an operator may issue the neutral text")
        )
    if notice.author != HUB or notice.kind is NoticeKind.WATER_QUALITY:
        why = Text("此公告没有预先批准的文本", "there is no pre-approved text for this notice")
        raise Refused("not_neutral", why, ("approve",))
    if now_ns < notice.drafted_ns + times.neutral_after_s * _S:
        why = Text("值班长仍在审批时限内", "the duty manager still has time to approve")
        raise Refused("too_early", why, ("approve",))
    bare = replace(
        notice,
        eta_earliest_ns=None,
        eta_latest_ns=None,
        next_update_ns=now_ns + times.update_s * _S,
        state=NoticeState.PUBLISHED,
        approved_by=NEUTRAL,
        approved_ns=now_ns,
        published_by=actor.id,
        published_ns=now_ns,
    )
    bare = replace(bare, body=wording.neutral(bare))
    return await _put(tx, bare, now_ns, review_due_ns=now_ns + times.review_s * _S)


async def restore(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
    """Published to restored: people are told that water is back (quality: that it was checked)."""
    notice = await _in_state(tx, id, NoticeState.PUBLISHED)
    _may(notice, actor)
    progress = (*notice.progress, (Progress.RESTORED, now_ns))
    return await _put(tx, replace(notice, state=NoticeState.RESTORED, progress=progress), now_ns)


async def withdraw(tx: Tx, id: str, actor: User, now_ns: int) -> Notice:
    """A draft dropped, or a notice issued in error taken back."""
    notice = await _get(tx, id)
    _may(notice, actor)
    if notice.state in (NoticeState.RESTORED, NoticeState.WITHDRAWN):
        raise _illegal(notice)
    return await _put(tx, replace(notice, state=NoticeState.WITHDRAWN), now_ns)


async def _get(tx: Tx, id: str) -> Notice:
    notice = await tx.get(Notice, id)
    if notice is None:
        raise Unknown("no_such_notice", Text(f"没有公告 {id}", f"there is no notice {id}"))
    return notice


async def _in_state(tx: Tx, id: str, state: NoticeState) -> Notice:
    notice = await _get(tx, id)
    if notice.state is not state:
        raise _illegal(notice)
    return notice


def _illegal(notice: Notice) -> Refused:
    why = Text(
        f"公告当前为“{notice.state}”，不能执行此操作", f"the notice is {notice.state}: this cannot follow"
    )
    return Refused("illegal_state", why, next_actions(notice))


def _may(notice: Notice, actor: User) -> None:
    roles = _TWO if notice.kind is NoticeKind.WATER_QUALITY else {Role.DUTY_MANAGER}
    if actor.role not in roles:
        raise NotPermitted("role", Text("您的角色不能执行此操作", "your role may not do this"))


async def _second_person(tx: Tx, notice: Notice, actor: User) -> None:
    """A quality notice is published by the other of the two roles, and by another person."""
    if notice.approved_by == actor.id:
        why = Text("水质公告须由两人分别批准和发布", "a quality notice takes two persons")
        raise NotPermitted("same_person", why)
    first = await tx.get(User, notice.approved_by or "")
    if first is None or {first.role, actor.role} != _TWO:
        why = Text("须由水质管理员和值班长共同完成", "it takes a quality officer and a duty manager")
        raise NotPermitted("same_role", why)


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
        eta_latest_ns=notice.eta_latest_ns + waited,
        next_update_ns=None,
    )
    return _reworded(notice, later)


def _reworded(before: Notice, after: Notice) -> Notice:
    """Carry a changed estimate or promise into the text, where the old one stands in it."""
    old, new = wording.estimate(before), wording.estimate(after)
    text = Text(after.body.zh.replace(old.zh, new.zh), after.body.en.replace(old.en, new.en))
    return replace(after, body=text)


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


async def _put(tx: Tx, notice: Notice, now_ns: int, review_due_ns: int | None = None) -> Notice:
    changed = replace(notice, seq=notice.seq + 1)
    await tx.put(changed)
    await tx.emit(event_of(changed, now_ns, review_due_ns))
    return changed


def event_of(notice: Notice, now_ns: int, review_due_ns: int | None = None) -> Event:
    """What the event stream says of a notice: nothing personal, no user names."""
    data = {
        "state": notice.state.value,
        "kind": notice.kind.value,
        "incident": notice.incident,
        "version": notice.version,
        "accounts_affected": notice.accounts_affected,
        "seq": notice.seq,
    }
    if review_due_ns is not None:
        data["review_due_ns"] = review_due_ns
    return Event(kind=EventKind.NOTICE, subject=notice.id, t_ns=now_ns, zone=notice.zone, data=data)
