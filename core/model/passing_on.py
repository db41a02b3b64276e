"""How a work order passes from one to another: with the shift, offered and taken over, given back."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Whom the rota has on call for it since at_ns. after: the contact of the shift before, who had it."""

    position: str
    name: Text
    contact: str
    contact_name: Text
    at_ns: int
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Offered to another person, and theirs once they accept; back at until_ns otherwise (首问负责制)."""

    to: str
    by: str
    at_ns: int
    until_ns: int
    note: str | None = None


class RejectReason(StrEnum):
    """Why a crew gives an order back (WO-25)."""

    NOT_OUR_ASSET = "not_our_asset"
    """产权在户内."""
    CANNOT_LOCATE = "cannot_locate"
    DUPLICATE = "duplicate"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """to: who had sent it, and has it back."""

    crew: str
    reason: RejectReason
    by: str
    to: str
    at_ns: int
    note: str | None = None
