"""What people do to an order's clocks: hold them, with what proves it; let them run; take them on; say that
the caller was told. Each in the caller's transaction, with its event."""

from dataclasses import replace

from core.model.account import Role, User
from core.model.service_clock import Pause, PauseReason, ServiceClock
from core.model.text import Text
from core.model.work_order import FIELD_DONE, Origin, WorkOrder
from core.ports.ledger import Tx
from response.clocks.book import clocks_of, pauses_of
from response.clocks.ladder import retime
from response.clocks.words import PAUSES, TOLD
from response.orders import events
from response.orders.steps import DESK, own
from response.refused import NotPermitted, Refused, Unknown
from response.service_times import ServiceTimes


async def pause(
    tx: Tx,
    times: ServiceTimes,
    order: WorkOrder,
    reason: PauseReason,
    evidence: str,
    actor: User,
    now_ns: int,
) -> Pause:
    """From now on. Raises Refused: what cannot be paused, twice, or without what proves it (WO-09)."""
    if not evidence.strip():
        why = Text("请填写暂停的依据（许可编号、照片等）", "say what proves it: a permit's number, a photo")
        raise Refused("evidence_required", why)
    if any(one.open for one in await pauses_of(tx, order.id)):
        raise Refused("already_paused", Text("计时已暂停", "it is paused already"), ("resume",))
    if order.state in FIELD_DONE or not any(c.running and c.pausable for c in await clocks_of(tx, order.id)):
        why = Text("没有可以暂停的时限", "no clock of it may be paused")
        raise Refused("nothing_to_pause", why)
    made = Pause(
        id=await tx.next_id("PAU", now_ns),
        order=order.id,
        reason=reason,
        evidence=evidence.strip(),
        by=actor.id,
        from_ns=now_ns,
    )
    await tx.put(made)
    await retime(tx, times, order.id, now_ns)
    why, proof = PAUSES[reason], made.evidence
    said = Text(f"暂停计时：{why.zh}（{proof}）", f"clock paused: {why.en} ({proof})")
    await events.put(tx, order, now_ns, actor.id, said)
    return made


async def resume(tx: Tx, times: ServiceTimes, order: WorkOrder, actor: User, now_ns: int) -> Pause:
    """Raises Refused when nothing is paused."""
    standing = next((one for one in await pauses_of(tx, order.id) if one.open), None)
    if standing is None:
        raise Refused("not_paused", Text("计时没有暂停", "nothing is paused"), ("pause",))
    ended = replace(standing, until_ns=now_ns, ended_by=actor.id)
    await tx.put(ended)
    await retime(tx, times, order.id, now_ns)
    why = PAUSES[standing.reason]
    said = Text(f"恢复计时：{why.zh}", f"clock resumed: {why.en}")
    await events.put(tx, order, now_ns, actor.id, said)
    return ended


async def take_on(
    tx: Tx, times: ServiceTimes, order: WorkOrder, clock: str, actor: User, now_ns: int
) -> ServiceClock:
    """Acknowledged: the ladder tells nobody any more. A second time changes nothing."""
    found = await _running(tx, order, clock)
    if found.acked_by is not None:
        return found
    acked = replace(found, acked_by=actor.id, acked_ns=now_ns)
    await tx.put(acked)
    await retime(tx, times, order.id, now_ns)
    await events.put(tx, order, now_ns)
    return acked


async def told(
    tx: Tx, times: ServiceTimes, order: WorkOrder, clock: str, note: str, actor: User, now_ns: int
) -> ServiceClock:
    """The caller was told, or answered: the clock stops. note: how and what. Raises NotPermitted: it is the
    first owner's duty (首问负责制), or the hotline's of an order that people reported."""
    if not _may_tell(order, actor):
        why = Text("由首问责任人告知来电人", "its first owner tells the caller")
        raise NotPermitted("not_first_owner", why)
    found = await _running(tx, order, clock)
    if found.clock not in TOLD:
        why = Text("此时限由工单步骤结束", "a step of the order stops this clock")
        raise Refused("not_by_word", why)
    if not note.strip():
        raise Refused("note_required", Text("请填写告知的内容", "say what they were told"))
    kept = replace(found, running=False, stopped_ns=now_ns, note=note.strip())
    await tx.put(kept)
    await retime(tx, times, order.id, now_ns)
    what = TOLD[found.clock]
    said = Text(f"{what.zh}：{kept.note}", f"{what.en}: {kept.note}")
    await events.put(tx, order, now_ns, actor.id, said)
    return kept


def _may_tell(order: WorkOrder, actor: User) -> bool:
    reported = order.origin is Origin.REPORT or order.reports > 0
    moves = actor.role in DESK or (actor.role is Role.CREW and own(order, actor))
    return moves or actor.id == order.first_owner or (actor.role is Role.HOTLINE and reported)


async def _running(tx: Tx, order: WorkOrder, clock: str) -> ServiceClock:
    """The latest of that name."""
    named = [one for one in await clocks_of(tx, order.id) if one.clock == clock]
    if not named:
        raise Unknown("no_such_clock", Text(f"没有“{clock}”时限", f"there is no clock {clock!r}"))
    found = max(named, key=lambda one: one.start_ns)
    if not found.running:
        raise Refused("clock_stopped", Text("该时限已结束", "that clock has stopped"))
    return found
