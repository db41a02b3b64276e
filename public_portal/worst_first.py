"""In which order notices stand where people look: what may harm them before what is only published later."""

from collections.abc import Iterable

from core.model.snapshot import PublicNotice

_HEALTH = ("do_not_use", "do_not_drink", "boil")
_OFF = ("none", "intermittent")
"""As snapshots spell them: the citizens' server knows no more of notices than that."""


def worst_first(notices: Iterable[PublicNotice], now_ns: int) -> list[PublicNotice]:
    """Health advice in force, water off now, doubtful or weak water now, planned work by its start, and what
    is over; among equals the newest first."""
    return sorted(notices, key=lambda notice: _rank(notice, now_ns))


def _rank(notice: PublicNotice, now_ns: int) -> tuple[int, int, int]:
    newest = -notice.published_ns
    if notice.over:
        return 4, 0, newest
    if notice.kind in _HEALTH:
        return 0, _HEALTH.index(notice.kind), newest
    if notice.ahead(now_ns):
        return 3, notice.starts_ns, newest
    return (1 if notice.supply in _OFF else 2), 0, newest
