"""WQ-25: what readers get through a shared cache that keeps every answer as long as it may."""

import httpx

from core.model.clock import Anchor
from tests.public_portal import samples
from tests.public_portal.shared_cache import SharedCache

OLDEST_S = 15.0


def test_an_answer_with_notices_is_never_older_than_15_s(portal, put):
    """The old answer was fetched just before the notice came, and asked for once more meanwhile, whenever."""
    seq = 0
    for path in ("/", "/area/dma-01", "/api/v1/latest"):
        for asked_after_s in (0.0, 1.0, 4.9, 5.1, 9.0, 14.9, 15.1, 40.0):
            now_s = [0.0]
            cache = SharedCache(lambda path, known: portal.get(path, headers=known), lambda at=now_s: at[0])
            put(samples.ordinary(seq + 1))
            assert "NTC-20261122-00001" not in cache.get(path).text
            put(samples.burst(seq + 2))
            seq += 2
            now_s[0] = asked_after_s
            cache.get(path)
            now_s[0] = max(asked_after_s + 0.001, OLDEST_S)
            assert "NTC-20261122-00001" in cache.get(path).text, (path, asked_after_s)


def test_a_surge_of_readers_is_one_question_each_five_seconds(portal, put):
    now_s = [0.0]
    cache = SharedCache(lambda path, known: portal.get(path, headers=known), lambda: now_s[0])
    put(samples.burst())
    for second in range(60):
        now_s[0] = float(second)
        for _ in range(200):
            cache.get("/")
    assert cache.asked <= 13


def test_with_hub_and_portal_gone_for_24_h_the_last_page_is_still_given(portal, put):
    """With the hub alone gone the portal itself says how old its data are (`test_stale_data_…`)."""
    gone, now_s = [False], [0.0]

    def origin(path: str, known: dict[str, str]) -> httpx.Response:
        if gone[0]:
            raise httpx.ConnectError("nobody there")
        return portal.get(path, headers=known)

    cache = SharedCache(origin, lambda: now_s[0])
    put(samples.burst())
    cache.get("/")
    gone[0] = True
    now_s[0] = 86_000.0
    assert cache.get("/").status_code == 200


def test_a_hub_gone_for_24_h_leaves_notices_and_how_old_they_are(portal, put):
    """By the snapshot's own clock; no reading is shown, and nothing is called normal."""
    put(samples.ordinary(notices=(samples.notice(),), clock=Anchor(0, samples.NOW + 24 * samples.HOUR, 0.0)))
    page = portal.get("/").text
    assert "最近一次更新是24小时前" in page and "人民路供水管道抢修" in page
    assert "未见异常" not in page and 'class="value">0' not in page
