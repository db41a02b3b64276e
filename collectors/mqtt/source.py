"""An MQTT broker as a Source: meters' messages, acknowledged when the spool has them."""

import json
from collections.abc import Mapping, Sequence

from paho.mqtt.client import MQTTMessage

from collectors.mqtt.payloads import MAX_BYTES, Decoded, Refused, decode
from collectors.mqtt.session import Session
from collectors.mqtt.spec import MqttSpec
from core.model.sample import Batch, Sample
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.quarantine import Quarantine, Refusal
from core.ports.source import SourceFacts
from core.ports.spool import Sink, SpoolFull

MESSAGES = 500
WAIT_S = 1.0
FULL_WAIT_S = 0.5


class MqttSource:
    """`core.ports.source.Source` over MQTT 3.1.1, QoS 1, a persistent session, manual acknowledgement.

    What has come is put as one batch of at most 500 messages, and each is acknowledged once the batch is
    on disk; while the spool is full nothing is. What nobody can read, an unknown meter, a meter in another's
    topic and readings with an impossible time go to quarantine with the reason, then are acknowledged; when
    quarantine cannot be reached they wait unacknowledged and do not hold up the others.

    A lost broker marks no tag Bad: a meter reports hourly and the broker keeps what it said meanwhile, so
    that nothing is known to be missing until the tag is stale. `facts.connected` tells of the broker.
    """

    def __init__(self, spec: MqttSpec, tags: Mapping[str, Tag], clock: Clock, quarantine: Quarantine) -> None:
        self.id = f"mqtt:{spec.id}"
        self.facts = SourceFacts()
        self._spec = spec
        self._tags = tags
        self._clock = clock
        self._quarantine = quarantine
        self._max_age_ns = round(spec.max_age_d * 86_400e9)
        self._poison: list[tuple[MQTTMessage, Refusal]] = []

    async def run(self, sink: Sink) -> None:
        session = Session(self._spec, self._spec.client_id or f"waterhub-{self._spec.id}")
        self._poison.clear()
        try:
            await session.open()
            self.facts.connected = True
            self.facts.connects += 1
            while True:
                messages = await session.take(MESSAGES, WAIT_S)
                if messages:
                    await self._store(messages, session, sink)
                if self._poison:
                    await self._set_aside(session)
        except (ConnectionError, TimeoutError) as error:
            self._count(type(error).__name__)
            raise ConnectionError(f"{self.id}: {error or 'no answer'}") from error
        finally:
            self.facts.connected = False
            await session.close()

    async def _store(self, messages: Sequence[MQTTMessage], session: Session, sink: Sink) -> None:
        now_ns = self._clock.now_ns()
        samples: list[Sample] = []
        good = []
        for message in messages:
            try:
                decoded = self._decode(message, now_ns)
            except Refused as refusal:
                self._refuse(message, str(refusal), now_ns)
                continue
            samples += decoded.samples
            if decoded.refused:
                self._refuse(message, "; ".join(decoded.refused), now_ns)
            else:
                good.append(message)
        if samples:
            await self._put(samples, sink)
        session.acknowledge(good)

    def _decode(self, message: MQTTMessage, now_ns: int) -> Decoded:
        for topic in self._spec.topics:
            if topic.meter_of(message.topic) is not None:
                return decode(
                    topic, message.topic, bytes(message.payload), self._tags, now_ns, self._max_age_ns
                )
        raise Refused("a topic that was not asked for")

    async def _put(self, samples: Sequence[Sample], sink: Sink) -> None:
        """Waits as long as the spool is full."""
        batch = Batch.of(self.id, samples)
        while True:
            try:
                await sink.put(batch)
                break
            except SpoolFull:
                self._count("spool_full")
                await self._clock.sleep(FULL_WAIT_S)
        self.facts.samples += len(batch)
        self.facts.bad += sum(made.v is None for made in samples)

    def _refuse(self, message: MQTTMessage, reason: str, now_ns: int) -> None:
        text = message.payload[:MAX_BYTES].decode(errors="replace")
        content = json.dumps({"topic": message.topic, "payload": text}, ensure_ascii=False).encode()
        self._poison.append((message, Refusal(now_ns, self.id, "refused", reason, content)))
        self.facts.refused += 1

    async def _set_aside(self, session: Session) -> None:
        try:
            await self._quarantine.put([refusal for _, refusal in self._poison])
        except OSError:
            self._count("quarantine_unavailable")
            return
        session.acknowledge([message for message, _ in self._poison])
        self._poison.clear()

    def _count(self, cause: str) -> None:
        self.facts.failures[cause] = self.facts.failures.get(cause, 0) + 1
