"""The one owner of a connection: what is asked on it, in which order, and whose silence is whose fault."""

import asyncio
import heapq
from collections.abc import Callable, Mapping

from collectors.modbus.group import Groups
from collectors.modbus.inquiry import Inquiry
from collectors.modbus.link import BadReply, Link
from collectors.modbus.poll import Failure, Poll
from collectors.modbus.spec import ModbusSpec
from collectors.modbus.unit import UnitState
from core.model.quality import Status
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.source import SourceFacts
from core.ports.spool import Sink

SILENCES = 3
"""Time-outs in a row after which the connection itself is suspected."""

_EXCEPTIONS = {
    1: Status.BAD_CONFIGURATION_ERROR,
    2: Status.BAD_CONFIGURATION_ERROR,
    3: Status.BAD_CONFIGURATION_ERROR,
    4: Status.BAD_DEVICE_FAILURE,
    5: Status.BAD_NO_COMMUNICATION,
    6: Status.BAD_NO_COMMUNICATION,
}
"""What a device's refusal says of the tag. 5 and 6 (busy) are a failed read too: the house never repeats an
old value."""
_BUSY = (5, 6)
_GATEWAY = (0x0A, 0x0B)
"""A gateway's word that the unit behind it does not answer."""


class Owner:
    """A queue of requests by the time they are due; at most `max_parallel` are outstanding.

    It rings when there are failures to put, when the link has closed, when it must be opened anew (`reset`:
    after any time-out on RTU or ASCII framing, where the late reply would pass for the next) or when what it
    read could not be put.
    """

    def __init__(
        self,
        id: str,
        spec: ModbusSpec,
        tags: Mapping[str, Tag],
        clock: Clock,
        groups: Groups,
        first_probe_s: float,
        random: Callable[[], float],
    ) -> None:
        self.id, self.facts = id, SourceFacts()
        self._took = self.facts.round_trips.newest.append
        self.groups, self.slices = groups, groups.slices
        self.connected = False
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None
        self.sink: Sink | None = None
        self.failures: list[Failure] = []
        self.broken: BaseException | None = None
        self.reset = False
        self.silent_line: ConnectionError | None = None
        self._monotonic, self._now_ns = clock.monotonic, clock.now_ns
        self._timeout_s, self._parallel = spec.timeout_s, spec.max_parallel
        self._self_delimiting = spec.wire_framing == "tcp"
        self._link: Link | None = None
        self._out: list[Poll | Inquiry] = []
        self._waiting: list[tuple[float, int, Poll | Inquiry]] = []
        self._number = 0
        self._sweeping = False
        self._silent = 0
        self._suspects: set[UnitState] = set()
        self._blamed: set[UnitState] = set()
        self.units = [UnitState(self, spec, unit, tags, first_probe_s, random) for unit in spec.units]

    def now(self) -> tuple[float, int]:
        return self._monotonic(), self._now_ns()

    def ring(self) -> None:
        self._rung = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def news(self) -> None:
        """Until it has rung since the last time. For one who waits; half the price of an asyncio.Event."""
        if not self._rung:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        self._rung = False

    def begin(self, link: Link) -> None:
        """A new connection. One opened anew in place goes on where it was."""
        anew, self._link = self.connected, link
        link.closed.add_done_callback(lambda _: self.ring())
        self._silent, self.reset, self.silent_line = 0, False, None
        self._suspects.clear()
        now = self._monotonic()
        if not anew:
            self.connected = True
            self._waiting.clear()
            for unit in self.units:
                unit.begin(now, probe=unit not in self._blamed)
            self._blamed.clear()
        self._pump()

    def leave(self) -> None:
        """The link is being closed to be opened anew: what was under way is asked again."""
        self._link = None
        under_way, self._out = self._out, []
        for ask in under_way:
            self.offer(ask, 0.0)

    def end(self, lost: bool) -> None:
        """The connection is gone. lost: one Bad sample is to be put for each tag that has not had one."""
        self.connected, self._link = False, None
        under_way, self._out = self._out, []
        self._waiting.clear()
        if not lost:
            return
        now, now_ns = self.now()
        for unit in self.units:
            for poll in unit.polls:
                poll.failed(Status.BAD_NOT_CONNECTED, now_ns)
        for ask in under_way if self.silent_line is None else ():
            cause = f"unit {ask.unit.number}: the connection was lost while it was asked"
            ask.unit.failed("connection_lost", cause, now, now_ns)
            self._blamed.add(ask.unit)

    def offer(self, ask: Poll | Inquiry, due: float) -> None:
        link = None if self._waiting else self._ready()
        if link is not None:
            self._ask(ask, link)
            return
        self._number += 1
        heapq.heappush(self._waiting, (due, self._number, ask))
        self._pump()

    def tell(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.ring()

    def fail(self, error: BaseException) -> None:
        """What was read could not be put."""
        self.broken = error
        self.ring()

    async def settled(self) -> None:
        """What has been heard is put, or given up."""
        now = self._monotonic()
        for poll in [poll for unit in self.units for poll in unit.polls]:
            poll.tell(now)
        await self.groups.outlet.settled(self)

    def _pump(self) -> None:
        while self._waiting and (link := self._ready()) is not None:
            self._ask(heapq.heappop(self._waiting)[2], link)

    def _ready(self) -> Link | None:
        """The link, when another question may go out on it."""
        if len(self._out) >= self._parallel or self._link is None or self.reset:
            return None
        return None if self._link.closed.done() else self._link

    def _ask(self, ask: Poll | Inquiry, link: Link) -> None:
        if not (ask.unit.breaker.closed or (isinstance(ask, Inquiry) and ask.probe)):
            ask.failed(Status.BAD_NO_COMMUNICATION, self._now_ns())
            return
        ask.sent_s = self._monotonic()
        self._out.append(ask)
        try:
            link.send(ask)
        except ConnectionError:
            return  # the link says so itself, by `closed`
        if not self._sweeping:
            self._sweeping = True
            self.slices.at(ask.sent_s + self._timeout_s, self._sweep)

    def _sweep(self, now: float) -> None:
        """Time-outs. One call is armed for each connection, not one for each request."""
        self._sweeping = False
        for ask in [ask for ask in self._out if ask.sent_s + self._timeout_s <= now]:
            self._timed_out(ask)
        if self._out:
            self._sweeping = True
            self.slices.at(self._out[0].sent_s + self._timeout_s, self._sweep)
        self._pump()

    def heard(self, ask: Poll | Inquiry) -> None:
        """A reply to it, true to what was asked, or the unit's own refusal."""
        ask.heard_s = now = self._monotonic()
        unit, took = ask.unit, now - ask.sent_s
        self._out.remove(ask)
        self._took(took)
        unit.took(took)
        if self._silent:
            self._silent = 0
            self._suspects.clear()
        if unit.facts.failures_in_row and unit.breaker.answered():
            unit.resume(now)
        if self._waiting:
            self._pump()

    def spoke(self, ask: Poll | Inquiry) -> None:
        """It answered well, though no sample comes of it."""
        self.heard(ask)
        self.facts.last_good_ns = ask.unit.facts.last_good_ns = self._now_ns()

    def objected(self, ask: Poll | Inquiry, code: int) -> bool:
        """An exception. False when it is a gateway's word that the unit does not answer."""
        name = f"exception_{code}"
        self.facts.count(name)
        if code in _GATEWAY:
            self._silent = 0
            self._out.remove(ask)
            cause = f"unit {ask.unit.number}: the gateway has no answer from it (exception {code})"
            self._unanswered(ask, name, Status.BAD_NOT_CONNECTED, cause)
            self._pump()
            return False
        ask.unit.facts.count(name)
        self.heard(ask)
        return True

    def refused(self, poll: Poll, code: int) -> None:
        if not self.objected(poll, code):
            return
        now, now_ns = self.now()
        if code in (2, 3):
            poll.unit.illegal(poll, code, now, now_ns)
            return
        poll.unit.facts.cause, poll.objection = f"unit {poll.unit.number}: exception {code}", True
        poll.failed(_EXCEPTIONS.get(code, Status.BAD_DEVICE_FAILURE), now_ns)
        if code not in _BUSY:
            poll.rest(now)

    def _unanswered(self, ask: Poll | Inquiry, name: str, status: Status, cause: str) -> None:
        now, now_ns = self.now()
        ask.failed(status, now_ns)
        ask.unit.failed(name, cause, now, now_ns)

    def _timed_out(self, ask: Poll | Inquiry) -> None:
        self._out.remove(ask)
        self._silent += 1
        self.facts.count("timeout")
        unit = ask.unit
        if unit.breaker.healthy:
            self._suspects.add(unit)
        if self._link is not None:
            self._link.give_up(ask)
        cause = f"unit {unit.number}: no answer in {self._timeout_s:g} s"
        self._unanswered(ask, "timeout", Status.BAD_TIMEOUT, cause)
        if self._all_silent():
            self.silent_line = ConnectionError(f"{self.id}: {self._silent} reads in a row without answer")
            self.ring()
        elif not self._self_delimiting:
            self.facts.count("desync_resets")
            self.reset = True
            self.ring()

    def _all_silent(self) -> bool:
        """Nobody there answers, or three that did have ceased to at once: not the units, the line."""
        units = [unit.breaker for unit in self.units]
        if all(not breaker.closed for breaker in units):
            return True
        if self._silent < SILENCES:
            return False
        return len(self._suspects) >= SILENCES or not any(breaker.healthy for breaker in units)

    def lied(self, error: BadReply) -> bool:
        """A reply was refused and the link closed. True when it is known whose it was: it is Bad, counts
        against that unit, and the connection is opened anew at once."""
        ask = next((ask for ask in self._out if ask is error.ask), None)
        if ask is None:
            return False
        self._out.remove(ask)
        self.facts.count("BadReply")
        if not self._self_delimiting:
            self.facts.count("desync_resets")
        self._unanswered(ask, "bad_reply", Status.BAD_NO_COMMUNICATION, f"unit {ask.unit.number}: {error}")
        return True
