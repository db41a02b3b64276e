"""Meters' payloads: each reading is a sample or refused with a reason, never dropped, never invented."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collectors.mqtt.payloads import MAX_BYTES, Refused, decode
from collectors.mqtt.spec import Topic
from core.model.quality import Status
from core.model.sample import Flag
from tests.collectors.field import tags

TOPIC = Topic(filter="meters/+/readings", payload="readings")
NAME = "meters/M1/readings"
TAGS = tags(["meter.M1"], period_s=3600.0, low=0.0)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOW_NS = int(NOW.timestamp()) * 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_AGE_NS = 35 * 86400 * 10**9


def payload(*readings: tuple[datetime, float], meter: str = "M1") -> bytes:
    said = [{"t": t.isoformat(), "m3": m3} for t, m3 in readings]
    return json.dumps({"meter": meter, "readings": said}).encode()


def read(content: bytes, name: str = NAME):
    return decode(TOPIC, name, content, TAGS, NOW_NS, MAX_AGE_NS)


stamps = st.integers(0, 130 * 365 * 86400 * 10**6).map(lambda us: EPOCH + timedelta(microseconds=us))


@given(st.lists(st.tuples(stamps, st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=30))
def test_every_reading_is_a_sample_or_refused(readings):
    decoded = read(payload(*readings))
    assert len(decoded.samples) + len(decoded.refused) == len(readings)
    sane = [(t, v) for t, v in readings if -timedelta(minutes=5) <= NOW - t <= timedelta(days=35)]
    assert [(s.t_ns, s.v) for s in decoded.samples] == [
        ((t - EPOCH) // timedelta(microseconds=1) * 1000, v if v >= 0 else None) for t, v in sane
    ]
    assert all(s.q == (Status.GOOD if s.v is not None else Status.BAD_OUT_OF_RANGE) for s in decoded.samples)


@given(st.binary(max_size=300))
def test_any_bytes_are_readings_or_refused(content):
    try:
        assert read(content).samples
    except Refused as refusal:
        assert str(refusal)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"junk", "not a `readings` payload"),
        (b"\xff\xfe", "not a `readings` payload"),
        (b'{"meter": "M1", "readings": []}', "not a `readings` payload"),
        (b'{"meter": "M1", "readings": [{"t": "2026-11-22T10:00:00", "m3": 1}]}', "not a `readings` payload"),
        (b'{"meter": "M1", "readings": [{"t": "2026-11-22T10:00:00Z", "m3": NaN}]}', "not a `readings`"),
        (b'{"meter": "M1", "readings": [{"t": "2026-11-22T10:00:00Z", "m3": 1e999}]}', "not a `readings`"),
        (payload((NOW, 1.0), meter="M2"), "of meter 'M2', the topic of 'M1'"),
        (b" " * (MAX_BYTES + 1), "65537 bytes are more than 65536"),
    ],
)
def test_a_payload_of_no_use_says_why(content, reason):
    with pytest.raises(Refused, match=reason.replace("(", r"\(")):
        read(content)


def test_an_unknown_meter_is_refused_by_name():
    with pytest.raises(Refused, match="unknown meter M7"):
        read(payload((NOW, 1.0), meter="M7"), "meters/M7/readings")


def test_a_late_reading_is_backfill():
    hours = [timedelta(hours=h) for h in (0, 1, 2, 3, 30)]
    decoded = read(payload(*[(NOW - h, 1.0) for h in hours]))
    assert [s.flags for s in decoded.samples] == [0, 0, 0, Flag.BACKFILL, Flag.BACKFILL]


@pytest.mark.parametrize("filter", ["meters/#", "meters/readings", "+/+/readings", "meters/a+/x"])
def test_a_filter_names_the_meter_exactly_once(filter):
    with pytest.raises(ValidationError):
        Topic(filter=filter, payload="readings")
