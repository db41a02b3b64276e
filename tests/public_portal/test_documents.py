"""From a published notice to the files that citizens and their programs fetch: made inside, served as they
are, read by libraries that are not ours."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import feedparser
import httpx
import icalendar
import pypdf
import pytest
import zxingcpp
from capvalidator.validate import Validator
from PIL import Image

from core.model.account import Role
from core.model.notice import Notice, Status
from core.model.shanghai import moment
from core.model.text import Lang
from public_portal import jws
from public_portal.chain import verified
from public_portal.pages import dial
from public_portal.server import build
from public_portal.signing import public_key_of
from public_portal.verify import Verdict, verify
from response.delivery.spec import CustomerChannel
from response.notices import decisions
from response.renderings.statement import digest
from tests.hands import Hands
from tests.persons import person_of
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.whole_utility import MANAGER, Utility
from tests.response import little_town as town
from tests.response.read_back import times_en, times_zh

ID = "NTC-20261122-00001"
ROOT = f"/n/{ID}"
PUBLIC = public_key_of(samples.KEY)
MEDIA = {
    f"{ROOT}/poster-zh.pdf": "application/pdf",
    f"{ROOT}/poster-en.pdf": "application/pdf",
    f"{ROOT}/zh.ics": "text/calendar; charset=utf-8",
    f"{ROOT}/area.geojson": "application/geo+json",
    f"{ROOT}/v1.cap.xml": "application/cap+xml; charset=utf-8",
    f"{ROOT}/v1.json": "application/json; charset=utf-8",
    f"{ROOT}/v1.jws": "application/jose",
    "/feed/zh.atom": "application/atom+xml; charset=utf-8",
    "/feed/en.rss": "application/rss+xml; charset=utf-8",
    "/feed/en.ics": "text/calendar; charset=utf-8",
    "/feed/notices.geojson": "application/geo+json",
    "/notices.jsonl": "application/x-ndjson",
    "/notices.jws": "application/jose",
    "/.well-known/jwks.json": "application/jwk-set+json",
}


@pytest.fixture
async def told(utility: Utility) -> Utility:
    """One burst, its notice published, one snapshot handed out."""
    service = utility.response()
    await service.handle([await town.report(utility.ledger, town.burst())])
    assert await utility.publish_notice() == ID
    await utility.publisher().publish()
    return utility


@pytest.fixture
def site(told: Utility):
    with (
        serving(build(told.store, PUBLIC)) as address,
        httpx.Client(
            base_url=address, timeout=30, headers={"accept-language": "zh-CN"}, verify=False
        ) as client,
    ):
        yield client


def test_every_file_is_there_under_its_media_type_and_cached(site: httpx.Client) -> None:
    for path, media in MEDIA.items():
        answer = site.get(path)
        assert (path, answer.status_code, answer.headers["content-type"]) == (path, 200, media)
        assert answer.headers["access-control-allow-origin"] == "*"
        again = site.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    page = site.get(ROOT).text
    assert all(f'href="{path}"' in page for path in MEDIA if path.startswith(ROOT) and "-en" not in path)
    for path in (f"{ROOT}/v2.json", f"{ROOT}/poster-fr.pdf", "/feed/fr.atom", "/n/NTC-1/zh.ics"):
        assert site.get(path).status_code == 404


def test_poster_calendar_feeds_and_alert_are_read_by_others(told: Utility, site: httpx.Client) -> None:
    url = f"{told.plant.utility.site}{ROOT}"
    sheet = pypdf.PdfReader(BytesIO(site.get(f"{ROOT}/poster-zh.pdf").content)).pages[0]
    picture = Image.open(BytesIO(sheet.images[0].data)).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [url]
    assert "疑似故障，可能停水" in sheet.extract_text()
    (event,) = icalendar.Calendar.from_ical(site.get("/feed/zh.ics").content).walk("VEVENT")
    assert (str(event["URL"]), int(event["SEQUENCE"])) == (url, 0)
    for feed in ("/feed/zh.atom", "/feed/zh.rss"):
        parsed = feedparser.parse(site.get(feed).content)
        assert (parsed.bozo, [entry.link for entry in parsed.entries]) == (False, [url])
    assert Validator(site.get(f"{ROOT}/v1.cap.xml").content).schema()[0]
    (feature,) = site.get("/feed/notices.geojson").json()["features"]
    assert feature["properties"]["number"] == ID


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on22_the_served_page_names_the_statements_times(site: httpx.Client, lang: str) -> None:
    page = site.get(ROOT, params={"lang": lang}).text
    signed = site.get(f"{ROOT}/v1.json").json()

    def at(name: str) -> int:
        return int(datetime.fromisoformat(signed[name]).timestamp()) // 60

    read = times_zh if lang == "zh" else times_en
    said = {t // 60_000_000_000 for t in read(page, town.T0)}
    assert {at(n) for n in ("starts", "eta_earliest", "eta_latest", "next_update")} <= said


def test_on40_statement_list_and_key_hold_together(site: httpx.Client) -> None:
    (key,) = site.get("/.well-known/jwks.json").json()["keys"]
    assert key["x"] == jws.base64url(PUBLIC)
    content = site.get(f"{ROOT}/v1.json").content
    jws.check(content, site.get(f"{ROOT}/v1.jws").text, PUBLIC)
    with pytest.raises(jws.NotOurs):
        jws.check(
            content.replace("人民路".encode(), "解放路".encode()), site.get(f"{ROOT}/v1.jws").text, PUBLIC
        )
    lines = site.get("/notices.jsonl").content
    jws.check(lines, site.get("/notices.jws").text, PUBLIC)
    (line,) = verified(lines)
    assert (line["number"], line["version"], line["sha256"]) == (ID, 1, digest(content))


async def test_on04_a_version_stays_as_it_was_signed_and_a_new_one_follows(told: Utility) -> None:
    """Even when the hub that serves it was changed, restarted, and spells the same facts otherwise."""
    before = {d.path: d.content for d in told.shown().documents}
    told.plant = replace(told.plant, utility=replace(told.plant.utility, hotline="96999"))
    async with told.ledger.begin() as tx:
        await decisions.restore(tx, ID, MANAGER, told.clock.now_ns(), reason="现场确认")
    await told.publisher().publish()
    after = {d.path: d.content for d in told.shown().documents}
    for path in (f"n/{ID}/v1.json", f"n/{ID}/v1.jws", f"n/{ID}/v1.cap.xml"):
        assert after[path] == before[path]
    one, two = verified(after["notices.jsonl"])
    assert two["prev"] == one["hash"] and two["change"] == "restored"
    assert after["notices.jsonl"].startswith(before["notices.jsonl"])
    (notice,) = told.shown().notices
    assert [v.change for v in notice.versions] == ["first", "restored"]
    await asyncio.to_thread(old_and_new, told, notice.versions[0].body.zh)


def old_and_new(told: Utility, first: str) -> None:
    with serving(build(told.store, PUBLIC)) as address, httpx.Client(base_url=address, verify=False) as site:
        old = site.get(f"{ROOT}/v1", params={"lang": "zh"}).text
        assert "这是旧版本（第1版）" in old and f'href="{ROOT}?lang=zh"' in old
        assert "旧版本" not in site.get(f"{ROOT}/v2", params={"lang": "zh"}).text
        said = site.get("/verify", params={"q": first, "lang": "zh"}).text
        assert "曾经属实，但已有新版本" in said


def test_on40_the_verify_page_tells_a_genuine_message_from_an_altered_one(
    told: Utility, site: httpx.Client
) -> None:
    body = told.shown().notices[0].body.zh
    assert "属实：每一句都出自现行公告" in site.get("/verify", params={"q": body}).text
    altered = site.get("/verify", params={"q": body.replace("96000", "10086")}).text
    assert "与我们的公告不一致" in altered and "热线：10086" in altered
    assert "不是我们现行公告的内容" in site.get("/verify", params={"q": "全市停水<b>三天</b>。"}).text
    assert "<b>三天" not in site.get("/verify", params={"q": "全市停水<b>三天</b>。"}).text


async def test_on40_what_is_told_once_the_estimate_has_passed_is_known_to_be_ours(
    told: Utility, site: httpx.Client
) -> None:
    told.clock = Hands(town.T0 + 20 * town.HOUR)
    (notice,) = (await told.publisher().publish()).notices
    for lang, words in OVERDUE.items():
        assert all(one in notice.body.in_(lang) for one in words)
        genuine(site, notice.body.in_(lang))


OVERDUE: dict[Lang, tuple[str, str]] = {
    "zh": ("正在重新评估", "通报逾期未发"),
    "en": ("assessed again", "No update yet"),
}


def genuine(site: httpx.Client, text: str) -> None:
    assert "属实：每一句都出自现行公告" in site.get("/verify", params={"q": text, "lang": "zh"}).text


async def test_on40_what_a_gateways_template_sent_is_known_to_be_ours(utility: Utility) -> None:
    text = "【清河水务】${area}${matter}，${when}。详情 https://w.example.cn/n/${number} 热线96000"
    names = {name: name for name in ("area", "matter", "when", "number")}
    via = {"type": "folder", "folder": "outbox"}
    template = {"id": "SMS_1", "text": text, "variables": names}
    utility.channels = tuple(
        CustomerChannel.model_validate({"id": id, "address": "phone", "via": via, **more})
        for id, more in (("gateway", {"templates": [template]}), ("free", {"link": "https://s.cn/"}))
    )
    await utility.response().handle([await town.report(utility.ledger, town.burst())])
    await utility.publish_notice()
    snapshot = await utility.publisher().publish()
    first = moment(snapshot.notices[0].eta_earliest_ns or 0).zh[-5:]
    back = f"约11月23日{first}-08:30恢复"
    sent = f"【清河水务】城东片区人民路疑似故障，可能停水，{back}。详情 https://w.example.cn/n/"
    assert verify(snapshot, f"{sent}{ID} 热线96000").verdict is Verdict.GENUINE
    assert verify(snapshot, f"{sent}{ID} 热线96001").verdict is Verdict.ALTERED
    weak = sent.replace("可能停水", "水压可能偏低")
    assert verify(snapshot, f"{weak}{ID} 热线96000").verdict is Verdict.GENUINE
    free = (
        f"【示例水务】城东片区人民路疑似故障，可能停水，预计11月23日{first}至08:30恢复。详情：https://s.cn/"
    )
    assert verify(snapshot, f"{free}{ID} 热线96000").verdict is Verdict.GENUINE
    assert verify(snapshot, f"{free.replace('s.cn', 'evil.cn')}{ID} 热线96000").verdict is Verdict.ALTERED


async def test_on42_an_exercise_never_reaches_the_public(told: Utility) -> None:
    async with told.ledger.begin() as tx:
        notice = await tx.get(Notice, ID)
        await tx.put(replace(notice, status=Status.EXERCISE))
    shown = await told.publisher().publish()
    assert shown.notices == ()
    entries = feedparser.parse(next(d.content for d in shown.documents if d.path == "feed/zh.atom")).entries
    assert entries == []
    assert not [d.path for d in shown.documents if d.path.startswith("n/")]


async def test_nothing_private_is_in_any_file(told: Utility) -> None:
    """Canaries searched for in what is inside the documents, PDF text included; an incident's own number is
    in CAP alone (`incidents`)."""
    private = {value for a in town.accounts() for value in (a.id, a.meter, a.building)}
    private |= {value for p in map(person_of, town.accounts()) for value in (p.id, p.name, p.phone)}
    private |= {user.id for user in town.users()} | {"INC-", "WO-2026", "crew-1", "st-01", "q-01"}
    private |= {f'"{id}"' for id in (*told.plant.network.nodes, *told.plant.network.links)}
    for document in told.shown().documents:
        text = document.content.decode("utf-8", "replace")
        if document.media == "application/pdf":
            text = pypdf.PdfReader(BytesIO(document.content)).pages[0].extract_text()
        known = {"INC-"} if document.path.endswith(".cap.xml") else set()
        found = [canary for canary in private - known if canary in text]
        assert (document.path, found) == (document.path, [])


async def test_a_file_is_made_once_for_what_it_says(told: Utility) -> None:
    publisher = told.publisher()
    first, second = await publisher.publish(), await publisher.publish()
    made = [next(d for d in s.documents if d.path.endswith("poster-zh.pdf")) for s in (first, second)]
    assert made[0] is made[1]


async def test_a_quality_notice_has_its_files_too(utility: Utility) -> None:
    service = utility.response()
    await service.handle([await town.report(utility.ledger, town.quality())])
    officer = town.user(Role.QUALITY_OFFICER)
    async with utility.ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        await tx.put(replace(draft, approval="桂水质〔2026〕8号"))
        await decisions.approve(tx, draft.id, officer, utility.clock.now_ns())
        await decisions.publish(tx, draft.id, MANAGER, utility.clock.now_ns())
    shown = await utility.publisher().publish()
    statement = next(d.content for d in shown.documents if d.path.endswith("/v1.json"))
    said = json.loads(statement)
    assert (said["kind"], said["approval"]) == ("water_quality", "桂水质〔2026〕8号")


@pytest.mark.parametrize(
    ("printed", "dialled"),
    [
        ("96000 (24 h)", "96000"),
        ("96000（24小时）", "96000"),
        ("400-855-5440", "4008555440"),
        ("+86 773 219 2000", "+867732192000"),
        ("９６０００", "96000"),
        ("0773-2192000 / 96000", "07732192000"),
        ("96xxx", None),
        ("96xxx (24 h)", None),
        ("24 h: 96000", None),
        ("call 96000", None),
        ("9", None),
        ("", None),
    ],
)
def test_a_telephone_link_dials_the_whole_number_or_there_is_none(printed, dialled):
    assert dial(printed) == dialled
