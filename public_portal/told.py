"""The notices that the public may be told of, with every version that was published. Exercises and tests are
none of them (ON-42)."""

from dataclasses import dataclass

from core.model.bulletin import Bulletin
from core.model.notice import ENDED, Change, Notice, NoticeState, Status
from core.model.plant import Plant
from core.ports.ledger import Page, Tx
from response.bulletins import as_of, bulletin_of
from response.hotline.beside import RESTORED_NS
from response.notices.versions import published

SHOWN_AFTER_NS = RESTORED_NS
"""What is restored or called off stays as long as the hotline tells of it, a day; called-off work until a day
after it would have begun."""
MOST_OVER = 200
"""Of the newest that are over so many are looked at; what stands is never cut."""


@dataclass(frozen=True, slots=True)
class Told:
    """versions: as they were said, the oldest first. now: the last, with what time has added to it; None of a
    notice from before versions were kept."""

    head: Notice
    versions: tuple[Bulletin, ...]
    now: Bulletin | None


async def told(tx: Tx, plant: Plant, now_ns: int) -> list[Told]:
    """What stands, and what was over within a day, the newest first."""
    heads = await tx.find(Notice, state=NoticeState.PUBLISHED)
    heads += await tx.find(Notice, Page(limit=MOST_OVER), state=ENDED)
    shown = [head for head in heads if head.status is Status.ACTUAL and _shown(head, now_ns)]
    found = []
    for head in sorted(shown, key=lambda head: -(head.published_ns or 0)):
        versions = await published(tx, head.id)
        said = tuple(bulletin_of(version, plant) for version in versions)
        now = as_of(bulletin_of(versions[-1], plant, head), now_ns) if versions else None
        found.append(Told(head, said, now))
    return found


def _shown(head: Notice, now_ns: int) -> bool:
    if head.state is NoticeState.PUBLISHED:
        return True
    if head.published_ns is None or (
        head.state is NoticeState.WITHDRAWN and head.change is not Change.CANCELLED
    ):
        return False
    over_ns = head.restored_ns or head.published_ns
    if head.change is Change.CANCELLED:
        over_ns = max(over_ns, head.starts_ns)
    return now_ns - over_ns < SHOWN_AFTER_NS
