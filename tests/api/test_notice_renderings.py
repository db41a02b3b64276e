"""ON-02: who approves sees what every channel would say, before it is said."""

import re
from io import BytesIO

import pypdf

from core.model.account import Role
from core.model.notice import NoticeKind
from core.model.text import Lang
from response.renderings.poster import DRAFT
from tests.api.hub_at_work import Hub
from tests.api.test_records import notice, put


async def test_a_draft_is_shown_as_every_channel_would_say_it(hub: Hub):
    await put(hub, notice("N-1", NoticeKind.EMERGENCY_OUTAGE))
    async with hub.as_(Role.DUTY_MANAGER) as client:
        said = (await client.get("/api/v1/notices/N-1/renderings")).json()
    assert "抢修停水" in said["headline"]["zh"] and "Water off" in said["headline"]["en"]
    assert said["ivr"]["zh"]["seconds"] <= 25
    assert said["sms"]["zh"]["parts"] in (1, 2, 3)
    assert 0 < said["sms"]["zh"]["units"] <= said["sms"]["zh"]["room"] and said["sms"]["zh"]["ucs2"]
    assert "N-1" in said["press"]["zh"] and said["plain"]["flesch"] > 0


async def test_a_regulator_reads_no_draft(hub: Hub):
    await put(hub, notice("N-1", NoticeKind.EMERGENCY_OUTAGE))
    async with hub.as_(Role.REGULATOR) as client:
        assert (await client.get("/api/v1/notices/N-1/renderings")).status_code == 404


async def test_the_sheet_for_the_door_is_the_one_that_will_hang_there(hub: Hub):
    await put(hub, notice("N-1", NoticeKind.EMERGENCY_OUTAGE))
    async with hub.as_(Role.DUTY_MANAGER) as client:
        langs: tuple[tuple[Lang, str], ...] = (("zh", "抢修停水"), ("en", "Water off"))
        for lang, words in langs:
            answer = await client.get(f"/api/v1/notices/N-1/poster?lang={lang}")
            assert answer.headers["content-type"] == "application/pdf"
            (page,) = pypdf.PdfReader(BytesIO(answer.content)).pages
            assert words in page.extract_text()
            told = DRAFT.in_(lang)
            assert page.extract_text().count(told) == 2, "head and foot"
            assert not re.search(r"发布 \d|Published", page.extract_text())
    async with hub.as_(Role.REGULATOR) as client:
        assert (await client.get("/api/v1/notices/N-1/poster")).status_code == 404
