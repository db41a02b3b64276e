"""Packets cut out of a stream however it is chopped; too long ones are drained, never held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.mqtt.framing import BUFFER, HEAD_BYTES, MAX_BYTES, Framer, Malformed, Message, pubacks
from tests.collectors.mqtt_packets import acknowledged, length, publish


class Heard:
    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.control: list[bytes] = []
        self.framer = Framer(self.messages.append, self.control.append)

    def feed(self, stream: bytes, most: int = BUFFER) -> None:
        while stream:
            room = self.framer.room()
            n = min(len(room), len(stream), most)
            assert n, "the buffer is full and nothing was taken from it"
            room[:n] = stream[:n]
            self.framer.feed(n)
            stream = stream[n:]


message = st.tuples(
    st.binary(min_size=1, max_size=40),
    st.binary(max_size=300),
    st.integers(1, 65535),
    st.sampled_from([0, 1]),
)


@given(st.lists(message, max_size=20), st.integers(1, 700))
def test_a_stream_gives_the_same_messages_however_it_is_chopped(sent, most):
    heard = Heard()
    heard.feed(b"".join(publish(*one) + b"\xd0\x00" for one in sent), most)
    assert [(m.topic, m.payload, m.mid) for m in heard.messages] == [
        (topic, payload, mid if qos else 0) for topic, payload, mid, qos in sent
    ]
    assert all(m.size == len(m.payload) for m in heard.messages)
    assert heard.control == [b"\xd0\x00"] * len(sent)


def test_flags_are_told():
    heard = Heard()
    heard.feed(publish(b"t", b"", 1, flags=8) + publish(b"t", b"", 2, flags=1))
    assert [(m.again, m.retain) for m in heard.messages] == [(True, False), (False, True)]


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1, 3 * BUFFER + 17, 9_000_000])
@pytest.mark.parametrize("most", [1000, BUFFER])
def test_a_payload_too_long_is_drained_and_what_follows_is_heard(size, most):
    heard = Heard()
    heard.feed(publish(b"a/b", b"x" * size, 7) + publish(b"c", b"small", 8) + b"\xd0\x00", most)
    long, after = heard.messages
    assert (long.topic, long.mid, long.size) == (b"a/b", 7, size)
    assert len(long.payload) == (size if size <= MAX_BYTES else HEAD_BYTES)
    assert (after.topic, after.payload, after.mid) == (b"c", b"small", 8)
    assert heard.control == [b"\xd0\x00"]


def test_the_longest_topic_with_the_longest_payload_is_held_whole():
    heard = Heard()
    heard.feed(publish(b"t" * 65535, b"p" * MAX_BYTES, 1))
    assert (len(heard.messages[0].topic), heard.messages[0].size) == (65535, MAX_BYTES)


@pytest.mark.parametrize(
    "stream",
    [
        b"\x32\xff\xff\xff\xff\x01",
        b"\x36\x05\x00\x01a\x00\x01",
        b"\x34\x05\x00\x01a\x00\x01",
        b"\x32\x03\x00\x09a",
        b"\x32\x00",
        b"\x90" + length(268_435_455),
    ],
)
def test_what_is_not_mqtt_ends_the_connection(stream):
    with pytest.raises(Malformed):
        Heard().feed(stream)


@given(st.binary(max_size=2000), st.integers(1, 100))
def test_any_bytes_are_packets_or_malformed(stream, most):
    heard = Heard()
    try:
        heard.feed(stream, most)
    except Malformed:
        return
    assert sum(len(one) for one in heard.control) <= len(stream)


@given(st.lists(st.integers(1, 65535), max_size=50, unique=True))
def test_acknowledgements_are_one_packet_for_each(mids):
    assert acknowledged(pubacks(mids)) == dict.fromkeys(mids, 1)
