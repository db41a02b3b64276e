"""What the demo prints when it runs: every page by name, in both languages, and no more than a screen."""

from typing import Any

import pytest

from api.screens import SHEETS
from hub.demo.people import SHOWN
from hub.demo.screen import Screen

FACTS: dict[str, Any] = {
    "hub": "http://127.0.0.1:8080",
    "portal": "http://127.0.0.1:8081",
    "ready_s": 41.0,
    "phones": None,
    "sign_ins": [
        *({"role": role.value, "user": role.value, "password": "x" * 16} for role in SHOWN),
        *(
            {"role": "crew", "user": f"crew-{n}", "password": "x" * 16, "crew": f"crew-{n}"}
            for n in (2, 3, 4)
        ),
    ],
}
A_SCREEN = 24
UNNAMED = {"sign_in", "phone", "refused", "wall_check", "wall_event", "wall_quality", "wall_zone"}
"""Pages that lead to the others, the one on which a wall is measured, and the wall's others."""


def test_every_page_is_named_in_both_languages_and_all_fits_a_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Screen(as_json=False).ready(FACTS)
    said = capsys.readouterr().out
    for page, name in (("/orders", "工单"), ("/notices", "公告"), ("/deliveries", "用户通知")):
        assert f"{page} {name}" in said
    assert [page for page in SHEETS.keys() - UNNAMED if f"/{page} " not in said] == []
    assert "http://127.0.0.1:8080\n" in said and "http://127.0.0.1:8081\n" in said
    assert all(f" {one['user']} " in said for one in FACTS["sign_ins"]), "every crew can sign in"
    assert len(said.strip().splitlines()) <= A_SCREEN
