"""What was received and not yet acknowledged: its number, bytes and age, and what came of it twice."""

import time

from collectors.mqtt.framing import Malformed, Message

MOST_MESSAGES = 4096
"""Brokers keep fewer in flight (Mosquitto 20, NATS 1,024 unless told otherwise)."""
MOST_BYTES = 16 * 1024 * 1024


class Window:
    """Messages of QoS 1 by packet identifier, in order of arrival; of QoS 0 only their number and bytes."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[Message, float]] = {}
        self._loose = self._bytes = 0

    def __len__(self) -> int:
        return len(self._open) + self._loose

    @property
    def full(self) -> bool:
        return len(self) >= MOST_MESSAGES or self._bytes >= MOST_BYTES

    @property
    def oldest_s(self) -> float:
        """Age of the oldest of QoS 1, real seconds; 0 when all are acknowledged."""
        first = next(iter(self._open.values()), None)
        return time.monotonic() - first[1] if first else 0.0

    def take(self, message: Message) -> bool:
        """False: it is here already. A broker that grows impatient (NATS after its ack_wait) sends again
        on the same connection; two acknowledgements for one identifier could acknowledge the next message
        to bear it, unseen. Raises Malformed when the identifier stands for another message (2.3.1-4)."""
        if not message.mid:
            self._loose += 1
        elif (known := self._open.get(message.mid)) is None:
            self._open[message.mid] = (message, time.monotonic())
        elif (known[0].topic, known[0].payload) == (message.topic, message.payload):
            return False
        else:
            raise Malformed(f"packet identifier {message.mid} is used for two messages")
        self._bytes += len(message.payload)
        return True

    def done(self, message: Message) -> None:
        if not message.mid:
            self._loose -= 1
        elif self._open.pop(message.mid, None) is None:
            return
        self._bytes -= len(message.payload)
