"""F-17 in a real browser, as on a phone: the form while it stands, its errors, and the code."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.axe import violations
from tests.need import need
from tests.public_portal.letter_town import FORM, LetterTown, letter_town

PHONE = {"width": 360, "height": 740}
MARKS = "\"><img src=x onerror=document.title='x'><script>document.title='x'</script>"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = need("chromium-headless-shell")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[LetterTown]:
    with letter_town(tmp_path) as made:
        with ThreadPoolExecutor(1) as beside:  # the browser's own loop runs in this thread
            beside.submit(lambda: asyncio.run(came(made))).result()
        yield made


async def came(town: LetterTown) -> None:
    hub = town.hub()
    await hub.waiting(0)
    await hub.close()


def held(chromium: Browser, town: LetterTown, way: str, *, script: bool = True) -> Page:
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=script)
    page = context.new_page()
    page.goto(town.url + way)
    return page


def fill(page: Page, **changed: str) -> None:
    form = FORM | changed
    page.locator(f"input[value={form['symptom']}]").check()
    page.locator("#address").fill(form["address"])
    page.locator("#text").fill(form["text"])


@pytest.mark.parametrize("way", ["/report?lang=zh", "/report?lang=en", "/report?lang=en&size=large"])
def test_the_form_its_errors_and_the_code_are_readable_by_everyone(chromium, town, way: str) -> None:
    page = held(chromium, town, way)
    shown = []
    for step in ("form", "errors", "code"):
        if step == "code":
            fill(page)
        if step != "form":
            with page.expect_navigation():
                page.locator(".report button").tap()
        shown.append(page.title())
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            assert violations(page) == [], (step, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (step, width)
        page.set_viewport_size(PHONE)
    assert len(set(shown)) == 3
    page.context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_chosen_stands_beside_its_button_however_long_it_is(chromium, town, lang: str) -> None:
    page = held(chromium, town, f"/report?lang={lang}&size=large")
    apart = page.evaluate("""() => [...document.querySelectorAll("label.choice")].filter(label => {
      const words = document.createRange();
      words.selectNodeContents(label.lastChild);
      return words.getBoundingClientRect().left < label.querySelector("input").getBoundingClientRect().right;
    }).map(label => label.textContent)""")
    assert apart == []
    page.context.close()


def test_without_script_and_pressed_twice_one_report_is_sent(chromium, town: LetterTown) -> None:
    page = held(chromium, town, "/report?lang=zh", script=False)
    fill(page)
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.locator(".report button").dblclick(no_wait_after=True)
    expect(page.locator(".said.code")).to_have_text(re.compile("^[0-9a-z-]+$"))
    code = page.locator(".said.code").inner_text()
    page.reload()
    assert page.locator(".said.code").inner_text() == code and len(town.lying()) == 1
    assert len(sent) >= 2
    page.context.close()


def test_what_looks_like_a_page_is_words(chromium, town: LetterTown) -> None:
    page = held(chromium, town, "/report?lang=zh")
    page.locator("#address").fill(MARKS)
    page.locator("#text").fill(f"</textarea>{MARKS}")
    with page.expect_navigation():
        page.locator(".report button").tap()
    assert page.title().startswith("错误：")
    assert page.locator("#address").input_value() == MARKS
    assert page.locator("#text").input_value() == f"</textarea>{MARKS}"
    assert page.locator("img, script").count() == 0
    page.context.close()
