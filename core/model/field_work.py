"""What a crew's phone sends when it has a network again, and what field and desk write to each other."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text, Words


class NoteFrom(StrEnum):
    FIELD = "field"
    HOTLINE = "hotline"
    DESK = "desk"
    SYNC = "sync"
    """Made of something that was done without a network and could not be done any more when it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNote:
    """One line between field, desk and hotline; appended, never changed. id: the writer's own. at_ns:
    received; done_ns: written, by the writer's device; claimed_ns: what that said instead, where it cannot
    be. public: callers may be told (WO-24)."""

    id: str
    order: str
    by: str
    side: NoteFrom
    text: Words
    at_ns: int
    done_ns: int
    public: bool = False
    claimed_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAct:
    """That the phone's act of this id was dealt with, and how: sent again it changes nothing. reason: None
    when it was done; otherwise why not, in words `why`, the act then being kept as a note. at_ns: received;
    done_ns: done, by the phone's clock as far as it could be believed; claimed_ns: what it said beyond."""

    id: str
    order: str
    by: str
    what: str
    at_ns: int
    done_ns: int
    reason: str | None = None
    why: Text | None = None
    claimed_ns: int | None = None
