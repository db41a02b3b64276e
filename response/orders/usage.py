"""Parts, hours and what was found of the pipe (WO-23)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.model.text import Text
from core.model.usage import Failure, Labour, PartMove
from core.ports.ledger import Tx
from response.named import order_of
from response.orders.parts import parts
from response.refused import Refused, Unknown

_HOUR_NS = 3_600_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """In yuan; hours: by who, overlaps counted once."""

    parts: float
    labour: float
    hours: dict[str, float]

    @property
    def total(self) -> float:
        return round(self.parts + self.labour, 2)


async def stock(tx: Tx, place: str) -> dict[str, float]:
    """What lies in a store or on a vehicle, by part; what is used up is left out."""
    held: dict[str, float] = {}
    for move in await tx.find(PartMove, place=place):
        held[move.part] = held.get(move.part, 0.0) + move.quantity
    return {part: quantity for part, quantity in held.items() if quantity > 0}


async def move(tx: Tx, wanted: PartMove) -> PartMove:
    """One transaction of stock, priced as the part is now. Raises Unknown `no_such_part`, Refused
    `not_in_stock`."""
    part = (await parts(tx)).get(wanted.part)
    if part is None:
        raise Unknown("no_such_part", Text(f"没有物料 {wanted.part}", f"there is no part {wanted.part}"))
    if wanted.quantity < 0:
        there = (await stock(tx, wanted.place)).get(wanted.part, 0.0)
        if there + wanted.quantity < 0:
            why = Text(f"{wanted.place} 仅有 {there:g}", f"{wanted.place} has {there:g} of it")
            raise Refused("not_in_stock", why)
    cost = round(-wanted.quantity * part.price, 2)
    written = replace(wanted, id=await tx.next_id("MOV", wanted.at_ns), cost=cost)
    await tx.put(written)
    return written


async def transfer(tx: Tx, wanted: PartMove, to: str) -> tuple[PartMove, PartMove]:
    """From `wanted.place` to another, as two transactions in one."""
    out = await move(tx, replace(wanted, quantity=-abs(wanted.quantity)))
    return out, await move(tx, replace(wanted, quantity=abs(wanted.quantity), place=to))


async def work(tx: Tx, wanted: Labour) -> Labour:
    """Raises Refused `no_time` when it ends before it begins."""
    if wanted.end_ns <= wanted.start_ns:
        raise Refused("no_time", Text("结束时间须晚于开始时间", "it ends before it begins"))
    written = replace(wanted, id=await tx.next_id("LAB", wanted.at_ns))
    await tx.put(written)
    return written


def hours(rows: Iterable[Labour]) -> dict[str, float]:
    """By who; times that overlap, told twice or on two sheets, count once."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in rows:
        spans.setdefault(row.who, []).append((row.start_ns, row.end_ns))
    return {who: round(_covered(of) / _HOUR_NS, 4) for who, of in spans.items()}


def _covered(spans: list[tuple[int, int]]) -> int:
    total, until = 0, 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, until))
        until = max(until, end)
    return total


def costs(moves: Sequence[PartMove], labour: Sequence[Labour]) -> Costs:
    """An hour of one who costs the dearest of their rates."""
    worked = hours(labour)
    rates: dict[str, float] = {}
    for row in labour:
        rates[row.who] = max(rates.get(row.who, 0.0), row.rate)
    return Costs(
        parts=round(sum(one.cost for one in moves), 2),
        labour=round(sum(worked[who] * rates[who] for who in worked), 2),
        hours=worked,
    )


async def found(tx: Tx, failure: Failure) -> Failure:
    """What was found of the pipe; said again it replaces what was said. Where the pipe is known its diameter
    and area stand for what nobody measured."""
    order = await order_of(tx, failure.id)
    whole = replace(failure, zone=order.zone, diameter_mm=failure.diameter_mm or order.diameter_mm or None)
    await tx.put(whole)
    return whole


COUNTED = ("mode", "material", "cause")


def statistics(failures: Mapping[tuple[str, ...], int]) -> dict[str, dict[str, int]]:
    """How often each mode, material and cause was found, the most frequent first. failures: counted by
    COUNTED."""
    by: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
    for found, n in failures.items():
        for name, one in zip(COUNTED, found, strict=True):
            by[name][one] += n
    return {name: dict(counter.most_common()) for name, counter in by.items()}
