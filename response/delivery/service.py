"""Published versions, followed: each becomes a mailing, planned and sent from a timer of the ledger, so that
whatever is killed goes on where it was."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from core.model.bulletin import Bulletin
from core.model.event import Event, EventKind
from core.model.incident import Incident
from core.model.mailing import Mailing, MailingState
from core.model.message import Heard
from core.model.notice import Notice
from core.model.notice_version import NoticeVersion, VersionState
from core.model.plant import Plant
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.ports.notifier import Notifier
from core.ports.vault import Vault
from core.runtime.health import Health
from core.runtime.logs import log
from core.runtime.timetable import Timetable, held
from response.bulletins import bulletin_of
from response.delivery import waited
from response.delivery.callers import over, unpublished
from response.delivery.code_sending import REST_NS, CodeSending
from response.delivery.listing import audited, came_of
from response.delivery.mailings import exercised, mailing_of
from response.delivery.planning import Planner
from response.delivery.sending import Sender
from response.delivery.spec import DeliveryFile
from response.notices.exercises import in_earnest
from response.notices.versions import withdrawn
from response.site import BACK, work_of

CURSOR = "delivery"
MAILING = "mailing"
"""The kind of its timers."""
_IDLE_EVENTS = 200
_FOLLOWED = (EventKind.NOTICE, EventKind.INCIDENT, EventKind.WORK_ORDER)
_NS = 1_000_000_000


def _incidents(events: Sequence[Event]) -> Iterator[str]:
    """That changed, and of orders that did: a valve that is opened gives water back. Of a notice that was
    withdrawn: nobody tells its callers any more."""
    for event in events:
        if event.kind is EventKind.INCIDENT:
            yield event.subject
        elif (event.kind is EventKind.WORK_ORDER or withdrawn(event)) and event.data.get("incident"):
            yield str(event.data["incident"])


class DeliveryService:
    """timetable: made of `work`, by whoever puts the hub together; told when something may be due."""

    def __init__(
        self,
        file: DeliveryFile,
        channels: Mapping[str, Notifier],
        plant: Plant,
        vault: Vault,
        ledger: Ledger,
        health: Health,
        clock: Clock,
    ) -> None:
        self._plant, self._ledger, self._clock = plant, ledger, clock
        self._file = file
        self._planner = Planner(file, vault, ledger, clock)
        self.sender = Sender(file, channels, vault, ledger, health, clock)
        self._codes = CodeSending(file, self.sender, plant.utility, vault, ledger, clock)
        self.timetable: Timetable | None = None

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {MAILING: self._mailing, **self._codes.work}

    async def run(self) -> None:
        """Until cancelled."""
        async with self._ledger.read() as tx:
            done = await tx.cursor(CURSOR)
        async for events in self._ledger.follow(done):
            if any(e.kind in _FOLLOWED for e in events) or events[-1].id - done > _IDLE_EVENTS:
                await self.handle(events)
                done = events[-1].id

    async def handle(self, events: Sequence[Event]) -> None:
        notices = dict.fromkeys(e.subject for e in events if e.kind is EventKind.NOTICE)
        async with self._ledger.begin() as tx:
            for notice in notices:
                for version in await tx.find(NoticeVersion, notice=notice, state=VersionState.PUBLISHED):
                    bulletin = bulletin_of(version, self._plant)
                    await self._begin(tx, version.id, bulletin, moved=version.moved)
            for incident in dict.fromkeys(_incidents(events)):
                await self._callers_only(tx, incident)
            await tx.set_cursor(CURSOR, events[-1].id)
        self.wake()

    async def _callers_only(self, tx: Tx, id: str) -> None:
        """Who called of what was never published in earnest hears that it is over; each time that it was."""
        incident = await tx.get(Incident, id)
        if incident is None or incident.state not in BACK:
            return
        if await unpublished(tx, incident, in_earnest(await tx.find(Notice, incident=id))):
            before = len(await tx.find(Mailing, notice=id))
            mailing = f"{id}.restored.{before + 1}" if before else f"{id}.restored"
            work = await work_of(tx, id)
            bulletin = over(incident, self._plant, work, self._clock.now_ns(), mailing)
            await self._begin(tx, mailing, bulletin, moved=False)

    async def _begin(self, tx: Tx, id: str, bulletin: Bulletin, *, moved: bool) -> None:
        """id: the version's: once however often it is seen."""
        now_ns = self._clock.now_ns()
        bulletin = exercised(bulletin, self._file)
        mailing = mailing_of(id, bulletin, moved=moved, made_ns=now_ns)
        if await tx.insert(mailing):
            await tx.put(timer_of(mailing.id, now_ns))
            log.info("notice goes out", mailing=mailing.id, change=bulletin.change.value)

    async def _mailing(self, timer: Timer) -> None:
        """Planned after every earlier version of its notice; sent; looked at again when something is due."""
        async with self._ledger.read() as tx:
            mailing = await tx.get(Mailing, timer.subject)
            others = await tx.find(Mailing, notice=mailing.notice) if mailing else []
        if mailing is None:
            return
        earlier = [m for m in others if m.version < mailing.version and m.state is MailingState.PLANNING]
        if earlier:
            await self._again(timer, self._clock.now_ns() + _NS // 10)
            return
        if mailing.state is MailingState.PLANNING:
            mailing = await self._planner.plan(timer, mailing)
        rests = self._file.exercise or await self._off_again(timer, mailing)
        if not rests:
            await self.sender.send_due(timer, mailing)
        if not await self._due_later(timer, mailing, rests=rests):
            await self._done(timer, mailing)

    async def _off_again(self, timer: Timer, mailing: Mailing) -> bool:
        """Whether nobody may be told now that water is back; to whom it need not be said is not written."""
        async with self._ledger.begin() as tx:
            await held(tx, timer)
            if await waited.off_again(tx, mailing):
                return True
            await waited.drop(tx, mailing, self._clock.now_ns())
            await waited.put_off(tx, mailing, self._clock.now_ns())
        return False

    async def _due_later(self, timer: Timer, mailing: Mailing, *, rests: bool) -> bool:
        async with self._ledger.begin() as tx:
            now = await held(tx, timer)
            at_ns = await self.sender.next_due_ns(tx, mailing.id)
            if at_ns is None:
                return False
            rest_ns = self._clock.now_ns() + REST_NS if rests else 0
            await tx.put(replace(now, due_ns=max(at_ns, rest_ns), owner="", until_ns=0))
        return True

    async def _done(self, timer: Timer, mailing: Mailing) -> None:
        """Unless a report has made something due meanwhile: then it is looked at again at once. The audit
        hears of it once, not of each report that comes in later."""
        came, now_ns = await came_of(self._ledger, mailing.id), self._clock.now_ns()
        first = mailing.state is not MailingState.DONE
        ledger = audited(self._ledger, "mailing done", mailing.id, now_ns) if first else self._ledger
        async with ledger.begin() as tx:
            now = await held(tx, timer)
            if await self.sender.next_due_ns(tx, mailing.id) is not None:
                await tx.put(replace(now, owner="", until_ns=0))
                return
            await tx.delete(Timer, timer.id)
            state, seq = MailingState.DONE, mailing.seq + 1
            await tx.put(replace(mailing, state=state, done_ns=now_ns, came=came, seq=seq))

    async def _again(self, timer: Timer, at_ns: int) -> None:
        async with self._ledger.begin() as tx:
            await tx.put(replace(await held(tx, timer), due_ns=at_ns, owner="", until_ns=0))

    async def heard(self, channel: str, said: Sequence[Heard]) -> None:
        """What a provider reports; what goes on to another channel is due at once."""
        async with self._ledger.begin() as tx:
            for mailing in await self.sender.heard(tx, channel, said):
                await due_by(tx, mailing, self._clock.now_ns())
        self.wake()

    def wake(self) -> None:
        """Something may be due now."""
        if self.timetable is not None:
            self.timetable.wake()


async def due_by(tx: Tx, mailing: str, due_ns: int) -> None:
    """Its timer, not later than this; one that somebody works on looks again by itself."""
    fresh = timer_of(mailing, due_ns)
    standing = await tx.get(Timer, fresh.id)
    if standing is None or standing.due_ns > due_ns:
        await tx.put(fresh if standing is None else replace(standing, due_ns=due_ns))


def timer_of(mailing: str, due_ns: int) -> Timer:
    return Timer(id=f"{MAILING}:{mailing}", kind=MAILING, subject=mailing, due_ns=due_ns)
