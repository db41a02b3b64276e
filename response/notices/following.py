"""The hub follows what changes under a published notice: it drafts the next version, and people publish it.

What a person is preparing stays theirs.
"""

from dataclasses import replace

from core.model.notice import QUALITY_KINDS, Change, Notice, NoticeKind, NoticeState, Site, Supply
from core.model.notice_version import NoticeReach, VersionState, version_id
from core.model.plant import Plant
from core.ports.ledger import Tx
from response import wording
from response.affected import Footprint
from response.notices import closing, proof, versions
from response.notices.rules import HUB, TELEMETRY
from response.notices.scope import as_published, moved, still_told
from response.notices.versions import Prepared
from response.site import NOTHING, SUSPECTED, Work, overtaken
from response.where_off import where_off


async def follow(tx: Tx, plant: Plant, head: Notice, anew: Notice, found: Footprint, now_ns: int) -> None:
    """`anew`: what the hub would draft of its incident now. What a crew's records deny is worth a version of
    its own, whomever it concerns (`_denied`); that nothing was found people may say, or withdraw. A scope
    that a person published stays: where the hub reckons otherwise, people are told so (`hub_scope`)."""
    before = await versions.prepared(tx, head.id)
    pending = before.pending
    if pending is not None and (pending.content.author != HUB or pending.state is not VersionState.DRAFT):
        await _reworded(tx, before, anew, now_ns)
        return
    if pending is not None and pending.change is Change.RESTORED:
        await versions.drop(tx, before)
        await versions.put_head(tx, head, now_ns)
        before = Prepared(head, None)
        pending = None
    content = replace(pending.content if pending else head, change=Change.UPDATE, author=HUB)
    content = worded(placed(plant, content, anew), anew)
    reach = versions.grouped(head, found.records(head.id))
    if "scope" in content.written:
        content, reach = await as_published(tx, plant, head, content)
    standing = await tx.get(NoticeReach, version_id(head.id, head.version))
    as_told = standing is None or standing.supply_of() == reach.supply_of()
    if as_told and not _denied(head, anew):
        if pending is not None:
            await versions.drop(tx, before)
            await versions.put_head(tx, head, now_ns)
        return
    content = wording.composed(content)
    if pending is None:
        pending = await versions.open_version(tx, head, replace(content, drafted_ns=now_ns), reach)
    else:
        known = await tx.get(NoticeReach, pending.id)
        if known is not None and known.supply_of() == reach.supply_of() and content == pending.content:
            return
        await tx.put(replace(reach, id=pending.id))
        pending = replace(pending, content=replace(content, drafted_ns=now_ns))
    await versions.write(tx, Prepared(head, pending), pending.content, now_ns)


def placed(plant: Plant, notice: Notice, anew: Notice) -> Notice:
    """The notice, of where the burst is taken to be now, and of whom it reaches unless a person said whom.
    Its place stays where a person gave it, or, while it is off there, wrote words that name it: a version
    names one street, or none of its texts can be believed (ON-22)."""
    there = notice if "scope" in notice.written else moved(notice, anew)
    there = replace(there, fire_told_ns=still_told(notice, there))
    if "place" in notice.written:
        return there
    place = notice.place if _named(notice, _kept(notice, anew)) else anew.place
    return replace(there, place=where_off(plant, anew.zone, place, there.streets) if place else None)


def _named(notice: Notice, kept: set[str]) -> bool:
    """What a person wrote of it, and stays, names its place or one of its streets."""
    names = [name for name in (notice.place, *(one.name for one in notice.streets)) if name is not None]
    words = [getattr(notice, field) for field in ("title", "description") if field in kept]
    return any(name.zh in said.zh or name.en in said.en for said in words if said for name in names)


def _kept(notice: Notice, anew: Notice) -> set[str]:
    """Which of its words a person wrote and are to stay."""
    kept = set(notice.written)
    if notice.author == HUB and _past(notice, anew):
        kept -= {"description", "title", "reason"}
    return kept


def worded(notice: Notice, anew: Notice) -> Notice:
    """The notice, saying how far the work has come at its own place. What a person wrote stays, unless the
    hub is the author and it says what does not hold any more. The hub's estimate of a repair ends where
    nothing is found."""
    kept = _kept(notice, anew)
    site = anew.site or Site.ORGANISED
    fresh = replace(anew, title=wording.title(anew.kind, notice.place, site) if notice.place else anew.title)
    words = {name: getattr(fresh, name) for name in ("description", "title", "reason") if name not in kept}
    told = replace(notice, **words, written=tuple(sorted(kept)))
    if "description" in kept:
        return told
    told = replace(told, site=anew.site)
    if Supply.LOW in (notice.supply, anew.supply):
        told = replace(told, supply=anew.supply)
    cut = told.kind is NoticeKind.EMERGENCY_OUTAGE and told.supply is not Supply.INTERMITTENT
    if cut and "advice" not in kept:
        told = replace(told, advice=anew.advice)
    if notice.author == HUB and anew.site in NOTHING:
        told = replace(told, eta_earliest_ns=None, eta_likely_ns=None, eta_latest_ns=None, basis=None)
    return told


def lapsed(notice: Notice, anew: Notice) -> bool:
    """What the hub wrote and a person approved says what does not hold any more."""
    approved = notice.state is NoticeState.APPROVED and notice.author == HUB
    return approved and notice.change in (Change.FIRST, Change.UPDATE) and _past(notice, anew)


def _past(notice: Notice, anew: Notice) -> bool:
    return anew.site is not None and overtaken(notice.site, anew.site)


def _denied(head: Notice, anew: Notice) -> bool:
    """What was published says what the crew's records deny. While valves are still being shut who is without
    water is not known: that makes the next version in a moment."""
    soon = head.site in SUSPECTED and anew.site is Site.SHUTTING
    return head.kind is NoticeKind.EMERGENCY_OUTAGE and not soon and _past(head, anew)


async def _reworded(tx: Tx, before: Prepared, anew: Notice, now_ns: int) -> None:
    """Of a draft that a person began the hub's own words; what the hub wrote and a person approved is a draft
    again once it says what does not hold any more."""
    content = before.content
    over, again = content.change in (Change.RESTORED, Change.CANCELLED), lapsed(content, anew)
    if over or (content.state is NoticeState.APPROVED and not again):
        return
    told = wording.composed(worded(content, anew))
    if again:
        told = versions.redrafted(told, HUB, now_ns)
    if told != content:
        await versions.write(tx, before, told, now_ns)


async def recovered(tx: Tx, head: Notice, work: Work, back_ns: int | None, now_ns: int) -> None:
    """The signals are back, and water since back_ns where that is known: the hub drafts that water is; a
    person says so (ON-09). Doubtful water is lifted by the laboratory, never by instruments; and behind shut
    valves there is none, whatever they show: what was drafted before they were is taken back."""
    before = await versions.prepared(tx, head.id)
    pending = before.pending
    if head.state is not NoticeState.PUBLISHED or head.kind in QUALITY_KINDS:
        return
    if work.held_off:
        if pending is not None and pending.change is Change.RESTORED and pending.content.author == HUB:
            await versions.drop(tx, before)
            await versions.put_head(tx, head, now_ns)
        return
    known, drafted = proof.as_known(before)
    reach: NoticeReach | None = None
    if pending is not None:
        if pending.content.author != HUB or pending.change is Change.RESTORED:
            return
        reach = await tx.get(NoticeReach, pending.id) if drafted else None
        await versions.drop(tx, before)
    known = proof.as_found(known, work)
    over = replace(
        closing.restored(known, now_ns, back_ns), author=HUB, drafted_ns=now_ns, restored_why=TELEMETRY
    )
    opened = await versions.open_version(tx, head, over, reach)
    await versions.write(tx, Prepared(head, opened), opened.content, now_ns)
