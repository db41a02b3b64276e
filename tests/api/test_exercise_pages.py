"""ON-42: while the whole hub is in an exercise every page of the staff says so in its head."""

from pathlib import Path

import pytest

from core.model.account import Role
from tests.api.test_deliveries import house_at

STAFF = (
    "desk",
    "board",
    "orders",
    "crew",
    "notices",
    "deliveries",
    "handover",
    "reports",
    "hotline",
    "trends",
)


@pytest.mark.parametrize("exercise", [True, False])
async def test_on42_every_page_says_that_the_hub_is_in_an_exercise(tmp_path: Path, exercise: bool) -> None:
    async with house_at(tmp_path, exercise=exercise) as house:
        for name in STAFF:
            async with house.hub.as_(Role.CREW if name == "crew" else Role.DUTY_MANAGER) as client:
                page = await client.get(f"/{name}?lang=zh")
            assert page.status_code == 200, name
            head = page.text.split("<body>")[1].split("<main")[0]
            assert ("演练模式</strong>" in head or "· 演练模式" in head) is exercise, name
