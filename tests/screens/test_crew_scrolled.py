"""The one large button stays in sight, and hides nothing that a crew moves to."""

import pytest
from playwright.sync_api import Browser, expect

from tests.screens.phone import CrewHub, new_phone, signed_in

REACHED = """(selector) => {
  const control = document.querySelector(selector);
  scrollTo(0, document.documentElement.scrollHeight);
  control.focus();
  return control.closest("section, details").querySelector("h3, summary").getBoundingClientRect().top
    - document.querySelector(".next").getBoundingClientRect().bottom;
}"""


@pytest.mark.parametrize("width", [360, 390])
def test_what_is_moved_to_stands_whole_below_the_large_button_with_its_heading(
    hub: CrewHub, chromium: Browser, width: int
) -> None:
    with new_phone(chromium, hub) as page:
        page.set_viewport_size({"width": width, "height": 640})
        signed_in(page)
        page.click("[data-order=WO-1]")
        expect(page.locator("#next")).to_have_attribute("data-step", "depart")
        for control in (".shoot input", "#valves summary"):
            assert page.evaluate(REACHED, control) >= 0, control
