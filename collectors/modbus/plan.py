"""Which requests read a unit's points: neighbours merged, values never split."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from collectors.modbus.point import Point
from collectors.modbus.registers import BITS, BITS_FOR_A_REGISTER, MAX_REGISTERS, WORDS, Table
from collectors.modbus.spec import Forbidden, ModbusSpec, Unit


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

    @property
    def unused(self) -> int:
        """Addresses that are read along and belong to no point."""
        used = {a for p in self.points for a in range(p.address, p.address + p.width)}
        for word in (p.status for p in self.points if p.status):
            used.update(range(word.address, word.address + WORDS[word.type]))
        return self.count - len(used)


@dataclass(frozen=True, slots=True)
class _Block:
    """Addresses from `start` up to `end` that must come in one reply: a point with its status word, or
    an atomic group."""

    start: int
    end: int
    points: tuple[Point, ...]

    @classmethod
    def of(cls, points: Sequence[Point]) -> "_Block":
        ordered = tuple(sorted(points, key=lambda p: (p.start, p.end)))
        return cls(ordered[0].start, max(p.end for p in ordered), ordered)


def plan(
    unit: int,
    points: Iterable[Point],
    *,
    max_gap: int = 8,
    max_registers: int = MAX_REGISTERS,
    forbidden: Iterable[Forbidden] = (),
) -> list[Request]:
    """The requests that together read every point once, in the order of table and address.

    Points are joined over gaps of up to `max_gap` unused registers (4 x max_gap bits), as far as a
    request holds `max_registers` registers or 16 x as many bits. Points may overlap (bits of one
    register). A point comes with its status word, and all points of one `atomic_group` come, in one
    reply. No request reads a forbidden address, but for that of a point (or group) which itself lies
    on one: it stands alone, so that its refusal costs nobody else.
    """
    walls = tuple(forbidden)
    requests = []
    for table, of_table in groupby(sorted(points, key=lambda p: p.table), key=lambda p: p.table):
        bits = table in BITS
        gap, limit = (4 * max_gap, BITS_FOR_A_REGISTER * max_registers) if bits else (max_gap, max_registers)
        here = [w for w in walls if w.table is table]
        for whole in sorted(_wholes(_blocks(of_table), gap, limit, here), key=lambda b: (b.start, b.end)):
            requests.append(Request(unit, table, whole.start, whole.end - whole.start, whole.points))
    return requests


def plan_unit(
    spec: ModbusSpec, unit: Unit, points: Iterable[Point], illegal: Iterable[Forbidden] = ()
) -> list[Request]:
    """`plan` within the limits of a unit and its connection. illegal: what was found out at run time."""
    return plan(
        unit.unit,
        points,
        max_gap=spec.max_gap,
        max_registers=unit.max_registers or spec.max_registers,
        forbidden=(*unit.forbidden, *illegal),
    )


def _blocks(points: Iterable[Point]) -> list[_Block]:
    groups: dict[str, list[Point]] = {}
    blocks = []
    for point in points:
        if point.atomic_group is None:
            blocks.append(_Block.of([point]))
        else:
            groups.setdefault(point.atomic_group, []).append(point)
    blocks += [_Block.of(group) for group in groups.values()]
    return sorted(blocks, key=lambda b: (b.start, b.end))


def _wholes(blocks: Sequence[_Block], gap: int, limit: int, walls: Sequence[Forbidden]) -> Iterator[_Block]:
    run: list[Point] = []
    start = end = 0
    for block in blocks:
        if _touches(walls, block.start, block.end):
            yield block
            continue
        after = max(end, block.end)
        if run and (block.start > end + gap or after - start > limit or _touches(walls, start, after)):
            yield _Block.of(run)
            run = []
        if not run:
            start, after = block.start, block.end
        run += block.points
        end = after
    if run:
        yield _Block.of(run)


def _touches(walls: Sequence[Forbidden], start: int, end: int) -> bool:
    return any(wall.within(start, end) for wall in walls)
