"""Supply that instruments saw fall and come back while nobody published anything of it (HL-10): what was
measured is told, and neither what it was nor that it is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.incident import Incident, IncidentKind, Sign
from core.model.notice import Notice, Status
from core.model.shanghai import moment
from core.model.text import Text
from core.ports.ledger import Tx
from response.cause import REPAIRS
from response.hotline.script import Back, Of, When
from response.site import BACK, back_since, unproven, work_of
from response.verdict import Confidence, Finding, Verdict

_STILL = Text(
    "如果您家仍然没有水或水压不足，我给您登记，派人核查。",
    "If you still have no water, or weak water, I will take a report and somebody will check.",
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """draft: never published, and the account is in its area. since_ns: when instruments were back; None
    where only that they are is known."""

    draft: Notice
    incident: Incident
    since_ns: int | None

    @property
    def at_ns(self) -> int:
        return self.since_ns or self.incident.opened_ns


async def recovered(tx: Tx, notices: Sequence[Notice], now_ns: int, within_ns: int) -> Recovered | None:
    """The last of so long. Nothing of what nobody measured to end, nor while valves stand shut for it: then
    the draft itself is the answer."""
    found = []
    for draft in notices:
        said = draft.published_ns is not None or draft.undone or draft.same_as is not None
        if said or draft.status is not Status.ACTUAL or draft.kind not in REPAIRS or draft.incident is None:
            continue
        incident = await tx.get(Incident, draft.incident)
        if incident is None or incident.state not in BACK:
            continue
        done = await work_of(tx, incident.id)
        one = Recovered(draft, incident, back_since(incident, done))
        if not done.held_off and not unproven(incident, done) and 0 <= now_ns - one.at_ns <= within_ns:
            found.append(one)
    return max(found, key=lambda one: one.at_ns, default=None)


def finding(one: Recovered) -> Finding:
    weak = one.incident.kind is IncidentKind.LOW_PRESSURE or any(
        member.sign is Sign.PRESSURE_DOWN for member in one.incident.members
    )
    was = Text("水压曾偏低", "low pressure") if weak else Text("供水读数曾异常", "unusual supply readings")
    now = Text("现", "are back to normal")
    if one.since_ns is not None:
        at = moment(one.since_ns)
        now = Text(f"{at.zh}起", f"have been back to normal since {at.en}")
    words = Text(
        f"仪表显示，您附近{was.zh}，{now.zh}已恢复正常。{_STILL.zh}",
        f"Instruments near you showed {was.en}; they {now.en}. {_STILL.en}",
    )
    return Finding(Verdict.PRESSURE_RECOVERED, words, Confidence.MEASURED)


def back(one: Recovered) -> Back:
    if one.since_ns is None:
        words = Text("仪表显示已恢复正常", "instruments are back to normal")
    else:
        at = moment(one.since_ns)
        words = Text(f"仪表显示{at.zh}起已恢复正常", f"instruments are back to normal since {at.en}")
    return Back(When.RESTORED, words, of=Of.PRESSURE)


def internal(one: Recovered) -> Text:
    """For the agent alone."""
    id, title, draft = one.incident.id, one.incident.title, one.draft.id
    return Text(
        f"事件 {id}（{title.zh}）信号已恢复；公告 {draft} 从未发布，原因和范围勿告知",
        f"Incident {id} ({title.en}): its signals are back; notice {draft} was never published: tell neither "
        "cause nor area",
    )
