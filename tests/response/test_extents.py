"""ON-03: what a notice names of a street: no house in two classes, nobody learns which neighbour is meant."""

import pytest

from core.model.notice import StreetExtent
from core.model.street_line import by_street
from core.model.text import Text
from response.extents import extents, naming, weak_beside
from response.stays import as_named
from response.wording import streets
from tests.response import little_town as town

NAME = Text("人民路", "Renmin Road")


def houses(*numbers: int):
    return [town.account(n, "j1", "s-1", "人民路", house) for n, house in enumerate(numbers)]


def one(numbers: str | None, *, weak: bool = False) -> StreetExtent:
    return StreetExtent(street="s-1", name=NAME, numbers=numbers, weak=weak)


OFF = list(range(20, 40, 2))
"""Ten houses, 20 to 38."""
FEW, MANY = (2, 4), tuple(range(1, 11))
ONE, ONE_FEW = (1,) * 10, (1,) * 9
"""One house of ten flats, and one of nine."""


@pytest.mark.parametrize(
    ("off", "weak", "named", "said"),
    [
        (OFF, MANY, [one("20–38"), one("1–10", weak=True)], "人民路20–38号（1–10号水压偏低）"),
        (OFF, FEW, [one("20–38"), one(None, weak=True)], "人民路20–38号（其余门牌水压偏低）"),
        (OFF, (*MANY, 22, 21), [one("20–38"), one("1–10", weak=True)], "人民路20–38号（1–10号水压偏低）"),
        (OFF, (22, 24), [one("20–38")], "人民路20–38号"),
        (FEW, MANY, [one(None), one(None, weak=True)], "人民路（部分门牌水压偏低）"),
        ((), MANY, [one("1–10", weak=True)], "人民路1–10号（水压偏低）"),
        ((), FEW, [one(None, weak=True)], "人民路（水压偏低）"),
        (
            OFF,
            (*MANY, *range(51, 61)),
            [one("20–38"), one("1–10", weak=True), one("51–60", weak=True)],
            "人民路20–38号（1–10号、51–60号水压偏低）",
        ),
        (OFF, (*MANY, 51), [one("20–38"), one(None, weak=True)], "人民路20–38号（其余门牌水压偏低）"),
        (ONE, (), [one("1")], "人民路1号"),
        (ONE_FEW, (), [one(None)], "人民路"),
        (ONE, (2,) * 10, [one("1"), one("2", weak=True)], "人民路1号（2号水压偏低）"),
        (ONE, ONE_FEW, [one("1")], "人民路1号"),
        (ONE, (1, 2), [one("1"), one(None, weak=True)], "人民路1号（其余门牌水压偏低）"),
        (OFF, (1,) * 10, [one("20–38"), one("1", weak=True)], "人民路20–38号（1号水压偏低）"),
        (ONE_FEW, (1,) * 10, [one(None), one(None, weak=True)], "人民路（部分门牌水压偏低）"),
    ],
)
def test_on_03_a_street_is_one_line_and_no_house_in_two_classes(off, weak, named, said):
    plant = town.plant()
    found = list(extents(houses(*off), plant))
    found += weak_beside(found, houses(*weak), plant)
    assert found == named
    assert streets(found).zh == said and len(by_street(found)) == 1
    for account in houses(*off):
        assert naming(found, account).weak is False, "who is off is named as off"
    for account in houses(*weak):
        assert naming(found, account) is not None, "and who has weak water is named"


def test_on_03_a_house_outside_the_numbers_is_not_named():
    (house,) = houses(60)
    assert naming([one("20–38")], house) is None
    assert naming([one("20–38"), one(None, weak=True)], house) == one(None, weak=True)
    assert naming([StreetExtent(street="s-2", name=NAME)], house) is None


def test_on_03_one_house_is_named_by_its_number_and_its_neighbours_are_not():
    (number,) = extents(houses(*ONE), town.plant())
    at, *others = houses(1, 2, 11, 21)
    assert naming([number], at) == number and number.numbers == "1"
    assert [naming([number], other) for other in others] == [None, None, None]
    said = as_named(number)
    assert "人民路1号" in said.zh and "1 Renmin Road" in said.en
    assert "门牌段" not in said.zh and "range" not in said.en, "it is none"
    assert by_street([number])[0].words.en == "Renmin Road 1"


def test_on_09_what_is_over_names_the_street_once():
    assert by_street([one("20–38"), one(None)])[0].words == NAME
    assert by_street([one("20–38"), one("1–10")])[0].words.en == "Renmin Road 1–10 and 20–38"


def test_its_numbers_stand_in_the_order_of_the_houses():
    """Also once it is over, where those that were weak are told with those that were off."""
    (line,) = by_street([one("11–17"), one("101"), one("1–9")])
    assert line.words == Text("人民路1–9号、11–17号、101号", "Renmin Road 1–9 and 11–17 and 101")
    (line,) = by_street([one("20–38"), one("51–60", weak=True), one("2–10", weak=True)])
    assert line.words.zh == "人民路20–38号（2–10号、51–60号水压偏低）"
