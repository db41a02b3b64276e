"""That water is back, where it waited, and that a notice is withdrawn: looked at again before it goes, for
the night may have changed what it says, and to whom (ON-08, ON-09)."""

from collections.abc import Sequence
from dataclasses import replace

from core.model.mailing import Because, Letter, LetterState, Mailing
from core.model.notice import QUALITY_KINDS, Change, Notice
from core.ports.ledger import Tx
from response.delivery.callers import told_over
from response.site import work_of

WAITED_NS = 10 * 60 * 1_000_000_000
"""What went out within this time of its planning waited for its turn alone: another may be under way."""
_PEOPLE = 500
_UNASKED = frozenset({Because.WATER_BACK, Because.RELEASED})


async def off_again(tx: Tx, mailing: Mailing) -> bool:
    """Crews hold its water off again: that it is back is said to nobody meanwhile."""
    bulletin = mailing.bulletin
    if bulletin.change is not Change.RESTORED or bulletin.kind in QUALITY_KINDS or bulletin.incident is None:
        return False
    return (await work_of(tx, bulletin.incident)).held_off


async def drop(tx: Tx, mailing: Mailing, now_ns: int) -> None:
    """Who never heard that water was off, for that was superseded before it went, hears of no end of it; nor
    does whom a later notice of the same incident concerns: that one ends for them. What was promised goes."""
    if mailing.bulletin.change is not Change.RESTORED or now_ns < mailing.made_ns + WAITED_NS:
        return
    left = await tx.find(Letter, mailing=mailing.id, state=LetterState.QUEUED)
    due = [one for one in left if one.due_ns is not None and one.due_ns <= now_ns and not one.tries]
    asked = [one for one in due if one.because in _UNASKED and one.promised_ns is None]
    later = await _later(tx, mailing) if asked else ()
    for at in range(0, len(asked), _PEOPLE):
        some = asked[at : at + _PEOPLE]
        people = tuple(one.person for one in some)
        known = await tx.find(Letter, person=people, notice=(mailing.notice, *later))
        gone = [one for one in some if _untold(one, known) or _again(one, known)]
        await tx.put_many(
            replace(one, state=LetterState.SUPERSEDED, due_ns=None, seq=one.seq + 1) for one in gone
        )


def _untold(letter: Letter, known: Sequence[Letter]) -> bool:
    mine = [one for one in known if one.person == letter.person and one.notice == letter.notice]
    earlier = [one for one in mine if one.version < letter.version]
    unsent = [one for one in earlier if one.state is LetterState.SUPERSEDED and one.sent_ns is None]
    return bool(earlier) and len(unsent) == len(earlier)


def _again(letter: Letter, known: Sequence[Letter]) -> bool:
    return any(one.person == letter.person and one.notice != letter.notice for one in known)


async def put_off(tx: Tx, mailing: Mailing, now_ns: int) -> None:
    """What is withdrawn while its first letters go out is no news for whom none went out to. One may have
    been under way when it was dropped, so that theirs waits for a while, and is dropped if none was."""
    if mailing.bulletin.change is not Change.CANCELLED:
        return
    settled_ns = mailing.made_ns + WAITED_NS
    left = await tx.find(Letter, mailing=mailing.id, state=LetterState.QUEUED)
    due = [one for one in left if one.due_ns is not None and one.due_ns <= now_ns and not one.tries]
    for at in range(0, len(due), _PEOPLE):
        some = due[at : at + _PEOPLE]
        known = await tx.find(Letter, person=tuple(one.person for one in some), notice=mailing.notice)
        untold = [one for one in some if _untold(one, known)]
        await tx.put_many(
            replace(one, due_ns=settled_ns, seq=one.seq + 1)
            if now_ns < settled_ns
            else replace(one, state=LetterState.SUPERSEDED, due_ns=None, seq=one.seq + 1)
            for one in untold
        )


async def _later(tx: Tx, mailing: Mailing) -> tuple[str, ...]:
    """Notices of its incident that began after it was over."""
    bulletin = mailing.bulletin
    found = await tx.find(Notice, incident=bulletin.incident) if bulletin.incident else []
    over_ns = bulletin.restored_ns or bulletin.sent_ns
    return tuple(one.id for one in found if one.id != mailing.notice and one.starts_ns > over_ns)


async def told_before(tx: Tx, mailing: Mailing) -> int:
    """When an earlier notice of its incident told that water is back, to callers as well, or they alone were
    told; 0 for never."""
    bulletin = mailing.bulletin
    if bulletin.incident is None:
        return 0
    others = [one for one in await tx.find(Notice, incident=bulletin.incident) if one.id != mailing.notice]
    until_ns = bulletin.restored_ns or bulletin.sent_ns
    ends = await told_over(tx, bulletin.incident, others)
    return max((ns for ns in ends if ns < until_ns), default=0)
