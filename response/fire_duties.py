"""What the fire service has to know of a notice (ON-13): a duty opens by itself as soon as hydrants lose
water, and another when they have it again. Nothing of it goes to the public. Of an emergency it opens with
the hub's draft, of what a person writes once that is approved: before it is published and before planned work
begins. A statement that has changed is another duty; an exercise stays in the house.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.model.account import User
from core.model.duty import DutyAnswer, DutyAttempt, DutyWay
from core.model.event import EventKind
from core.model.fire_duty import FireDuty, FireMatter, FireState
from core.model.incident import Incident
from core.model.notice import ENDED, Change, Notice, NoticeKind, NoticeState, Status
from core.model.text import Text
from core.model.timer import Timer
from core.model.work_order import WorkOrder
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from response.clocks.spec import FireServiceRules
from response.doubt import of_notice as suspected
from response.following import Follower
from response.notices.rules import HUB
from response.notices.versions import Prepared, event_of, prepared
from response.refused import Refused
from response.service_times import ServiceTimes
from response.site import BACK, unproven, work_of

FIRE = "fire"
"""The kind of the timers, and the prefix of the duties' ids."""
CURSOR = "fire"
_S = 1_000_000_000
_DECIDED = (NoticeState.APPROVED, NoticeState.PUBLISHED)


class FireDuties:
    def __init__(
        self, ledger: Ledger, clock: Clock, times: ServiceTimes, wake: Callable[[], None] = lambda: None
    ) -> None:
        self._clock, self._rules = clock, times.file.fire_service
        kinds = frozenset({EventKind.NOTICE, EventKind.WORK_ORDER})
        self.follower = Follower(ledger, CURSOR, kinds, self.handle, wake)

    async def run(self) -> None:
        """Until cancelled."""
        await self.follower.run()

    async def handle(self, tx: Tx, subjects: Sequence[str]) -> None:
        """Of notices, and of orders: a valve that is opened gives hydrants their water back."""
        for notice in await _notices(tx, subjects):
            before = await prepared(tx, notice)
            await follow(tx, before, self._rules, self._clock.now_ns())


async def _notices(tx: Tx, subjects: Sequence[str]) -> list[str]:
    """Each once; of an order those of its incident, and of what was put into that, which are over, for the
    others have events of their own."""
    orders = [order for id in subjects if (order := await tx.get(WorkOrder, id)) is not None]
    known = {order.id for order in orders}
    about = tuple({order.incident for order in orders if order.incident})
    found = await tx.find(Incident, id=about) if about else []
    incidents = (*about, *(gone for one in found for gone in one.merged))
    over = await tx.find(Notice, incident=incidents, state=ENDED) if incidents else []
    ids = (*(id for id in subjects if id not in known), *(notice.id for notice in over))
    return list(dict.fromkeys(ids))


async def duties_of(tx: Tx, notice: str) -> list[FireDuty]:
    """The first one first."""
    return sorted(await tx.find(FireDuty, notice=notice), key=lambda duty: duty.n)


async def saying(tx: Tx, notice: Notice) -> FireDuty | None:
    """The statement that tells of hydrants what this version does, whether it was sent yet or not."""
    said = await duties_of(tx, notice.id)
    last = _last(said)
    lost = last is not None and last.matter is FireMatter.LOST
    return last if last and lost and _same(last, notice, _believed_dry(said)) else None


def _last(said: Sequence[FireDuty]) -> FireDuty | None:
    return next((duty for duty in reversed(said) if duty.state is not FireState.DROPPED), None)


async def follow(tx: Tx, before: Prepared, rules: FireServiceRules, now_ns: int) -> None:
    """Opens what has to be said now and was not; what was to be said and is so no more is dropped: the
    notice's event shows it to whoever has drawn the notice meanwhile. A notice that is taken back opens no
    valve: hydrants behind those recorded shut stay as they were told."""
    head = before.head
    if head.state in ENDED and head.incident and (await work_of(tx, head.incident)).held_off:
        return
    said = await duties_of(tx, before.head.id)
    last = _last(said)
    dry, believed = _dry(before), _believed_dry(said)
    if head.state not in ENDED and head.kind is not NoticeKind.PLANNED_OUTAGE:
        if await flowing(tx, before):
            if await _dropped(tx, [duty for duty in said if duty.told_ns is None], now_ns):
                await tx.emit(event_of(head, now_ns))
            return
        if _unapproved(before) and (last.opened_ns if last else 0) >= (head.published_ns or 0):
            return
    if dry.hydrants_at:
        if last is not None and last.matter is FireMatter.LOST and _same(last, dry, believed):
            return
        await _open(tx, dry, FireMatter.LOST, said, rules, now_ns)
    elif not believed or _undecided(before):
        if not await _dropped(tx, said, now_ns):
            return
    elif not _giving_back(last, believed):
        matter, over = _over(dry, said, now_ns)
        await _open(tx, replace(over, hydrants_at=tuple(sorted(believed))), matter, said, rules, now_ns)
    else:
        return
    await tx.emit(event_of(before.head, now_ns))


async def flowing(tx: Tx, before: Prepared) -> bool:
    """Water is back by instruments or an approved draft; hydrants hear of it with the restoration."""
    head, ended = before.head, before.content.change is Change.RESTORED and not _unapproved(before)
    if head.incident is None:
        return ended
    work, incident = await work_of(tx, head.incident), await tx.get(Incident, head.incident)
    if work.held_off:
        return False
    return ended or (incident is not None and incident.state in BACK and not unproven(incident, work))


def _unapproved(before: Prepared) -> bool:
    """A person is writing it: until it is approved nothing of it is told, and what was told stands."""
    return before.content.state is NoticeState.DRAFT and before.content.author != HUB


def _giving_back(last: FireDuty | None, believed: set[str]) -> bool:
    """That they have water again is on its way. What reached them after it was told asks for another."""
    if last is None or last.matter is FireMatter.LOST or last.told_ns is not None:
        return False
    return believed <= set(last.hydrants)


def _over(dry: Notice, said: Sequence[FireDuty], now_ns: int) -> tuple[FireMatter, Notice]:
    """What planned work that has not begun was to take is not given back: it is called off, with the times
    that they were told."""
    lost = [duty for duty in said if duty.told_ns is not None and duty.matter is FireMatter.LOST]
    last = max(lost, key=lambda one: (one.told_ns, one.n))
    if not last.planned or last.starts_ns <= now_ns:
        return FireMatter.BACK, dry
    return FireMatter.CANCELLED, replace(dry, starts_ns=last.starts_ns, eta_latest_ns=last.ends_ns)


def _believed_dry(said: Sequence[FireDuty]) -> set[str]:
    """Hydrants that the fire service holds to be without water, after all that it was told, in the order in
    which it was: a list that names no hydrant as gone takes none back."""
    dry: set[str] = set()
    told = [duty for duty in said if duty.told_ns is not None]
    for duty in sorted(told, key=lambda one: (one.told_ns, one.n)):
        if duty.matter is FireMatter.LOST:
            dry = (dry - set(duty.gone)) | set(duty.hydrants)
        else:
            dry -= set(duty.hydrants)
    return dry


def _undecided(before: Prepared) -> bool:
    """Planned work that is still written: who was told of it early hears of its approval or of its end."""
    return before.head.kind is NoticeKind.PLANNED_OUTAGE and before.head.state is NoticeState.DRAFT


def _dry(before: Prepared) -> Notice:
    """The notice as it is true of hydrants now; without any once it is over."""
    head, content = before.head, before.content
    if content is not head and (content.change is Change.RESTORED or _unapproved(before)):
        content = head
    if head.state in ENDED:
        return replace(head, hydrants_at=())
    if head.kind is not NoticeKind.PLANNED_OUTAGE or content.state in _DECIDED:
        return content
    if head.state in _DECIDED:
        return head
    return replace(head, hydrants_at=())


def _same(last: FireDuty, dry: Notice, believed: set[str]) -> bool:
    """It says all that is so, as surely as it is known. Of planned work its times belong to it."""
    if last.suspected and not suspected(dry):
        return False
    if last.hydrants != dry.hydrants_at or not believed - set(dry.hydrants_at) <= set(last.gone):
        return False
    return not last.planned or (last.starts_ns, last.ends_ns) == (dry.starts_ns, dry.eta_latest_ns)


async def _open(
    tx: Tx,
    dry: Notice,
    matter: FireMatter,
    said: Sequence[FireDuty],
    rules: FireServiceRules,
    now_ns: int,
) -> None:
    await _dropped(tx, said, now_ns)
    told = [duty for duty in said if duty.told_ns is not None]
    earnest = any(not duty.exercise for duty in told)
    gone = _believed_dry(said) - set(dry.hydrants_at) if matter is FireMatter.LOST else set[str]()
    duty = FireDuty(
        id=f"{FIRE}:{dry.id}:{len(said) + 1}",
        notice=dry.id,
        n=len(said) + 1,
        matter=matter,
        state=FireState.OPEN,
        hydrants=dry.hydrants_at,
        gone=tuple(sorted(gone)),
        starts_ns=dry.starts_ns,
        ends_ns=dry.eta_latest_ns,
        planned=dry.kind is NoticeKind.PLANNED_OUTAGE,
        suspected=suspected(dry),
        guessed=all(one.suspected for one in told if one.matter is FireMatter.LOST),
        exercise=dry.status is not Status.ACTUAL and not earnest,
        opened_ns=now_ns,
        due_ns=now_ns + rules.acknowledge * _S,
        incident=dry.incident,
        zone=dry.zone or None,
    )
    await tx.put(duty)
    since_ns = max((one.told_ns or 0 for one in told), default=0)
    settling = matter is FireMatter.LOST and not duty.planned and since_ns
    send_ns = max(now_ns, since_ns + rules.again * _S) if settling else now_ns
    await tx.put(Timer(id=f"{FIRE}:{duty.id}", kind=FIRE, subject=duty.id, due_ns=send_ns))


async def _dropped(tx: Tx, said: Sequence[FireDuty], now_ns: int) -> bool:
    """Whether there were any."""
    open_ = [duty for duty in said if duty.state is FireState.OPEN]
    for duty in open_:
        await put(tx, replace(duty, state=FireState.DROPPED, done_ns=now_ns))
    return bool(open_)


async def put(tx: Tx, duty: FireDuty) -> FireDuty:
    """Its timer goes with it, unless it is dropped on its way: what came of that is still to be written."""
    changed = replace(duty, seq=duty.seq + 1)
    await tx.put(changed)
    if duty.state is not FireState.OPEN:
        timer = await tx.get(Timer, f"{FIRE}:{duty.id}")
        on_its_way = duty.state is FireState.DROPPED and duty.told_ns is None
        if timer is not None and not (on_its_way and timer.owner):
            await tx.delete(Timer, timer.id)
    return changed


async def overtaken(tx: Tx, duty: FireDuty, now_ns: int) -> None:
    """It reached them although another statement had taken its place: the notice's event has what they
    believe now looked at once more."""
    await put(tx, replace(duty, told_ns=now_ns))
    await tx.emit(event_of((await prepared(tx, duty.notice)).head, now_ns))


async def told(tx: Tx, notice: str, at_ns: int | None, now_ns: int) -> None:
    """The notice's own mark of it, beside its versions; None: they were not. Whoever is editing it is not
    disturbed."""
    before = await prepared(tx, notice)
    if before.pending is not None:
        content = replace(before.pending.content, fire_told_ns=at_ns)
        await tx.put(replace(before.pending, content=content))
    head = replace(before.head, fire_told_ns=at_ns)
    await tx.put(head)
    await tx.emit(event_of(head, now_ns))


async def spoken(
    tx: Tx,
    id: str,
    actor: User,
    now_ns: int,
    rules: FireServiceRules,
    *,
    way: DutyWay = DutyWay.PHONE,
    answer: DutyAnswer = DutyAnswer.REACHED,
    note: str | None = None,
) -> None:
    """A person telephoned, or they rang back. `reached` is their acknowledgement. Raises Unknown; Refused
    `no_hydrants`, `fire_done`."""
    before = await prepared(tx, id)
    said = await duties_of(tx, id)
    open_ = next((duty for duty in reversed(said) if duty.state is FireState.OPEN), None)
    if open_ is None:
        if said and said[-1].state is FireState.DONE and before.content.fire_told_ns is not None:
            raise Refused("fire_done", Text("消防已确认", "the fire service has confirmed it already"))
        if not before.content.hydrants or before.head.state in ENDED:
            raise Refused("no_hydrants", Text("没有消火栓停水", "no hydrant loses water"))
        await _open(tx, before.content, FireMatter.LOST, said, rules, now_ns)
        open_ = (await duties_of(tx, id))[-1]
    attempt = DutyAttempt(at_ns=now_ns, by=actor.id, way=way, answer=answer, note=note)
    changed = replace(open_, attempts=(*open_.attempts, attempt))
    if answer is DutyAnswer.REACHED:
        changed = replace(changed, state=FireState.DONE, done_ns=now_ns, told_ns=open_.told_ns or now_ns)
        await put(tx, changed)
        await told(tx, id, changed.told_ns, now_ns)
        return
    await put(tx, changed)
    await tx.emit(event_of(before.head, now_ns))
