"""What one person proposes and another approves."""

from dataclasses import dataclass
from enum import StrEnum


class ProposalKind(StrEnum):
    OUT_OF_SERVICE = "out_of_service"
    MASTER_CHANGE = "master_change"


class ProposalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """subject: the alarm's id, or of a change to the master alarm database its fingerprint. permit: the paper
    that allows it, where one must. decided_by is never `by`, but for one withdrawn."""

    id: str
    kind: ProposalKind
    subject: str
    by: str
    reason: str
    asked_ns: int
    permit: str | None = None
    state: ProposalState = ProposalState.OPEN
    decided_by: str | None = None
    decided_ns: int | None = None
    note: str | None = None
    seq: int = 0
