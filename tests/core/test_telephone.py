"""HL-04: however a number is written, it is read the one way; and who has none is not taken for somebody."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.person import masked_phone
from core.model.telephone import NumberKind, telephone

AREA = "0773"
with Path(__file__).with_name("telephones.csv").open(encoding="utf-8") as _file:
    CASES = list(csv.DictReader(_file, delimiter="|", quoting=csv.QUOTE_NONE))


def test_there_are_150_cases_at_least():
    assert len(CASES) >= 150
    assert len({case["raw"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"])
def test_a_number_is_read_as_the_fixture_says(case):
    found = telephone(case["raw"], AREA)
    read = (found.kind.value, found.national, found.extension or "", " ".join(found.also))
    assert read == (case["kind"], case["national"], case["extension"], case["also"])


def test_a_masked_number_and_an_office_are_never_anybodys_own():
    for raw in ("17012345678", "95013123456789", "4008555440", "12345", "8001", "anonymous"):
        assert not telephone(raw, AREA).bindable, raw
    assert telephone("17012345678", AREA, privacy=("95013",)).bindable, "which ranges are masked is a setting"


def test_e164_is_what_a_gateway_dials():
    assert telephone("0773-2192000").e164 == "+867732192000"
    assert telephone("138 1234 5678").e164 == "+8613812345678"
    assert telephone("2192000").e164 is None, "without an area code nobody knows which town is meant"


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["", "+86", "0086", "86", "0", "+86 "]))
def test_a_prefix_changes_nothing(number, prefix):
    assert telephone(prefix + number) == telephone(number)


@given(st.text(max_size=60))
def test_nothing_is_too_odd_to_be_read(raw):
    found = telephone(raw, AREA)
    assert re.fullmatch("[0-9]*", found.national)
    assert (found.kind is NumberKind.WITHHELD) == (found.national == "")


@given(st.from_regex(r"[0-9]{8,14}", fullmatch=True))
def test_a_masked_number_shows_seven_digits_at_most(number):
    assert sum(c.isdigit() for c in masked_phone(number)) == (7 if len(number) >= 11 else 4)
