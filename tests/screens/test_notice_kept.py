"""What is typed into a notice's form is lost by nothing but its writer's own wish: it is kept on this browser
for who is signed in, until it is saved, thrown away or signed out (ON-04)."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screens.conftest import PASSWORD, Town, Watched

ID = "NTC-20261123-00001"
ORDER = {
    "finding_zh": "检出苯 0.05 毫克/升",
    "finding_en": "benzene, 0.05 mg/l",
    "health_en": "health authority",
    "late_reason": "突发",
}


def opened(visit: Callable[..., Watched], town: Town, query: str = "", lang: str = "zh") -> Watched:
    watched = visit(town, "operator", 1440, 900)
    watched.open(f"/notices?lang={lang}{query}")
    return watched


def write_order(page: Page) -> None:
    """The longest form, with a street, a time and a place where water is fetched."""
    page.click("#new")
    page.select_option("#kind", "do_not_drink")
    for id, text in ORDER.items():
        page.fill(f"#{id}", text)
    page.fill("#street-search", "rml")
    page.click("#street-found [data-street] >> nth=0")
    page.fill("#confirmed", "2026-11-23T08:00")
    page.click("#add-point")
    page.fill(".point [data-field=zh]", "人民广场")


def expect_order(page: Page) -> None:
    expect(page.locator("#kind")).to_have_value("do_not_drink")
    for id, text in ORDER.items():
        expect(page.locator(f"#{id}")).to_have_value(text)
        expect(page.locator(f"#{id}")).to_be_visible()
    expect(page.locator("#streets [data-chosen]")).to_have_count(1)
    expect(page.locator("#confirmed")).to_have_value("2026-11-23T08:00")
    expect(page.locator(".point [data-field=zh]")).to_have_value("人民广场")
    expect(page.locator("#write .kept")).to_contain_text("已恢复")


def test_a_new_notice_comes_back_after_another_is_opened_the_way_back_and_a_reload(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = opened(visit, town)
    page = watched.page
    write_order(page)
    assert page.locator("#write .kept").count() == 0, "nothing was brought back"
    page.click(f"#list a[href*='{ID}']")
    expect(page.locator("#notice .badges")).to_be_visible()
    expect(page.locator("#message")).to_contain_text("仍保留")
    expect(page.locator("#new")).to_contain_text("未保存")
    page.click("#new")
    expect_order(page)
    page.go_back()
    expect(page.locator("#notice .badges")).to_be_visible()
    page.click("#new")
    expect_order(page)
    page.reload()
    expect_order(page)
    page.click("#write [data-act=throw-away]")
    page.click("#write [data-act=throw-away-sure]")
    expect(page.locator("#finding_zh")).to_have_value("")
    expect(page.locator("#write .kept")).to_have_count(0)
    page.reload()
    page.wait_for_selector("#write")
    expect(page.locator("#finding_zh")).to_have_value("")
    expect(page.locator("#streets [data-chosen]")).to_have_count(0)
    assert watched.wrong == []


def test_an_edit_comes_back_with_what_others_changed_beside_it_and_is_gone_once_it_is_saved(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = opened(visit, town, f"&id={ID}", "en")
    page = watched.page
    page.click("[data-act=edit]")
    page.fill("#reason_zh", "第三方施工损坏")
    page.fill("#reason_en", "damage by works")
    page.fill("#advice_en", "Fill a bucket.")
    page.fill("#advice_zh", "请储水。")
    page.reload()
    page.wait_for_selector("[data-act=edit]")
    expect(page.locator("#begun")).to_contain_text("not saved")
    before = page.request.get(f"/api/v1/notices/{ID}").json()
    other = {"seq": before["seq"], "reason": {"zh": "管道破裂", "en": "a broken pipe"}}
    quicker = page.request.put(f"/api/v1/notices/{ID}", data=other, headers={"idempotency-key": "quick"})
    assert quicker.ok, quicker.text()
    page.click("[data-act=edit]")
    expect(page.locator("#reason_en")).to_have_value("damage by works")
    expect(page.locator("#advice_en")).to_have_value("Fill a bucket.")
    expect(page.locator("[data-theirs=reason_en]")).to_contain_text("a broken pipe")
    page.click("#write button.strong")
    expect(page.locator("#write")).to_have_count(0)
    saved = page.request.get(f"/api/v1/notices/{ID}").json()
    assert saved["reason"]["en"] == "damage by works"
    assert saved["advice"]["en"] == "Fill a bucket."
    assert set(saved["written"]) == {"reason", "advice"}, "what was not typed follows the facts"
    page.reload()
    page.wait_for_selector("[data-act=edit]")
    expect(page.locator("#begun")).to_have_count(0)
    page.click("[data-act=edit]")
    expect(page.locator("#write .kept")).to_have_count(0)
    assert watched.wrong == []


def test_what_is_going_on_never_wipes_what_is_being_typed(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    page = opened(visit, town, f"&id={ID}").page
    page.click("[data-act=edit]")
    page.fill("#advice_zh", "请储水。")
    before = page.request.get(f"/api/v1/notices/{ID}").json()
    other = {"seq": before["seq"], "reason": {"zh": "管道破裂", "en": "a broken pipe"}}
    assert page.request.put(f"/api/v1/notices/{ID}", data=other, headers={"idempotency-key": "q"}).ok
    town.do("shut")
    expect(page.locator("#list")).to_be_visible()
    page.wait_for_timeout(1500)
    expect(page.locator("#advice_zh")).to_have_value("请储水。")


def test_nothing_of_it_is_left_when_its_writer_has_signed_out_or_another_has_signed_in(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = opened(visit, town).page
    stored = "JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})"
    write_order(page)
    assert "0.05" in page.evaluate(stored)
    page.click("#sign-out")
    page.wait_for_url("**/sign-in*")
    assert "0.05" not in page.evaluate(stored)
    again = opened(visit, town).page
    write_order(again)
    signed = again.request.post("/api/v1/session", data={"user": "dispatcher", "password": PASSWORD})
    assert signed.ok, signed.text()
    again.goto("/desk")
    again.wait_for_selector("body[data-ready]")
    assert "0.05" not in again.evaluate(stored)
    again.goto("/notices?new=1")
    again.wait_for_selector("#write")
    expect(again.locator("#finding_zh")).to_have_value("")
