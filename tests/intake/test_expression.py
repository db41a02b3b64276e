"""The little language of derived tags: what it takes, what it refuses, and that units hold."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.intake.expression import WrongExpression, compiled
from collectors.intake.spec import DerivedSpec, WrongDerived, formula, in_order
from collectors.intake.units import unit_of
from tests.intake.test_derived import TAGS

UNITS = {
    "q": unit_of("m3/h"),
    "r": unit_of("L/s"),
    "h": unit_of("m"),
    "c": unit_of("mg/L"),
    "qs": unit_of("m3/h"),
}


def value(text: str, **values: float | list[float]) -> float:
    return compiled(text, UNITS, frozenset({"qs"})).run(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("q + r", 5.0),
        ("-(q - r) * 2", -2.0),
        ("q * 3 / 2", 4.5),
        ("sum(qs) - q", 3.0),
        ("max(q, r)", 3.0),
        ("mean(qs)", 2.0),
        ("median(qs) + min(qs, r)", 3.0),
        ("abs(r - q)", 1.0),
    ],
)
def test_arithmetic(text: str, expected: float):
    assert value(text, q=3.0, r=2.0, qs=[1.0, 2.0, 3.0]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "q.__class__",
        "(lambda: q)()",
        "[q for q in qs]",
        "q if q else r",
        "q ** 99999",
        "'a' * 9",
        "q; r",
        "q = 1",
        "open('x')",
        "True",
        "1e999",
        "sum(*qs)",
        "max(q, key=abs)",
        "qs",
        "qs + q",
        "sum()",
        "nothing",
        "q +",
        "1" * 600,
        "-" * 30 + "q",
        "q\0",
    ],
)
def test_anything_else_is_refused(text: str):
    with pytest.raises(WrongExpression):
        value(text, q=1.0, r=1.0, qs=[1.0])


@given(st.text(max_size=80))
def test_no_text_does_more_than_be_refused(text: str):
    with suppress(WrongExpression):
        compiled(text, UNITS, frozenset({"qs"}))


@pytest.mark.parametrize("text", ["q + h", "q - c", "q + 1", "max(q, h)", "sum(qs, h)", "h - q * h"])
def test_unlike_dimensions_are_never_put_together(text: str):
    with pytest.raises(WrongExpression, match=r"together|one dimension"):
        compiled(text, UNITS, frozenset({"qs"}))


def test_a_product_has_the_product_of_the_units():
    assert compiled("q * c", UNITS, frozenset()).unit.dimension == unit_of("kg/h").dimension
    assert str(compiled("q / q", UNITS, frozenset()).unit) == "a plain number"


def row(**more: object) -> DerivedSpec:
    return DerivedSpec.model_validate({"tag": "net", "expression": "x", "inputs": {"x": "a"}} | more)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"inputs": {"x": "p1"}}, "gives m, but net is in m3/h"),
        ({"inputs": {"x": "a", "y": "b"}}, "y does not stand in the expression"),
        ({"inputs": {"x": ["a", "p1"]}, "expression": "sum(x)"}, "not of one dimension"),
        ({"constants": {"x": {"value": 1, "unit": "m"}}}, "is an input too"),
        ({"expression": "x + y"}, "`y` is not among the inputs"),
    ],
)
def test_a_row_that_cannot_be_right_says_so(more: dict[str, object], what: str):
    with pytest.raises(WrongDerived, match=what):
        formula(0, row(**more), TAGS)


def test_a_circle_is_refused_with_its_members():
    specs = [row(tag="net", inputs={"x": "all"}), row(tag="all", inputs={"x": "net"})]
    with pytest.raises(WrongDerived, match=r"circle: .*net.*all"):
        in_order(specs)


def test_a_constant_has_a_unit():
    made = formula(0, row(expression="x + k", constants={"k": {"value": 1, "unit": "L/s"}}), TAGS)
    assert made.expression.run({"x": 0.0} | dict(made.constants)) / made.scale == pytest.approx(3.6)


def test_what_a_device_may_be_given_in_algebra_knows_too():
    assert unit_of("psi").dimension == unit_of("kPa").dimension
    assert unit_of("psi").factor == pytest.approx(6894.757293168)
    assert unit_of("US gal/min").dimension == unit_of("m3/h").dimension
    assert unit_of("m").dimension == (("m", 1),), "a head of water is a length"
