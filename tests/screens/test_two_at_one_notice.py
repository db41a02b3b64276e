"""Two persons at one notice: whoever was slower sees what stands, who did it and when, and loses nothing that
they typed (ON-04, ON-08)."""

import os
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.screens.conftest import Town, Watched

PICTURES = os.environ.get("NOTICES_PICTURES")
ID = "NTC-20261123-00001"


def at_it(visit: Callable[..., Watched], town: Town, role: str, lang: str = "en") -> Page:
    watched = visit(town, role, 1440, 900)
    watched.open(f"/notices?lang={lang}&id={ID}")
    return watched.page


def told_nothing_until(page: Page, act: str) -> None:
    """What others did of the notice reaches this page only once it has sent its own act."""
    deaf, held = [True], list[Route]()

    def sent(route: Route) -> None:
        deaf[0] = False
        route.continue_()

    page.route(f"**/api/v1/notices/{ID}", lambda route: held.append(route) if deaf[0] else route.continue_())
    page.route(f"**/api/v1/notices/*/{act}", sent)


def published(page: Page) -> None:
    page.click("[data-act=publish]")
    page.click("[data-act=publish-sure]")


def test_whoever_publishes_second_sees_that_it_is_published_by_whom_and_when(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    slow, quick = at_it(visit, town, "duty_manager"), at_it(visit, town, "duty_manager")
    quick.click("[data-act=approve]")
    slow.wait_for_selector("[data-act=publish]")
    slow.click("[data-act=publish]")
    told_nothing_until(slow, "publish")
    published(quick)
    expect(slow.locator("#list a[aria-current]")).to_contain_text("published")
    expect(slow.locator("[data-act=publish-sure]")).to_be_visible()
    slow.click("[data-act=publish-sure]")
    expect(slow.locator("#message")).to_contain_text("What stands now: published · duty manager")
    for act in ("publish", "publish-sure", "approve"):
        expect(slow.locator(f"[data-act={act}]")).to_have_count(0)
    expect(slow.locator("#notice .badges")).to_contain_text("published")
    expect(slow.locator("[data-version='1']")).to_be_visible()


def test_whoever_is_asked_while_another_acts_is_told_so_at_once(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    slow, quick = at_it(visit, town, "duty_manager", "zh"), at_it(visit, town, "duty_manager", "zh")
    quick.click("[data-act=approve]")
    slow.wait_for_selector("[data-act=publish]")
    slow.click("[data-act=withdraw]")
    published(quick)
    expect(slow.locator("#message")).to_contain_text("现状：已发布 · 值班长")
    expect(slow.locator("[data-act=withdraw-sure]")).to_have_count(0)


def test_a_draft_that_changed_since_it_was_drawn_is_not_approved_and_is_read_again(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """A burst is being located: whom its draft reaches is another between reading and pressing."""
    town.do("burst")
    slow, quick = at_it(visit, town, "duty_manager", "zh"), at_it(visit, town, "operator", "zh")
    slow.wait_for_selector("[data-act=approve]")
    told_nothing_until(slow, "approve")
    was, now = narrowed(quick)
    slow.click("[data-act=approve]")
    expect(slow.locator("#message")).to_contain_text(f"草稿已更新：{was}户→{now}户")
    expect(slow.locator("#message")).to_contain_text("现状：草稿 · 调度员")
    expect(slow.locator("[data-act=approve]")).not_to_have_attribute("aria-disabled", "true")
    assert quick.request.get(f"/api/v1/notices/{ID}").json()["state"] == "draft"
    if PICTURES:
        slow.screenshot(path=f"{PICTURES}/changed-draft.png", full_page=True)
    slow.click("[data-act=approve]")
    expect(slow.locator("[data-act=publish]")).to_be_visible()


def test_a_draft_that_changes_under_its_readers_eyes_says_so(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    slow, quick = at_it(visit, town, "duty_manager"), at_it(visit, town, "operator")
    slow.wait_for_selector("[data-act=approve]")
    was, now = narrowed(quick)
    expect(slow.locator("#message")).to_contain_text(f"The draft has changed: {was:,} → {now:,} accounts")
    slow.click("[data-act=approve]")
    expect(slow.locator("[data-act=publish]")).to_be_visible()


def test_a_draft_that_changed_since_it_was_drawn_is_not_put_into_another(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    slow, quick = at_it(visit, town, "duty_manager", "zh"), at_it(visit, town, "operator", "zh")
    words = {"zh": "抢修", "en": "repair"}
    same = quick.request.get(f"/api/v1/notices/{ID}").json()["streets"][0]["street"]
    wish = {"kind": "emergency_outage", "scope": {"streets": [same]}, "reason": words}
    made = quick.request.post("/api/v1/notices", data=wish, headers={"idempotency-key": "other"})
    assert made.ok, made.text()
    merge = slow.get_by_role("button", name="并入")
    slow.reload()
    expect(merge).to_be_visible()
    told_nothing_until(slow, "merge")
    was, now = narrowed(quick)
    merge.click()
    expect(slow.locator("#message")).to_contain_text(f"草稿已更新：{was}户→{now}户")
    expect(slow.locator("#message")).to_contain_text("现状：草稿")
    assert quick.request.get(f"/api/v1/notices/{ID}").json()["state"] == "draft"
    merge.click()
    expect(slow.locator("#notice .badges")).to_contain_text("已撤回")


def narrowed(page: Page) -> tuple[int, int]:
    """The draft reaches one street of its own alone; how many it reached, and reaches."""
    before = page.request.get(f"/api/v1/notices/{ID}").json()
    scope = {"streets": [], "kept": [before["streets"][0]["street"]]}
    body = {"seq": before["seq"], "scope": scope}
    answer = page.request.put(f"/api/v1/notices/{ID}", data=body, headers={"idempotency-key": "narrowed"})
    assert answer.ok, answer.text()
    was, now = (one["accounts_affected"] + one["accounts_weak"] for one in (before, answer.json()))
    assert was > now > 0
    return was, now


def test_of_two_editors_the_second_keeps_what_was_typed_and_takes_either(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    one, two = at_it(visit, town, "operator"), at_it(visit, town, "dispatcher")
    for page in (one, two):
        page.click("[data-act=edit]")
        page.wait_for_selector("#reason_en")
    one.fill("#reason_zh", "管道破裂")
    one.fill("#reason_en", "a broken pipe")
    one.fill("#advice_en", "Store water.")
    one.click("#write button.strong")
    expect(one.locator("#write")).to_have_count(0)
    two.fill("#reason_zh", "第三方施工损坏")
    two.fill("#reason_en", "damage by works")
    two.fill("#title_en", "Emergency outage, Renmin Road")
    two.click("#write button.strong")
    expect(two.locator("#message")).to_contain_text("operator")
    expect(two.locator("#reason_en")).to_have_value("damage by works")
    expect(two.locator("#title_en")).to_have_value("Emergency outage, Renmin Road")
    expect(two.locator("#advice_en")).to_have_value("Store water.")
    expect(two.locator("[data-theirs^=reason]")).to_have_count(2)
    if PICTURES:
        two.screenshot(path=f"{PICTURES}/two-editors.png", full_page=True)
    two.click("[data-theirs=reason_zh] [data-take=theirs]")
    two.click("[data-theirs=reason_en] [data-take=theirs]")
    expect(two.locator("#reason_en")).to_have_value("a broken pipe")
    two.click("#write button.strong")
    expect(two.locator("#write")).to_have_count(0)
    kept = two.request.get(f"/api/v1/notices/{ID}").json()
    assert kept["reason"] == {"zh": "管道破裂", "en": "a broken pipe"}
    assert kept["title"]["en"] == "Emergency outage, Renmin Road"
    assert kept["advice"]["en"] == "Store water."


def test_a_draft_that_is_saved_as_it_is_stays_the_hubs_and_says_so(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = at_it(visit, town, "operator")
    page.click("[data-act=edit]")
    page.wait_for_selector("#reason_en")
    before = page.request.get(f"/api/v1/notices/{ID}").json()
    page.click("#write button.strong")
    expect(page.locator("#write")).to_have_count(0)
    expect(page.locator("#message")).to_have_text("Nothing changed.")
    assert page.request.get(f"/api/v1/notices/{ID}").json() == before
    assert before["author"] == "hub"


def test_who_approved_doubtful_water_is_not_offered_to_publish_it(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """ON-13: two persons; the button is for the other."""
    writer = at_it(visit, town, "operator")
    made = writer.request.post(
        "/api/v1/notices",
        data={
            "kind": "boil",
            "scope": {"zones": [writer.evaluate(ZONE)]},
            "approval": "卫监〔2026〕1号",
            "reason": {"zh": "检出大肠菌群", "en": "coliforms were found"},
            "quality": {
                name: {"zh": "文字", "en": "words"}
                for name in ("finding", "effects", "risk", "doing", "alternatives", "authority")
            },
            "reported": {
                "to": {"zh": "市卫健委", "en": "health authority"},
                "at": "2026-11-23T08:00:00+08:00",
            },
        },
        headers={"idempotency-key": "boil-1"},
    )
    assert made.ok, made.text()
    watched = visit(town, "quality_officer", 1440, 900)
    watched.open(f"/notices?lang=zh&id={made.json()['id']}")
    watched.page.click("[data-act=approve]")
    expect(watched.page.locator("#second")).to_contain_text("另一人")
    expect(watched.page.locator("[data-act=publish]")).to_have_count(0)


ZONE = "JSON.parse(document.getElementById('places').textContent).zones[0].id"
