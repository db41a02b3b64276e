"""A dispatch order (调度指令): what the control room tells a station or a post to do, by word of mouth."""

from dataclasses import dataclass
from enum import StrEnum


class DispatchState(StrEnum):
    ISSUED = "issued"
    READ_BACK = "read_back"
    """Whoever received it has repeated it, and it was heard to be the same (复诵)."""
    DONE = "done"
    WITHDRAWN = "withdrawn"


STANDING = (DispatchState.ISSUED, DispatchState.READ_BACK)
"""Somebody still has to see to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchOrder:
    """Recorded, never executed: nothing in the hub acts on it. to: the station or post it is given to, as the
    control room calls it. text: what is to be done; it never changes. receiver: who repeated it. result: what
    was reported when it was done. reason: why it was withdrawn. issued_by, read_back_by, ended_by: the users
    who wrote it down."""

    id: str
    state: DispatchState
    to: str
    text: str
    zone: str | None
    issued_ns: int
    issued_by: str
    role: str
    receiver: str | None = None
    read_back_ns: int | None = None
    read_back_by: str | None = None
    result: str | None = None
    reason: str | None = None
    ended_ns: int | None = None
    ended_by: str | None = None
