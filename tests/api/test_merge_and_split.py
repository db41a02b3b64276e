"""A-22 through the interface: what a merge took a split gives back: the incident that there was, with its
place, order, notice and callers' answers, not a third one."""

from dataclasses import replace

import pytest

from alarms.incidents import Correlator, publish
from alarms.journal import Stamp
from alarms.transaction import record
from core.model.account import Role
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Candidate, Incident, Location
from tests.api.callers_at_work import callers_heard, until
from tests.api.hub_at_work import definition, hub_at_work

ROWS = {
    **{f"{zone}:burst": definition(f"{zone}:burst", kind=FindingKind.BURST, zone=zone)
       for zone in ("dma-01", "dma-02")},
    **{f"{zone}.p1:low": definition(f"{zone}.p1:low", kind=FindingKind.LIMIT_LOW, zone=zone, tag=f"{zone}.p1")
       for zone in ("dma-01", "dma-02")},
}  # fmt: skip


@pytest.fixture
async def hub(tmp_path):
    async with hub_at_work(tmp_path, definitions=ROWS) as hub, callers_heard(hub, ROWS):
        yield hub


class Desk:
    def __init__(self, hub, manager) -> None:
        self.hub, self.manager, self.ledger, self._seq = hub, manager, hub.deps.ledger, 0
        self.goes_on = self.taken = ""

    async def sees(self, alarm: str, verb: Verb = Verb.RAISE, size_m3h: float | None = None, **more) -> None:
        self._seq += 1
        now_ns, row = self.hub.deps.clock.now_ns(), ROWS[alarm]
        said = Finding(
            alarm=alarm, kind=row.kind, verb=verb, t_ns=now_ns, tags=(row.tag,) if row.tag else (),
            zone=row.zone, size_m3h=size_m3h, evidence=dict(more),
        )  # fmt: skip
        async with self.ledger.begin() as tx:
            correlator = Correlator(self.hub.deps.plant, ROWS)
            await record(tx, [(said, Stamp(now_ns, self._seq))], ROWS, correlator)

    async def bursts(self) -> None:
        """One in the west, then one in the east, which is located and published."""
        await self.sees("dma-02:burst", size_m3h=21.0, pressure_agrees="yes", reason="step")
        await self.sees("dma-01:burst", size_m3h=39.0, pressure_agrees="yes", reason="step")
        likely = Candidate(link="p2", share=0.7, x=150.0, y=5.0, street="s-1")
        now_ns = self.hub.deps.clock.now_ns()
        place = Location(candidates=(likely,), at_ns=now_ns, radius_m=120.0, method="sensitivity")
        async with self.ledger.begin() as tx:
            known = {one.zone: one for one in await tx.find(Incident)}
            await publish(tx, replace(known["dma-01"], location=place), now_ns)
        self.goes_on, self.taken = known["dma-02"].id, known["dma-01"].id

    async def of(self, incident: str, *, orders: int = 1, notices: int = 1) -> dict:
        """Once so many orders and notices of its own are there."""

        async def whole() -> object:
            found = (await self.manager.get(f"/api/v1/incidents/{incident}")).json()
            mine = [one for one in found["work_orders"] if one["incident"] == incident]
            here = len(mine) == orders and len(found["notices"]) == notices
            return {**found, "work_orders": mine} if here else None

        return await until(whole)

    async def published(self, incident: str) -> None:
        (draft,) = (await self.of(incident))["notices"]
        for act in ("approve", "publish"):
            done = await self.manager.post(f"/api/v1/notices/{draft['id']}/{act}")
            assert done.status_code == 200, done.text

    async def merges(self) -> dict:
        into, gone = [
            (await self.manager.get(f"/api/v1/incidents/{id}")).json() for id in (self.goes_on, self.taken)
        ]
        body = {"seq": into["seq"], "other": gone["id"], "other_seq": gone["seq"]}
        done = await self.manager.post(f"/api/v1/incidents/{self.goes_on}/merge", json=body)
        assert done.status_code == 200, done.text
        await self.followed()
        return done.json()

    async def splits(self, *alarms: str) -> dict:
        whole = (await self.manager.get(f"/api/v1/incidents/{self.goes_on}")).json()
        body = {"seq": whole["seq"], "alarms": alarms}
        done = await self.manager.post(f"/api/v1/incidents/{self.goes_on}/split", json=body)
        assert done.status_code == 200, done.text
        await self.followed()
        return done.json()

    async def followed(self) -> None:
        """The response has seen all there is."""

        async def seen() -> bool:
            async with self.ledger.read() as tx:
                return await tx.cursor("response") >= await self.ledger.last_event()

        await until(seen)

    async def known(self) -> dict:
        """What people are shown of the two bursts."""
        listed = (await self.manager.get("/api/v1/incidents")).json()["items"]
        orders = (await self.manager.get("/api/v1/work-orders")).json()["items"]
        notices = (await self.manager.get("/api/v1/notices")).json()["items"]
        told = ("id", "state", "zone", "location", "size_m3h", "title", "zones", "kind", "priority")
        async with self.hub.as_(Role.HOTLINE) as agent:
            card = (await agent.post("/api/v1/hotline/card", json={"account": "A000005"})).json()
        sure = ("id", "incident", "state", "priority", "same_as", "place", "accounts_affected", "kind")
        return {
            "incidents": [{name: one.get(name) for name in told} for one in listed],
            "orders": [{name: one[name] for name in sure} for one in orders],
            "notices": [(n["id"], n["incident"], n["state"], n["version"], n["starts"]) for n in notices],
            "card": {name: card.get(name) for name in ("verdict", "back")},
        }


@pytest.fixture
async def desk(hub):
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        desk = Desk(hub, manager)
        await desk.bursts()
        yield desk


async def test_a_split_gives_back_the_incident_that_a_merge_took_with_all_that_was_known(desk):
    await desk.of(desk.goes_on)
    await desk.published(desk.taken)
    before = await desk.known()
    assert before["card"]["back"], "callers are told when"
    await desk.merges()
    assert await desk.known() != before
    back = await desk.splits("dma-01:burst")
    assert (back["id"], back["state"], back["size_m3h"]) == (desk.taken, "confirmed", 39.0)
    assert await desk.known() == before
    await desk.sees("dma-01:burst", Verb.CLEAR, reason="back")
    await desk.followed()
    over, on = await desk.of(desk.taken), await desk.of(desk.goes_on)
    assert (over["state"], on["state"]) == ("restored", "confirmed")
    told = await desk.manager.post(f"/api/v1/notices/{over['notices'][0]['id']}/restore", json={})
    assert (told.status_code, told.json()["state"]) == (200, "restored"), (
        "no reason asked: once, and by itself"
    )


async def test_a_draft_and_a_crew_that_was_sent_are_given_back_each_to_its_own(desk):
    """The order further on stood for both, with the incident that went on."""
    await desk.of(desk.goes_on)
    (order,) = (await desk.of(desk.taken))["work_orders"]
    sent = await desk.manager.post(f"/api/v1/work-orders/{order['id']}/assign", json={"crew": "crew-1"})
    assert sent.status_code == 200, sent.text
    await desk.followed()
    before = await desk.known()
    await desk.merges()
    assert [one["id"] for one in (await desk.of(desk.goes_on))["work_orders"]] == [order["id"]]
    assert (await desk.of(desk.taken))["notices"][0]["state"] == "withdrawn"
    await desk.splits("dma-02:burst")
    assert await desk.known() == before, "whichever of the two is taken out"
    assert (await desk.of(desk.taken))["work_orders"][0]["crew"] == "crew-1"


async def test_an_order_that_a_dispatcher_ended_for_the_other_stands_again(desk):
    await desk.of(desk.goes_on)
    (order,) = (await desk.of(desk.taken))["work_orders"]
    await desk.merges()
    ended = await desk.manager.post(f"/api/v1/work-orders/{order['id']}/same", json={})
    assert (ended.status_code, ended.json()["state"]) == (200, "merged"), ended.text
    await desk.followed()
    await desk.splits("dma-01:burst")
    (again,) = (await desk.of(desk.taken))["work_orders"]
    assert (again["id"], again["state"], again["same_as"]) == (order["id"], "reported", None)
