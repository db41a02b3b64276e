"""What goes on in a caller's zone and says nothing of the address yet: for the agent alone."""

from collections.abc import Sequence
from math import hypot

from core.model.account import Account
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.notice import UNPUBLISHED, Affected, Notice, NoticeState, Status
from core.model.plant import Plant
from core.model.pressure_unit import PressureUnit
from core.model.shanghai import moment
from core.model.text import Text
from core.model.work_order import OVER, WorkOrder
from core.ports.ledger import Tx
from response.concern import Concern
from response.found_titles import known_title
from response.nearby import SensorNow
from response.notices.standing import UNAFFECTED
from response.rounds import place_known
from response.site import FOUND, REPAIRED, Work, furthest, place_stands, work_of

_OF_WATER = frozenset(IncidentKind) - {
    IncidentKind.COMMUNICATION,
    IncidentKind.INSTRUMENT,
    IncidentKind.LEAK,
}
_STATES = {
    IncidentState.CONFIRMED: Text("已核实", "confirmed"),
    IncidentState.SUSPECTED: Text("疑似", "suspected"),
}

_OUTSIDE = Text("此户不在其范围内，可能与其有关", "This account is outside its area; it may be the cause")
_LOCATED = Text(
    "范围尚在核实，此户可能受影响",
    "How far it reaches is still being looked into; this account may be affected",
)
_WAS_TOLD = Text(
    "此户在其公告范围内，公告已恢复，事件尚未结束",
    "This account was in the area of its notice, which is over; the incident itself is not",
)
_EXERCISED = Text(
    "此户在其公告范围内，但该公告为演练，公众未获告知",
    "This account is in the area of its notice, which is an exercise: the public was told nothing",
)


async def unsaid(tx: Tx, plant: Plant, account: Account, said: Sequence[str | None]) -> list[Text]:
    """Incidents of the zone's water that are not among those `said`: state, since when, order, how far."""
    found = await tx.find(Incident, zone=account.zone, state=tuple(_STATES))
    beside = [one for one in found if one.kind in _OF_WATER and one.id not in said]
    beside.sort(key=lambda one: (one.state is IncidentState.SUSPECTED, -one.opened_ns))
    inside = await _inside(tx, account)
    return [
        _line(
            plant,
            account,
            one,
            await tx.find(WorkOrder, incident=one.id),
            await work_of(tx, one.id),
            inside.get(one.id) or (_OUTSIDE if await place_known(tx, one) else _LOCATED),
        )
        for one in beside
    ]


async def _inside(tx: Tx, account: Account) -> dict[str, Text]:
    """Of incidents whose notice has the account in its area, and is over or nobody's word: what is so."""
    rows = {row.notice: row for row in await tx.find(Affected, account=account.id)}
    found = await tx.find(Notice, id=tuple(rows)) if rows else []
    whose: dict[str, Text] = {}
    for one in sorted(found, key=lambda one: one.id):
        if one.incident is None or rows[one.id].supply == UNAFFECTED:
            continue
        if one.status is not Status.ACTUAL and one.state is not NoticeState.WITHDRAWN:
            whose.setdefault(one.incident, _EXERCISED)
        elif one.status is Status.ACTUAL and one.state is NoticeState.RESTORED:
            whose[one.incident] = _WAS_TOLD
        elif one.status is Status.ACTUAL and one.state is NoticeState.WITHDRAWN and one.same_as is None:
            whose[one.incident] = _withdrawn(one)
    return whose


def _withdrawn(notice: Notice) -> Text:
    zh, en = "未发布即撤回", "was given up unread"
    if notice.published_ns:
        at = moment(notice.published_ns)
        why = _why(notice)
        zh, en = f"已于{at.zh}撤回{why.zh}", f"was withdrawn at {at.en}{why.en}"
    return Text(
        f"此户在公告 {notice.id} 的范围内，该公告{zh}，事件尚未结束",
        f"This account was in the area of notice {notice.id}, which {en}; the incident itself is not over",
    )


def _why(withdrawn: Notice) -> Text:
    """As whoever took it back wrote it."""
    said = withdrawn.withdrawn_why
    return Text(f"（{said}）", f" ({said})") if said else Text("", "")


async def taken_back(tx: Tx, concerns: Sequence[Concern]) -> list[Text]:
    """For the agent alone: what callers may have read, and what stands in its stead."""
    drafts = [one.notice for one in concerns if one.notice.after and one.notice.after_withdrawn]
    gone = [(one, await tx.get(Notice, one.after or "")) for one in drafts if one.state in UNPUBLISHED]
    return [
        Text(
            f"公告 {was.id} 已于{moment(was.published_ns).zh}撤回{_why(was).zh}，"
            f"事件 {was.incident} 尚未结束；新公告 {draft.id} 尚未发布",
            f"Notice {was.id} was withdrawn at {moment(was.published_ns).en}{_why(was).en}; "
            f"incident {was.incident} is not over, and notice {draft.id} is not published yet",
        )
        for draft, was in gone
        if was is not None and was.published_ns is not None
    ]


def _line(
    plant: Plant, account: Account, incident: Incident, orders: Sequence[WorkOrder], done: Work, whose: Text
) -> Text:
    state, since = _STATES[incident.state], moment(incident.opened_ns)
    ids = [order.id for order in orders if order.state not in OVER]
    title = known_title(incident, done.site)
    order = furthest(orders)
    found = order is not None and place_stands(order) and done.site in FOUND | REPAIRED
    at = (order.x, order.y) if order and found else _likely(incident)
    far_m = _far_m(plant, account, at)
    far = Text("", "") if found else Text("，位置未定", ", not located yet")
    if far_m is not None and found:
        far = Text(f"，位置距此约{far_m} m", f", about {far_m} m away")
    elif far_m is not None:
        far = Text(f"，疑似位置距此约{far_m} m", f", likely place about {far_m} m away")
    return Text(
        f"本片区事件（{state.zh}）{' › '.join([incident.id, *ids])}：{title.zh}，{since.zh}起"
        f"{far.zh}。{whose.zh}",
        f"Incident of this zone ({state.en}) {' › '.join([incident.id, *ids])}: {title.en}, since "
        f"{since.en}{far.en}. {whose.en}",
    )


def _likely(incident: Incident) -> tuple[float | None, float | None]:
    place = incident.location and incident.location.place
    return (place.x, place.y) if place else (None, None)


def _far_m(plant: Plant, account: Account, at: tuple[float | None, float | None]) -> int | None:
    home, (x, y) = plant.network.nodes.get(account.node), at
    if home is None or x is None or y is None:
        return None
    return int(round(hypot(x - home.x, y - home.y), -1))


def measured_low(sensors: Sequence[SensorNow], unit: PressureUnit) -> list[Text]:
    """Of those that are low: what each shows against what is usual."""
    return [
        Text(
            f"测得低压：{one.name_zh} {_against(one, unit, '平时')}",
            f"Low: {one.name_en} {_against(one, unit, 'usually')}",
        )
        for one in sensors
    ]


def _against(one: SensorNow, unit: PressureUnit, usually: str) -> str:
    now = f"{unit.shown(one.value or 0.0)} {unit}"
    if one.usual_low is None or one.usual_high is None:
        return now
    return f"{now}, {usually} {unit.shown(one.usual_low)}–{unit.shown(one.usual_high)} {unit}"
