"""The public contract's shapes: ids, times, lists, columns, errors, headers."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from core.model.account import Role
from core.model.conservation import Fate
from core.model.quality import Status
from core.model.sample import Batch, Flag, Sample
from tests.api.hub_at_work import T0, Hub, S

SOURCE = "modbus:st-01"

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


async def test_health_names_what_does_not_run(hub: Hub):
    async with hub.as_(None) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_samples_are_conserved_in_the_metrics(hub: Hub):
    spool = hub.deps.spool
    await spool.cursor("recorder")
    await spool.count(SOURCE, Fate.SHED, 5)
    batch = Batch.of(SOURCE, [Sample("dma-01.p1", T0 + n, 1.0) for n in range(10)])
    first = await spool.put(batch)
    await spool.put(batch)
    await spool.advance("recorder", first, {SOURCE: {Fate.STORED: 7, Fate.DUPLICATE: 3}})
    async with hub.as_(None) as client:
        text = (await client.get("/metrics")).text
    values = {
        (sample.name, sample.labels.get("source"), sample.labels.get("fate")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    fates = {key[2]: value for key, value in values.items() if key[:2] == ("waterhub_samples_total", SOURCE)}
    received, spooled = fates.pop("received"), values["waterhub_samples_spooled", SOURCE, None]
    assert received == sum(fates.values()) + spooled == 25
    assert values["waterhub_samples_unaccounted", SOURCE, None] == 0
    assert values["waterhub_stream_clients", None, None] == 0


async def test_tags_carry_their_latest_value(hub: Hub):
    hub.sees(Sample("dma-01.p1", T0, 27.5), Sample("dma-01.p2", T0, None, Status.BAD_TIMEOUT))
    async with hub.as_(Role.VIEWER) as client:
        answer = (await client.get("/api/v1/tags")).json()
        some = (await client.get("/api/v1/tags?zone=dma-01&quantity=pressure")).json()["items"]
    latest = {tag["id"]: tag["latest"] for tag in answer["items"]}
    assert answer["next"] is None
    assert latest["dma-01.p1"] == {"t": "2026-11-22T14:10:00Z", "v": 27.5, "q": 0}
    assert latest["dma-01.p2"] == {"t": "2026-11-22T14:10:00Z", "v": None, "q": int(Status.BAD_TIMEOUT)}
    assert latest["dma-01.inflow"] is None
    assert [tag["id"] for tag in some] == ["dma-01.p1", "dma-01.p2"]


async def test_tags_come_in_pages(hub: Hub):
    seen, after = [], ""
    async with hub.as_(Role.VIEWER) as client:
        while True:
            page = (await client.get(f"/api/v1/tags?limit=4{after}")).json()
            seen += [tag["id"] for tag in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
    assert seen == list(hub.deps.plant.tags)


async def test_history_is_columns_and_keeps_extremes_and_gaps(hub: Hub):
    samples = [Sample("dma-01.p1", T0 + n * S, float(n % 50), r_ns=T0 + n * S) for n in range(5_000)]
    samples[1_234] = samples[1_234]._replace(v=-7.0)
    samples[3_333] = samples[3_333]._replace(v=99.0)
    samples[4_000] = samples[4_000]._replace(v=None, q=Status.BAD_SENSOR_FAILURE)
    await hub.deps.historian.write([Batch.of("t", [s._replace(flags=Flag.BACKFILL) for s in samples])])
    query = "?start=2026-11-22T14:10:00Z&end=2026-11-22T15:40:00Z"
    async with hub.as_(Role.KIOSK) as client:
        whole = (await client.get(f"/api/v1/tags/dma-01.p1/history{query}&points=20000")).json()
        few = (await client.get(f"/api/v1/tags/dma-01.p1/history{query}&points=60")).json()
    assert whole["v"] == [s.v for s in samples]
    assert len(few["t"]) == len(few["v"]) == len(few["q"]) <= 60
    assert few["t"] == sorted(few["t"])
    assert {-7.0, 99.0, None} <= set(few["v"])
    assert few["q"][few["v"].index(None)] == int(Status.BAD_SENSOR_FAILURE)
    assert all(RFC3339.fullmatch(t) for t in few["t"])


async def test_history_takes_local_times_and_refuses_what_is_none(hub: Hub):
    path = "/api/v1/tags/dma-01.p1/history"
    async with hub.as_(Role.VIEWER) as client:
        local = await client.get(path, params={"start": "2026-11-22T22:10:00+08:00"})
        assert local.json()["start"] == "2026-11-22T14:10:00Z"
        for wrong in (
            {"start": "yesterday"},
            {"end": "2026-11-22"},
            {"end": "1969-12-31T00:00:00Z"},
            {"start": "2026-11-22T14:10:00Z", "end": "2026-11-22T14:10:00Z"},
            {"points": "0"},
        ):
            answer = await client.get(path, params=wrong)
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert (await client.get("/api/v1/tags/none/history")).status_code == 404


async def test_a_zone_now(hub: Hub):
    hub.sees(
        Sample("dma-01.inflow", T0, 72.0),
        Sample("dma-01.p1", T0, 20.0),
        Sample("dma-01.p2", T0, None, Status.BAD_TIMEOUT),
        Sample("q-01.free_chlorine", T0, 0.4),
    )
    async with hub.as_(Role.HOTLINE) as client:
        seen_by_hotline = {z["id"]: z for z in (await client.get("/api/v1/zones")).json()["items"]}
    async with hub.as_(Role.KIOSK) as client:
        zone = (await client.get("/api/v1/zones")).json()["items"][0]
    assert zone["inflow_m3h"] == 72.0
    assert seen_by_hotline["dma-01"]["inflow_m3h"] is None
    assert zone["pressure_m"] == {"lowest": 20.0, "at": "dma-01.p1", "mean": 20.0, "usable": 1, "all": 2}
    assert [(r["tag"], r["v"]) for r in zone["quality"]] == [("q-01.free_chlorine", 0.4)]
    assert zone["sensors"] == {"usable": 3, "all": 4}
    assert seen_by_hotline["dma-02"]["pressure_m"] is None


async def test_the_drawing_is_asked_for_once(hub: Hub):
    async with hub.as_(Role.KIOSK) as client:
        answer = await client.get("/api/v1/network")
        etag = answer.headers["etag"]
        again = await client.get("/api/v1/network", headers={"If-None-Match": etag})
        fixed = await client.get("/api/v1/network", params={"v": etag.strip('"')})
        plain = await client.get("/api/v1/network", headers={"Accept-Encoding": "identity"})
    drawing = answer.json()
    assert drawing == plain.json()
    assert drawing["nodes"]["x"] == [0.0, 100.0, 200.0, 100.0]
    assert drawing["links"]["a"] == [0, 1, 1]
    assert drawing["links"]["vertices"][0] == [50.0, 20.0]
    assert "meter.M000001" not in answer.text
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" in fixed.headers["cache-control"]
    assert "immutable" not in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/api/v1/tags", 405),
        ("GET", "/api/v1/tags?limit=x", 422),
        ("GET", "/api/v1/tags/a%20b/history", 422),
        ("GET", "/api/v1/alarms?state=WORRIED", 422),
        ("POST", "/api/v1/alarms/none/ack", 422),
        ("GET", "/api/v1/incidents/none", 404),
    ],
)
async def test_every_error_is_a_problem_document(hub: Hub, method, path, status):
    async with hub.as_(Role.OPERATOR) as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "reason"} <= set(body)


async def test_a_body_beyond_all_reason_is_refused(hub: Hub):
    async with hub.as_(Role.OPERATOR) as client:
        body = {"occurrence": 1, "seq": 1, "x": "x" * 100_000}
        answer = await client.post("/api/v1/alarms/none/ack", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/me", "/nothing", "/sign-in", "/api/v1/network"])
async def test_every_answer_carries_the_headers(hub: Hub, path):
    async with hub.as_(Role.VIEWER) as client:
        headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "HERE"}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
    ],
)
async def test_a_command_from_a_foreign_page_is_refused(hub: Hub, headers, taken):
    await hub.raised("dma-01.low", zone="dma-01")
    headers = {name: value.replace("HERE", hub.url) for name, value in headers.items()}
    async with hub.as_(Role.OPERATOR) as client:
        body = {"occurrence": 1, "seq": 1}
        answer = await client.post("/api/v1/alarms/dma-01.low/ack", json=body, headers=headers)
    assert answer.status_code == (200 if taken else 403)
    assert "content-security-policy" in answer.headers


async def test_the_interface_describes_itself(hub: Hub):
    async with hub.as_(None) as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert paths["/api/v1/alarms/{id}/ack"]["post"]["x-permission"] == "acknowledge"


async def test_a_page_without_a_session_leads_to_the_sign_in(hub: Hub):
    async with hub.as_(None) as client:
        html = {"Accept": "text/html"}
        page = await client.get("/wall?view=zone-1", headers=html)
        data = await client.get("/api/v1/tags", headers=html)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2Fwall%3Fview%3Dzone-1")
    assert data.status_code == 401


async def test_what_fails_inside_is_a_problem_too_and_says_nothing_of_the_inside(hub: Hub, monkeypatch):
    async def broken() -> int:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(hub.deps.ledger, "last_event", broken)
    async with hub.as_(None) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_a_body_of_unknown_length_is_refused(hub: Hub):
    async def endless():
        yield b"{}"

    async with hub.as_(Role.OPERATOR) as client:
        answer = await client.post("/api/v1/alarms/none/ack", content=endless())
    assert answer.status_code == 411
