"""Who may say what to the public: drafts become notices only through people.

- The hub's own outage draft: one duty manager approves and publishes.
- A draft that a person wrote: approved by another person.
- A quality notice: a quality officer and a duty manager, two persons, in either order.
- When no duty manager has approved within ten minutes an operator may issue the pre-approved neutral text
  (suspected, no estimate), to be reviewed by a duty manager within the hour.

Nothing is published by itself, and what is published is never edited.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.model.account import Role, User
from core.model.notice import LAB_KINDS, QUALITY_KINDS, UNPUBLISHED, Notice, NoticeKind, NoticeState, Status
from core.model.notice_version import NoticeVersion, VersionState
from core.model.text import Text
from core.ports.ledger import Tx
from response.refused import NotPermitted, Refused

HUB = "hub"
AS_HUB = User(id=HUB, role=Role.DUTY_MANAGER, password_hash="")
"""The hub where it does by itself what people may."""
TELEMETRY = "telemetry"
"""How it is known that water is back, where nobody wrote a reason."""
NEUTRAL = "hub:neutral-text"
"""Who approved the neutral text: nobody on the day, the utility beforehand."""
TWO = frozenset({Role.QUALITY_OFFICER, Role.DUTY_MANAGER})
_OF_HEAD = {
    NoticeState.DRAFT: ("approve", "issue_neutral", "edit", "withdraw"),
    NoticeState.APPROVED: ("publish", "edit", "withdraw"),
    NoticeState.PUBLISHED: ("update", "restore", "withdraw"),
}
_OF_PENDING = {
    VersionState.DRAFT: ("approve", "edit", "drop", "restore", "withdraw"),
    VersionState.APPROVED: ("publish", "edit", "drop", "restore", "withdraw"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person read before they decided: the `seq` of what is being prepared, else of the head; of how
    many accounts and institutions it spoke, where that is known."""

    seq: int
    accounts: int | None = None
    institutions: int | None = None


class Changed(Refused):
    """What stands now is not what was read. now: what does."""

    def __init__(self, now: Notice, seen: Seen, allowed: tuple[str, ...]) -> None:
        self.now = now
        waits = now.state in UNPUBLISHED
        what = Text("草稿", "draft") if waits else Text("公告", "notice")
        apart = _apart(now, seen)
        zh, en = "，".join(one.zh for one in apart), ", ".join(one.en for one in apart)
        why = Text(
            f"{what.zh}已更新：{zh}，请再读一遍",
            f"The {what.en} has changed since you read it: {en}; read it again",
        )
        super().__init__("stale", why, allowed)


def _apart(now: Notice, seen: Seen) -> list[Text]:
    accounts, institutions = now.accounts_affected + now.accounts_weak, len(now.institutions)
    found = []
    if seen.accounts is None:
        found.append(Text(f"现为{accounts}户", f"{accounts} accounts now"))
    elif seen.accounts != accounts:
        found.append(Text(f"{seen.accounts}户→{accounts}户", f"{seen.accounts} → {accounts} accounts"))
    if seen.institutions not in (None, institutions):
        n = seen.institutions
        found.append(Text(f"公共机构{n}处→{institutions}处", f"{n} → {institutions} institutions"))
    return found or [Text("户数相同，内容有改动", "as many accounts, but it says something else")]


def as_read(now: Notice, seen: Seen | None, pending: NoticeVersion | None = None) -> None:
    """Nobody decides about what they have not read. now: what is being prepared, else the head. seen: None
    where who asks does not say. Raises Changed."""
    if seen is not None and seen.seq != now.seq:
        raise Changed(now, seen, next_actions(now, pending))


def next_actions(
    notice: Notice, pending: NoticeVersion | None = None, now_ns: int | None = None
) -> tuple[str, ...]:
    """What can follow, whoever asks. pending: a later version that is being prepared. now_ns: where it is
    known; planned work that has not begun is not restored, nor doubtful water taken back."""
    can = _OF_PENDING.get(pending.state, ()) if pending is not None else _OF_HEAD.get(notice.state, ())
    never = set() if has_neutral_text(notice) else {"issue_neutral"}
    if now_ns is not None and not_begun(notice, now_ns):
        never.add("restore")
    if lifted_only(notice):
        never.add("withdraw")
    return tuple(act for act in can if act not in never)


def not_begun(notice: Notice, now_ns: int) -> bool:
    """Planned work for which water is still on: it is called off, and nothing comes back."""
    return notice.kind is NoticeKind.PLANNED_OUTAGE and now_ns < notice.starts_ns


def lifted_only(notice: Notice) -> bool:
    """Doubtful water of which the public was told: to take that back would say that it may be drunk, which
    the laboratory and two persons say alone (ON-09, ON-12)."""
    told = notice.state is NoticeState.PUBLISHED and notice.status is Status.ACTUAL
    return told and notice.kind in LAB_KINDS


def has_neutral_text(notice: Notice) -> bool:
    """Only the hub's own draft of a burst has one that was approved beforehand."""
    return notice.author == HUB and notice.kind is NoticeKind.EMERGENCY_OUTAGE


def may_decide(notice: Notice, actor: User) -> None:
    """Raises NotPermitted `role`."""
    roles = TWO if notice.kind in QUALITY_KINDS else {Role.DUTY_MANAGER}
    if actor.role not in roles:
        raise NotPermitted("role", Text("您的角色不能执行此操作", "your role may not do this"))


def not_own(notice: Notice, actor: User) -> None:
    """Raises NotPermitted `own_draft`."""
    if notice.author == actor.id:
        why = Text("自己起草的公告须由他人批准", "a notice you wrote needs another person's approval")
        raise NotPermitted("own_draft", why)


async def second_person(tx: Tx, notice: Notice, actor: User) -> None:
    """A quality notice is published by the other of the two roles, and by another person. Raises
    NotPermitted `same_person` or `same_role`."""
    if notice.approved_by == actor.id:
        why = Text("水质公告须由两人分别批准和发布", "a quality notice takes two persons")
        raise NotPermitted("same_person", why)
    await other_of_two(tx, notice.approved_by, actor)


async def other_of_two(tx: Tx, first: str | None, actor: User) -> None:
    """Of a quality officer and a duty manager the other one. Raises NotPermitted `same_role`."""
    known = await tx.get(User, first or "")
    if known is None or {known.role, actor.role} != TWO:
        why = Text("须由水质管理员和值班长共同完成", "it takes a quality officer and a duty manager")
        raise NotPermitted("same_role", why)


STATES: Mapping[NoticeState, Text] = {
    NoticeState.DRAFT: Text("草稿", "draft"),
    NoticeState.APPROVED: Text("已批准", "approved"),
    NoticeState.PUBLISHED: Text("已发布", "published"),
    NoticeState.RESTORED: Text("已恢复", "restored"),
    NoticeState.WITHDRAWN: Text("已撤回", "withdrawn"),
}
"""In the words that pages and refusals share."""


def illegal(notice: Notice, pending: NoticeVersion | None = None) -> Refused:
    now = STATES[notice.state]
    why = Text(f"公告当前为“{now.zh}”，不能执行此操作", f"the notice is {now.en}: this cannot follow")
    return Refused("illegal_state", why, next_actions(notice, pending))
