"""Headline and every message say no more of a repair than the body: suspected, found, made, or nothing found
(ON-05, ON-20, ON-21)."""

from dataclasses import replace

import pytest

from core.model.bulletin import Supply
from core.model.notice import Change, Site
from response.bulletins import expires_ns
from response.renderings.cap import cap
from response.renderings.facts import what
from response.renderings.headline import headline
from response.renderings.ivr import ivr
from response.renderings.sms import VARIABLE, sms, variables
from response.renderings.web import paragraphs
from response.site import NOTHING, SUSPECTED, UNREPAIRED
from tests.response import bulletins
from tests.response.test_notice_sentences import PLANNED


def _everything(site: Site, **more: object) -> tuple[str, str]:
    b = bulletins.burst(site=site, estimate=None, **more)
    messages = [sms(b, lang, signature="示例水务", link="https://w.cn/1").text for lang in ("zh", "en")]
    given = [*variables(b, "zh").values(), *variables(b, "en").values()]
    zh = "".join((headline(b).zh, ivr(b).zh, messages[0], paragraphs(b).zh, cap(b).decode(), *given))
    return zh, "".join((headline(b).en, ivr(b).en, messages[1], paragraphs(b).en, *given))


@pytest.mark.parametrize("site", sorted(UNREPAIRED))
def test_where_nothing_is_repaired_no_message_says_that_water_is_off_for_repairs(site):
    zh, en = _everything(site)
    assert "抢修停水" not in zh and "恢复时间尚在评估" not in zh and "预计恢复" not in zh
    assert "Water off for repairs" not in zh + en and "return not known" not in en
    assert "<certainty>Observed</certainty>" not in zh
    assert what(bulletins.burst(site=site)).zh in zh
    assert not headline(bulletins.burst(site=site)).zh.endswith("抢修停水")


@pytest.mark.parametrize("site", sorted(NOTHING))
def test_nothing_found_is_what_the_headline_says(site):
    zh, en = _everything(site)
    assert "未发现故障" in zh and "Nothing found" in en and "供水情况仍在核实" in zh


@pytest.mark.parametrize("site", sorted(SUSPECTED))
def test_what_is_suspected_is_told_as_such(site):
    zh, en = _everything(site)
    assert "疑似故障，可能停水" in zh and "抢修停水" not in zh
    assert "Water may be off" in en and "<certainty>Likely</certainty>" in zh
    weak = what(bulletins.burst(site=site, supply=Supply.LOW))
    assert weak.zh == "疑似故障，水压可能偏低" and weak.en == "Pressure may be low"


def test_a_repair_under_way_is_observed():
    zh, en = _everything(Site.REPAIRING)
    assert "抢修停水" in zh and "Water off for repairs" in en and "<certainty>Observed</certainty>" in zh


@pytest.mark.parametrize("site", list(Site))
@pytest.mark.parametrize("supply", [Supply.NONE, Supply.LOW, Supply.INTERMITTENT])
def test_the_matter_fits_a_gateway_s_variable(site, supply):
    assert len(what(bulletins.burst(site=site, supply=supply)).zh) <= VARIABLE


def test_on_05_what_is_called_off_before_it_begins_does_not_expire_before_its_onset():
    off = replace(PLANNED, change=Change.CANCELLED)
    sent_ns = PLANNED.starts_ns - 48 * bulletins.HOUR
    assert expires_ns(off, sent_ns) > off.starts_ns
    assert expires_ns(off, off.starts_ns + bulletins.HOUR) == off.starts_ns + 25 * bulletins.HOUR
