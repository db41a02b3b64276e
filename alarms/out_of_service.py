"""Taking an alarm out of service: one person proposes, another approves; back into service by either."""

from alarms.acts import Unknown, act
from alarms.proposals import Declined, closed, opened, publish, reasoned
from alarms.states import AlarmEvent, Cause
from alarms.transition import Transition
from core.model.alarm import Alarm
from core.model.proposal import Proposal, ProposalKind, ProposalState
from core.ports.ledger import Tx


async def propose(tx: Tx, id: str, permit: str, reason: str, by: str, now_ns: int) -> Proposal:
    """Raises Unknown, Declined."""
    alarm = await tx.get(Alarm, id)
    if alarm is None:
        raise Unknown(f"no alarm {id}")
    if not permit.strip():
        raise Declined("permit", "name the permit (number of the work permit or order)")
    reason = reasoned(reason)
    kind = ProposalKind.OUT_OF_SERVICE
    if alarm.oos or await tx.find(Proposal, kind=kind, subject=id, state=ProposalState.OPEN):
        raise Declined("stale", f"alarm {id} is out of service, or proposed for it, already")
    made = Proposal(
        id=await tx.next_id("PRO", now_ns),
        kind=kind,
        subject=id,
        by=by,
        reason=reason,
        permit=permit.strip(),
        asked_ns=now_ns,
    )
    await publish(tx, made, now_ns)
    return made


async def decide(
    tx: Tx, id: str, seq: int, state: ProposalState, by: str, note: str | None, now_ns: int
) -> Proposal:
    """state: approved, refused, or withdrawn by whoever proposed it. Raises Unknown, Declined."""
    proposal = await opened(tx, ProposalKind.OUT_OF_SERVICE, id, seq, state, by)
    if state is ProposalState.APPROVED:
        cause = Cause(
            t_ns=now_ns, actor=proposal.by, approved_by=by, permit=proposal.permit, reason=proposal.reason
        )
        taken = await act(tx, proposal.subject, AlarmEvent.OOS_ON, cause, now_ns)
        if not taken.changed:
            raise Declined(
                taken.refused or "stale", f"alarm {proposal.subject} cannot be taken out of service"
            )
    return await closed(tx, proposal, state, by, note, now_ns)


async def return_to_service(tx: Tx, id: str, actor: str, now_ns: int) -> Transition:
    """Unacknowledged again, where the condition stands."""
    return await act(tx, id, AlarmEvent.OOS_OFF, Cause(t_ns=now_ns, actor=actor), now_ns)
