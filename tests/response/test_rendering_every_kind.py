"""Every kind of notice as the hub itself words it, from the draft to what is published: CAP's rules, plain
language, both languages, and no promise of water where advice is lifted."""

import pytest

from core.model.account import Role
from core.model.notice import LAB_KINDS, QUALITY_KINDS, AuthorityReport, NoticeKind, QualityFacts
from core.model.text import Text
from response.bulletins import bulletin_of
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.renderings.cap import cap
from response.renderings.headline import headline
from response.renderings.ivr import ivr
from response.renderings.plain import LEAST_FLESCH, flesch, long_sentences
from response.renderings.press import press
from response.renderings.sms import sms
from response.renderings.web import paragraphs
from tests.response import little_town as town
from tests.response.cap_rules import broken

OPERATOR, MANAGER, OFFICER = map(town.user, (Role.OPERATOR, Role.DUTY_MANAGER, Role.QUALITY_OFFICER))
FACTS = QualityFacts(
    finding=Text("检出总大肠菌群。", "We found germs in a sample."),
    effects=Text("可能引起腹泻。", "They may make you ill."),
    risk=Text("婴幼儿、老人和病人应格外注意。", "Babies, the old and the ill must take most care."),
    doing=Text("正在冲洗消毒。", "We are flushing the mains."),
    alternatives=Text("瓶装水。", "bottled water."),
    authority="CDC",
)
REPORT = AuthorityReport(to=Text("市卫健委", "City health office"), at_ns=town.T0, by=OPERATOR.id)
NAMES = ("Renmin Road", "Zhongshan Road", "East district", "Example Water", "NTC", "CDC")


@pytest.fixture(params=list(NoticeKind))
async def told(request, ledger, plant):
    kind = request.param
    quality = kind in QUALITY_KINDS
    starts = town.T0 + (48 * town.HOUR if kind is NoticeKind.PLANNED_OUTAGE else 0)
    wish = Wish(
        starts_ns=starts,
        estimated=True,
        eta_earliest_ns=starts + 4 * town.HOUR,
        eta_latest_ns=starts + 6 * town.HOUR,
        reason=Text("更换阀门", "a valve is replaced"),
        approval="水审〔2026〕7号",
        scope=Scope(zones=("dma-01",)),
        quality=FACTS if quality else None,
        reported=REPORT if quality else None,
    )
    async with ledger.begin() as tx:
        draft = await drafts.draft(tx, plant, kind, wish, OPERATOR, town.T0)
        await decisions.approve(tx, draft.id, OFFICER if quality else MANAGER, town.T0)
        await decisions.publish(tx, draft.id, MANAGER, town.T0)
        (version,) = await versions.published(tx, draft.id)
    return bulletin_of(version, plant)


async def test_on29_the_hubs_own_words_are_valid_and_plain(told):
    assert broken(cap(told)) == []
    places = (told.area.zh, *(street.name.zh for street in told.streets), "城东片区")
    for said in (paragraphs(told), press(told), ivr(told)):
        assert long_sentences(said.zh, places) == []
        assert flesch(said.en, NAMES) >= LEAST_FLESCH
    if told.kind in LAB_KINDS:
        message = sms(told, "zh", signature="示例水务", link=told.url, most_parts=3).text
        for words in (headline(told).zh, message, ivr(told).zh):
            assert "恢复" not in words and "解除" in words
