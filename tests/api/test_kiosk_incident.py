"""What a wall is told of an incident's orders: the crew, and no person."""

from core.model.account import Role
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.passing_on import Handover
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from tests.api.hub_at_work import T0, Hub, S


async def test_a_kiosk_is_told_no_owner_of_an_order(hub: Hub):
    words = Text("爆管", "Burst")
    incident = Incident(
        id="INC-1",
        kind=IncidentKind.BURST,
        state=IncidentState.CONFIRMED,
        opened_ns=T0,
        zone="dma-01",
        title=words,
    )
    order = WorkOrder(
        id="WO-1",
        incident="INC-1",
        kind="burst",
        state=WorkOrderState.ASSIGNED,
        priority=1,
        zone="dma-01",
        title=words,
        place=words,
        opened_ns=T0,
        crew="crew-1",
        owner="first.last",
        first_owner="first.last",
        sent_by="first.last",
        handover=Handover(to="first.last", by="first.last", at_ns=T0, until_ns=T0 + S),
    )
    async with hub.deps.ledger.begin() as tx:
        await tx.put(incident)
        await tx.put(order)
    for role, named in ((Role.OPERATOR, True), (Role.KIOSK, False)):
        async with hub.as_(role) as client:
            answer = await client.get("/api/v1/incidents/INC-1")
        assert answer.json()["work_orders"][0]["crew"] == "crew-1"
        assert ("first.last" in answer.text) == named
