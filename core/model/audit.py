"""The audit: who did what to which record, as whom, why, and what it was before (X-05).

An entry is written in the transaction of the change itself: a change without its entry cannot stand. Nothing
personal goes into it, for it is never deleted: fields of `UNSAID` are told as changed, not what they hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from core.model.canonical import canonical

FIRST_HASH = "0" * 64
HIDDEN = "***"
LONG = 2_000
"""Characters of a field's canonical form from which its SHA-256 stands for it."""
MOST = 100
"""Records of one kind that an entry tells one by one; of more it tells how many, and their SHA-256."""
UNSAID: Mapping[str, frozenset[str]] = {
    "user_account": frozenset({"password_hash"}),
    "sealed_person": frozenset({"account_index", "phone_index", "last4_index", "sealed"}),
    "report": frozenset({"text", "attachments", "account", "person", "call", "address", "x", "y"}),
    "phone_call": frozenset({"call", "accounts"}),
    "letter": frozenset({"person", "account", "tries"}),
    "callback": frozenset({"account", "attempts"}),
    "order_note": frozenset({"text"}),
    "shift_note": frozenset({"text"}),
    "shift_handover": frozenset({"log"}),
}
"""By table, fields that hold secrets, personal data, or what somebody said."""
UNTOLD = frozenset({"session", "timer", "command"})
"""Tables whose changes are no decisions: that a session was used, when something is looked at again, what
somebody was answered."""


TOLD_WHOLE = frozenset(
    [
        *("notice", "notice_version", "notice_reach", "work_order", "order_note", "photo", "field_act"),
        *("valve_operation", "part_move", "labour", "failure", "flow_lock", "grab_point", "appointment"),
        *("service_clock", "pause", "duty", "fire_duty", "callback", "outage", "authority_report", "report"),
        *("shift_note", "shift_handover", "dispatch_order"),
    ]
)
"""Tables that nothing in a hub writes but in somebody's name: what the audit last said of a record is what it
is. Not alarms and incidents, whose changes the journal tells; nor messages, calls and imported rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """In whose name a transaction is written. who: the sign-in name, `hub`, or `terminal`. command: method
    and path of a route, its parameters by name in subject; at a terminal the command. device: when the
    device says that it was done. status: what was answered, where it was no more than that. always: noted
    also when it changes no record. at_ns: plant time, or what tells it of whoever goes on acting."""

    who: str
    role: str
    channel: str
    command: str
    at_ns: int | Callable[[], int]
    subject: Mapping[str, str] | None = None
    reason: str | None = None
    device: str | None = None
    status: int | None = None
    always: bool = False

    def now(self) -> "Acting":
        """With the time that it is."""
        return self if isinstance(self.at_ns, int) else replace(self, at_ns=self.at_ns())


@dataclass(frozen=True, slots=True)
class Change:
    """One record, its fields by name as JSON has them; before is None of a new one, after of one deleted."""

    kind: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """As it stands in the ledger. body: canonical JSON. hash: SHA-256 over the hash before and the body."""

    seq: int
    at_ns: int
    who: str
    body: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """That the audit ended so once, written down elsewhere. at: RFC 3339."""

    seq: int
    hash: str
    at: str


def body_of(seq: int, acting: Acting, changes: Sequence[Change]) -> str:
    """An entry's canonical JSON. Its number is in it: a row cannot pass for another."""
    entry = {
        "seq": seq,
        "at_ns": str(acting.at_ns),
        "who": acting.who,
        "role": acting.role,
        "channel": acting.channel,
        "command": acting.command,
        "subject": acting.subject,
        "reason": acting.reason,
        "device": acting.device,
        "status": acting.status,
        "changes": _told(changes),
    }
    return canonical({name: value for name, value in entry.items() if value is not None})


def chained(before: str, body: str) -> str:
    """A row's hash, of the audit and of the alarms' journal: over the hash of the row before and its body."""
    return sha256(f"{before}\n{body}".encode()).hexdigest()


def _told(changes: Sequence[Change]) -> list[dict[str, Any]]:
    kinds: dict[str, list[Change]] = {}
    for change in changes:
        kinds.setdefault(change.kind, []).append(change)
    told: list[dict[str, Any]] = []
    for kind, some in kinds.items():
        if len(some) <= MOST:
            told += (_differing(change) for change in some)
        else:
            every = canonical([_differing(change) for change in some])
            told.append({"kind": kind, "n": len(some), "sha256": _digest(every)})
    return told


def _differing(change: Change) -> dict[str, Any]:
    """Fields that changed, each before and after."""
    hidden = UNSAID.get(change.kind, frozenset())
    before, after = change.before, change.after
    if before is not None and after is not None:
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        before = {name: before.get(name) for name in names}
        after = {name: after.get(name) for name in names}
    return {
        "kind": change.kind,
        "id": change.id,
        "before": before and {name: _short(value, name in hidden) for name, value in before.items()},
        "after": after and {name: _short(value, name in hidden) for name, value in after.items()},
    }


def told_of(kind: str, name: str, value: object) -> object:
    """A field's value as an entry tells it."""
    return _short(value, name in UNSAID.get(kind, frozenset()))


def _short(value: object, hidden: bool) -> object:
    if hidden:
        return HIDDEN if value else value
    text = canonical(value)
    return value if len(text) <= LONG else {"sha256": _digest(text), "length": len(text)}


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
