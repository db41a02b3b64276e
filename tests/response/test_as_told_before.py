"""At its end nobody is told of more than before: of pressure who was told of pressure, and what was only
suspected has been nothing more (ON-09, ON-22)."""

from dataclasses import replace

import pytest

from core.model.bulletin import Bulletin, Site, Supply
from core.model.notice import Change
from core.model.shanghai import moment
from core.model.snapshot import PublicStreet
from core.model.text import Text
from response.delivery.composing import told
from response.renderings.facts import connections
from response.renderings.headline import headline
from response.renderings.ivr import ivr
from response.renderings.press import press
from response.renderings.sms import VARIABLE, sms, variables
from response.renderings.web import paragraphs
from tests.response import bulletins
from tests.response.every_rendering import EVERYWHERE, LINK
from tests.response.post_office import person, phone
from tests.response.test_delivery import post as post

WEAK = (
    PublicStreet(name=Text("人民路", "Renmin Road")),
    PublicStreet(name=Text("凤凰东路", "Fenghuang East Road"), weak=True),
)
FIXED = Site.RETURNING
REPAIRED = ("抢修", "repair", "Repair")
WAS_OFF = ("恢复供水", "停水，", "ater off", "ater is back", "ater back")


def over(site: Site | None, **more: object) -> Bulletin:
    area = Text("长江路", "Changjiang Road")
    lasts = bulletins.burst(site=site, streets=WEAK, connections=38, weak=183, area=area)
    see = Text("见上。", "See above.")
    return replace(bulletins.restored(lasts), description=see, instruction=see, **more)


def said(b: Bulletin) -> dict[str, str]:
    """Everything that one person can be sent of it."""
    texts = {"headline": headline(b), "ivr": ivr(b), "web": paragraphs(b), "press": press(b)}
    found = {f"{name}.{lang}": text.in_(lang) for name, text in texts.items() for lang in ("zh", "en")}
    for lang in ("zh", "en"):
        found[f"sms.{lang}"] = sms(b, lang, signature="示例水务", link=LINK, most_parts=4).text
        filled = variables(b, lang)
        assert all(len(value) <= VARIABLE for value in filled.values()), filled
        found[f"template.{lang}"] = f"{filled['matter']}|{filled['when']}"
    return found


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("site", [None, Site.ORGANISED, Site.REPAIRING, FIXED, Site.NOTHING_FOUND])
def test_on_09_who_was_told_of_low_pressure_hears_that_pressure_is_normal(site, confirmed):
    for name, text in said(told(over(site, confirmed=confirmed), Change.RESTORED, weak=True)).items():
        assert not [word for word in WAS_OFF if word in text], (name, text)
        assert "水压" in text or "ressure" in text, (name, text)


@pytest.mark.parametrize("weak", [False, True])
@pytest.mark.parametrize("site", [Site.ORGANISED, Site.ON_THE_WAY, Site.LOOKING, Site.NOTHING_FOUND])
def test_on_09_what_was_suspected_and_never_confirmed_is_told_as_no_more(site, weak):
    b = replace(over(site), reason=Text("供水管道疑似故障", "a suspected failure"))
    for name, text in said(told(b, Change.RESTORED, weak=weak)).items():
        assert not [word for word in (*REPAIRED, *WAS_OFF, "已恢复") if word in text], (name, text)
        assert "正常" in text or "normal" in text, (name, text)


def test_on_09_in_a_gateways_variables_it_reads_as_a_sentence():
    back = moment(over(None).restored_ns or 0).zh[-5:]
    lines = {
        (Site.ORGANISED, True): ("此前水压可能偏低|{}起水压正常", "Pressure is normal|since {}"),
        (Site.ORGANISED, False): ("此前可能停水|{}起供水正常", "Supply is normal|since {}"),
        (FIXED, True): ("抢修降压|{}水压已恢复", "Pressure is normal|since {}"),
        (FIXED, False): ("抢修停水|{}已恢复", "Water is back|since {}"),
    }
    for (site, weak), (zh, en) in lines.items():
        found = said(told(over(site), Change.RESTORED, weak=weak))
        assert found["template.zh"] == zh.format(f"11月23日{back}")
        assert found["template.en"] == en.format(f"23 Nov {back}")
    low = said(told(over(FIXED), Change.RESTORED, weak=True))
    assert f"Changjiang Road: water pressure back to normal since 23 Nov {back}" in low["sms.en"]


def test_on_22_the_public_hears_of_both_where_both_were_told():
    for name, write in EVERYWHERE.items():
        if name in ("web", "press", "ivr", "sms", "atom", "rss", "poster"):
            zh, en = write(over(FIXED))
            assert "水压" in zh and "pressure" in en, name


def eta(post, n: int) -> list[str]:
    return [one["params"]["eta"] for one in post.sms.sent if one["mobile"] == phone(n)]


async def test_on_09_each_letter_at_the_end_goes_by_what_its_reader_was_told_last(post):
    """Whoever the last version leaves out, too."""
    await post.people([one for n in (1, 2, 3) for one in person(n, f"A{n}", phone=phone(n))])
    post.started()
    await post.done(await post.publish(["A1"], weak=["A2", "A3"], site=FIXED, supply=Supply.NONE))
    await post.done(await post.publish(["A1"], Change.RESTORED, weak=["A2"], site=FIXED, supply=Supply.NONE))
    assert eta(post, 1)[-1].endswith("已恢复") and "水压" not in eta(post, 1)[-1]
    assert eta(post, 2)[-1].endswith("水压已恢复") and eta(post, 3)[-1].endswith("水压已恢复")


def test_on_09_of_both_it_is_told_how_many_had_which_and_nowhere_their_sum():
    """In past tense, and no surer than it had been told."""
    both = connections(over(FIXED))
    assert both.zh == "曾停水约38户，水压曾偏低约183户"
    assert both.en == "about 38 had been without water, about 183 with pressure that was low"
    assert "about 38 may have been without water" in connections(over(Site.ORGANISED)).en
    assert connections(told(over(FIXED), Change.RESTORED, weak=True)).en == "about 183"
    assert connections(told(over(FIXED), Change.RESTORED)).en == "about 38"
