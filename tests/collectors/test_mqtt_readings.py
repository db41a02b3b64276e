"""A meter's readings: samples of its tags, refused with a reason, or a message kept for later."""

import json
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collectors.mqtt.columns import Columns
from collectors.mqtt.fleet import Fleet
from collectors.mqtt.framing import Message
from collectors.mqtt.map_spec import READINGS
from collectors.mqtt.refusal import Refused
from collectors.mqtt.replay import Replay, keep
from collectors.mqtt.spec import MqttSpec, Topic
from core.model.quality import Status
from core.model.sample import Flag
from core.ports.quarantine import Refusal
from tests.collectors.field import tags

NOW_NS = 1_795_000_000 * 10**9

TAGS = tags(["meter.M1"], unit="m3", low=0.0, high=1e6) | tags(["meter.M1.p"], unit="m", low=0.0, high=100.0)


def spec(**fields) -> MqttSpec:
    known = {"type": "mqtt", "id": "meters", "host": "127.0.0.1"}
    return MqttSpec.model_validate(
        known | {"topics": [{"filter": "meters/+/up", "payload": "readings"}]} | fields
    )


def batch(spec_: MqttSpec, topic: str, payload: bytes):
    fleet = Fleet(spec_, TAGS)
    columns = Columns("mqtt:meters", NOW_NS, fleet.targets)
    outcome = fleet.read(topic.encode(), payload)
    columns.add(outcome)
    return columns.batch()[0].samples(), outcome


def readings(*rows: tuple[float, float], meter: str = "M1") -> bytes:
    said = [{"t": datetime.fromtimestamp(t, UTC).isoformat(), "m3": m3} for t, m3 in rows]
    return json.dumps({"meter": meter, "readings": said}).encode()


@given(
    st.lists(st.tuples(st.integers(0, 2**31), st.floats(allow_nan=False, allow_infinity=False)), min_size=1)
)
def test_every_number_that_is_possible_is_good_and_no_other(rows):
    samples, _ = batch(spec(), "meters/M1/up", readings(*rows))
    assert [(s.tag, s.t_ns, s.v, s.q) for s in samples] == [
        ("meter.M1", t * 10**9, v, 0)
        if 0 <= v <= 1e6
        else ("meter.M1", t * 10**9, None, Status.BAD_OUT_OF_RANGE)
        for t, v in rows
    ]
    assert {s.r_ns for s in samples} == {NOW_NS}


def test_units_are_made_into_the_tags_and_values_without_a_tag_are_counted():
    values = [
        {"path": "l", "unit": "L"},
        {"path": "p", "name": "p", "unit": "bar"},
        {"path": "b", "name": "battery"},
    ]
    up = {"format": "json", "time": {"path": "t", "form": "s"}, "values": values}
    topics = [{"filter": "meters/+/up", "payload": "up"}]
    samples, outcome = batch(
        spec(maps={"up": up}, topics=topics), "meters/M1/up", b'{"t":1,"l":1500,"p":3,"b":3.6}'
    )
    assert [(s.tag, s.v) for s in samples] == [("meter.M1", 1.5), ("meter.M1.p", pytest.approx(30.5914864))]
    assert outcome.untagged == 1


def test_a_meter_that_took_the_place_of_another_goes_on_in_its_tags():
    topics = [{"filter": "meters/+/up", "payload": "readings", "ids": {"N9": "M1"}}]
    one = spec(topics=topics)
    samples, outcome = batch(one, "meters/N9/up", readings((5, 1.0), meter="N9"))
    assert [(s.tag, s.v) for s in samples] == [("meter.M1", 1.0)]
    assert outcome.device == "M1"
    with pytest.raises(Refused, match="of meter 'M1', the topic of 'N9'"):
        batch(one, "meters/N9/up", readings((5, 1.0), meter="M1"))


def test_a_unit_that_cannot_be_made_into_the_tags_is_bad_and_named():
    up = {"format": "number", "value": {"unit": "bar"}}
    one = spec(maps={"up": up}, topics=[{"filter": "meters/+/up", "payload": "up"}])
    samples, _ = batch(one, "meters/M1/up", b"3")
    assert [(s.v, s.q, s.flags, s.t_ns) for s in samples] == [
        (None, Status.BAD_CONFIGURATION_ERROR, Flag.SUBSTITUTED_TIME, NOW_NS)
    ]
    fleet = Fleet(one, TAGS)
    fleet.route(b"meters/M1/up")
    assert fleet.targets.misfits == {"meter.M1": "bar cannot be made into the tag's m3: correct the map"}


@pytest.mark.parametrize(
    ("topic", "content", "reason"),
    [
        ("meters/M1/up", b"junk", "not_json"),
        ("meters/M1/up", b"\xff\xfe", "not_json"),
        ("meters/M1/up", b" ", "empty"),
        ("meters/M1/up", b'{"meter": "M1", "readings": []}', "missing"),
        ("meters/M1/up", b'{"meter": "M1", "readings": [{"t": "2026-11-22T10:00:00", "m3": 1}]}', "bad_time"),
        (
            "meters/M1/up",
            b'{"meter": "M1", "readings": [{"t": "9999-11-22T10:00:00Z", "m3": 1}]}',
            "bad_time",
        ),
        (
            "meters/M1/up",
            b'{"meter": "M1", "readings": [{"t": "2026-11-22T10:00:00Z", "m3": NaN}]}',
            "not_json",
        ),
        (
            "meters/M1/up",
            b'{"meter": "M1", "readings": [{"t": "2026-11-22T10:00:00Z", "m3": true}]}',
            "wrong_type",
        ),
        ("meters/M1/up", b"[" * 10_000, "not_json"),
        ("meters/M1/up", b"[" * 900 + b"]" * 900, "too_deep"),
        ("meters/M1/up", readings((1, 1.0), meter="M2"), "other_meter"),
        ("meters/M7/up", readings((1, 1.0), meter="M7"), "unknown_meter"),
        ("meters/M1/down", readings((1, 1.0)), "unknown_topic"),
        ("meters/" + "M" * 2000 + "/up", readings((1, 1.0)), "bad_topic"),
        ("meters/M\t1/up", readings((1, 1.0)), "no_identity"),
    ],
)
def test_a_payload_of_no_use_says_why(topic, content, reason):
    with pytest.raises(Refused) as refused:
        batch(spec(), topic, content)
    assert refused.value.reason == reason


def test_1e400_is_no_number():
    content = b'{"meter": "M1", "readings": [{"t": "2026-11-22T10:00:00Z", "m3": 1e400}]}'
    with pytest.raises(Refused):
        batch(spec(), "meters/M1/up", content)


def test_a_kept_message_is_read_again_once_its_meter_is_known():
    payload = readings((5, 1.0), meter="M9")
    content = keep(Message(b"meters/M9/up", payload, 1, len(payload), False, False))
    refusal = Refusal(NOW_NS, "mqtt:meters", "unknown_meter", "", content)
    with pytest.raises(Refused, match="unknown meter M9"):
        Replay(spec(), TAGS).batch(refusal)
    made = Replay(spec(), tags(["meter.M9"], unit="m3")).batch(refusal)
    assert [(s.tag, s.t_ns, s.v, s.r_ns, s.flags) for s in made.samples()] == [
        ("meter.M9", 5 * 10**9, 1.0, NOW_NS, Flag.REPLAYED)
    ]


@given(st.binary(max_size=200))
def test_a_kept_payload_comes_back_byte_for_byte_or_is_known_to_be_cut(payload):
    from collectors.mqtt.replay import kept

    whole = keep(Message(b"a/b", payload, 1, len(payload), False, False))
    assert kept(whole) == (b"a/b", payload)
    with pytest.raises(Refused, match="head"):
        kept(keep(Message(b"a/b", payload, 1, len(payload) + 1, False, False)))
    assert orjson.loads(whole)["topic"] == "a/b"


@pytest.mark.parametrize("filter", ["meters/#", "+/+/readings", "meters/a+/x", "/".join("a" * 17)])
def test_a_filter_names_the_meter_exactly_once(filter):
    with pytest.raises(ValidationError):
        Topic(filter=filter, payload="readings")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"topics": [{"filter": "m/+/up", "payload": "acme"}]}, "none of the maps"),
        ({"host": "10.0.0.5"}, "without TLS"),
        ({"client_cert": "a.pem"}, "go together"),
        (
            {"topics": [{"filter": "m/up", "payload": "n"}], "maps": {"n": {"format": "number"}}},
            "names the meter",
        ),
        ({"status_topic": "meters/x"}, "pattern"),
    ],
)
def test_a_wrong_configuration_says_what_to_mend(fields, says):
    with pytest.raises(ValidationError, match=says):
        spec(**fields)


def test_the_map_readings_is_there_without_being_written():
    assert spec().known_maps["readings"] == READINGS
