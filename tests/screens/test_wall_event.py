"""One incident on the wall: what, where, since when, how many and who, and nobody by name."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from core.model.account import Role
from tests.screens.conftest import Town, Watched

INCIDENT, NOTICE = "INC-20261123-00001", "NTC-20261123-00001"
PINNED = f"/wall/event/{INCIDENT}"
SCREENS = [(1024, 768), (1280, 1024), (1920, 1080), (1920, 1200), (3840, 2160), (3440, 1440), (5760, 1080)]
RUNS_OFF = """async () => {
    for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame);
    const seen = [...document.querySelectorAll('body *')].filter(n => n.checkVisibility()
        && !n.closest('.visually-hidden, noscript, svg') && n.getBoundingClientRect().width);
    const name = n => `${n.id || n.className || n.tagName}: ${n.textContent.slice(0, 40)}`;
    const text = n => [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
    const box = n => n.getBoundingClientRect();
    const off = seen.filter(n => box(n).right > innerWidth + 0.5 || box(n).bottom > innerHeight + 0.5);
    const below = n => box(n).bottom > box(n.closest('.event > *')).bottom + 1;
    const wide = n => n.clientWidth && n.scrollWidth > n.clientWidth + 1;
    const cut = seen.filter(n => n.matches('.event *') && (wide(n) || below(n)));
    const u = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--u'));
    const small = seen.filter(n => text(n) && parseFloat(getComputedStyle(n).fontSize) < u - 0.5);
    const found = { off, cut, small };
    return Object.keys(found).flatMap(what => found[what].map(n => `${what} ${name(n)}`));
}"""
CROSSED = """() => [...document.querySelectorAll('.event > *')].filter(n => n.checkVisibility()).filter(n => {
    const { left, right } = n.getBoundingClientRect(), third = innerWidth / 3;
    return Math.floor((left + 4) / third) !== Math.floor((right - 4) / third);
}).map(n => n.className)"""
INSTRUMENT = """async () => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const [{ MapView }, { loadNetwork, placeOf }, { plantNow }, { token }] = await Promise.all(
        ['map/view', 'map/network', 'core/clock', 'core/theme'].map(name => import(`${base}js/${name}.js`)));
    const net = await loadNetwork(), { items } = await (await fetch('/api/v1/tags')).json();
    const tag = items.find(one => one.quantity === 'pressure' && placeOf(net, one)), at = placeOf(net, tag);
    const canvas = document.body.appendChild(document.createElement('canvas'));
    Object.assign(canvas.style, { position: 'fixed', width: '900px', height: '600px' });
    const map = new MapView(canvas, net, () => 40);
    const read = (age, q) => ({ t: new Date(plantNow() - age).toISOString(), v: 30, q });
    const cases = { measures: read(0, 0), late: read(600e3, 0), bad: read(0, 0x80000000), never: null };
    const drawn = Object.entries(cases).map(([name, latest]) => {
        map.scene.tags = [{ ...tag, latest }];
        map.draw();
        const { p } = map.layout(900, 600, 40), [x, y] = [p.x(at.x), p.y(at.y)].map(Math.floor);
        const middle = [...map.g.getImageData(x, y, 1, 1).data].join();
        for (const [shape, colour] of [['disc', '--map-sensor'], ['ring', '--map-ground']]) {
            map.g.fillStyle = token(colour);
            map.g.fillRect(0, 0, 1, 1);
            if ([...map.g.getImageData(0, 0, 1, 1).data].join() === middle) return [name, shape];
        }
        return [name, middle];
    });
    canvas.remove();
    return Object.fromEntries(drawn);
}"""
"""A disc or a ring, by what an instrument has told."""
ANSWERED = """async ([id, changes]) => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const [{ drawAnswers }, { plantNow }] = await Promise.all(
        ['wall_event/answers', 'core/clock'].map(name => import(`${base}js/${name}.js`)));
    const incident = await (await fetch(`/api/v1/incidents/${id}`)).json();
    const at = minutes => new Date(plantNow() + minutes * 60e3).toISOString();
    const times = { published: at(-300), eta_earliest: at(-120), eta_latest: at(-1), next_update: at(-60) };
    return changes.map(({ notice, ...more }) => {
        const notices = [{ ...times, state: 'published', ...notice }];
        drawAnswers({ ...incident, ...more, notices }, String, String);
        return document.getElementById('answer-eta').innerText;
    });
}"""
"""What the public was told some hours ago, as it is read out now."""
ON_IT = """async id => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const { drawIncidents } = await import(`${base}js/wall/incidents.js`);
    const incident = await (await fetch(`/api/v1/incidents/${id}`)).json();
    const [repair] = incident.work_orders;
    const others = [{ kind: 'emergency_supply', state: 'closed' }, { state: 'cancelled' }];
    return [[], ...others.map(other => [{ ...repair, ...other }])].map(before => {
        const told = { ...incident, work_orders: [...before, repair] };
        drawIncidents([{ incident: told, priority: 1 }], String, 1);
        return document.querySelector('#incidents .chain').children[1].innerText;
    });
}"""
"""The order that the overview tells of: alone, beside one of water that is brought, beside one called off."""
SHANGHAI = timedelta(hours=8)
SIGNED_IN_AS = {role.value for role in Role}


def decided(page: Page, path: str, what: str, body: dict[str, Any]) -> None:
    seq = page.request.get(path).json()["seq"]
    answer = page.request.post(f"{path}/{what}", data={"seq": seq} | body)
    assert answer.ok, answer.text()


def answer(page: Page, id: str) -> Any:
    return expect(page.locator(f"#answer-{id}"))


def test_from_what_and_where_to_its_end_it_follows_and_no_person_is_named(
    town: Town, visit: Callable[..., Watched]
) -> None:
    following, pinned = visit(town, "kiosk", 1920, 1080), visit(town, "kiosk", 1920, 1080)
    manager = visit(town, "duty_manager").page
    following.open("/wall/event?lang=en")
    expect(following.page.locator("#empty")).to_have_text("No open incident")
    town.do("burst")
    pinned.open(f"{PINNED}?lang=zh")
    it_says_what_where_since_when_how_many_and_who(pinned.page)
    it_hides_no_other_alarm(town, following.page)
    the_estimate_is_what_the_public_was_told_and_nothing_before_it(following.page, manager)
    town.do("critical")
    town.do("shut")
    nobody_is_named(pinned)
    it_follows_the_crew(pinned.page)
    town.do("back")
    expect(pinned.page.locator("#state")).to_have_text("已恢复")
    answer(pinned.page, "whom").to_contain_text("曾影响")
    decided(manager, f"/api/v1/incidents/{INCIDENT}", "close", {})
    expect(pinned.page.locator("#state")).to_have_text("本事件已结束：已结案")
    expect(pinned.page.locator("#event.over")).to_be_visible()
    expect(following.page.locator("#state")).to_have_text("This incident is over: closed")
    town.do("flood 30")
    expect(following.page.locator("#title")).to_contain_text("Low pressure")
    following.open("/wall/event/INC-20200101-00001?lang=en")
    expect(following.page.locator("#empty")).to_have_text("There is no such incident: INC-20200101-00001")
    assert pinned.wrong == []


def it_says_what_where_since_when_how_many_and_who(page: Page) -> None:
    expect(page.locator("#title")).to_have_text("滨江片区爆管")
    expect(page.locator("#since")).to_have_text(re.compile(r"\d\d:\d\d 起 · \d+ (秒|分)"))
    answer(page, "where").to_contain_text(re.compile("滨江片区 · .+附近"))
    answer(page, "whom").to_contain_text(re.compile(r"可能停水 \d+ 户"))
    answer(page, "who").to_contain_text("尚未派班")
    answer(page, "eta").to_contain_text("尚未发布")
    expect(page.locator("#pipes")).to_have_text(re.compile(r"疑似管段 A \S+ 41%、B \S+ 23%、C \S+ 12%"))
    expect(page.locator("#valves")).to_contain_text("待关阀门")
    expect(page.locator("#nearest .curve")).to_have_count(2)
    expect(page.locator("#found p.usual")).to_contain_text("128.4 m³/h · 预期 82.2 · 偏差 +46.2 m³/h")
    expect(page.locator("#nearest .usual").first).to_have_text(re.compile(r"日常 0\.\d{3}–0\.\d{3}"))
    expect(page.locator("#curves .curve.outside")).not_to_have_count(0)
    expect(page.locator("#timeline")).to_contain_text("立为事件")


def it_hides_no_other_alarm(town: Town, page: Page) -> None:
    """Without an id in the address it is the worst that is shown."""
    expect(page.locator("#title")).to_contain_text("Burst in")
    expect(page.locator("#banner")).to_be_hidden()
    town.do("raised dma-03:burst")
    expect(page.locator("#banner.unanswered")).to_be_visible()
    expect(page.locator("#title")).to_contain_text("Burst in")
    expect(page.locator("#timeline li").first).to_be_visible()
    assert page.evaluate(RUNS_OFF) == []


def the_estimate_is_what_the_public_was_told_and_nothing_before_it(page: Page, manager: Page) -> None:
    manager.goto(f"{PINNED}?lang=en")
    for shown in (page, manager):
        answer(shown, "eta").to_contain_text("Not published yet")
    for act in ("approve", "publish"):
        decided(manager, f"/api/v1/notices/{NOTICE}", act, {})
    for shown in (page, manager):
        answer(shown, "eta").to_contain_text(re.compile(r"next update by \d\d:\d\d · told \d\d:\d\d"))
        expect(shown.locator("#timeline")).to_contain_text("notice published")
    told = manager.request.get(f"/api/v1/notices/{NOTICE}").json()
    first, last = (datetime.fromisoformat(told[f"eta_{end}"]) + SHANGHAI for end in ("earliest", "latest"))
    answer(page, "eta").to_contain_text(f"{first:%H:%M} – {last:%H:%M}")


def nobody_is_named(watched: Watched) -> None:
    """Neither on it nor in what it is told."""
    told: list[Response] = []
    page = watched.page
    page.on("response", lambda one: told.append(one) if "/api/v1/" in one.url else None)
    watched.open(f"{PINNED}?lang=zh")
    answer(page, "who").to_contain_text("抢修一班")
    expect(page.locator("#nearest .curve")).to_have_count(2)
    page.wait_for_load_state("load")
    assert page.locator("button, input, a[href]").count() == 0
    assert "用户" not in page.inner_text("body")
    read = [one for one in told if "application/json" in one.headers.get("content-type", "")]
    assert any(INCIDENT in one.url for one in read)
    for one in read:
        named = SIGNED_IN_AS & set(texts(one.json()))
        assert named == set(), (one.url, named)


def it_follows_the_crew(page: Page) -> None:
    answer(page, "who").to_contain_text("抢修一班 · 已止水")
    answer(page, "whom").to_contain_text("其中 医院 1")
    answer(page, "whom").to_contain_text(re.compile(r"(?<!可能)停水 \d+ 户"))
    expect(page.locator("#valves")).to_contain_text("已关阀门")
    expect(page.locator("#timeline li").first).to_contain_text("止水")


def test_it_says_when_it_is_not_live(calm: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open(f"{PINNED}?lang=zh")
    expect(watched.page.locator("#title")).to_have_text("滨江片区爆管")
    with calm.frozen():
        expect(watched.page.locator("#stale")).to_be_visible()
        expect(watched.page.locator("body.not-live")).to_have_count(1)
    expect(watched.page.locator("#stale")).to_be_hidden()


def test_only_an_instrument_that_measures_now_is_a_disc_on_the_map(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open("/wall/event")
    drawn = watched.page.evaluate(INSTRUMENT)
    assert drawn == {"measures": "disc", "late": "ring", "bad": "ring", "never": "ring"}


def test_no_estimate_is_read_out_once_it_has_passed(calm: Town, visit: Callable[..., Watched]) -> None:
    """Whether or not the hub has said so yet; and advice is lifted, its water was never off."""
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.open(f"{PINNED}?lang=en")
    ended: dict[str, Any] = {"notice": {"state": "restored"}}
    late, over, lifted = watched.page.evaluate(ANSWERED, [INCIDENT, [{}, ended, ended | {"water": None}]])
    assert "Past its time" in late and " – " not in late and "update was due by" in late
    assert "Told: restored" in over and "Told: lifted" in lifted


def test_both_pages_tell_of_the_order_that_people_are_on_and_a_kiosk_of_no_draft(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    page = visit(calm, "kiosk", 1920, 1080).page
    for lang, said in (("en", "no notice published"), ("zh", "未发公告")):
        page.goto(f"/wall?lang={lang}")
        expect(page.locator("#incidents .chain").first).to_contain_text(said)
    alone, *beside = page.evaluate(ON_IT, INCIDENT)
    assert beside == [alone, alone]


def test_until_it_is_told_what_is_open_it_does_not_say_that_nothing_is(
    calm: Town, visit: Callable[..., Watched]
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    watched.page.route("**/api/v1/incidents/**", lambda route: None)
    watched.open("/wall/event?lang=en")
    expect(watched.page.locator("#empty")).to_have_text("connecting")
    watched.page.unroute_all(behavior="ignoreErrors")
    expect(watched.page.locator("#title")).to_contain_text("Burst", timeout=20_000)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_screens_of_every_shape_nothing_runs_off_and_no_type_is_small(
    calm: Town, visit: Callable[..., Watched], lang: str
) -> None:
    watched = visit(calm, "kiosk", 1920, 1080)
    page = watched.page
    for size in ("", "&d=6"):
        watched.open(f"/wall/event?lang={lang}{size}")
        expect(page.locator("#title")).not_to_be_empty()
        expect(page.locator("#curves .usual")).to_have_count(3)
        page.wait_for_function("document.fonts.status === 'loaded'")
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(RUNS_OFF) == [], (width, height, size)
        assert "⟨" not in page.inner_text("body"), "a word is missing from the glossary"
        assert (width, page.evaluate(CROSSED)) == (5760, []), "no block lies across two screens"
        if not size:
            expect(page.locator("#curves")).to_be_visible()
    assert watched.wrong == []


def texts(value: Any) -> Iterator[str]:
    """Every text that stands for a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
