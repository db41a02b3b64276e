"""Notes beside trends: appended, withdrawn, never edited; and several tags' past as one table."""

import csv
import io

import pytest

from core.model.account import Role
from core.model.event import EventKind
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from tests.api.hub_at_work import T0, Hub, S

PATH = "/api/v1/annotations"
AT = "2026-11-22T14:10:00Z"
WISH = {"tags": ["dma-01.p1"], "start": AT, "note": "valve exercised"}
SPAN = "start=2026-11-22T14:00:00Z&end=2026-11-22T15:00:00Z"


async def test_a_note_stands_is_found_by_its_tags_and_time_and_is_withdrawn_once(hub: Hub):
    async with hub.as_(Role.OPERATOR) as client:
        made = await client.post(PATH, json=WISH)
        assert (made.status_code, made.json()["end"]) == (201, AT)
        other = await client.post(PATH, json=WISH | {"tags": ["dma-02.p1", "dma-01.inflow"]})
        found = (await client.get(f"{PATH}?tags=dma-01.p1&{SPAN}")).json()["items"]
        assert [one["note"] for one in found] == ["valve exercised"]
        assert (
            len((await client.get(f"{PATH}?tags=dma-01.inflow&tags=dma-01.p1&{SPAN}")).json()["items"]) == 2
        )
        later = "start=2026-11-22T14:30:00Z&end=2026-11-22T15:00:00Z"
        assert (await client.get(f"{PATH}?{later}")).json()["items"] == []
        gone = await client.delete(f"{PATH}/{other.json()['id']}")
        assert (gone.json()["standing"], gone.json()["withdrawn_by"]) == (False, "operator")
        again = await client.delete(f"{PATH}/{other.json()['id']}")
        assert (again.status_code, again.json()["reason"]) == (409, "withdrawn")
        assert len((await client.get(f"{PATH}?{SPAN}")).json()["items"]) == 1
        assert len((await client.get(f"{PATH}?{SPAN}&withdrawn=true")).json()["items"]) == 2
    kinds = [
        event.data["standing"]
        for event in await hub.deps.ledger.events(0)
        if event.kind is EventKind.ANNOTATION
    ]
    assert kinds == [True, True, False]


@pytest.mark.parametrize(
    ("more", "status", "reason"),
    [
        ({"start": "2100-01-01T00:00:00Z"}, 409, "future"),
        ({"end": "2026-11-22T14:09:00Z"}, 409, "backwards"),
        ({"end": "2026-12-24T14:10:00Z"}, 409, "too_long"),
        ({"tags": ["nowhere"]}, 404, "unknown"),
        ({"tags": []}, 422, "invalid"),
        ({"note": "  "}, 422, "invalid"),
    ],
)
async def test_a_note_that_cannot_be_is_refused_by_name(
    hub: Hub, more: dict[str, object], status: int, reason: str
):
    async with hub.as_(Role.OPERATOR) as client:
        refused = await client.post(PATH, json=WISH | more)
        assert (refused.status_code, refused.json()["reason"]) == (status, reason)
        assert (await client.get(f"{PATH}?{SPAN}&withdrawn=true")).json()["items"] == []


async def test_a_note_sent_twice_is_written_once(hub: Hub):
    async with hub.as_(Role.DISPATCHER) as client:
        twice = [
            (await client.post(PATH, json=WISH, headers={"Idempotency-Key": "k-1"})).json() for _ in range(2)
        ]
        assert twice[0] == twice[1]
        assert len((await client.get(f"{PATH}?{SPAN}")).json()["items"]) == 1


async def test_a_quality_officer_notes_water_quality_alone(hub: Hub):
    async with hub.as_(Role.QUALITY_OFFICER) as client:
        assert (await client.post(PATH, json=WISH)).status_code == 403
        assert (await client.post(PATH, json=WISH | {"tags": ["q-01.free_chlorine"]})).status_code == 201


async def test_a_wall_sees_when_but_neither_who_nor_what_was_written(hub: Hub):
    async with hub.as_(Role.OPERATOR) as client:
        await client.post(PATH, json=WISH)
        await client.post(PATH, json=WISH | {"tags": ["meter.M000001"], "note": "read by hand"})
    async with hub.as_(Role.KIOSK) as kiosk:
        items = (await kiosk.get(f"{PATH}?{SPAN}")).json()["items"]
        assert [one["tags"] for one in items] == [["dma-01.p1"]]
        assert not {"note", "author", "withdrawn_by"} & set(items[0])


async def test_several_pasts_are_one_table_with_their_quality(hub: Hub):
    samples = [Sample("dma-01.p1", T0 + n * S, -1.5 + n, r_ns=T0, flags=Flag.BACKFILL) for n in range(3)]
    samples[1] = samples[1]._replace(v=None, q=Status.BAD_TIMEOUT)
    flow = [Sample("dma-01.inflow", T0, 100.25, r_ns=T0, flags=Flag.BACKFILL)]
    await hub.deps.historian.write([Batch.of("t", [*samples, *flow])])
    query = f"tags=dma-01.p1&tags=dma-01.inflow&{SPAN}"
    async with hub.as_(Role.VIEWER) as client:
        answer = await client.get(f"/api/v1/history.csv?{query}")
        marked = await client.get(f"/api/v1/history.csv?{query}&bom=true")
        missing = await client.get("/api/v1/history.csv?tags=nowhere")
        nine = await client.get("/api/v1/history.csv?" + "&".join(f"tags=t{n}" for n in range(9)))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="trends-2026-11-22.csv"'
    assert marked.content == b"\xef\xbb\xbf" + answer.content
    assert answer.text.endswith("\r\n") and answer.text.count("\n") == answer.text.count("\r\n") == 5
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["tag"], row["value"], row["quality"], row["status"]) for row in rows] == [
        ("dma-01.p1", "-1.5", "good", ""),
        ("dma-01.p1", "", "bad", "bad_timeout"),
        ("dma-01.p1", "0.5", "good", ""),
        ("dma-01.inflow", "100.25", "good", ""),
    ]
    assert rows[0]["time_utc"] == "2026-11-22T14:10:00.000Z"
    assert rows[0]["time_shanghai"] == "2026-11-22T22:10:00.000+08:00"
    assert (missing.status_code, nine.status_code) == (404, 422)


async def test_a_long_past_comes_as_bounds_and_nothing_is_a_formula(hub: Hub):
    from api.history_csv import cell

    assert [cell(text) for text in ("=1+1", "-a", "@x", 'a,"b"', "m3/h")] == [
        "'=1+1",
        "'-a",
        "'@x",
        '"a,""b"""',
        "m3/h",
    ]
    await hub.deps.historian.write(
        [Batch.of("t", [Sample("dma-01.p1", T0, 20.0, r_ns=T0, flags=Flag.BACKFILL)])]
    )
    span = "start=2026-11-01T00:00:00Z&end=2026-11-30T00:00:00Z"
    async with hub.as_(Role.VIEWER) as client:
        text = (await client.get(f"/api/v1/history.csv?tags=dma-01.p1&{span}")).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["kind"] for row in rows} == {"bound"}
    assert {row["value"] for row in rows} == {"20.0", ""}
    assert len(rows) <= 20_000
