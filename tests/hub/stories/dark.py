"""E2E-6: the store of samples stops answering, then the way to the hub is cut. The card, orders, notices and
the portal go on, say how old what they know is, and the agent's page still has the paper pack."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import yaml
from pypdf import PdfReader

from simulators.record import Samples
from tests.hub.running_demo import RunningDemo, fetched, items, until
from tests.hub.stories.screen import page_of
from tests.servers import influxdb

DEMO = Path(__file__).parents[3] / "configs" / "demo"
BUCKET = "samples"
DAYS = 15
PATIENCE_S = 90.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A demo that was: how long its end took, the orders there were, and the past around a caller."""

    within_s: float
    orders: list[Json]
    past: Samples


def store(folder: Path) -> Iterator[influxdb.InfluxServer | None]:
    """A real one of our own, since it will be stopped; None where none is built."""
    program = influxdb.binary()
    server = influxdb.start(program, folder) if program else None
    if server:
        influxdb.first(server)
    yield server
    if server:
        influxdb.stop(server)


def on_influxdb(data: Path, server: influxdb.InfluxServer, past: Samples) -> None:
    """A configuration in the demo's data folder, which it then runs on, and what it takes over."""
    past.save(data / "history" / "past.npz")
    server.bucket(BUCKET)
    config = data / "config"
    shutil.copytree(DEMO, config)
    token = config / "influx.token"
    token.write_text(server.token)
    token.chmod(0o400)
    file = config / "hub.yaml"
    store = {
        "type": "influx",
        "url": server.url,
        "org": server.org,
        "bucket": BUCKET,
        "token_file": token.name,
    }
    hub = yaml.safe_load(file.read_text()) | {"historian": store}
    file.write_text(yaml.safe_dump(hub, allow_unicode=True))


def past_of(client: httpx.Client, account: str) -> Samples:
    """What the hub knows of two weeks of the instruments around an account, hour by hour."""
    card = client.post("/api/v1/hotline/card", json={"account": account}).json()
    tags = tuple(row["tag"] for row in card["sensors"])
    end = datetime.fromisoformat(card["as_of"])
    asked = {"start": (end - timedelta(days=DAYS)).isoformat(), "end": end.isoformat(), "points": DAYS * 48}
    n, t, v = list[int](), list[int](), list[float]()
    for i, tag in enumerate(tags):
        told = client.get(f"/api/v1/tags/{tag}/history", params=asked).raise_for_status().json()
        for at, value in zip(told["t"], told["v"], strict=True):
            if value is not None:
                n, t, v = [*n, i], [*t, round(datetime.fromisoformat(at).timestamp() * 1e9)], [*v, value]
    zero = np.zeros(len(n), np.uint32)
    return Samples(tags, np.array(n, np.uint32), np.array(t, np.int64), np.array(v), zero)


def go_dark(demo: RunningDemo, server: influxdb.InfluxServer, account: str) -> None:
    """The store is stopped as by a power cut."""
    agent, manager = demo.signed_in("hotline"), demo.signed_in("duty_manager")
    known = until(
        lambda: _with_past(_card(agent, account)), PATIENCE_S, "the store told the past of a caller"
    )
    influxdb.stop(server)
    until(lambda: _store_is_away(manager), PATIENCE_S, "the hub says that its store does not answer")
    asked = manager.get(f"/api/v1/tags/{known['sensors'][0]['tag']}/history")
    assert asked.status_code == 503, "a past that cannot be read is no empty past"
    _an_order_is_opened_and_sent(demo, agent, account)
    notice = _the_public_is_told(demo, manager, account)
    agent_s_page(demo, notice)
    past_ns = _ns(_as_of(known))
    until(
        lambda: _now_ns(demo) - past_ns > 330 * 10**9, PATIENCE_S, "what was remembered is no longer of now"
    )
    card = _card(agent, account)
    assert (card["verdict"], card["standing"][0]["notice"]) == ("known_outage", notice)
    assert card["data_age_s"] < 300, "what instruments say now does not come from the store"
    assert _as_of(card) == _as_of(known), "it says of when its past is"
    before, after = _hours(known), _hours(_with_past(card))
    assert len(before.keys() & after.keys()) > 12
    assert all(before[t] == after[t] for t in before.keys() & after.keys()), "the hours are as they were told"
    portal = fetched(f"{demo.portal}/api/v1/latest").json()
    assert not portal["stale"] and _ns(portal["as_of"]) > past_ns, "made since"
    page = fetched(f"{demo.portal}/?lang=zh").text
    assert "数据时间" in page and ("刚刚" in page or "分钟前" in page)


def _hours(card: Json) -> dict[str, float | None]:
    """Of the first instrument, without what is read now."""
    *hours, _ = card["sensors"][0]["spark"]
    return dict(hours)


def start_in_the_dark(demo: RunningDemo, account: str) -> None:
    """A hub that starts while its store is away answers calls, and makes up no past."""
    os.kill(demo.pid("hub"), signal.SIGKILL)
    agent = demo.signed_in("hotline")
    card = until(lambda: _if_heard(_card(agent, account)), PATIENCE_S, "instruments are heard again")
    assert card["verdict"] == "known_outage"
    assert {row["past_as_of"] for row in card["sensors"]} == {None}


def agent_s_page(demo: RunningDemo, notice: str) -> None:
    """The way to the hub is cut: the page says so, and prints the paper pack that it kept."""
    with page_of(demo, "hotline") as page:
        page.goto("/hotline?lang=zh")
        page.wait_for_selector("#paper:not([hidden])")
        page.context.set_offline(True)
        page.fill("#asked", "A000001")
        page.keyboard.press("Enter")
        page.wait_for_selector("#card [role=alert] >> text=集控中心无应答")
        with page.expect_download() as kept:
            page.click("#paper")
        pack = PdfReader(BytesIO(kept.value.path().read_bytes()))
    text = "\n".join(sheet.extract_text() for sheet in pack.pages)
    assert notice in text and "数据截至" in text and "来电登记" in text


def _an_order_is_opened_and_sent(demo: RunningDemo, agent: httpx.Client, account: str) -> None:
    told = {"symptom": "no_water", "account": account, "order": True, "tell": True, "apart": True}
    taken = agent.post("/api/v1/hotline/reports", json=told)
    assert taken.status_code == 201, taken.text
    order, dispatcher = taken.json()["work_order"], demo.signed_in("dispatcher")
    around = dispatcher.get(f"/api/v1/work-orders/{order}/context").json()
    assert around["history"] is False
    assert any(sensor["value"] is not None for sensor in around["sensors"])
    sent = dispatcher.post(f"/api/v1/work-orders/{order}/assign", json={"crew": "crew-1", "note": "E2E-6"})
    assert sent.status_code == 200, sent.text
    assert sent.json()["state"] == "assigned"


def _the_public_is_told(demo: RunningDemo, manager: httpx.Client, account: str) -> str:
    """A notice written, approved, published and on the portal, all without the store."""
    operator, now = demo.signed_in("operator"), datetime.fromisoformat(_time(demo))
    wish = {
        "kind": "emergency_outage",
        "scope": {"also": [account]},
        "reason": {"zh": "管道抢修", "en": "a broken pipe"},
        "estimate": {
            "earliest": (now + timedelta(hours=4)).isoformat(),
            "latest": (now + timedelta(hours=6)).isoformat(),
        },
    }
    written = operator.post("/api/v1/notices", json=wish)
    assert written.status_code == 201, written.text
    id = str(written.json()["id"])
    for step in ("approve", "publish"):
        answer = manager.post(f"/api/v1/notices/{id}/{step}")
        assert answer.status_code == 200, answer.text
    until(lambda: id in fetched(f"{demo.portal}/").text, PATIENCE_S, "the portal shows the notice")
    return id


def _card(agent: httpx.Client, account: str) -> Json:
    found: Json = agent.post("/api/v1/hotline/card", json={"account": account}).raise_for_status().json()
    return found


def _with_past(card: Json) -> Json:
    """None of it while the store has told nothing."""
    return card if card["sensors"][0]["spark"] and card["sensors"][0]["past_as_of"] else {}


def _if_heard(card: Json) -> Json:
    return card if any(row["value"] is not None for row in card["sensors"]) else {}


def _as_of(card: Json) -> str:
    (one,) = {row["past_as_of"] for row in card["sensors"]}
    return str(one)


def _store_is_away(manager: httpx.Client) -> bool:
    found = items(manager, "/api/v1/health/conditions")
    return any("历史库" in json.dumps(one, ensure_ascii=False) for one in found)


def _time(demo: RunningDemo) -> str:
    return str(fetched(f"{demo.hub}/healthz").json()["time"])


def _now_ns(demo: RunningDemo) -> int:
    return _ns(_time(demo))


def _ns(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1e9)
