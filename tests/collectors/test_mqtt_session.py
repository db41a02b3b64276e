"""The session by itself: TLS and who may connect, the hub's own status, silence, impatience, bounds."""

import asyncio
import contextlib
import datetime
import ipaddress
import random
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collectors.mqtt import source as source_module
from collectors.mqtt.session import Session
from collectors.mqtt.source import MqttSource
from collectors.mqtt.spec import MqttSpec
from tests.collectors.brokers import BROKERS, broker
from tests.collectors.field import Wire, eventually, free_port, running, tags
from tests.collectors.mqtt_packets import PUBACK, PUBLISH, length, packets, publish, send, split
from tests.collectors.test_mqtt_source import reading
from tests.need import need


def make(port: int, clock, quarantine, keepalive_s: int | None = None, **fields) -> MqttSource:
    known = {"type": "mqtt", "id": "meters", "host": "127.0.0.1", "port": port}
    known |= {"topics": [{"filter": "meters/+/readings", "payload": "readings"}]}
    spec = MqttSpec.model_validate(known | fields)
    if keepalive_s is not None:
        spec = spec.model_copy(update={"keepalive_s": keepalive_s})  # sooner than the configuration allows
    meters = tags([f"meter.M{n}" for n in range(5)], unit="m3", period_s=3600.0)
    return MqttSource(spec, meters, clock, quarantine)


STATUS = "$hub/collector/meters/state"


async def test_a_password_file_that_is_not_there_is_a_lost_connection_that_names_it(
    tmp_path, kept, clock, quarantine
):
    nowhere = tmp_path / "nowhere"
    mqtt = make(free_port(), clock, quarantine, username="hub", password_file=nowhere)
    with pytest.raises(ConnectionError, match="nowhere"):
        await mqtt.run(kept)
    assert mqtt.facts.cause is not None and str(nowhere) in mqtt.facts.cause


class Authority:
    """A certificate authority with a server and clients, each a pair of PEM files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        ca = x509.BasicConstraints(ca=True, path_length=None)
        self.file = self._write("ca", self._sign(self._key, self._name).add_extension(ca, True), self._key)[0]

    def pair(self, name: str, address: str | None = None) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._sign(key, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            made = made.add_extension(names, False)
        return self._write(name, made, key)

    def _sign(self, key, name) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        hour = datetime.timedelta(hours=1)
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key.public_key())
        )
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - hour).not_valid_after(now + hour)

    def _write(self, name: str, made: x509.CertificateBuilder, key) -> tuple[Path, Path]:
        pem = serialization.Encoding.PEM
        plain = serialization.NoEncryption()
        files = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        files[0].write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(pem))
        files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
        return files


TLS = """\
cafile {ca}
certfile {cert}
keyfile {key}
require_certificate {certificates}
use_identity_as_username {certificates}
acl_file {acl}
"""
ACL = """\
user hub
topic read meters/+/readings
topic write $hub/collector/meters/state
user stranger
topic read nothing
user meters
topic write meters/#
"""


def locked(folder: Path, certificates: bool) -> tuple[Authority, str]:
    """An authority, and what makes a Mosquitto listener ask for TLS and who one is."""
    authority = Authority(folder)
    cert, key = authority.pair("server", "127.0.0.1")
    acl, passwords = folder / "acl", folder / "passwords"
    acl.write_text(ACL)
    acl.chmod(0o600)
    more = TLS.format(ca=authority.file, cert=cert, key=key, acl=acl, certificates=str(certificates).lower())
    if not certificates:
        passwd = need("mosquitto_passwd")
        for flags, user in (("-c", "hub"), ("", "stranger"), ("", "meters")):
            subprocess.run([passwd, "-b", *flags.split(), str(passwords), user, f"{user}-secret"], check=True)
        more += f"password_file {passwords}\nallow_anonymous false\n"
    return authority, more


async def watch_status(port: int, heard: list[bytes]) -> None:
    """Every status of the hub in turn, for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05watch")
    topic = STATUS.encode()
    writer.write(b"\x82" + bytes([len(topic) + 5]) + b"\x00\x01\x00" + bytes([len(topic)]) + topic + b"\x00")
    stream = b""
    while data := await reader.read(4096):
        stream += data
        heard[:] = [body[2 + len(topic) :] for kind, body in split(stream) if kind == PUBLISH]


async def test_a_client_certificate_opens_its_own_topics_only(tmp_path, kept, clock, quarantine):
    authority, more = locked(tmp_path, certificates=True)
    async with broker("mosquitto", tmp_path, free_port(), more=more) as site:
        cert, key = authority.pair("hub")
        tls = {"ca_file": authority.file, "client_cert": cert, "client_key": key}
        mqtt = make(site.port, clock, quarantine, **tls, status_topic=STATUS)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            assert not mqtt.facts.insecure
            assert 0 < mqtt.facts.certificate_expires_ns - clock.now_ns() <= 3600 * 10**9
        nobody = make(site.port, clock, quarantine, ca_file=authority.file)
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(nobody.run(kept), 15)
        wrong, _ = locked(tmp_path, certificates=True)
        elsewhere = make(site.port, clock, quarantine, ca_file=wrong.file, client_cert=cert, client_key=key)
        with pytest.raises(ConnectionError, match="certificate"):
            await asyncio.wait_for(elsewhere.run(kept), 15)


async def test_over_tls_a_password_reads_and_a_stranger_hears_nothing(tmp_path, kept, clock, quarantine):
    authority, more = locked(tmp_path, certificates=False)
    files = {}
    for user in ("hub", "stranger"):
        files[user] = tmp_path / f"{user}.password"
        files[user].write_text(f"{user}-secret\n")
    async with broker("mosquitto", tmp_path, free_port(), more=more) as site:
        tls = {"ca_file": authority.file}
        hub, other = (
            make(
                site.port, clock, quarantine, username=user, password_file=files[user], client_id=name, **tls
            )
            for user, name in (("hub", "waterhub-a"), ("stranger", "waterhub-b"))
        )
        pub = (
            need("mosquitto_pub"),
            "-h",
            "127.0.0.1",
            "-p",
            str(site.port),
            "--cafile",
            str(authority.file),
        )
        async with running(hub, kept), running(other, kept):
            await eventually(lambda: hub.facts.connected and other.facts.connected)
            for n, user in enumerate(("hub", "stranger", "meters")):
                topic, payload = reading("M1", n)
                said = ("-u", user, "-P", f"{user}-secret", "-q", "1", "-t", topic, "-m", payload)
                sender = await asyncio.create_subprocess_exec(*pub, *said)
                assert await asyncio.wait_for(sender.wait(), 20) == 0
            await eventually(lambda: kept.samples())
        assert [s.v for s in kept.samples()] == [2.0], "only meters may write meters' topics"
        assert (hub.facts.samples, other.facts.samples) == (1, 0)
        files["hub"].write_text("wrong\n")
        with pytest.raises(ConnectionError, match=r"[Nn]ot authori[sz]ed|[Bb]ad user name"):
            await asyncio.wait_for(hub.run(kept), 15)


async def test_many_messages_over_tls_are_all_read(tmp_path, kept, clock, quarantine):
    """TLS keeps bytes that the socket does not show."""
    authority = Authority(tmp_path)
    cert, key = authority.pair("server", "127.0.0.1")
    plain = free_port()
    more = f"cafile {authority.file}\ncertfile {cert}\nkeyfile {key}\nlistener {plain} 127.0.0.1\n"
    async with broker("mosquitto", tmp_path, free_port(), more=more) as site:
        mqtt = make(site.port, clock, quarantine, ca_file=authority.file)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            rows = [reading("M1", n) for n in range(2000)]
            await send(plain, [(topic.encode(), payload.encode()) for topic, payload in rows])
            await eventually(lambda: len({s.v for s in kept.samples()}) == 2000)


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_the_hub_says_online_and_its_will_says_offline(kind, tmp_path, kept, clock, quarantine):
    heard: list[bytes] = []
    async with broker(kind, tmp_path, free_port()) as site, Wire(site.port).listening() as wire:
        watch = asyncio.create_task(watch_status(site.port, heard))
        mqtt = make(wire.port, clock, quarantine, status_topic=STATUS)
        async with running(mqtt, kept):
            await eventually(lambda: heard == [b"online"])
            for writer in wire.writers:
                writer.transport.abort()
            await eventually(lambda: heard == [b"online", b"offline", b"online"])
        await eventually(lambda: heard[3:] == [b"offline"])
        watch.cancel()
        for stream in wire.sent:
            said = [body for kind_, body in split(bytes(stream)) if kind_ == PUBLISH]
            assert said, "its own status"
            assert all(body[2:].startswith(STATUS.encode()) for body in said), "and nothing else"


async def fake(behave):
    """A broker that accepts the hub, then does as told."""

    async def serve(reader, writer):
        await reader.readuntil(b"waterhub-meters")
        writer.write(b"\x20\x02\x00\x00")
        subscribe = await reader.readuntil(b"readings\x01")
        writer.write(b"\x90\x03" + subscribe[2:4] + b"\x01")
        await behave(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


async def test_a_broker_that_falls_silent_is_left_after_twice_the_keep_alive(kept, clock, quarantine):
    async def behave(reader, writer):
        await reader.read()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine, keepalive_s=1)
    started = asyncio.get_running_loop().time()
    with pytest.raises(ConnectionError, match=r"[Kk]eep.?alive|lost"):
        await asyncio.wait_for(mqtt.run(kept), 20)
    assert 1.5 <= asyncio.get_running_loop().time() - started <= 8
    server.close()


async def test_messages_without_an_answered_ping_are_life(kept, clock, quarantine):
    async def behave(reader, writer):
        for n in range(80):
            topic, payload = reading("M1", n)
            writer.write(publish(topic.encode(), payload.encode(), n + 1))
            await asyncio.sleep(0.05)

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine, keepalive_s=1)
    async with running(mqtt, kept):
        await eventually(lambda: len(kept.samples()) == 80, 30)
        assert mqtt.facts.connects == 1
    server.close()


async def test_an_impatient_broker_gets_one_acknowledgement_for_each_message(
    tmp_path, kept, clock, quarantine
):
    """NATS sends again on the same connection after its ack_wait; acknowledged twice, an identifier that
    was given to another message meanwhile would lose it."""
    async with (
        broker("nats", tmp_path, free_port(), ack_wait_s=1) as site,
        Wire(site.port).listening() as wire,
    ):
        mqtt = make(wire.port, clock, quarantine)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            kept.open.clear()
            await send(
                site.port, [(t.encode(), p.encode()) for t, p in (reading("M1", n) for n in range(20))]
            )
            await eventually(lambda: packets(bytes(wire.received[0]))[PUBLISH] >= 40)
            kept.open.set()
            await eventually(lambda: len(kept.samples()) == 20)
            await send(
                site.port, [(t.encode(), p.encode()) for t, p in (reading("M2", n) for n in range(20))]
            )
            await eventually(lambda: len(kept.samples("meter.M2")) == 20)
        assert {s.v for s in kept.samples("meter.M2")} == set(range(20))
        assert packets(bytes(wire.sent[0]))[PUBACK] <= packets(bytes(wire.received[0]))[PUBLISH]


async def test_an_identifier_used_for_two_messages_ends_the_connection(kept, clock, quarantine):
    async def behave(reader, writer):
        for n in range(2):
            topic, payload = reading("M1", n)
            writer.write(publish(topic.encode(), payload.encode(), 7))
        await reader.read()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    with pytest.raises(ConnectionError, match="identifier 7 is used for two messages"):
        await asyncio.wait_for(mqtt.run(kept), 10)
    server.close()


async def test_what_waits_too_long_for_its_commit_is_told(monkeypatch, kept, clock, quarantine):
    monkeypatch.setattr(source_module, "SLOW_S", 0.5)

    async def behave(reader, writer):
        topic, payload = reading("M1", 1)
        writer.write(publish(topic.encode(), payload.encode(), 1))
        await reader.read()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    async with running(mqtt, kept):
        kept.open.clear()
        await eventually(lambda: mqtt.facts.failures.get("unacknowledged") == 1)
        assert mqtt.facts.cause.startswith("a message is unacknowledged")
        assert mqtt.facts.pending == 1
        kept.open.set()
        await eventually(lambda: mqtt.facts.cause is None and mqtt.facts.pending == 0)
    server.close()


@pytest.mark.parametrize("qos", [0, 1])
async def test_a_flood_without_acknowledgements_is_bounded(qos, kept, clock, quarantine):
    """A broker without a window of its own: the hub stops reading it, loses nothing and takes the rest."""
    count, written = 8_000, 0

    async def behave(reader, writer):
        nonlocal written
        answers = asyncio.create_task(reader.read(-1))
        for n in range(count):
            topic, payload = reading(f"M{n % 5}", n // 5)
            writer.write(publish(topic.encode(), payload.encode() + b" " * 2000, n + 1, qos))
            written = n
            await writer.drain()
        await answers

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    async with running(mqtt, kept):
        kept.open.clear()
        await eventually(lambda: mqtt.facts.pending >= 4000)
        await asyncio.sleep(1.2)
        assert written < count - 1
        assert mqtt.facts.pending <= 4096 + 200
        kept.open.set()
        await eventually(lambda: len({(s.tag, s.t_ns) for s in kept.samples()}) == count, 40)
        assert mqtt.facts.connects == 1
    server.close()


async def test_a_server_that_is_no_broker_is_told(kept, clock, quarantine, monkeypatch):
    monkeypatch.setattr("collectors.mqtt.session.CONNECT_S", 0.5)
    server = await asyncio.start_server(lambda r, w: r.read(), "127.0.0.1", 0)
    session = Session(make(server.sockets[0].getsockname()[1], clock, quarantine)._spec, "x")
    with pytest.raises(ConnectionError, match="does not answer as an MQTT broker"):
        await session.open()
    await session.close()
    server.close()


@pytest.mark.parametrize("kind", sorted(BROKERS))
async def test_an_unknown_meter_lands_in_the_inbox_with_the_map_that_reads_it(
    kind, tmp_path, kept, clock, quarantine
):
    other = b'{"sn": "M77", "ts": 1795000000, "vol_l": 12345, "flow": {"lph": 3.2}}'
    async with broker(kind, tmp_path, free_port()) as site:
        mqtt = make(site.port, clock, quarantine, new_meters_per_min=2)
        async with running(mqtt, kept):
            await eventually(lambda: mqtt.facts.connected)
            topic, payload = reading("M70", 1)
            await send(site.port, [(topic.encode(), payload.encode()), (b"meters/M77/readings", other)])
            await send(site.port, [(f"meters/M8{n}/readings".encode(), other) for n in range(5)])
            await eventually(lambda: mqtt.facts.refused == 7)
            await eventually(lambda: mqtt.facts.pending == 0)
    kept_ = [one.refusal for one in await quarantine.newest(reason="unknown_meter")]
    assert len(kept_) == 7
    details = [one.detail for one in kept_]
    assert "unknown meter M70; map `readings` reads it: give it a tag" in details
    (draft,) = (one for one in details if "M77" in one)
    assert "device: sn" in draft
    assert "path: ts" in draft
    assert "path: vol_l" in draft
    assert "path: flow.lph" in draft
    assert sum("too many new meters" in one for one in details) == 5


def nonsense(seed: int) -> bytes:
    """Packets of every kind with bodies of any bytes, whole and in a row."""
    dice = random.Random(seed)
    made = b""
    for _ in range(dice.randint(1, 6)):
        body = dice.randbytes(dice.choice([0, 1, 2, 3, 5, 40]))
        made += bytes([dice.randrange(256)]) + length(len(body)) + body
    return made


async def test_a_broker_that_talks_nonsense_ends_the_connection_or_is_not_heeded(kept, clock, quarantine):
    unhandled: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    said = iter(range(400))

    async def behave(reader, writer):
        writer.write(nonsense(next(said)))
        topic, payload = reading("M1", 1)
        writer.write(publish(topic.encode(), payload.encode(), 1))
        with contextlib.suppress(OSError):
            await writer.drain()
            writer.write_eof()
            await reader.read()
        writer.close()

    server, port = await fake(behave)
    mqtt = make(port, clock, quarantine)
    for _ in range(200):
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(mqtt.run(kept), 10)
    server.close()
    assert not [context for context in unhandled if "exception" in context]
