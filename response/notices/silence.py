"""The next update that a published notice promised did not come (ON-07): whoever answers for it hears so,
once a version, by the channels of escalation.yaml. No estimate passes unseen: its update was due before it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from core.model.call import Call, CallState, Why
from core.model.message import Message, MessageKind
from core.model.notice import Notice, NoticeState, Status
from core.model.shanghai import moment
from core.model.text import Text
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.runtime.timetable import held
from response.escalation.spec import Notify
from response.escalation.telling import Teller
from response.notices.versions import UPDATE
from response.service_times import ServiceTimes

AGAIN_S = 120.0
"""Nobody was reached: so soon it is tried again."""
_S = 1_000_000_000


class Silence:
    """Work for a Timetable: tells the positions of `update_missed`."""

    def __init__(self, ledger: Ledger, clock: Clock, times: ServiceTimes, teller: Teller, desk: str) -> None:
        self._ledger, self._clock, self._teller = ledger, clock, teller
        self._tell, self._desk = times.file.update_missed, desk.rstrip("/")

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {UPDATE: self._missed}

    async def _missed(self, timer: Timer) -> None:
        async with self._ledger.read() as tx:
            notice = await tx.get(Notice, timer.subject)
        reached = True
        if notice is not None and self._tell and _silent(notice, self._clock.now_ns()):
            step, message = Notify(notify=self._tell, ways="all"), self._message(notice)
            reached = (await self._teller.tell(_call(notice), step, message)).reached
        async with self._ledger.begin() as tx:
            now = await held(tx, timer)
            if reached:
                await tx.delete(Timer, now.id)
            else:
                again_ns = self._clock.now_ns() + round(AGAIN_S * _S)
                await tx.put(replace(now, due_ns=again_ns, owner="", until_ns=0))

    def _message(self, notice: Notice) -> Message:
        due_ns, now_ns = notice.next_update_ns or 0, self._clock.now_ns()
        due = moment(due_ns)
        title = Text(f"公告 {notice.id} 逾期未更新", f"{notice.id}: its next update is missing")
        return Message(
            key=f"{notice.id}.{notice.version}/update",
            kind=MessageKind.REMINDER,
            to="",
            title=title,
            body=Text(
                f"{title.zh}\n{notice.title.zh}\n公告承诺不晚于 {due.zh} 通报",
                f"{title.en}\n{notice.title.en}\nPromised by {due.en}",
            ),
            subject=notice.id,
            priority=1,
            count=1,
            began_ns=due_ns,
            at_ns=now_ns,
            link=f"{self._desk}/notices?id={notice.id}" if self._desk else "",
        )


def _silent(notice: Notice, now_ns: int) -> bool:
    promised = notice.state is NoticeState.PUBLISHED and notice.status is Status.ACTUAL
    return promised and notice.next_update_ns is not None and notice.next_update_ns <= now_ns


def _call(notice: Notice) -> Call:
    """What the notification log files it under: the incident, or the notice that people wrote."""
    return Call(
        id=notice.incident or notice.id,
        state=CallState.CALLING,
        why=Why.UPDATE_MISSED,
        policy=UPDATE,
        priority=1,
        lead=notice.id,
        began_ns=notice.next_update_ns or 0,
        zone=notice.zone,
        incident=notice.incident,
    )
