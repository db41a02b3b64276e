"""The page of an area's published record, and its CSV, over a real socket."""

import csv

import pytest

from public_portal.signing import sealed
from tests.public_portal import samples
from tests.public_portal.recorded_days import with_record

PAGE = "/area/dma-02/history"


@pytest.fixture
def recorded(store):
    store.put(*sealed(with_record(store, samples.ordinary()), samples.KEY))


def test_it_tells_each_hour_with_its_completeness_and_what_was_corrected(portal, recorded):
    page = portal.get(PAGE, params={"parameter": "turbidity"}).text
    assert page.count("<tr>") == 23, "a head and 22 hours"
    assert "20个小时有值（已发布22个小时）" in page
    assert "当天最高的15分钟中位数：1.11 NTU（03:00–04:00）" in page
    assert "07:00–08:00：原为无数据" in page and "晚发布" in page
    for word in ("核实中", "未评估", "仪表维护中", "无数据", "偏离日常范围"):
        assert word in page
    assert "合格" not in page.replace("不作合格与否", ""), "only a laboratory says so (WQ-01)"


def test_days_and_parameters_are_linked_and_the_language_keeps_them(portal, recorded):
    page = portal.get(PAGE, params={"parameter": "ph", "day": "2026-11-21"}).text
    assert "parameter=ph&amp;day=2026-11-22" in page
    assert "day=2026-11-20" not in page, "nothing is recorded of that day"
    assert 'aria-current="page">pH<' in page
    assert f'href="{PAGE}?lang=en&amp;parameter=ph&amp;day=2026-11-21"' in page


@pytest.mark.parametrize(
    "asked",
    [
        {"day": "2026-11-20"},
        {"day": "2026-12-01"},
        {"day": "../.."},
        {"parameter": "lead"},
        {"day": "2026-11"},
    ],
)
def test_what_was_never_recorded_is_not_found(portal, recorded, asked):
    assert portal.get(PAGE, params=asked).status_code == 404


def test_before_anything_is_recorded_the_page_says_so(portal, put):
    put(samples.ordinary())
    assert "还没有历史记录" in portal.get(PAGE).text
    assert portal.get(f"{PAGE}.csv").status_code == 404
    assert portal.get("/area/dma-99/history").status_code == 404


def test_the_csv_is_rfc_4180_with_codes_and_versions(portal, recorded):
    answer = portal.get(f"{PAGE}.csv", params={"month": "2026-11"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.text.count("\r\n") == answer.text.count("\n") == 1 + 3 * (24 + 22)
    lines = list(csv.DictReader(answer.text.splitlines()))
    assert {line["quality_code"] for line in lines} == {"1", "2", "3", "8", "9"}
    assert all((line["median"] == "") == (int(line["n_valid"]) < 45) for line in lines)
    gone = list(csv.DictReader(portal.get("/area/dma-02/corrections.csv").text.splitlines()))
    assert len(gone) == 6 and {line["reason"] for line in gone} == {"late_data"}
    assert portal.get(f"{PAGE}.csv", params={"month": "2026-10"}).status_code == 404


def test_a_snapshot_from_before_there_were_parts_is_taken(portal, store):
    """An upgrade of the citizens' server first."""
    content = sealed(samples.ordinary(), samples.KEY)[0].replace(b',"parts":[]', b"")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    store.put(content, Ed25519PrivateKey.from_private_bytes(samples.KEY).sign(content))
    assert b"parts" not in content
    assert portal.get(PAGE).status_code == 200
