"""The hotline's line of calls and its form: withheld numbers, many at once, what is linked, what is asked."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.screens.conftest import Town, Watched
from tests.screens.hotline_page import AWAKE, ask, ready


def test_hl_04_a_withheld_number_says_so_and_the_box_waits_for_the_address(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = ready(town, visit, "en")
    page = watched.page
    town.do("withheld")
    page.wait_for_selector("#verdict >> text=Number withheld")
    assert "number withheld" in page.inner_text("[data-call]")
    assert "number withheld" in page.inner_text(".caller")
    page.wait_for_selector("#asked:focus")
    ask(page, "A000100", "[data-act=report]")
    assert "not on file" not in page.inner_text("body")
    assert watched.wrong == []


def test_hl_02_a_caller_of_whom_nothing_is_known_is_put_down_with_the_address_as_it_is_said(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """Also with no exchange: nobody is found, and the report is a click away."""
    watched = ready(town, visit)
    page = watched.page
    ask(page, "火星路9号", "#verdict.nobody")
    page.click("[data-act=report]")
    assert page.input_value("[name=address]") == "火星路9号"
    page.select_option("[name=zone]", "dma-06")
    page.check("[value=no_water]")
    with page.expect_response("**/api/v1/hotline/reports") as saved:
        page.keyboard.press("Enter")
    report = saved.value.json()["report"]
    assert (report["address"], report["zone"], report["account"]) == ("火星路9号", "dma-06", None)
    assert watched.wrong == []


def test_of_many_calls_the_first_are_shown_and_the_others_counted(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-05: one's own first; the others with how long the oldest of them waits, and at a click."""
    town.do("burst")
    watched = ready(town, visit, "en")
    page = watched.page
    town.do("many")
    town.do("ring")
    page.wait_for_selector("#others")
    page.wait_for_selector("#queue >> text=31 waiting")
    assert page.locator("[data-call]").count() == 2
    assert page.locator("[data-call]").first.get_attribute("class") == "mine"
    assert page.inner_text("#others").startswith("+29 · longest ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    page.click("#others")
    assert page.locator("[data-call]").count() == 31
    assert page.locator("#others[aria-expanded=true]").is_visible()
    assert watched.wrong == []


@pytest.mark.parametrize(
    ("lang", "width", "theme"), [("zh", 1366, "day"), ("en", 1366, "night"), ("zh", 390, "night")]
)
def test_hl_05_of_three_that_ring_at_once_it_is_seen_whose_card_is_up_and_one_press_changes_it(
    town: Town, visit: Callable[..., Watched], lang: str, width: int, theme: str
) -> None:
    """The first one's stays; who is on nobody's file is told apart by the last four digits."""
    town.do("burst")
    town.do("told")
    watched = visit(town, "hotline", width, 768)
    watched.open(f"/hotline?lang={lang}&theme={theme}")
    page = watched.page
    page.wait_for_selector("body[data-ready]")
    town.do("three")
    expect(page.locator("[data-call].mine")).to_have_count(3, timeout=20_000)
    current = page.locator("[data-call][aria-current=true]")
    expect(current).to_contain_text("4711")
    expect(page.locator(".caller")).to_contain_text("4711")
    expect(page.locator("[data-call]").nth(1)).to_contain_text("0815")
    assert "0815" not in page.inner_text(".caller")
    page.locator("#asked").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".caller")).to_contain_text("0815")
    expect(current).to_contain_text("0815")
    page.locator("[data-call]").nth(2).click()
    page.wait_for_selector("#verdict.known_outage")
    expect(current).to_have_attribute(
        "data-call", page.locator("[data-call]").nth(2).get_attribute("data-call") or ""
    )
    expect(current).to_have_count(1)
    known = page.locator("[data-call]").nth(2).inner_text()
    assert re.search(r"\S+\d+号 · (尾号|ends) \d{4}", known), known
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if pictures := os.environ.get("PICTURES"):
        page.screenshot(path=f"{pictures}/three-{lang}-{width}-{theme}.png")
    assert watched.wrong == []
    page.route("**/api/v1/hotline/queue", lambda route: route.abort())
    town.do("withheld")
    expect(page.locator("#queue.stale")).to_be_visible()
    page.locator("[data-call]").first.click()
    expect(current).to_contain_text("4711")
    expect(page.locator("#queue.stale")).to_be_visible()


def test_hl_12_what_is_linked_says_so_and_is_undone_in_one_click(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    town.do("told")
    watched = ready(town, visit, "en")
    page = watched.page
    town.do("ring")
    page.wait_for_selector(AWAKE)
    with page.expect_response("**/api/v1/hotline/card") as anew:
        page.keyboard.press("1")
        page.wait_for_selector("[data-act=linked] >> text=Linked to WO-")
    while anew.value.json()["action"] != "case":  # one that was asked for before
        with page.expect_response("**/api/v1/hotline/card") as anew:
            pass
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn)))")
    assert "Linked to WO-" in page.inner_text("#said"), "the answer is as it was: nothing to say anew"
    assert page.locator("#card[data-waking]").count() == 0, "keys stay awake after one's own act"
    page.keyboard.press("1")
    page.click("[data-call]")
    page.wait_for_selector("[data-act=linked] >> text=Linked to WO-")
    assert page.locator("[data-act=link]").count() == 0
    page.keyboard.press("2")
    page.wait_for_selector("#said >> text=taken back")
    page.wait_for_selector("[data-act=link]")
    assert watched.wrong == []


def test_hl_05_escape_says_what_it_does_while_a_call_is_offered(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = ready(town, visit, "en")
    page = watched.page
    page.keyboard.type("A00")
    assert "Esc clears" in page.inner_text("#kind")
    town.do("ring")
    page.wait_for_selector("#kind >> text=Esc opens the call that waits")
    ask(page, "0100", "[data-act=report]")
    page.click("[data-act=report]")
    page.wait_for_selector("#kind >> text=Esc opens the call that waits; the form is kept")
    page.click("form.report button:not(.strong)")
    page.wait_for_selector("#kind >> text=Esc opens the call that waits")
    page.keyboard.press("Escape")
    page.wait_for_selector("#verdict.known_outage")
    assert watched.wrong == []


def test_hl_15_what_was_answered_goes_with_the_report_and_hl_03_the_service_asks_its_own(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """By keyboard through the tree; a needed field holds the form back."""
    watched = ready(town, visit)
    page = watched.page
    ask(page, "A000100", "[data-act=triage]")
    for key in "222":
        page.keyboard.press(key)
    page.wait_for_selector("#indoors >> text=请先打开阀门")
    page.keyboard.press("1")
    page.check("[value=other]")
    assert page.locator("#questions [name=service]").count() == 3
    page.check("[value=wet_ground]")
    page.wait_for_selector("[name='q.where']")
    assert page.locator("#questions [name=service]").count() == 0
    page.click("form.report button.strong")
    assert page.evaluate("document.activeElement.name") == "q.where"
    page.keyboard.type("东门路口")
    with page.expect_response("**/api/v1/hotline/reports") as saved:
        page.keyboard.press("Enter")
    report = saved.value.json()["report"]
    assert [(one["question"], one["yes"]) for one in report["triage"]] == [
        ("neighbours", False),
        ("valve", False),
    ]
    assert [(one["field"], one["value"]["zh"]) for one in report["answers"]] == [("where", "东门路口")]
    assert watched.wrong == []


def test_hl_15_questions_asked_over_an_open_form_take_keys_and_leave_nothing_unsaved(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """HL-15: what stood in the form is put away; after them a call comes up by itself again."""
    watched = ready(town, visit)
    page = watched.page
    ask(page, "A000100", "[data-act=triage]")
    page.click("[data-act=report]")
    page.click("[data-act=triage]")
    page.wait_for_selector("#indoors")
    page.keyboard.press("3")
    page.wait_for_selector("#indoors", state="detached")
    town.do("burst")
    town.do("told")
    town.do("ring")
    page.wait_for_selector("#verdict.known_outage")
    assert watched.wrong == []


def test_hl_05_a_call_that_rings_never_takes_the_card_of_the_caller_who_is_spoken_to(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """It is offered beside it; whose card is up, and so whom the first key links, stays who speaks."""
    town.do("burst")
    town.do("told")
    watched = ready(town, visit, "en")
    page = watched.page
    town.do("ring")
    page.wait_for_selector("#verdict.known_outage")
    speaks = page.inner_text(".caller")
    town.do("answer")
    page.wait_for_selector("[data-call] >> text=speaking")
    town.do("second")
    page.wait_for_selector("#offer button")
    assert page.inner_text(".caller") == speaks
    town.do("given_up")
    page.wait_for_selector("#offer", state="hidden")
    assert page.inner_text(".caller") == speaks
    assert watched.wrong == []


def test_hl_05_who_was_offered_comes_up_once_the_agent_answers(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    town.do("told")
    watched = ready(town, visit, "en")
    page = watched.page
    town.do("ring")
    town.do("answer")
    page.wait_for_selector("[data-call] >> text=speaking")
    page.wait_for_selector("#verdict.known_outage")
    speaks = page.inner_text(".caller .where")
    town.do("second")
    page.wait_for_selector("#offer button")
    town.do("answer_second")
    page.wait_for_selector("#offer", state="hidden")
    page.wait_for_function("was => document.querySelector('.caller .where')?.innerText !== was", arg=speaks)
    assert watched.wrong == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hl_06_verdict_estimate_next_update_script_and_keys_are_seen_without_scrolling(
    town: Town, visit: Callable[..., Watched], lang: str
) -> None:
    """At 1366 x 768; and no table runs past its panel."""
    town.do("burst")
    town.do("told")
    watched = ready(town, visit, lang)
    page = watched.page
    town.do("ring")
    page.wait_for_selector("#back")
    for named in ("#back", "#verdict .next", "#verdict .say", "#verdict .acts", ".script"):
        box = page.locator(named).first.bounding_box()
        assert box and box["y"] + box["height"] <= 768, named
    over = """(minutes) => {
      document.querySelectorAll(".sensors td:last-child").forEach((td) => { td.textContent = minutes; });
      const table = document.querySelector(".sensors table");
      return table.scrollWidth - table.parentElement.clientWidth + 2 * 14;
    }"""
    assert page.evaluate(over, {"zh": "12 分钟", "en": "12 min"}[lang]) <= 0, (
        "minutes old, within its padding"
    )
    for row in page.locator(".sensors th").all():
        box = row.bounding_box()
        assert box and box["height"] < 52, "a name takes two lines at most"
    assert watched.wrong == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hl_12_who_rings_about_advice_to_boil_is_asked_and_not_put_down_as_yellow_water(
    town: Town, visit: Callable[..., Watched], lang: str
) -> None:
    town.do("advise boil")
    watched = ready(town, visit, lang)
    page = watched.page
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.url.endswith("/hotline/reports") else None)
    ask(page, "A000001", "[data-act=link]")
    page.keyboard.press("1")
    page.wait_for_selector("form.report [name=symptom]")
    assert page.locator("[name=symptom]:checked").count() == 0 and sent == []
    if pictures := os.environ.get("PICTURES"):
        page.screenshot(path=f"{pictures}/boil-{lang}.png")
    town.do("lifted")
    assert watched.wrong == []
