"""Who may connect, and how: TLS, client certificates, passwords, a broker that lets each hear its own."""

import asyncio
import datetime
import ipaddress
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.collectors.brokers import broker
from tests.collectors.field import eventually, running
from tests.collectors.mqtt_field import STATUS, make
from tests.collectors.mqtt_packets import send
from tests.collectors.test_mqtt_source import reading
from tests.need import need
from tests.ports import free_port


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
