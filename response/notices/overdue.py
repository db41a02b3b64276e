"""An estimate that has passed is never shown: the notice says by itself that a new one is being made (ON-07);
and of the next update that it promised, that it did not come.

The due times are rows of the ledger, taken within a second of their time, also after a restart.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from core.model.notice import Notice, NoticeState
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.runtime.logs import log
from core.runtime.timetable import held
from response import wording
from response.notices.versions import OVERDUE, UPDATE_LATE, put_head


class Overdue:
    """Work for a Timetable."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {OVERDUE: self.flip, UPDATE_LATE: self.own_up}

    async def flip(self, timer: Timer) -> None:
        """Its estimate has passed."""
        if await self._changed(timer, passed):
            log.info("notice overdue", notice=timer.subject)

    async def own_up(self, timer: Timer) -> None:
        """Its next update is late: whoever shows it shows it anew."""
        if await self._changed(timer, unkept):
            log.info("notice without its next update", notice=timer.subject)

    async def _changed(self, timer: Timer, by_time: Callable[[Notice, int], Notice | None]) -> bool:
        """The versions stay as they were said; what stands changes."""
        now_ns = self._clock.now_ns()
        async with self._ledger.begin() as tx:
            due = await held(tx, timer)
            notice = await tx.get(Notice, timer.subject)
            await tx.delete(Timer, due.id)
            if notice is None or notice.state is not NoticeState.PUBLISHED:
                return False
            changed = by_time(notice, now_ns)
            if changed is not None:
                await put_head(tx, changed, now_ns)
        return changed is not None


def passed(notice: Notice, now_ns: int) -> Notice | None:
    """As it stands once its latest time has come without a new one; None before."""
    if notice.eta_latest_ns is None or notice.eta_latest_ns > now_ns:
        return None
    bare = replace(
        notice,
        overdue_ns=notice.eta_latest_ns,
        eta_earliest_ns=None,
        eta_likely_ns=None,
        eta_latest_ns=None,
    )
    return wording.composed(bare, late=late(bare, now_ns))


def unkept(notice: Notice, now_ns: int) -> Notice | None:
    """As it stands once the next update that it promised is late; None before."""
    return wording.composed(notice, late=True) if late(notice, now_ns) else None


def late(notice: Notice, now_ns: int) -> bool:
    """Whether the next update that it promised has not come."""
    return notice.next_update_ns is not None and notice.next_update_ns < now_ns
