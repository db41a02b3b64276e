"""A text that a person changed in one language alone is told to whoever approves it: the two may state
different facts (ON-05, ON-28)."""

from dataclasses import replace

from core.model.account import Role
from core.model.notice import Notice, NoticeKind, QualityFacts
from core.model.shanghai import moment
from core.model.text import Text
from response.notices import decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.notices.validation import Lack, lacks
from tests.response import little_town as town

OPERATOR, MANAGER = town.user(Role.OPERATOR), town.user(Role.DUTY_MANAGER)
AT = town.T0 + 5 * town.MIN
LATER = AT + 7 * town.MIN


async def drafted(ledger, service) -> Notice:
    await service.handle([await town.report(ledger, town.burst())])
    async with ledger.read() as tx:
        (notice,) = await tx.find(Notice)
    return notice


async def edited(ledger, id: str, now_ns: int = AT, **wish: object) -> list[Lack]:
    """What whoever approves is told of languages then."""
    async with ledger.begin() as tx:
        before = await versions.prepared(tx, id)
        await drafts.edit(tx, town.plant(), id, before.content.seq, Wish(**wish), OPERATOR, now_ns)
    return await told(ledger, id, now_ns)


async def told(ledger, id: str, now_ns: int = AT) -> list[Lack]:
    async with ledger.read() as tx:
        content = (await versions.prepared(tx, id)).content
        case = await decisions.case_of(tx, content, now_ns)
    return [one for one in lacks(case) if one.item == "one_language"]


async def test_on_05_an_edit_of_one_language_is_told_by_field_language_and_time(ledger, service):
    notice = await drafted(ledger, service)
    assert notice.description is not None
    assert await told(ledger, notice.id) == []
    changed = Text("人民路一处管道破裂，约500户停水。", notice.description.en)
    (lack,) = await edited(ledger, notice.id, description=changed)
    assert not lack.hard
    assert "情况说明" in lack.why.zh and "中文" in lack.why.zh and moment(AT).zh in lack.why.zh
    assert "What happened: a person changed the Chinese" in lack.why.en and "English was not" in lack.why.en
    found = await edited(ledger, notice.id, LATER, advice=Text(notice.advice.zh, "Fill a bucket."))
    other, first = sorted(found, key=lambda one: "情况说明" in one.why.zh)
    assert first == lack, "as it was told before"
    assert "用水提示：英文" in other.why.zh and moment(LATER).zh in other.why.zh


async def test_on_05_it_ends_once_the_other_language_is_changed_too_or_the_hub_words_it_anew(ledger, service):
    notice = await drafted(ledger, service)
    one = Text("人民路一处管道破裂。", notice.description.en)
    assert len(await edited(ledger, notice.id, description=one)) == 1
    both = Text(one.zh, "A main has burst on Renmin Road.")
    assert await edited(ledger, notice.id, LATER, description=both) == []
    anew = Text("人民路一处管道破裂，正在抢修。", "A main on Renmin Road has burst and is being repaired.")
    assert await edited(ledger, notice.id, LATER, description=anew) == []


async def test_on_05_what_was_published_so_is_not_told_again_of_the_next_version(ledger, service):
    notice = await drafted(ledger, service)
    await edited(ledger, notice.id, reason=Text("第三方施工损坏", notice.reason.en))
    async with ledger.begin() as tx:
        await decisions.approve(tx, notice.id, MANAGER, AT)
        await decisions.publish(tx, notice.id, MANAGER, AT)
        await drafts.update(tx, town.plant(), notice.id, Wish(), OPERATOR.id, LATER)
    assert await told(ledger, notice.id, LATER) == []
    (lack,) = await edited(ledger, notice.id, LATER, advice=Text("请储水。", notice.advice.en))
    assert "用水提示" in lack.why.zh


async def test_on_12_of_health_advice_each_element_counts(ledger, service):
    words = Text("检出苯", "benzene was found")
    facts = QualityFacts(finding=words, effects=words, risk=words, doing=words, alternatives=words)
    async with ledger.begin() as tx:
        wish = Wish(quality=facts, scope=Scope(zones=("dma-01",)), reason=words)
        made = await drafts.draft(tx, town.plant(), NoticeKind.DO_NOT_DRINK, wish, OPERATOR, AT)
    assert await told(ledger, made.id) == []
    other = replace(facts, finding=Text("检出苯 0.05 毫克/升", words.en))
    (lack,) = await edited(ledger, made.id, quality=other)
    assert "检出情况" in lack.why.zh
