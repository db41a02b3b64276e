"""When somebody may be told: at once, or in the morning (ON-15, HL-14)."""

from datetime import timedelta

from core.model.bulletin import Bulletin
from core.model.notice import HEALTH_KINDS, Change, NoticeKind
from core.model.shanghai import local

_WAKES = HEALTH_KINDS | {NoticeKind.EMERGENCY_OUTAGE, NoticeKind.WATER_QUALITY}
"""What people are woken for."""


def urgent(bulletin: Bulletin) -> bool:
    """What must arrive within minutes: emergencies and advice about health, not their end."""
    return bulletin.kind in HEALTH_KINDS or (bulletin.kind in _WAKES and not bulletin.over)


def due_ns(bulletin: Bulletin, change: Change, now_ns: int, *, at_night: bool, from_h: int, to_h: int) -> int:
    """The time to tell a person. Advice about health, its end too, is told at once. That water is back waits
    for the morning unless they asked for it at night. What is no emergency waits too, unless it begins before
    the morning."""
    morning_ns = until_ns(now_ns, from_h, to_h)
    if morning_ns == now_ns or at_night or bulletin.kind in HEALTH_KINDS:
        return now_ns
    if change in (Change.FIRST, Change.UPDATE):
        wakes = bulletin.kind in _WAKES
        return now_ns if wakes or now_ns < bulletin.starts_ns <= morning_ns else morning_ns
    if change is Change.CANCELLED and now_ns < bulletin.starts_ns <= morning_ns:
        return now_ns
    return morning_ns


def until_ns(now_ns: int, from_h: int, to_h: int) -> int:
    """The end of the night it is now, in Shanghai; now by day."""
    at = local(now_ns)
    night = (at.hour >= from_h or at.hour < to_h) if from_h > to_h else from_h <= at.hour < to_h
    if not night:
        return now_ns
    end = at.replace(hour=to_h, minute=0, second=0, microsecond=0)
    end = end if end > at else end + timedelta(days=1)
    return round(end.timestamp()) * 1_000_000_000
