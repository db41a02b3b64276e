"""What one person proposes and another approves."""

from dataclasses import dataclass
from enum import StrEnum


class ProposalKind(StrEnum):
    OUT_OF_SERVICE = "out_of_service"
    MASTER_CHANGE = "master_change"
    INSTRUMENT_FAULT = "instrument_fault"
    """Hours of the published record, by parameter of an area (`dma-01:turbidity`)."""


class Evidence(StrEnum):
    """By what it is known that an instrument, and not the water, was at fault."""

    GRAB_SAMPLE = "grab_sample"
    SIBLING_INSTRUMENT = "sibling_instrument"
    CALIBRATION_RECORD = "calibration_record"
    INSTRUMENT_PHOTO = "instrument_photo"


class ProposalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """subject: the alarm's id, or of a change to the master alarm database its fingerprint. permit: the paper
    that allows it, where one must; of an instrument's fault the number or file of its evidence. start_ns,
    end_ns: its hours. decided_by is never `by`, but for one withdrawn."""

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
    evidence: Evidence | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    seq: int = 0
