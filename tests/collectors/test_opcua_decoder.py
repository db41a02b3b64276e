"""The decoder of notifications against asyncua's own: every status, type, field and mixture of layouts."""

import struct
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from hypothesis import given
from hypothesis import strategies as st

from collectors.opcua.columns import ABSURD_TIME, NO_TIME, Malformed, columns_of, data_values
from collectors.opcua.messages import publication, read_results
from core.model.quality import Status

V = ua.VariantType
OLD, FAR = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1603, 2261))
INTEGERS = {V.SByte: 8, V.Int16: 16, V.Int32: 32, V.Int64: 64}
NATURALS = {V.Byte: 8, V.UInt16: 16, V.UInt32: 32, V.UInt64: 64}
NUMBERS = st.one_of(
    st.booleans().map(lambda v: ua.Variant(v, V.Boolean)),
    *[
        st.integers(-(2 ** (b - 1)), 2 ** (b - 1) - 1).map(lambda v, t=t: ua.Variant(v, t))
        for t, b in INTEGERS.items()
    ],
    *[st.integers(0, 2**b - 1).map(lambda v, t=t: ua.Variant(v, t)) for t, b in NATURALS.items()],
    st.floats(width=32).map(lambda v: ua.Variant(v, V.Float)),
    st.floats().map(lambda v: ua.Variant(v, V.Double)),
)
NOT_NUMBERS = st.one_of(
    st.just(ua.Variant(None, V.Null)),
    st.text(max_size=20).map(lambda v: ua.Variant(v, V.String)),
    st.lists(st.floats(), max_size=3).map(lambda v: ua.Variant(v, V.Double, is_array=True)),
    st.binary(max_size=9).map(lambda v: ua.Variant(v, V.ByteString)),
    st.datetimes(OLD, FAR).map(lambda v: ua.Variant(v, V.DateTime)),
    st.just(ua.Variant(ua.LocalizedText("开", "zh"), V.LocalizedText)),
)
TIMES = st.none() | st.datetimes(OLD, FAR, timezones=st.just(UTC))
CODES = st.sampled_from([0, 0x480, 0x40930000, 0x808C0000]) | st.integers(0, 0xFFFFFFFF)


@st.composite
def values(draw, kinds=NUMBERS | NOT_NUMBERS) -> ua.DataValue:
    status = draw(st.none() | CODES)
    return ua.DataValue(
        draw(kinds),
        None if status is None else ua.StatusCode(ua.UInt32(status)),
        SourceTimestamp=draw(TIMES),
        ServerTimestamp=draw(TIMES),
    )


def publish_response(items: list[tuple[int, ua.DataValue]], sequence=7, acks=()) -> bytes:
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = 5
    response.Parameters.AvailableSequenceNumbers = [6, 7]
    message = response.Parameters.NotificationMessage
    message.SequenceNumber = sequence
    message.NotificationData = [
        ua.DataChangeNotification([ua.MonitoredItemNotification(h, v) for h, v in items])
    ]
    response.Parameters.Results = [ua.StatusCode(ua.UInt32(a)) for a in acks]
    return struct_to_binary(response)


def same(ours, theirs) -> None:
    for name, mine, other in zip(ours._fields, ours, theirs, strict=True):
        assert mine.dtype == other.dtype, name
        np.testing.assert_array_equal(mine, other, err_msg=name)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), values()), min_size=1, max_size=12))
def test_any_mixture_of_values_is_what_asyncua_reads(items):
    body = publish_response(items)
    made = publication(body)
    theirs = struct_from_binary(ua.PublishResponse, ua.utils.Buffer(body)).Parameters
    (notification,) = theirs.NotificationMessage.NotificationData
    assert (made.subscription, made.sequence, made.ended, made.keep_alive) == (5, 7, None, False)
    same(made.changes[0], columns_of([(i.ClientHandle, i.Value) for i in notification.MonitoredItems]))


@given(values(NUMBERS), st.integers(1, 50))
def test_a_uniform_notification_is_what_asyncua_reads(value, n):
    body = publish_response([(i, value) for i in range(n)])
    same(publication(body).changes[0], columns_of([(i, value) for i in range(n)]))


@given(st.lists(values(), max_size=8))
def test_an_answer_to_a_read_is_what_asyncua_reads(values):
    response = ua.ReadResponse()
    response.Results = values
    same(read_results(struct_to_binary(response)), columns_of(list(enumerate(values))))


@given(CODES, NUMBERS | NOT_NUMBERS)
def test_a_value_is_there_exactly_when_it_is_a_number_and_not_bad(code, kind):
    body = publish_response([(1, ua.DataValue(kind, ua.StatusCode(ua.UInt32(code))))])
    (made,) = publication(body).changes
    number = isinstance(kind.Value, bool | int | float)
    if code >> 31:
        assert made.q[0] == code and np.isnan(made.v[0])
    elif not number:
        assert made.q[0] == Status.BAD_CONFIGURATION_ERROR and np.isnan(made.v[0])
    else:
        assert made.q[0] == code
        np.testing.assert_equal(made.v[0], float(kind.Value))


def test_times_are_exact_to_100_ns_and_those_beyond_64_bits_of_ns_are_absurd():
    ticks = [0, -5, 133_000_000_000_000_001, 2**63 - 1]
    body = b"".join(struct.pack("<IBBdqq", n, 0x0D, 11, 1.5, t, t) for n, t in enumerate(ticks))
    made, end = data_values(body, 0, 4, handles=True)
    assert end == len(body)
    epoch = 116_444_736_000_000_000
    assert made.source_ns.tolist() == [NO_TIME, NO_TIME, (ticks[2] - epoch) * 100, ABSURD_TIME]
    assert made.server_ns.tolist() == made.source_ns.tolist()


def test_picoseconds_follow_their_own_time():
    """IEC 62541-6, 5.2.2.17; asyncua 2.1 expects both times before them."""
    source = datetime(2026, 11, 25, tzinfo=UTC)
    ticks = (source - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
    body = struct.pack("<IBBdqHqH", 9, 0x3D, 11, 2.5, ticks, 77, ticks + 10, 88)
    made, _ = data_values(body * 2, 0, 2, handles=True)
    assert made.handle.tolist() == [9, 9] and made.v.tolist() == [2.5, 2.5]
    assert made.source_ns[0] == int(source.timestamp()) * 10**9
    assert made.server_ns[0] - made.source_ns[0] == 1000


@given(st.lists(st.tuples(st.integers(0, 99), values()), min_size=1, max_size=4), st.data())
def test_cut_or_changed_bytes_are_refused_or_read_but_never_break_anything(items, data):
    body = bytearray(publish_response(items))
    for _ in range(data.draw(st.integers(0, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(body[: data.draw(st.integers(0, len(body)))])
    try:
        made = publication(cut)
    except (Malformed, ua.UaError):
        return
    for columns in made.changes:
        assert len({len(column) for column in columns}) == 1


def test_acknowledgements_that_the_server_did_not_know_are_counted():
    body = publish_response([(1, ua.DataValue(1.0))], acks=[0, int(ua.StatusCodes.BadSequenceNumberUnknown)])
    assert publication(body).refused_acks == 1


def test_the_end_of_a_subscription_and_a_fault_are_told():
    response = ua.PublishResponse()
    status = ua.StatusChangeNotification(Status=ua.StatusCode(ua.StatusCodes.BadTimeout))
    response.Parameters.NotificationMessage.NotificationData = [status]
    ended = publication(struct_to_binary(response)).ended
    assert ended is not None and ended.name == "BadTimeout"
    response.ResponseHeader.ServiceResult = ua.StatusCode(ua.StatusCodes.BadNoSubscription)
    with pytest.raises(ua.UaStatusCodeError):
        publication(struct_to_binary(response))


def test_a_keep_alive_names_the_next_sequence():
    response = ua.PublishResponse()
    response.Parameters.NotificationMessage.SequenceNumber = 12
    made = publication(struct_to_binary(response))
    assert (made.keep_alive, made.sequence) == (True, 12)
