"""A notice's versions in the ledger: what is being prepared, and how it becomes what was said (ON-04).

Publishing writes the version, whom it concerns, the head and the event in the caller's transaction; a
published version and its reach are never written again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.model.event import Event, EventKind
from core.model.notice import UNPUBLISHED, Affected, Change, Notice, NoticeKind, NoticeState, Status, Supply
from core.model.notice_version import (
    NoticeReach,
    NoticeVersion,
    Reference,
    VersionState,
    alike,
    version_id,
)
from core.model.shanghai import local
from core.model.text import Text
from core.model.timer import Timer
from core.ports.ledger import Tx
from response.notices import envelope
from response.notices.told_back import tell_orders
from response.refused import Unknown
from response.site import FOUND, REPAIRED, SUSPECTED, work_of

MOVED_NS = 30 * 60 * 1_000_000_000
"""A shift of the estimate that is worth a message of its own (ON-08)."""
OVERDUE, UPDATE, SUPPLY = "notice_overdue", "notice_update", "notice_supply"
UPDATE_LATE = "notice_update_late"
"""The kinds of its timers."""
SUPPLY_AFTER_NS = 24 * 3600 * 1_000_000_000
_BECOMES = {Change.RESTORED: NoticeState.RESTORED, Change.CANCELLED: NoticeState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A notice and what people prepare of it: the head itself before its first publication."""

    head: Notice
    pending: NoticeVersion | None

    @property
    def content(self) -> Notice:
        return self.pending.content if self.pending else self.head

    @property
    def head_only(self) -> "Prepared":
        """Once what was being prepared is dropped."""
        return replace(self, pending=None)


async def prepared(tx: Tx, id: str) -> Prepared:
    """Raises Unknown."""
    head = await tx.get(Notice, id)
    if head is None:
        raise Unknown("no_such_notice", Text(f"没有公告 {id}", f"there is no notice {id}"))
    open_ = await tx.find(NoticeVersion, notice=id, state=(VersionState.DRAFT, VersionState.APPROVED))
    return Prepared(head, open_[0] if open_ else None)


async def published(tx: Tx, id: str) -> list[NoticeVersion]:
    """What was said, the oldest first."""
    found = await tx.find(NoticeVersion, notice=id, state=VersionState.PUBLISHED)
    return sorted(found, key=lambda version: version.version)


async def write(tx: Tx, before: Prepared, content: Notice, now_ns: int, due_ns: int | None = None) -> Notice:
    """A change of what is being prepared; its event. due_ns: until when it is to be reviewed."""
    if before.pending is None:
        return await put_head(tx, content, now_ns, due_ns)
    state = VersionState.APPROVED if content.state is NoticeState.APPROVED else VersionState.DRAFT
    content = replace(content, seq=before.pending.content.seq + 1)
    await tx.put(replace(before.pending, state=state, content=content))
    await put_head(tx, before.head, now_ns)
    return content


def redrafted(content: Notice, author: str, now_ns: int) -> Notice:
    """Who changes what is being prepared becomes its author, and it has to be approved (again)."""
    return replace(
        content,
        author=author,
        state=NoticeState.DRAFT,
        approved_by=None,
        approved_ns=None,
        drafted_ns=now_ns,
    )


async def put_head(tx: Tx, notice: Notice, now_ns: int, due_ns: int | None = None) -> Notice:
    changed = replace(notice, seq=notice.seq + 1)
    await tx.put(changed)
    await tx.emit(event_of(changed, now_ns, due_ns))
    return changed


async def say(
    tx: Tx, before: Prepared, content: Notice, by: str, now_ns: int, due_ns: int | None = None
) -> Notice:
    """Publishes what was prepared, as the notice's next version; the new head. due_ns: see `write`."""
    earlier = await published(tx, before.head.id)
    work = await work_of(tx, content.incident) if content.incident else None
    number = before.head.version + 1 if before.head.published_ns else 1
    content = replace(
        content,
        version=number,
        state=_BECOMES.get(content.change, NoticeState.PUBLISHED),
        published_by=by,
        published_ns=now_ns,
        overdue_ns=None,
        one_language=(),
        supply_order=before.head.supply_order,
        priority=work.priority if work else None,
        review_due_ns=due_ns,
        seq=before.head.seq,
    )
    content = await envelope.follow(tx, content, now_ns)
    said = replace(as_said(content, number, now_ns, earlier), state=VersionState.PUBLISHED)
    await tx.put(said)
    await _settle_reach(tx, said, before.pending is not None)
    await _time(tx, content)
    await tell_orders(tx, content, now_ns)
    return await put_head(tx, content, now_ns, due_ns)


def as_said(content: Notice, number: int, now_ns: int, earlier: Sequence[NoticeVersion]) -> NoticeVersion:
    """The content as the version of this number, said now; nothing is written. earlier: the oldest first."""
    return NoticeVersion(
        id=version_id(content.id, number),
        notice=content.id,
        version=number,
        state=VersionState.DRAFT,
        change=content.change,
        content=content,
        identifier=identifier(content.id, number, now_ns),
        references=tuple(Reference(v.identifier, v.sent_ns or 0) for v in earlier),
        sent_ns=now_ns,
        moved=bool(earlier) and moved(earlier[-1].content, content),
    )


def moved(before: Notice, after: Notice) -> bool:
    """What people who know of it were told holds no more: its start, kind or supply, that it was only
    suspected, or its estimate by more than half an hour."""
    if before.starts_ns != after.starts_ns or before.supply is not after.supply:
        return True
    if before.site in SUSPECTED and after.site in FOUND | REPAIRED:
        return True
    if before.kind is not after.kind:
        return True
    was_ns, is_ns = before.eta_latest_ns, after.eta_latest_ns
    if was_ns is None or is_ns is None:
        return was_ns is not is_ns
    return abs(is_ns - was_ns) > MOVED_NS


async def _time(tx: Tx, said: Notice) -> None:
    """When its estimate has passed without a new one, when its next update is due, and late (ON-07), and when
    people have been without water for so long that somebody brings it (ON-10): at once, where that is known
    beforehand."""
    ends_ns, supply_ns = said.eta_latest_ns, said.starts_ns + SUPPLY_AFTER_NS
    over = said.change in (Change.RESTORED, Change.CANCELLED)
    planned = said.kind is NoticeKind.PLANNED_OUTAGE
    if ends_ns is not None and ends_ns > supply_ns:
        supply_ns = said.published_ns or supply_ns
    dry = said.supply is Supply.NONE and said.status is Status.ACTUAL and not over
    wanted = dry and not (planned and ends_ns is not None and ends_ns <= said.starts_ns + SUPPLY_AFTER_NS)
    next_ns = said.next_update_ns
    late_ns = None if next_ns is None else next_ns + 1
    supply = supply_ns if wanted else None
    timers = ((OVERDUE, ends_ns), (UPDATE, next_ns), (UPDATE_LATE, late_ns), (SUPPLY, supply))
    for kind, due_ns in timers:
        if due_ns is None:
            await tx.delete(Timer, f"{kind}:{said.id}")
        else:
            await tx.put(Timer(id=f"{kind}:{said.id}", kind=kind, subject=said.id, due_ns=due_ns))


async def untimed(tx: Tx, id: str) -> None:
    """Nothing more is due of it."""
    for kind in (OVERDUE, UPDATE, UPDATE_LATE, SUPPLY):
        await tx.delete(Timer, f"{kind}:{id}")


def identifier(notice: str, version: int, sent_ns: int) -> str:
    """Unique for ever within the utility; its address is put before it by `bulletin_of`."""
    return f"{local(sent_ns):%Y-%m-%d}:{notice}:{version}"


async def open_version(tx: Tx, head: Notice, content: Notice, reach: NoticeReach | None) -> NoticeVersion:
    """Begins the next version as a draft, concerning whom the last one did unless `reach` says otherwise."""
    number = head.version + 1
    id = version_id(head.id, number)
    content = replace(content, version=number, state=NoticeState.DRAFT, approved_by=None, approved_ns=None)
    content = replace(content, published_by=None, published_ns=None)
    version = NoticeVersion(
        id=id,
        notice=head.id,
        version=number,
        state=VersionState.DRAFT,
        change=content.change,
        content=content,
    )
    await tx.put(version)
    kept = reach or await reach_of(tx, head)
    await tx.put(replace(kept, id=id))
    return version


async def drop(tx: Tx, before: Prepared) -> None:
    """Nothing of it was ever said: it makes room for another."""
    if before.pending is None:
        return
    await tx.delete(NoticeVersion, before.pending.id)
    await tx.delete(NoticeReach, before.pending.id)


async def reach_of(tx: Tx, head: Notice) -> NoticeReach:
    """Whom the head concerns: of its last version, or of its draft."""
    kept = await tx.get(NoticeReach, version_id(head.id, head.version))
    return kept or grouped(head, await tx.find(Affected, notice=head.id))


def grouped(notice: Notice, rows: Iterable[Affected]) -> NoticeReach:
    parts = alike((row.supply, row.reason, row.account) for row in rows)
    return NoticeReach(id=version_id(notice.id, notice.version), notice=notice.id, reached=parts)


async def _settle_reach(tx: Tx, said: NoticeVersion, later: bool) -> None:
    """The first version's reach is what its draft found; a later one's is what the notice reaches now."""
    reach = await tx.get(NoticeReach, said.id) if later else None
    if reach is not None:
        await settle_rows(tx, reach)
        return
    rows = await tx.find(Affected, notice=said.notice)
    await tx.put(replace(grouped(said.content, rows), id=said.id))


async def put_reach(tx: Tx, before: Prepared, reach: NoticeReach) -> None:
    """Whom what is being prepared concerns from now on."""
    if before.pending is not None:
        await tx.put(replace(reach, id=before.pending.id))
    else:
        await settle_rows(tx, reach)


async def settle_rows(tx: Tx, reach: NoticeReach) -> None:
    """The notice reaches these accounts now, and no others."""
    rows = {row.id: row for row in await tx.find(Affected, notice=reach.notice)}
    wanted = {row.id: row for row in rows_of(reach)}
    for gone in rows.keys() - wanted.keys():
        await tx.delete(Affected, gone)
    await tx.put_many(row for id, row in wanted.items() if rows.get(id) != row)


def rows_of(reach: NoticeReach) -> Iterable[Affected]:
    for part in reach.reached:
        for account in part.accounts:
            yield Affected(
                id=f"{reach.notice}.{account}",
                notice=reach.notice,
                account=account,
                supply=part.supply,
                reason=part.reason,
            )


def was_told(notice: Notice) -> bool:
    """The public heard of it, and of what it says now: no draft, no exercise, no test."""
    unsaid = notice.state in UNPUBLISHED
    return not unsaid and notice.published_ns is not None and notice.status is Status.ACTUAL


def event_of(notice: Notice, now_ns: int, review_due_ns: int | None = None) -> Event:
    """What the event stream says of a notice: nothing personal, no user names. told: the public was told, so
    that it is for whoever may not see what is being prepared."""
    data: dict[str, object] = {
        "told": was_told(notice),
        "state": notice.state.value,
        "kind": notice.kind.value,
        "incident": notice.incident,
        "version": notice.version,
        "change": notice.change.value,
        "overdue": notice.overdue_ns is not None,
        "accounts_affected": notice.accounts_affected,
        "seq": notice.seq,
    }
    if review_due_ns is not None:
        data["review_due_ns"] = review_due_ns
    return Event(kind=EventKind.NOTICE, subject=notice.id, t_ns=now_ns, zone=notice.zone, data=data)


def withdrawn(event: Event) -> bool:
    """Of a notice that the public had read."""
    of_notice = event.kind is EventKind.NOTICE and bool(event.data.get("told"))
    return of_notice and event.data.get("state") == NoticeState.WITHDRAWN
