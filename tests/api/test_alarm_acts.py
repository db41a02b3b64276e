"""Acting on an alarm over HTTP: who may, what is refused and why, and that nothing is taken for granted."""

from datetime import timedelta

from api.wire import rfc3339
from core.model.account import Role
from core.model.finding import FindingKind
from core.model.text import Text
from tests.api.hub_at_work import Hub, definition

WHY = "the gauge is being exchanged"
ALARM = "/api/v1/alarms/dma-01.low"
MINUTE_NS = round(timedelta(minutes=1).total_seconds()) * 1_000_000_000


def until(hub: Hub, minutes: int) -> str:
    return rfc3339(hub.deps.clock.now_ns() + minutes * MINUTE_NS)


async def test_an_alarm_goes_onto_the_shelf_and_comes_back_acknowledged(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01", priority=2)
    async with hub.as_(Role.OPERATOR) as client:
        body = {"until": until(hub, 30), "reason": WHY}
        shelved = (await client.post(f"{ALARM}/shelve", json=body)).json()
        assert (shelved["state"], shelved["shelf"]["by"]) == ("SHLVD", "operator")
        listed = (await client.get("/api/v1/alarms?state=SHLVD")).json()["items"]
        assert [alarm["id"] for alarm in listed] == ["dma-01.low"]
        back = (await client.post(f"{ALARM}/unshelve")).json()
        assert (back["state"], back["shelf"]) == ("ACKED", None)
    async with hub.as_(Role.KIOSK) as wall:
        journal = (await wall.get(ALARM)).json()["journal"]
    assert [entry["event"] for entry in journal] == ["unshelve", "shelve"]
    assert not {"actor", "note"} & {key for entry in journal for key in entry}


async def test_a_refusal_says_why_in_both_languages_and_is_in_the_journal(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01")
    async with hub.as_(Role.OPERATOR) as client:
        answer = await client.post(f"{ALARM}/shelve", json={"until": until(hub, 60 * 24), "reason": WHY})
        assert (answer.status_code, answer.json()["reason"]) == (422, "too_long")
        assert "搁置时间" in answer.json()["why"]["zh"]
        stale = await client.post(f"{ALARM}/ack", json={"occurrence": 1, "seq": 0})
        assert (stale.status_code, stale.json()["reason"]) == (409, "stale")
        active = await client.post(f"{ALARM}/reset", json={"occurrence": 1, "seq": 1})
        assert (active.status_code, active.json()["reason"]) == (422, "active")
        journal = (await client.get(ALARM)).json()["journal"]
    assert [entry["refused"] for entry in journal] == ["active", "stale", "too_long"]


async def test_out_of_service_takes_two_persons(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01")
    async with hub.as_(Role.OPERATOR) as client:
        wish = {"permit": "工作票-0042", "reason": WHY}
        asked = await client.post(f"{ALARM}/out-of-service", json=wish)
        assert asked.status_code == 201
        id, seq = asked.json()["id"], asked.json()["seq"]
        assert (await client.post(f"{ALARM}/out-of-service", json=wish)).status_code == 409
        assert (await client.post(f"/api/v1/proposals/{id}/approve", json={"seq": seq})).status_code == 403
    async with hub.as_(Role.DUTY_MANAGER) as client:
        waiting = (await client.get("/api/v1/proposals")).json()["items"]
        assert [(one["id"], one["reason"]) for one in waiting] == [(id, WHY)]
        assert waiting[0]["name"].keys() == {"zh", "en"}, "the alarm's, for it is read by whoever decides"
        assert (await client.post(f"/api/v1/proposals/{id}/approve", json={"seq": seq})).status_code == 200
        assert (await client.post(f"/api/v1/proposals/{id}/refuse", json={"seq": seq})).status_code == 409
        alarm = (await client.get(ALARM)).json()
    assert (alarm["state"], alarm["oos"]["approved_by"]) == ("OOSRV", "duty_manager")
    async with hub.as_(Role.ENGINEER) as client:
        assert (await client.post(f"{ALARM}/return-to-service")).json()["state"] == "UNACK"


async def test_an_alarm_says_how_to_confirm_it_and_a_lost_station_what_is_not_seen(hub: Hub):
    told = {"confirm_action": Text("电话核实", "ring the site"), "procedure_link": "IN-03"}
    line, link = {"kind": FindingKind.COMMUNICATION}, {"display_link": "/desk?view=trends&id={tag}"}
    rows = [
        definition("st-01:lost", station="st-01", display_link="/desk?view=collection", **line | told),
        definition("dma-01.low", tag="dma-01.p1", station="st-01", **link),
        definition("dma-01:burst", zone="dma-01", display_link="//elsewhere.example/"),
    ]
    hub.deps.definitions.update({row.id: row for row in rows})  # type: ignore[attr-defined]
    for row in rows:
        await hub.raised(row.id, zone=row.zone)
    async with hub.as_(Role.OPERATOR) as client:
        lost, low, burst = [(await client.get(f"/api/v1/alarms/{row.id}")).json() for row in rows]
    assert (lost["confirm_action"]["zh"], lost["procedure_link"]) == ("电话核实", "IN-03")
    assert (lost["response_min"], lost["display_link"]) == (10.0, "/desk?view=collection")
    assert lost["unseen"]["en"].endswith(", 6 tags")
    assert (low["unseen"], low["display_link"]) == (None, "/desk?view=trends&id=dma-01.p1")
    assert burst["display_link"] is None, "a link of a row stays on this hub"


async def test_the_journal_is_paged_newest_first_and_names_nobody_to_walls(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01")
    async with hub.as_(Role.OPERATOR) as client:
        for minutes in (30, 60 * 24):
            await client.post(f"{ALARM}/shelve", json={"until": until(hub, minutes), "reason": WHY})
        path = "/api/v1/alarm-journal?alarm=dma-01.low&limit=1"
        newest = (await client.get(path)).json()
        [refused] = newest["items"]
        assert (refused["event"], refused["refused"]) == ("shelve", "too_long")
        older = (await client.get(f"{path}&before={newest['next']}")).json()
        [shelved] = older["items"]
        assert (shelved["actor"], shelved["refused"], shelved["after"]) == ("operator", None, "SHLVD")
        assert shelved["seq"] < refused["seq"]
        assert (await client.get(f"{path}&before={shelved['seq']}")).json() == {"items": [], "next": None}
        assert (await client.get("/api/v1/alarm-journal?limit=501")).status_code == 422
        assert (await client.get("/api/v1/alarm-journal?alarm=nowhere")).json()["items"] == []
    async with hub.as_(Role.KIOSK) as wall:
        told = (await wall.get("/api/v1/alarm-journal")).json()["items"]
    assert len(told) == 2
    assert not {"actor", "note"} & {key for entry in told for key in entry}


async def test_the_figures_and_the_states_of_a_past_instant_come_from_the_journal(hub: Hub):
    await hub.raised("dma-01.low", zone="dma-01", priority=2)
    before = rfc3339(hub.deps.clock.now_ns())
    async with hub.as_(Role.OPERATOR) as client:
        await client.post(f"{ALARM}/ack", json={"occurrence": 1, "seq": 1})
        acked = rfc3339(hub.deps.clock.now_ns())
        await client.post(f"{ALARM}/shelve", json={"until": until(hub, 30), "reason": WHY})
        states = (await client.get(f"/api/v1/alarm-states?time={before}")).json()["items"]
        assert states == []
        (then,) = (await client.get(f"/api/v1/alarm-states?time={acked}")).json()["items"]
        (now,) = (await client.get(f"/api/v1/alarm-states?time={until(hub, 1)}")).json()["items"]
        assert (then["after"], now["after"], now["name"]["en"]) == ("ACKED", "SHLVD", "low pressure")
        figures = (await client.get("/api/v1/alarm-kpi")).json()
    assert (then["tag"], then["zone"], then["kind"]) == (None, None, "limit_high"), "what a map places it by"
    assert (figures["annunciated"], figures["shelved"]) == (0, 1)
