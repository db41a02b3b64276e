"""Published notices as the public sees them: their words and streets, never who is affected."""

from core.model.notice import Notice, NoticeState, Progress
from core.model.snapshot import PublicNotice, PublicStreet
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.progress import stages

RESTORED_SHOWN_NS = 24 * 3600 * 1_000_000_000
FEWEST_COUNTED = 10
"""Below this many connections no number is given, so that nobody is singled out."""


async def announcements(tx: Tx, now_ns: int) -> tuple[PublicNotice, ...]:
    """What stands, and what was restored within a day, the newest first."""
    notices = await tx.find(Notice, state=(NoticeState.PUBLISHED, NoticeState.RESTORED))
    shown = [notice for notice in notices if _shown(notice, now_ns)]
    public = [announcement(notice, await _order(tx, notice)) for notice in shown]
    return tuple(sorted(public, key=lambda notice: -notice.published_ns))


def _shown(notice: Notice, now_ns: int) -> bool:
    if notice.state is NoticeState.PUBLISHED:
        return True
    restored = [at_ns for stage, at_ns in notice.progress if stage is Progress.RESTORED]
    return bool(restored) and now_ns - max(restored) < RESTORED_SHOWN_NS


async def _order(tx: Tx, notice: Notice) -> WorkOrder | None:
    if notice.incident is None:
        return None
    return next(iter(await tx.find(WorkOrder, incident=notice.incident)), None)


def announcement(notice: Notice, order: WorkOrder | None) -> PublicNotice:
    """Chosen field by field; the crew's steps are shown as stages, without crew or order."""
    counted = notice.accounts_affected >= FEWEST_COUNTED
    return PublicNotice(
        id=notice.id,
        version=notice.version,
        kind=notice.kind.value,
        area=notice.zone,
        title=notice.title,
        body=notice.body,
        advice=notice.advice,
        starts_ns=notice.starts_ns,
        published_ns=notice.published_ns or notice.starts_ns,
        streets=tuple(PublicStreet(name=street.name, numbers=street.numbers) for street in notice.streets),
        connections=notice.accounts_affected if counted else None,
        eta_earliest_ns=notice.eta_earliest_ns,
        eta_latest_ns=notice.eta_latest_ns,
        next_update_ns=notice.next_update_ns,
        progress=tuple((stage.value, at_ns) for stage, at_ns in stages(notice, order)),
    )
