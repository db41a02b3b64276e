"""ON-03: what a notice names of a street: no house in two classes, nobody learns which neighbour is meant."""

import pytest

from core.model.notice import StreetExtent
from core.model.street_line import by_street
from core.model.text import Text
from response.extents import extents, naming, weak_beside
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


@pytest.mark.parametrize(
    ("off", "weak", "named", "said"),
    [
        (OFF, MANY, [one("20–38"), one("1–10", weak=True)], "人民路20–38号（1–10号水压偏低）"),
        (OFF, FEW, [one("20–38"), one(None, weak=True)], "人民路20–38号（其余门牌水压偏低）"),
        (OFF, (*MANY, 22, 21), [one("20–38"), one("1–10", weak=True)], "人民路20–38号（1–10号水压偏低）"),
        (OFF, (22, 24), [one("20–38")], "人民路20–38号"),
        (FEW, MANY, [one(None)], "人民路"),
        ((), MANY, [one("1–10", weak=True)], "人民路1–10号（水压偏低）"),
        ((), FEW, [one(None, weak=True)], "人民路（水压偏低）"),
        (
            OFF,
            (*MANY, *range(51, 61)),
            [one("20–38"), one("1–10", weak=True), one("51–60", weak=True)],
            "人民路20–38号（1–10号、51–60号水压偏低）",
        ),
        (OFF, (*MANY, 51), [one("20–38"), one(None, weak=True)], "人民路20–38号（其余门牌水压偏低）"),
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


def test_on_09_what_is_over_names_the_street_once():
    assert by_street([one("20–38"), one(None)])[0].words == NAME
    assert by_street([one("20–38"), one("1–10")])[0].words.en == "Renmin Road 20–38 and 1–10"
