"""What a message says: what is wrong, since when, how many alarms, what to do, and where to look."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from core.model.alarm import Alarm, AlarmDefinition
from core.model.call import Call, Why
from core.model.finding import FindingKind
from core.model.incident import Incident
from core.model.message import Message, MessageKind
from core.model.plant import Plant
from core.model.shanghai import moment
from core.model.station import unseen
from core.model.text import Text, stacked
from core.model.work_order import WorkOrder

_OVER = {
    Why.ACKNOWLEDGED: Text(
        "已有人确认，不必再处理。", "It has been acknowledged; nothing more is needed of you."
    ),
    Why.RETURNED: Text("报警已恢复，不必再处理。", "It has gone; nothing more is needed of you."),
}
_GONE = Text("报警条件已恢复，仍待确认。", "Its condition has gone; it still waits for an acknowledgement.")
_WITHHELD = Text("报警已由值班人员搁置或抑制。", "The alarm has been put aside by the people on duty.")


class Wording:
    """desk: the operators' address as people reach it; links are left out without one."""

    def __init__(self, plant: Plant, definitions: Mapping[str, AlarmDefinition], desk: str) -> None:
        self._plant, self._definitions, self._desk = plant, definitions, desk.rstrip("/")
        self._unseen = unseen(plant)

    def call_message(
        self,
        call: Call,
        incident: Incident | None,
        waiting: Sequence[Alarm],
        now_ns: int,
        order: WorkOrder | None = None,
    ) -> Message:
        """For these alarms, the most urgent first. order: that stands for them."""
        row = self._definitions.get(waiting[0].id)
        name = incident.title if incident else row.name if row else Text(waiting[0].id, waiting[0].id)
        n = len(waiting)
        title = Text(f"{name.zh}：{n} 个报警未确认", f"{name.en}: {n} alarm{'s' * (n != 1)} unacknowledged")
        lines = [title, self._when(call, waiting, now_ns)]
        of_line = row is not None and row.kind is FindingKind.COMMUNICATION
        if row and of_line and (lost := self._unseen.get(row.station or "")):
            lines.append(Text(f"看不到：{lost.zh}", f"Not seen: {lost.en}"))
        if incident and row:
            lines.append(Text(f"首要报警：{row.name.zh}", f"Foremost: {row.name.en}"))
        if row:
            lines.append(Text(f"处置：{row.action.zh}", f"What to do: {row.action.en}"))
        if order:
            lines.append(_answers_for(order))
        if not waiting[0].active:
            lines.append(_GONE)
        if call.round:
            lines.append(Text(f"第 {call.round + 1} 轮通知", f"Round {call.round + 1}"))
        body = stacked(lines)
        key = f"{call.id}/{call.turn}/{call.round}/{call.step}"
        return self._message(call, MessageKind.CALL, key, title, body, len(waiting), now_ns)

    def _when(self, call: Call, waiting: Sequence[Alarm], now_ns: int) -> Text:
        since = moment(min(alarm.raised_ns or now_ns for alarm in waiting))
        zone = self._plant.zones.get(call.zone or "")
        zh, en = (f"，{zone.name.zh}", f", {zone.name.en}") if zone else ("", "")
        return Text(
            f"{call.priority} 级，自 {since.zh}{zh}", f"Priority {call.priority}, since {since.en}{en}"
        )

    def over_message(self, call: Call, now_ns: int) -> Message:
        """That nobody is needed any more, and why."""
        row = self._definitions.get(call.lead)
        name = row.name if row else Text(call.lead, call.lead)
        title = Text(f"解除：{name.zh}", f"Over: {name.en}")
        key, body = f"{call.id}/{call.turn}/over", _OVER.get(call.why, _WITHHELD)
        return self._message(call, MessageKind.OVER, key, title, body, call.alarms, now_ns)

    def _message(
        self, call: Call, kind: MessageKind, key: str, title: Text, body: Text, count: int, now_ns: int
    ) -> Message:
        return Message(
            key=key,
            kind=kind,
            to="",
            title=title,
            body=body,
            subject=call.id,
            priority=call.priority,
            count=count,
            began_ns=call.began_ns,
            at_ns=now_ns,
            link=self._link(call),
        )

    def _link(self, call: Call) -> str:
        if not self._desk:
            return ""
        where = (
            {"view": "incidents", "id": call.incident}
            if call.incident
            else {"view": "alarms", "id": call.lead}
        )
        return f"{self._desk}/desk?{urlencode(where)}"


def _answers_for(order: WorkOrder) -> Text:
    """Whoever is on call while no person has taken it on."""
    if order.owner or order.on_call is None:
        return Text(f"工单 {order.id}", f"Order {order.id}")
    name = order.on_call.name
    return Text(
        f"工单 {order.id}：由{name.zh}负责，等待派工",
        f"Order {order.id}: {name.en} answers for it until a crew is sent",
    )


def test_message(key: str, to: str, now_ns: int) -> Message:
    """Of a way to a person: is it open?"""
    return Message(
        key=key,
        kind=MessageKind.TEST,
        to=to,
        title=Text("供水监测中心：测试消息", "Water Hub: a test message"),
        body=Text(
            "这是一条测试消息，用来验证值班通知是否畅通，不必处理。",
            "This is a test of the way by which you are called when on duty. Nothing is to be done.",
        ),
        subject="test",
        priority=4,
        count=0,
        began_ns=now_ns,
        at_ns=now_ns,
    )
