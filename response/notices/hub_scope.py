"""Whom the hub reckons that a notice concerns, where a person wrote its scope: said beside it before it is
published, and taken over by one press (ON-03, ON-08).
"""

from dataclasses import dataclass, replace

from core.model.incident import Incident
from core.model.notice import ENDED, Change, Notice, Supply
from core.model.notice_version import NoticeReach
from core.model.plant import Plant
from core.model.text import Text
from core.ports.ledger import Tx
from response import drafting
from response.affected import reach
from response.notices import following, versions
from response.notices.difference import between
from response.notices.scope import Scope
from response.notices.validation import Lack
from response.notices.versions import Prepared
from response.refused import Refused
from response.service_times import CN_DEFAULT
from response.site import lasts, work_of

BY_HUB = Scope(hub=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """The hub's own scope, where it differs from what is being prepared, else from what stands. supply: at
    the tap of accounts_affected. first, released: who would hear of it for the first time, and that it is
    over for them, by that scope; until anything was published (`told`), against what is being prepared."""

    accounts_affected: int
    accounts_weak: int
    supply: Supply
    first: int
    released: int
    told: bool


async def differs(tx: Tx, plant: Plant, before: Prepared) -> Reckoned | None:
    """None where no person wrote the scope, the hub reckons the same, or reckons nothing any more."""
    content = before.content
    if "scope" not in content.written or before.head.state in ENDED:
        return None
    found = await _anew(tx, plant, content)
    if found is None:
        return None
    anew, reach = found
    own, reckoned = (await versions.reach_of(tx, content)).supply_of(), reach.supply_of()
    if own == reckoned:
        return None
    told = before.head.published_ns is not None
    last = (await versions.reach_of(tx, before.head)).supply_of() if told else own
    change = between(last, reckoned, Change.UPDATE, moved=False)
    return Reckoned(
        accounts_affected=anew.accounts_affected,
        accounts_weak=anew.accounts_weak,
        supply=anew.supply,
        first=len(change.first),
        released=len(change.released),
        told=told,
    )


async def taken(tx: Tx, plant: Plant, notice: Notice) -> tuple[Notice, NoticeReach]:
    """The notice with the hub's scope, which follows the incident from now on. Raises Refused
    `not_reckoned`."""
    found = await _anew(tx, plant, notice)
    if found is None:
        why = Text("系统目前没有推算的范围", "the hub reckons no area of it now")
        raise Refused("not_reckoned", why, ("edit",))
    anew, reach = found
    freed = replace(notice, written=tuple(name for name in notice.written if name != "scope"))
    return following.worded(following.placed(plant, freed, anew), anew), reach


def said(one: Reckoned) -> Lack:
    """Before it is published: it forbids nothing."""
    off = {Supply.NONE: Text("停水", "without water"), Supply.LOW: Text("水压偏低", "with low pressure")}
    at = off.get(one.supply, Text("涉及", "concerned"))
    zh, en = f"{at.zh}{one.accounts_affected:,}户", f"{one.accounts_affected:,} {at.en}"
    if one.accounts_weak:
        zh += f"，另有{one.accounts_weak:,}户水压偏低"
        en += f" and {one.accounts_weak:,} with low pressure"
    why = Text(
        f"范围由人员划定，系统推算的不同：{zh}。改用系统推算的范围，将首次通知{one.first:,}户，"
        f"通知{one.released:,}户解除",
        f"a person drew its scope, and the hub reckons another: {en}. With the hub's, {one.first:,} would "
        f"hear of it for the first time and {one.released:,} that it is over for them",
    )
    if not one.told:
        why = Text(
            f"范围由人员划定，系统推算的不同：{zh}，比本稿多{one.first:,}户、少{one.released:,}户",
            f"a person drew its scope, and the hub reckons another: {en}; {one.first:,} who are not in this "
            f"draft, and without {one.released:,} who are",
        )
    return Lack("scope_differs", why, hard=False)


async def _anew(tx: Tx, plant: Plant, notice: Notice) -> tuple[Notice, NoticeReach] | None:
    """What the hub would draft of its incident now, and whom that reaches; None once it is over."""
    incident = await tx.get(Incident, notice.incident) if notice.incident else None
    if incident is None or incident.kind not in drafting.NOTICE_KINDS:
        return None
    if notice.change in (Change.RESTORED, Change.CANCELLED):
        return None
    work = await work_of(tx, incident.id)
    if not lasts(incident, work):
        return None
    found = await reach(tx, plant, incident)
    anew = drafting.notice(
        plant,
        incident,
        found,
        id=notice.id,
        now_ns=notice.drafted_ns,
        times=CN_DEFAULT,
        site=work.site,
    )
    return anew, versions.grouped(notice, found.records(notice.id))
