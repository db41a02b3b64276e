"""Who is called when nobody acknowledges: who is on call, which calls are on, and who was told what."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query

from api.channel_names import channel_name
from api.context import Here
from api.gate import Door
from api.parameters import Id, Limit, page_of
from api.permissions import Permission
from api.wire import Answer, Json, plain, rfc3339
from core.model.call import Call, CallState, Notification, VerifiedWay
from core.ports.ledger import Page
from response.escalation.coverage import DAY_NS, called, gaps, proven, tests_of
from response.escalation.rota import on_call
from response.escalation.spec import Contact, EscalationFile


async def list_calls(
    here: Here, state: Annotated[list[CallState] | None, Query()] = None, limit: Limit = 200
) -> Answer:
    """Those that are on first, then the latest begun."""
    asked: dict[str, object] = {"state": tuple(state)} if state else {}
    async with here.deps.ledger.read() as tx:
        on = await tx.find(Call, state=CallState.CALLING)
        latest = await tx.find(Call, Page(limit), **asked)
    wanted = [call for call in on if not state or call.state in state]
    found = list({call.id: call for call in (*latest, *wanted)}.values())
    found.sort(key=lambda call: (call.state is not CallState.CALLING, -call.began_ns))
    return Answer({"items": [_call(here, call) for call in found[:limit]], "next": None})


async def list_notifications(
    here: Here, call: Id | None = None, after: Id | None = None, limit: Limit = 200
) -> Answer:
    """Every attempt to tell somebody something, the newest first; `call` for one incident or area alone."""
    asked = {} if call is None else {"call": call}
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Notification, Page(limit + 1, after), **asked)
    file = here.deps.escalation
    names = {one.id: plain(one.name) for one in file.positions} if file else {}
    names |= {one.id: plain(one.name) for one in file.contacts} if file else {}
    return Answer(page_of([_note(here, note, names) for note in found], limit))


async def who_is_on_call(here: Here) -> Answer:
    """By position, with each contact's ways and until when they are proven; and where somebody is missing."""
    file = here.deps.escalation
    if file is None:
        return Answer({"configured": False, "positions": [], "gaps": []})
    now_ns, tests = here.deps.clock.now_ns(), await tests_of(here.deps.ledger)
    positions = [
        {
            "id": position.id,
            "name": plain(position.name),
            "on_call": [_contact(file, file.contact(id), tests, now_ns) for id in on_call(position, now_ns)],
        }
        for position in called(file)
    ]
    missing = [
        plain(gap) | {"contact_name": plain(file.contact(gap.contact).name) if gap.contact else None}
        for gap in gaps(file, tests, now_ns)
    ]
    return Answer({"configured": True, "positions": positions, "gaps": missing})


def _contact(file: EscalationFile, contact: Contact, tests: dict[str, VerifiedWay], now_ns: int) -> Json:
    """Addresses are in the configuration only."""
    good = {way.id for way in proven(file, contact, tests, now_ns)}
    lasts_ns = round(file.verified_days * DAY_NS)
    ways = [
        {
            "id": way.id,
            "channel": way.channel,
            "channel_name": channel_name(file, way.channel),
            "proven_until": rfc3339(tests[way.id].at_ns + lasts_ns) if way.id in good else None,
        }
        for way in contact.ways
    ]
    return {"id": contact.id, "name": plain(contact.name), "ways": ways}


def _call(here: Here, call: Call) -> Json:
    shown: Json = plain(call)
    del shown["known"]
    return shown | {"lead_name": _name(here, call.lead)}


def _note(here: Here, note: Notification, names: Mapping[str, Json]) -> Json:
    """names: of positions and contacts."""
    shown: Json = plain(note)
    file = here.deps.escalation
    shown["position_name"] = names.get(note.position or "")
    shown["contact_name"] = names.get(note.contact or "")
    shown["channel_name"] = channel_name(file, note.channel) if file and note.channel else None
    return shown | {"lead_name": _name(here, note.lead)}


def _name(here: Here, alarm: str | None) -> Json | None:
    row = here.deps.definitions.get(alarm or "")
    return None if row is None else plain(row.name)


DOORS = (
    Door("GET", "/api/v1/calls", list_calls, Permission.CALLS),
    Door("GET", "/api/v1/notifications", list_notifications, Permission.CALLS),
    Door("GET", "/api/v1/on-call", who_is_on_call, Permission.CALLS),
)
