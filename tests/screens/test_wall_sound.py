"""Tones on the wall: until an alarm is answered, or silenced here; and never silent without saying so."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched

SOUNDING = "data-sounding"
BLOCKED = """let touched = false;
window.addEventListener('keydown', () => { touched = true; }, true);
window.tones = 0;
window.AudioContext = class extends AudioContext {
    constructor() { super(); void this.suspend(); }
    resume() { return touched ? super.resume() : new Promise(() => undefined); }
    createOscillator() { window.tones += 1; return super.createOscillator(); }
};"""
"""A browser's sound as it is before anybody has touched the page. The browser under test takes each look into
the page for a touch, so its own policy would hold only until the first."""


def test_an_alarm_is_heard_again_and_again_until_it_is_silenced_or_answered(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.page.add_init_script(BLOCKED)
    watched.open("/wall?lang=zh")
    page, body = watched.page, watched.page.locator("body")
    expect(page.locator("#troubles")).to_contain_text("声音被浏览器阻止")
    expect(body).to_have_attribute(SOUNDING, "")
    town.do("burst")
    expect(body).to_have_attribute(SOUNDING, "1")
    expect(body).to_have_attribute("data-sounds", re.compile("[2-9]"), timeout=15_000)
    assert page.evaluate("window.tones") == 0, "all would be heard at once with the first touch"
    page.keyboard.press("m")
    expect(body).to_have_attribute(SOUNDING, "")
    expect(page.locator("#troubles")).to_contain_text("已静音 3 条，仍未确认")
    expect(page.locator("#troubles")).not_to_contain_text("声音被浏览器阻止")
    expect(page.locator("#banner.unanswered.p1")).to_be_visible()
    unheard = page.evaluate("window.tones")
    assert unheard <= 4, "one sounding at most, that waited for no more than a moment"
    town.do("tripped")
    expect(body).to_have_attribute(SOUNDING, "2")
    page.wait_for_function("before => window.tones > before", arg=unheard)
    town.do("ack")
    expect(body).to_have_attribute(SOUNDING, "")
    page.keyboard.press("t")
    expect(page.locator("#troubles")).to_contain_text("试音")
    assert watched.wrong == []
