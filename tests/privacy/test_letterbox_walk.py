"""F-17: a citizen's report goes from a page of the portal, sealed, into the letterbox that the hub fetches;
what came of it is followed by the code that the page gave. Two real processes; the portal connects to nobody,
and keeps, says and logs nothing of what was written.
"""

import asyncio
import contextlib
import itertools
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role
from core.model.report import Channel, Report
from hub.keys import signing_key
from hub.stores import ledger_file
from tests.faults.whole_hub import devices
from tests.ports import free_port
from tests.privacy.watched import Watched

pytestmark = pytest.mark.timeout(280)
WITHIN_S = 60.0
ADDRESS, WORDS = "人民路2号金丝雀楼", "canary words: 从昨晚开始没有水"
NOTHING_OUTWARD = """
import sys, logging
logging.basicConfig(level=1)
def heard(event, args):
    if event == "socket.connect":
        open({file!r}, "a").write(repr(args[1]) + "\\n")
sys.addaudithook(heard)
import hub.cli
sys.argv[0] = "waterhub"
hub.cli.main()
"""


class Town:
    """A hub and its portal, each a process of its own."""

    def __init__(self, folder: Path, field_port: int) -> None:
        self.hub, self.port, self.folder = Watched(folder, field_port), free_port(), folder
        self.state = self.hub.data / "portal"
        self.hosts = itertools.count()
        self.connects, self.log = folder / "connects", folder / "portal.log"
        at = f"http://127.0.0.1:{self.port}"
        with (self.hub.config / "hub.yaml").open("a", encoding="utf-8") as file:
            letterbox = f"letterbox: {{url: {at}, every_s: 1}}"
            file.write(f"portal: {{port: {self.port}, trusted_proxies: [127.0.0.1], {letterbox}}}\n")
        self.citizen = httpx.AsyncClient(
            base_url=at, timeout=30, headers={"accept-language": "zh"}, verify=False
        )

    @contextlib.contextmanager
    def portal(self) -> Iterator[None]:
        code = NOTHING_OUTWARD.format(file=str(self.connects))
        words = ("run", "--role", "portal", str(self.hub.config))
        with self.log.open("a") as log:
            process = subprocess.Popen([sys.executable, "-c", code, *words], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()

    async def form_stands(self) -> None:
        async def stands() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return 'method="post"' in (await self.citizen.get("/report")).text
            return False

        await until(stands, "the form is there")

    async def tells(self, n: int = 0) -> str:
        """The code that the page gives."""
        form = {"symptom": "no_water", "address": f"{ADDRESS}{n or ''}", "text": WORDS}
        origin = {"origin": str(self.citizen.base_url), "x-forwarded-for": f"198.51.100.{n}"}
        said = await self.citizen.post("/report", data=form, headers=origin)
        assert said.status_code == 200, said.text
        found = re.search(r'class="said code">([0-9a-z-]+)<', said.text)
        assert found, said.text
        return found[1].replace("-", "")

    async def told_of(self, code: str) -> None:
        async def told() -> bool:
            host = {"x-forwarded-for": f"203.0.113.{next(self.hosts) % 256}"}  # each may ask so often
            page = await self.citizen.get(f"/zh/t/{code}", headers=host)
            return page.status_code == 200 and "接报" in page.text

        await until(told, "the page tells how far it is")

    async def reports(self) -> list[Report]:
        ledger = await SqlLedger.open(ledger_file(self.hub.data))
        async with ledger.read() as tx:
            found = await tx.find(Report)
        await ledger.close()
        return found

    def lying(self) -> list[Path]:
        folder = self.state / "letters"
        return list(folder.iterdir()) if folder.exists() else []

    def given_away(self) -> list[str]:
        """Where words of the citizen stand on the portal's disk, in what it was sent, or in either log."""
        files = [f for root in (self.state, self.hub.data / "public") for f in root.rglob("*") if f.is_file()]
        files += [self.log, self.hub.log, *([self.connects] if self.connects.exists() else [])]
        spelled = [w.encode() for w in (ADDRESS, WORDS, "金丝雀", "canary words")]
        spelled += [json.dumps("金丝雀")[1:-1].encode(), b"%E9%87%91%E4%B8%9D%E9%9B%80"]
        return [str(f) for f in files if any(word in f.read_bytes() for word in spelled)]


async def until(what: Callable[[], Awaitable[bool]], why: str) -> None:
    try:
        async with asyncio.timeout(WITHIN_S):
            while not await what():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not within {WITHIN_S:.0f} s: {why}") from None


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    port = free_port()
    async with devices(1, port):
        made = Town(tmp_path, port)
        await made.hub.users()
        signing_key(made.hub.data / "keys")
        yield made
        await made.citizen.aclose()


async def test_the_letter_walks_through_and_leaves_nothing_behind(town: Town) -> None:
    with town.portal():
        with town.hub.running("import logging; logging.basicConfig(level=1)"):
            await town.hub.ready()
            await town.form_stands()
            code = await town.tells()
            await town.told_of(code)

            async def gone() -> bool:
                return town.lying() == []

            await until(gone, "the letter is taken away")
            async with town.hub.as_(Role.DISPATCHER) as dispatcher:
                (order,) = (await dispatcher.get("/api/v1/work-orders")).json()["items"]
                told = (await dispatcher.get(f"/api/v1/work-orders/{order['id']}/reports")).json()
            (report,) = told["items"]
            assert (report["channel"], report["address"], report["text"]) == ("web", ADDRESS, WORDS)
            assert (report["zone"], report["street"], report["taken_by"]) == ("dma-000", "s-1", None)
            assert order["origin"] == "report" and order["reports"] == 1
        second = await town.tells(2)
        (letter,) = town.lying()
        assert letter.stat().st_mode & 0o777 == 0o600 and len(letter.read_bytes()) == 4156
        assert town.given_away() == [], "sealed on the disk, and said nowhere"
        with town.hub.running():
            await town.told_of(second)
        assert town.given_away() == []
    assert not town.connects.exists(), f"the portal went out to {town.connects.read_text()}"
    assert sorted(one.token or "" for one in await town.reports()) == sorted([code, second])


async def test_killed_at_any_moment_every_report_stands_once(town: Town) -> None:
    codes: list[str] = []
    with town.portal():
        for life in range(3):
            with town.hub.running():
                await town.hub.ready()
                await town.form_stands()
                for n in range(6):
                    codes.append(await town.tells(1 + 6 * life + n))
                    await asyncio.sleep(0.05 * life)
        with town.hub.running():
            for code in codes:
                await town.told_of(code)

            async def gone() -> bool:
                return town.lying() == []

            await until(gone, "all are taken away")
    found = await town.reports()
    assert sorted(one.token or "" for one in found) == sorted(codes) and len(set(codes)) == 18
    assert {one.channel for one in found} == {Channel.WEB}


async def test_without_a_letterbox_nothing_can_be_left_and_the_page_says_so(town: Town) -> None:
    file = town.hub.config / "hub.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r", letterbox: \{[^}]*\}", "", text), encoding="utf-8")
    with town.hub.running(), town.portal():
        await town.hub.ready()

        async def stands() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return (await town.citizen.get("/report")).status_code == 200
            return False

        await until(stands, "the page is there")
        page = (await town.citizen.get("/report")).text
        assert "<form" not in page and "不接收网上反映" in page
        refused = await town.citizen.post("/report", data={"symptom": "no_water", "address": ADDRESS})
        assert refused.status_code == 503 and "<form" not in refused.text
        assert town.lying() == []
    assert not (town.hub.data / "keys" / "letters.key").exists()
