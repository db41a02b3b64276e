"""What leaves a hub: messages by a gateway, pages of its citizens' server, files that an engineer exports."""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import yaml

from core.adapters.folder_snapshots import FolderSnapshots
from core.model.account import Role
from public_portal.server import build
from tests.ports import free_port
from tests.privacy.canary import PHONE
from tests.privacy.watched import Watched
from tests.response.post_office import sms_channel
from tests.servers import sms_gateway
from tests.servers.sms_gateway import SmsGateway

WITHIN_S = 90.0
REASON = {"zh": "管道抢修", "en": "a broken main"}


def tells_by(hub: Watched, gateway: SmsGateway) -> None:
    """Before the hub begins."""
    (hub.config / "sms").write_text(sms_gateway.SECRET, encoding="utf-8")
    file = {"channels": [sms_channel(gateway.port)]}
    (hub.config / "delivery.yaml").write_text(yaml.safe_dump(file, allow_unicode=True), encoding="utf-8")


async def a_message_is_sent(hub: Watched, gateway: SmsGateway) -> str:
    """The notice's id. The gateway first puts it off, and names the number as it does; then it takes it, and
    reports that it could not be delivered."""
    gateway.answers = ["LIMIT"]
    latest = (datetime.now(UTC) + timedelta(hours=6)).isoformat()
    draft = {"kind": "emergency_outage", "scope": {"streets": ["s-1"]}, "estimate": {"latest": latest}}
    async with hub.as_(Role.OPERATOR) as operator:
        written = await operator.post("/api/v1/notices", json=draft | {"reason": REASON})
        assert written.status_code == 201, written.text
        id = str(written.json()["id"])
    async with hub.as_(Role.DUTY_MANAGER) as manager:
        for step in ("approve", "publish"):
            done = await manager.post(f"/api/v1/notices/{id}/{step}")
            assert done.status_code == 200, done.text
    deadline = time.monotonic() + WITHIN_S
    while not gateway.sent:
        assert time.monotonic() < deadline, "the gateway took the message"
        await asyncio.sleep(0.1)
    assert gateway.asked > 1, "and put it off before"
    assert re.sub(r"\D", "", str(gateway.sent[0]["mobile"])).endswith(re.sub(r"\D", "", PHONE))
    report = (f"{hub.url}/api/v1/receipts/sms", gateway.sent[0]["receipt"], "UNDELIV")
    assert await asyncio.to_thread(gateway.report, *report) == 200
    assert await asyncio.to_thread(gateway.report, *report, "a wrong token") >= 400
    return id


@contextlib.asynccontextmanager
async def citizens_server(hub: Watched) -> AsyncIterator[httpx.AsyncClient]:
    """`waterhub run --role portal`, on the hub's own configuration, heard at every level."""
    port = free_port()
    with (hub.config / "hub.yaml").open("a", encoding="utf-8") as file:
        file.write(f"portal: {{port: {port}}}\n")
    code = (
        "import sys, logging, hub.cli; logging.basicConfig(level=1); sys.argv[0] = 'waterhub'; hub.cli.main()"
    )
    with hub.log.with_name("portal.log").open("a") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, "run", "--role", "portal", str(hub.config)), stdout=log, stderr=log
        )
    try:
        async with httpx.AsyncClient(verify=False, base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            deadline = time.monotonic() + WITHIN_S
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await client.get("/healthz")
                    break
                assert process.returncode is None and time.monotonic() < deadline, "it answers"
                await asyncio.sleep(0.1)
            yield client
    finally:
        process.terminate()
        await process.wait()


async def citizens_read(client: httpx.AsyncClient, notice: str) -> list[bytes]:
    """Every path that there is, of things that there are, in both languages; and what somebody asks about
    an address, their number with it. Once the notice is out."""
    deadline = time.monotonic() + WITHIN_S
    while notice not in (await client.get("/")).text:
        assert time.monotonic() < deadline, "the notice is public"
        await asyncio.sleep(0.2)
    paths = {getattr(route, "path", "") for route in build(FolderSnapshots(Path("unused")), bytes(32)).routes}
    names = {"/static/{name}": "site.css", "/feed/{name}": "notices.xml", "/n/{id}/{name}": "cap.xml"}
    shown, good = [], 0
    for path in sorted(paths):
        id = "dma-000" if path.startswith("/area") else notice
        asked = path.replace("{id}", id).replace("{lang}", "zh").replace("{token}", "x")
        asked = asked.replace("{name}", names.get(path, "x"))
        for query in ("", "?lang=en", "?street=人民路&number=1", f"?street=人民路&number={PHONE}"):
            answer = await client.get(asked + query)
            assert answer.status_code < 500, (asked, answer.text)
            good += answer.status_code == 200
            if PHONE not in query:
                shown += [answer.content, str(answer.headers).encode()]
    assert good > len(paths), "most are there"
    return shown


async def samples_are_exported(hub: Watched, to: Path) -> list[bytes]:
    """`waterhub export`, beside the hub that runs: each format, and what is said."""
    today = datetime.now(UTC).date()
    span = ["--from", str(today - timedelta(days=1)), "--to", str(today + timedelta(days=2))]
    said = []
    for format in ("csv", "parquet"):
        words = ["export", str(hub.config), "--format", format, "-o", str(to / f"samples.{format}")]
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "hub", *words, *span],
            capture_output=True,
            timeout=WITHIN_S,
            env=dict(os.environ),
        )
        assert done.returncode == 0, done.stderr
        said += [done.stdout, done.stderr, (to / f"samples.{format}").read_bytes()]
    assert said[2].count(b"\n") > 10, "there were samples"
    return said
