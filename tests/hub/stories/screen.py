"""A page of a running demo in a real browser, looked at by somebody who is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from tests.hub.running_demo import RunningDemo
from tests.need import need

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RED = """() => {
    const red = (selector, of) => {
        const shown = document.querySelector(selector);
        const [r, g, b] = shown ? getComputedStyle(shown)[of].match(/[\\d.]+/g).map(Number) : [0, 0, 0];
        return r > 1.5 * Math.max(g, b);
    };
    const incident = document.querySelector('#incidents .incident.p1');
    return red('#incidents .incident.p1', 'borderLeftColor') && red('#zones tr.abnormal.p1 th', 'color')
        && !document.querySelector('#banner.none') ? incident.innerText : '';
}"""
"""What the wall says of an incident while that and its area are red under a banner, else nothing."""


@contextmanager
def page_of(demo: RunningDemo, role: str) -> Iterator[Page]:
    one = next(one for one in demo.facts["sign_ins"] if one["role"] == role)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need("chromium-headless-shell"), args=FLAGS)
        context = browser.new_context(base_url=demo.hub, locale="zh-CN")
        signed = context.request.post("/api/v1/session", data={k: one[k] for k in ("user", "password")})
        assert signed.status == 204
        yield context.new_page()
        browser.close()
