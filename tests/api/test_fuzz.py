"""Whatever is sent, nothing fails inside: no 5xx, no trace of the program, every error a problem document."""

import re

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import DOORS
from tests.api.hub_at_work import PASSWORD, hub_at_work

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "user",
        "password",
        "tel",
        "account",
        "address",
        "occurrence",
        "seq",
        "crew",
        "note",
        "new_password",
        "scope",
        "subject",
        "until",
    ]
)
NAMES = st.sampled_from(
    [
        "start",
        "end",
        "points",
        "limit",
        "after",
        "state",
        "zone",
        "quantity",
        "incident",
        "since",
        "v",
        "lang",
    ]
)
DOOR = st.sampled_from([door for door in DOORS if door.path not in ("/api/v1/events", "/api/v1/session")])
REQUESTS = st.tuples(
    DOOR,
    st.sampled_from(["dma-01.p1", "dma-01.low", "x"]) | TEXT.filter(lambda t: t.strip("./ ")),
    st.dictionaries(NAMES, TEXT | st.integers().map(str), max_size=3),
    st.dictionaries(FIELDS, VALUES, max_size=4) | VALUES,
)


async def test_nothing_that_is_sent_breaks_it(tmp_path):
    async with hub_at_work(tmp_path) as hub, hub.as_("duty_manager") as client:
        await hub.raised("dma-01.low", zone="dma-01")
        sent: list[tuple] = []

        @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(REQUESTS)
        def gather(request):
            sent.append(request)

        gather()
        for door, id, query, body in sent:
            path = re.sub(
                r"{\w+}", lambda _, id=id: httpx.URL("/").join(_quoted(id)).raw_path.decode()[1:], door.path
            )
            answer = await client.request(door.method, path, params=query, content=_json(body), headers=JSON)
            assert answer.status_code < 500, (door.method, path, query, body, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["content-type"] == "application/problem+json", (path, answer.text)
            assert "Traceback" not in answer.text
        assert (await client.post("/api/v1/session", json={"user": "admin", "password": PASSWORD})).is_success


JSON = {"Content-Type": "application/json"}


def _quoted(id: str) -> str:
    return "/" + "".join(f"%{byte:02X}" for byte in id.encode())


def _json(body: object) -> bytes:
    import json

    return json.dumps(body).encode()
