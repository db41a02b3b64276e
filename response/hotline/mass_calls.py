"""When so many ring up that the hotline works by its short way (HL-21), and how well agents knew (HL-42).

On by itself: more calls within five minutes than max(20, mean + 4 sd) of this hour, more waiting than a
limit, or a notice that was of priority 1 when it was published. Off again when none holds for ten minutes.
A person may hold it on or off.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import sqrt

import msgspec

from core.model.account import User
from core.model.event import Event, EventKind
from core.model.notice import Notice, NoticeState
from core.model.phone_call import Direction, PhoneCall, Stage
from core.model.shanghai import local
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Page, Tx

KEPT = "mass_calls"
_S = 1_000_000_000
BUCKET_NS = 300 * _S
LEAST, SIGMAS, WAITING = 20, 4.0, 10
"""Calls in five minutes; standard deviations; calls that ring at once [P]."""
QUIET_NS = 600 * _S
WEIGHT = 0.02
"""Of the newest five minutes in an hour's mean."""
LOOKED_AT = 2_000
LOOK_S = 5.0
KNOWN_FROM_NS = 600 * _S
"""An incident is known to agents by its tenth minute."""


class Mode(StrEnum):
    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Why(StrEnum):
    ARRIVALS = "arrivals"
    WAITING = "waiting"
    NOTICE = "priority_1_notice"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class MassCalls:
    """why: what holds it on now, or did last. arrivals: within the last five minutes; threshold: above which
    it is many. quiet_ns: since when no reason holds. usual: (mean, variance) of five minutes, by hour of the
    day; counted_ns: up to when they were counted."""

    mode: Mode = Mode.AUTO
    active: bool = False
    why: Why | None = None
    since_ns: int | None = None
    quiet_ns: int | None = None
    arrivals: int = 0
    threshold: float = LEAST
    counted_ns: int = 0
    usual: Mapping[int, tuple[float, float]] = field(default_factory=dict)

    @property
    def until_ns(self) -> int | None:
        """When it ends by itself; None while a reason, or a person, holds it."""
        return self.quiet_ns + QUIET_NS if self.active and self.quiet_ns is not None else None


def threshold(usual: Mapping[int, tuple[float, float]], hour: int) -> float:
    mean, variance = usual.get(hour, (0.0, 0.0))
    return max(float(LEAST), mean + SIGMAS * sqrt(variance))


def judged(now: MassCalls, arrivals: int, waiting: int, urgent: bool, now_ns: int) -> MassCalls:
    """The next state."""
    limit = threshold(now.usual, local(now_ns).hour)
    reason = (
        Why.ARRIVALS
        if arrivals > limit
        else Why.WAITING
        if waiting > WAITING
        else Why.NOTICE
        if urgent
        else None
    )
    now = replace(now, arrivals=arrivals, threshold=limit)
    if now.mode is not Mode.AUTO:
        return _held(now, now_ns)
    if reason is not None:
        return replace(_turned(now, True, reason, now_ns), quiet_ns=None)
    if not now.active:
        return now
    quiet_ns = now.quiet_ns or now_ns
    if now_ns - quiet_ns >= QUIET_NS:
        return replace(_turned(now, False, None, now_ns), quiet_ns=None)
    return replace(now, quiet_ns=quiet_ns)


def _held(now: MassCalls, now_ns: int) -> MassCalls:
    return replace(_turned(now, now.mode is Mode.ON, Why.PERSON, now_ns), quiet_ns=None)


def _turned(now: MassCalls, active: bool, why: Why | None, now_ns: int) -> MassCalls:
    since_ns = now.since_ns if now.active == active else now_ns
    return replace(now, active=active, why=why if active else None, since_ns=since_ns)


def learned(now: MassCalls, began: Sequence[int], now_ns: int) -> MassCalls:
    """With the whole five minutes that have passed since it last counted; what mass calls brought is not
    usual. began: when calls began, UTC ns."""
    upto = now_ns // BUCKET_NS * BUCKET_NS
    if not now.counted_ns or upto - now.counted_ns > 24 * 12 * BUCKET_NS:
        return replace(now, counted_ns=upto)
    usual = dict(now.usual)
    for start in range(now.counted_ns, upto, BUCKET_NS):
        if now.active:
            continue
        n = sum(start <= t_ns < start + BUCKET_NS for t_ns in began)
        hour = local(start).hour
        mean, variance = usual.get(hour, (float(n), float(n)))
        off = n - mean
        usual[hour] = (mean + WEIGHT * off, (1 - WEIGHT) * (variance + WEIGHT * off * off))
    return replace(now, counted_ns=upto, usual=usual)


async def standing(tx: Tx) -> MassCalls:
    content = await tx.kept(KEPT)
    return msgspec.json.decode(content, type=MassCalls) if content else MassCalls()


async def switch(tx: Tx, mode: Mode, actor: User, now_ns: int) -> MassCalls:
    """By a person. Left to itself, what is on ends after the quiet time, unless a reason is found."""
    now = replace(await standing(tx), mode=mode)
    if mode is not Mode.AUTO:
        now = _held(now, now_ns)
    elif now.active and now.quiet_ns is None:
        now = replace(now, quiet_ns=now_ns)
    await _keep(tx, now, now_ns, actor.id)
    return now


class MassCallService:
    """Looks every few seconds; writes what has changed."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        now_ns = self._clock.now_ns()
        async with self._ledger.read() as tx:
            before = await standing(tx)
            calls = await tx.find(PhoneCall, Page(limit=LOOKED_AT))
            urgent = await _urgent(tx)
        began = [call.began_ns for call in calls if call.direction is Direction.IN]
        arrivals = sum(now_ns - BUCKET_NS < t_ns <= now_ns for t_ns in began)
        waiting = sum(c.stage is Stage.RINGING and now_ns - c.began_ns < BUCKET_NS for c in calls)
        after = judged(learned(before, began, now_ns), arrivals, waiting, urgent, now_ns)
        if after != before:
            async with self._ledger.begin() as tx:
                mode = (await standing(tx)).mode
                if mode is before.mode:
                    await _keep(tx, after, now_ns, told=_shown(after) != _shown(before))


def _shown(now: MassCalls) -> tuple[bool, Why | None, int | None]:
    return now.active, now.why, now.until_ns


async def _urgent(tx: Tx) -> bool:
    """Of what was published: a guess that has raised an order since is told by the next version."""
    return any(one.priority == 1 for one in await tx.find(Notice, state=NoticeState.PUBLISHED))


async def _keep(tx: Tx, now: MassCalls, now_ns: int, by: str | None = None, told: bool = True) -> None:
    await tx.keep(KEPT, msgspec.json.encode(now))
    if told:
        data = {"active": now.active, "mode": now.mode.value, "why": now.why, "by": by}
        await tx.emit(Event(kind=EventKind.MASS_CALLS, subject="hotline", t_ns=now_ns, data=data))


@dataclass(frozen=True, slots=True)
class Knew:
    """Answered calls about an incident, after its tenth minute: of how many the banner stood on the card
    when they were answered."""

    calls: int
    knew: int


def knew(calls: Iterable[PhoneCall], opened_ns: Mapping[str, int]) -> Knew:
    told = [
        call.knew_before
        for call in calls
        if (since := opened_ns.get(call.incident or "")) is not None
        and call.began_ns - since >= KNOWN_FROM_NS
    ]
    answered = [one for one in told if one is not None]
    return Knew(len(answered), sum(answered))
