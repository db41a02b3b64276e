"""Pictures of the faces for docs/images, taken from a running demo.

.venv/bin/python scripts/pictures.py --data .waterhub/demo --out docs/images
"""

import argparse
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
KIOSK = "--autoplay-policy=no-user-gesture-required"
"""A wall is run so: it may sound before anybody has touched it."""
PENS = "dma-06.inflow,dma-05.inflow,dma-06.p1,q-01.turbidity"
FACES: tuple[tuple[str, str, str, tuple[int, int]], ...] = (
    ("wall", "kiosk", "/wall", (1920, 1080)),
    ("wall-event", "kiosk", "/wall/event", (1920, 1080)),
    ("desk", "duty-manager", "/desk", (1440, 900)),
    ("trends", "operator", f"/trends?pens={PENS}&range=24h", (1440, 900)),
    ("hotline", "hotline", "/hotline", (1280, 800)),
    ("board", "duty-manager", "/board", (1440, 900)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".waterhub/demo"))
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--address", help="what is looked up on the hotline page")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    demo = json.loads((given.data / "demo.json").read_text())
    passwords = {
        one["user"]: one["password"] for one in json.loads((given.data / "sign-ins.json").read_text())
    }
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, KIOSK])
        for name, user, path, size in FACES:
            for lang in ("zh", "en"):
                for theme in ("day", "night"):
                    out = given.out / f"{name}-{lang}-{theme}.png"
                    face(
                        browser,
                        demo["hub"],
                        (user, passwords[user]),
                        path,
                        lang,
                        theme,
                        size,
                        out,
                        given.address,
                    )
        portal(browser, demo["portal"], given.out)
        browser.close()


def face(
    browser: Browser, hub: str, who: tuple[str, str], path: str, lang: str, theme: str,
    size: tuple[int, int], out: Path, address: str | None,
) -> None:  # fmt: skip
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **scheme(theme))
    context.request.post(f"{hub}/api/v1/session", data={"user": who[0], "password": who[1]})
    page = context.new_page()
    page.goto(f"{hub}{path}{'&' if '?' in path else '?'}{urlencode({'lang': lang, 'theme': theme})}")
    page.wait_for_timeout(6000)
    if path == "/hotline" and address:
        page.locator("#asked").fill(address)
        page.keyboard.press("Enter")
        page.wait_for_timeout(3000)
    page.screenshot(path=out)
    context.close()


def portal(browser: Browser, address: str, out: Path) -> None:
    for lang in ("zh", "en"):
        for theme in ("day", "night"):
            for size, width, height in (("phone", 390, 844), ("wide", 1280, 900)):
                context = browser.new_context(viewport={"width": width, "height": height}, **scheme(theme))
                page = context.new_page()
                page.goto(f"{address}/?lang={lang}")
                page.screenshot(path=out / f"portal-{lang}-{theme}-{size}.png")
                context.close()


def scheme(theme: str) -> dict[str, Any]:
    return {"color_scheme": "dark" if theme == "night" else "light", "java_script_enabled": True}


if __name__ == "__main__":
    main()
