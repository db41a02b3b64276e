"""What an operator does with an alarm but acknowledge it: shelve, propose, split; and how good they are."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.screens.conftest import Town, Watched

BURST = "dma-06:burst"
WHY = "known work on the main, crew on site"


def desk(town: Town, visit: Callable[..., Watched], role: str, path: str) -> Page:
    watched = visit(town, role)
    watched.open(path)
    return watched.page


def write_a_reason_to_shelve(page: Page, why: str) -> None:
    page.wait_for_selector('#pane details[data-act="s"]')
    page.keyboard.press("s")
    page.keyboard.press("Tab")
    page.keyboard.type(why)


def test_an_alarm_is_shelved_by_keyboard_and_taken_off_again(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", f"/desk?lang=zh&view=alarms&id={BURST}")
    write_a_reason_to_shelve(page, WHY)
    page.keyboard.press("Enter")
    expect(page.locator(f'tr[data-key="{BURST}"]')).to_have_count(0)
    page.click(".subtabs a >> text=已搁置")
    row = page.locator(f'tr[data-key="{BURST}"]')
    expect(row).to_contain_text("已搁置 →")
    row.locator("a").click()
    expect(page.locator(".held")).to_contain_text(WHY)
    page.click("[data-command^=unshelve]")
    expect(row).to_have_count(0)
    page.click(".subtabs a >> text=当前")
    expect(page.locator(f'tr[data-key="{BURST}"].answered')).to_have_count(1)


def test_a_reason_too_short_is_not_sent(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", f"/desk?lang=en&view=alarms&id={BURST}")
    write_a_reason_to_shelve(page, "short")
    page.keyboard.press("Enter")
    expect(page.locator("#pane input:invalid").first).to_be_focused()
    expect(page.locator(f'tr[data-key="{BURST}"]')).to_have_count(1)


def test_what_is_being_written_keeps_the_focus_while_the_alarm_changes(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", f"/desk?lang=zh&view=alarms&id={BURST}")
    write_a_reason_to_shelve(page, WHY[:12])
    town.do("ack")
    expect(page.locator(f'tr[data-key="{BURST}"].answered')).to_have_count(1)
    expect(page.locator(f"#pane [data-command='ack:{BURST}']")).to_have_count(0)
    page.keyboard.type(WHY[12:])
    expect(page.locator('#pane details[data-act="s"] input').first).to_have_value(WHY)


def test_on_a_phone_a_row_has_its_button_in_reach_and_the_chosen_one_the_screen(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    watched = visit(town, "operator", 390, 844, bypass_csp=True)
    watched.open("/desk?lang=en&view=alarms")
    page = watched.page
    row = page.locator(f'tr[data-key="{BURST}"]')
    page.wait_for_function(
        """selector => {
            const button = document.querySelector(selector)?.getBoundingClientRect();
            return button && button.width > 0 && button.right <= 390 && button.height >= 44;
        }""",
        arg=f'tr[data-key="{BURST}"] button',
    )
    row.locator("a").click()
    expect(page.locator("#pane h2")).to_be_in_viewport()
    small = """[...document.querySelectorAll('#pane button, #pane summary')].filter(node =>
        node.getBoundingClientRect().height < 44).map(node => node.outerHTML)"""
    assert page.evaluate(small) == []
    expect(page.locator("#pane kbd:visible")).to_have_count(0)
    expect(row).to_be_hidden()
    page.click("#pane .back")
    expect(row).to_be_visible()
    row.locator("button").click()
    expect(page.locator(f'tr[data-key="{BURST}"].answered')).to_have_count(1)


def test_what_was_written_stays_when_the_hub_does_not_answer(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", f"/desk?lang=zh&view=alarms&id={BURST}")
    page.route("**/shelve", lambda route: route.abort())
    write_a_reason_to_shelve(page, WHY)
    page.keyboard.press("Enter")
    page.wait_for_selector("#message.bad")
    expect(page.locator('#pane details[data-act="s"] input').first).to_have_value(WHY)


def test_out_of_service_is_proposed_by_one_and_approved_by_another(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", f"/desk?lang=zh&view=alarms&id={BURST}")
    page.click("details[data-act=out] summary")
    page.fill("details[data-act=out] input >> nth=0", "工作票-0042")
    page.fill("details[data-act=out] input >> nth=1", WHY)
    page.click("details[data-act=out] button")
    expect(page.locator("#pane")).to_contain_text("已提出停用")
    boss = desk(town, visit, "duty_manager", "/desk?lang=zh&view=alarms&tab=approve")
    row = boss.locator("#list tbody tr")
    expect(row.locator("td.message")).to_have_text("滨江片区 疑似爆管")
    expect(row.locator("td.source")).to_have_text("滨江")
    expect(row.locator("td.why")).to_have_text(WHY)
    expect(row.locator("td.permit")).to_have_text("工作票-0042")
    boss.click("#list tbody a")
    expect(boss.locator("#pane h2")).to_contain_text("滨江片区")
    expect(boss.locator("#pane .facts")).to_contain_text(WHY)
    expect(boss.locator("#pane")).not_to_contain_text(BURST)
    boss.click("[data-command^=approve]")
    boss.click(".confirm button.strong")
    boss.click(".subtabs a >> text=已停用")
    expect(boss.locator(f'tr[data-key="{BURST}"]')).to_have_count(1)
    boss.click(f'tr[data-key="{BURST}"] a')
    expect(boss.locator(".held")).to_contain_text("工作票-0042")
    expect(page.locator(f'tr[data-key="{BURST}"]')).to_have_count(0)


def test_an_incident_of_two_causes_is_split(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", "/desk?lang=zh&view=incidents&id=INC-20261123-00001")
    ticks = page.locator("#pane .members input")
    expect(ticks.first).to_be_visible()
    before = ticks.count()
    ticks.last.check()
    page.click("[data-command^=split]")
    page.click(".confirm button:has-text('拆为')")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    expect(page.locator("#pane .members li")).to_have_count(before - 1)


def test_the_figures_stand_beside_their_targets(town: Town, visit: Callable[..., Watched]) -> None:
    page = desk(town, visit, "operator", "/desk?lang=zh&view=alarms&tab=figures")
    expect(page.locator(".figures tbody tr")).to_have_count(12)
    expect(page.locator(".figures")).to_contain_text("≤ 150")
    expect(page.locator(".figures .since")).to_contain_text("此前系统没有运行")
    expect(page.locator(".figures")).to_contain_text("不足以评判")


def test_who_was_told_what_and_why_not_stands_on_the_desk(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", "/desk?lang=zh&view=alarms&tab=calls")
    expect(page.locator(".calls")).to_contain_text("还没有通知过任何人")
    town.do("calls")
    log = page.locator(".calls tbody tr")
    expect(log.filter(has_text="值班长")).to_contain_text("已送达通道")
    expect(log.filter(has_text="连接不上").first).to_contain_text("语音电话")
    expect(log.filter(has_text="值班长").locator("a")).to_contain_text("INC-")
    expect(page.locator(".calls .members").first).to_contain_text("已验证的联系方式不足两种")
    expect(page.locator(".subtabs a >> text=值班通知")).to_contain_text("1")
    log.filter(has_text="值班长").locator("a").click()
    expect(page.locator("#pane")).to_contain_text("值班手机二 · 短信 · 已送达通道 · 无人确认")


def test_an_incident_says_its_cause_and_what_the_hub_did_and_a_person_takes_it_back(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", "/desk?lang=en&view=incidents&id=INC-20261123-00001")
    pane = page.locator("#pane")
    expect(pane.locator(".first")).to_contain_text("agree within 2 s")
    expect(pane).to_contain_text("90% of its signs seen")
    expect(pane).to_contain_text("inflow up × 1 · pressure down × 2")
    expect(pane.locator(".members li").first).to_contain_text("+0 s")
    page.click("[data-command='undo:incident:INC-20261123-00001']")
    page.click(".acts .confirm button.strong")
    expect(page.locator("#message")).to_contain_text("10 characters")
    page.fill("#undo-INC-20261123-00001", "the fire brigade used a hydrant")
    page.click(".acts .confirm button.strong")
    expect(pane).to_contain_text("it confirms no more by itself")
    expect(pane.locator(".stateline")).to_contain_text("suspected")
    expect(pane).to_contain_text("the hub's confirmation undone (operator)")
    expect(page.locator("[data-command^='undo:']")).to_have_count(0)


def test_a_lost_station_says_where_how_to_confirm_it_and_links_to_its_collection(
    town: Town, visit: Callable[..., Watched]
) -> None:
    town.do("lost")
    page = desk(town, visit, "operator", "/desk?lang=zh&view=alarms&id=st-02:communication")
    pane = page.locator("#pane")
    expect(pane).to_contain_text("核实方法看该站其他协议或人员能否联系上")
    expect(pane).to_contain_text("处置时限15 分钟")
    expect(pane).to_contain_text("规程IN-03")
    expect(page.locator("#list tbody tr")).to_contain_text("个测点")
    pane.locator("a:has-text('采集')").click()
    expect(page).to_have_url(re.compile("view=collection"))


def test_an_alarm_links_to_its_incident_by_its_title(town: Town, visit: Callable[..., Watched]) -> None:
    town.do("burst")
    page = desk(town, visit, "operator", f"/desk?lang=zh&view=alarms&id={BURST}")
    link = page.locator("#pane dl a[href*='incidents']")
    expect(link).not_to_contain_text("INC-")
    expect(link).to_contain_text("爆管")


def test_what_is_wrong_with_a_form_is_said_in_the_page_s_language(
    town: Town, visit: Callable[..., Watched]
) -> None:
    """The browser here speaks English, the page Chinese."""
    page = desk(town, visit, "engineer", "/desk?lang=zh&view=master&id=pressure-low")
    page.locator('[data-act="propose"] summary').click()
    why = page.get_by_label("原因（至少 10 个字符）").last
    said = "node => node.validationMessage"
    why.press("Enter")
    assert why.evaluate(said) == "请填写此项"
    why.press_sequentially("太短")
    assert "请填写" not in why.evaluate(said), "what was wrong is no more when something else is"
    why.press("Enter")
    assert why.evaluate(said) == "至少 10 个字符，现有 2 个"
