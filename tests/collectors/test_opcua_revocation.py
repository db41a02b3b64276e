"""A certificate that its authority has taken back is refused, by the lists in the PKI folder."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from collectors.opcua.identity import identity
from collectors.opcua.trust import Untrusted, check
from tests.collectors.field import Wire, eventually, running
from tests.collectors.node_opcua import node_serving
from tests.collectors.opcua_field import source
from tests.ports import free_port

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


class Authority:
    """A certificate authority as a utility's IT has one."""

    def __init__(self, name="Water CA"):
        self.key = rsa.generate_private_key(65537, 2048)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._signed(self.name, self.key.public_key(), [(self._basic(), True)])

    def _basic(self):
        return x509.BasicConstraints(ca=True, path_length=None)

    def _signed(self, subject, key, extensions):
        built = x509.CertificateBuilder(self.name, subject, key, x509.random_serial_number())
        built = built.not_valid_before(NOW - DAY).not_valid_after(NOW + 90 * DAY)
        for extension, critical in extensions:
            built = built.add_extension(extension, critical)
        return built.sign(self.key, hashes.SHA256())

    def again(self, certificate):
        """The same subject, key and extensions, signed by this authority."""
        kept = [(e.value, e.critical) for e in certificate.extensions if e.oid.dotted_string != "2.5.29.35"]
        return self._signed(certificate.subject, certificate.public_key(), kept)

    def revoking(self, *certificates, by=None, until=30):
        built = x509.CertificateRevocationListBuilder(self.name, NOW - 9 * DAY, NOW + until * DAY)
        for one in certificates:
            revoked = x509.RevokedCertificateBuilder(one.serial_number, NOW - 2 * DAY)
            built = built.add_revoked_certificate(revoked.build())
        return built.sign((by or self).key, hashes.SHA256())


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def server(tmp_path, authority):
    own = identity(tmp_path / "server")
    made = x509.load_der_x509_certificate(own.certificate.read_bytes())
    return authority.again(made), own.uri


@pytest.fixture
def pki(tmp_path, authority):
    folder = tmp_path / "hub"
    for name in ("issuers/crl", "trusted/crl"):
        (folder / name).mkdir(parents=True)
    (folder / "issuers" / "ca.der").write_bytes(authority.certificate.public_bytes(Encoding.DER))
    return folder


def judged(pki, server):
    certificate, uri = server
    return check(pki, certificate.public_bytes(Encoding.DER), uri, None)


def test_without_a_list_or_on_none_a_certificate_of_the_authority_is_accepted(pki, server, authority):
    assert judged(pki, server) == server[0]
    other = authority.again(server[0])
    (pki / "issuers/crl/ca.crl").write_bytes(authority.revoking(other).public_bytes(Encoding.DER))
    assert judged(pki, server) == server[0]


@pytest.mark.parametrize("place", ["issuers/crl/ca.crl", "trusted/crl/ca.pem"])
@pytest.mark.parametrize("until", [30, -1], ids=["a list of today", "a list past its next update"])
def test_a_revoked_one_is_refused_with_the_day_the_authority_and_the_list(
    pki, server, authority, place, until
):
    told = authority.revoking(server[0], until=until)
    form = Encoding.PEM if place.endswith("pem") else Encoding.DER
    (pki / place).write_bytes(told.public_bytes(form))
    with pytest.raises(Untrusted, match=rf"is revoked since {NOW - 2 * DAY:%Y-%m-%d} by CN=Water CA") as why:
        judged(pki, server)
    assert place in str(why.value)


def test_one_that_is_trusted_by_itself_is_refused_too_and_so_is_one_of_a_revoked_authority(
    pki, server, authority
):
    (pki / "trusted" / "server.der").write_bytes(server[0].public_bytes(Encoding.DER))
    (pki / "issuers/crl/ca.crl").write_bytes(authority.revoking(server[0]).public_bytes(Encoding.DER))
    with pytest.raises(Untrusted, match="is revoked"):
        judged(pki, server)
    taken_back = authority.revoking(authority.certificate)
    (pki / "issuers/crl/ca.crl").write_bytes(taken_back.public_bytes(Encoding.DER))
    with pytest.raises(Untrusted, match="or its authority's, is revoked"):
        judged(pki, server)


def test_a_list_that_cannot_be_read_or_that_somebody_else_signed_is_told_and_nothing_accepted_on_it(
    pki, server, authority
):
    file = pki / "issuers/crl/ca.crl"
    file.write_bytes(authority.revoking(by=Authority("Mallory")).public_bytes(Encoding.DER))
    with pytest.raises(Untrusted, match="has not signed it"):
        judged(pki, server)
    file.write_bytes(b"\x30\x82")
    with pytest.raises(Untrusted, match=r"ca\.crl cannot be used"):
        judged(pki, server)
    alone = identity(pki.parent / "alone")
    (pki / "trusted" / "alone.der").write_bytes(alone.certificate.read_bytes())
    assert check(pki, alone.certificate.read_bytes(), alone.uri, None)


async def test_a_server_whose_certificate_is_taken_back_is_not_connected_to_again(
    kept, clock, tmp_path, pki, authority
):
    port = free_port()
    async with node_serving(port, 5, tmp_path / "plc") as server:
        await server.kill()
        made = authority.again(x509.load_pem_x509_certificate(server.certificate.read_bytes()))
        server.certificate.write_bytes(made.public_bytes(Encoding.PEM))
        await server.start()
        async with Wire(port).listening() as wire:
            opcua = source(wire.port, clock, pki=pki, allow_insecure=False, timeout_s=10.0)
            async with running(opcua, kept):
                await eventually(lambda: kept.last("v4") and kept.last("v4").v == 4, 40)
                told = authority.revoking(made)
                (pki / "issuers/crl/ca.crl").write_bytes(told.public_bytes(Encoding.DER))
                for writer in wire.writers:
                    writer.close()
                await eventually(lambda: "is revoked since" in (opcua.facts.cause or ""), 40)
                assert not opcua.facts.connected and opcua.facts.connects == 1
