"""A condition of the hub itself that somebody should know of: no alarm of the water, no ledger record."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


class Severity(StrEnum):
    """warning: nothing is lost yet. alarm: samples are, or soon will be, refused or late: act."""

    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Condition:
    """id: `kind` or `kind:which` (`spool_filling`, `store:historian`). since_ns: host's time, UTC ns. cause
    and mend: for the people on duty; detail: for an engineer, as the disk or the server said it."""

    id: str
    severity: Severity
    since_ns: int
    cause: Text
    mend: Text
    detail: str = ""
