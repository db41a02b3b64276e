"""Encryption, trust, credentials and certificates, against node-opcua's server."""

import shutil
import stat
import time
from datetime import UTC, datetime

import pytest
from asyncua.crypto.uacrypto import load_certificate
from cryptography import x509

from collectors.opcua import identity as certificates
from collectors.opcua.identity import expiry_cause, identity, read_identity, renew
from collectors.opcua.trust import Untrusted, check, trust
from core.model.quality import Status
from tests.collectors.field import Wire, eventually, running, serving
from tests.collectors.interrupting import stops_at_any_step
from tests.collectors.node_opcua import node_serving
from tests.collectors.opcua_field import source
from tests.ports import free_port

SECURE = {"allow_insecure": False, "timeout_s": 10.0}
DAY_NS = 86_400 * 10**9


def rejected(pki) -> list[str]:
    return [file.stem.rpartition("-")[2] for file in (pki / "rejected").glob("*.der")]


async def accept(pki, port) -> None:
    """What an engineer does who knows the server's certificate: here, the only rejected one."""
    (thumbprint,) = rejected(pki)
    trust(pki, thumbprint[:8])


async def test_nothing_is_told_to_a_server_that_nobody_trusts_and_all_goes_well_once_it_is(
    kept, clock, tmp_path
):
    port, pki = free_port(), tmp_path / "hub"
    (tmp_path / "password").write_text("s3cret\n")
    async with node_serving(port, 5, tmp_path / "server") as server, Wire(port).listening() as wire:
        user = {"user": "hub", "password_file": "password"}
        opcua = source(wire.port, clock, pki=pki, folder=tmp_path, **SECURE, **user)
        async with running(opcua, kept):
            await eventually(lambda: len(kept.samples()) == 5 and rejected(pki))
            assert "is not trusted" in opcua.facts.cause
            assert f"waterhub opcua trust CONFIG {rejected(pki)[0][:8]}" in opcua.facts.cause
            assert {s.q for s in kept.samples()} == {Status.BAD_NO_COMMUNICATION}
            assert not any(b"Aes256_Sha256" in sent for sent in wire.sent)
            await accept(pki, port)
            await eventually(lambda: kept.last("v4") and kept.last("v4").v == 4)
            assert opcua.facts.connected and opcua.facts.cause is None and not opcua.facts.insecure
            await server.tell("set 1 1234567.5")
            await eventually(lambda: kept.last("v1").v == 1234567.5)
        assert any(b"Aes256_Sha256_RsaPss" in sent for sent in wire.sent)
        wired = b"".join([*wire.sent, *wire.received])
    assert b"s3cret" not in wired
    assert b"v-1" not in wired
    assert opcua.facts.certificate_expires_ns > clock.now_ns() + 1000 * DAY_NS


async def test_a_source_told_to_stop_while_it_makes_the_line_secure_stops(kept, clock, tmp_path):
    port, pki = free_port(), tmp_path / "hub"
    async with node_serving(port, 5, tmp_path / "server") as server:
        (pki / "trusted").mkdir(parents=True)
        shutil.copy(server.certificate, pki / "trusted")
        await stops_at_any_step(source(port, clock, pki=pki, **SECURE), kept)


async def test_every_policy_and_kind_of_user_is_spoken_and_a_wrong_password_or_pin_is_not_accepted(
    kept, clock, tmp_path
):
    port, pki = free_port(), tmp_path / "hub"
    for name, password in (("right", "s3cret"), ("wrong", "guess")):
        (tmp_path / name).write_text(password)
    user = identity(tmp_path / "user")
    async with node_serving(port, 5, tmp_path / "server"):
        with pytest.raises(ConnectionError, match="not trusted"):
            await source(port, clock, pki=pki, **SECURE).run(kept)
        await accept(pki, port)
        (trusted,) = (pki / "trusted").iterdir()
        for fields in (
            {"policy": "Basic256Sha256"},
            {"policy": "Aes128Sha256RsaOaep", "message_mode": "Sign"},
            {"policy": "Aes256Sha256RsaPss", "user": "hub", "password_file": "right"},
            {"user_certificate": str(user.certificate), "user_key": str(user.key)},
            {"server_thumbprint": trusted.stem.rpartition("-")[2]},
        ):
            opcua = source(port, clock, pki=pki, folder=tmp_path, **SECURE, **fields)
            async with running(opcua, kept):
                await eventually(lambda opcua=opcua: opcua.facts.samples - opcua.facts.bad == 5)
        for fields, why in (
            ({"user": "hub", "password_file": "wrong"}, "BadUserAccessDenied|BadIdentityToken"),
            ({"server_thumbprint": "0" * 40}, "not the pinned"),
            ({"user": "hub", "password_file": "none"}, "none"),
        ):
            opcua = source(port, clock, pki=pki, folder=tmp_path, **SECURE, **fields)
            with pytest.raises(ConnectionError, match=why) as refused:
                await opcua.run(kept)
            assert "guess" not in str(refused.value)


async def test_a_server_without_a_secure_endpoint_is_told_by_what_it_offers(kept, clock, tmp_path):
    port = free_port()
    async with serving("opcua_plant", port):
        with pytest.raises(ConnectionError, match="the server offers None/None_, not Aes256Sha256RsaPss or"):
            await source(port, clock, pki=tmp_path, **SECURE).run(kept)


async def test_the_hubs_own_certificate_is_made_once_and_its_key_is_nobody_elses(tmp_path):
    made = identity(tmp_path)
    assert identity(tmp_path) == made
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o400
    certificate = await load_certificate(made.certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [made.uri]
    fresh = renew(tmp_path)
    assert fresh.uri == made.uri
    assert fresh.thumbprint != made.thumbprint
    (kept,) = tmp_path.glob("own-until-*")
    assert read_identity(kept).thumbprint == made.thumbprint


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (31, None),
        (30, "within 30 days"),
        (7.5, "within 30 days"),
        (6.9, "within 7 days"),
        (0.5, "within 1 day"),
        (-1, "has expired"),
    ],
)
def test_an_expiring_certificate_is_told_at_30_7_and_1_days(days, told):
    line = expiry_cause("the hub's own", round(days * DAY_NS), 0)
    assert line is told if told is None else told in line


async def test_a_certificate_about_to_expire_is_a_cause_of_a_connection_that_works(
    kept, clock, tmp_path, monkeypatch
):
    monkeypatch.setattr(certificates, "VALID_DAYS", 5)
    port, pki = free_port(), tmp_path / "hub"
    async with node_serving(port, 1, tmp_path / "server"):
        opcua = source(port, clock, 1, pki=pki, **SECURE)
        async with running(opcua, kept):
            await eventually(lambda: rejected(pki))
            await accept(pki, port)
            await eventually(lambda: opcua.facts.connected)
            assert opcua.facts.cause == "the hub's own certificate expires within 7 days"


async def test_an_expired_or_unreadable_certificate_is_refused_and_few_rejected_ones_are_kept(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("collectors.opcua.trust.REJECTED_KEPT", 3)
    monkeypatch.setattr(certificates, "VALID_DAYS", 0)
    old = identity(tmp_path / "old")
    pki = tmp_path / "hub"
    with pytest.raises(Untrusted, match="not trusted"):
        check(pki, old.certificate.read_bytes(), old.uri, None)
    trust(pki, old.thumbprint)
    await eventually(lambda: time.time_ns() > old.expires_ns + 10**9)
    until = datetime.fromtimestamp(old.expires_ns / 1e9, UTC)
    with pytest.raises(Untrusted, match=f"until {until:%Y}"):
        check(pki, old.certificate.read_bytes(), old.uri, None)
    with pytest.raises(Untrusted, match="cannot be read"):
        check(pki, b"\x30\x82", old.uri, None)
    with pytest.raises(LookupError):
        trust(pki, "FFFF")
    for n in range(5):
        other = identity(tmp_path / f"other-{n}")
        with pytest.raises(Untrusted):
            check(pki, other.certificate.read_bytes(), other.uri, None)
    assert len(rejected(pki)) == 3
