"""F03: the store fails a second and works a second, with 503, or with 429 and Retry-After."""

import time
import uuid

import pytest

from tests.faults.forms import form
from tests.faults.influx_house import house, tags
from tests.servers.http_proxy import Act, proxy

RUN_S = form(5.0, 120.0)


@pytest.mark.parametrize(
    "act", [Act(status=503), Act(status=429, headers=(("Retry-After", "2"),))], ids=["503", "429"]
)
async def test_a_flapping_store_is_asked_once_a_second_at_most_and_loses_nothing(tmp_path, influx, act):
    bucket, started = f"f03-{uuid.uuid4()}", time.monotonic()
    influx.bucket(bucket)

    def flapping(request):
        failing = int(time.monotonic() - started) % 2 == 0 and time.monotonic() - started < RUN_S + 2
        return act if failing and request.write else None

    async with (
        proxy(influx.url, flapping) as door,
        house(tmp_path, door.url, influx.token, influx.org, bucket, tags(200)) as one,
    ):
        await one.feed(RUN_S, every_s=0.2)
        await one.drained(60)
        await one.all_there()
        refused = [seen.at for seen in door.writes if seen.act]
        assert refused
        for at in refused:
            assert sum(at <= other < at + 0.95 for other in refused) <= 1
        waited = 2.0 if act.status == 429 else 0.0
        after = [min((w.at for w in door.writes if w.at > at), default=at + 9) - at for at in refused]
        assert min(after) >= waited - 0.05
