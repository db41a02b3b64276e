"""What stands open now: a screen's first picture, and its second chance."""

from api.audience import Audience
from api.deps import Deps
from api.shapes import alarm_shape, flood_shape, incident_shape, notice_shape, work_order_shape
from api.wire import Json
from core.model.alarm import Alarm, State
from core.model.event import EventKind
from core.model.flood import Flood
from core.model.incident import OPEN as OPEN_INCIDENTS
from core.model.incident import Incident
from core.model.notice import LIVE, Notice
from core.model.work_order import OPEN, WorkOrder
from core.ports.ledger import Tx
from response.site import works

OPEN_ALARMS = tuple(state for state in State if state is not State.NORM)


async def standing(tx: Tx, deps: Deps, audience: Audience) -> Json:
    """Alarms that are not normal, incidents and orders not closed, notices not over, floods that are on."""
    alarms = await tx.find(Alarm, state=OPEN_ALARMS)
    incidents = await tx.find(Incident, state=OPEN_INCIDENTS)
    done = await works(tx, [one.id for one in incidents])
    orders = await tx.find(WorkOrder, state=OPEN)
    notices = await tx.find(Notice, state=LIVE)
    floods = await tx.find(Flood, open=True) if audience.sees(EventKind.FLOOD, None) else []
    shapes = {
        "alarms": [
            alarm_shape(alarm, deps) for alarm in alarms if audience.sees(EventKind.ALARM, alarm.zone)
        ],
        "incidents": [
            incident_shape(i, done) for i in incidents if audience.sees(EventKind.INCIDENT, i.zone)
        ],
        "work_orders": [work_order_shape(o) for o in orders if audience.sees_order(o.zone, o.crew)],
        "notices": [notice_shape(n) for n in notices if audience.sees_notice(n)],
        "floods": [flood_shape(flood, deps.plant, deps.positions) for flood in floods],
    }
    return audience.shown(shapes)
