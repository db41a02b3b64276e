"""Laboratory results in public: the only place where water is said to comply (WQ-01, WQ-10)."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest

from core.model.laboratory import LabMonth, LabResult, part_name
from core.model.limits import SampleType
from hub.imports.laboratory import laboratory
from hub.problems import Problem
from public_portal.laboratory import month_of
from public_portal.laboratory_views import SEVEN, lab_view
from public_portal.signing import sealed
from tests.public_portal import samples
from tests.public_portal.laboratory_month import month, result, with_results
from tests.response import little_town as town

HEAD = "sample,report,sampled,zone,item,value,unit,method,laboratory\n"


@pytest.fixture
def published(store):
    def publish(made: LabMonth) -> None:
        store.put(*sealed(with_results(store, samples.ordinary(), made), samples.KEY))

    return publish


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_says_n_range_below_detection_and_how_many_comply(portal, published):
    published(month())
    zh = text_of(portal.get("/laboratory").text)
    assert "浑浊度 NTU 方法 GB/T 5750 ≤ 1 3 0.12 – 1.04 0.3 2/3" in zh
    assert "砷 毫克/升 方法 GB/T 5750 ≤ 0.01 2 &lt;0.001 – 0.002 0.00125 2/2" in zh, "half of 0.001 and 0.002"
    assert "2026-11-05，城东片区，浑浊度：1.04 NTU（国家标准 ≤ 1），报告 R-1" in zh
    assert "R-1，化验室：2026-11-03至2026-11-05采样，3个样品，城东片区" in zh
    en = text_of(portal.get("/laboratory?lang=en").text)
    assert "Turbidity" in en and "2 of 3" in en and "1 do not" in en


def test_samples_that_agree_are_a_row_as_any_others(portal, published):
    values = [result("turbidity", value=0.3, sample=f"S{n}") for n in range(4)]
    below = [result("arsenic", lod=lod, sample=f"S{n}") for n, lod in enumerate((0.001, 0.001, 0.002, 0.002))]
    published(month_of(town.plant(), "2026-11", [*values, *below]))
    answer = portal.get("/laboratory")
    assert answer.status_code == 200
    page = text_of(answer.text)
    assert "≤ 1 4 0.3 0.3 4/4" in page
    assert "≤ 0.01 4 &lt;0.001 – &lt;0.002 &lt;0.002 4/4" in page


def test_a_figure_is_what_the_laboratory_wrote_without_powers_of_ten(portal, published):
    results = [
        result("geosmin", value=0.000011, sample="S1"),
        result("geosmin", lod=0.000002, sample="S2"),
        result("hpc", value=1234567.0),
        result("turbidity", value=1.0000004),
    ]
    published(month_of(town.plant(), "2026-11", results))
    page = text_of(portal.get("/laboratory?lang=en").text)
    assert "≤ 0.00001 2 &lt;0.000002 – 0.000011 0.000006 1 of 2" in page
    assert "1234567" in page and "1.0000004 NTU (national limit ≤ 1)" in page
    lines = {line["sample"] + line["item"]: line for line in csv.DictReader(io.StringIO(csv_of(portal)))}
    assert (lines["S1geosmin"]["value"], lines["S1geosmin"]["limit_high"]) == ("0.000011", "0.00001")
    assert (lines["S2geosmin"]["below"], lines["S1hpc"]["value"]) == ("0.000002", "1234567")


def csv_of(portal) -> str:
    return portal.get("/laboratory.csv").text


def test_what_a_laboratory_wrote_runs_in_no_spreadsheet(portal, published):
    shown = replace(result("lead", value=0.001), method="=1+1", laboratory="@SUM(A1)", report="-R+1")
    published(month_of(town.plant(), "2026-11", [shown]))
    (line,) = csv.DictReader(io.StringIO(csv_of(portal)))
    assert (line["method"], line["laboratory"], line["report"]) == ("'=1+1", "'@SUM(A1)", "'-R+1")


def test_several_methods_are_listed_as_each_language_does(portal, published):
    one, other = result("lead", value=0.001), result("lead", value=0.002, sample="S2")
    published(month_of(town.plant(), "2026-11", [one, replace(other, method="HJ 700")]))
    assert "方法 GB/T 5750、HJ 700" in text_of(portal.get("/laboratory").text)
    assert "by GB/T 5750, HJ 700" in text_of(portal.get("/laboratory?lang=en").text)


def test_all_that_comply_are_said_to_and_nowhere_else(portal, published):
    published(month(worst=0.5))
    assert "全部合格" in portal.get("/laboratory").text
    for path in ("/", "/area/dma-01", "/area/dma-01/history"):
        assert "合格" not in portal.get(path).text.replace("不作合格与否", "")
        assert 'href="/laboratory"' in portal.get(path).text


def test_the_composite_rate_is_said_with_its_formula_once_all_seven_were_looked_for(portal, published):
    assert lab_view(month(), "zh").rates == [], "not all seven were looked for"
    items = [item if item != "residual" else "free_chlorine" for item in SEVEN]
    seven = [
        result(item, value=0.1, there=False if item in ("odor_taste", "total_coliform") else None)
        for item in items
    ]
    rest = [result("lead", value=0.001, sample="S2"), result("lead", value=0.02, sample="S3")]
    bad = [result("turbidity", value=3.0, sample="S4")]
    published(month_of(town.plant(), "2026-11", [*seven, *rest, *bad]))
    page = text_of(portal.get("/laboratory").text)
    assert "管网水7项合格率：92.85%" in page and "综合合格率：87.50%" in page and "÷ 8" in page


def test_a_month_is_a_csv_with_what_judged_it(portal, published):
    published(month())
    answer = portal.get("/laboratory.csv?month=2026-11")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["complies"] for line in lines if line["item"] == "turbidity"] == ["yes", "yes", "no"]
    below = next(line for line in lines if line["below"])
    assert (below["item"], below["value"], below["below"], below["limit_high"]) == (
        "arsenic",
        "",
        "0.001",
        "0.01",
    )
    for path in ("/laboratory.csv?month=2026-10", "/laboratory?month=2026-10"):
        assert portal.get(path).status_code == 404


def test_what_is_not_what_was_signed_is_not_shown(portal, store, published):
    published(month())
    (part,) = (store._parts).iterdir()
    part.write_bytes(part.read_bytes().replace(b'"value":1.04', b'"value":0.04'))
    page = portal.get("/laboratory").text
    assert "未通过校验" in page and "浑浊度" not in page


def test_before_there_are_any_the_page_says_so(portal, put):
    put(samples.ordinary())
    assert "还没有发布化验结果" in portal.get("/laboratory").text


async def take(utility, folder: Path, *lines: str) -> None:
    file = folder / "lab.csv"
    file.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    problems: list[Problem] = []
    async with utility.ledger.begin() as tx:
        plan = await laboratory(file, tx, utility.plant, date(2026, 12, 31), False, problems)
        await plan.apply(tx)
    assert problems == []


async def test_what_is_taken_in_is_published_with_the_next_snapshot_and_corrected_too(utility, tmp_path):
    publisher = utility.publisher()
    row = "S1,R-1,2026-11-05,dma-01,turbidity,{},NTU,GB/T 5750,化验室"
    await publisher.publish()
    for value in ("0.3", "0.4"):
        await take(utility, tmp_path, row.format(value))
        snapshot = await publisher.publish()
        (ref,) = [ref for ref in snapshot.parts if ref.name == part_name("2026-11")]
        made = msgspec.json.decode(utility.store.part(ref.sha256) or b"", type=LabMonth)
        assert [one.result.value for one in made.results] == [float(value)]
    again = await utility.publisher().publish()
    assert part_name("2026-11") in {ref.name for ref in again.parts}, "also after a restart"


def test_a_result_is_judged_by_the_edition_of_its_day_and_the_water_s_disinfectant():
    old = replace(result("free_chlorine", value=3.5), sampled="2023-03-31", kind=SampleType.PLANT)
    new = replace(old, id="S2:free_chlorine", sampled="2023-04-01")
    judged = [one.complies for one in month_of(town.plant(), "2023-03", [old, new]).results]
    assert judged == [True, False]


def test_words_are_said_for_what_is_only_found_or_not():
    (group,) = lab_view(month_of(town.plant(), "2026-11", found()), "zh").groups
    assert [(row.name, row.span, row.complies) for row in group.rows] == [("大肠埃希氏菌", "1次检出", "1/2")]


def found() -> list[LabResult]:
    return [result("e_coli", there=False), result("e_coli", there=True, sample="S2")]
