"""What one person proposes and another decides, whatever it is about."""

from dataclasses import replace

from alarms.acts import Unknown
from alarms.states import LEAST_REASON
from core.model.event import Event, EventKind
from core.model.proposal import Proposal, ProposalKind, ProposalState
from core.ports.ledger import Tx


class Declined(Exception):
    """A proposal or decision that cannot be taken. reason: a stable name."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def reasoned(reason: str) -> str:
    """A reason that says something. Raises Declined."""
    if len(reason.strip()) < LEAST_REASON:
        raise Declined("reason", f"a reason has at least {LEAST_REASON} characters")
    return reason.strip()


async def opened(tx: Tx, kind: ProposalKind, id: str, seq: int, state: ProposalState, by: str) -> Proposal:
    """As its decider saw it, still open and theirs to decide. Raises Unknown, Declined."""
    proposal = await tx.get(Proposal, id)
    if proposal is None or proposal.kind is not kind:
        raise Unknown(f"no proposal {id}")
    if proposal.state is not ProposalState.OPEN or proposal.seq != seq:
        raise Declined("stale", f"proposal {id} is {proposal.state}, seq {proposal.seq}")
    if (by == proposal.by) is not (state is ProposalState.WITHDRAWN):
        raise Declined("second_person", "another person decides; only the author withdraws")
    return proposal


async def closed(
    tx: Tx, proposal: Proposal, state: ProposalState, by: str, note: str | None, now_ns: int
) -> Proposal:
    decided = replace(
        proposal, state=state, decided_by=by, decided_ns=now_ns, note=note, seq=proposal.seq + 1
    )
    await publish(tx, decided, now_ns)
    return decided


async def publish(tx: Tx, proposal: Proposal, now_ns: int) -> None:
    await tx.put(proposal)
    data = {"kind": proposal.kind.value, "state": proposal.state.value, "of": proposal.subject}
    await tx.emit(Event(kind=EventKind.PROPOSAL, subject=proposal.id, t_ns=now_ns, data=data))
