"""The hub follows what changes under a published notice: it drafts the next version, and people publish it.

What a person is preparing stays theirs.
"""

from dataclasses import replace

from core.model.notice import QUALITY_KINDS, Change, Notice, NoticeState
from core.model.notice_version import NoticeReach, VersionState, version_id
from core.ports.ledger import Tx
from response import wording
from response.affected import Footprint
from response.notices import closing, versions
from response.notices.rules import HUB, TELEMETRY
from response.notices.scope import moved
from response.notices.versions import Prepared


async def follow(tx: Tx, head: Notice, anew: Notice, found: Footprint, now_ns: int) -> None:
    """`anew`: what the hub would draft of its incident now."""
    before = await versions.prepared(tx, head.id)
    pending = before.pending
    if pending is not None and (pending.content.author != HUB or pending.state is not VersionState.DRAFT):
        return
    if pending is not None and pending.change is Change.RESTORED:
        await versions.drop(tx, before)
        await versions.put_head(tx, head, now_ns)
        before = Prepared(head, None)
        pending = None
    reach = versions.grouped(head, found.records(head.id))
    standing = await tx.get(NoticeReach, version_id(head.id, head.version))
    if standing is None or standing.supply_of() == reach.supply_of():
        if pending is not None:
            await versions.drop(tx, before)
            await versions.put_head(tx, head, now_ns)
        return
    known = await tx.get(NoticeReach, pending.id) if pending else None
    if known is not None and known.supply_of() == reach.supply_of():
        return
    content = replace(
        pending.content if pending else head,
        change=Change.UPDATE,
        author=HUB,
        drafted_ns=now_ns,
    )
    content = wording.composed(moved(content, anew))
    if pending is None:
        pending = await versions.open_version(tx, head, content, reach)
        content = pending.content
    else:
        await tx.put(replace(reach, id=pending.id))
    await versions.write(tx, Prepared(head, pending), content, now_ns)


async def recovered(tx: Tx, head: Notice, now_ns: int) -> None:
    """The signals are back: the hub drafts that water is; a person says so (ON-09). Doubtful water is lifted
    by the laboratory, never by instruments."""
    before = await versions.prepared(tx, head.id)
    pending = before.pending
    if head.state is not NoticeState.PUBLISHED or head.kind in QUALITY_KINDS:
        return
    if pending is not None:
        if pending.content.author != HUB or pending.change is Change.RESTORED:
            return
        await versions.drop(tx, before)
    over = replace(closing.restored(head, now_ns), author=HUB, drafted_ns=now_ns, restored_why=TELEMETRY)
    opened = await versions.open_version(tx, head, over, None)
    await versions.write(tx, Prepared(head, opened), opened.content, now_ns)
