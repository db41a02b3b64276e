"""The notices page: a planned cut is written, found lacking, mended, approved, published and moved; by two
persons in two browsers (ON-04, ON-05, ON-06, ON-08, ON-13)."""

import os
from collections.abc import Callable

from playwright.sync_api import APIResponse, Page, Route, expect

from tests.screens.conftest import Town, Watched
from tests.screens.lost import lose_first_answer


def opened(visit: Callable[..., Watched], town: Town, role: str, query: str = "") -> Watched:
    watched = visit(town, role, 1440, 900)
    watched.open(f"/notices?lang=en{query}")
    return watched


def act(page: Page, name: str, sure: bool = False) -> None:
    page.click(f"[data-act={name}]")
    if sure:
        page.click(f"[data-act={name}-sure]")


def write_planned(page: Page, status: str = "actual") -> None:
    page.click("#new")
    page.select_option("#status", status)
    for asked in ("rml", "zhongshan"):
        page.fill("#street-search", asked)
        page.click("#street-found [data-street] >> nth=0")
    expect(page.locator("#streets [data-chosen]")).to_have_count(2)
    page.fill("#starts", "2026-11-25T09:00")
    page.fill("#latest", "2026-11-25T15:00")
    page.fill("#reason_zh", "管道改造")
    page.fill("#reason_en", "mains renewal")
    page.click("#write button.strong")


def test_a_planned_cut_is_written_mended_published_and_moved(
    town: Town, visit: Callable[..., Watched]
) -> None:
    watched = opened(visit, town, "operator")
    page = watched.page
    write_planned(page)
    expect(page.locator("[data-lack=approval_missing]")).to_be_visible()
    expect(page.locator("[data-act=approve]")).to_have_count(0)
    act(page, "edit")
    page.fill("#approval", "水审〔2026〕7号")
    page.click("#write button.strong")
    expect(page.locator("[data-lack=fire_untold]")).to_contain_text("mend first")
    act(page, "fire", sure=True)
    expect(page.locator("#checks")).to_contain_text("Nothing is wrong")
    expect(page.locator("#difference")).to_contain_text("for the first time")
    id = page.evaluate("new URLSearchParams(location.search).get('id')")

    managed = opened(visit, town, "duty_manager", f"&id={id}")
    other = managed.page
    act(other, "approve")
    act(other, "publish", sure=True)
    expect(other.locator("[data-version='1']")).to_be_visible()
    expect(page.locator("[data-act=update]")).to_be_visible()
    assert page.locator("[data-act=edit]").count() == 0, "what is published is never edited"

    act(page, "update")
    expect(page.locator("#title_zh")).not_to_have_value("")
    expect(page.locator("#reason_en")).to_have_value("mains renewal")
    page.fill("#starts", "2026-11-26T09:00")
    page.fill("#latest", "2026-11-26T15:00")
    page.click("#write button.strong")
    expect(page.locator(".texts ins", has_text="Thu 26 Nov, 09:00").first).to_be_visible()
    expect(page.locator(".texts del", has_text="Wed 25 Nov, 09:00").first).to_be_visible()
    lines = page.locator(".texts").first.locator("article[lang=en] > p").all_inner_texts()
    contact = page.request.get(f"/api/v1/notices/{id}").json()["body"]["en"].split("\n")[-1]
    off = [
        n
        for day in ("Wed", "Thu")
        for n, line in enumerate(lines)
        if line.startswith(f"Water will be off {day}")
    ]
    assert off == [off[0], off[0] + 1] and off[1] < lines.index(contact), "what is gone stands where it stood"
    expect(page.locator("#difference")).to_contain_text("of the change")
    prepared = page.request.get(f"/api/v1/notices/{id}").json()["pending"]
    assert not {"title", "description", "advice"} & set(prepared["written"]), "what nobody changed follows"
    expect(page.locator(".numbers")).not_to_contain_text("25/11")
    expect(page.locator(".numbers")).to_contain_text("not told of what has changed")
    expect(page.locator("#fire")).to_contain_text("the fire service knows")
    expect(other.locator("[data-act=approve]")).to_be_visible()
    act(other, "approve")
    expect(other.locator("[data-act=publish]")).to_be_visible()
    newest = other.locator("#fire [data-fire]").first
    expect(newest).to_have_attribute("data-fire", "open")
    act(other, "fire", sure=True)
    expect(newest).to_have_attribute("data-fire", "done")
    expect(newest).to_contain_text("the fire service knows")
    one_time(other)
    act(other, "fire-undo", sure=True)
    expect(other.locator("#fire [data-fire=open], #fire [data-fire=dropped]").first).to_contain_text(
        "taken back by"
    )
    act(other, "fire", sure=True)
    expect(newest).to_have_attribute("data-fire", "done")
    one_time(other)
    act(other, "publish", sure=True)
    expect(other.locator("[data-version='2']")).to_contain_text("refers to 1 earlier")
    other.focus("[data-act=withdraw]")
    for _ in range(4):
        other.keyboard.down("Enter")
    other.keyboard.up("Enter")
    expect(other.locator("[data-act=withdraw-sure]")).to_be_visible()
    other.fill("#why", "施工取消")
    other.click("[data-act=withdraw-sure]")
    expect(newest).to_contain_text("cut called off")
    expect(newest).to_contain_text("It was planned for 26/11, 09:00 – 26/11, 15:00")
    expect(other.locator("#fire")).not_to_contain_text("have water again")
    assert watched.wrong == []
    assert managed.wrong == []


def one_time(page: Page) -> None:
    """The figure above says what the newest statement says, with its time."""
    expect(page.locator(".numbers")).to_contain_text(page.locator("#fire [data-fire] b").first.inner_text())


def test_what_is_lacking_is_said_line_by_line_when_publishing_is_tried(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = opened(visit, town, "operator", "&new=1").page
    lose_first_answer(page, "**/api/v1/notices")
    page.select_option("#kind", "boil")
    page.select_option("#where", "zones")
    page.select_option("#zones", index=0)
    expect(page.locator("#quality")).to_be_visible()
    page.click("#write button.strong")
    expect(page.locator("#message")).to_have_class("message bad")
    page.click("#write button.strong")
    for lack in ("approval_missing", "quality_finding_missing", "health_authority_missing", "reason_missing"):
        expect(page.locator(f"[data-lack={lack}]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-lack=approval_missing]")).to_be_visible()
    assert "new=" not in page.url, "its own address: a reload makes no other"
    kinds = [one["kind"] for one in page.request.get("/api/v1/notices").json()["items"]]
    assert kinds.count("boil") == 1, "X-02: its answer was lost, and it was pressed again"
    page.go_back()
    expect(page.locator("#write")).to_have_count(0)


def test_a_phone_has_it_without_scrolling_sideways(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "duty_manager", 390, 844)
    watched.open("/notices?lang=zh&id=NTC-20261123-00001")
    expect(watched.page.locator("[data-act=approve]")).to_be_visible()
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_regulator_reads_what_was_published_and_nothing_else(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    managed = opened(visit, town, "duty_manager", "&id=NTC-20261123-00001").page
    watched = opened(visit, town, "regulator", "&id=NTC-20261123-00001")
    expect(watched.page.locator("#notice")).to_contain_text("none that you may see")
    act(managed, "approve")
    act(managed, "publish", sure=True)
    expect(managed.locator("[data-version='1']")).to_be_visible()
    watched.page.reload()
    expect(watched.page.locator("[data-version='1']")).to_be_visible()
    assert watched.page.locator("[data-act]").count() == 0
    managed.goto("/desk?lang=en&view=notices&id=NTC-20261123-00001")
    managed.click("[data-command='restore:NTC-20261123-00001']")
    act(managed, "restore")
    expect(managed.locator("label[for=why]")).to_be_visible()


def test_what_people_will_receive_is_seen_before_it_is_approved(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """ON-02: each rendering, the short message as the gateway sends it, apart for who may have no water and
    who weak water."""
    town.do("burst")
    watched = opened(visit, town, "duty_manager", "&id=NTC-20261123-00001")
    page = watched.page
    expect(page.locator("#preview .sum")).to_contain_text("people are sent it")
    expect(page.locator("#preview")).to_contain_text("parts")
    english, chinese = (page.locator(f"#preview article[lang={lang}]") for lang in ("en", "zh-CN"))
    expect(chinese.locator(".sent-to")).to_have_count(2)
    told = (("may be without water", "疑似故障，可能停水"), ("low pressure", "疑似故障，水压可能偏低"))
    for n, (who, said) in enumerate(told):
        expect(chinese.locator(".sent-to").nth(n)).to_contain_text(f"{who}: first notice")
        expect(chinese.locator(".bubble").nth(n)).to_contain_text(said)
        expect(chinese.locator(".bubble").nth(n)).to_contain_text("【清河水务】")
        expect(chinese.locator(".bubble").nth(n)).to_contain_text("/n/NTC-20261123-00001")
    expect(english).to_contain_text("Water may be off")
    expect(english.locator(".bubble").first).to_contain_text("(Qinghe Water)")
    for text in (english, chinese):
        expect(text).not_to_contain_text("template is registered")
    if pictures := os.environ.get("PICTURES"):
        page.locator("#preview").screenshot(path=f"{pictures}/preview.png")
    page.click("[data-preview=ivr]")
    expect(page.locator("#preview")).to_contain_text("25 s at most")
    page.click("[data-preview=poster]")
    link = page.locator("#preview a").first.get_attribute("href")
    assert page.request.get(f"{town.url}{link}").headers["content-type"] == "application/pdf"
    assert watched.wrong == []


BOIL = {
    "kind": "boil",
    "scope": {"zones": ["dma-01"]},
    "reason": {"zh": "水样检出细菌", "en": "germs in a sample"},
    "reported": {"to": {"zh": "市水务局", "en": "Water bureau"}, "at": "2026-11-23T00:00:00Z"},
    "quality": {
        name: {"zh": "已说明", "en": "as told"}
        for name in ("finding", "effects", "risk", "doing", "alternatives", "authority")
    },
}


def test_on09_an_all_clear_that_waits_promises_nothing_any_more(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """Nothing is to come back and nobody is told next: neither estimate nor next update stands beside it."""
    officer, manager = (opened(visit, town, role).page for role in ("quality_officer", "duty_manager"))
    operator = opened(visit, town, "operator").page

    def post(page: Page, path: str, body: dict | None = None) -> dict:
        answer = page.request.post(f"{town.url}/api/v1/notices{path}", data=body or {})
        assert answer.ok, answer.text()
        return answer.json()

    id = post(operator, "", BOIL)["id"]
    post(officer, f"/{id}/approve")
    post(manager, f"/{id}/publish")
    manager.goto(f"{town.url}/notices?lang=en&id={id}")
    expect(manager.locator(".numbers")).to_contain_text("Next update")
    expect(manager.locator("[data-act=withdraw]")).to_have_count(0)
    expect(manager.locator("#lifted-only")).to_contain_text("lifted by the laboratory")
    officer.goto(f"{town.url}/notices?lang=en&id={id}")
    expect(officer.locator("[data-act=restore]")).to_be_visible()
    post(officer, f"/{id}/restore", {"lab": "LAB-7"})
    manager.goto(f"{town.url}/notices?lang=en&id={id}")
    expect(manager.locator(".numbers")).to_contain_text("Version 2")
    for words in ("Next update", "Expected", "assessed"):
        expect(manager.locator(".numbers")).not_to_contain_text(words)
    expect(manager.locator("[data-act=publish]")).to_be_visible()
    expect(manager.locator("[data-act=restore]")).to_have_count(0)
    officer.goto(f"{town.url}/notices?lang=en&id={id}")
    expect(officer.locator("#second")).to_be_visible()
    expect(officer.locator("[data-act=restore]"), "proposed already").to_have_count(0)


def test_a_question_stays_when_what_was_done_before_is_answered_late(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """Others' eyes, and the event, may be quicker than the answer of one's own approval."""
    town.do("burst")
    page = opened(visit, town, "duty_manager", "&id=NTC-20261123-00001").page
    answers: list[tuple[Route, APIResponse]] = []
    page.route("**/approve", lambda route: answers.append((route, route.fetch())))
    act(page, "approve")
    act(page, "publish")
    expect(page.locator("[data-act=publish-sure]")).to_be_visible()
    ((route, answer),) = answers
    with page.expect_response("**/renderings"):
        route.fulfill(response=answer)
    page.wait_for_timeout(500)
    act(page, "publish-sure")
    expect(page.locator("[data-version='1']")).to_be_visible()


def test_what_is_being_written_stays_when_what_was_done_before_is_answered_late(
    town: Town, visit: Callable[..., Watched]
) -> None:
    page = opened(visit, town, "operator").page
    write_planned(page)
    answers: list[tuple[Route, APIResponse]] = []
    page.route("**/fire-service", lambda route: answers.append((route, route.fetch())))
    act(page, "fire", sure=True)
    act(page, "edit")
    page.fill("#approval", "水审〔2026〕7号")
    while not answers:
        page.wait_for_timeout(50)
    ((route, answer),) = answers
    route.fulfill(response=answer)
    expect(page.locator("#message")).to_have_text("Done.")
    page.wait_for_timeout(500)
    expect(page.locator("#approval")).to_have_value("水审〔2026〕7号")
