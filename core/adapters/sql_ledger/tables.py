"""The ledger's tables. A record's table holds its `id`, the columns asked by, and the whole as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from operator import attrgetter
from typing import Any

import msgspec

from core.model.account import AccessRecord, Account, Session, User
from core.model.activity import Activity
from core.model.alarm import Alarm
from core.model.annotation import Annotation
from core.model.appointment import Appointment
from core.model.call import Call, Notification, VerifiedWay
from core.model.callback import Callback
from core.model.command import Command
from core.model.dispatch_order import DispatchOrder
from core.model.duty import Duty
from core.model.field_work import FieldAct, OrderNote
from core.model.fire_duty import FireDuty
from core.model.flood import Flood
from core.model.flow_lock import FlowLock, GrabPoint
from core.model.incident import Incident
from core.model.laboratory import LabResult
from core.model.letterbox import FetchedLetter
from core.model.mailing import Letter, Mailing
from core.model.maintenance import Maintenance
from core.model.master import MasterDrift, MasterEdit, MasterRow, MasterVersion
from core.model.notice import Affected, Notice
from core.model.notice_version import NoticeReach, NoticeVersion
from core.model.outage import AuthorityReport, Outage
from core.model.person import SealedPerson
from core.model.phone_call import CallCluster, PhoneCall
from core.model.photo import Photo
from core.model.proposal import Proposal
from core.model.published import PublishedDay
from core.model.quality_hold import QualityHold
from core.model.report import Report
from core.model.service import Service
from core.model.service_clock import Pause, ServiceClock
from core.model.shift import ShiftHandover, ShiftNote
from core.model.timer import Timer
from core.model.usage import Failure, Labour, Part, PartMove
from core.model.valve_operation import ValveOperation
from core.model.work_order import WorkOrder
from core.ports.ledger import Record


@dataclass(frozen=True)
class Table:
    """Which attributes of a kind have a column of their own. Which of them are unique together, and which
    indexed, the migrations say."""

    name: str
    asked: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return ("id", *self.asked, "body")

    @cached_property
    def insert(self) -> str:
        return f'INSERT INTO "{self.name}" ({names(self.columns)}) VALUES ({marks(len(self.columns))})'

    @cached_property
    def insert_new(self) -> str:
        return f"{self.insert} ON CONFLICT DO NOTHING"

    @cached_property
    def upsert(self) -> str:
        fresh = ", ".join(f'"{name}" = excluded."{name}"' for name in self.columns[1:])
        return f'{self.insert} ON CONFLICT ("id") DO UPDATE SET {fresh}'

    def row(self, record: Record) -> tuple[Any, ...]:
        return (*told(record, self.columns[:-1]), msgspec.json.encode(record).decode())


TABLES: dict[type, Table] = {
    Alarm: Table("alarm", ("state", "active", "zone", "tag", "incident")),
    Incident: Table("incident", ("kind", "state", "zone")),
    WorkOrder: Table("work_order", ("incident", "kind", "state", "zone", "crew")),
    PhoneCall: Table("phone_call", ("call", "stage", "incident")),
    CallCluster: Table("call_cluster", ("zone", "group", "state", "work_order")),
    Report: Table(
        "report",
        ("work_order", "incident", "account", "zone", "call", "symptom", "at_ns", "followed_ns"),
    ),
    ValveOperation: Table("valve_operation", ("work_order", "valve")),
    Part: Table("part", ()),
    PartMove: Table("part_move", ("part", "place", "work_order")),
    Labour: Table("labour", ("work_order",)),
    Failure: Table("failure", ("mode", "zone", "material", "cause")),
    FlowLock: Table("flow_lock", ("kind",)),
    GrabPoint: Table("grab_point", ("crew", "work_order", "why", "points")),
    Service: Table("service", ("kind", "active")),
    Notice: Table("notice", ("incident", "kind", "state", "zone", "status")),
    NoticeVersion: Table("notice_version", ("notice", "version", "state")),
    NoticeReach: Table("notice_reach", ("notice",)),
    Affected: Table("affected", ("notice", "account", "supply")),
    Account: Table("account", ("zone", "node", "street", "address", "building", "meter", "segment")),
    SealedPerson: Table("sealed_person", ("account_index", "phone_index", "last4_index", "key_id")),
    User: Table("user_account", ("role",)),
    Session: Table("session", ("user",)),
    Maintenance: Table("maintenance", ("subject", "active")),
    Annotation: Table("annotation", ("start_ns", "standing")),
    Proposal: Table("proposal", ("kind", "subject", "state")),
    MasterRow: Table("master_row", ("version",)),
    MasterEdit: Table("master_edit", ("proposal", "row", "version")),
    MasterVersion: Table("master_version", ()),
    MasterDrift: Table("master_drift", ("standing",)),
    Activity: Table("activity", ("kind", "state")),
    Flood: Table("flood", ("position", "open")),
    AccessRecord: Table("access_record", ("user", "account")),
    Timer: Table("timer", ("kind", "subject", "due_ns")),
    Call: Table("call", ("state", "zone")),
    Notification: Table("notification", ("call", "key", "kind", "outcome", "way", "zone")),
    VerifiedWay: Table("verified_way", ()),
    Mailing: Table("mailing", ("notice", "state")),
    Letter: Table(
        "letter",
        (
            *("mailing", "notice", "person", "change", "ending"),
            *("state", "channel", "due_ns", "receipt", "owed_ns"),
        ),
    ),
    Photo: Table("photo", ("order", "stage")),
    OrderNote: Table("order_note", ("order",)),
    FieldAct: Table("field_act", ("order",)),
    ServiceClock: Table("service_clock", ("order", "clock", "running")),
    Pause: Table("pause", ("order", "open")),
    Duty: Table("duty", ("incident", "account", "state", "due_ns", "notice", "fell_ns")),
    FireDuty: Table("fire_duty", ("notice", "incident", "state")),
    Appointment: Table("appointment", ("order", "slot", "state", "start_ns")),
    Callback: Table("callback", ("order", "day", "open", "made_ns")),
    Outage: Table("outage", ("zone", "kind", "lasts", "started_ns")),
    AuthorityReport: Table("authority_report", ("state",)),
    Command: Table("command", ("due_ns",)),
    PublishedDay: Table("published_day", ("zone", "month")),
    ShiftNote: Table("shift_note", ("shift",)),
    DispatchOrder: Table("dispatch_order", ("state",)),
    ShiftHandover: Table("shift_handover", ("handed_ns",)),
    LabResult: Table("lab_result", ("month",)),
    FetchedLetter: Table("fetched_letter", ("outcome", "code", "opened", "at_ns")),
    QualityHold: Table("quality_hold", ("zone", "parameter", "standing", "began_ns")),
}


JOURNAL_COLUMNS = ("alarm", "event", "event_ns", "spool_seq", "commit_ns")
"""Of a journal row: attributes of its entry, with a column of their own."""


def told(record: object, columns: Iterable[str]) -> tuple[Any, ...]:
    """What the columns hold of a record."""
    return tuple(plain(attrgetter(name)(record)) for name in columns)


def plain(value: object) -> object:
    """An attribute as its column holds it."""
    return value.value if isinstance(value, Enum) else value


def names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def marks(n: int) -> str:
    return ", ".join("?" * n)
