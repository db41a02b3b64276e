"""No silent close (WO-03): what an order must show before it ends, and what of it is missing.

A repair shows that the signal has been back for a while (or a person says why that is not needed), a photo
of the finished work where its service asks for one, a call-back where somebody waits for one, and that every
valve shut for it was opened again. Anything else that came of it (not found, false alarm, referred) takes a
reason, and another person who agrees.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.model.account import User
from core.model.service import Evidence
from core.model.text import Text
from core.model.valve_operation import StoppedBy, ValveTurns
from core.model.work_order import MENDED, Finding, Origin, WorkOrder, WorkOrderState
from core.ports.ledger import Tx
from response.orders.callers_of import standing_in
from response.orders.catalogue import service_of
from response.orders.one_matter import INVESTIGATE
from response.orders.steps import called_back
from response.orders.valves import log_of, off_balance, shut_for
from response.refused import Refused

STEADY_NS = 15 * 60 * 1_000_000_000
"""How long the signal must have been back: this project's default, from what dispatchers wait."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """item: a stable name for programs."""

    item: str
    why: Text


class Incomplete(Refused):
    """It cannot end yet (HTTP 422): `missing` lists everything that it lacks."""

    def __init__(self, missing: tuple[Lacking, ...], allowed: tuple[str, ...]) -> None:
        why = Text(
            "尚缺：" + "；".join(one.why.zh for one in missing),
            "still missing: " + "; ".join(one.why.en for one in missing),
        )
        super().__init__("incomplete", why, allowed)
        self.missing = missing


async def missing(
    tx: Tx, order: WorkOrder, finding: Finding | None, actor: User, now_ns: int, override: str | None
) -> tuple[Lacking, ...]:
    """What a close by this person lacks. override: why it may all the same."""
    if finding is None:
        return (Lacking("outcome", Text("处理结果", "what came of the work")),)
    mended = finding.outcome in MENDED
    lacking = [one async for one in _of_repair(tx, order, now_ns, override)] if mended else []
    if not mended and not finding.reason:
        lacking.append(Lacking("reason", Text("未修复的原因", "why nothing was repaired")))
    if not mended and finding.by == actor.id:
        lacking.append(Lacking("second_person", Text("另一人复核", "another person's agreement")))
    if await awaits_call(tx, order):
        lacking.append(Lacking("callback", Text("对来电人的回访", "the call-back to whoever reported it")))
    if not override:
        lacking += _of_valves(off_balance(await log_of(tx, [order])))
    return tuple(lacking)


def _of_valves(off: Sequence[ValveTurns]) -> Iterator[Lacking]:
    """What is not open again, and what was opened by other turns: or why that may be."""
    if names := _turns(one for one in off if one.shut):
        yield Lacking(
            "valves_open",
            Text(f"阀门 {names.zh} 未恢复开启", f"valve {names.en} was not opened again"),
        )
    if names := _turns(one for one in off if not one.shut):
        yield Lacking(
            "turns_balanced",
            Text(
                f"阀门 {names.zh} 开关圈数不符，须说明",
                f"valve {names.en}: the turns do not balance; say why",
            ),
        )


def _turns(off: Iterable[ValveTurns]) -> Text | None:
    """Each by its name, and where it was opened at all by how many turns it was shut and opened."""
    said = [
        Text(
            f"{one.valve}（关 {one.closed:g} 圈，开 {one.opened:g} 圈）",
            f"{one.valve} (shut {one.closed:g}, opened {one.opened:g})",
        )
        if one.closed and one.opened
        else Text(one.valve, one.valve)
        for one in off
    ]
    return Text("、".join(one.zh for one in said), ", ".join(one.en for one in said)) if said else None


async def _of_repair(tx: Tx, order: WorkOrder, now_ns: int, override: str | None) -> AsyncIterator[Lacking]:
    service = await service_of(tx, order)
    needed = service.evidence if service else ()
    seen = Evidence.TELEMETRY in needed or (order.incident is not None and order.kind == INVESTIGATE)
    if seen and not override and not steady(order, now_ns):
        yield await _unsteady(tx, order)
    if _was_stopped(order) and order.stopped in (None, StoppedBy.VALVES):
        operations = await log_of(tx, [order])
        if not shut_for(order, operations):
            yield Lacking(
                "stopped",
                Text(
                    "止水方式：关了哪些阀门，或为何不需关阀",
                    "how the water was stopped: which valves, or why none",
                ),
            )
    if Evidence.PHOTO in needed and order.photos_after < 1:
        yield Lacking("photo_after", Text("完工后的照片", "a photo of the finished work"))


async def _unsteady(tx: Tx, order: WorkOrder) -> Lacking:
    zh, en = "遥测恢复满15分钟，或说明为何不需要", "telemetry back for 15 minutes, or why that is not needed"
    if n := sum(one.after_back for one in await standing_in(tx, order.incident)):
        zh += f"（仪表恢复后又有 {n} 个来电）"
        en += f" ({n} {'call' if n == 1 else 'calls'} since the instruments were back)"
    return Lacking("telemetry", Text(zh, en))


def _was_stopped(order: WorkOrder) -> bool:
    """A burst that was mended, or an order on which somebody said that the water was stopped (WO-21)."""
    return order.kind == "burst" or any(one.state is WorkOrderState.ISOLATED for one in order.said)


def steady(order: WorkOrder, now_ns: int) -> bool:
    return order.recovered_ns is not None and now_ns - order.recovered_ns >= STEADY_NS


async def awaits_call(tx: Tx, order: WorkOrder) -> bool:
    """Somebody reported it, its service asks for a call-back, and none was done or given up yet."""
    if called_back(order) or (not order.reports and order.origin is not Origin.REPORT):
        return False
    service = await service_of(tx, order)
    return service is None or Evidence.CALLBACK in service.evidence
