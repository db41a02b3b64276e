"""One poll group of a connection: its requests, its decoder, and what is known of each of its tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from collectors.modbus.decode import Decoder
from collectors.modbus.plan import Request, plan_unit
from collectors.modbus.point import Point
from collectors.modbus.spec import ModbusSpec
from core.model.quality import Codes, is_bad
from core.model.sample import Batch, Int64s
from core.model.tag import Tag

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0


@dataclass(slots=True)
class BackOff:
    """How long something that failed is left alone: 1 s, doubling to 30 s. Real time."""

    failures: int = 0
    until: float = 0.0
    code: int = 0
    """The quality its tags got."""

    def failed(self, code: int, now: float) -> None:
        self.code = code
        self.until = now + min(FIRST_WAIT_S * 2**self.failures, LONGEST_WAIT_S)
        self.failures = min(self.failures + 1, 16)

    def answered(self) -> None:
        self.failures, self.until = 0, 0.0


@dataclass(slots=True, eq=False)
class Poll:
    """A request's place in its scan: `row` bytes of the decoder's row, `columns` of the batch."""

    request: Request
    row: slice
    columns: slice
    back_off: BackOff = field(default_factory=BackOff)


class Scan:
    """All points of a connection that are read with one period, whatever their units.

    `lost` holds, for each tag, whether its last sample said that no reading could be had: such a sample
    is made once, at the moment of failure, and not again until the tag has been read.
    """

    def __init__(self, period_s: float, requests: Sequence[Request], tags: Mapping[str, Tag]) -> None:
        self.period_s = period_s
        self.polls: list[Poll] = []
        points: list[Point] = []
        at = 0
        for request in requests:
            row = slice(at, at + request.payload_size)
            columns = slice(len(points), len(points) + len(request.points))
            self.polls.append(Poll(request, row, columns))
            points += request.points
            at = row.stop
        self.tags = tuple(point.tag for point in points)
        self._decoder = Decoder(requests, tags)
        self._column = np.arange(len(points), dtype=np.uint32)
        self._t_ns = np.zeros(len(points), np.int64)
        self._r_ns = np.zeros(len(points), np.int64)
        self._read = np.zeros(len(points), np.bool_)
        self._code: Codes = np.zeros(len(points), np.uint32)
        self.lost = np.zeros(len(points), np.bool_)

    def begin(self) -> None:
        """Forget the last cycle."""
        self._read[:] = False
        self._code[:] = 0

    def reply(self, poll: Poll, payload: bytes, sent_ns: int, received_ns: int) -> None:
        """Source time is the middle of the request (collection.md 11.1: nearest to the sampling)."""
        self._decoder.row[poll.row] = np.frombuffer(payload, np.uint8)
        self._read[poll.columns] = True
        self._t_ns[poll.columns] = (sent_ns + received_ns) // 2
        self._r_ns[poll.columns] = received_ns

    def failure(self, columns: slice, code: int, now_ns: int) -> None:
        self._code[columns] = code
        self._t_ns[columns] = now_ns
        self._r_ns[columns] = now_ns

    def batch(self, source: str) -> tuple[Batch, npt.NDArray[np.bool_]] | None:
        """What is to be told of this cycle, and `lost` once it has been told; None when it is nothing."""
        v, q, flags = self._decoder.decode()
        if self._read.all():
            return self._batch(source, v, q, flags, slice(None)), ~self._read
        news = ~self._read & (self._code != 0) & ~self.lost
        told = self._read | news
        if not told.any():
            return None
        v[~self._read], q = np.nan, np.where(self._read, q, self._code)
        flags[~self._read] = 0
        return self._batch(source, v, q, flags, told), (self.lost | news) & ~self._read

    def _batch(
        self,
        source: str,
        v: npt.NDArray[np.float64],
        q: Codes,
        flags: npt.NDArray[np.uint8],
        chosen: slice | npt.NDArray[np.bool_],
    ) -> Batch:
        def pick(column: Int64s) -> Int64s:
            return column[chosen].copy()

        return Batch(
            source,
            self.tags,
            self._column[chosen],
            pick(self._t_ns),
            v[chosen],
            q[chosen],
            pick(self._r_ns),
            flags[chosen],
        )


def scans(spec: ModbusSpec, tags: Mapping[str, Tag]) -> list[Scan]:
    """The spec's points by period, the fastest first. Raises ValueError naming a tag that is unknown."""
    points = [(unit.unit, point) for unit in spec.units for point in unit.points]
    unknown = sorted(point.tag for _, point in points if point.tag not in tags)
    if unknown:
        raise ValueError(f"{spec.id}: no such tag: {', '.join(unknown)}")
    made = []
    for period_s in sorted({point.period_s or spec.period_s for _, point in points}):
        requests: list[Request] = []
        for unit in spec.units:
            due = [p for p in unit.points if (p.period_s or spec.period_s) == period_s]
            requests += plan_unit(spec, unit, due)
        made.append(Scan(period_s, requests, tags))
    return made


def count_bad(batch: Batch) -> int:
    return int(np.count_nonzero(is_bad(batch.q)))
