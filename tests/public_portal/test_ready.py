"""WQ-25: answers made once for a snapshot and a moment, beside those that the application makes each time."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from starlette.responses import Response

from core.model.clock import Anchor
from core.model.snapshot import PublicDocument
from public_portal.ready import Ready
from public_portal.responses import NOW
from public_portal.server import build
from public_portal.signing import public_key_of
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.recorded_days import with_record

NOTICE = "/n/NTC-20261122-00001"
RECORD = "/area/dma-02/history"
PAGES = [
    *("/", "/?lang=en", "/?lang=zh", "/area/dma-01", "/area/dma-07?lang=en", NOTICE, f"{NOTICE}/v1"),
    *("/n/INC-20261122-00003", "/en/n/INC-20261122-00003?size=large", f"/zh{NOTICE}"),
    *(
        "/verify",
        "/about",
        "/planned",
        "/accessibility?lang=en",
        "/static/portal.css",
        "/static/drop.svg",
        "/api/v1/latest",
        "/feed/zh.atom",
    ),
    *("/planned", "/accessibility?lang=en", "/?size=large", "/?size=huge", f"{NOTICE}?size=large&lang=en"),
    *(RECORD, f"{RECORD}?parameter=turbidity", f"{RECORD}?day=2026-11-21&parameter=ph&lang=en"),
    *(f"{RECORD}.csv", f"{RECORD}.csv?month=2026-11", "/area/dma-02/corrections.csv", "/feed/a.pdf"),
]
QUESTIONS = [
    *("/?q=人民路44号", "/verify?q=NTC-1", "/api/v1/affected?address=人民路", "/healthz", "/zh/t"),
    *(f"/zh/t/{samples.TOKEN}", "/area/dma-99", "/nothing", f"{RECORD}?day=2026-01-01", "/?lang=en&lang=zh"),
]
ALIKE = ("content-type", "cache-control", "etag", "vary", "content-security-policy", "content-disposition")


@pytest.fixture
def told(store, put):
    """A day with everything that is ever shown."""
    files = (
        PublicDocument(path="feed/zh.atom", media="application/atom+xml", content=b"<feed/>" * 200),
        PublicDocument(path="feed/a.pdf", media="application/pdf", content=bytes(3000)),
    )
    put(with_record(store, replace(samples.burst(), documents=files)))


def slow(path: str) -> str:
    """The same address as one that goes through: nothing reads `x`."""
    return f"{path}{'&' if '?' in path else '?'}x=1"


def test_what_is_kept_is_byte_for_byte_what_would_be_made(portal, told):
    for path in PAGES:
        for language in ("zh-CN", "en"):
            alike(portal, path, {"accept-language": language, "accept-encoding": "identity"})


def alike(portal: httpx.Client, path: str, headers: dict[str, str]) -> None:
    made = portal.get(slow(path), headers=headers)
    assert made.status_code == 200, path
    for _ in range(2):
        kept = portal.get(path, headers=headers)
        assert kept.content == made.content, path
        assert {n: kept.headers.get(n) for n in ALIKE} == {n: made.headers.get(n) for n in ALIKE}
        packed = portal.get(path, headers=headers | {"accept-encoding": "br, gzip;q=0.8"})
        assert packed.content == made.content, "httpx unpacks it"
        if packed.headers.get("content-encoding") == "gzip":
            assert packed.headers["etag"] == made.headers["etag"][:-1] + '-gzip"'
            assert int(packed.headers["content-length"]) < len(made.content)
        head = portal.head(path, headers=headers)
        assert (head.content, head.headers["content-length"]) == (b"", str(len(made.content)))


def test_pages_and_feeds_are_packed_and_posters_are_not(portal, told):
    for path, packed in {
        "/": True,
        "/feed/zh.atom": True,
        f"{RECORD}.csv": True,
        "/feed/a.pdf": False,
    }.items():
        answer = portal.get(path, headers={"accept-encoding": "gzip"})
        assert (answer.headers.get("content-encoding") == "gzip") is packed, path
        assert "gzip" not in portal.get(path, headers={"accept-encoding": "gzip;q=0"}).headers.get(
            "content-encoding", ""
        )


def test_whoever_has_it_gets_no_body_and_only_in_the_encoding_he_has(portal, told):
    for path in PAGES:
        for encoding in ("identity", "gzip"):
            unchanged(portal, path, encoding)


def unchanged(portal: httpx.Client, path: str, encoding: str) -> None:
    first = portal.get(path, headers={"accept-encoding": encoding})
    known = {"accept-encoding": encoding, "if-none-match": f'"other", W/{first.headers["etag"]}'}
    again = portal.get(path, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control", "vary"):
        assert again.headers[name] == first.headers[name]
    if "content-encoding" in first.headers:
        assert portal.get(path, headers=known | {"accept-encoding": "identity"}).status_code == 200


def test_questions_numbers_and_what_is_not_there_are_never_kept(store, told):
    app = build(store, public_key_of(samples.KEY))
    with serving(app) as at, httpx.Client(base_url=at, verify=False) as client:
        for path in QUESTIONS:
            assert client.get(path).content == client.get(path).content, path
        for _ in range(2):
            assert client.post("/").status_code == 405
    facts = app.state.ready
    assert (facts.given, facts.bytes) == (0, 0)


def test_a_part_that_fails_its_check_is_looked_for_with_each_request(portal, store, put, tmp_path):
    snapshot = with_record(store, samples.ordinary())
    put(snapshot)
    lying = {
        ref.sha256: tmp_path / "public" / "parts" / ref.sha256
        for ref in snapshot.parts
        if "dma-02" in ref.name
    }
    (path,) = lying.values()
    content = path.read_bytes()
    path.write_bytes(b"rubbish")
    refused = portal.get(RECORD)
    assert refused.headers["cache-control"] == "no-store" and refused.status_code == 200
    path.write_bytes(content)
    assert "20个小时有值" in portal.get(RECORD).text


def test_each_is_made_once_until_a_newer_snapshot_or_the_next_minute(store, put):
    now = [0]
    app = build(store, public_key_of(samples.KEY), real_ns=lambda: now[0])
    put(samples.ordinary(clock=Anchor(0, samples.NOW + 5 * samples.S, 1.0)))
    with serving(app) as at, httpx.Client(base_url=at, verify=False) as client:
        for _ in range(3):
            assert "刚刚" in client.get("/").text
        assert (app.state.ready.made, app.state.ready.given) == (1, 2)
        now[0] = 61 * samples.S
        assert "1分钟前" in client.get("/").text
        put(samples.burst(2))
        assert "人民路供水管道抢修" in client.get("/").text
    assert (app.state.ready.made, app.state.ready.given) == (3, 2)


def test_a_passed_time_shows_with_the_next_request_not_with_the_next_minute(store, put):
    """Water is promised back 12.5 s from now; the page says `overdue` from then on."""
    now = [0]
    due = samples.notice(eta_earliest_ns=samples.NOW, eta_latest_ns=samples.NOW + 12_500_000_000)
    put(samples.ordinary(clock=Anchor(0, samples.NOW + samples.S, 1.0), notices=(due,)))
    app = build(store, public_key_of(samples.KEY), real_ns=lambda: now[0])
    with serving(app) as at, httpx.Client(base_url=at, verify=False) as client:
        assert "已超过预计时间" not in client.get(NOTICE).text
        now[0] = 12 * samples.S
        assert "已超过预计时间" in client.get(NOTICE).text


async def _asked(app: Ready, path: str, query: str = "") -> list[dict]:
    said: list[dict] = []

    async def send(message: dict) -> None:
        said.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": []}
    await app(scope, lambda: asyncio.sleep(0), send)
    return said


async def _page(scope, receive, send) -> None:
    headers = {"Cache-Control": NOW, "ETag": '"1"'}
    await Response(b"a" * 1000, 200, headers)(scope, receive, send)


async def test_memory_is_bounded_and_addresses_that_mean_the_same_take_no_room():
    app = Ready(_page, lambda: 1, most_bytes=10 * 4000)
    for n in range(1000):
        await _asked(app, f"/n/{n}")
    assert 0 < app.facts.bytes <= 40_000
    few = Ready(_page, lambda: 1)
    for n in range(1000):
        await _asked(few, "/", f"lang=x{n}")
        await _asked(few, "/", f"lang=zh&size={n}")
        await _asked(few, "/", f"nonce={n}")
    assert few.facts.bytes == 2 * (1024 + 2000)
    assert few.facts.given == 1998


async def test_what_is_used_stays_while_the_longest_unused_goes():
    app = Ready(_page, lambda: 1, most_bytes=4 * 3024)
    for n in range(50):
        await _asked(app, "/")
        await _asked(app, f"/n/{n}")
    assert app.facts.given == 49


async def test_an_answer_that_a_newer_snapshot_overtook_is_not_kept():
    moment = [1]

    async def slow_page(scope, receive, send) -> None:
        moment[0] += 1
        await _asked(app, "/other")
        await _page(scope, receive, send)

    async def other(scope, receive, send) -> None:
        await (_page if scope["path"] == "/other" else slow_page)(scope, receive, send)

    app = Ready(other, lambda: moment[0])
    await _asked(app, "/")
    assert app.facts.bytes == 3024, "only the other one, of the newer moment"
