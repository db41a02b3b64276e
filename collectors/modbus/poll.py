"""One request in its round: due, asked, answered or failed, put; and what is known of each of its tags."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from collectors.modbus.decode import Flags
from collectors.modbus.link import Question
from collectors.modbus.plan import Request
from core.model.quality import COMMUNICATION, Codes
from core.model.sample import Floats
from core.model.tag import Tag

if TYPE_CHECKING:
    from collectors.modbus.unit import UnitState

FIRST_REST_S = 1.0
LONGEST_REST_S = 300.0
SOON_S = 1.0
"""Within which a poll is asked first after connecting, whatever its period."""


class Piece(NamedTuple):
    """What one poll has to tell: columns of equal length. tag: indices into poll.tags; lost: it says that
    no reading could be had."""

    poll: "Poll"
    tag: npt.NDArray[np.uint32]
    v: Floats
    q: Codes
    flags: Flags
    t_ns: int
    r_ns: int
    lost: bool


class Poll:
    """A request on its fixed phase of its period (`collectors.modbus.link.Ask`).

    A slot that comes while the last one is not done is missed and counted, never made up for. `lost`: for
    each tag, whether its last sample said that no reading could be had; such a sample is made once, at the
    moment of failure, and not again until the tag has been read. `cut_off`: that sample blames the line, so
    that a device's own refusal is still news, once.
    """

    def __init__(
        self, unit: "UnitState", request: Request, period_s: float, phase_s: float, tags: Mapping[str, Tag]
    ) -> None:
        self.unit, self.request, self.period_s, self.phase_s = unit, request, period_s, phase_s
        self.question = Question(request)
        self.tags = tuple(point.tag for point in request.points)
        self.lost = np.zeros(len(self.tags), np.bool_)
        self.cut_off = np.zeros(len(self.tags), np.bool_)
        self.busy = False
        self.sent_s = self.due = 0.0
        self.sent_ns = self.heard_ns = 0
        self.illegal = False
        """It is one value at an address that the device refuses, and has been named."""
        self.objection = False
        """The cause of the unit's trouble is what it answered to this poll."""
        self._owner = unit.owner
        self._index = np.arange(len(self.tags), dtype=np.uint32)
        self._index.flags.writeable = False  # it goes out with every batch
        self._ever = False
        self._armed: float | None = None
        self._gone = False
        self._rests = 0
        self._group = self._owner.groups.join(self, tags)

    def begin(self, now: float) -> None:
        """The connection is there: asked within a second if it has news to bring, else when it is due."""
        self.busy = False
        if not self._ever or self.lost.any() or now >= self.due:
            spread = min(self.period_s, SOON_S)
            self.due = _next(now, self.phase_s % spread, spread)
        self._arm()

    def remove(self) -> None:
        """It has been planned anew."""
        self._gone = True
        self._group.remove(self)

    def soon(self, now: float) -> None:
        """Asked at once: its unit answers again."""
        if not self.busy and not self._gone:
            self._rests, self.busy, self.due = 0, True, _next(now, self.phase_s, self.period_s)
            self._owner.offer(self, now)

    def rest(self, now: float, at_least_s: float = 0.0) -> None:
        """Leave it alone for 1 s, doubling to five minutes, or for `at_least_s`."""
        wait_s = max(at_least_s, min(FIRST_REST_S * 2.0**self._rests, LONGEST_REST_S))
        self._rests = min(self._rests + 1, 16)
        self.due = max(self.due, _next(now + wait_s, self.phase_s, self.period_s))

    def _fire(self, now: float) -> None:
        if self._armed is None or now < self._armed:
            return  # it was armed for sooner meanwhile
        self._armed = None
        if self._gone or not self._owner.connected:
            return
        if now < self.due:  # put off meanwhile
            self._arm()
            return
        due, missed = self.due, int((now - self.due) // self.period_s)
        self.due = _next(now, self.phase_s, self.period_s)
        if not self._ever and self.due - now < self.period_s / 2:
            self.due += self.period_s
        self._arm()
        if self.busy:
            missed += 1
        else:
            self.busy = True
            self._owner.offer(self, due)
        if missed:
            self._owner.facts.missed_slots += missed

    def _arm(self) -> None:
        if self._armed is None or self.due < self._armed:
            self._armed = self.due
            self._owner.slices.at(self.due, self._fire)

    def answered(self, payload: memoryview) -> None:
        self._rests = 0
        if self.objection:
            self.objection, self.unit.facts.cause = False, None
        self._group.take(self, payload)
        self._owner.heard(self)

    def refused(self, code: int) -> None:
        self._owner.refused(self, code)

    def read(self, v: Floats, q: Codes, flags: Flags) -> None:
        """Its values, decoded. Source time is the middle of the request (nearest to the sampling)."""
        if not self._owner.connected:
            return
        self._ever = True
        if self.illegal:
            self.unit.legal_again(self)
        middle = (self.sent_ns + self.heard_ns) // 2
        self._owner.tell(Piece(self, self._index, v, q, flags, middle, self.heard_ns, False))

    def failed(self, code: int, now_ns: int) -> None:
        """No reading could be had: one Bad sample for each tag to which that is news."""
        known = self.lost if code in COMMUNICATION else self.lost & ~self.cut_off
        news = self._index[~known]
        if not len(news):
            self.busy = False
            return
        self.busy = True
        n = len(news)
        v, q, flags = np.full(n, np.nan), np.full(n, code, np.uint32), np.zeros(n, np.uint8)
        self._owner.tell(Piece(self, news, v, q, flags, now_ns, now_ns, True))

    def done(self, piece: Piece, kept: bool) -> None:
        """Its piece was put, or given up because the spool is full."""
        self.busy = False
        if kept:
            self.lost[piece.tag] = piece.lost
            self.cut_off[piece.tag] = piece.lost and int(piece.q[0]) in COMMUNICATION


def _next(now: float, phase_s: float, period_s: float) -> float:
    """The first slot after `now`."""
    return (math.floor((now - phase_s) / period_s + 1e-6) + 1) * period_s + phase_s
