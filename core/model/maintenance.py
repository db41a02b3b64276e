"""A sensor taken out of judgement for a while: calibrated, cleaned, exchanged."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a period of maintenance is of: one tag, or everything a station measures."""

    TAG = "tag"
    STATION = "station"


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """One period, in plant time (UTC ns). subject: the tag's or station's id. active: False once its
    time is over or somebody ended it. author, note: who, and why; ended_by: None when time ended it."""

    id: str
    scope: Scope
    subject: str
    author: str
    note: str
    since_ns: int
    until_ns: int
    active: bool = True
    ended_ns: int | None = None
    ended_by: str | None = None
