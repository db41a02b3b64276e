"""One device of a connection: its polls, its breaker, and the search for an address that it refuses."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from zlib import crc32

from collectors.modbus.bisect import Bisection, Found
from collectors.modbus.breaker import UnitBreaker
from collectors.modbus.inquiry import Inquiry
from collectors.modbus.plan import Request, plan_unit
from collectors.modbus.point import Point
from collectors.modbus.poll import Poll
from collectors.modbus.slices import phase_of
from collectors.modbus.spec import Forbidden, ModbusSpec, Unit
from core.model.quality import Status
from core.model.tag import Tag
from core.ports.source import Breaker, DeviceFacts
from core.runtime.logs import log

if TYPE_CHECKING:
    from collectors.modbus.owner import Owner


CULPRIT_RETRY_S = 3600.0
QUESTIONS_A_MINUTE = 60
"""At most so many may be asked of one unit to find illegal addresses."""


class UnitState:
    """Its polls lie on one phase of its own. What it refuses is searched for, named once in the log and in
    `facts.tag_causes`, read around, and asked for again every hour."""

    def __init__(
        self,
        owner: "Owner",
        spec: ModbusSpec,
        unit: Unit,
        tags: Mapping[str, Tag],
        first_probe_s: float,
        random: Callable[[], float],
    ) -> None:
        self.owner, self.number = owner, unit.unit
        self.facts = owner.facts.devices.setdefault(f"unit {unit.unit}", DeviceFacts())
        self.took = self.facts.round_trips.newest.append
        self.breaker = UnitBreaker(self.facts, first_probe_s, random)
        self.polls: list[Poll] = []
        self._spec, self._unit, self._tags = spec, unit, tags
        self._share = crc32(f"{spec.id} {unit.unit}".encode()) / 2**32
        self._illegal: list[Forbidden] = []
        self._asked_at: list[float] = []
        self._probe_s = 0.0
        for period_s in sorted({self._period(point) for point in unit.points}):
            self._plan(period_s, [point for point in unit.points if self._period(point) == period_s])

    def _period(self, point: Point) -> float:
        return point.period_s or self._spec.period_s

    def _plan(self, period_s: float, points: list[Point]) -> list[Poll]:
        phase_s = phase_of(self._share, period_s)
        requests = plan_unit(self._spec, self._unit, points, self._illegal)
        made = [Poll(self, request, period_s, phase_s, self._tags) for request in requests]
        self.polls += made
        return made

    def begin(self, now: float, probe: bool) -> None:
        """The connection is there. probe: should it be open, find out at once whether it answers again."""
        for poll in self.polls:
            poll.begin(now)
        if not self.breaker.closed:
            self.facts.breaker = Breaker.OPEN
            self._probe_at(now if probe else max(now, self._probe_s))

    def failed(self, name: str, cause: str, now: float, now_ns: int) -> None:
        """It did not answer. When that opens the breaker, each of its tags has its one Bad sample."""
        wait_s = self.breaker.failed(name, cause, now_ns)
        if wait_s is None:
            return
        self._probe_at(now + wait_s)
        for poll in self.polls:
            if not poll.busy:
                poll.failed(Status.BAD_NO_COMMUNICATION, now_ns)

    def _probe_at(self, when: float) -> None:
        self._probe_s = when
        self.owner.slices.at(when, self._probe)

    def _probe(self, now: float) -> None:
        if self.facts.breaker is not Breaker.OPEN or now < self._probe_s or not self.owner.connected:
            return
        self.breaker.probing()
        first = self.polls[0].request
        one = Request(first.unit, first.table, first.address, 1, ())
        self.owner.offer(Inquiry(self, one, lambda answered: None, probe=True), now)

    def resume(self, now: float) -> None:
        """It answers again."""
        for poll in self.polls:
            poll.soon(now)

    def illegal(self, poll: Poll, code: int, now: float, now_ns: int) -> None:
        """An exception 2 or 3 to a poll."""
        search = Bisection(poll.request)
        if not search.halves:
            self._name(poll, code)
            poll.failed(Status.BAD_CONFIGURATION_ERROR, now_ns)
            poll.rest(now, CULPRIT_RETRY_S)
        else:
            self._ask_on(poll, search, now, now_ns)

    def _ask_on(self, poll: Poll, search: Bisection, now: float, now_ns: int) -> None:
        step = search.next()
        if isinstance(step, Found):
            self._found(poll, step, now, now_ns)
            return

        def told(answered: bool | None) -> None:
            at, at_ns = self.owner.now()
            if answered is None:
                self._unsettled(poll, at, at_ns)
            else:
                search.told(answered)
                self._ask_on(poll, search, at, at_ns)

        if self._may_ask(now):
            self.owner.offer(Inquiry(self, step, told), now)
        else:
            self._unsettled(poll, now, now_ns)

    def _may_ask(self, now: float) -> bool:
        self._asked_at = [asked for asked in self._asked_at if asked > now - 60]
        self._asked_at.append(now)
        return len(self._asked_at) <= QUESTIONS_A_MINUTE

    def _unsettled(self, poll: Poll, now: float, now_ns: int) -> None:
        poll.failed(Status.BAD_CONFIGURATION_ERROR, now_ns)
        poll.rest(now)

    def _found(self, poll: Poll, found: Found, now: float, now_ns: int) -> None:
        if found.illegal is None:
            self.facts.cause = f"unit {self.number} refuses all of {_span(poll.request)}"
            poll.objection = True
            self._unsettled(poll, now, now_ns)
            return
        self._illegal.append(found.illegal)
        known = dict(zip(poll.tags, zip(poll.lost.tolist(), poll.cut_off.tolist(), strict=True), strict=True))
        self.polls.remove(poll)
        poll.remove()
        for made in self._plan(poll.period_s, list(poll.request.points)):
            made.remember([known[tag] for tag in made.tags])
            made.begin(now)
            made.soon(now)

    def _name(self, poll: Poll, code: int) -> None:
        """One line when it is found, none when it is found again."""
        cause = f"unit {self.number}: {_span(poll.request)} is refused (exception {code}): check the address"
        self.owner.facts.tag_causes.update(dict.fromkeys(poll.tags, cause))
        if not poll.illegal:
            log.warning("illegal address", source=self.owner.id, tags=poll.tags, cause=cause)
        poll.illegal = True

    def legal_again(self, poll: Poll) -> None:
        poll.illegal = False
        for tag in poll.tags:
            self.owner.facts.tag_causes.pop(tag, None)
        log.info("address answers again", source=self.owner.id, tags=poll.tags)


def _span(request: Request) -> str:
    last = request.address + request.count - 1
    return f"{request.table} {request.address}" + (f" to {last}" if last > request.address else "")
