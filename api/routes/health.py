"""Is it alive, and how is it: for supervisors and Prometheus. Nothing personal, no values."""

from fastapi import Response

from api.context import Here
from api.gate import Door
from api.metrics import CONTENT_TYPE, exposition
from api.permissions import Permission
from api.wire import Answer, rfc3339


async def healthz(here: Here) -> Answer:
    """200 when the ledger and the spool answer. `degraded` names services that wait for another try: a
    lost instrument is no reason to start the hub anew."""
    down = [name for name, service in here.deps.services.items() if not service.running]
    last_event = await here.deps.ledger.last_event()
    facts = await here.deps.spool.facts()
    return Answer(
        {
            "status": "degraded" if down else "ok",
            "services_down": down,
            "time": rfc3339(here.deps.clock.now_ns()),
            "last_event": last_event,
            "spool": facts.last_seq,
        }
    )


async def metrics(here: Here) -> Response:
    """Prometheus text, format 0.0.4."""
    content = await exposition(here.deps, here.stream)
    return Response(content, media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


async def conditions(here: Here) -> Answer:
    """What is wrong with the hub itself, alarms first. From memory: it answers while disk, ledger and
    stores do not."""
    items = [
        {
            "id": condition.id,
            "severity": condition.severity.value,
            "since": rfc3339(condition.since_ns),
            "cause": {"zh": condition.cause.zh, "en": condition.cause.en},
            "mend": {"zh": condition.mend.zh, "en": condition.mend.en},
            "detail": condition.detail,
        }
        for condition in here.deps.health.standing()
    ]
    return Answer({"items": items})


DOORS = (
    Door("GET", "/api/v1/health/conditions", conditions, Permission.VALUES),
    Door("GET", "/healthz", healthz, Permission.PUBLIC),
    Door("GET", "/metrics", metrics, Permission.PUBLIC),
)
