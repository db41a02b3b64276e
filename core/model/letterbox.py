"""What a citizen leaves for the hub, and what became of it. On the way it is sealed bytes."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from core.model.report import Symptom

REPORTABLE = (
    Symptom.NO_WATER,
    Symptom.LOW_PRESSURE,
    Symptom.BURST_VISIBLE,
    Symptom.WET_GROUND,
    Symptom.DISCOLOURED_YELLOW,
    Symptom.DISCOLOURED_BLACK,
    Symptom.DISCOLOURED_MILKY,
    Symptom.ODOUR,
)
"""What can be told without anybody asking back."""
SHORTEST_ADDRESS, LONGEST_ADDRESS, LONGEST_TEXT = 2, 100, 500
"""Characters."""
SIGNED_FOR_S = 300
"""Real seconds for which a signed request counts, before and after its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebReport:
    """As it is sealed. token: by which it is followed, made by the citizens' server. zone: the area that the
    citizen chose. sent_ns: plant time."""

    kind: Literal["report"] = "report"
    token: str
    symptom: Symptom
    address: str
    sent_ns: int
    zone: str | None = None
    text: str | None = None


class Outcome(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedLetter:
    """id: SHA-256 of the sealed bytes, hexadecimal. code: what is public of a report's token. report: what it
    became. opened: with an order of its own. why: the reason, where refused; sealed: as it came, base64."""

    id: str
    at_ns: int
    outcome: Outcome
    code: str | None = None
    report: str | None = None
    opened: bool = False
    why: str | None = None
    sealed: str | None = None


LETTERS, TAKEN = "/letterbox/letters", "/letterbox/taken"
"""Where the hub asks for letters, and says which it has taken."""


def to_sign(method: str, path: str, body: bytes, at_s: int) -> bytes:
    """What the hub signs of a request to the letterbox; no snapshot and no statement begins so."""
    return f"water hub letterbox 1\n{method}\n{path}\n{at_s}\n{sha256(body).hexdigest()}".encode()
