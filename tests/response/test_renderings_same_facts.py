"""ON-22: whatever the rendering, the times, the number, the telephone and the streets are the bulletin's."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans

from core.model.bulletin import Bulletin, Change
from core.model.shanghai import moment
from core.model.snapshot import PublicStreet
from core.model.text import Lang, Text
from response.renderings.cap import cap
from response.renderings.facts import all_of
from response.renderings.geojson import geojson
from response.renderings.ical import ical
from response.renderings.poster import poster
from response.renderings.sms import variables
from response.renderings.statement import statement
from response.renderings.web import paragraphs
from response.renderings.webhook import body
from tests.response import bulletins
from tests.response.bulletins import SITE, any_bulletin
from tests.response.every_rendering import EVERYWHERE, NEXT, RANGE, RENDERINGS, START, pdf_text
from tests.response.read_back import instants, times_en, times_zh


def known(b: Bulletin, wanted: set[str]) -> set[int]:
    """The times of these names that stand in this version now."""
    out: set[int] = set()
    if START in wanted:
        out.add(b.starts_ns)
    if b.change is Change.RESTORED and b.restored_ns is not None:
        out.add(b.restored_ns)
    if RANGE in wanted and b.estimate is not None and not b.overdue and not b.over:
        out |= {b.estimate.latest_ns} | (set() if b.planned else {b.estimate.earliest_ns})
    if NEXT in wanted and b.next_update_ns is not None and not b.over:
        out.add(b.next_update_ns)
    return out


def allowed(b: Bulletin) -> set[int]:
    """All that may be named: nothing that has passed or that restoration has overtaken."""
    times = known(b, {START, RANGE, NEXT}) | {b.sent_ns}
    if b.estimate is not None and not b.overdue and not b.over:
        times |= {b.estimate.earliest_ns, b.estimate.likely_ns, b.estimate.latest_ns}
    return times


NOT_NUMBERED = {"ivr", "sms"}
"""Their budget has no room for it: a message carries the link, a caller is spoken to."""
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", RENDERINGS)
@MANY
@given(b=any_bulletin())
def test_on22_every_rendering_names_the_bulletins_times_and_no_others(name: str, b: Bulletin) -> None:
    write, wanted = RENDERINGS[name]
    zh, en = write(b)
    told = known(b, wanted)
    if b.over:
        told = {b.restored_ns} if b.restored_ns else set()
        told = told if name in ("ivr", "sms") else told | ({b.starts_ns} if START in wanted else set())
    if name in ("ivr", "sms") and b.planned and not b.overdue and not b.over:
        told |= {b.starts_ns}
    for said in (times_zh(zh, b.sent_ns), times_en(en, b.sent_ns)):
        assert told <= said <= allowed(b)
    for text in (zh, en):
        assert name == "ivr" or b.hotline in text
        assert name in NOT_NUMBERED | {"web"} or b.number in text


@pytest.mark.parametrize("name", RENDERINGS)
@MANY
@given(b=any_bulletin(), confirmed=booleans())
def test_on22_what_is_over_says_everywhere_from_when_to_when(name: str, b: Bulletin, confirmed: bool) -> None:
    """Also where a person says it, and nobody knows since when."""
    over = replace(b if b.change is Change.RESTORED else bulletins.restored(b), confirmed=confirmed)
    write, wanted = RENDERINGS[name]
    wanted_ns = {over.restored_ns} | ({over.starts_ns} if START in wanted else set())
    for said in (times_zh(write(over)[0], over.sent_ns), times_en(write(over)[1], over.sent_ns)):
        assert said - {over.sent_ns} == wanted_ns - {over.sent_ns}
    for fact in all_of(over):
        if fact.name == "starts":
            ends = moment(over.restored_ns)
            assert ends.zh[-5:] in fact.value.zh and ends.en[-5:] in fact.value.en


@MANY
@given(b=any_bulletin())
def test_on22_cap_calendar_and_statement_hold_the_same_instants(b: Bulletin) -> None:
    signed = instants(statement(b).decode())
    assert {b.starts_ns, b.sent_ns, b.expires_ns} <= signed
    in_cap = instants(cap(b).decode())
    assert in_cap - {r.sent_ns for r in b.references} <= signed
    event = icalendar.Calendar.from_ical(ical([b], SITE, "zh")).walk("VEVENT")[0]
    assert event.decoded("DTSTART").astimezone(UTC).timestamp() * 1e9 == b.starts_ns
    if b.estimate is not None and not b.overdue and not b.over:
        assert event.decoded("DTEND").astimezone(UTC).timestamp() * 1e9 == b.estimate.latest_ns
        assert {b.estimate.earliest_ns, b.estimate.likely_ns, b.estimate.latest_ns} <= in_cap
    elif b.change is not Change.RESTORED:
        assert "DTEND" not in event


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("made", [bulletins.burst, bulletins.planned, bulletins.boil])
def test_on22_the_poster_names_the_same_times(made: Callable[[], Bulletin], lang: str) -> None:
    b = made()
    text = pdf_text(poster(b, lang)).replace("\n", "" if lang == "zh" else " ")  # type: ignore[arg-type]
    said = (times_zh if lang == "zh" else times_en)(text, b.sent_ns)
    assert known(b, {START, RANGE, NEXT}) <= said <= allowed(b)
    assert b.number in text and b.hotline in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@MANY
@given(b=any_bulletin())
def test_on22_a_message_and_a_voice_name_the_range_that_the_page_names(b: Bulletin, lang: Lang) -> None:
    """No rendering makes one promise of the range: neither its end alone nor anything between."""
    if b.estimate is None or b.overdue or b.over or b.planned:
        return
    read, told = (times_zh, 0) if lang == "zh" else (times_en, 1)
    page = read(RENDERINGS["web"][0](b)[told], b.sent_ns) & {b.estimate.earliest_ns, b.estimate.latest_ns}
    assert page == {b.estimate.earliest_ns, b.estimate.latest_ns}
    if lang == "en":
        filled = variables(b, lang)
        assert page <= read(f"{filled['when_1']} {filled['when_2']}", b.sent_ns), filled
    for name in ("sms", "ivr"):
        said = RENDERINGS[name][0](b)[told]
        assert page <= read(said, b.sent_ns) <= page | {b.next_update_ns}
        single = b.estimate.earliest_ns == b.estimate.latest_ns
        assert single or not re.search(
            r"前(恢复|解除|水压)|\bby \d", said.partition("下次")[0].partition("Next")[0]
        )


@pytest.mark.parametrize("name", RENDERINGS)
@MANY
@given(b=any_bulletin())
def test_on22_every_rendering_names_all_streets_or_says_how_many_there_are(name: str, b: Bulletin) -> None:
    names = {street.name for street in b.streets}
    zh, en = RENDERINGS[name][0](b)
    if len(names) < 2:
        return
    counted = re.search(rf"[等共、]?{len(names)}条道路", zh)
    assert counted or all(one.zh in zh for one in names)
    assert name in ("sms", "ivr") or all(one.zh in zh and one.en in en for one in names)
    more = re.search(r" and (\d+) more streets?\b", en)
    left = len(names) - int(more[1]) if more else 0
    told = re.search(rf"\b{len(names)} streets", en) or sum(one.en in en for one in names) >= left > 0
    assert told or all(one.en in en for one in names)


def test_on22_a_rendering_with_another_time_would_be_found() -> None:
    """The test can fail: a page that names an hour later than the bulletin is noticed."""
    b = bulletins.burst()
    moved = paragraphs(b).zh.replace("03:31", "05:31")
    assert not times_zh(moved, b.sent_ns) <= allowed(b)


WEAK = (
    PublicStreet(name=Text("人民路", "Renmin Road"), numbers="40–58"),
    PublicStreet(name=Text("凤凰东路", "Fenghuang East Road"), numbers="1–7", weak=True),
)
WHILE_IT_LASTS = (
    "水压偏低",
    "low pressure",
    "low_pressure",
    '"low"',
    "尚在评估",
    "being assessed",
    "下次通报",
)


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("made", [bulletins.burst, bulletins.planned])
def test_on09_what_is_over_keeps_nothing_of_while_it_lasted(name: str, made: Callable[[], Bulletin]) -> None:
    lasting = replace(made(), streets=WEAK, connections=1240, weak=218)
    for over in (bulletins.restored(lasting), bulletins.cancelled(lasting)):
        for said in EVERYWHERE[name](over):
            assert not [words for words in WHILE_IT_LASTS if words in said.replace("\r\n ", "")]
    held = any("水压偏低" in said or "low" in said for said in EVERYWHERE[name](lasting))
    assert held or name in ("ivr", "sms")


@pytest.mark.parametrize("name", EVERYWHERE)
def test_on05_called_off_is_the_cut_and_not_the_notice(name: str) -> None:
    off = replace(
        bulletins.cancelled(bulletins.planned(connections=1458)),
        description=Text("原定的停水取消，正常供水。", "The cut is called off. Water stays on."),
    )
    zh, en = (said.replace("\r\n ", "").replace("\n", " ") for said in EVERYWHERE[name](off))
    assert "取消" in zh or name == "statement"
    assert re.search("[Cc]alled off", en) or name == "statement"
    for said in (zh, en):
        assert not re.search("撤销|[Ww]ithdrawn|1458", said)
    error = EVERYWHERE[name](bulletins.cancelled(bulletins.burst()))
    assert "撤销" in error[0] or name in ("statement", "cap")


@pytest.mark.parametrize(
    "name", sorted(set(EVERYWHERE) - {"ivr", "sms", "poster", "calendar", "atom", "rss"})
)
def test_the_words_that_two_persons_approved_stand_in_every_rendering_that_has_room(name: str) -> None:
    said = Text(
        "经检验，水质符合国家标准，用水限制解除。检验报告：LAB-7。",
        "Tests show that water meets the national standard. Laboratory report: LAB-7.",
    )
    clear = replace(bulletins.restored(bulletins.boil()), description=said)
    if name in ("webhook", "geojson"):
        assert said.zh in (body(clear) if name == "webhook" else geojson([clear])).decode()
        return
    zh, en = EVERYWHERE[name](clear)
    assert said.zh in zh and said.en in en


def test_a_map_does_not_show_planned_work_as_no_water_now() -> None:
    (feature,) = json.loads(geojson([bulletins.planned()]))["features"]
    assert "supply" not in feature["properties"] and feature["properties"]["supply_during"] == "none"
    (feature,) = json.loads(geojson([bulletins.burst()]))["features"]
    assert feature["properties"]["supply"] == "none"
