"""The house's matrix, route by route and role by role, typed by hand from its table."""

import re
from pathlib import Path

import pytest
from fastapi import APIRouter

from api.app import DOORS
from api.gate import permission_of
from api.permissions import Permission
from core.model.account import Role
from tests.api.hub_at_work import Hub

V, K, O, D, C = Role.VIEWER, Role.KIOSK, Role.OPERATOR, Role.DISPATCHER, Role.CREW  # noqa: E741
H, M, Q, E, R, A = (
    Role.HOTLINE,
    Role.DUTY_MANAGER,
    Role.QUALITY_OFFICER,
    Role.ENGINEER,
    Role.REGULATOR,
    Role.ADMIN,
)
EVERYONE = {V, K, O, D, C, H, M, Q, E, R, A}

MAY: dict[str, set[Role]] = {
    "GET /healthz": EVERYONE,
    "GET /metrics": EVERYONE,
    "POST /api/v1/session": EVERYONE,
    "DELETE /api/v1/session": EVERYONE,
    "GET /api/v1/me": EVERYONE,
    "POST /api/v1/me/password": EVERYONE,
    "GET /api/v1/tags": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/tags/{id}/history": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/history.csv": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/annotations": {V, K, O, D, C, H, M, Q, E, A},
    "POST /api/v1/annotations": {O, D, M, Q},
    "DELETE /api/v1/annotations/{id}": {O, D, M, Q},
    "GET /api/v1/valves": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/tag-states": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/incident-states": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/order-states": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/valve-states": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/network": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/zones": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/quality": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/quality-holds": {V, O, D, M, Q, E, R, A},
    "POST /api/v1/quality-holds": {Q},
    "POST /api/v1/quality-holds/{id}/release": {Q},
    "GET /api/v1/instrument-faults": {V, O, D, M, Q, E, R, A},
    "POST /api/v1/instrument-faults": {M, Q},
    **{f"POST /api/v1/instrument-faults/{{id}}/{act}": {M, Q} for act in ("approve", "refuse", "withdraw")},
    "GET /api/v1/collection": {V, O, D, M, Q, E, A},
    "GET /api/v1/collection/{id}": {V, O, D, M, Q, E, A},
    "GET /api/v1/events": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/health/conditions": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/alarms": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/alarms/{id}": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/alarms/{id}/explained": {V, K, O, D, C, M, Q, E, A},
    "POST /api/v1/alarms/{id}/ack": {O, D, M, Q},
    "GET /api/v1/calls": {V, O, D, M, Q, E, A},
    "GET /api/v1/notifications": {V, O, D, M, Q, E, A},
    "GET /api/v1/on-call": {V, O, D, M, Q, E, A},
    "GET /api/v1/alarm-journal": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/alarm-kpi": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/advisories": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/without-water": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/floods": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/alarm-rate": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/alarm-states": {V, K, O, D, C, M, Q, E, A},
    "POST /api/v1/alarms/{id}/reset": {O, D, M, Q},
    "POST /api/v1/alarms/{id}/shelve": {O, M, E},
    "POST /api/v1/alarms/{id}/unshelve": {O, M, E},
    "POST /api/v1/alarms/{id}/out-of-service": {O, E},
    "POST /api/v1/alarms/{id}/return-to-service": {O, M, E},
    "GET /api/v1/proposals": {V, O, D, M, Q, E, A},
    "POST /api/v1/proposals/{id}/approve": {M},
    "POST /api/v1/proposals/{id}/refuse": {M},
    "POST /api/v1/proposals/{id}/withdraw": {O, E},
    "GET /api/v1/incidents": {V, K, O, D, C, H, M, Q, E, A},
    "GET /api/v1/incidents/{id}": {V, K, O, D, C, H, M, Q, E, A},
    "POST /api/v1/incidents/{id}/confirm": {O, M, Q},
    "POST /api/v1/incidents/{id}/close": {O, M, Q},
    "POST /api/v1/incidents/{id}/false-alarm": {O, M, Q},
    "POST /api/v1/incidents/{id}/split": {O, M, Q},
    "POST /api/v1/incidents/{id}/undo": {O, M, Q},
    "POST /api/v1/incidents/{id}/merge": {O, M, Q},
    "GET /api/v1/work-orders": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/work-orders/{id}": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/work-orders/{id}/{event}": {D, C, M},
    "GET /api/v1/duties": {O, D, H, M},
    "POST /api/v1/duties/{id}/attempts": {O, D, H, M},
    "GET /api/v1/callbacks": {D, H, M},
    "POST /api/v1/callbacks": {D, H, M},
    "POST /api/v1/callbacks/{id}/calls": {D, H, M},
    "POST /api/v1/callbacks/{id}/take-back": {D, H, M},
    "GET /api/v1/callbacks/numbers": {H, M},
    "GET /api/v1/service-figures": {V, O, D, M, Q, E, R, A},
    "GET /api/v1/outages": {V, O, D, M, Q, E, R, A},
    "GET /api/v1/reports/{kind}/{period}": {V, O, D, M, Q, E, R, A},
    "GET /api/v1/reports/{kind}/{period}/{form}": {V, O, D, M, Q, E, R, A},
    "GET /api/v1/authority-reports": {V, O, D, M, Q, E, R, A},
    "GET /api/v1/audit": {M, R, A},
    "GET /api/v1/audit/check": {V, O, D, M, Q, E, R, A},
    "POST /api/v1/authority-reports/{id}/{act}": {M},
    "GET /api/v1/board": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/work-orders/{id}/clocks": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/work-orders/{id}/clocks/pause": {D, C, M},
    "POST /api/v1/work-orders/{id}/clocks/resume": {D, C, M},
    "POST /api/v1/work-orders/{id}/clocks/{clock}/ack": {D, C, M},
    "POST /api/v1/work-orders/{id}/clocks/{clock}/told": {O, D, C, H, M, Q},
    "GET /api/v1/work-orders/{id}/photos": {V, O, D, C, H, M, Q, E, A},
    "PUT /api/v1/work-orders/{id}/photos/{photo}": {D, C, M},
    "GET /api/v1/crew/orders": {D, C, M},
    "PUT /api/v1/work-orders/{id}/acts/{act}": {D, C, M},
    "GET /api/v1/work-orders/{id}/notes": {V, O, D, C, H, M, Q, E, A},
    "PUT /api/v1/work-orders/{id}/notes/{note}": {O, D, C, H, M},
    "GET /api/v1/photos/{id}": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/photos/{id}/original": {D, C, M},
    "GET /api/v1/appointments/slots": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/appointments/figures": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/work-orders/{id}/appointment": {O, D, H, M},
    "POST /api/v1/work-orders/{id}/appointment/cancel": {O, D, H, M},
    "GET /api/v1/services": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/work-orders": {O, D, H, M},
    "GET /api/v1/work-orders/{id}/reports": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/work-orders/{id}/reports": {O, D, H, M},
    "GET /api/v1/work-orders/{id}/suggestion": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/pool": {D, C, M},
    "POST /api/v1/work-orders/{id}/grab": {D, C, M},
    "POST /api/v1/work-orders/{id}/handover": {O, D, C, H, M, Q},
    "POST /api/v1/work-orders/{id}/take-over": {O, D, C, H, M, Q},
    "POST /api/v1/work-orders/{id}/send-back": {O, D, C, H, M, Q},
    "POST /api/v1/work-orders/reassign": {D, C, M},
    "GET /api/v1/flow-locks": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/flow-locks": {M, A},
    "DELETE /api/v1/flow-locks/{kind}/{subject}": {M, A},
    "GET /api/v1/work-orders/{id}/context": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/work-orders/{id}/valves": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/work-orders/{id}/valves": {D, C, M},
    "POST /api/v1/work-orders/{id}/valves/{entry}/take-back": {D, C, M},
    "GET /api/v1/work-orders/{id}/usage": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/work-orders/{id}/parts": {D, C, M},
    "POST /api/v1/work-orders/{id}/labour": {D, C, M},
    "PUT /api/v1/work-orders/{id}/failure": {D, C, M},
    "GET /api/v1/failures": {V, O, D, C, H, M, Q, E, A},
    "GET /api/v1/stock": {V, O, D, C, H, M, Q, E, A},
    "POST /api/v1/stock": {D, C, M},
    "PUT /api/v1/parts/{id}": {D, C, M},
    "GET /api/v1/notices": {V, O, D, C, H, M, Q, E, R, A},
    "GET /api/v1/notices/{id}": {V, O, D, C, H, M, Q, E, R, A},
    "GET /api/v1/notices/{id}/versions": {V, O, D, C, H, M, Q, E, R, A},
    "GET /api/v1/notices/{id}/check": {V, O, D, C, H, M, Q, E, R, A},
    "GET /api/v1/notices/{id}/renderings": {V, O, D, C, H, M, Q, E, R, A},
    "GET /api/v1/notices/{id}/messages": {V, O, D, C, H, M, Q, E, R, A},
    "POST /api/v1/notices": {O, D, H},
    "PUT /api/v1/notices/{id}": {O, D, H},
    "POST /api/v1/notices/{id}/updates": {O, D, H},
    "POST /api/v1/notices/{id}/drop": {O, D, H},
    "POST /api/v1/notices/{id}/fire-service": {O, D, H, M},
    "POST /api/v1/notices/{id}/fire-service/undo": {O, D, H, M},
    "GET /api/v1/fire-service": {O, D, H, M},
    "GET /api/v1/notices/{id}/outside": {V, O, D, C, H, M, Q, E, R, A},
    "POST /api/v1/notices/{id}/enlarge": {O, D, H},
    "GET /api/v1/notices/{id}/poster": {V, O, D, C, H, M, Q, E, R, A},
    "POST /api/v1/notices/{id}/approve": {M, Q},
    "POST /api/v1/notices/{id}/publish": {M, Q},
    "POST /api/v1/notices/{id}/restore": {M, Q},
    "POST /api/v1/notices/{id}/withdraw": {M, Q},
    "POST /api/v1/notices/{id}/neutral": {O},
    "POST /api/v1/notices/{id}/merge": {M, Q},
    "POST /api/v1/hotline/card": {H, M},
    "POST /api/v1/hotline/reports": {H, M},
    "POST /api/v1/hotline/reports/{id}/take-back": {H, M},
    "POST /api/v1/hotline/reports/{id}/message": {H, M},
    "GET /api/v1/hotline/reports/{id}/message": {H, M},
    "POST /api/v1/hotline/bind": {H, M},
    "GET /api/v1/hotline/queue": {H, M},
    "GET /api/v1/hotline/paper-pack.pdf": {H, M},
    "POST /api/v1/hotline/mass-calls": {H, M},
    "GET /api/v1/hotline/figures": {H, M},
    "GET /api/v1/deliveries": {V, O, D, H, M, Q, E, R, A},
    "GET /api/v1/deliveries/{id}": {V, O, D, H, M, Q, E, R, A},
    "GET /api/v1/deliveries/{id}/dead-letters": {H, M},
    "GET /api/v1/deliveries/{id}/letters": {H, M},
    "GET /api/v1/deliveries/{id}/untold": {H, M},
    "POST /api/v1/deliveries/{id}/retry": {M, Q},
    "GET /api/v1/promises": {H, M},
    "GET /api/v1/code-messages": {H, M},
    "GET /api/v1/receipts/{channel}": EVERYONE,
    "POST /api/v1/receipts/{channel}": EVERYONE,
    "POST /api/v1/cti/{token}": EVERYONE,
    "GET /api/v1/activities": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/activities/{id}": {V, K, O, D, C, M, Q, E, A},
    "POST /api/v1/activities": {O, M, E},
    "POST /api/v1/activities/preview": {O, M, E},
    "POST /api/v1/activities/{id}/extend": {O, M, E},
    "POST /api/v1/activities/{id}/approve": {M},
    "DELETE /api/v1/activities/{id}": {O, M, E},
    "GET /api/v1/suppression": {V, K, O, D, C, M, Q, E, A},
    "GET /api/v1/maintenance": {V, K, O, D, C, H, M, Q, E, A},
    "POST /api/v1/maintenance": {O, M, E},
    "DELETE /api/v1/maintenance/{id}": {O, M, E},
    "GET /api/v1/dispatch-orders": {V, O, D, M, Q, E, A},
    "GET /api/v1/dispatch-orders/{id}": {V, O, D, M, Q, E, A},
    "POST /api/v1/dispatch-orders": {O, D, M},
    "POST /api/v1/dispatch-orders/{id}/read-back": {O, D, M},
    "POST /api/v1/dispatch-orders/{id}/done": {O, D, M},
    "POST /api/v1/dispatch-orders/{id}/withdraw": {O, D, M},
    "GET /api/v1/shifts": {V, O, D, M, Q, E, A},
    "GET /api/v1/shifts/{id}": {V, O, D, M, Q, E, A},
    "POST /api/v1/shifts/{id}/notes": {O, D, M},
    "POST /api/v1/shifts/{id}/hand-over": {O, D, M},
    "POST /api/v1/shifts/{id}/take-over": {O, D, M},
    "GET /api/v1/master/rows": {V, O, D, M, Q, E, A},
    "GET /api/v1/master/rows/{id}": {V, O, D, M, Q, E, A},
    "GET /api/v1/master/export": {V, O, D, M, Q, E, A},
    "GET /api/v1/master/versions": {V, O, D, M, Q, E, A},
    "GET /api/v1/master/versions/{n}": {V, O, D, M, Q, E, A},
    "GET /api/v1/master/drift": {V, O, D, M, Q, E, A},
    "GET /api/v1/master/proposals": {V, O, D, M, Q, E, A},
    "POST /api/v1/master/compare": {M, E, A},
    "POST /api/v1/master/proposals": {E},
    "POST /api/v1/master/proposals/{id}/approve": {M, E, A},
    "POST /api/v1/master/proposals/{id}/refuse": {M, E, A},
    "POST /api/v1/master/proposals/{id}/withdraw": {E},
}
WITHOUT_SIGNING_IN = {
    "GET /healthz",
    "GET /metrics",
    "POST /api/v1/session",
    "DELETE /api/v1/session",
    "POST /api/v1/cti/{token}",
    "GET /api/v1/receipts/{channel}",
    "POST /api/v1/receipts/{channel}",
}


def test_every_route_is_in_the_table():
    assert {f"{door.method} {door.path}" for door in DOORS} == set(MAY)


@pytest.mark.parametrize("role", Role)
async def test_a_role_enters_exactly_its_doors(hub: Hub, role: Role):
    """401 and 403 are the gate's; whatever else is answered, the door was open."""
    async with hub.as_(role) as client:
        for route, may in MAY.items():
            method, path = route.split()
            if path in ("/api/v1/session", "/api/v1/events"):
                continue
            answer = await client.request(method, re.sub(r"{\w+}", "x", path))
            assert (answer.status_code not in (401, 403)) == (role in may), (route, role, answer.text)
        async with client.stream("GET", "/api/v1/events") as answer:
            assert (answer.status_code == 200) == (role in MAY["GET /api/v1/events"])


async def test_without_a_session_only_the_public_doors_open(hub: Hub):
    async with hub.as_(None) as client:
        for route in MAY:
            method, path = route.split()
            answer = await client.request(method, re.sub(r"{\w+}", "x", path))
            assert (answer.status_code != 401) == (route in WITHOUT_SIGNING_IN), route


def test_a_route_without_a_permission_cannot_be_mounted():
    router = APIRouter()
    router.add_api_route("/api/v1/back-door", lambda: None)
    with pytest.raises(ValueError, match="back-door must name exactly one permission"):
        permission_of(router.routes[0])


async def test_a_kiosk_reads_no_meters_and_no_names(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01")
    async with hub.as_(O) as operator:
        body = {"occurrence": 1, "seq": 1}
        assert (await operator.post("/api/v1/alarms/dma-01.low/ack", json=body)).status_code == 200
        assert "meter.M000001" in (await operator.get("/api/v1/tags")).text
    async with hub.as_(K) as kiosk:
        assert "meter.M000001" not in (await kiosk.get("/api/v1/tags")).text
        assert (await kiosk.get("/api/v1/tags/meter.M000001/history")).status_code == 404
        alarm = (await kiosk.get("/api/v1/alarms/dma-01.low")).json()
    assert alarm["state"] == "ACKED"
    assert "acked_by" not in alarm
    assert all("actor" not in entry for entry in alarm["journal"])


async def test_the_hotline_sees_pressure_and_quality_of_zones(hub: Hub):
    async with hub.as_(H) as client:
        tags = (await client.get("/api/v1/tags")).json()["items"]
    assert {tag["quantity"] for tag in tags} == {"pressure", "free_chlorine"}


def test_the_table_covers_every_permission_in_use():
    assert {door.permission for door in DOORS} == set(Permission)


def test_no_route_is_made_outside_its_own_file():
    """A route is a Door in api/routes or a page in api/screens; nothing else adds one."""
    makers = {path.name for path in Path("api").rglob("*.py") if "add_api_route" in path.read_text()}
    assert makers == {"gate.py", "screens.py"}
