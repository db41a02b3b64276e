"""Feeds, calendars, map files and posters of a portal that is cut off from the hub."""

import re
import time
from dataclasses import replace
from datetime import datetime
from functools import partial

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.bulletin import Bulletin
from core.model.text import Text
from public_portal.server import build
from public_portal.signing import public_key_of
from public_portal.turning import Turning
from response.bulletins import turned
from response.renderings import atom, ical, rss
from response.renderings.feed import Site
from response.renderings.geojson import geojson
from tests.hands import Hands
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.whole_utility import Utility
from tests.response import little_town as town
from tests.response.bulletins import T0, any_bulletin
from tests.response.every_rendering import pdf_text
from tests.response.read_back import times_zh

PUBLIC = public_key_of(samples.KEY)
ROOT = "/n/NTC-20261122-00001"
WORDS = [f"/feed/{lang}.{kind}" for lang in ("zh", "en") for kind in ("atom", "rss", "ics")]
MAPS = ["/feed/notices.geojson", f"{ROOT}/area.geojson"]
POSTERS = [f"{ROOT}/poster-{lang}.pdf" for lang in ("zh", "en")]
PATHS = [*WORDS, f"{ROOT}/zh.ics", *POSTERS, *MAPS]
_LIVES = re.compile(rb"<updated>[^<]*</updated>|<lastBuildDate>[^<]*</lastBuildDate>")


SITE = Site("https://water.example.cn", Text("示例水务", "Example Water"), "notice@water.example.cn")
MADE = {
    "atom": partial(atom.atom, site=SITE, lang="zh", made_ns=T0),
    "rss": partial(rss.rss, site=SITE, lang="en", made_ns=T0),
    "ics": partial(ical.ical, site=SITE, lang="zh"),
    "geojson": geojson,
}


@settings(max_examples=40, deadline=None)
@given(found=st.lists(any_bulletin(), min_size=1, max_size=4), kind=st.sampled_from(sorted(MADE)))
def test_on07_of_many_notices_each_turns_at_its_own_time(found: list[Bulletin], kind: str) -> None:
    current = [replace(b, number=f"NTC-20261122-{n:05d}") for n, b in enumerate(found)]
    turning, made = Turning(), MADE[kind]
    times = sorted({from_ns for b in current for from_ns, _ in turned(b)})
    for _ in range(2):
        document = turning.file("f", "text/plain", made, current)
        assert document.content == made(current)
        for now_ns in (T0, *times):
            then = [next((form for t, form in reversed(turned(b)) if t <= now_ns), b) for b in current]
            assert document.as_of(now_ns).content == made(then)


LATE_WORDS = {
    "eta_latest": ("已超过预计时间，正在重新评估", "overdue, being assessed again"),
    "next_update": ("通报逾期未发", "it was due by"),
}


async def files(client: httpx.AsyncClient) -> dict[str, bytes]:
    """Without when the hub was last heard of, which stands first in a feed."""
    return {path: _LIVES.sub(b"", (await client.get(path)).content, count=1) for path in PATHS}


@pytest.mark.parametrize("passed", ["next_update", "eta_latest"])
async def test_on07_cut_off_from_the_hub_feeds_and_calendars_say_by_themselves_what_has_passed(
    utility: Utility, passed: str
) -> None:
    """To the byte what the hub would have sent then. A map says when an update is due, passed or not."""
    await utility.response().handle([await town.report(utility.ledger, town.burst())])
    await utility.publish_notice()
    utility.clock = clock = Hands(town.T0)
    clock.to(town.T0, speed=1.0)
    real_ns, began = [time.time_ns()], clock.anchor
    await utility.publisher().publish()
    with serving(build(utility.store, PUBLIC, real_ns=lambda: real_ns[0])) as address:
        async with httpx.AsyncClient(verify=False, base_url=address, timeout=20, trust_env=False) as client:
            due = datetime.fromisoformat((await client.get(f"{ROOT}/v1.json")).json()[passed])
            first = await files(client)
            then_ns = round(due.timestamp()) * town.S + town.S
            real_ns[0] = began.real_ns + then_ns - began.sim_ns
            alone = await files(client)
            clock.to(then_ns)
            await utility.publisher().publish()
            assert alone == await files(client)
    for path, late in zip(POSTERS, LATE_WORDS[passed], strict=True):
        said = [pdf_text(files[path]).replace("\n", "") for files in (first, alone)]
        assert [late in text for text in said] == [False, True]
        assert not times_zh(said[1], then_ns) & {round(due.timestamp()) * town.S} or passed == "next_update"
    turned = {path for path in PATHS if alone[path] != first[path]}
    assert turned == set(PATHS) - (set(MAPS) if passed == "next_update" else set())
