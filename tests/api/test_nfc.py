"""X-03: whatever people, the exchange or files write, and however it was typed, is kept in Unicode NFC."""

import ast
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.typed import TypedRequest
from api.wire import rfc3339
from core.model.account import Role
from core.model.text import composed
from hub.alarms_csv import _text
from hub.csv_rows import cells_of
from hub.yaml_lines import load
from tests.api.hub_at_work import hub_at_work
from tests.api.test_cti import EXCHANGE, URL
from tests.api.test_records import order, put

ROOT = Path(__file__).parents[2]
HOUR_NS = 3600 * 10**9
MARKS = "\u0301\u0308\u030a\u0323\u0327\u0338\u3099\u1161\u11a8"
"""Combining marks, and the vowels and finals of Hangul, that have composed forms with what stands before."""
BASES = "eAoşか\u1100\u212b\u2126\ufa1a\ufa0c神人路号"
"""Letters that take them, and characters that NFC puts others in the place of (Å, Ω, 祥, 兀)."""
TEXT = st.text(st.sampled_from(MARKS + BASES + "1 ") | st.characters(codec="utf-8"), min_size=1, max_size=30)
JSON = st.recursive(
    TEXT | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)
)
HANDLES = {"cti.py": "body form", "delivery.py": "body", "photos.py": "stream"}
"""Routes that read what was sent by themselves: the exchange's and providers', which bring fields to NFC,
and files."""


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from (name, *texts(part))
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


@given(JSON)
def test_every_text_and_name_of_what_was_sent_is_nfc(value: object) -> None:
    assert all(unicodedata.is_normalized("NFC", text) for text in texts(composed(value)))
    assert composed(composed(value)) == composed(value)


@pytest.mark.parametrize("deep", [700, 1500])
async def test_what_is_nested_too_deep_to_be_composed_is_so_however_often_it_is_asked_for(deep: int) -> None:
    body = b"[" * deep + b'"A\xcc\x8a"' + b"]" * deep

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    asked, said = TypedRequest({"type": "http", "headers": []}, receive), []
    for _ in range(2):
        try:
            await asked.json()
        except RecursionError:
            said.append("too deep")
        else:
            said.append("told")
    assert said[0] == said[1]


def test_routes_take_what_was_sent_through_the_one_door() -> None:
    found = {}
    for file in sorted((ROOT / "api" / "routes").glob("*.py")):
        calls = [n.func for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Call)]
        named = {f.attr for f in calls if isinstance(f, ast.Attribute) and ast.unparse(f.value) == "request"}
        if reading := named & {"body", "form", "stream", "json"}:
            found[file.name] = " ".join(sorted(reading))
    assert found == HANDLES


def commands(text: str, n: int, now_ns: int) -> list[tuple[str, str, str, dict]]:
    """Every kind of text that people write, and by whom."""
    words = {"zh": text, "en": text}
    ends = rfc3339(now_ns + HOUR_NS)
    draft = {
        "kind": "planned_outage",
        "scope": {"streets": ["s-1"]},
        **dict.fromkeys(("title", "place", "description", "reason", "advice"), words),
        "starts": ends,
        "estimate": {"latest": rfc3339(now_ns + 2 * HOUR_NS), "basis": words},
        "water_points": [
            {"name": words, "kind": "tanker", "state": "planned", "hours": words, "note": words}
        ],
        "approval": text,
        "late_reason": text,
    }
    report = {"symptom": "other", "text": text, "address": text, "outlets": text, "apart": True}
    kept = {"zones": ["dma-01"], "tags": [], "rows": [], "end": ends, "who": text, "work": text, "note": text}
    return [
        (Role.OPERATOR, "POST", "/api/v1/work-orders", {"service": "leak", "zone": "dma-01", "text": text}),
        (Role.DISPATCHER, "PUT", f"/api/v1/work-orders/WO-1/notes/n-{n}", {"text": text}),
        (Role.HOTLINE, "POST", "/api/v1/hotline/reports", report),
        (Role.OPERATOR, "POST", "/api/v1/notices", draft),
        (Role.OPERATOR, "POST", "/api/v1/activities", {"kind": "flushing", **kept}),
        (Role.OPERATOR, "POST", "/api/v1/maintenance",
         {"scope": "tag", "subject": "dma-01.p1", "until": ends, "note": text}),
        (Role.DUTY_MANAGER, "POST", "/api/v1/flow-locks",
         {"kind": "crew", "subject": "crew-2", "reason": text}),
        (Role.OPERATOR, "POST", "/api/v1/alarms/dma-01.low/shelve", {"until": ends, "reason": text}),
        (Role.DISPATCHER, "POST", "/api/v1/work-orders/WO-1/assign", {"crew": "crew-1", "note": text}),
    ]  # fmt: skip


async def send(client: httpx.AsyncClient, method: str, path: str, body: dict) -> int:
    escaped = json.dumps(body).encode()
    answer = await client.request(method, path, content=escaped, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, answer.text
    return answer.status_code


async def test_x_03_whatever_is_typed_is_kept_in_nfc(tmp_path: Path) -> None:
    some: list[str] = ["Re\u0301parations de\u0301ja\u0300 か\u3099 \ufa1a 人民路"]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(TEXT)
    def gather(text: str) -> None:
        some.append(text)

    gather()
    done: set[str] = set()
    async with hub_at_work(tmp_path, telephony=EXCHANGE) as hub:
        await put(hub, order("WO-1"))
        await hub.raised("dma-01.low", zone="dma-01")
        roles = {role: hub.as_(role) for role in (*Role, None)}
        clients = {role: await roles[role].__aenter__() for role in roles}
        for n, text in enumerate(some):
            for role, method, path, body in commands(text, n, hub.deps.clock.now_ns()):
                if await send(clients[role], method, path, body) < 300:
                    done.add(path.partition("/notes/")[0])
            call = {
                "event": "newCall",
                "callId": f"c{n}{text}",
                "from": text,
                "to": text,
                "queue": text,
                "user": text,
            }
            for more in ({"json": call}, {"data": call}):
                assert (await clients[None].post(URL, **more)).status_code == 200
        for one in roles.values():
            await one.__aexit__(None, None, None)
    assert {path.partition("/notes/")[0] for _, _, path, _ in commands("", 0, HOUR_NS)} - done == set()
    kept = list(stored(tmp_path / "ledger.db"))
    assert any("Réparations déjà が 祥 人民路" in text for text in kept), "it was kept"
    assert [text for text in kept if not unicodedata.is_normalized("NFC", text)] == []


def stored(file: Path) -> Iterator[str]:
    """Every text in every table, those inside JSON too."""
    with closing(sqlite3.connect(file)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in db.execute(f'SELECT * FROM "{table}"'):
                for cell in row:
                    if isinstance(cell, str):
                        yield from texts(orjson.loads(cell) if cell.startswith(("{", "[")) else cell)


def test_x_03_files_are_read_in_nfc(tmp_path: Path) -> None:
    decomposed, composed_ = "Re\u0301servoir か\u3099", "Réservoir が"
    file = tmp_path / "x.csv"
    file.write_text(f"id,name_zh,name_en\nz,{decomposed},{decomposed}\n", encoding="utf-8")
    ((_, cells),) = cells_of(file, [])
    assert cells["name"] == {"zh": composed_, "en": composed_}
    assert composed_ in (_text(file, []) or "")
    file.write_text(f"name: {decomposed}\n", encoding="utf-8")
    assert load(file).value == {"name": composed_}
