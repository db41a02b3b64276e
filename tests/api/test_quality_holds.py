"""WQ-06 at the desk's door: a quality officer holds publication for four hours at most, on record."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.account import Role
from tests.api.hub_at_work import Hub, hub_at_work, plant

PATH = "/api/v1/quality-holds"
WISH = {"zone": "dma-01", "parameter": "free_chlorine", "minutes": 240, "reason": "怀疑探头污染"}


@pytest.fixture
async def open_hub(tmp_path: Path) -> AsyncIterator[Hub]:
    town = plant()
    town.tags["q-01.free_chlorine"] = replace(town.tags["q-01.free_chlorine"], public=True)
    async with hub_at_work(tmp_path, plant=replace(town)) as hub:
        yield hub


async def test_wq_06_an_attempt_to_hold_four_hours_and_a_minute_is_refused(open_hub: Hub):
    async with open_hub.as_(Role.QUALITY_OFFICER) as officer:
        long = await officer.post(PATH, json=WISH | {"minutes": 241})
        assert (long.status_code, long.json()["reason"]) == (409, "hold_too_long")
        assert "240" in long.json()["why"]["zh"]
        assert (await officer.get(PATH)).json()["items"] == []
        made = await officer.post(PATH, json=WISH)
        assert made.status_code == 201, made.text
        again = await officer.post(PATH, json=WISH | {"minutes": 1})
        assert (again.status_code, again.json()["reason"]) == (409, "held")


async def test_who_held_and_let_go_why_and_when_is_on_record_and_counted(open_hub: Hub):
    async with open_hub.as_(Role.QUALITY_OFFICER) as officer, open_hub.as_(Role.REGULATOR) as regulator:
        made = (await officer.post(PATH, json=WISH)).json()
        path = f"{PATH}/{made['id']}/release"
        gone = await officer.post(path, json={"reason": "现场复测一致"})
        assert (gone.status_code, gone.json()["end"]) == (200, "released")
        assert (await officer.post(path, json={"reason": "再次发布"})).json()["reason"] == "over"
        told = (await regulator.get(PATH)).json()
        (one,) = told["items"]
        assert (one["by"], one["ended_by"], one["reason"]) == (
            "quality_officer",
            "quality_officer",
            WISH["reason"],
        )
        assert [(month["holds"], month["whole"]) for month in told["months"]] == [(1, 0)]
        assert told["public"] == [{"zone": "dma-01", "parameter": "free_chlorine"}]
        entries = (await regulator.get("/api/v1/audit")).json()["items"]
    assert [(e["who"], e["command"], e["reason"]) for e in entries[:2]] == [
        ("quality_officer", "POST /api/v1/quality-holds/{id}/release", "现场复测一致"),
        ("quality_officer", "POST /api/v1/quality-holds", WISH["reason"]),
    ]


async def test_what_is_not_public_cannot_be_held_and_a_reason_is_asked_for(open_hub: Hub):
    async with open_hub.as_(Role.QUALITY_OFFICER) as officer:
        assert (await officer.post(PATH, json=WISH | {"zone": "dma-02"})).status_code == 404
        assert (await officer.post(PATH, json=WISH | {"reason": " "})).status_code == 422
        assert (await officer.post(f"{PATH}/QH-1/release", json={"reason": "没有的"})).status_code == 404
