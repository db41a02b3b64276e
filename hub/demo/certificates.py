"""The demo's own certificate authority (CA), and the certificate of its door to phones.

The CA's key stays in the data folder, and even stolen it can vouch for nothing but private addresses and
`.local` names (name constraints, RFC 5280 4.2.1.10): who trusts it on a phone risks no other site.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.durable_file import PRIVATE, replace_file

PRIVATE_NETWORKS = (
    *map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),
    *map(ipaddress.ip_network, ("100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")),
)
CA_YEARS, LEAF_DAYS = 5, 397
"""Phones take no server's certificate that lasts longer than 398 days."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files, PEM. fingerprint: the CA's SHA-256, as phones show it."""

    ca: Path
    cert: Path
    key: Path
    fingerprint: str


def certificates(folder: Path, address: str, now: datetime | None = None) -> Certificates:
    """The CA is made once and kept; the door's certificate is made anew for the address that it has now.
    Raises ValueError unless that is a private IPv4 address."""
    at = now or datetime.now(UTC)
    ip = ipaddress.ip_address(address)
    if not any(ip.version == net.version and ip in net for net in PRIVATE_NETWORKS):
        raise ValueError(
            f"{address} is no private IPv4 address, and a demo is not for the open internet; "
            "--lan-address names another of this machine's"
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ca, ca_key = _authority(folder, at)
    key = ec.generate_private_key(ec.SECP256R1())
    cert = _leaf(ca, ca_key, key.public_key(), ip, at)
    files = Certificates(folder / "ca.crt", folder / "door.crt", folder / "door.key", _fingerprint(ca))
    replace_file(files.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), PRIVATE)
    replace_file(files.cert, cert.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM), PRIVATE)
    return files


def _authority(folder: Path, at: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    cert_file, key_file = folder / "ca.crt", folder / "ca.key"
    if cert_file.exists() and key_file.exists():
        ca = x509.load_pem_x509_certificate(cert_file.read_bytes())
        known = load_pem_private_key(key_file.read_bytes(), None)
        if ca.not_valid_after_utc > at + 30 * _DAY and isinstance(known, ec.EllipticCurvePrivateKey):
            return ca, known
    key = ec.generate_private_key(ec.SECP256R1())
    ca = _root(key, at)
    replace_file(key_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), PRIVATE)
    replace_file(cert_file, ca.public_bytes(Encoding.PEM), PRIVATE)
    return ca, key


def _root(key: ec.EllipticCurvePrivateKey, at: datetime) -> x509.Certificate:
    serial = x509.random_serial_number()
    name = _named(f"Water Hub demo CA {serial:x}"[:30])
    allowed = [x509.IPAddress(net) for net in PRIVATE_NETWORKS]
    usage = dict.fromkeys(_USAGES, False) | {"key_cert_sign": True, "crl_sign": True}
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(at - _DAY)
        .not_valid_after(at + 365 * CA_YEARS * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.NameConstraints([*allowed, x509.DNSName("local")], None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePublicKey,
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
    at: datetime,
) -> x509.Certificate:
    usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True}
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_named(f"Water Hub demo {ip}"))
        .issuer_name(ca.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _DAY)
        .not_valid_after(at + (LEAF_DAYS - 1) * _DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip)]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(ca_key, hashes.SHA256())
    )


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _fingerprint(cert: x509.Certificate) -> str:
    return ":".join(f"{byte:02X}" for byte in cert.fingerprint(hashes.SHA256()))
