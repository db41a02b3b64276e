"""WO-31: nothing is put out of use with work on it. WO-15: who should go, and why."""

from dataclasses import replace

from core.model.account import Role
from core.model.usage import Part, PartMove
from core.model.work_order import WorkOrderState
from tests.api.hub_at_work import PASSWORD, T0, Hub
from tests.api.test_records import order, put

PATH = "/api/v1/flow-locks"


def out(kind: str, subject: str) -> dict:
    return {"kind": kind, "subject": subject, "reason": "车辆送修"}


async def test_a_crew_with_open_orders_is_refused_with_their_list_and_reassigned_in_one_go(hub: Hub):
    done = replace(order("WO-3", "crew-1"), state=WorkOrderState.COMPLETED)
    under = replace(order("WO-2", "crew-1"), state=WorkOrderState.REPAIRING)
    await put(hub, order("WO-1", "crew-1"), under, done, order("WO-4", "crew-2"))
    async with hub.as_(Role.DUTY_MANAGER) as manager, hub.as_(Role.DISPATCHER) as desk:
        refused = await manager.post(PATH, json=out("crew", "crew-1"))
        assert (refused.status_code, refused.json()["reason"]) == (409, "orders_open")
        assert refused.json()["orders"] == ["WO-1", "WO-2"]
        assert refused.json()["allowed"] == ["reassign"]
        body = {"orders": refused.json()["orders"], "crew": "crew-2", "reason": "一班车辆送修"}
        part = {**body, "orders": ["WO-1", "WO-9"]}
        assert (await desk.post("/api/v1/work-orders/reassign", json=part)).status_code == 404
        assert (await desk.get("/api/v1/work-orders/WO-1")).json()["crew"] == "crew-1", "all or none"
        moved = (await desk.post("/api/v1/work-orders/reassign", json=body)).json()["items"]
        assert [(one["crew"], one["state"]) for one in moved] == [("crew-2", "assigned")] * 2
        assert (await manager.post(PATH, json=out("crew", "crew-1"))).status_code == 201
        sent = await desk.post("/api/v1/work-orders/WO-4/assign", json={"crew": "crew-1", "note": "x"})
        assert (sent.status_code, sent.json()["reason"]) == (409, "disabled")
        assert sent.json()["why"] == {"zh": "抢修一班 已停用", "en": "Repair crew 1 is out of use"}
        (locked,) = (await desk.get(PATH)).json()["items"]
        assert locked["name"] == {"zh": "抢修一班", "en": "Repair crew 1"}, "by its name where a person reads"
        assert (await manager.delete(f"{PATH}/crew/crew-1")).status_code == 200
        assert (
            await desk.post("/api/v1/work-orders/WO-4/assign", json={"crew": "crew-1"})
        ).status_code == 200


async def test_areas_and_services_out_of_use_take_no_new_orders(hub: Hub):
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        assert (await manager.post(PATH, json=out("service", "meter"))).status_code == 201
        assert (await manager.post(PATH, json=out("zone", "dma-02"))).status_code == 201
        for body in ({"service": "meter", "zone": "dma-01"}, {"service": "leak", "zone": "dma-02"}):
            answer = await manager.post("/api/v1/work-orders", json=body)
            assert (answer.status_code, answer.json()["reason"]) == (409, "disabled")
            whose = "水表" if body["service"] == "meter" else "城西"
            assert whose in answer.json()["why"]["zh"], answer.json()["why"]
        made = await manager.post("/api/v1/work-orders", json={"service": "leak", "zone": "dma-01"})
        again = await manager.post(PATH, json=out("zone", "dma-01"))
        assert again.json()["orders"] == [made.json()["id"]]
        assert (await manager.post(PATH, json=out("zone", "dma-99"))).status_code == 404
        assert {one["id"] for one in (await manager.get(PATH)).json()["items"]} == {
            "service:meter",
            "zone:dma-02",
        }


async def test_a_person_out_of_use_answers_for_nothing_and_cannot_sign_in(hub: Hub):
    await put(hub, replace(order(), owner="dispatcher", first_owner="dispatcher"))
    async with (
        hub.as_(Role.ADMIN) as admin,
        hub.as_(Role.DUTY_MANAGER) as manager,
        hub.as_(Role.DISPATCHER) as desk,
    ):
        assert (await manager.post(PATH, json=out("user", "dispatcher"))).status_code == 403
        assert (await admin.post(PATH, json=out("crew", "crew-1"))).status_code == 403
        assert (await admin.post(PATH, json=out("user", "admin"))).json()["reason"] == "yourself"
        refused = await admin.post(PATH, json=out("user", "dispatcher"))
        assert (refused.status_code, refused.json()["orders"]) == (409, ["WO-1"])
        body = {"orders": ["WO-1"], "owner": "duty_manager", "reason": "调岗"}
        moved = (await manager.post("/api/v1/work-orders/reassign", json=body)).json()["items"]
        assert [(one["owner"], one["first_owner"]) for one in moved] == [("duty_manager", "dispatcher")]
        assert (await admin.post(PATH, json=out("user", "dispatcher"))).status_code == 201
        assert (await desk.get("/api/v1/work-orders")).status_code == 401, "signed out at once"
        again = {"user": "dispatcher", "password": PASSWORD}
        assert (await desk.post("/api/v1/session", json=again)).status_code == 401
        assert (await admin.delete(f"{PATH}/user/dispatcher")).status_code == 200
        assert (await desk.post("/api/v1/session", json=again)).status_code == 204


async def test_the_nearest_crew_with_the_part_is_the_first_and_every_term_is_told(hub: Hub):
    """WO-15: minutes until a crew can be at work, added up before one's eyes."""
    crews = hub.deps.plant.crews
    crews["crew-1"] = replace(crews["crew-1"], depot="j2")
    crews["crew-2"] = replace(crews["crew-2"], depot="tank", skills=("meters",))
    clamp = Part(id="c", name_zh="卡箍", name_en="clamp", from_mm=190, to_mm=225)
    moved = PartMove(id="M", part="c", place="crew-2", quantity=1, by="x", at_ns=T0)
    burst = replace(order(), kind="burst", x=150.0, y=5.0, diameter_mm=200.0)
    await put(hub, burst, clamp, moved)
    async with hub.as_(Role.DISPATCHER) as desk:
        path = "/api/v1/work-orders/WO-1"
        one, two = (await desk.get(f"{path}/suggestion")).json()["items"]
        assert (one["crew"], one["against"]) == ("crew-1", [])
        assert (two["crew"], two["against"]) == ("crew-2", ["skill"])
        terms = {term["name"]: term for term in one["terms"]}
        assert set(terms) == {"travel", "load", "part", "shift_left"}
        assert terms["travel"]["value"] == round(50.25 * 1.4)
        assert (terms["part"]["minutes"], two["terms"][2]["minutes"]) == (20.0, 0.0)
        assert one["minutes"] == round(sum(term["minutes"] for term in one["terms"]), 1)
        bare = await desk.post(f"{path}/assign", json={"crew": "crew-2"})
        assert (bare.status_code, bare.json()["reason"], bare.json()["allowed"]) == (
            409,
            "override_reason",
            ["skill"],
        )
        assert bare.json()["why"] == {
            "zh": "该班组不符合（技能不符），请填写派工理由",
            "en": "that crew does not fit (lacks the skill): say why",
        }
        said = await desk.post(f"{path}/assign", json={"crew": "crew-2", "note": "一班在外，二班先去关阀"})
        assert (said.status_code, said.json()["milestones"][-1]["note"]) == (200, "一班在外，二班先去关阀")
