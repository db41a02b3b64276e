"""A certificate authority for one test run."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    certificate: bytes
    _key: ec.EllipticCurvePrivateKey
    _name: x509.Name

    @classmethod
    def new(cls) -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("Water Hub test authority")
        made = _builder(name, name, key.public_key()).add_extension(x509.BasicConstraints(True, 0), True)
        made = made.add_extension(
            x509.KeyUsage(True, False, False, False, False, True, True, False, False), True
        )
        return cls(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), key, name)

    def issue(self, name: str, names: Sequence[str], addresses: Sequence[str]) -> tuple[bytes, bytes]:
        """A server's certificate and key, PEM, for `name`, further host names and IP addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = [x509.DNSName(one) for one in (name, *names)]
        ips = [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
        made = _builder(_named(name), self._name, key.public_key()).add_extension(
            x509.SubjectAlternativeName([*alternatives, *ips]), False
        )
        return (
            made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 30 * _DAY)
    )
