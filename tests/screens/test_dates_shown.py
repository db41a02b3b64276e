"""A time of another day in Shanghai is shown with its date: 23:56 of yesterday is not read as one to come."""

import json
from pathlib import PurePosixPath

import pytest
from playwright.sync_api import Browser, Page, Route

from api.assets import FOLDER

ORIGIN = "http://scripts.invalid"
SHOWN = """async ([now, at]) => {
  const { setClock } = await import("/static/js/core/clock.js");
  const { hourMinute, timeOf } = await import("/static/js/core/format.js");
  setClock(now, { real: now, sim: now, speed: 1 });
  return [hourMinute(Date.parse(at)), timeOf(Date.parse(at))];
}"""


def opened(chromium: Browser, lang: str) -> Page:
    told = json.dumps({"lang": lang, "words": {}})
    empty = f'<html lang="{lang}"><script type="application/json" id="page">{told}</script>'

    def answer(route: Route) -> None:
        name = PurePosixPath(route.request.url.removeprefix(f"{ORIGIN}/"))
        if name.parts[:1] == ("static",):
            route.fulfill(path=FOLDER.joinpath(*name.parts[1:]))
        else:
            route.fulfill(body=empty, content_type="text/html; charset=utf-8")

    page = chromium.new_page()
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")
    return page


@pytest.mark.parametrize(
    ("now", "at", "zh", "en"),
    [
        ("2026-11-26T12:30:00+08:00", "2026-11-26T00:00:00+08:00", "00:00", "00:00"),
        ("2026-11-26T12:30:00+08:00", "2026-11-26T23:59:59+08:00", "23:59", "23:59"),
        ("2026-11-27T00:04:00+08:00", "2026-11-26T23:56:00+08:00", "11/26 23:56", "26/11, 23:56"),
        ("2026-11-26T23:50:00+08:00", "2026-11-27T00:10:00+08:00", "11/27 00:10", "27/11, 00:10"),
        ("2026-11-26T15:58:00Z", "2026-11-26T16:02:00Z", "11/27 00:02", "27/11, 00:02"),
        ("2026-11-26T23:58:00Z", "2026-11-27T00:02:00Z", "08:02", "08:02"),
        ("2027-01-01T00:04:00+08:00", "2026-12-31T23:56:00+08:00", "12/31 23:56", "31/12, 23:56"),
        ("2026-12-01T00:04:00+08:00", "2026-11-30T23:56:00+08:00", "11/30 23:56", "30/11, 23:56"),
    ],
)
def test_what_is_of_another_day_says_so(chromium: Browser, now: str, at: str, zh: str, en: str) -> None:
    for lang, expected in (("zh", zh), ("en", en)):
        page = opened(chromium, lang)
        assert page.evaluate(SHOWN, [now, at]) == [expected, expected]
        page.close()
