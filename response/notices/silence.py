"""The next update that a published notice promised did not come (ON-07): whoever answers for it hears so,
once a version, by the channels of escalation.yaml. No estimate passes unseen: its update was due before it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from core.model.call import Why
from core.model.message import Message
from core.model.notice import Notice, NoticeState, Status
from core.model.shanghai import moment
from core.model.text import Text
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.runtime.timetable import held
from response.escalation.reminding import AGAIN_NS
from response.escalation.spec import Notify
from response.escalation.telling import Teller
from response.notices.reminding import call_of, reminder
from response.notices.versions import UPDATE
from response.service_times import ServiceTimes


class Silence:
    """Work for a Timetable: tells the positions of `update_missed`."""

    def __init__(self, ledger: Ledger, clock: Clock, times: ServiceTimes, teller: Teller, desk: str) -> None:
        self._ledger, self._clock, self._teller = ledger, clock, teller
        self._tell, self._desk = times.file.update_missed, desk

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {UPDATE: self._missed}

    async def _missed(self, timer: Timer) -> None:
        async with self._ledger.read() as tx:
            notice = await tx.get(Notice, timer.subject)
        reached = True
        if notice is not None and self._tell and _silent(notice, self._clock.now_ns()):
            step, message = Notify(notify=self._tell, ways="all"), self._message(notice)
            call = call_of(notice, Why.UPDATE_MISSED, UPDATE, notice.next_update_ns or 0)
            reached = (await self._teller.tell(call, step, message)).reached
        async with self._ledger.begin() as tx:
            now = await held(tx, timer)
            if reached:
                await tx.delete(Timer, now.id)
            else:
                again_ns = self._clock.now_ns() + AGAIN_NS
                await tx.put(replace(now, due_ns=again_ns, owner="", until_ns=0))

    def _message(self, notice: Notice) -> Message:
        due_ns, now_ns = notice.next_update_ns or 0, self._clock.now_ns()
        due = moment(due_ns)
        title = Text(f"公告 {notice.id} 逾期未更新", f"{notice.id}: its next update is missing")
        line = Text(f"公告承诺不晚于 {due.zh} 通报", f"Promised by {due.en}")
        key = f"{notice.id}.{notice.version}/update"
        return reminder(notice, key, title, line, self._desk, began_ns=due_ns, at_ns=now_ns)


def _silent(notice: Notice, now_ns: int) -> bool:
    promised = notice.state is NoticeState.PUBLISHED and notice.status is Status.ACTUAL
    return promised and notice.next_update_ns is not None and notice.next_update_ns <= now_ns
