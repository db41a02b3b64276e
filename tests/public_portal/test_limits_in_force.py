"""What citizens are told is held against the limit that was in force, for their water's disinfectant (WQ-08);
other standards stand beside it and judge nothing (WQ-09)."""

import csv
import io
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.model.limits import Disinfectant, SampleType
from core.model.plant import Plant
from core.model.published import HourState, PublishedDay
from core.model.sample import Series
from core.model.snapshot import PublicSnapshot, ReadingState
from core.model.tag import Quantity, Tag
from core.model.text import Text
from public_portal.areas import Doubts, area, limit_of, limits_beside
from public_portal.history_csv import TABLES
from public_portal.hours import BEFORE_MIN, SPAN_MIN, Heard, hour_of
from public_portal.minutes import minutes_of
from public_portal.parts import Part
from public_portal.quality import MINUTE_NS, Checked, Why
from public_portal.signing import sealed
from public_portal.usual import Band
from tests.limits_here import limit
from tests.public_portal import samples
from tests.public_portal.recorded_days import MIDNIGHT, day, with_record
from tests.response import little_town as town

FREE, CHLORAMINE = Disinfectant.FREE_CHLORINE, Disinfectant.CHLORAMINE
USUAL = {"free_chlorine": Band(0.03, 0.06), "total_chlorine": Band(0.5, 0.7), "turbidity": Band(0.1, 0.3)}
NOW_SAID = {"free_chlorine": 0.04, "total_chlorine": 0.6, "turbidity": 0.2}
_APRIL = 1_680_278_400_000_000_000
"""2023-04-01 in Shanghai begins (16:00 UTC the day before)."""
MINUTE_OF_NOISE = [0.0, 0.01, -0.01, 0.02]


def tag(quantity: Quantity) -> Tag:
    unit = "NTU" if quantity is Quantity.TURBIDITY else "mg/L"
    return Tag(
        id=f"q-01.{quantity}",
        quantity=quantity,
        unit=unit,
        name=Text("", ""),
        station="q-01",
        period_s=1.0,
        zone="dma-01",
        public=True,
    )


def plant(disinfectant: Disinfectant, sample: SampleType | None = None) -> Plant:
    made = town.plant()
    zone = replace(made.zones["dma-01"], disinfectant=disinfectant, sample=sample)
    return replace(made, zones=made.zones | {"dma-01": zone})


def told(disinfectant: Disinfectant):
    """An area in which free chlorine is 0.04 mg/L, total chlorine 0.6 and turbidity 0.2 NTU, as usual."""
    made = plant(disinfectant)
    tags = [tag(Quantity(name)) for name in NOW_SAID]
    checked = {t.id: Checked(Why.VALID, NOW_SAID[t.quantity], samples.NOW) for t in tags}
    bands = {t.id: USUAL[t.quantity] for t in tags}
    return area(made, made.zones["dma-01"], tags, checked, bands, Doubts(), samples.NOW)


def test_wq_08_water_with_chloramine_is_not_unusual_for_want_of_free_chlorine():
    free, total, turbidity = told(CHLORAMINE).readings
    assert {one.state for one in (free, total, turbidity)} == {ReadingState.NORMAL}
    assert free.limit is None and total.limit == limit("total_chlorine", disinfectant=CHLORAMINE)
    free, total, _ = told(FREE).readings
    assert (free.state, total.state) == (ReadingState.WATCH, ReadingState.NORMAL)
    assert free.limit == limit("free_chlorine") and total.limit is None


@pytest.mark.parametrize(
    ("begin_ns", "standard", "state"),
    [
        (_APRIL - town.HOUR, "GB 5749-2006", HourState.NORMAL),
        (_APRIL, "GB 5749-2022", HourState.WATCH),
    ],
)
def test_wq_08_an_hour_is_judged_by_the_edition_of_its_day(begin_ns, standard, state):
    made, chlorine = plant(FREE, SampleType.PLANT), tag(Quantity.FREE_CHLORINE)
    held = limit_of(made, made.zones["dma-01"], chlorine.quantity, begin_ns)
    first = begin_ns // MINUTE_NS - BEFORE_MIN
    past = Series(
        np.array([(first + m) * MINUTE_NS + 1 for m in range(SPAN_MIN)], np.int64),
        np.array([3.5 + MINUTE_OF_NOISE[m % 4] for m in range(SPAN_MIN)]),
        np.zeros(SPAN_MIN, np.uint32),
    )
    heard = Heard(chlorine.quantity, [(chlorine, minutes_of(chlorine, past, first, SPAN_MIN))], held)
    found = hour_of(heard, begin_ns, begin_ns, Band(3.0, 4.0), False)
    assert (held.standard, found.state) == (standard, state)


async def test_the_record_says_what_its_day_was_judged_by(utility):
    record = utility.publisher().record
    while await record.step():
        pass
    async with utility.ledger.read() as tx:
        days = await tx.find(PublishedDay)
    assert {d.limit for d in days} == {limit(item) for item in ("free_chlorine", "turbidity", "ph")}
    table = TABLES["record"]
    lines = list(csv.DictReader(io.StringIO(table.first(False) + table.rest(Part("", tuple(days))))))
    ends = {(r["parameter"], r["limit_standard"], r["limit_low"], r["limit_high"]) for r in lines}
    assert ends == {
        ("free_chlorine", "GB 5749-2022", "0.05", "2"),
        ("turbidity", "GB 5749-2022", "", "1"),
        ("ph", "GB 5749-2022", "6.5", "8.5"),
    }


async def test_a_snapshot_carries_what_it_was_judged_by_and_what_stands_beside(utility):
    snapshot = await utility.publisher().publish()
    (first, *_) = snapshot.areas
    assert {one.limit for one in first.readings} == {limit(one.parameter) for one in first.readings}
    assert utility.shown().comparisons == snapshot.comparisons != ()
    assert {one.set for one in snapshot.comparisons} == {"who", "epa", "eu"}


def shown(disinfectant: Disinfectant) -> PublicSnapshot:
    made = told(disinfectant)
    beside = limits_beside(plant(disinfectant), [made], samples.NOW)
    return replace(samples.ordinary(), areas=(made,), comparisons=beside)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_area_s_page_says_the_limit_and_what_it_rests_on(portal, put):
    put(shown(FREE))
    zh, en = (text_of(portal.get("/area/dma-01", params={"lang": lang}).text) for lang in ("zh", "en"))
    assert "国家标准 0.05–2" in zh and "GB 5749-2022 表2，管网水，游离氯消毒" in zh
    assert "本片区用游离氯消毒，国家标准看游离氯" in zh, "total chlorine is limited by nothing here"
    assert "GB 5749-2022 table 2, water in the network, disinfected with free chlorine" in en
    assert "合格" not in zh and "compl" not in en, "only a laboratory says so (WQ-01)"


def test_beyond_the_limit_is_said_as_that_and_not_as_unusual(portal, put):
    """0.04 mg/L is usual there, and below the least that the standard allows."""
    put(shown(FREE))
    for path, said in (
        ("/area/dma-01", "余氯超出国家标准值；总氯、浊度未见异常。"),
        ("/", "1个片区超出国家标准值。"),
    ):
        zh = text_of(portal.get(path).text)
        assert said in zh and "偏离日常范围" not in zh
    assert (
        "free chlorine: beyond the national limit" in text_of(portal.get("/area/dma-01?lang=en").text).lower()
    )
    assert "超出国家标准值 在线读数" in text_of(portal.get("/about").text)


def test_an_hour_whose_peak_was_beyond_the_limit_says_so(portal, store):
    turbid = replace(day("dma-01", "turbidity", MIDNIGHT, "2026-11-22", 22), limit=limit("turbidity"))
    store.put(*sealed(with_record(store, samples.ordinary(), {turbid.id: turbid}), samples.KEY))
    page = text_of(portal.get("/area/dma-01/history", params={"parameter": "turbidity"}).text)
    assert page.count("超出国家标准值") == 1 and "偏离日常范围" not in page


def test_what_a_residual_is_for_is_said_of_the_disinfectant_in_use_alone(portal, put):
    put(shown(CHLORAMINE))
    page = portal.get("/area/dma-01").text
    assert "用氯胺消毒的水里留下的消毒剂" in page and "闻到淡淡的氯味" not in page
    put(replace(shown(FREE), seq=samples.ordinary().seq + 1))
    page = portal.get("/area/dma-01").text
    assert "闻到淡淡的氯味" in page and "用氯胺消毒的水里留下的消毒剂" not in page


def test_a_limit_that_was_not_read_in_the_standard_says_so(portal, put):
    put(shown(CHLORAMINE))
    zh = text_of(portal.get("/area/dma-01").text)
    assert "国家标准 无" in zh and "本片区用氯胺消毒，国家标准看总氯" in zh
    assert "国家标准 0.05–3" in zh
    assert "GB 5749-2022 表2，管网水，氯胺消毒，数值尚未与标准原文核对" in zh
    assert "偏离日常范围" not in zh


def test_wq_09_standards_of_elsewhere_stand_beside_as_not_applicable_here(portal, put):
    put(shown(FREE))
    zh, en = (text_of(portal.get("/area/dma-01", params={"lang": lang}).text) for lang in ("zh", "en"))
    assert "在本地不具法律效力" in zh and "not legally applicable here" in en
    beside = zh[zh.index("和国外标准的对照") :]
    assert "GB 5749-2022 本地适用 0.05–2" in beside
    assert "美国 EPA ≤ 4 – ≤ 1*" in beside, "the maximum of free chlorine was read, that of turbidity was not"
    assert "世卫组织 0.2–5* –" in beside and "欧盟 –" in beside
    home = portal.get("/").text
    assert "世卫组织" not in home and "EPA" not in home, "what holds here is not buried"
    assert "在本地不具法律效力" in portal.get("/about").text


def test_programs_get_the_limit_with_its_edition_sample_and_disinfectant(portal, put):
    put(shown(CHLORAMINE))
    latest = portal.get("/api/v1/latest").json()
    free, total, turbidity = latest["areas"][0]["readings"]
    assert free["limit"] is None
    said = total["limit"]
    assert (said["standard"], said["since"]) == ("GB 5749-2022", "2023-04-01")
    assert (said["sample_type"], said["disinfectant"]) == ("network", "chloramine")
    assert (said["low"], said["high"], said["unverified"]) == (0.05, 3.0, ["low", "high"])
    assert turbidity["limit"]["high"] == 1.0
    assert {one["set"] for one in latest["comparisons"]} == {"who", "epa", "eu"}


def test_a_day_of_the_past_is_shown_with_the_edition_of_its_time(portal, store):
    old = replace(
        day("dma-01", "free_chlorine", MIDNIGHT, "2026-11-22", 22),
        limit=limit("free_chlorine", date(2023, 3, 31), SampleType.PLANT),
    )
    store.put(*sealed(with_record(store, samples.ordinary(), {old.id: old}), samples.KEY))
    page = text_of(portal.get("/area/dma-01/history", params={"parameter": "free_chlorine"}).text)
    assert "国家标准 0.3–4 · GB 5749-2006 表2，出厂水，游离氯消毒" in page
    assert "GB 5749" not in text_of(portal.get("/area/dma-02/history").text), (
        "a record from before it was kept"
    )


def test_an_older_snapshot_has_no_limits_and_its_page_none_beside(portal, put):
    put(samples.ordinary())
    page = portal.get("/area/dma-01").text
    assert "和国外标准的对照" not in page and "GB 5749" not in page
