"""HL-10: while a burst is being located its place moves; whom an earlier round reached is not outside."""

from dataclasses import replace

from core.model.account import Account, Role
from core.model.event import Event, EventKind
from core.model.network import IsolationValve, Network
from core.model.notice import Notice, NoticeState, StreetExtent
from core.model.text import Text
from response.service import ResponseService
from tests.api.hub_at_work import hub_at_work
from tests.response.little_town import burst

HERE, BEYOND = "A000015", "A000016"
"""Behind p2's valve; the same, of another zone."""


def with_valves(network: Network) -> Network:
    valves = IsolationValve("v1", "p2", "j1"), IsolationValve("v2", "p3", "j1")
    return Network(network.nodes, network.links, {valve.id: valve for valve in valves})


async def located(hub, service: ResponseService, pipe: str) -> None:
    now_ns = hub.deps.clock.now_ns()
    found = burst(pipe=pipe)
    assert found.location is not None
    location = replace(found.location, at_ns=now_ns)
    incident = replace(found, opened_ns=now_ns, confirmed_ns=now_ns, location=location)
    event = Event(kind=EventKind.INCIDENT, subject=incident.id, t_ns=now_ns, zone=incident.zone)
    async with hub.deps.ledger.begin() as tx:
        await tx.put(incident)
        id = await tx.emit(event)
    await service.handle([replace(event, id=id)])


async def test_hl_10_three_rounds_with_other_candidates_say_outside_to_nobody_of_the_first(tmp_path):
    async with hub_at_work(tmp_path) as hub:
        deps = hub.deps
        plant = replace(deps.plant, network=with_valves(deps.plant.network))
        service = ResponseService(deps.ledger, plant, deps.clock)
        async with deps.ledger.begin() as tx:
            for id, zone in ((HERE, "dma-01"), (BEYOND, "dma-02")):
                await tx.put(replace(await tx.get(Account, id), node="j2", zone=zone))
        async with hub.as_(Role.HOTLINE) as agent:
            for pipe in ("p2", "p3", "p1"):
                await located(hub, service, pipe)
                for id in (HERE, BEYOND):
                    card = (await agent.post("/api/v1/hotline/card", json={"account": id})).json()
                    assert card["verdict"] in ("known_outage", "known_low_pressure"), (pipe, id)
                    said = [card["words"], *card["script"]["say"], *card["script"]["internal"]]
                    assert "疑似故障" in said[0]["zh"]
                    assert [one for one in said if "范围内" in one["zh"] or "outside" in one["en"]] == []
                    kept = await agent.post(
                        "/api/v1/hotline/reports", json={"symptom": "no_water", "account": id, "tell": True}
                    )
                    assert kept.json()["place"]["why"] in ("in_footprint", "still_being_located", "own_case")
                    assert kept.json()["work_order"] is not None


async def test_hl_10_beside_a_suspected_break_that_water_stays_is_a_guess_and_who_has_none_is_heard(
    tmp_path,
):
    """A house of a street that is published whole, of which the model says that its water stays on."""
    async with hub_at_work(tmp_path) as hub:
        deps = hub.deps
        plant = replace(deps.plant, network=with_valves(deps.plant.network))
        service = ResponseService(deps.ledger, plant, deps.clock)
        async with deps.ledger.begin() as tx:
            await tx.put(replace(await tx.get(Account, HERE), node="j2"))
        await located(hub, service, "p2")
        async with deps.ledger.begin() as tx:
            (draft,) = await tx.find(Notice)
            whole = (StreetExtent(street="s-1", name=Text("人民路", "Renmin Road")),)
            out = {"state": NoticeState.PUBLISHED, "published_ns": deps.clock.now_ns(), "streets": whole}
            await tx.put(replace(draft, **out, seq=draft.seq + 1))
        async with hub.as_(Role.HOTLINE) as agent:
            asked = {"account": BEYOND}
            card = (await agent.post("/api/v1/hotline/card", json=asked)).json()
            assert card["verdict"] in ("street_named", "known_low_pressure")
            assert "不停水" not in card["words"]["zh"] and "按管网计算" not in card["words"]["zh"]
            assert "预计不会停水" in card["words"]["zh"] and "仍在核实" in card["words"]["zh"]
            kept = await agent.post("/api/v1/hotline/reports", json={"symptom": "no_water", **asked})
            assert kept.status_code == 201, kept.text
            card = (await agent.post("/api/v1/hotline/card", json=asked)).json()
            assert "您反映家中无水，我们已登记，正在核实" in card["words"]["zh"]
            assert "being looked at" in card["words"]["en"] and "预计不会" not in card["words"]["zh"]
