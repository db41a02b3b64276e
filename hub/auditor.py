"""`waterhub auditor`: an independent process that looks whether people are told, and is itself looked after.

It reads the ledger's file and knows nothing of the hub's memory. What it finds goes out by a channel of its
own, stands in auditor.json, and at every look it gives a sign of life to an address outside (a dead man's
switch), so that its own end is noticed by somebody.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec

from alarms.spec import AlarmRow
from core.adapters.pinned_http import allowed, named, pinned
from core.adapters.sql_ledger.view import LedgerView
from core.model.message import Delivered, Message, MessageKind
from core.model.text import Text
from core.ports.clock import Clock
from core.ports.notifier import Notifier
from core.runtime.logs import log
from hub.audit_file import AUDIT, BEAT, BEAT_S, SILENT_S, age_s, write
from response.escalation.audit import GRACE_S, Silence, silences
from response.escalation.calls import CRITICAL
from response.escalation.spec import Auditor as Spec
from response.escalation.spec import EscalationFile
from response.escalation.steps import Rules

PERIOD_S = 30.0
HUB_SILENT_S = 30.0
AGAIN_S = 600.0
"""While it lasts, it is said again."""
ANSWER_S = 10.0
HUB = "hub:calls"
"""What stands for the hub's own calls, when they give no sign of life."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Real seconds. A silence is found within period and grace, a hub that makes no calls any more within
    period and silent_s; start_s: it may start after the auditor."""

    period_s: float = PERIOD_S
    grace_s: float = GRACE_S
    silent_s: float = HUB_SILENT_S
    start_s: float = SILENT_S


def pace_of(every_s: float) -> Pace:
    """The same proportions at another pace."""
    share = every_s / PERIOD_S
    silent_s = max(share * HUB_SILENT_S, 3 * BEAT_S)
    return Pace(every_s, share * GRACE_S, silent_s, share * SILENT_S)


def rules_of(file: EscalationFile, rows: Sequence[AlarmRow]) -> Rules:
    """By the rows of the master database alone: no plant is needed for it."""
    named = {row.id: row.escalation_policy for row in rows}
    return Rules(file, lambda id: named.get(id.rpartition(":")[2]))


@dataclass
class Auditor:
    spec: Spec
    rules: Rules
    data: Path
    channel: Notifier
    clock: Clock
    pace: Pace = Pace()
    wall_s: Callable[[], float] = time.time
    _alive: str = ""
    _said: tuple[str, ...] = ()
    _said_s: float = float("-inf")
    _began_s: float = field(default_factory=time.monotonic)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            began_s = self.clock.monotonic()
            await self.look()
            await self.clock.sleep(max(0.0, self.pace.period_s - (self.clock.monotonic() - began_s)))

    async def look(self) -> list[Silence]:
        """One audit: what it found is said, written down, and followed by the sign of life."""
        try:
            async with asyncio.timeout(ANSWER_S):
                found = await asyncio.to_thread(self._found)
        except (sqlite3.Error, msgspec.MsgspecError, TimeoutError) as error:
            log.warning("the ledger cannot be audited", error=str(error))
            found = [self._silent_hub()]
        self._write(found)
        await self._say(found)
        self._alive = await self._sign_of_life()
        self._write(found)
        return found

    def _write(self, found: Sequence[Silence]) -> None:
        """A disk that takes nothing keeps nobody from being told; the hub says that it sees no auditor."""
        silences = [asdict(one) for one in found]
        try:
            write(self.data / AUDIT, {"at_s": self.wall_s(), "silences": silences, "dead_man": self._alive})
        except OSError as error:
            log.warning("the disk takes no audit", error=str(error))

    def _found(self) -> list[Silence]:
        view = LedgerView(self.data / "ledger.db")
        waiting = [(alarm, since) for alarm, since in view.unacknowledged() if self.rules.ladder(alarm)]
        told = view.last_told({self.rules.subject(alarm) for alarm, _ in waiting})
        orders = view.orders({alarm.incident for alarm, _ in waiting if alarm.incident}, CRITICAL)
        grace_s = self.pace.grace_s * max(1.0, self.clock.anchor.speed)
        found = silences(self.rules, waiting, told, self.clock.now_ns(), grace_s, orders)
        age = age_s(self.data / BEAT, self.wall_s)
        up_s = self.clock.monotonic() - self._began_s
        if up_s > self.pace.start_s and (age is None or age > self.pace.silent_s):
            found.append(self._silent_hub())
        return found

    def _silent_hub(self) -> Silence:
        return Silence(HUB, HUB, 1, self.clock.now_ns())

    async def _say(self, found: Sequence[Silence]) -> None:
        """What is new at once, what stands every ten minutes."""
        alarms, now_s = tuple(sorted(one.alarm for one in found)), self.clock.monotonic()
        if not set(alarms) - set(self._said) and (not alarms or now_s - self._said_s < AGAIN_S):
            self._said = alarms
            return
        answer = await self.channel.send(self._message(found))
        if isinstance(answer, Delivered):
            self._said, self._said_s = alarms, now_s
        else:
            log.warning("the auditor's own channel fails", reason=answer.reason, detail=answer.detail)

    def _message(self, found: Sequence[Silence]) -> Message:
        now_ns, names = self.clock.now_ns(), ", ".join(one.alarm for one in found[:5])
        more = "" if len(found) <= 5 else f" (+{len(found) - 5})"
        return Message(
            key=f"audit/{now_ns}",
            kind=MessageKind.SILENCE,
            to=self.spec.to,
            title=Text("报警通知中断", "Nobody is told of alarms"),
            body=Text(
                f"应通知而未通知：{names}{more}。请直接联系值班人员，并检查中心。",
                f"Nobody was told in time of: {names}{more}. Reach the people on duty, and see to the hub.",
            ),
            subject="audit",
            priority=min(one.priority for one in found),
            count=len(found),
            began_ns=min(one.due_ns for one in found),
            at_ns=now_ns,
        )

    async def _sign_of_life(self) -> str:
        """What came of it, in one word or line."""
        if self.spec.dead_man is None:
            return "none"
        url = urlsplit(self.spec.dead_man)
        try:
            async with asyncio.timeout(ANSWER_S):
                target, headers = pinned(url, await allowed(url, internal=self.spec.internal))
                async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_S) as client:
                    answer = await client.get(target, headers=headers, extensions=named(url))
        except (httpx.HTTPError, OSError) as error:
            said = str(error) or type(error).__name__
        else:
            said = "ok" if answer.is_success else f"HTTP {answer.status_code}"
        if said != "ok":
            log.warning("the dead man's switch does not answer", error=said)
        return said
