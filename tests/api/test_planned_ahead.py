"""ON-09: planned work that has not begun cannot be over: it is called off, and water stays on."""

from dataclasses import replace

from core.model.account import Role
from core.model.notice import NoticeKind, NoticeState
from core.model.text import Text
from tests.api.hub_at_work import Hub
from tests.api.test_records import notice, put

PATH = "/api/v1/notices/N-1"
HOUR = 3600 * 1_000_000_000


async def planned(hub: Hub, begins_h: int) -> None:
    starts_ns = hub.deps.clock.now_ns() + begins_h * HOUR
    made = replace(
        notice("N-1", NoticeKind.PLANNED_OUTAGE, NoticeState.PUBLISHED),
        incident=None,
        starts_ns=starts_ns,
        eta_earliest_ns=starts_ns + 6 * HOUR,
        eta_latest_ns=starts_ns + 6 * HOUR,
        place=Text("人民路", "Renmin Road"),
    )
    await put(hub, made)


async def test_on_09_before_it_begins_it_is_not_restored_but_withdrawn(hub: Hub) -> None:
    await planned(hub, 48)
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        stands = (await manager.get(PATH)).json()
        assert "restore" not in stands["allowed"] and "withdraw" in stands["allowed"]
        listed = (await manager.get("/api/v1/notices")).json()["items"]
        assert [one["allowed"] for one in listed] == [stands["allowed"]]
        preview = (await manager.get(f"{PATH}/renderings?over=restored")).json()
        assert "not_begun" in [lack["item"] for lack in preview["lacks"]]
        refused = await manager.post(f"{PATH}/restore", json={"reason": "x"})
        assert (refused.status_code, refused.json()["reason"]) == (422, "not_begun")
        why = refused.json()["why"]
        assert "尚未开始" in why["zh"] and "撤回" in why["zh"]
        assert "has not begun" in why["en"] and "withdraw" in why["en"]
        assert (await manager.get(PATH)).json()["state"] == "published"
        said = (await manager.get(f"{PATH}/renderings?over=withdrawn")).json()
        for words in (said["headline"], said["web"], said["press"]):
            assert "取消" in words["zh"] and "已恢复" not in words["zh"]
            assert "called off" in words["en"].lower() and "restored" not in words["en"]
        assert "正常供水" in said["press"]["zh"] and "Water stays on" in said["press"]["en"]
        for body in ({}, {"reason": "  "}):
            refused = await manager.post(f"{PATH}/withdraw", json=body)
            assert (refused.status_code, refused.json()["reason"]) == (422, "reason_missing")
            assert (
                "撤回原因" in refused.json()["why"]["zh"]
                and "why it is withdrawn" in refused.json()["why"]["en"]
            )
        gone = await manager.post(f"{PATH}/withdraw", json={"reason": "施工改期，另行公告"})
        assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
        assert (await manager.get(PATH)).json()["withdrawn_why"] == "施工改期，另行公告"
        kept = (await manager.get(f"{PATH}/versions")).json()["items"][0]["content"]
        assert kept["withdrawn_why"] == "施工改期，另行公告"
        assert "另行公告" not in (await manager.get(f"{PATH}/renderings")).text, "no text for the public"


async def test_on_09_once_it_has_begun_it_is_restored(hub: Hub) -> None:
    await planned(hub, -1)
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        assert "restore" in (await manager.get(PATH)).json()["allowed"]
        done = await manager.post(f"{PATH}/restore", json={"reason": "抢修一班现场确认"})
        assert (done.status_code, done.json()["state"]) == (200, "restored")
