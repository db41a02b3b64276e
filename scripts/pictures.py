"""The pictures of the documents, taken of a running demo that is whole and calm:

    make demo FRESH=1        # in another window; wait until it is ready
    .venv/bin/python scripts/pictures.py

It has a main break, publishes the notice, sends a crew, lets many call, and photographs each step. About four
minutes. `--only hotline` takes those whose names begin so.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from response.extents import house_number

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
KIOSK = "--autoplay-policy=no-user-gesture-required"
"""A wall is run so: it may sound before anybody has touched it."""
PENS = "dma-06.inflow,dma-05.inflow,dma-06.p1,q-01.turbidity"
SETTLED_MS = 6000
PATIENCE_S = 240
MANY = 7
ZONE = "dma-06"
Size = tuple[int, int]
WALL, FOUR_K, DESK, ROOM, PHONE = (1920, 1080), (3840, 2160), (1440, 900), (1280, 800), (390, 844)
SEAT = (1366, 768)
"""An agent's screen (HL-06)."""
ZH_DAY, EN_DAY, ZH_NIGHT, EN_NIGHT = ("zh", "day"), ("en", "day"), ("zh", "night"), ("en", "night")


@dataclass(frozen=True)
class Shot:
    """name: of the file, followed by language and theme, and by `suffix`. path, asked (of the hotline): with
    `{order}` and so on. offline: the line is cut once it stands."""

    name: str
    user: str
    path: str
    size: Size
    faces: tuple[tuple[str, str], ...] = (ZH_DAY, EN_NIGHT)
    suffix: str = ""
    asked: str = ""
    offline: bool = False


CALM = (
    Shot("wall-calm", "kiosk", "/wall", WALL),
    Shot("wall-stale", "kiosk", "/wall", WALL, offline=True),
    Shot("wall-quality", "kiosk", "/wall/quality", WALL),
)
BURST = (
    Shot("wall", "kiosk", "/wall", WALL, (ZH_DAY, EN_DAY, ZH_NIGHT, EN_NIGHT)),
    Shot("wall-4k", "kiosk", "/wall", FOUR_K, (ZH_NIGHT,)),
    Shot("wall-zone", "kiosk", f"/wall/zone/{ZONE}", WALL),
    Shot("wall-event", "kiosk", "/wall/event", WALL),
    Shot("desk", "duty-manager", "/desk", DESK),
    Shot("trends", "operator", f"/trends?pens={PENS}&range=24h", DESK),
)
AT_WORK = (
    Shot("board", "duty-manager", "/board", DESK),
    Shot("board", "duty-manager", "/board?order={order}&panel=zone", DESK, (ZH_NIGHT,), "-pressures"),
    Shot("board", "duty-manager", "/board", PHONE, (ZH_DAY,), "-phone"),
    Shot("hotline", "hotline", "/hotline", SEAT, (ZH_DAY, EN_DAY), asked="{address}"),
    Shot("notices", "duty-manager", "/notices?id={notice}", DESK),
    Shot("notices", "duty-manager", "/notices?id={notice}", PHONE, (ZH_NIGHT,), "-phone"),
    Shot("handover", "duty-manager", "/handover", DESK),
    Shot("reports", "duty-manager", "/reports", DESK),
    Shot("crew-list", "crew", "/crew#list", PHONE, (ZH_DAY,)),
    Shot("crew-order", "crew", "/crew#{order}", PHONE, (ZH_DAY, EN_NIGHT)),
)
MANY_CALL = (Shot("hotline-mass-calls", "hotline", "/hotline", SEAT, (ZH_DAY, EN_DAY), asked="{address}"),)
PUBLIC = (
    Shot("portal", "", "/", PHONE, (ZH_DAY, EN_NIGHT), "-phone"),
    Shot("portal", "", "/", ROOM, (ZH_DAY, EN_DAY), "-wide"),
    Shot("portal-notice", "", "/n/{notice}", PHONE, (ZH_DAY,), "-phone"),
    Shot("portal-notice", "", "/n/{notice}", ROOM, (EN_DAY,), "-wide"),
)


@dataclass
class Demo:
    """The demo of a data folder, and the people who sign in to it."""

    data: Path
    facts: dict[str, Any] = field(init=False)
    passwords: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.facts = json.loads((self.data / "demo.json").read_text())
        people = json.loads((self.data / "sign-ins.json").read_text())
        self.passwords = {one["user"]: one["password"] for one in people}

    def as_(self, user: str) -> httpx.Client:
        body = {"user": user, "password": self.passwords[user]}
        signed = httpx.post(f"{self.facts['hub']}/api/v1/session", json=body).raise_for_status()
        return httpx.Client(base_url=self.facts["hub"], cookies=signed.cookies, timeout=20)

    def the(self, what: str) -> dict[str, Any] | None:
        with self.as_("duty-manager") as client:
            items = client.get(f"/api/v1/{what}").raise_for_status().json()["items"]
        return next(iter(items), None)

    def address(self, streets: list[dict[str, Any]]) -> str:
        """Within the numbers named for no water; within those for weak water where none are."""
        named = [one for one in streets if one["numbers"]]
        off = {one["street"]: one["numbers"] for one in named if not one["weak"]}
        off = off or {one["street"]: one["numbers"] for one in named}
        with (self.data / "utility" / "accounts.csv").open(encoding="utf-8") as file:
            return next(
                row["address"]
                for row in csv.DictReader(file)
                if (numbers := off.get(row["street"]))
                and str(house_number(row["address"])) == numbers.split("–")[0]
            )

    def ring(self, n: int, event: str) -> None:
        """As many customers at once; `newCall` or `hangup`."""
        door = f"{self.facts['hub']}/api/v1/cti/{(self.data / 'telephony.token').read_text().strip()}"
        with (self.data / "utility" / "customers.csv").open(encoding="utf-8") as file:
            phones = [row["phone"] for row, _ in zip(csv.DictReader(file), range(n), strict=False)]
        for phone in phones:
            call = {"event": event, "callId": f"picture-{phone}", "from": phone, "direction": "in"}
            httpx.post(door, json=call).raise_for_status()

    def post(self, user: str, path: str, **body: object) -> None:
        with self.as_(user) as client:
            answer = client.post(f"/api/v1/{path}", json=body)
            if answer.is_error:
                sys.exit(f"{path}: {answer.status_code} {answer.text}")


def until(what: Callable[[], Any], said: str) -> Any:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if found := what():
            return found
        time.sleep(1)
    sys.exit(f"after {PATIENCE_S} s there is still no sign that {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(".waterhub/demo"))
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", default="", help="names begin so")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    demo = Demo(given.data)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, KIOSK])
        take = Camera(browser, demo, given.out, given.only).take
        take(CALM)
        burst = [sys.executable, "-m", "hub", "sim", "burst", "--data", str(given.data), "--zone", ZONE]
        subprocess.run(burst, check=True)
        drafted = until(lambda: demo.the("notices"), "a notice is drafted")
        notice = drafted["id"]
        until(lambda: (demo.the("incidents") or {}).get("location"), "the break is located")
        take(BURST)
        for act in ("approve", "publish"):
            demo.post("duty-manager", f"notices/{notice}/{act}")
        published = until(lambda: demo.the("notices"), "it is published")
        address = demo.address(published["streets"])
        order = until(lambda: demo.the("work-orders"), "an order is open")["id"]
        demo.post("dispatcher", f"work-orders/{order}/assign", crew="crew-1")
        for step in ("accept", "depart", "arrive"):
            demo.post("crew", f"work-orders/{order}/{step}")
        until(lambda: notice in httpx.get(demo.facts["portal"]).text, "the portal has the notice")
        take(AT_WORK, order=order, notice=notice, address=address)
        take(PUBLIC, notice=notice)
        demo.ring(MANY, "newCall")
        demo.post("hotline", "hotline/mass-calls", mode="on")
        take(MANY_CALL, address=address)
        demo.post("hotline", "hotline/mass-calls", mode="auto")
        demo.ring(MANY, "hangup")
        browser.close()


@dataclass(frozen=True)
class Camera:
    """only: takes those alone whose names begin so."""

    browser: Browser
    demo: Demo
    out: Path
    only: str

    def take(self, shots: tuple[Shot, ...], **names: str) -> None:
        for shot in shots:
            for lang, theme in shot.faces if shot.name.startswith(self.only) else ():
                file = self.out / f"{shot.name}-{lang}-{theme}{shot.suffix}.png"
                print(file, flush=True)
                one(self.browser, self.demo, shot, lang, theme, file, names)


def one(
    browser: Browser, demo: Demo, shot: Shot, lang: str, theme: str, file: Path, names: dict[str, str]
) -> None:
    width, height = shot.size
    address = demo.facts["hub"] if shot.user else demo.facts["portal"]
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "night" else "light",
        locale="zh-CN",
    )
    if shot.user:
        body = {"user": shot.user, "password": demo.passwords[shot.user]}
        signed = context.request.post("/api/v1/session", data=body)
        if not signed.ok:
            raise SystemExit(f"{shot.user} is not signed in ({signed.status}): {file} would show the door")
    page: Page = context.new_page()
    asked = urlencode({"lang": lang, "theme": theme} if shot.user else {"lang": lang})
    path, _, part = shot.path.format(**names).partition("#")
    page.goto(f"{path}{'&' if '?' in path else '?'}{asked}#{part}")
    page.wait_for_timeout(SETTLED_MS)
    if shot.asked:
        page.locator("#asked").fill(shot.asked.format(**names))
        page.keyboard.press("Enter")
        page.wait_for_timeout(SETTLED_MS)
    if shot.offline:
        context.set_offline(True)
        page.wait_for_timeout(2 * SETTLED_MS)
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()
