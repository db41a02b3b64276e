"""When the hotline answers is what the utility has configured, wherever its number is told; else nothing."""

from dataclasses import replace

import pytest

from core.model.bulletin import Bulletin, Ending
from core.model.notice import NoticeKind
from core.model.text import Text
from response.notices.closing import called_off, restored
from response.renderings.press import press
from response.wording import composed, contact
from tests.response import bulletins
from tests.response import little_town as town
from tests.response.every_rendering import EVERYWHERE
from tests.response.little_notices import bare

DAY = Text("每日8时至20时", "8 a.m. to 8 p.m.")
FAILED = Text("一处供水管道发生故障。", "A water main has failed.")
CLAIMS = ("24小时", "24 小时", "24-hour", "day and night", "8时", "8 a.m.")
LABELLED = {"web", "press", "atom", "rss", "poster", "calendar"}
"""Whose facts have their labels."""


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("over", [False, True])
def test_no_rendering_says_when_the_hotline_answers_unless_it_is_configured(name: str, over: bool) -> None:
    b = bulletins.restored(bulletins.burst()) if over else bulletins.burst()
    for said in _unfolded(name, b):
        assert not [claim for claim in CLAIMS if claim in said]
    zh, en = _unfolded(name, replace(b, hotline_hours=DAY))
    assert (DAY.zh in zh and DAY.en in en) is (name in LABELLED)


@pytest.mark.parametrize("ending", Ending)
def test_nor_does_a_letter_to_who_was_never_off(ending: Ending) -> None:
    b = replace(bulletins.restored(bulletins.burst()), ending=ending)
    bare, told = press(b), press(replace(b, hotline_hours=DAY))
    assert not [claim for claim in CLAIMS if claim in bare.zh + bare.en]
    assert f"热线（{DAY.zh}）：{b.hotline}" in told.zh and f"Hotline ({DAY.en}): {b.hotline}" in told.en


def test_nor_does_the_body_of_a_notice() -> None:
    utility = town.plant().utility
    for hours in (None, DAY):
        line = contact(replace(utility, hotline_hours=hours))
        draft = composed(bare(NoticeKind.EMERGENCY_OUTAGE, description=FAILED, contact=line))
        for notice in (draft, restored(draft, town.T0 + town.HOUR), called_off(draft, town.T0 + town.HOUR)):
            said = notice.body.zh + notice.body.en
            assert utility.hotline in said
            assert [claim for claim in CLAIMS if claim in said] == (["8时", "8 a.m."] if hours else [])


def _unfolded(name: str, b: Bulletin) -> tuple[str, ...]:
    return tuple(said.replace("\r\n ", "").replace("\n", " ") for said in EVERYWHERE[name](b))
