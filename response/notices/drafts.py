"""What people write: notices of their own, edits of what is being prepared, and the next version of what is
published. Nothing here is said to anybody; `decisions` publishes.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

from core.model.account import User
from core.model.notice import (
    UNPUBLISHED,
    AuthorityReport,
    Change,
    Notice,
    NoticeKind,
    NoticeState,
    Progress,
    QualityFacts,
    Status,
    Supply,
    WaterPoint,
)
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx
from response import wording
from response.bulletins import supplies, supply_of
from response.notices import hub_scope, one_language, templates, versions
from response.notices.hub_scope import BY_HUB
from response.notices.rules import HUB, Seen, as_read, illegal
from response.notices.scope import Scope, still_told, within
from response.notices.versions import Prepared, prepared
from response.refused import Refused
from response.site import work_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be said; None: as it is, or as the kind's template has it. estimated: the eta_* are meant,
    also when they are None (no estimate is known any more)."""

    title: Text | None = None
    place: Text | None = None
    description: Text | None = None
    reason: Text | None = None
    advice: Text | None = None
    starts_ns: int | None = None
    estimated: bool = False
    eta_earliest_ns: int | None = None
    eta_likely_ns: int | None = None
    eta_latest_ns: int | None = None
    basis: Text | None = None
    next_update_ns: int | None = None
    water_points: tuple[WaterPoint, ...] | None = None
    approval: str | None = None
    reported: AuthorityReport | None = None
    late_reason: str | None = None
    quality: QualityFacts | None = None
    scope: Scope | None = None
    supply: Supply | None = None


_OWN = frozenset({"scope", "estimated", "eta_earliest_ns", "eta_likely_ns", "eta_latest_ns", "basis"})
PLAIN = tuple(field.name for field in fields(Wish) if field.name not in _OWN)
"""Fields that a notice has by the same name."""
_HUBS_OWN = Wish(scope=BY_HUB)
"""A person takes the hub's scope, and nothing else: whose draft it is does not change by that."""


_WORDS = ("title", "place", "description", "reason", "advice")


async def draft(
    tx: Tx,
    plant: Plant,
    kind: NoticeKind,
    wish: Wish,
    actor: User,
    now_ns: int,
    status: Status = Status.ACTUAL,
) -> Notice:
    """A notice that a person writes. Raises Refused `nowhere`."""
    if wish.scope is None:
        raise Refused("nowhere", Text("请指明管段、路段或片区", "name pipes, streets or zones"))
    notice = Notice(
        id=await tx.next_id("NTC", now_ns),
        incident=None,
        kind=kind,
        state=NoticeState.DRAFT,
        zone="",
        title=Text("", ""),
        body=Text("", ""),
        advice=Text("", ""),
        author=actor.id,
        drafted_ns=now_ns,
        starts_ns=wish.starts_ns or now_ns,
        progress=() if kind is NoticeKind.PLANNED_OUTAGE else ((Progress.REPORTED, now_ns),),
        status=status,
        supply=supply_of(kind),
        contact=wording.contact(plant.utility),
    )
    notice = _wished(notice, wish)
    notice, reach = await within(tx, plant, notice, wish.scope)
    notice = templates.filled(notice, plant)
    await tx.put_many(versions.rows_of(reach))
    return await versions.put_head(tx, notice, now_ns)


async def edit(tx: Tx, plant: Plant, id: str, seq: int, wish: Wish, actor: User, now_ns: int) -> Notice:
    """Of the version that is being prepared: who edits it becomes its author, and it has to be approved
    (again). Where nothing is to change it stays whose it is, as it is. Raises Unknown; Refused `published`
    (405: another version says it), `stale`, `illegal_state`, `not_reckoned`."""
    before = await prepared(tx, id)
    if before.head.state is NoticeState.PUBLISHED and before.pending is None:
        why = Text("已发布的公告不能修改，请发布更新", "what is published is never edited: publish an update")
        raise Refused("published", why, ("update", "restore", "withdraw"))
    if before.content.state not in UNPUBLISHED:
        raise illegal(before.head)
    if seq != before.content.seq:
        why = Text("他人已修改，请刷新后再改", "somebody has changed it meanwhile: look again")
        raise Refused("stale", why, ("edit",))
    wish = _new(wish, before.content)
    if wish == Wish():
        return before.content
    notice = await _rewritten(tx, plant, before, wish)
    notice = replace(notice, one_language=one_language.changed(before.content, notice, now_ns))
    author = HUB if before.content.author == HUB and wish == _HUBS_OWN else actor.id
    return await versions.write(tx, before, versions.redrafted(notice, author, now_ns), now_ns)


async def update(tx: Tx, plant: Plant, id: str, wish: Wish, author: str, now_ns: int) -> Notice:
    """Begins the next version of a published notice; of the hub's scope alone it is the hub's draft. Raises
    Unknown; Refused `illegal_state`, `version_pending` or `not_reckoned`."""
    before = await prepared(tx, id)
    if before.head.state is not NoticeState.PUBLISHED:
        raise illegal(before.head)
    if before.pending is not None:
        why = Text("已有一个待发布的更新", "an update is being prepared already")
        raise Refused("version_pending", why, ("edit", "approve", "publish", "drop"))
    author = HUB if wish == _HUBS_OWN else author
    head = replace(before.head, change=Change.UPDATE, author=author, drafted_ns=now_ns)
    opened = await versions.open_version(tx, before.head, replace(head, overdue_ns=None), None)
    content = await _rewritten(tx, plant, Prepared(before.head, opened), wish)
    content = replace(content, one_language=one_language.changed(before.head, content, now_ns))
    return await versions.write(tx, Prepared(before.head, opened), content, now_ns)


async def drop(tx: Tx, id: str, now_ns: int, *, seen: Seen | None = None) -> Notice:
    """What was being prepared of a published notice is not said. Raises Unknown; Refused `illegal_state`;
    Changed."""
    before = await prepared(tx, id)
    if before.pending is None:
        raise illegal(before.head)
    as_read(before.content, seen, before.pending)
    await versions.drop(tx, before)
    return await versions.put_head(tx, before.head, now_ns)


async def _rewritten(tx: Tx, plant: Plant, before: Prepared, wish: Wish) -> Notice:
    """What was prepared with the wish in it; whom it concerns follows its scope."""
    notice = _wished(before.content, wish)
    site = (await work_of(tx, notice.incident)).site if notice.incident else None
    if "description" not in notice.written or wish.description is not None:
        notice = replace(notice, site=site or notice.site)
    if wish.scope is not None:
        hubs, scope = wish.scope.hub, wish.scope
        chosen = hub_scope.taken(tx, plant, notice) if hubs else within(tx, plant, notice, scope)
        notice, reach = await chosen
        await versions.put_reach(tx, before, reach)
    notice = replace(
        notice,
        fire_told_ns=still_told(before.content, notice),
        moved_from_ns=_moved_from(before, notice),
    )
    return templates.filled(notice, plant, site)


def _moved_from(before: Prepared, notice: Notice) -> tuple[int, int] | None:
    """Begin and end of planned work as people were last told them, where they are others now."""
    if before.pending is None or notice.kind is not NoticeKind.PLANNED_OUTAGE:
        return None
    was, now = ((one.starts_ns, one.eta_latest_ns or one.starts_ns) for one in (before.head, notice))
    return was if was != now else None


def _new(wish: Wish, notice: Notice) -> Wish:
    """What it does not say already."""
    known: dict[str, Any] = {name: None for name in PLAIN if getattr(wish, name) == getattr(notice, name)}
    same = replace(wish, **known)
    bounds = (wish.eta_earliest_ns, wish.eta_latest_ns)
    likely = wish.eta_likely_ns in (None, notice.eta_likely_ns) and wish.basis in (None, notice.basis)
    if wish.estimated and likely and bounds == (notice.eta_earliest_ns, notice.eta_latest_ns):
        same = replace(
            same,
            estimated=False,
            eta_earliest_ns=None,
            eta_likely_ns=None,
            eta_latest_ns=None,
            basis=None,
        )
    return same


def _wished(notice: Notice, wish: Wish) -> Notice:
    """Raises Refused `supply` for what its kind cannot leave at the tap."""
    if wish.supply is not None and wish.supply not in supplies(notice.kind):
        raise Refused("supply", Text("该种类不能选择这种供水状态", "not with this kind of notice"), ("edit",))
    given = {name: getattr(wish, name) for name in PLAIN if getattr(wish, name) is not None}
    if wish.estimated:
        earliest, latest = wish.eta_earliest_ns, wish.eta_latest_ns
        given |= {
            "eta_earliest_ns": earliest if earliest is not None else latest,
            "eta_likely_ns": wish.eta_likely_ns,
            "eta_latest_ns": latest if latest is not None else earliest,
            "basis": wish.basis,
            "overdue_ns": None,
        }
    words = {*notice.written, *(name for name in given if name in _WORDS)}
    if wish.scope is not None and not wish.scope.hub:
        words.add("scope")
    return replace(notice, **given, written=tuple(sorted(words)))
