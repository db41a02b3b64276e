"""The snapshot as the citizens' server has it: checked, never older than the last, aged by its own clock."""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.model.snapshot import Area, PublicSnapshot, ReadingState
from core.ports.snapshots import SnapshotStore
from public_portal.seen import Seen
from public_portal.signing import opened

_S = 1_000_000_000
STALE_AFTER_S = 1200.0
"""Plant seconds: a reading is a median of 15 minutes, so by then it is of another time."""
GONE_AFTER_S = 3600.0
"""Plant seconds, after which no reading is shown at all."""
STALE_AT_LEAST_S = 90.0
"""Real seconds: three snapshots missed. Where a demo's clock runs fast an hour of it is soon gone,
so that neither limit is passed before this."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why what lies in the store is not shown, and since when (real time)."""

    reason: str
    since_real_ns: int


@dataclass(frozen=True, slots=True)
class Received:
    """A snapshot at a moment. now_ns: plant time now, by the snapshot's own anchor."""

    snapshot: PublicSnapshot
    now_ns: int
    refusal: Refusal | None = None
    turns: tuple[int, ...] = ()
    """Times (plant, UTC ns) at which a notice's page says something else, in their order."""

    @property
    def moment(self) -> tuple[object, ...]:
        """Everything but its address that a page may be drawn from: at one moment it is one page."""
        minutes = (int(self.age_s // 60), self.now_ns // (60 * _S))
        turned = bisect_left(self.turns, self.now_ns), bisect_right(self.turns, self.now_ns)
        return (self.snapshot.seq, *minutes, *turned, self.stale, self.gone, self.refusal)

    @property
    def age_s(self) -> float:
        """Plant seconds since it was made."""
        return max(0.0, (self.now_ns - self.snapshot.made_ns) / _S)

    @property
    def stale(self) -> bool:
        """Shown with a warning, and nothing in it is called normal."""
        return self._older_than(STALE_AFTER_S)

    @property
    def gone(self) -> bool:
        return self._older_than(GONE_AFTER_S)

    @property
    def outdated(self) -> bool:
        """Its readings are still shown, as those of another time."""
        return self.stale and not self.gone

    @property
    def areas(self) -> tuple[Area, ...]:
        """The areas as they may be shown now: without a reading once they are gone."""
        if not self.gone:
            return self.snapshot.areas
        return tuple(
            replace(
                area,
                readings=tuple(
                    replace(reading, state=ReadingState.NO_DATA, value=None, at_ns=None)
                    for reading in area.readings
                ),
            )
            for area in self.snapshot.areas
        )

    def _older_than(self, limit_s: float) -> bool:
        speed = self.snapshot.clock.speed
        real_s = self.age_s / speed if speed > 0 else self.age_s
        return self.age_s > limit_s and real_s > STALE_AT_LEAST_S


class Receiver:
    """Looks into the store when it has changed. What is not genuine, or does not go forward, leaves the
    last good snapshot standing. seen: which was the highest; also before the server was last started."""

    def __init__(
        self,
        store: SnapshotStore,
        public_key: bytes,
        real_ns: Callable[[], int] = time.time_ns,
        seen: Seen | None = None,
    ) -> None:
        self._store = store
        self._key = public_key
        self._real_ns = real_ns
        self._seen = seen or Seen(None, public_key)
        self._version: object = None
        self._good: PublicSnapshot | None = None
        self._turns: tuple[int, ...] = ()
        self._refusal: Refusal | None = None

    @property
    def refusal(self) -> Refusal | None:
        return self._refusal

    @property
    def seen(self) -> Seen:
        return self._seen

    def now(self) -> Received | None:
        """None before the first good snapshot."""
        version = self._store.version()
        if version != self._version:
            self._look()
            self._version = version
        if self._good is None:
            return None
        return Received(self._good, self._good.clock.at(self._real_ns()), self._refusal, self._turns)

    def _look(self) -> None:
        try:
            lying = self._store.get()
            if lying is None:
                return
            fresh = opened(*lying, self._key)
        except ValueError as error:
            self._refuse(str(error))
            return
        highest = self._seen.highest
        if highest is not None and fresh.seq < highest.seq:
            self._refuse(f"snapshot {fresh.seq} does not follow {highest.seq}")
            return
        if highest is not None and fresh.seq == highest.seq and not self._seen.same(lying[0]):
            self._refuse(f"a second snapshot {fresh.seq}")
            return
        self._seen.taken(fresh.seq, lying[0])
        self._good, self._refusal, self._turns = fresh, None, _turns(fresh)

    def _refuse(self, reason: str) -> None:
        since = self._refusal.since_real_ns if self._refusal else self._real_ns()
        self._refusal = Refusal(reason, since)


def _turns(snapshot: PublicSnapshot) -> tuple[int, ...]:
    times = (
        t_ns
        for notice in snapshot.notices
        for t_ns in (
            notice.starts_ns,
            notice.eta_earliest_ns,
            notice.eta_latest_ns,
            notice.next_update_ns,
            *(at_ns for _, at_ns in notice.progress),
        )
    )
    return tuple(sorted({t_ns for t_ns in times if t_ns is not None}))
