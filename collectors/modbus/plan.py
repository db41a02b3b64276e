"""Which requests read a unit's points: neighbours merged, values never split."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from collectors.modbus.spec import BITS, MAX_BITS, MAX_REGISTERS, Point, Table


@dataclass(frozen=True, slots=True)
class Request:
    """One read of `count` addresses (registers or bits) and the points that lie in it, by address."""

    unit: int
    table: Table
    address: int
    count: int
    points: tuple[Point, ...]

    @property
    def payload_size(self) -> int:
        """Bytes of data in its reply."""
        return (self.count + 7) // 8 if self.table in BITS else 2 * self.count


def plan(
    unit: int, points: Iterable[Point], *, max_gap: int = 8, max_registers: int = MAX_REGISTERS
) -> list[Request]:
    """The requests that together read every point once, in the order of table and address.

    Points are joined over gaps of up to `max_gap` unused registers (4 x max_gap bits), as far as a
    request holds `max_registers` registers or 2,000 bits. Points may overlap (bits of one register).
    """
    ordered = sorted(points, key=lambda p: (p.table, p.address, p.width))
    requests = []
    for table, of_table in groupby(ordered, key=lambda p: p.table):
        gap, limit = (4 * max_gap, MAX_BITS) if table in BITS else (max_gap, max_registers)
        for run in _runs(list(of_table), gap, limit):
            end = max(p.address + p.width for p in run)
            requests.append(Request(unit, table, run[0].address, end - run[0].address, tuple(run)))
    return requests


def _runs(points: Sequence[Point], gap: int, limit: int) -> Iterator[list[Point]]:
    run: list[Point] = []
    end = 0
    for point in points:
        after = point.address + point.width
        if run and (point.address > end + gap or max(end, after) - run[0].address > limit):
            yield run
            run, end = [], 0
        run.append(point)
        end = max(end, after)
    if run:
        yield run
