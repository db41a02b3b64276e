"""People on duty, called over real webhooks, by the real ledger and a clock that the test turns."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alarms import acts
from alarms.journal import Stamp, entry_of
from alarms.realarm import Realarm
from alarms.states import AlarmEvent, Cause
from alarms.transaction import event_of
from alarms.transition import step
from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.webhook_notifier import WebhookNotifier
from core.model.alarm import Alarm, AlarmClass, AlarmDefinition
from core.model.call import Call, Notification
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.text import Text
from core.model.timer import Timer
from core.runtime.clock import AnchoredClock
from core.runtime.health import Health
from core.runtime.timetable import Timetable
from response.escalation.service import CallService
from response.escalation.spec import EscalationFile
from response.following import Follower
from tests.at_work import Runs, running
from tests.ports import free_port
from tests.response import little_town as town
from tests.servers.hook import Hook, hook_at

Work = Mapping[str, Callable[[Timer], Awaitable[None]]]
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
STANDARD = {
    "desk": "https://hub.example.org",
    "default": "standard",
    "channels": [
        {"type": "webhook", "id": "sms", "url": "https://sms.example.org/", "secret_file": "s"},
        {"type": "webhook", "id": "voice", "url": "https://voice.example.org/", "secret_file": "s"},
    ],
    "contacts": [
        {
            "id": f"phone-{name}",
            "name": {"zh": f"值班手机{name}", "en": f"Duty phone {name}"},
            "ways": [
                {"id": f"{name}-{channel}", "channel": channel, "to": f"{name}@{channel}"}
                for channel in ("sms", "voice")
            ],
        }
        for name in ("a", "b", "crew")
    ],
    "positions": [
        {
            "id": "duty-manager",
            "name": {"zh": "值班长", "en": "Duty manager"},
            "rotation": {
                "contacts": ["phone-a", "phone-b"],
                "starts": "2026-11-22T08:00:00+08:00",
                "turn_h": 12,
            },
        },
        {
            "id": "crew-1",
            "name": {"zh": "抢修一班", "en": "Repair crew 1"},
            "weekly": [{"contact": "phone-crew"}],
        },
    ],
    "policies": [
        {
            "id": "standard",
            "ladders": [
                {
                    "priority": 1,
                    "steps": [
                        {"notify": ["duty-manager"]},
                        {"wait_min": 5},
                        {"notify": ["crew-1"]},
                        {"wait_min": 5},
                        {"until_ack": True},
                    ],
                },
                {
                    "priority": 2,
                    "gather_s": 30,
                    "steps": [{"notify": ["duty-manager"]}, {"wait_min": 10}, {"repeat": 1}],
                },
            ],
        }
    ],
}


class Turned(AnchoredClock):
    """Plant time stands still until the test turns it."""

    t_ns = town.T0

    def now_ns(self) -> int:
        return self.t_ns


def definition(id: str, priority: int) -> AlarmDefinition:
    name = Text(f"报警{id}", f"Alarm {id}")
    return AlarmDefinition(
        id=id,
        name=name,
        alarm_class=AlarmClass.PROCESS,
        priority=priority,
        cause=name,
        consequence=name,
        action=Text("关阀", "close the valve"),
        response_min=5,
    )


@dataclass
class Duty:
    ledger: SqlLedger
    secret: Path
    clock: Turned = field(default_factory=Turned)
    file: EscalationFile = field(default_factory=lambda: EscalationFile.model_validate(STANDARD))
    sms: Hook = field(default_factory=Hook)
    voice: Hook = field(default_factory=Hook)
    health: Health = field(default_factory=Health)
    rows: dict[str, AlarmDefinition] = field(default_factory=dict)
    deadline_s: float = 30.0
    lease_s: float = 8.0
    _following: tuple[CallService | Realarm | Follower, ...] = ()

    @contextmanager
    def phones(self) -> Iterator[None]:
        with ExitStack() as stack:
            self.sms, self.voice = (stack.enter_context(hook_at(free_port())) for _ in range(2))
            yield

    def service(self) -> CallService:
        channels = {
            name: WebhookNotifier(
                f"http://127.0.0.1:{hook.port}/", self.secret, internal=True, deadline_s=self.deadline_s
            )
            for name, hook in (("sms", self.sms), ("voice", self.voice))
        }
        return CallService(self.file, self.rows, town.plant(), channels, self.ledger, self.health, self.clock)

    @asynccontextmanager
    async def working(
        self, *beside: Follower, work: Work | None = None, runs: Sequence[Runs] = ()
    ) -> AsyncIterator[CallService]:
        """beside, work, runs: what else follows the ledger, has timers, and is at work."""
        service, realarm = self.service(), Realarm(self.ledger, self.clock)
        self._following = (service, realarm, *beside)
        whole = service.work | realarm.work | dict(work or {})
        service.timetable = Timetable(self.ledger, self.clock, whole, self.lease_s)
        async with running(service, realarm, service.timetable, *runs):
            yield service

    async def event(self, id: str, event: AlarmEvent, priority: int = 1, **more: object) -> Alarm:
        self.rows.setdefault(id, definition(id, priority))
        now_ns = self.clock.now_ns()
        incident, zone = more.pop("incident", None), more.pop("zone", "dma-01")
        cause = Cause(t_ns=now_ns, priority=priority, **more)  # type: ignore[arg-type]
        async with self.ledger.begin() as tx:
            alarm = await tx.get(Alarm, id) or Alarm(id=id, priority=priority, zone=zone)  # type: ignore[arg-type]
            done = step(alarm, event, cause)
            if event is AlarmEvent.RAISE:
                done = done.within(incident)  # type: ignore[arg-type]
            await tx.journal(entry_of(done, event, cause, Stamp(now_ns)))
            await tx.put(done.alarm)
            await tx.emit(event_of(done.alarm, self.rows[id], now_ns))
        return done.alarm

    async def raised(self, id: str = "p1", priority: int = 1, **more: object) -> Alarm:
        return await self.event(id, AlarmEvent.RAISE, priority, **more)

    async def cleared(self, id: str = "p1", priority: int = 1) -> Alarm:
        return await self.event(id, AlarmEvent.CLEAR, priority)

    async def acked(self, *ids: str) -> None:
        async with self.ledger.begin() as tx:
            for id in ids or ("p1",):
                alarm = await tx.get(Alarm, id)
                assert alarm is not None
                seen = acts.Seen(alarm.occurrence, alarm.seq)
                done = await acts.acknowledge(tx, id, seen, "operator", self.clock.now_ns())
                assert done.changed, done.refused

    async def incident(self, id: str = "INC-20261122-00001") -> str:
        async with self.ledger.begin() as tx:
            await tx.put(
                Incident(
                    id=id,
                    kind=IncidentKind.BURST,
                    state=IncidentState.SUSPECTED,
                    opened_ns=self.clock.now_ns(),
                    zone="dma-01",
                    title=Text("城东片区 疑似爆管", "Suspected burst, East district"),
                )
            )
        return id

    async def turn(self, seconds: float) -> None:
        """Once everything is quiet, plant time goes on by so much."""
        await self.quiet()
        self.clock.t_ns += round(seconds * SECOND)

    async def quiet(self) -> None:
        """What happened was seen, nothing is due, and nothing is held."""

        async def nothing() -> bool:
            last = await self.ledger.last_event()
            if any(one.seen_until < last for one in self._following):
                return False
            async with self.ledger.read() as tx:
                timers = await tx.find(Timer)
            if any(timer.due_ns <= self.clock.t_ns or timer.owner for timer in timers):
                return False
            return last == await self.ledger.last_event()

        await self.until(nothing)

    async def until(self, true: Callable[[], Awaitable[bool]], within_s: float = 30.0) -> None:
        async with asyncio.timeout(within_s):
            while not await true():
                await asyncio.sleep(0.01)

    async def call(self, id: str = "area:dma-01:standard") -> Call | None:
        async with self.ledger.read() as tx:
            return await tx.get(Call, id)

    async def log(self, **equal: object) -> list[Notification]:
        async with self.ledger.read() as tx:
            return await tx.find(Notification, **equal)

    async def timers(self) -> list[Timer]:
        async with self.ledger.read() as tx:
            return await tx.find(Timer)

    def texts(self, hook: Hook) -> list[tuple[str, str]]:
        """(firing or resolved, to) of each message."""
        return [(body["status"], body["receiver"]) for body in hook.bodies]


def policy(**changes: object) -> EscalationFile:
    """The standard with another ladder for priority 2."""
    ladder = {**STANDARD["policies"][0]["ladders"][1], **changes}  # type: ignore[index]
    first = STANDARD["policies"][0]["ladders"][0]  # type: ignore[index]
    policies = [{"id": "standard", "ladders": [first, ladder]}]
    return EscalationFile.model_validate({**STANDARD, "policies": policies})
