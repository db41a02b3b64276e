"""The service catalogue (WO-06): the utility's own rows in the ledger, over these for a start.

Kinds, queues and what a close needs are configuration: `waterhub import catalogue FILE` puts a utility's own
rows in place of these, by code. Priorities here are this project's own defaults.
"""

from core.model.report import Symptom
from core.model.service import Evidence, FieldKind, FormField, Service
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx

_T, _P, _C = Evidence.TELEMETRY, Evidence.PHOTO, Evidence.CALLBACK
_OUTLETS = FormField(
    code="outlets",
    name=Text("几个水龙头有此情况", "At how many taps"),
    kind=FieldKind.CHOICE,
    options=(Text("一个", "one"), Text("全部", "all")),
)
_NEIGHBOURS = FormField(
    code="neighbours", name=Text("邻居是否也这样", "Do neighbours have it too"), kind=FieldKind.YES_NO
)
_WHERE = FormField(code="where", name=Text("具体位置", "Where exactly"), required=True)

DEFAULT: tuple[Service, ...] = (
    Service(
        id="burst",
        name=Text("爆管抢修", "Burst main"),
        kind="burst",
        script="burst",
        symptom=Symptom.BURST_VISIBLE,
        priority=2,
        skill="main_repair",
        evidence=(_T, _P, _C),
        form=(_WHERE,),
    ),
    Service(
        id="leak",
        name=Text("管道漏水", "Leak"),
        kind="leak",
        script="leak",
        symptom=Symptom.WET_GROUND,
        priority=3,
        skill="main_repair",
        evidence=(_P, _C),
        form=(_WHERE,),
    ),
    Service(
        id="leak_survey",
        name=Text("检漏", "Leak survey"),
        kind="leak_survey",
        priority=3,
        evidence=(_T, _P),
    ),
    Service(
        id="no_water",
        name=Text("无水", "No water"),
        kind="no_water",
        script="no_water",
        symptom=Symptom.NO_WATER,
        priority=2,
        evidence=(_T, _C),
        form=(_OUTLETS, _NEIGHBOURS),
    ),
    Service(
        id="low_pressure",
        name=Text("水压低", "Low pressure"),
        kind="low_pressure",
        script="low_pressure",
        symptom=Symptom.LOW_PRESSURE,
        priority=3,
        evidence=(_T, _C),
        form=(_OUTLETS, _NEIGHBOURS),
    ),
    Service(
        id="water_quality",
        name=Text("水质异常", "Water quality"),
        kind="water_quality",
        queue="quality",
        script="water_quality",
        symptom=Symptom.DISCOLOURED_YELLOW,
        priority=1,
        skill="sampling",
        evidence=(_T, _C),
        form=(_OUTLETS, _NEIGHBOURS),
    ),
    Service(
        id="discoloured",
        name=Text("水黄、水浑", "Discoloured water"),
        kind="discoloured",
        queue="quality",
        script="discoloured",
        symptom=Symptom.DISCOLOURED_YELLOW,
        priority=2,
        skill="sampling",
        evidence=(_C,),
        form=(_OUTLETS, _NEIGHBOURS),
    ),
    Service(
        id="pump_trip",
        name=Text("水泵停机", "Pump stopped"),
        kind="pump_trip",
        queue="plant",
        priority=2,
        skill="pumps",
        evidence=(_T,),
    ),
    Service(
        id="investigate",
        name=Text("现场核查", "Investigation"),
        kind="investigate",
        priority=2,
        evidence=(_C,),
    ),
    Service(
        id="meter",
        name=Text("水表故障", "Meter fault"),
        kind="meter",
        queue="meters",
        script="meter",
        symptom=Symptom.OTHER,
        priority=3,
        skill="meters",
        evidence=(_C,),
    ),
    Service(
        id="manhole",
        name=Text("井盖缺损", "Manhole cover"),
        kind="manhole",
        symptom=Symptom.OTHER,
        priority=2,
        evidence=(_P,),
        form=(_WHERE,),
    ),
    Service(
        id="complaint",
        name=Text("投诉", "Complaint"),
        kind="complaint",
        queue="service",
        script="complaint",
        symptom=Symptom.OTHER,
        priority=3,
        evidence=(_C,),
    ),
    Service(
        id="emergency_supply",
        name=Text("应急供水", "Emergency supply"),
        kind="emergency_supply",
        script="emergency_supply",
        priority=1,
    ),
    Service(
        id="maintenance",
        name=Text("计划检修", "Planned maintenance"),
        kind="maintenance",
        priority=4,
        skill="main_repair",
    ),
)


_DEFAULT = {service.id: service for service in DEFAULT}
EMERGENCY_SUPPLY = "emergency_supply"


async def services(tx: Tx) -> dict[str, Service]:
    """Every service by its code, in this order; the utility's own row stands for one of the same code."""
    rows = {service.id: service for service in DEFAULT}
    rows |= {service.id: service for service in await tx.find(Service)}
    return rows


async def service_of(tx: Tx, order: WorkOrder) -> Service | None:
    """What an order was opened for: by its code, else by its kind."""
    if order.service and (row := await tx.get(Service, order.service) or _DEFAULT.get(order.service)):
        return row
    own = {row.id: row for row in await tx.find(Service, kind=order.kind)}
    of_kind = [row.id for row in DEFAULT if row.kind == order.kind and row.id not in own]
    for id in of_kind:
        if await tx.get(Service, id) is None:
            own[id] = _DEFAULT[id]
    places = list(_DEFAULT)
    first = min(own, key=lambda id: (places.index(id) if id in _DEFAULT else len(places), id), default=None)
    return own[first] if first is not None else None
