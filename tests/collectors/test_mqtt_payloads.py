"""Meters' payloads by their maps: each reading is a number or refused with a reason, never invented."""

import json
import math
import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from collectors.mqtt.map_spec import PayloadMap
from collectors.mqtt.payloads import compile_map, fast_map
from collectors.mqtt.refusal import Refused
from core.model.quality import Status

NOW_NS = 1_795_000_000 * 10**9


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


MAPS = TypeAdapter(PayloadMap)


def decode(map_: dict, payload: bytes | str | dict | list):
    """Readings as (device, t_ns, value index, number, status)."""
    if not isinstance(payload, bytes | str):
        payload = json.dumps(payload)
    content = payload.encode() if isinstance(payload, str) else payload
    spec = MAPS.validate_python(map_)
    said = compile_map(spec)(content)
    agrees(spec, content)
    return [(r.device, r.t_ns, r.value, *r.read) for r in said.readings], [r.reason for r in said.refused]


def agrees(spec, content: bytes) -> None:
    """The fast way says exactly what the other says, or nothing."""
    fast = fast_map(spec)
    if fast is None or (quick := fast(content)) is None:
        return
    said = compile_map(spec)(content)
    device, t_ns, raw, marks = quick
    assert not said.refused
    assert [(r.t_ns, 0.0 if r.read[0] is None else r.read[0]) for r in said.readings] == list(
        zip(t_ns, raw, strict=True)
    )
    assert {r.device for r in said.readings} == {device}
    assert [(i, r.read[1]) for i, r in enumerate(said.readings) if r.read[1]] == marks
    assert [r.value for r in said.readings] == list(range(len(spec.values))) * (len(raw) // len(spec.values))


JSON = {
    "format": "json",
    "device": "id",
    "readings": "data.rows",
    "time": {"path": "ts", "form": "ms"},
    "values": [
        {"path": "m3"},
        {"path": "x.flow", "name": "flow", "optional": True, "sentinels": [-1]},
        {"path": "alarms", "name": "leak", "bit": 2, "optional": True},
        {"path": "valve", "name": "valve", "enum": {"open": 1, "shut": 0, "true": 1}, "optional": True},
    ],
}


def test_an_array_of_timed_readings_with_several_values():
    rows = [
        {"ts": 1000, "m3": 1.5, "x": {"flow": 2}, "alarms": 4, "valve": "open"},
        {"ts": 2000, "m3": 2, "x": {"flow": -1}, "alarms": 3, "valve": True},
    ]
    assert decode(JSON, {"id": "A", "data": {"rows": rows}}) == (
        [
            ("A", 10**9, 0, 1.5, 0),
            ("A", 10**9, 1, 2.0, 0),
            ("A", 10**9, 2, 1.0, 0),
            ("A", 10**9, 3, 1.0, 0),
            ("A", 2 * 10**9, 0, 2.0, 0),
            ("A", 2 * 10**9, 1, None, Status.BAD_SENSOR_FAILURE),
            ("A", 2 * 10**9, 2, 0.0, 0),
            ("A", 2 * 10**9, 3, 1.0, 0),
        ],
        [],
    )


def test_one_bad_reading_or_value_leaves_the_others():
    rows = [{"ts": 1000, "m3": "x"}, {"m3": 1}, {"ts": 3000, "x": {"flow": 1}}, {"ts": 4000, "m3": None}, 7]
    said, refused = decode(JSON, {"id": "A", "data": {"rows": rows}})
    assert said == [("A", 3 * 10**9, 1, 1.0, 0), ("A", 4 * 10**9, 0, None, Status.BAD_SENSOR_FAILURE)]
    assert refused == ["wrong_type", "no_time", "missing", "no_time"]


def test_what_stands_once_at_the_root_takes_the_newest_time():
    map_ = {"format": "json", "readings": "r", "time": {"path": "t", "form": "s"}}
    map_ |= {"values": [{"path": "v"}, {"path": "/battery", "name": "battery"}]}
    said, refused = decode(map_, {"battery": 3.6, "r": [{"t": 20, "v": 2}, {"t": 10, "v": 1}]})
    assert said == [
        (None, 20 * 10**9, 0, 2.0, 0),
        (None, 10 * 10**9, 0, 1.0, 0),
        (None, 20 * 10**9, 1, 3.6, 0),
    ]
    assert not refused


def test_values_at_equal_steps_need_one_time():
    map_ = {"format": "json", "readings": "v", "time": {"path": "t0", "form": "s", "step_s": -900}}
    map_ |= {"values": [{"path": ""}]}
    said, _ = decode(map_, {"t0": 10_000, "v": [3, 2, 1]})
    assert [(t // 10**9, v) for _, t, _, v, _ in said] == [(10_000, 3.0), (9_100, 2.0), (8_200, 1.0)]


@pytest.mark.parametrize(
    ("time", "raw", "t_ns"),
    [
        ({"form": "iso"}, "2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
        ({"form": "iso"}, "2026-11-22T18:00:00.250+08:00", "2026-11-22T10:00:00.250+00:00"),
        ({"form": "iso", "zone": "Asia/Shanghai"}, "2026-11-22 18:00:00", "2026-11-22T10:00:00+00:00"),
        ({"form": "iso"}, "2026-11-22T10:00:00", None),
        ({"form": "iso"}, "yesterday", None),
        ({"form": "iso"}, 17, None),
        ({"form": "s"}, 1795000000.123456, "2026-11-18T11:06:40.123456+00:00"),
        ({"form": "us"}, 1795000000123456, "2026-11-18T11:06:40.123456+00:00"),
        ({"form": "s", "epoch": "2000-01-01T00:00:00Z"}, 60, "2000-01-01T00:01:00+00:00"),
        ({"form": "s"}, -5, None),
        ({"form": "s"}, 1e300, None),
        ({"form": "s"}, True, None),
        ({"form": "ms"}, "1000", "1970-01-01T00:00:01+00:00"),
        (
            {"form": "local", "pattern": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"},
            "25.10.2026 02:30",
            "2026-10-25T00:30:00+00:00",
        ),
        ({"form": "local", "pattern": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"}, "29.03.2026 02:30", None),
    ],
)
def test_times_as_makers_write_them(time, raw, t_ns):
    map_ = {"format": "json", "time": {"path": "t", **time}, "values": [{"path": "v"}]}
    said, refused = decode(map_, {"t": raw, "v": 1})
    if t_ns is None:
        assert (said, refused) == ([], ["bad_time"])
    else:
        asked = (datetime.fromisoformat(t_ns) - EPOCH) // timedelta(microseconds=1) * 1000
        assert ([t for _, t, *_ in said], refused) == ([asked], [])


def test_lines_of_columns():
    map_ = {"format": "csv", "separator": ";", "skip": 1, "device": 0}
    map_ |= {"time": {"column": 1, "form": "s"}, "values": [{"column": 2}, {"column": 3, "optional": True}]}
    text = "id;t;m3;flow\nA;10;1.5;0.2\nB;20; 2 ;\nC;x;3;1\nD;40\n"
    said, refused = decode(map_, text)
    assert said == [("A", 10**10, 0, 1.5, 0), ("A", 10**10, 1, 0.2, 0), ("B", 2 * 10**10, 0, 2.0, 0)]
    assert refused == ["bad_time", "missing"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.5", 12.5), (" -3\n", -3.0), ("1e400", None), ("nan", None), ("1_0", None), ("", None)],
)
def test_a_number_alone(text, number):
    if number is None:
        with pytest.raises(Refused):
            decode({"format": "number"}, text)
    else:
        assert decode({"format": "number"}, text) == ([(None, None, 0, number, 0)], [])


BINARY = {
    "format": "binary",
    "endian": "little",
    "magic": "a55a",
    "device": {"offset": 2, "size": 4, "reverse": True},
    "records": {"start": 8, "size": 10},
    "time": {"offset": 0, "type": "u32", "form": "s"},
    "values": [
        {"offset": 4, "type": "u32", "scale": 0.001},
        {"offset": 8, "type": "i16", "endian": "big", "name": "flow"},
        {"offset": 6, "type": "u8", "root": True, "bit": 7, "name": "leak"},
    ],
}


@given(
    st.lists(
        st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(-32768, 32767)),
        min_size=1,
    )
)
def test_records_of_a_struct(rows):
    payload = b"\xa5\x5a\x78\x56\x34\x12\x80\x00"
    payload += b"".join(struct.pack("<II", t, n) + struct.pack(">h", flow) for t, n, flow in rows)
    said, refused = decode(BINARY, payload)
    assert not refused
    assert said == [
        ("12345678", t * 10**9, i, v, 0)
        for t, n, flow in rows
        for i, v in enumerate((float(n), float(flow), 1.0))
    ]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "empty"),
        (b"\x00" * 18, "wrong_magic"),
        (b"\xa5\x5a" + b"\0" * 6, "wrong_length"),
        (b"\xa5\x5a" + b"\0" * 17, "wrong_length"),
    ],
)
def test_a_struct_of_another_size_is_refused(payload, reason):
    with pytest.raises(Refused) as refused:
        decode(BINARY, payload)
    assert refused.value.reason == reason


leaf = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=2),
)


row = st.dictionaries(
    st.sampled_from(["ts", "m3", "x", "alarms", "valve"]), leaf | st.dictionaries(st.just("flow"), leaf)
)


@given(
    st.fixed_dictionaries(
        {"id": leaf, "data": st.dictionaries(st.just("rows"), st.lists(row, max_size=5) | leaf)}
    )
)
def test_whatever_json_it_is_it_is_read_or_refused_and_both_ways_agree(document):
    content = json.dumps(document).encode()
    try:
        said, _ = decode(JSON, content)
    except Refused as refusal:
        assert fast_map(MAPS.validate_python(JSON))(content) is None
        assert refusal.reason
        return
    assert all(v is None or math.isfinite(v) for *_, v, _ in said)


@given(st.binary(max_size=400))
@pytest.mark.parametrize(
    "map_", [JSON, BINARY, {"format": "number"}, {"format": "csv", "values": [{"column": 0}]}]
)
def test_any_bytes_are_read_or_refused(map_, content):
    try:
        decode(map_, content)
    except Refused as refusal:
        assert refusal.reason
        assert refusal.detail


@pytest.mark.parametrize(
    ("map_", "content", "told"),
    [
        (
            {"format": "json", "values": [{"path": "flow.lph"}]},
            b'{"flow": {"lph": "x"}}',
            "'flow.lph': 'x' is no",
        ),
        ({"format": "json", "values": [{"path": "a", "name": "low"}]}, b'{"a": true}', "'a': 'True' is no"),
        (
            {"format": "json", "time": {"path": "ts", "form": "s"}, "values": [{"path": "v"}]},
            b'{"ts": "soon", "v": 1}',
            "'ts': 'soon' is no time",
        ),
        ({"format": "csv", "values": [{"column": 1}]}, b"1,x", "column 1: 'x' is no number"),
        (
            {"format": "csv", "time": {"column": 0}, "values": [{"column": 1}]},
            b"soon,1",
            "column 0: 'soon' is no time",
        ),
    ],
)
def test_a_refusal_names_the_field(map_, content, told):
    (refusal,) = compile_map(MAPS.validate_python(map_))(content).refused
    assert refusal.detail.startswith(told)
