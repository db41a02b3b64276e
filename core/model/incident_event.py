"""What everyone hears of an incident that has changed."""

from core.model.event import Event, EventKind
from core.model.incident import Incident


def incident_event(incident: Incident, now_ns: int) -> Event:
    data = {
        "kind": incident.kind.value,
        "state": incident.state.value,
        "seq": incident.seq,
        "title": {"zh": incident.title.zh, "en": incident.title.en},
        "size_m3h": incident.size_m3h,
        "members": len(incident.members),
    }
    return Event(kind=EventKind.INCIDENT, subject=incident.id, t_ns=now_ns, zone=incident.zone, data=data)
