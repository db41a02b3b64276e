"""A hub and a portal at work on one burst, by a clock that stands where it is put; and every place that tells
its estimate, as a reader takes the times from it."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
import httpx
import icalendar
import pypdf

from core.adapters.sqlite_directory import SqliteDirectory
from core.model.account import Role, User
from core.model.mailing import LetterState
from core.runtime.timetable import Timetable
from public_portal.publish import Publisher
from public_portal.server import build
from public_portal.signing import public_key_of
from response.delivery.room import Delivering
from response.delivery.spec import DeliveryFile
from response.hotline.search.finder import Finder
from response.notices.overdue import Overdue
from tests.api import hub_at_work as hubs
from tests.hands import Hands
from tests.persons import vault_in
from tests.ports import free_port
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.whole_utility import Utility
from tests.response import little_town as town
from tests.response.post_office import Post, person, phone, sms_channel
from tests.response.read_back import times_en, times_zh
from tests.servers import sms_gateway
from tests.servers.sms_gateway import sms_gateway_at

MIN = town.MIN
LANGS = ("zh", "en")
ADDRESS = "人民路44号"
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_NOTICE = re.compile(r"<article.*?</article>", re.DOTALL)
_TAG = re.compile(r"<script.*?</script>|<style.*?</style>|<[^>]+>", re.DOTALL)
_FACTS = {"zh": ("number", "area", "matter", "when"), "en": ("number", "area", "matter", "when_1", "when_2")}
Json = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What one place says in one language. times: minutes since 1970, whatever way they are written."""

    text: str
    times: frozenset[int]


Told = dict[tuple[str, str], Said]
"""By place and language."""


def minute(t_ns: int) -> int:
    return t_ns // MIN


def said(text: str, lang: str, near_ns: int) -> Said:
    if lang == "zh":
        text = re.sub(r"(\d\d:\d\d)-(\d\d:\d\d)", r"\1至\2", text)
    spelled = (times_zh if lang == "zh" else times_en)(text, near_ns)
    stamps = {round(datetime.fromisoformat(at).timestamp() * 1e9) for at in _STAMP.findall(text)}
    return Said(text, frozenset(map(minute, spelled | stamps)))


@dataclass
class House:
    clock: Hands
    utility: Utility
    hub: hubs.Hub
    post: Post
    publisher: Publisher
    portal: httpx.AsyncClient
    people: dict[Role, httpx.AsyncClient]

    async def until(self, what: Callable[[], Any], why: str) -> Any:
        """Asked again and again; nothing but the hub's own work brings it about."""
        deadline = time.monotonic() + 60
        while not (found := await what()):
            assert time.monotonic() < deadline, why
            await asyncio.sleep(0.02)
        return found

    def said(self, text: str, lang: str) -> Said:
        return said(text, lang, self.clock.now_ns())

    async def notice(self) -> Json | None:
        items = (await self.people[Role.DUTY_MANAGER].get("/api/v1/notices")).json()["items"]
        return items[0] if items else None

    async def does(self, role: Role, path: str, **body: object) -> Json:
        answer = await self.people[role].post(f"/api/v1/{path}", json=body or None)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()  # type: ignore[no-any-return]

    async def publish(self, id: str) -> Json:
        await self.does(Role.DUTY_MANAGER, f"notices/{id}/approve")
        return await self.does(Role.DUTY_MANAGER, f"notices/{id}/publish")

    async def letters(self, mailing: str) -> dict[str, Json]:
        """What the gateway was given of it, by language, once all letters of it are out."""

        async def out() -> bool:
            self.clock.to(self.clock.now_ns() + town.S)
            found = await self.post.letters(mailing)
            return bool(found) and all(one.state is LetterState.SENT for one in found.values())

        before = len(self.post.sms.sent)
        await self.until(out, "all letters are out")
        assert len(self.post.sms.sent) >= before
        return {one["template"].removeprefix("SMS_").lower(): one for one in self.post.sms.sent}

    async def told(self, id: str) -> Told:
        """Every place, at this moment."""
        await self.publisher.publish()
        near, found = self.clock.now_ns(), Told()
        for lang in LANGS:
            texts = await self._portal(id, lang) | await self._files(id, lang) | await self._hub(id, lang)
            found |= {(place, lang): said(text, lang, near) for place, text in texts.items()}
        return found

    async def _get(self, path: str, lang: str = "zh", **query: str) -> httpx.Response:
        answer = await self.portal.get(path, params={"lang": lang, **query})
        assert answer.status_code == 200, path
        return answer

    async def _portal(self, id: str, lang: str) -> dict[str, str]:
        pages = {"page": f"/n/{id}", "home": "/", "area": "/area/dma-01"}
        found = {name: _words((await self._get(path, lang)).text) for name, path in pages.items()}
        found["asked"] = _words((await self._get("/", lang, q=ADDRESS)).text)
        latest = (await self._get("/api/v1/latest")).json()["notices"]
        asked = (await self._get("/api/v1/affected", address=ADDRESS)).json()
        found["latest"] = _one(latest, lang)
        found["affected"] = _one(asked["notices"] or asked["ended"], lang)
        return found

    async def _files(self, id: str, lang: str) -> dict[str, str]:
        found = {}
        for name in ("atom", "rss"):
            entry = feedparser.parse((await self._get(f"/feed/{lang}.{name}")).content).entries[0]
            found[name] = f"{entry.title}\n{entry.summary}"
        for name, path in (("calendar", f"/feed/{lang}.ics"), ("event", f"/n/{id}/{lang}.ics")):
            found[name] = _event((await self._get(path)).content)
        features = (await self._get("/feed/notices.geojson")).json()["features"]
        facts = [{k: v for k, v in one["properties"].items() if k != "expires"} for one in features]
        found["geojson"] = _one(facts, lang)
        sheet = (await self._get(f"/n/{id}/poster-{lang}.pdf")).content
        text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(sheet)).pages)
        found["poster"] = text.replace("\n", "" if lang == "zh" else " ")
        return found

    async def _hub(self, id: str, lang: str) -> dict[str, str]:
        desk = self.people[Role.DUTY_MANAGER]
        made = (await desk.get(f"/api/v1/notices/{id}/renderings")).json()
        found = {name: made[name][lang] for name in ("headline", "web", "press")}
        found |= {name: made[name][lang]["text"] for name in ("ivr", "sms")}
        found["template"] = " ".join(made["channels"][0][lang]["variables"].values())
        whole = (await desk.get(f"/api/v1/notices/{id}")).json()
        times = {name: whole[name] for name in ("eta_earliest", "eta_latest", "next_update")}
        found["desk"] = f"{json.dumps(times)}\n{whole['body'][lang]}"
        card = await self.does(Role.HOTLINE, "hotline/card", account="A000031")
        back = card["back"]
        spoken = [card["words"], back["words"], back["next_words"], *card["script"]["say"]]
        figures = [back["earliest"], back["latest"], back["next_update"]]
        found["card"] = "\n".join([*(one[lang] for one in spoken if one), json.dumps(figures)])
        wall = await self.people[Role.KIOSK].get("/api/v1/incidents")
        assert wall.status_code == 200
        found["wall"] = wall.text
        return found

    async def kept(self, id: str, version: int) -> tuple[Said, Said]:
        """CAP and the signed statement of a version, which are the same for ever."""
        near = self.clock.now_ns()
        cap, statement = [
            (await self._get(f"/n/{id}/v{version}.{name}")).text for name in ("cap.xml", "json")
        ]
        return said(cap, "zh", near), said(statement, "zh", near)


def _words(page: str) -> str:
    """Of the notice alone: head and foot have the time of the data."""
    notices = " ".join(_NOTICE.findall(page))
    return re.sub(r"\s+", " ", _TAG.sub(" ", notices))


def _one(items: list[Json], lang: str) -> str:
    """The only one, its texts in one language."""
    (item,) = items

    def flat(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value[lang]] if lang in value else list(value.values())
            return [text for one in own for text in flat(one)]
        if isinstance(value, list):
            return [text for one in value for text in flat(one)]
        return [str(value)]

    return "\n".join(flat(item))


def _event(content: bytes) -> str:
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    end = event.decoded("DTEND").isoformat() if "DTEND" in event else "no end"
    return f"{event['SUMMARY']}\n{event['DESCRIPTION']}\n{event['STATUS']} {end}"


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        utility = await stack.enter_async_context(Utility.opened(folder))
        utility.clock = clock = Hands(town.T0)
        vault, ledger = vault_in(folder), utility.ledger
        async with ledger.begin() as tx:
            await tx.put_many(User(id=role, role=role, password_hash=hubs._QUICK) for role in Role)
            await vault.put(tx, person(9001, "A000031", phone=phone(9001), language="en"))
        gateway = stack.enter_context(sms_gateway_at(free_port()))
        (folder / "sms").write_text(sms_gateway.SECRET)
        templates = [
            {"id": f"SMS_{n.upper()}", "lang": n, "variables": {name: name for name in _FACTS[n]}}
            for n in LANGS
        ]
        file = DeliveryFile.model_validate({"channels": [sms_channel(gateway.port, templates=templates)]})
        post = Post(folder, ledger, vault, clock, gateway, None, None, file)  # type: ignore[arg-type]
        post.started()
        stack.push_async_callback(post.stopped)
        directory = SqliteDirectory(folder / "directory.db")
        stack.push_async_callback(directory.close)
        finder = Finder(ledger, vault, utility.plant, directory, clock)
        await finder.refresh()
        for work in (utility.response().run, Timetable(ledger, clock, Overdue(ledger, clock).work).run):
            stack.push_async_callback(_ended, asyncio.create_task(work()))
        address = stack.enter_context(serving(build(utility.store, public_key_of(samples.KEY))))
        (folder / "hub").mkdir()
        stores = {"ledger": ledger, "vault": vault, "clock": clock, "plant": utility.plant, "finder": finder}
        delivering = Delivering(post.file, post.service, post.receipts)
        hub = await stack.enter_async_context(
            hubs.hub_at_work(folder / "hub", delivering=delivering, **stores)
        )
        roles = (Role.DUTY_MANAGER, Role.OPERATOR, Role.HOTLINE, Role.KIOSK)
        people = {role: await stack.enter_async_context(hub.as_(role)) for role in roles}
        portal = httpx.AsyncClient(verify=False, base_url=address, timeout=20, trust_env=False)
        await stack.enter_async_context(portal)
        yield House(clock, utility, hub, post, utility.publisher(), portal, people)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
