"""Where water is off, or may be, in some streets and weak in others, a page says of each which (ON-22)."""

import re

import httpx
import pytest

from core.model.snapshot import PublicStreet
from core.model.text import Text
from tests.public_portal import samples

NOTICE = "/n/NTC-20261122-00001"
EAST, SHANGHAI = Text("昆明东路", "Kunming East Road"), Text("上海路", "Shanghai Road")
STREETS = (
    PublicStreet(name=EAST, numbers="1–3"),
    PublicStreet(name=EAST, numbers="5–9", weak=True),
    PublicStreet(name=SHANGHAI, weak=True),
)


def plain(portal: httpx.Client, path: str, lang: str) -> str:
    html = portal.get(path, params={"lang": lang}).text
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        ({"doubt": "unconfirmed"}, "可能停水", "may be without water"),
        ({}, "停水", "without water"),
        ({"supply": "intermittent"}, "间歇停水", "with water on and off"),
    ],
)
def test_streets_and_figures_say_who_is_off_and_who_has_weak_water(
    put, portal, more: dict[str, str], zh: str, en: str
) -> None:
    put(samples.ordinary(notices=(samples.notice(streets=STREETS, connections=263, weak=1308, **more),)))
    page = plain(portal, NOTICE, "zh")
    assert f" {zh} 约263户 水压偏低 约1,308户" in page and "涉及用户" not in page
    assert f"昆明东路 1–3号 · {zh} · 5–9号水压偏低 上海路" in page
    page = plain(portal, NOTICE, "en")
    assert f" {en} about 263 low pressure about 1,308" in page and "Connections" not in page
    assert f"Kunming East Road nos. 1–3 · {en} · 5–9: low pressure Shanghai Road" in page


def test_where_nobody_has_weak_water_all_who_are_concerned_are_counted(put, portal) -> None:
    put(
        samples.ordinary(notices=(samples.notice(streets=STREETS[:1], connections=263, doubt="unconfirmed"),))
    )
    page = plain(portal, NOTICE, "zh")
    assert "涉及用户 约263户" in page and "昆明东路 1–3号 涉及用户" in page


def test_a_card_keeps_the_numbers_that_are_off_apart_from_those_of_weak_water(put, portal) -> None:
    put(samples.ordinary(notices=(samples.notice(streets=STREETS),)))
    assert "昆明东路 1–3号 · 5–9号水压偏低" in plain(portal, "/", "zh")
    assert "Kunming East Road nos. 1–3 · 5–9: low pressure" in plain(portal, "/", "en")
