"""JSON in one form (RFC 8785): its own examples, and that whatever is the same is written the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.canonical import canonical, number, parsed

# RFC 8785, appendix B, and ECMA-262's Number::toString.
NUMBERS = [
    (0.0, "0"),
    (-0.0, "0"),
    (5e-324, "5e-324"),
    (-5e-324, "-5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"),
    (9007199254740992.0, "9007199254740992"),
    (295147905179352830000.0, "295147905179352830000"),
    (9.999999999999997e22, "9.999999999999997e+22"),
    (1e23, "1e+23"),
    (1.0000000000000001e23, "1.0000000000000001e+23"),
    (999999999999999700000.0, "999999999999999700000"),
    (999999999999999900000.0, "999999999999999900000"),
    (1e21, "1e+21"),
    (9.999999999999997e-7, "9.999999999999997e-7"),
    (0.000001, "0.000001"),
    (333333333.33333329, "333333333.3333333"),
    (1e-7, "1e-7"),
    (4.5, "4.5"),
    (123.0, "123"),
]


@pytest.mark.parametrize(("value", "written"), NUMBERS)
def test_a_number_is_written_as_ecmascript_does(value: float, written: str) -> None:
    assert number(value) == written


def test_the_rfc_s_example_of_names_and_strings() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    assert canonical(value) == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_go_by_their_utf_16_units() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "😀", "\x80", "ö"]
    ordered = list(json.loads(canonical(dict.fromkeys(names, 0))))
    assert ordered == ["\r", "1", "\x80", "ö", "\u20ac", "😀", "\ufb33"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself(value: float) -> None:
    assert float(number(value)) == value


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
JSON = st.recursive(
    PLAIN, lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=5), one, max_size=4)
)


@given(JSON)
def test_what_is_read_back_is_written_the_same(value: object) -> None:
    once = canonical(value)
    assert canonical(parsed(once)) == once


def test_nanoseconds_keep_every_digit() -> None:
    assert canonical(1_795_356_600_123_456_789) == '"1795356600123456789"'
    assert canonical(float("nan")) == '"nan"'
