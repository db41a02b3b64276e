"""An estimate that has passed is never shown: the notice says by itself that a new one is being made (ON-07).

The due time is a row of the ledger, taken within a second of its time, also after a restart.
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
from response.notices.versions import OVERDUE, put_head


class Overdue:
    """Work for a Timetable."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {OVERDUE: self.flip}

    async def flip(self, timer: Timer) -> None:
        """The versions stay as they were said; what stands changes."""
        async with self._ledger.begin() as tx:
            due = await held(tx, timer)
            notice = await tx.get(Notice, timer.subject)
            await tx.delete(Timer, due.id)
            if notice is None or notice.state is not NoticeState.PUBLISHED:
                return
            if notice.eta_latest_ns is None or notice.eta_latest_ns > self._clock.now_ns():
                return
            await put_head(tx, passed(notice), self._clock.now_ns())
        log.info("notice overdue", notice=timer.subject)


def passed(notice: Notice) -> Notice:
    """As it stands once its latest time has come without a new one."""
    bare = replace(
        notice,
        overdue_ns=notice.eta_latest_ns,
        eta_earliest_ns=None,
        eta_likely_ns=None,
        eta_latest_ns=None,
    )
    return wording.composed(bare)
