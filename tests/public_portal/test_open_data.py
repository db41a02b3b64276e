"""WQ-21: the whole published record a month as one file, and what says to programs which there are."""

import csv
import io
import json
import re
from dataclasses import replace

import msgspec
import pytest

from core.model.published import part_name
from core.model.snapshot import PartRef
from public_portal.signing import sealed
from tests.public_portal import samples
from tests.public_portal.recorded_days import with_record

MONTH = "/data/record-2026-11.csv"


@pytest.fixture
def recorded(store):
    store.put(*sealed(with_record(store, samples.ordinary(site="https://water.example")), samples.KEY))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_month_of_every_area_is_one_file_of_the_same_lines_as_the_areas_own(portal, recorded):
    answer = portal.get(MONTH)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-encoding"] == "gzip"
    assert portal.get(MONTH, headers={"accept-encoding": "identity"}).content == answer.content
    assert 'filename="record-2026-11.csv"' in answer.headers["content-disposition"]
    assert answer.text.count("\r\n") == answer.text.count("\n") == 1 + 8 * 3 * (24 + 22)
    each = [row for n in range(8) for row in rows(portal.get(f"/area/dma-0{n + 1}/history.csv").text)]
    assert rows(answer.text) == each
    corrections = rows(portal.get("/data/corrections-2026-11.csv").text)
    assert len(corrections) == 8 * 3 * 2 and {row["reason"] for row in corrections} == {"late_data"}


def test_with_a_byte_order_mark_for_excel_where_it_is_asked_for(portal, recorded):
    assert portal.get(MONTH).content[:4] == b"area"
    for path in (MONTH, "/area/dma-02/history.csv", "/area/dma-02/corrections.csv"):
        plain = portal.get(path).content
        for _ in range(2):
            assert portal.get(path, params={"bom": "1"}).content == b"\xef\xbb\xbf" + plain


def test_who_has_it_gets_no_body_until_an_hour_is_added_or_corrected(portal, store, recorded):
    first = portal.get(MONTH)
    assert first.headers["cache-control"].startswith("public")
    again = portal.get(MONTH, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert portal.get(MONTH, params={"bom": "1"}).headers["etag"] != first.headers["etag"]
    assert portal.head(MONTH).content == b"" and portal.head(MONTH).headers["etag"] == first.headers["etag"]
    content = msgspec.json.encode([])
    ref = PartRef(name=part_name("dma-01", "2026-11"), sha256=store.put_part(content), size=len(content))
    more = with_record(store, samples.ordinary(2))
    store.put(*sealed(replace(more, parts=(ref, *more.parts[1:])), samples.KEY))
    fresh = portal.get(MONTH, headers={"if-none-match": first.headers["etag"]})
    assert fresh.status_code == 200 and "dma-01" not in {row["area"] for row in rows(fresh.text)}


def test_a_file_that_would_lack_an_area_is_not_given_out(portal, store):
    snapshot = with_record(store, samples.ordinary())
    broken = replace(snapshot.parts[3], sha256="0" * 64)
    store.put(
        *sealed(replace(snapshot, parts=(*snapshot.parts[:3], broken, *snapshot.parts[4:])), samples.KEY)
    )
    answer = portal.get(MONTH)
    assert answer.status_code == 503 and "dma-04" in answer.json()["detail"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["record-2026-10.csv", "record-2026-11.txt", "record-.csv", "lists-2026-11.csv", "record-2026-11", "a"],
)
def test_what_there_is_not_is_not_found(portal, recorded, path):
    assert portal.get(f"/data/{path}").status_code == 404


def described(page: str) -> dict[str, object]:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert "<" not in block
    return json.loads(block)


def test_the_page_lists_every_file_for_people_and_as_a_dataset_for_programs(portal, recorded):
    page = portal.get("/data").text
    assert f'href="{MONTH}"' in page and f'href="{MONTH}?bom=1"' in page
    assert 'href="/data/corrections-2026-11.csv"' in page and "CC BY 4.0" in page
    assert page.count("<script") == 1 and 'href="/data"' in portal.get("/about").text
    told = described(page)
    assert (told["@context"], told["@type"]) == ("https://schema.org", "Dataset")
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["temporalCoverage"] == "2026-11/2026-11" and told["isAccessibleForFree"] is True
    assert told["creator"] == {"@type": "Organization", "name": "示例水务"}
    assert {one["name"] for one in told["variableMeasured"]} == {"余氯", "浊度", "pH"}
    for one in told["distribution"]:
        assert (one["@type"], one["encodingFormat"]) == ("DataDownload", "text/csv")
        assert one["contentUrl"].startswith("https://water.example/data/")
        assert portal.get(one["contentUrl"].removeprefix("https://water.example")).status_code == 200
    assert len(told["distribution"]) == 2
    english = described(portal.get("/data?lang=en").text)
    assert english["inLanguage"] == "en" and english["creator"]["name"] == "Example Water"


def test_a_name_cannot_end_the_block_it_is_described_in(portal, store):
    from core.model.text import Text

    sly = Text("</script><b>水务", "</script><b>Water")
    store.put(*sealed(with_record(store, samples.ordinary(utility=sly)), samples.KEY))
    assert described(portal.get("/data").text)["creator"]["name"] == "</script><b>水务"


def test_before_anything_is_recorded_it_says_so_and_describes_nothing(portal, put):
    assert portal.get("/data").status_code == 503
    put(samples.ordinary())
    page = portal.get("/data").text
    assert "还没有历史记录" in page and "<script" not in page


def test_who_asks_for_everything_again_and_again_is_stopped(portal, recorded):
    codes = [portal.get(MONTH).status_code for _ in range(80)]
    assert codes[0] == 200 and codes[-1] == 429


def test_the_licence_is_the_utility_s_own_to_give(portal, store):
    more = {"licence": "https://data.example/terms"}
    store.put(*sealed(with_record(store, samples.ordinary(**more)), samples.KEY))
    page = portal.get("/data").text
    assert described(page)["license"] == "https://data.example/terms"
    assert "CC BY 4.0" not in page and 'href="https://data.example/terms"' in page
