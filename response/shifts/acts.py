"""A shift's log is noted in, handed over by one and taken by another; each once."""

from dataclasses import replace

from core.model.account import User
from core.model.event import Event, EventKind
from core.model.shift import Rota, Shift, ShiftHandover, ShiftNote, digest
from core.model.text import Text
from core.ports.ledger import Tx
from response.refused import NotPermitted, Refused
from response.shifts.log import over

PREFIX = "SHN"


class NotedMeanwhile(Exception):
    """Since the log was filled: it is to be filled anew."""


async def note(tx: Tx, rota: Rota, shift: Shift, user: User, text: str, now_ns: int) -> ShiftNote:
    """Raises Refused: `not_begun`, `handed_over` or `too_late`."""
    if now_ns < shift.start_ns and await tx.get(ShiftHandover, rota.before(shift).id) is None:
        raise Refused("not_begun", Text("该班次尚未开始", "this shift has not begun"))
    await _open(tx, rota, shift, now_ns)
    made = ShiftNote(
        id=await tx.next_id(PREFIX, now_ns),
        shift=shift.id,
        by=user.id,
        role=user.role.value,
        at_ns=now_ns,
        text=text,
    )
    await tx.put(made)
    await _tell(tx, shift, now_ns, "noted")
    return made


async def hand_over(
    tx: Tx, rota: Rota, shift: Shift, user: User, log: str, noted: int, from_ns: int, now_ns: int
) -> ShiftHandover:
    """The log as it is now, with so many notes. Signed again by the same person it is the same. Raises
    Refused: `handed_over`, `too_early` or `too_late`; NotedMeanwhile."""
    stands = await tx.get(ShiftHandover, shift.id)
    if stands and stands.by == user.id:
        return stands
    await _open(tx, rota, shift, now_ns)
    if now_ns < shift.end_ns - rota.early_min * 60 * 1_000_000_000:
        minutes = str(rota.early_min)
        why = Text(
            f"交班最早为下班前 {minutes} 分钟",
            f"a shift is handed over {minutes} min before its end at the earliest",
        )
        raise Refused("too_early", why)
    if len(await tx.find(ShiftNote, shift=shift.id)) != noted:
        raise NotedMeanwhile
    made = ShiftHandover(
        id=shift.id,
        from_ns=from_ns,
        handed_ns=now_ns,
        by=user.id,
        role=user.role.value,
        log=log,
        sha256=digest(log),
    )
    await tx.insert(made)
    await _tell(tx, shift, now_ns, "handed_over")
    return made


async def take_over(tx: Tx, shift: Shift, user: User, sha256: str, now_ns: int) -> ShiftHandover:
    """sha256: of the log that they read. By the same person again it is the same. Raises Refused:
    `not_handed_over`, `taken_over`, `another_log`; NotPermitted `second_person`."""
    stands = await tx.get(ShiftHandover, shift.id)
    if stands is None:
        raise Refused("not_handed_over", Text("该班次尚未交班", "this shift has not been handed over"))
    if stands.by == user.id:
        why = Text(
            "交班与接班须为两人：请接班人员登录", "who hands over cannot take over: the next shift signs in"
        )
        raise NotPermitted("second_person", why)
    if stands.taken_by == user.id:
        return stands
    if stands.taken_by is not None:
        raise Refused("taken_over", Text("已由他人接班", "somebody else has taken over"))
    if sha256 != stands.sha256 or not stands.intact:
        raise Refused(
            "another_log", Text("所读日志与所签不符", "the log that was read is not the one that was signed")
        )
    taken = replace(stands, taken_ns=now_ns, taken_by=user.id, taken_role=user.role.value)
    await tx.put(taken)
    await _tell(tx, shift, now_ns, "taken_over")
    return taken


async def _open(tx: Tx, rota: Rota, shift: Shift, now_ns: int) -> None:
    if await tx.get(ShiftHandover, shift.id):
        raise Refused(
            "handed_over", Text("该班次已交班，日志不再改动", "this shift was handed over: its log stands")
        )
    if over(rota, shift, now_ns):
        raise Refused("too_late", Text("下一班也已结束，不能再交班", "the next shift is over too"))


async def _tell(tx: Tx, shift: Shift, now_ns: int, what: str) -> None:
    await tx.emit(Event(kind=EventKind.SHIFT, subject=shift.id, t_ns=now_ns, data={"what": what}))
