"""F-14, `waterhub report`: a day and a month whose figures are known beforehand."""

import asyncio
import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.published import Hour, HourState, PublishedDay, day_id
from core.model.sample import Batch, Sample
from core.model.text import Text
from tests.hub.command import waterhub
from tests.public_portal.laboratory_month import result

DEMO = Path(__file__).parents[2] / "configs" / "demo"
S = 10**9
DAY = "2026-11-20"
MIDNIGHT = 1_795_104_000 * S
"""2026-11-20T00:00+08:00."""
HOUR = 3600 * S
INFLOW, GAUGE = "dma-01.inflow", "dma-01.p1"


LABORATORY = (
    result("turbidity", value=0.3, day=DAY),
    result("turbidity", value=1.04, sample="S2", day=DAY),
    result("lead", lod=0.5, day=DAY),
    result("ph", value=7.2, sample="S3", day="2026-11-19"),
)


def flow(minute):
    """100 m3/h, 40 from 03:00 to 04:00; nothing from 10:00 to 12:00."""
    return None if 600 <= minute < 720 else 40.0 if 180 <= minute < 240 else 100.0


def pressure(minute):
    """20 m, 10 m from 08:00 to 09:00."""
    return 10.0 if 480 <= minute < 540 else 20.0


@pytest.fixture(scope="module")
def plant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reported")
    shutil.copytree(DEMO, folder / "plant")
    (folder / "data").mkdir()
    asyncio.run(_kept(folder / "data"))
    return folder


async def _kept(data):
    historian = await SqliteHistorian.open(data / "historian.db", {})
    rows = [
        Sample(tag, MIDNIGHT + minute * 60 * S, value)
        for tag, of in ((INFLOW, flow), (GAUGE, pressure))
        for minute in range(-60, 24 * 60 + 60)
        if (value := of(minute)) is not None
    ]
    await historian.write([Batch.of("test:report", rows)])
    await historian.close()
    ledger = await SqlLedger.open(data / "ledger.db")
    hours = tuple(
        Hour(
            start_ns=MIDNIGHT + n * HOUR,
            state=HourState.NORMAL,
            published_ns=MIDNIGHT + n * HOUR,
            n_valid=60,
            median=0.3,
            high15=1.2 if n == 5 else 0.4,
            low15=0.2,
        )
        for n in range(12)
    )
    published = PublishedDay(
        id=day_id("dma-01", "turbidity", DAY),
        zone="dma-01",
        parameter="turbidity",
        unit="NTU",
        day=DAY,
        hours=hours,
    )
    burst = Incident(
        id="INC-20261120-00001",
        kind=IncidentKind.BURST,
        state=IncidentState.CLOSED,
        opened_ns=MIDNIGHT + 9 * HOUR,
        zone="dma-01",
        title=Text("=城东爆管", "=burst in the east"),
        size_m3h=61.44,
        back_ns=MIDNIGHT + 11 * HOUR,
    )
    later = Incident(
        id="INC-20261121-00001",
        kind=IncidentKind.BURST,
        state=IncidentState.SUSPECTED,
        opened_ns=MIDNIGHT + 24 * HOUR,
        title=Text("次日", "the day after"),
    )
    async with ledger.begin() as tx:
        for record in (published, burst, later, *LABORATORY):
            await tx.put(record)
    await ledger.close()


def run(plant, *words):
    with pytest.MonkeyPatch.context() as with_:
        with_.setenv("WATERHUB_DATA", str(plant / "data"))
        return waterhub("report", *words)


def sections(plant, *words):
    out = plant / "made.json"
    done = run(plant, *words, "-o", out)
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    return report, {section["id"]: section["rows"] for section in report["sections"]}


def of_zone(rows, name="Chengdong area"):
    return next(row for row in rows if isinstance(row[0], dict) and row[0]["en"] == name)


def test_f14_the_day_s_figures_are_those_of_its_samples_and_records(plant):
    report, rows = sections(plant, "daily", plant / "plant", DAY)
    assert report["whole"] and report["start"] == "2026-11-19T16:00:00Z"
    measured = round(100 * 22 / 24, 2)
    assert of_zone(rows["volumes"])[1:] == [21 * 100 + 40, measured, 40.0, round(100 * 40 * 22 / 2140, 1)]
    assert of_zone(rows["volumes"], "Chengxi area")[1:] == [None, 0.0, None, None], "not measured is not 0"
    assert of_zone(rows["pressure"])[1:3] == [round(100 * 92 / 96, 2), 96]
    assert of_zone(rows["pressure"])[4] == 10.0
    _, parameter, limit, within, hours, share, low, high = rows["quality"][0]
    assert (parameter["en"], within, hours, share) == ("turbidity", round(100 * 11 / 12, 2), 12, 50.0)
    assert "GB 5749-2022" in limit and (low, high) == (0.2, 1.2), "15 minutes beyond are an hour beyond"
    assert [[row[0]["en"], *row[1:]] for row in rows["laboratory"]] == [
        ["Turbidity", 2, 2, 1, 50.0],
        ["Lead", 1, 0, 0, None],
        ["All", 3, 2, 1, 50.0],
    ], "1.04 is above 1; below a limit of detection that is beyond the limit nothing is said"
    assert [row[0] for row in rows["incidents"]] == ["INC-20261120-00001"]
    assert rows["incidents"][0][5:] == [61.4, 120]


def test_f14_a_month_is_its_days_together(plant):
    report, rows = sections(plant, "monthly", plant / "plant", "2026-11")
    assert report["title"]["zh"] == "2026年11月供水月报"
    assert of_zone(rows["volumes"])[1] == 2140 + 200, "an hour before and one after belong to the month too"
    assert len(rows["incidents"]) == 2


def test_f14_as_csv_a_spreadsheet_opens_it_and_runs_nothing(plant):
    done = run(plant, "daily", plant / "plant", DAY, "--lang", "en")
    assert done.returncode == 0 and done.stdout.startswith("\ufeff")
    lines = list(csv.reader(io.StringIO(done.stdout[1:])))
    assert ["Chengdong area", "2140.0", "91.67", "40.0", "41.1"] in lines
    assert "'=burst in the east" in next(line for line in lines if line[:1] == ["INC-20261120-00001"])


def test_f14_as_pdf(plant):
    for lang in ("zh", "en"):
        done = run(plant, "daily", plant / "plant", DAY, "--lang", lang, "-o", plant / "made.pdf")
        assert done.returncode == 0, done.stderr
        assert (plant / "made.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("daily", "{plant}", "2026-13-01"), "'2026-13-01' is not a day as 2026-11-25"),
        (("monthly", "{plant}", DAY), f"'{DAY}' is not a month as 2026-11"),
        (("daily", "{plant}", "2199-01-01"), "has not begun"),
        (("daily", "{plant}", DAY, "-o", "made.docx"), "name a .csv, .pdf or .json file"),
    ],
)
def test_a_wrong_question_is_told_how_to_ask(plant, words, said):
    done = run(plant, *(word.format(plant=plant / "plant") for word in words))
    assert done.returncode == 2 and said in done.stderr
