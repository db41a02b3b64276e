"""Routes are made once a process, and belong to no hub: each request is the matter of the one it came to."""

from core.model.account import Role
from tests.api.hub_at_work import hub_at_work


async def test_two_hubs_of_one_process_know_nothing_of_each_other(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    async with hub_at_work(tmp_path / "one") as one, hub_at_work(tmp_path / "two") as two:
        await one.raised("dma-01.p1:pressure-low", priority=2)
        async with one.as_(Role.OPERATOR) as here, two.as_(Role.OPERATOR) as there:
            assert len((await here.get("/api/v1/alarms")).json()["items"]) == 1
            assert (await there.get("/api/v1/alarms")).json()["items"] == []
            stranger = await here.get(f"{two.url}/api/v1/alarms", headers={"cookie": ""})
            assert stranger.status_code == 401
