"""Whether a ledger's audit holds. Reads one consistent view, also of a ledger at work, and writes nothing."""

import json
from collections.abc import Iterable
from pathlib import Path

from core.adapters.sql_ledger.verified import follows, view
from core.model.audit import FIRST_HASH, Anchor
from core.model.canonical import canonical, parsed
from core.ports.ledger import AuditBroken

TRIGGERS = ("audit_never_changed", "audit_never_deleted", "audit_never_replaced")
_ROWS = "SELECT seq, at_ns, who, body, hash FROM audit ORDER BY seq"
_GIVEN = "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"


def audit_verified(path: Path, anchors: Iterable[Anchor] = ()) -> int:
    """How many entries there are. Raises AuditBroken."""
    known = {anchor.seq: anchor for anchor in anchors}
    before, last = FIRST_HASH, 0
    with view(path) as db:
        if missing := set(TRIGGERS) - {name for (name,) in db.execute(_TRIGGERS)}:
            raise AuditBroken(f"nothing keeps the audit append-only: {min(missing)} is gone")
        for seq, at_ns, who, body, hash in db.execute(_ROWS):
            if seq != last + 1:
                raise AuditBroken(f"audit entry {last + 1} is missing, the next there is {seq}")
            if not follows(before, body, hash):
                raise AuditBroken(f"audit entry {seq} does not follow from the one before it")
            _says(seq, body, {"seq": seq, "at_ns": str(at_ns), "who": who})
            _stood(known.pop(seq, None), hash)
            before, last = hash, seq
        given: tuple[int] | None = db.execute(_GIVEN).fetchone()
    if (given[0] if given else 0) != last:
        raise AuditBroken(f"the audit ends with entry {last}, and the last number given is another")
    if cut := [anchor for anchor in known.values() if anchor.seq > 0]:
        first = min(cut, key=lambda anchor: anchor.seq)
        raise AuditBroken(f"the audit ends with entry {last}, and had {first.seq} at {first.at}")
    _stood(known.get(0), FIRST_HASH)
    return last


def _says(seq: int, body: str, columns: dict[str, object]) -> None:
    try:
        entry = parsed(body)
        plain = isinstance(entry, dict) and canonical(entry) == body
    except (ValueError, TypeError, RecursionError):
        plain = False
    if not plain:
        raise AuditBroken(f"audit entry {seq} is not in the form it is written in")
    for name, column in columns.items():
        if type(column) is not type(entry.get(name)) or entry[name] != column:
            raise AuditBroken(f"audit entry {seq}: its column {name} is not what it says")


def _stood(anchor: Anchor | None, hash: str) -> None:
    if anchor is not None and anchor.hash != hash:
        raise AuditBroken(f"audit entry {anchor.seq} was another at {anchor.at}")


def anchors_of(lines: Iterable[str]) -> list[Anchor]:
    """Of an anchor's file. Raises ValueError naming the line."""
    found = []
    for n, line in enumerate(lines, 1):
        try:
            one = json.loads(line)
            found.append(Anchor(int(one["seq"]), str(one["hash"]), str(one["at"])))
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"line {n} is no anchor") from error
    return found
