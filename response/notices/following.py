"""The hub follows what changes under a published notice: it drafts the next version, and people publish it.

What a person is preparing stays theirs.
"""

from dataclasses import replace

from core.model.notice import Change, Notice
from core.model.notice_version import NoticeReach, VersionState, version_id
from core.ports.ledger import Tx
from response import wording
from response.affected import Footprint
from response.notices import versions
from response.notices.rules import HUB
from response.notices.versions import Prepared


async def follow(tx: Tx, head: Notice, anew: Notice, found: Footprint, now_ns: int) -> None:
    """`anew`: what the hub would draft of its incident now."""
    before = await versions.prepared(tx, head.id)
    pending = before.pending
    if pending is not None and (pending.content.author != HUB or pending.state is not VersionState.DRAFT):
        return
    reach = versions.grouped(head, found.records(head.id))
    standing = await tx.get(NoticeReach, version_id(head.id, head.version))
    if standing is None or standing.supply_of() == reach.supply_of():
        if pending is not None:
            await versions.drop(tx, before, now_ns)
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
        streets=anew.streets,
        accounts_affected=anew.accounts_affected,
        ring=anew.ring,
        pipes=anew.pipes,
        hydrants=anew.hydrants,
        segments=anew.segments,
    )
    content = wording.composed(content)
    if pending is None:
        pending = await versions.open_version(tx, head, content, reach)
        content = pending.content
    else:
        await tx.put(replace(reach, id=pending.id))
    await versions.write(tx, Prepared(head, pending), content, now_ns)
