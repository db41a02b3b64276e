"""One request in its round: due, asked, answered or failed, put; and what is known of each of its tags."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from collectors.modbus.link import Question
from collectors.modbus.plan import Request
from collectors.modbus.slices import following
from core.model.quality import COMMUNICATION
from core.model.tag import Tag

if TYPE_CHECKING:
    from collectors.modbus.unit import UnitState

FIRST_REST_S = 1.0
LONGEST_REST_S = 300.0
SOON_S = 1.0
"""Within which a poll is asked first after connecting, whatever its period."""


class Failure(NamedTuple):
    """That no reading could be had. tag: to which tags of the poll that is news, as indices."""

    poll: "Poll"
    tag: npt.NDArray[np.uint32]
    code: int
    t_ns: int


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
        self.due = self.sent_s = self.heard_s = 0.0
        self.illegal = False
        """It is one value at an address that the device refuses, and has been named."""
        self.objection = False
        """The cause of the unit's trouble is what it answered to this poll."""
        self.owner = unit.owner
        self.place, self.data = 0, memoryview(bytearray(request.payload_size))
        """Where in its group's row its reply goes."""
        self._unread = self._ever = False
        self._gone = False
        self._rests = 0
        self._group = self.owner.groups.join(self, tags)

    def begin(self, now: float) -> None:
        """The connection is there: asked within a second if it has news to bring, else when it is due."""
        self.busy = False
        if not self._ever or self.lost.any() or now >= self.due:
            spread = min(self.period_s, SOON_S)
            self.due = following(now, self.phase_s % spread, spread)
            if spread < self.period_s:
                self.owner.slices.at(self.due, self._early)
        self._group.wake(now)

    def _early(self, now: float) -> None:
        self.slot(now, following(now, self.phase_s, self.period_s))

    def remove(self) -> None:
        """It has been planned anew."""
        self._gone = True
        self._group.remove(self)

    def soon(self, now: float) -> None:
        """Asked at once: its unit answers again."""
        if not self.busy and not self._gone:
            self._rests, self.busy, self.due = 0, True, following(now, self.phase_s, self.period_s)
            self.owner.offer(self, now)

    def rest(self, now: float, at_least_s: float = 0.0) -> None:
        """Leave it alone for 1 s, doubling to five minutes, or for `at_least_s`."""
        wait_s = max(at_least_s, min(FIRST_REST_S * 2.0**self._rests, LONGEST_REST_S))
        self._rests = min(self._rests + 1, 16)
        self.due = max(self.due, following(now + wait_s, self.phase_s, self.period_s))

    def slot(self, now: float, then: float) -> None:
        """Its time has come, if it was not put off. then: its slot after this one."""
        due, owner = self.due, self.owner
        if now < due or self._gone or not owner.connected:
            return
        missed = int((now - due) // self.period_s)
        self.due = then
        if not self._ever and then - now < self.period_s / 2:
            self.due += self.period_s
        if self.busy:
            missed += 1
        else:
            self.busy = True
            owner.offer(self, due)
        if missed:
            owner.facts.missed_slots += missed

    def answered(self, payload: memoryview) -> None:
        self._rests = 0
        if self.objection:
            self.objection, self.unit.facts.cause = False, None
        self.owner.heard(self)
        self._group.take(self, payload)

    def refused(self, code: int) -> None:
        self.owner.refused(self, code)

    def tell(self, now: float) -> None:
        """What it was answered is put at once."""
        self._group.tell(now)

    def read(self, r_ns: int) -> None:
        """Its values are being put."""
        self._ever = True
        self.owner.facts.last_good_ns = self.unit.facts.last_good_ns = r_ns
        if self.illegal:
            self.unit.legal_again(self)

    def put(self, kept: bool) -> None:
        """They were, or were given up because the spool is full."""
        self.busy = False
        if not kept:
            self.owner.facts.shed += len(self.tags)
            return
        self.owner.facts.samples += len(self.tags)
        if self._unread:
            self._unread = False
            self.lost[:] = self.cut_off[:] = False

    def failed(self, code: int, now_ns: int) -> None:
        """No reading could be had: one Bad sample for each tag to which that is news."""
        known = self.lost if code in COMMUNICATION else self.lost & ~self.cut_off
        news = np.flatnonzero(~known).astype(np.uint32)
        self.busy = len(news) > 0
        if self.busy:
            self.owner.tell(Failure(self, news, code, now_ns))

    def remember(self, lost_cut_off: Sequence[tuple[bool, bool]]) -> None:
        """What was known of its tags before they were planned anew."""
        self.lost[:], self.cut_off[:] = zip(*lost_cut_off, strict=True)
        self._unread = bool(self.lost.any())

    def failure_put(self, failure: Failure, kept: bool) -> None:
        """The same of those."""
        self.busy = False
        if kept:
            self._unread = True
            self.lost[failure.tag] = True
            self.cut_off[failure.tag] = failure.code in COMMUNICATION
