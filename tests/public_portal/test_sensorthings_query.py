"""What may be asked in an address: read as OData means it, and bounded whatever is sent."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from public_portal.sensorthings.evaluate import holds, value_of
from public_portal.sensorthings.expression import Span, read
from public_portal.sensorthings.query import parsed, text_of
from public_portal.sensorthings.refusal import NotSupported, Refusal

S = 1_000_000_000
NOW = 1_795_360_200 * S
HOUR = Span(NOW - 4200 * S, NOW - 600 * S)
FACTS = {("result",): 0.31, ("name",): "it's 城东", ("none",): None, ("phenomenonTime",): HOUR, ("n",): 57}


def worth(text):
    return value_of(read(text), FACTS.get, NOW)


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("1 add 2 mul 3", 7.0),
        ("(1 add 2) mul 3", 9.0),
        ("8 sub 4 sub 2", 2.0),
        ("7 mod 4 eq 3", True),
        ("true or false and false", True),
        ("(true or false) and false", False),
        ("not (result gt 0.5) and result ge 0.31", True),
        ("result lt -1.5e2", False),
        ("n eq 57", True),
        ("name eq 'it''s 城东'", True),
        ("substringof('城东',name) and endswith(name,'东') and startswith(tolower(name),'it')", True),
        ("indexof(name,'s') eq 3 and length(trim(' ab ')) eq 2 and substring(name,1,1) eq 't'", True),
        ("round(2.5) eq 3 and floor(-0.5) eq -1 and ceiling(0.2) eq 1", True),
        ("concat('a',concat('b','c')) eq 'abc'", True),
        ("none eq null and result ne null", True),
        ("none gt 1 or not (none gt 1) or name gt 1", False),
        ("1 div 0", None),
        ("result add name", None),
        ("phenomenonTime ge 2026-11-22T14:00:00Z and phenomenonTime le 2026-11-22T15:00:00Z", True),
        ("phenomenonTime ge 2026-11-22T22:00:00+08:00 and phenomenonTime lt now()", True),
        ("phenomenonTime gt 2026-11-22T14:00:01Z", False),
        ("phenomenonTime gt now() sub duration'PT2H'", True),
        ("year(phenomenonTime) eq 2026 and hour(phenomenonTime) eq 14", True),
    ],
)
def test_an_expression_means_what_odata_says(text, is_):
    assert worth(text) == is_


def test_an_instant_is_neither_before_nor_after_itself():
    facts = {("t",): Span(NOW, NOW)}
    at = f"{datetime.fromtimestamp(NOW // S, UTC):%Y-%m-%dT%H:%M:%SZ}"
    told = {op: holds(read(f"t {op} {at}"), facts.get, NOW) for op in ("eq", "ne", "lt", "le", "gt", "ge")}
    assert told == {"eq": True, "ne": False, "lt": False, "le": True, "gt": False, "ge": True}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "result gt",
            "result gt 1 2",
            "(result",
            "result)",
            "'open",
            "result gt 1 and",
            "and",
            "eq eq eq",
        ),
        *(
            "nosuch(1)",
            "length()",
            "length(1,2)",
            "2026-13-45T00:00:00Z",
            "result/",
            "duration'P'",
            "1x",
            "a;b",
        ),
        *("__import__('os')", "(" * 21 + "1" + ")" * 21, "not " * 30 + "true"),
        *(" or ".join(["result eq 1"] * 100), "1 add " * 300 + "1", "9" * 31),
    ],
)
def test_what_is_not_understood_or_too_much_is_refused(text):
    with pytest.raises(Refusal):
        read(text)


def test_functions_that_are_not_declared_are_said_to_be_missing():
    for text in ("st_within(location,'x')", "geo.distance(a,b) lt 1", "date(phenomenonTime) eq 1"):
        with pytest.raises(NotSupported):
            read(text)


VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=32).filter(lambda x: "inf" not in f"{x:.9g}"),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20),
    st.booleans(),
)


def _written(value):
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value.replace(chr(39), chr(39) * 2)}'" if isinstance(value, str) else repr(value)


@given(VALUES)
@example("'")
@example("''; drop")
def test_every_value_reads_back_as_it_was_written(value):
    if isinstance(value, float) and len(repr(value)) > 30:
        return
    assert value_of(read(_written(value)), FACTS.get, NOW) == value


TREES = st.recursive(
    st.booleans().map(lambda b: (str(b).lower(), b)),
    lambda kids: st.one_of(
        st.tuples(kids, kids).map(lambda p: (f"({p[0][0]} and {p[1][0]})", p[0][1] and p[1][1])),
        st.tuples(kids, kids).map(lambda p: (f"({p[0][0]} or {p[1][0]})", p[0][1] or p[1][1])),
        kids.map(lambda k: (f"not ({k[0]})", not k[1])),
    ),
    max_leaves=12,
)


@given(TREES)
def test_logic_is_what_it_is_in_python(tree):
    text, is_ = tree
    try:
        assert worth(text) is is_
    except Refusal as error:
        assert "deep" in str(error)


WORDS = st.sampled_from(
    [
        *"(),/;='$&",
        " ",
        "and",
        "or",
        "not",
        "eq",
        "result",
        "length(",
        "$expand",
        "$filter",
        "Things",
        "1",
        "'a'",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=60).map("".join)))
def test_whatever_is_sent_is_a_query_or_a_refusal(text):
    """Nothing else is raised, and it ends."""
    for sent in (text, f"$filter={quote(text)}", f"$expand={quote(text)}", f"$orderby={quote(text)}"):
        try:
            query = parsed(sent)
        except Refusal:
            continue
        if query.filter is not None:
            value_of(query.filter, FACTS.get, NOW)


NESTED = (
    "$expand=Datastreams($filter=name eq 'a;b,(c';$expand=Observations($orderby=phenomenonTime desc;$top=1)),"
    "Locations&$select=name,id&$top=5&$count=true"
)


def test_options_nest_within_expand():
    query = parsed(NESTED)
    streams, locations = query.expand
    assert (streams.name, locations.name) == ("Datastreams", "Locations")
    assert streams.query.expand[0].query.top == 1 and streams.query.expand[0].query.orderby[0][1]
    assert (query.select, query.top, query.count) == (("name", "id"), 5, True)


def test_a_path_in_expand_is_the_same_as_nesting():
    query = parsed("$expand=Datastreams/Sensor,Datastreams/ObservedProperty")
    assert [one.name for one in query.expand] == ["Datastreams"]
    assert [one.name for one in query.expand[0].query.expand] == ["Sensor", "ObservedProperty"]


def test_the_next_page_is_the_same_question_from_another_place():
    sent = text_of(parsed(NESTED), skip=5)
    again = parsed(sent)
    assert again.skip == 5 and "$skip" in parse_qs(sent)
    again.skip = 0
    assert again == parsed(NESTED)


@pytest.mark.parametrize(
    "sent",
    [
        *("$top=-1", "$top=x", "$top=٣", "$skip=1e3", "$count=yes", "$top=1&$top=2", "$filter=" + "a" * 5000),
        "$expand=" + "Datastreams/Thing/" * 3 + "Datastreams",
        "$expand=Datastreams($expand=Thing($expand=Datastreams($expand=Thing($expand=Datastreams))))",
        "$expand=" + ",".join(f"N{n}" for n in range(13)),
        *(
            "$expand=A(",
            "$expand=A($top=1",
            "$expand=A($top)",
            "$expand=A($top=1),A($top=2)",
            "$expand=(" * 40,
        ),
    ],
)
def test_loops_and_nonsense_are_refused(sent):
    with pytest.raises(Refusal):
        parsed(sent)


def test_an_option_that_is_not_there_is_said_to_be_missing():
    for name in ("$resultFormat=CSV", "$search=a", "$expand=A($levels=9)"):
        with pytest.raises(NotSupported):
            parsed(name)
