"""A work order: 接报 → 派工 → 维修 → 完工 → 回访 → 考核."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.text import Text


class WorkOrderState(StrEnum):
    REPORTED = "reported"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    ISOLATED = "isolated"
    REPAIRING = "repairing"
    COMPLETED = "completed"
    CALLBACK_DONE = "callback_done"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    state: WorkOrderState
    at_ns: int
    actor: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """(incident, kind) is unique in the ledger: exactly one automatic order per incident and kind.
    clocks: (name, due_ns) of every service clock; due_ns: the next of them that still runs. same_as: another
    order stands for the same matter, since people put two incidents together. located_ns: when its place,
    pipes or valves last changed after it was opened; None for never."""

    id: str
    incident: str | None
    kind: str
    state: WorkOrderState
    priority: int
    zone: str | None
    title: Text
    place: Text
    opened_ns: int
    due_ns: int | None = None
    clocks: tuple[tuple[str, int], ...] = ()
    crew: str | None = None
    links: tuple[str, ...] = ()
    valves: tuple[str, ...] = ()
    accounts_affected: int = 0
    milestones: tuple[Milestone, ...] = ()
    same_as: str | None = None
    located_ns: int | None = None
    seq: int = 0
