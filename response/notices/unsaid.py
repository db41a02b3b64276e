"""What would be said of a notice if somebody decided so now, read before they do; nothing is written."""

from enum import StrEnum

from core.model.incident import Incident
from core.model.notice import LAB_KINDS, QUALITY_KINDS, UNPUBLISHED, Notice, NoticeState, Status
from core.model.notice_version import NoticeReach, NoticeVersion
from core.model.text import Text
from core.ports.ledger import Tx
from response.notices import closing, proof
from response.notices.decisions import case_of, ended
from response.notices.rules import illegal, next_actions
from response.notices.validation import Lack, Unfit
from response.notices.versions import Prepared, as_said, published, reach_of
from response.refused import Refused
from response.service_times import ServiceTimes
from response.site import lasts, work_of

_UNREAD = Text(
    "公告从未发布，结束时不会对外发出任何内容", "it was never published: nobody is told that it is over"
)


class Over(StrEnum):
    """A decision that publishes without a draft."""

    RESTORED = "restored"
    WITHDRAWN = "withdrawn"


async def unsaid(
    tx: Tx, before: Prepared, now_ns: int, times: ServiceTimes, over: Over | None = None
) -> tuple[NoticeVersion, NoticeReach]:
    """Of what is being prepared, or of its end. Raises Refused `illegal_state`, `never_published` of what
    ends without a word, and `two_persons` of what a laboratory lifts: the all-clear is prepared first; Unfit
    `by_all_clear` of what is not taken back."""
    head = before.head
    if over is None:
        content = (await case_of(tx, before.content, now_ns, times=times)).notice
        earlier = await published(tx, head.id)
        return as_said(content, content.version, now_ns, earlier), await reach_of(tx, content)
    if head.state in UNPUBLISHED:
        raise Refused("never_published", _UNREAD, next_actions(head, before.pending))
    if head.state is not NoticeState.PUBLISHED:
        raise illegal(head)
    if over is Over.WITHDRAWN:
        proof.no_advice(head)
        content, drafted = closing.called_off(head, now_ns), False
    elif head.kind in LAB_KINDS:
        why = Text(
            "解除先提出，由另一人预览后发布", "the all-clear is proposed first; another reads and publishes"
        )
        raise Refused("two_persons", why)
    else:
        content, drafted = await ended(tx, before, now_ns)
    reach = await reach_of(tx, before.content if drafted else head)
    return as_said(content, head.version + 1, now_ns, await published(tx, head.id)), reach


async def unproven(tx: Tx, head: Notice, now_ns: int) -> tuple[Lack, ...]:
    """Why it could not be said now that water is back: it was never off yet, shut valves, or that no signal
    says so and somebody has to say how it is known."""
    missing: tuple[Lack, ...] = ()
    for proven in (proof.opened(tx, head, now_ns), proof.recovered(tx, head)):
        try:
            await proven
        except Unfit as unfit:
            missing += unfit.missing
    return missing


async def stands(tx: Tx, head: Notice) -> tuple[Lack, ...]:
    """What whoever withdraws it is to know: its incident is not over."""
    incident = await tx.get(Incident, head.incident) if head.incident else None
    told = head.status is Status.ACTUAL and head.kind not in QUALITY_KINDS
    if incident is None or not told or not lasts(incident, await work_of(tx, incident.id)):
        return ()
    n = head.accounts_affected + head.accounts_weak
    why = Text(
        f"事件 {incident.id} 尚未结束，{n}户可能停水或水压偏低：撤回后公众不再从公告获知，直到发布另一公告",
        f"Incident {incident.id} is not over, and {n} accounts may be without water or have low pressure: "
        "once it is withdrawn nobody is told by notice any more, until another is published",
    )
    return (Lack("incident_stands", why, hard=False),)
