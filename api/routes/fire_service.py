"""What the fire service was told of hydrants without water, what came of it, and what people said to them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.channel_names import channel_name
from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Permission
from api.problems import Problem
from api.routes.notices import shown
from api.wire import Answer, Json, plain, rfc3339
from core.model.call import Notification
from core.model.duty import DutyAnswer, DutyWay
from core.model.fire_duty import FireDuty, FireState
from core.model.plant import Plant
from core.ports.ledger import Tx
from response.fire_duties import spoken
from response.fire_slips import taken_back
from response.fire_telling import streets_at


class Spoken(BaseModel):
    """What came of speaking to them: `reached` is their acknowledgement."""

    model_config = ConfigDict(extra="forbid")
    way: DutyWay = DutyWay.PHONE
    answer: DutyAnswer = DutyAnswer.REACHED
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


async def fire_service(here: Here, caller: Asker, id: Id, body: Spoken | None = None) -> Answer:
    """They were told by a person, or were not reached. 409 where there is nothing to tell, or they have said
    that they heard."""
    deps, said = here.deps, body or Spoken()
    async with deps.ledger.begin() as tx:
        await spoken(
            tx,
            id,
            caller.user,
            deps.clock.now_ns(),
            deps.times.file.fire_service,
            way=said.way,
            answer=said.answer,
            note=said.note,
        )
        answer = await shown(tx, id, deps.clock.now_ns())
    return Answer(answer)


async def take_back(here: Here, caller: Asker, id: Id) -> Answer:
    """A slip: they have not said that they heard. 409 where nobody has written that down."""
    deps = here.deps
    async with deps.ledger.begin() as tx:
        await taken_back(tx, id, caller.user, deps.clock.now_ns(), deps.times.file.fire_service)
        answer = await shown(tx, id, deps.clock.now_ns())
    return Answer(answer)


async def told(here: Here, notice: Id | None = None, incident: Id | None = None) -> Answer:
    """Of a notice, or of an incident's: each statement with its hydrants and streets, its messages' receipts
    and what people said; the newest first. confirmed: somebody there said that they heard; a delivery does
    not say so. channel: the hub tells them by itself. 422 without either."""
    if (notice is None) == (incident is None):
        raise Problem(422, "which", "ask for one notice or one incident")
    asked: dict[str, object] = {"notice": notice} if notice is not None else {"incident": incident}
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.read() as tx:
        found = await tx.find(FireDuty, **asked)
        found.sort(key=lambda duty: (-duty.opened_ns, -duty.n))
        file = here.deps.escalation
        names = {one.id: plain(one.name) for one in file.contacts} if file else {}
        ways = {one.id: channel_name(file, one.id) for one in file.channels} if file else {}
        items = [await _shown(tx, duty, here.deps.plant, names, ways, now_ns) for duty in found]
    channel = file is not None and bool(here.deps.times.file.fire_service.tell)
    return Answer({"at": rfc3339(now_ns), "channel": channel, "items": items})


async def _shown(tx: Tx, duty: FireDuty, plant: Plant, names: Json, ways: Json, now_ns: int) -> Json:
    """names: of contacts, ways: of channels, by their ids."""
    receipts = await tx.find(Notification, call=duty.id)
    streets, shape = streets_at(duty.hydrants, plant), plain(duty)
    shape["hydrants"] = [
        {
            "id": id,
            "name": plain(plant.places[id].name) if id in plant.places else None,
            "street": plain(streets[id]),
        }
        for id in duty.hydrants
    ]
    late = duty.state is FireState.OPEN and duty.due_ns < now_ns
    kept = ("key", "at_ns", "outcome", "reason", "contact", "way", "channel", "position", "detail")
    rows = sorted(receipts, key=lambda note: note.at_ns)
    shape["receipts"] = [
        plain({name: getattr(note, name) for name in kept})
        | {"name": names.get(note.contact or ""), "channel_name": ways.get(note.channel or "")}
        for note in rows
    ]
    answer: Json = shape | {"late": late, "confirmed": duty.confirmed}
    return answer


DOORS = (
    Door("GET", "/api/v1/fire-service", told, Permission.DUTIES),
    Door("POST", "/api/v1/notices/{id}/fire-service", fire_service, Permission.TELL_FIRE_SERVICE),
    Door("POST", "/api/v1/notices/{id}/fire-service/undo", take_back, Permission.TELL_FIRE_SERVICE),
)
