"""Nobody approves, publishes, ends or withdraws what they have not read: what stands is another meanwhile,
and whoever decides is told how it differs (ON-04, ON-08)."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.notice import Notice, NoticeKind, NoticeState
from core.model.text import Text
from tests.api.hub_at_work import Hub
from tests.api.test_records import notice, put

PATH = "/api/v1/notices/N-1"
HOSPITALS = (Text("人民医院", "People's Hospital"), Text("中医院", "Hospital of Chinese Medicine"))


async def drafted(hub: Hub, state: NoticeState = NoticeState.DRAFT) -> Notice:
    made = replace(
        notice("N-1", NoticeKind.EMERGENCY_OUTAGE, state),
        starts_ns=hub.deps.clock.now_ns(),
        accounts_affected=77,
        accounts_weak=890,
        institutions=HOSPITALS,
        seq=3,
    )
    await put(hub, made)
    return made


async def located_anew(hub: Hub, made: Notice) -> None:
    """The hub takes the burst to be elsewhere."""
    fewer = {"accounts_weak": 377, "institutions": HOSPITALS[:1], "seq": made.seq + 1}
    await put(hub, replace(made, **fewer))  # type: ignore[arg-type]


def read(made: Notice) -> dict:
    return {"seq": made.seq, "accounts": 967, "institutions": 2}


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("approve", NoticeState.DRAFT),
        ("publish", NoticeState.APPROVED),
        ("withdraw", NoticeState.APPROVED),
        ("restore", NoticeState.PUBLISHED),
        ("withdraw", NoticeState.PUBLISHED),
    ],
)
async def test_what_has_changed_since_it_was_read_is_not_decided_about(
    hub: Hub, act: str, state: NoticeState
) -> None:
    made = await drafted(hub, state)
    ends = act in ("restore", "withdraw")
    body = read(made) | ({"reason": "用户来电说已有水"} if ends else {})
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        await located_anew(hub, made)
        refused = await manager.post(f"{PATH}/{act}", json=body)
        assert refused.status_code == 409, refused.text
        told, stands = refused.json(), (await manager.get(PATH)).json()
        assert (told["reason"], stands["state"]) == ("stale", state)
        what = ("公告", "notice") if state is NoticeState.PUBLISHED else ("草稿", "draft")
        assert told["why"] == {
            "zh": f"{what[0]}已更新：967户→454户，公共机构2处→1处，请再读一遍",
            "en": f"The {what[1]} has changed since you read it: 967 → 454 accounts, 2 → 1 institutions; "
            "read it again",
        }
        assert told["now"] == {
            "seq": 4,
            "accounts_affected": 77,
            "accounts_weak": 377,
            "institutions": [{"zh": "人民医院", "en": "People's Hospital"}],
        }
        again = body | {"seq": stands["seq"], "accounts": 454, "institutions": 1}
        assert (await manager.post(f"{PATH}/{act}", json=again)).status_code == 200


async def test_what_is_put_into_another_is_what_was_read(hub: Hub) -> None:
    made = await drafted(hub)
    await put(hub, replace(made, id="N-2", incident=None))
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        await located_anew(hub, made)
        blind = await manager.post(f"{PATH}/merge", json={"into": "N-2", **read(made)})
        assert (blind.status_code, blind.json()["reason"]) == (409, "stale")
        assert "967户→454户" in blind.json()["why"]["zh"]
        assert blind.json()["now"]["seq"] == made.seq + 1
        assert (await manager.get(PATH)).json()["state"] == "draft"
        merged = await manager.post(f"{PATH}/merge", json={"into": "N-2", "seq": made.seq + 1})
        assert merged.json()["same_as"] == "N-2"


async def test_what_is_given_up_is_what_was_read(hub: Hub) -> None:
    await drafted(hub, NoticeState.PUBLISHED)
    async with hub.as_(Role.OPERATOR) as operator:
        begun = await operator.post(f"{PATH}/updates", json={"advice": {"zh": "请储水。", "en": "Store."}})
        seq = begun.json()["pending"]["seq"]
        now = await operator.put(PATH, json={"seq": seq, "advice": {"zh": "请节水。", "en": "Save water."}})
        blind = await operator.post(f"{PATH}/drop", json={"seq": seq})
        assert (blind.status_code, blind.json()["reason"]) == (409, "stale")
        assert blind.json()["now"]["seq"] == now.json()["pending"]["seq"]
        assert (await operator.get(PATH)).json()["pending"] is not None
        dropped = await operator.post(f"{PATH}/drop", json={"seq": now.json()["pending"]["seq"]})
        assert (dropped.status_code, dropped.json()["pending"]) == (200, None)


async def test_what_stands_as_it_was_read_is_approved_and_then_published(hub: Hub) -> None:
    made = await drafted(hub)
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        approved = await manager.post(f"{PATH}/approve", json=read(made))
        assert approved.status_code == 200, approved.text
        blind = await manager.post(f"{PATH}/publish", json=read(made))
        assert (blind.status_code, blind.json()["reason"]) == (409, "stale")
        assert "户数相同，内容有改动" in blind.json()["why"]["zh"]
        said = await manager.post(f"{PATH}/publish", json={"seq": approved.json()["seq"]})
        assert said.json()["state"] == "published"


async def test_of_a_version_that_is_being_prepared_it_is_that_which_was_read(hub: Hub) -> None:
    await drafted(hub, NoticeState.PUBLISHED)
    words = {"zh": "第三方施工挖断", "en": "a digger broke it"}
    async with hub.as_(Role.OPERATOR) as operator, hub.as_(Role.DUTY_MANAGER) as manager:
        begun = (await operator.post(f"{PATH}/updates", json={"reason": words})).json()["pending"]
        edit = {"seq": begun["seq"], "advice": {"zh": "请储水。", "en": "Store water."}}
        now = (await operator.put(PATH, json=edit)).json()["pending"]
        blind = await manager.post(f"{PATH}/approve", json={"seq": begun["seq"]})
        assert (blind.status_code, blind.json()["now"]["seq"]) == (409, now["seq"])
        gone = await manager.post(f"{PATH}/withdraw", json={"seq": now["seq"], "reason": "发布有误"})
        assert gone.status_code == 200, gone.text


async def test_a_script_that_does_not_say_what_it_read_decides_about_what_stands(hub: Hub) -> None:
    """As docs/reference/http.md has it."""
    await located_anew(hub, await drafted(hub))
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        assert (await manager.post(f"{PATH}/approve")).status_code == 200
        assert (await manager.post(f"{PATH}/publish", json={"seq": "1"})).status_code in (409, 422)
