"""A flood through the interface: as a list, in the standing state and on the stream."""

from core.model.account import Role
from core.model.flood import Flood
from tests.api.hub_at_work import T0, Hub, heard

ON = Flood(
    id="FLD-20261122-00002", position="control-room", began_ns=T0, annunciated=31, zones=(("dma-01", 30),)
)
OVER = Flood(
    id="FLD-20261122-00001", position="control-room", began_ns=T0 - 9, ended_ns=T0 - 1, annunciated=11
)


async def test_a_flood_is_told_with_its_count_and_the_zones_it_covers(hub: Hub) -> None:
    async with hub.deps.ledger.begin() as tx:
        await tx.put_many([ON, OVER])
    async with hub.as_(Role.KIOSK) as client:
        everything = (await client.get("/api/v1/floods")).json()["items"]
        [on] = (await client.get("/api/v1/floods?open=true")).json()["items"]
        standing = next(
            one for one in await heard(client, lambda told: told[-1].name == "reset") if one.name == "reset"
        )
    assert [flood["id"] for flood in everything] == [ON.id, OVER.id]
    assert (on["annunciated"], on["zones"], on["ended"]) == (31, [{"zone": "dma-01", "n": 30}], None)
    assert on["covers"] == ["dma-01", "dma-02", None]
    assert [flood["id"] for flood in standing.data["floods"]] == [ON.id]
    async with hub.as_(Role.HOTLINE) as client:
        assert (await client.get("/api/v1/floods")).status_code == 403
