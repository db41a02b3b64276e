"""A shift's log fills itself, and the list of shifts leads to the one that waits."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.model.account import Role
from core.model.notice import Change, NoticeState
from core.model.notice_version import NoticeVersion, VersionState, version_id
from tests.api.hub_at_work import Hub
from tests.api.shift_at_work import EVENING, HOUR, MIN, PATH, evening, furnish, ids, log, notice, one, put


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Hub]:
    async with evening(tmp_path) as hub:
        yield hub


async def test_the_log_names_everything_that_is_open_and_what_ended_in_the_shift(desk: Hub):
    await furnish(desk)
    async with desk.as_(Role.OPERATOR) as client:
        note = {"tags": ["dma-01.p1", "dma-01.p2"], "start": "2026-11-22T11:00:00Z", "note": "exercised"}
        assert (await client.post("/api/v1/annotations", json=note)).status_code == 201
        assert (await client.post(f"{PATH}/notes", json={"text": "钥匙在二号柜"})).status_code == 201
        shown = await log(client)
    assert (shown["start"], shown["end"]) == ("2026-11-22T00:00:00Z", "2026-11-22T12:00:00Z")
    assert ids(shown, "standing") == ["stands"]
    assert ids(shown, "withheld") == ["aside", "held", "shelved"]
    assert ids(shown, "sources") == ["lost", "st-01"]
    assert ids(shown, "over") == ["over"]
    assert ids(shown, "incidents") == ["INC-1", "INC-2"]
    assert ids(shown, "orders") == ["WO-1", "WO-2"]
    assert ids(shown, "notices") == ["NTC-1", "NTC-2"]
    assert ids(shown, "duties") == ["INC-1"]
    assert ids(shown, "planned") == ["ACT-1"]
    assert [line["text"] for line in shown["lines"] if line["section"] == "notes"] == [
        "exercised",
        "钥匙在二号柜",
    ]
    (about,) = (line["title"] for line in shown["lines"] if line["text"] == "exercised")
    assert about == {"zh": "dma-01.p1、dma-01.p2", "en": "dma-01.p1, dma-01.p2"}
    assert [(said["what"], said["n"], said["by"]) for said in one(shown, "over")["said"]] == [
        ("cleared", 1, None),
        ("raised", 2, None),
        ("acked", 1, "operator"),
    ]
    assert [said["what"] for said in one(shown, "INC-2")["said"]] == ["opened", "merged"]
    assert [said["what"] for said in one(shown, "WO-2")["said"]] == ["closed"]
    assert one(shown, "NTC-2")["overdue"] and one(shown, "NTC-2")["open"]
    assert not one(shown, "WO-2")["open"] and one(shown, "WO-1")["open"]
    assert "A000001" not in json.dumps(shown), "a key customer is not named"


@pytest.mark.parametrize(
    ("last", "state", "said"),
    [
        (Change.CANCELLED, NoticeState.WITHDRAWN, "withdrawn"),
        (Change.RESTORED, NoticeState.RESTORED, "restored"),
        (Change.UPDATE, NoticeState.PUBLISHED, "updated"),
    ],
)
async def test_what_became_of_a_notice_is_said_step_by_step_and_a_withdrawal_is_no_publication(
    desk: Hub, last: Change, state: NoticeState, said: str
):
    """Each version that was published in the shift, by whom; one from before it is not told again."""
    steps = [(Change.FIRST, 14 * HOUR), (Change.UPDATE, HOUR), (last, 5 * MIN)]
    for number, (change, before_ns) in enumerate(steps, 1):
        at_ns = EVENING - before_ns
        head = notice(
            "NTC-1",
            state if number == 3 else NoticeState.PUBLISHED,
            change=change,
            version=number,
            published_ns=at_ns,
            published_by=f"manager-{number}",
            restored_ns=at_ns if change is Change.RESTORED else None,
        )
        head = replace(head, drafted_ns=EVENING - 14 * HOUR)
        version = NoticeVersion(
            id=version_id("NTC-1", number),
            notice="NTC-1",
            version=number,
            state=VersionState.PUBLISHED,
            change=change,
            content=head,
            sent_ns=at_ns,
        )
        await put(desk, version, head)
    async with desk.as_(Role.OPERATOR) as client:
        told = one(await log(client), "NTC-1")["said"]
    assert [(one["what"], one["by"]) for one in told] == [("updated", "manager-2"), (said, "manager-3")]
