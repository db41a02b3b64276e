"""F08: the store commits, and its answer is lost: the same is sent again, and nothing is there twice."""

import uuid

import pytest

from core.model.conservation import Fate
from tests.faults.influx_house import house, tags
from tests.servers.http_proxy import Act, proxy


@pytest.mark.parametrize("bytes_through", [0, 9], ids=["nothing", "half a status line"])
async def test_a_lost_reply_is_sent_again_and_the_count_is_unchanged(tmp_path, influx, bytes_through):
    bucket, lose = f"f08-{uuid.uuid4()}", [1]
    influx.bucket(bucket)

    def rule(request):
        if request.write and lose[0]:
            lose[0] -= 1
            return Act(limit=bytes_through)
        return None

    async with (
        proxy(influx.url, rule) as door,
        house(tmp_path, door.url, influx.token, influx.org, bucket, tags(500)) as one,
    ):
        await one.tick()
        await one.drained(30)
        facts = await one.all_there()
        assert len(door.writes) == 2
        bodies = {seen.request.body for seen in door.writes}
        assert len(bodies) == 1
        assert facts.count(Fate.STORED) == 500
        counted = influx.query(
            f'from(bucket: "{bucket}") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "sample"'
            ' and r._field == "v") |> group() |> count() |> keep(columns: ["_value"])'
        )
        assert ",500" in counted
