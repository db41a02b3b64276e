"""The house's matrix: a draft is for those who draft, approve or stand by; crews, walls and regulators learn
of a notice when the public is told. Every route and the stream, role by role."""

import re
from dataclasses import replace

import pytest

from api.app import DOORS
from core.model.account import Role
from core.model.event import Event, EventKind
from core.model.notice import NoticeKind, NoticeState
from core.model.text import Text
from response.notices.versions import event_of
from tests.api.hub_at_work import T0, Hub, heard
from tests.api.test_permissions import MAY
from tests.api.test_records import incident, notice, order, put

READ_DRAFTS = set(Role) - {Role.CREW, Role.KIOSK, Role.REGULATOR}
CANARY = "a draft that nobody has approved"
IDS = {"notices": "N-1", "incidents": "INC-1", "work-orders": "WO-1"}
PATHS = [
    re.sub(r"{\w+}", "x", re.sub(r"([\w-]+)/{id}", lambda m: f"{m[1]}/{IDS.get(m[1], 'x')}", door.path))
    for door in DOORS
    if door.method == "GET" and not door.path.endswith(("/poster", "/events", "/metrics"))
]


@pytest.mark.parametrize("role", Role)
async def test_a_draft_is_told_by_no_route_and_no_stream_to_whom_it_is_not(hub: Hub, role: Role):
    draft = replace(notice("N-1", NoticeKind.EMERGENCY_OUTAGE), title=Text(CANARY, CANARY))
    withdrawn = replace(draft, id="N-2", incident=None, state=NoticeState.WITHDRAWN)
    await put(hub, incident(), order(crew="crew-1"), draft)
    async with hub.deps.ledger.begin() as tx:
        await tx.emit(event_of(draft, T0))
        await tx.emit(event_of(withdrawn, T0))
        end = await tx.emit(Event(kind=EventKind.INCIDENT, subject="INC-1", t_ns=T0, zone="dma-01"))
    async with hub.as_(role) as client:
        answers = {path: await client.get(path) for path in PATHS}
        told = [path for path, said in answers.items() if said.status_code == 200 and "N-1" in said.text]
        assert not [path for path, said in answers.items() if CANARY in said.text and path not in told]
        if role in MAY["GET /api/v1/events"]:
            events = await heard(client, lambda m: any(one.id == end for one in m), "?since=0")
            start = await heard(client, lambda m: any(one.name == "reset" for one in m))
            told += ["stream" for one in events if one.name == "notice"]
            told += ["standing" for one in start if CANARY in str(one.data)]
    if role in READ_DRAFTS:
        assert {"/api/v1/notices", "/api/v1/notices/N-1"} <= set(told)
    else:
        assert told == []


async def test_what_the_public_was_told_is_for_crews_and_walls_too(hub: Hub):
    said = replace(notice("N-1", NoticeKind.EMERGENCY_OUTAGE, NoticeState.PUBLISHED), published_ns=T0)
    await put(hub, incident(), order(crew="crew-1"), said)
    async with hub.deps.ledger.begin() as tx:
        end = await tx.emit(event_of(said, T0))
    for role in (Role.CREW, Role.KIOSK):
        async with hub.as_(role) as client:
            events = await heard(client, lambda m: any(one.id == end for one in m), "?since=0")
            assert [one.name for one in events if one.id == end] == ["notice"]
            whole = (await client.get("/api/v1/incidents/INC-1")).json()
            assert [one["id"] for one in whole["notices"]] == ["N-1"]
