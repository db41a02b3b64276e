"""An MQTT broker as a Source: meters' messages, acknowledged when the spool has them."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np

from collectors.mqtt.certificate import expires_ns
from collectors.mqtt.changes import Changes
from collectors.mqtt.columns import Columns
from collectors.mqtt.fleet import Fleet, Outcome, summary
from collectors.mqtt.framing import MAX_BYTES, Message
from collectors.mqtt.inbox import Inbox
from collectors.mqtt.recent import Recent
from collectors.mqtt.refusal import Refused
from collectors.mqtt.replay import keep
from collectors.mqtt.session import Session
from collectors.mqtt.spec import MqttSpec
from core.model.conservation import Fate
from core.model.quality import Status, is_bad
from core.model.sample import Batch, Flag
from core.model.tag import Tag
from core.ports.clock import Clock
from core.ports.quarantine import Quarantine, Refusal
from core.ports.source import DeviceFacts, SourceFacts
from core.ports.spool import Sink, SpoolFull
from core.runtime.logs import log

MESSAGES = 500
WAIT_S = 1.0
FULL_WAIT_S = 0.5
SLOW_S = 30.0
"""Unacknowledged for longer than this is trouble of its own."""
DEVICES = 1000
"""Meters with health of their own; of more only those in trouble."""


class MqttSource:
    """`core.ports.source.Source` over MQTT 3.1.1, QoS 1, a persistent session, manual acknowledgement.

    What has come is put as one batch of at most 500 messages, and each is acknowledged, all in one write,
    once the batch is on disk; while the spool is full nothing is. What nobody can read, an unknown meter and
    a meter in another's topic go to quarantine with the reason, then are acknowledged, once; while quarantine
    fails they wait unacknowledged and do not hold up the others.

    A lost broker marks no tag Bad: a meter reports hourly and the broker keeps what it said meanwhile, so
    that nothing is known to be missing until the tag is stale. `facts.connected` tells of the broker. Where
    devices report changes only (`max_silence_s`), what stood is then marked to stand no longer.
    """

    def __init__(self, spec: MqttSpec, tags: Mapping[str, Tag], clock: Clock, quarantine: Quarantine) -> None:
        self.id = f"mqtt:{spec.id}"
        self.facts = SourceFacts(insecure=spec.insecure)
        self._spec = spec
        self._clock = clock
        self._quarantine = quarantine
        self._fleet = Fleet(spec, tags)
        self._changes = Changes(self.id, spec.max_silence_s, self.facts, clock)
        self.facts.device_of = self._fleet.targets.device_of
        self.facts.tag_causes = self._fleet.targets.misfits
        self._inbox = Inbox(spec)
        self._recent = Recent(self.facts)
        self._poison: list[tuple[Message, Refusal]] = []
        self._had_session = False

    async def run(self, sink: Sink) -> None:
        session = Session(self._spec, self._spec.client_id or f"waterhub-{self._spec.id}")
        watch = asyncio.create_task(self._watch(session))
        self._poison.clear()
        try:
            await session.open()
            self._opened(session)
            while True:
                messages = await session.take(MESSAGES, WAIT_S)
                upto_ns = self._changes.upto_ns(session.drained_s)
                if messages:
                    await self._store(messages, session, sink)
                if self._poison:
                    await self._set_aside(session)
                self._changes.follow(None if self._poison else upto_ns)
        except ConnectionError as error:
            await self._changes.end(sink)
            self.facts.count(type(error).__name__)
            self.facts.cause = str(error) or "no answer"
            raise ConnectionError(f"{self.id}: {self.facts.cause}") from error
        finally:
            self.facts.connected = False
            self.facts.pending = 0
            watch.cancel()
            await session.close()

    def _opened(self, session: Session) -> None:
        """A session we had and the broker no longer knows: what came meanwhile is lost there, and told."""
        self.facts.connected = True
        self.facts.connects += 1
        self.facts.cause = None
        if self._spec.client_cert is not None:
            self.facts.certificate_expires_ns = expires_ns(self._spec.client_cert)
        if self._had_session and not session.present:
            self.facts.count("session_lost")
            log.warning("session lost", source=self.id, mend="the broker forgot what it kept for the hub")
        self._had_session = True
        if session.below_qos_1:
            self.facts.count("below_qos_1")
            self.facts.cause = f"granted without delivery (QoS 0): {', '.join(session.below_qos_1)}"

    async def _watch(self, session: Session) -> None:
        """Also while a commit is awaited."""
        slow = False
        while True:
            await asyncio.sleep(WAIT_S)
            self.facts.pending = len(session.window)
            if (age_s := session.window.oldest_s) > SLOW_S:
                self.facts.cause = (
                    f"a message is unacknowledged for {age_s:.0f} s: spool or quarantine is slow"
                )
                if not slow:
                    self.facts.count("unacknowledged")
                slow = True
            elif slow:
                slow, self.facts.cause = False, None

    async def _store(self, messages: Sequence[Message], session: Session, sink: Sink) -> None:
        now_ns = self._clock.now_ns()
        columns, good = Columns(self.id, now_ns, self._fleet.targets), []
        for message in messages:
            try:
                outcome = self._read(message)
            except Refused as refusal:
                self._refuse(message, refusal.reason, refusal.detail, now_ns)
                continue
            self._take(columns, outcome, message.retain, now_ns)
            if outcome.refused:
                self._refuse(message, outcome.refused[0].reason, summary(outcome.refused), now_ns)
            else:
                good.append(message)
            if self._changes.flag:
                self._changes.heard(self._fleet.targets.names[at] for at in outcome.at)
        batch, known = columns.batch(self._recent)
        if known:
            self.facts.count("duplicate", known)
            await sink.count(self.id, Fate.DUPLICATE, known)
        if len(batch):
            await self._put(batch, sink)
        await self._changes.stored(batch, sink)
        self._recent.commit()
        session.acknowledge(good)

    def _read(self, message: Message) -> Outcome:
        if message.size > MAX_BYTES:
            raise Refused("too_large", f"{message.size} bytes are more than {MAX_BYTES}; its head is kept")
        return self._fleet.read(message.topic, message.payload)

    def _take(self, columns: Columns, outcome: Outcome, retain: bool, now_ns: int) -> None:
        if retain:
            pairs = zip_longest(outcome.at, outcome.t_ns)
            outcome.keep([self._recent.retained(at, t_ns) for at, t_ns in pairs])
        worth = Status.UNCERTAIN_LAST_USABLE if retain and not outcome.t_ns else Status.GOOD
        columns.add(outcome, Flag.RETAINED if retain else self._changes.flag, good=worth)
        if outcome.untagged:
            self.facts.count("untagged", outcome.untagged)
        if outcome.device is not None and outcome.at:
            self._heard(outcome.device, now_ns)

    def _heard(self, device: str, now_ns: int) -> None:
        devices = self.facts.devices
        if (known := devices.get(device)) is None:
            if len(devices) >= DEVICES:
                return
            known = devices[device] = DeviceFacts()
        known.last_good_ns = now_ns
        known.cause = None

    async def _put(self, batch: Batch, sink: Sink) -> None:
        """Waits as long as the spool is full."""
        while True:
            try:
                await sink.put(batch)
                break
            except SpoolFull:
                self.facts.count("spool_full")
                await self._clock.sleep(FULL_WAIT_S)
        self.facts.samples += len(batch)
        self.facts.bad += int(np.count_nonzero(is_bad(batch.q)))
        self.facts.last_good_ns = self._clock.now_ns()

    def _refuse(self, message: Message, reason: str, detail: str, now_ns: int) -> None:
        """Into the inbox when it is of an unknown meter, with the map that would read it."""
        if (device := self._fleet.stranger(message.topic)) is not None:
            reason, detail = self._inbox.look(message, device, now_ns)
        elif (known := self._fleet.meter(message.topic)) is not None:
            self._trouble(known, reason, detail)
            detail = f"meter {known}: {detail}"
        self._changes.refused(self._fleet.tags(message.topic))
        content = keep(message)
        self._poison.append((message, Refusal(now_ns, self.id, reason, detail, content)))
        self.facts.refused += 1
        self.facts.count(reason)

    def _trouble(self, device: str, reason: str, detail: str) -> None:
        if len(self.facts.devices) < 2 * DEVICES or device in self.facts.devices:
            facts = self.facts.devices.setdefault(device, DeviceFacts())
            facts.count(reason)
            facts.cause = detail

    async def _set_aside(self, session: Session) -> None:
        try:
            await self._quarantine.put([refusal for _, refusal in self._poison])
        except OSError:
            self.facts.count("quarantine_unavailable")
            return
        session.acknowledge([message for message, _ in self._poison])
        self._poison.clear()
