"""What goes on in a caller's zone and says nothing of the address yet: for the agent alone."""

from collections.abc import Sequence
from math import hypot

from core.model.account import Account
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.plant import Plant
from core.model.shanghai import moment
from core.model.text import Text
from core.model.work_order import OVER, WorkOrder
from core.ports.ledger import Tx
from response.nearby import SensorNow

_OF_WATER = frozenset(IncidentKind) - {IncidentKind.COMMUNICATION, IncidentKind.INSTRUMENT}
_STATES = {
    IncidentState.CONFIRMED: Text("已核实", "confirmed"),
    IncidentState.SUSPECTED: Text("疑似", "suspected"),
}


async def unsaid(tx: Tx, plant: Plant, account: Account, said: Sequence[str | None]) -> list[Text]:
    """Incidents of the zone's water that are not among those `said`: state, since when, order, how far."""
    found = await tx.find(Incident, zone=account.zone, state=tuple(_STATES))
    beside = [one for one in found if one.kind in _OF_WATER and one.id not in said]
    beside.sort(key=lambda one: (one.state is IncidentState.SUSPECTED, -one.opened_ns))
    return [_line(plant, account, one, await tx.find(WorkOrder, incident=one.id)) for one in beside]


def _line(plant: Plant, account: Account, incident: Incident, orders: Sequence[WorkOrder]) -> Text:
    state, since = _STATES[incident.state], moment(incident.opened_ns)
    ids = [order.id for order in orders if order.state not in OVER]
    far_m = _far_m(plant, account, incident)
    far = Text("，位置未定", ", not located yet")
    if far_m is not None:
        far = Text(f"，疑似位置距此约{far_m} m", f", likely place about {far_m} m away")
    return Text(
        f"本片区事件（{state.zh}）{' › '.join([incident.id, *ids])}：{incident.title.zh}，{since.zh}起"
        f"{far.zh}。此户不在其范围内，可能与其有关",
        f"Incident of this zone ({state.en}) {' › '.join([incident.id, *ids])}: {incident.title.en}, since "
        f"{since.en}{far.en}. This account is outside its area; it may be the cause",
    )


def _far_m(plant: Plant, account: Account, incident: Incident) -> int | None:
    home = plant.network.nodes.get(account.node)
    where = incident.location
    if home is None or where is None or not where.candidates:
        return None
    first = next((one for one in where.candidates if one.link == where.first), where.candidates[0])
    return int(round(hypot(first.x - home.x, first.y - home.y), -1))


def measured_low(sensors: Sequence[SensorNow]) -> list[Text]:
    """Of those that are low: what each shows against what is usual, metres."""
    return [
        Text(
            f"测得低压：{one.name_zh} {_against(one, '平时')}",
            f"Low: {one.name_en} {_against(one, 'usually')}",
        )
        for one in sensors
    ]


def _against(one: SensorNow, usually: str) -> str:
    now = f"{one.value or 0.0:.1f} m"
    if one.usual_low is None or one.usual_high is None:
        return now
    return f"{now}, {usually} {one.usual_low:.1f}–{one.usual_high:.1f} m"
