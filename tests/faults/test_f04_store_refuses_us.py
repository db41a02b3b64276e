"""F04: token revoked, right to write taken, bucket gone: all is held and told, and goes on when mended."""

import time
import uuid

import pytest

from core.ports.historian import HistorianUnavailable, Hold
from tests.faults.influx_house import house, tags, tick


@pytest.fixture
def bucket(influx):
    name = f"f04-{uuid.uuid4()}"
    return name, influx.bucket(name)


def org_id(influx):
    return influx.api("GET", f"/api/v2/orgs?org={influx.org}")["orgs"][0]["id"]


def token_for(influx, bucket_id, *actions):
    wanted = [{"action": one, "resource": {"type": "buckets", "id": bucket_id}} for one in actions]
    made = influx.api("POST", "/api/v2/authorizations", json={"orgID": org_id(influx), "permissions": wanted})
    return made["id"], made["token"]


async def cause(one):
    with pytest.raises(HistorianUnavailable) as refused:
        await one.historian.write([tick(("probe",), time.time_ns())])
    return refused.value.cause


async def test_a_revoked_token_holds_everything_and_is_told_until_it_is_valid_again(tmp_path, influx, bucket):
    name, bucket_id = bucket
    id, token = token_for(influx, bucket_id, "read", "write")
    async with house(tmp_path, influx.url, token, influx.org, name, tags(20)) as one:
        await one.tick()
        await one.drained(20)
        influx.api("PATCH", f"/api/v2/authorizations/{id}", json={"status": "inactive"})
        await one.feed(1, every_s=0.2)
        assert "403" in await one.trouble("token is inactive")
        assert await cause(one) is Hold.TOKEN
        assert (await one.facts()).behind["recorder"] >= 20
        influx.api("PATCH", f"/api/v2/authorizations/{id}", json={"status": "active"})
        await one.drained(30)
        await one.all_there()


async def test_a_token_that_is_replaced_in_its_file_is_taken_up_without_a_restart(tmp_path, influx, bucket):
    name, bucket_id = bucket
    file = tmp_path / "influx.token"
    async with house(tmp_path, influx.url, "revoked", influx.org, name, tags(20), token_file=file) as one:
        file.write_text("revoked")
        await one.tick()
        assert "401" in await one.trouble("401")
        file.write_text(token_for(influx, bucket_id, "read", "write")[1] + "\n")
        await one.drained(30)
        await one.all_there()


async def test_a_token_that_may_only_read_holds_everything(tmp_path, influx, bucket):
    name, bucket_id = bucket
    _, token = token_for(influx, bucket_id, "read")
    async with house(tmp_path, influx.url, token, influx.org, name, tags(20)) as one:
        await one.tick()
        assert "403" in await one.trouble("403")
        assert await cause(one) is Hold.TOKEN
        assert (await one.facts()).behind["recorder"] == 20


async def test_a_bucket_that_is_gone_holds_everything_until_it_is_made_again(tmp_path, influx, bucket):
    name, bucket_id = bucket
    async with house(tmp_path, influx.url, influx.token, influx.org, name, tags(20)) as one:
        await one.tick()
        await one.drained(20)
        influx.api("DELETE", f"/api/v2/buckets/{bucket_id}")
        one.put.clear()
        before = (await one.facts()).received
        await one.feed(1, every_s=0.2)
        assert "404" in await one.trouble("404")
        assert await cause(one) is Hold.BUCKET
        influx.bucket(name)
        await one.drained(30)
        facts = await one.facts()
        assert facts.received == before + 20 * len(one.put)
        series = await one.historian.read(one.names[7], min(one.put), max(one.put) + 1)
        assert set(series.t_ns.tolist()) == one.put
