"""The fire service is told by the channels of escalation.yaml, again and again until one takes it; and
whoever is on duty hears when none does, or when nobody there has said that they heard (ON-13)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from core.model.call import Call, CallState, Notification, Outcome, Why
from core.model.fire_duty import FireDuty, FireMatter, FireState
from core.model.message import Message, MessageKind
from core.model.notice import ENDED, Notice, NoticeKind
from core.model.plant import Plant
from core.model.shanghai import moment, span
from core.model.text import Text, stacked
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.timetable import held
from response.escalation.reminding import AGAIN_NS, reminder
from response.escalation.spec import Notify
from response.escalation.telling import Teller
from response.fire_duties import FIRE, flowing, overtaken, put, told
from response.notices.reminding import page
from response.notices.versions import prepared
from response.service_times import ServiceTimes


class FireTelling:
    """Work for a Timetable."""

    def __init__(
        self, ledger: Ledger, plant: Plant, clock: Clock, times: ServiceTimes, teller: Teller, desk: str
    ) -> None:
        self._ledger, self._plant, self._clock, self._teller = ledger, plant, clock, teller
        self._rules, self._desk = times.file.fire_service, desk

    @property
    def work(self) -> dict[str, Callable[[Timer], Awaitable[None]]]:
        return {FIRE: self._due}

    async def _due(self, timer: Timer) -> None:
        async with self._ledger.read() as tx:
            duty = await tx.get(FireDuty, timer.subject)
            notice = await tx.get(Notice, duty.notice) if duty else None
            over = notice is not None and await _over_unpublished(tx, notice)
        if duty is None or notice is None or duty.state is not FireState.OPEN or duty.exercise:
            await self._over(timer)
            return
        reached = duty.told_ns is not None or await self._told(duty, notice)
        late = not reached or self._clock.now_ns() >= duty.due_ns
        called = duty.escalated_ns is not None
        done = reached and (duty.matter is not FireMatter.LOST or over)
        if late and not called and self._rules.overdue and not done:
            called = await self._called(duty, notice, reached)
        await self._written(timer, reached, called)

    async def _over(self, timer: Timer) -> None:
        """Nothing is to be sent any more. What an earlier taking of the row began to send may have arrived,
        with or without its receipt: then it counts as told."""
        async with self._ledger.begin() as tx:
            row, duty = await held(tx, timer), await tx.get(FireDuty, timer.subject)
            receipts = await tx.find(Notification, call=timer.subject, outcome=Outcome.DELIVERED)
            await self._ended(tx, row, duty, bool(receipts) or timer.epoch > 1)

    async def _ended(self, tx: Tx, row: Timer, duty: FireDuty | None, reached: bool) -> None:
        await tx.delete(Timer, row.id)
        if duty is not None and duty.state is FireState.DROPPED and duty.told_ns is None and reached:
            await overtaken(tx, duty, self._clock.now_ns())

    async def _told(self, duty: FireDuty, notice: Notice) -> bool:
        if not self._rules.tell:
            return False
        step = Notify(notify=self._rules.tell, ways="first")
        message = statement(duty, notice, self._plant, self._clock.now_ns())
        return (await self._teller.tell(_call(duty, Why.FIRE_SERVICE), step, message)).reached

    async def _called(self, duty: FireDuty, notice: Notice, reached: bool) -> bool:
        step = Notify(notify=self._rules.overdue, ways="all")
        message = self._reminder(duty, notice, reached)
        return (await self._teller.tell(_call(duty, Why.FIRE_UNANSWERED), step, message)).reached

    async def _written(self, timer: Timer, reached: bool, called: bool) -> None:
        async with self._ledger.begin() as tx:
            row, now_ns = await held(tx, timer), self._clock.now_ns()
            duty = await tx.get(FireDuty, timer.subject)
            if duty is None or duty.state is not FireState.OPEN:
                await self._ended(tx, row, duty, reached)
                return
            first = reached and duty.told_ns is None
            duty = replace(
                duty,
                told_ns=now_ns if first else duty.told_ns,
                escalated_ns=duty.escalated_ns or (now_ns if called else None),
            )
            if reached and duty.matter is not FireMatter.LOST:
                duty = replace(duty, state=FireState.DONE, done_ns=now_ns)
            duty = await put(tx, duty)
            if first:
                await told(tx, duty.notice, now_ns, now_ns)
            next_ns = self._next(duty, now_ns)
            if duty.state is FireState.OPEN and next_ns is not None:
                await tx.put(Timer(id=row.id, kind=FIRE, subject=duty.id, due_ns=next_ns))
            else:
                await tx.delete(Timer, row.id)

    def _next(self, duty: FireDuty, now_ns: int) -> int | None:
        """Nobody there was reached, or nobody here who could telephone: it is tried again."""
        again_ns = now_ns + AGAIN_NS
        if duty.told_ns is None and self._rules.tell:
            return again_ns
        if duty.escalated_ns is not None or not self._rules.overdue:
            return None
        return max(again_ns, duty.due_ns) if now_ns >= duty.due_ns else duty.due_ns

    def _reminder(self, duty: FireDuty, notice: Notice, reached: bool) -> Message:
        n = len(duty.hydrants)
        what = Text("尚未确认收到", "has not said that it heard") if reached else _UNREACHED
        title = Text(f"消防{what.zh}：{notice.id}", f"{notice.id}: the fire service {what.en}")
        ask = Text(
            f"{n} 个消火栓，请电话告知消防并在公告页记录",
            f"{n} hydrants: telephone them, and write it down on the notice's page",
        )
        return reminder(
            f"{duty.id}/unanswered",
            title,
            [ask],
            subject=notice.id,
            began_ns=duty.opened_ns,
            at_ns=self._clock.now_ns(),
            link=page(notice.id, self._desk),
        )


async def _over_unpublished(tx: Tx, notice: Notice) -> bool:
    """What was only suspected, and told to nobody else, is over: no duty phone is rung that they did not say
    that they heard. Once it is not, it is."""
    if notice.published_ns is not None or notice.state in ENDED or notice.kind is NoticeKind.PLANNED_OUTAGE:
        return False
    return await flowing(tx, await prepared(tx, notice.id))


_UNREACHED = Text("未能通知到", "was not reached")
_LOST = Text("消火栓停水", "Hydrants without water")
_CHANGED = Text("消火栓停水名单更新", "Hydrants without water, new list")
_UNSURE = Text("现场尚未核实", "not confirmed on site")
_MAYBE = Text(f"消火栓可能停水（{_UNSURE.zh}）", f"Hydrants that may be without water ({_UNSURE.en})")
_MAYBE_CHANGED = Text(
    f"消火栓可能停水名单更新（{_UNSURE.zh}）", f"Hydrants that may be without water, new list ({_UNSURE.en})"
)
_BACK = Text("消火栓恢复供水", "Hydrants have water again")
_CANCELLED = Text("消火栓停水取消", "Hydrants keep their water, the cut is called off")


def statement(duty: FireDuty, notice: Notice, plant: Plant, now_ns: int) -> Message:
    """What the fire service reads: which hydrants, by street, when, and whom to ring back. No link: the
    hub's pages are not theirs."""
    lost, n = duty.matter is FireMatter.LOST, len(duty.hydrants)
    place = notice.place or Text("", "")
    lost_now, changed = (_MAYBE, _MAYBE_CHANGED) if duty.suspected else (_LOST, _CHANGED)
    about = {FireMatter.BACK: _BACK, FireMatter.CANCELLED: _CANCELLED}.get(duty.matter, lost_now)
    about = changed if duty.gone else about
    title = Text(f"{about.zh}：{place.zh}（{n} 个）", f"{about.en}: {place.en} ({n})")
    lines = [title, *_when(duty), *by_street(duty.hydrants, plant)]
    if duty.gone:
        lines += [_freed(duty), *by_street(duty.gone, plant)]
    utility = plant.utility
    ask = "请回电确认收到：" if lost else ""
    ask_en = "Please ring back to confirm: " if lost else ""
    lines.append(
        Text(
            f"{ask}{utility.name.zh} {utility.hotline}，编号 {notice.id}",
            f"{ask_en}{utility.name.en} {utility.hotline}, number {notice.id}",
        )
    )
    body = stacked(lines)
    return Message(
        key=duty.id,
        kind=MessageKind.FIRE,
        to="",
        title=title,
        body=body,
        subject=duty.notice,
        priority=1,
        count=1,
        began_ns=duty.opened_ns,
        at_ns=now_ns,
    )


def _freed(duty: FireDuty) -> Text:
    """Of hydrants that were only supposed to be without water, not that they have it again."""
    if duty.planned:
        return Text("不再列入停水范围：", "Not part of the cut any more:")
    if duty.suspected or duty.guessed:
        return Text("不在现时推算范围内：", "No longer in the reckoned area:")
    return Text("不再停水：", "No longer without water:")


def _when(duty: FireDuty) -> list[Text]:
    if duty.matter is FireMatter.BACK:
        return []
    if duty.planned:
        said = span(duty.starts_ns, duty.ends_ns or duty.starts_ns)
        if duty.matter is FireMatter.CANCELLED:
            return [
                Text(f"原定{said.zh}停水取消，供水不受影响", f"Called off: {said.en}; they keep their water")
            ]
        return [Text(f"计划停水：{said.zh}", f"Planned: {said.en}")]
    since = moment(duty.starts_ns)
    if duty.ends_ns is None:
        return [Text(f"抢修停水，自{since.zh}起", f"Emergency repair, since {since.en}")]
    until = moment(duty.ends_ns)
    return [
        Text(
            f"抢修停水，自{since.zh}起，预计最迟{until.zh}恢复",
            f"Emergency repair, since {since.en}; back by {until.en} as far as is known",
        )
    ]


def by_street(hydrants: Sequence[str], plant: Plant) -> list[Text]:
    """`人民路：消火栓 001 (hydrant-001)、…`, a line a street."""
    found: dict[Text, list[str]] = {}
    streets = streets_at(hydrants, plant)
    for id in hydrants:
        found.setdefault(streets[id], []).append(id)
    return [
        Text(
            f"{street.zh}：" + "、".join(f"{_name(id, plant).zh} ({id})" for id in ids),
            f"{street.en}: " + ", ".join(f"{_name(id, plant).en} ({id})" for id in ids),
        )
        for street, ids in found.items()
    ]


def streets_at(hydrants: Sequence[str], plant: Plant) -> dict[str, Text]:
    """The street of each hydrant: of the main at whose end it stands."""
    nodes = {plant.places[id].node for id in hydrants if id in plant.places}
    at: dict[str, Text] = {}
    for link in plant.network.links.values():
        street = plant.streets.get(link.street or "")
        if street is not None and (link.a in nodes or link.b in nodes):
            at.setdefault(link.a, street.name)
            at.setdefault(link.b, street.name)
    nowhere = Text("路段不详", "Street not known")
    return {id: at.get(plant.places[id].node, nowhere) if id in plant.places else nowhere for id in hydrants}


def _name(id: str, plant: Plant) -> Text:
    place = plant.places.get(id)
    return place.name if place else Text(id, id)


def _call(duty: FireDuty, why: Why) -> Call:
    """What the notification log files it under: the duty, so that its receipts are found."""
    return Call(
        id=duty.id,
        state=CallState.CALLING,
        why=why,
        policy=FIRE,
        priority=1,
        lead=duty.notice,
        began_ns=duty.opened_ns,
        zone=duty.zone,
        incident=duty.incident,
    )
