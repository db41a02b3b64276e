"""The hub's own application instance certificate (IEC 62541-4, 6.1; 62541-6, 6.2.2), made once.

`own/certificate.der` is what servers are asked to trust; `own/key.pem` never leaves the machine.
"""

import hashlib
import shutil
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from asyncua.crypto.cert_gen import (
    dump_private_key_as_pem,
    generate_private_key,
    generate_self_signed_app_certificate,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from core.durable_file import create_file, sync_folder

VALID_DAYS = 5 * 365
WARN_DAYS = (30, 7, 1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """uri: the application URI, which the certificate bears as a subject alternative name and the session
    must give. expires_ns: UTC."""

    certificate: Path
    key: Path
    uri: str
    thumbprint: str
    expires_ns: int


def identity(pki: Path) -> Identity:
    """The one in folder `pki`, made at first use."""
    own = pki / "own"
    if not own.exists():
        _make(own)
    return read_identity(own)


def renew(pki: Path) -> Identity:
    """A new key and certificate with the old one's URI; the old pair is kept beside it."""
    own = pki / "own"
    uri = identity(pki).uri
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    own.rename(own.with_name(f"own-until-{stamp}"))
    _make(own, uri)
    return read_identity(own)


def read_identity(own: Path) -> Identity:
    """Raises OSError, ValueError."""
    file = own / "certificate.der"
    content = file.read_bytes()
    certificate = x509.load_der_x509_certificate(content)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    uri = names.get_values_for_type(x509.UniformResourceIdentifier)[0]
    return Identity(file, own / "key.pem", uri, thumbprint(content), expires_ns(certificate))


def thumbprint(certificate: bytes) -> str:
    """As OPC UA's tools show it: SHA-1 of the DER bytes (IEC 62541-6, 6.2.2)."""
    return hashlib.sha1(certificate).hexdigest().upper()


def expires_ns(certificate: x509.Certificate) -> int:
    return int((certificate.not_valid_after_utc - _EPOCH).total_seconds()) * 10**9


def expiry_cause(whose: str, at_ns: int, now_ns: int) -> str | None:
    """A line for the engineer from 30 days before; None while there is time."""
    days = (at_ns - now_ns) / 86_400e9
    if days > WARN_DAYS[0]:
        return None
    if days <= 0:
        return f"{whose} certificate has expired"
    left = next(limit for limit in reversed(WARN_DAYS) if days <= limit)
    return f"{whose} certificate expires within {left} day{'s' * (left > 1)}"


def _make(own: Path, uri: str | None = None) -> None:
    """Written beside and renamed, so that no half of a pair is ever seen."""
    own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    host = socket.gethostname()
    uri = uri or f"urn:{host}:waterhub"
    key = generate_private_key()
    certificate = generate_self_signed_app_certificate(
        key,
        "Water Hub",
        {"organizationName": "Water Hub"},
        [x509.UniformResourceIdentifier(uri), x509.DNSName(host)],
        extended=[ExtendedKeyUsageOID.CLIENT_AUTH],
        days=VALID_DAYS,
    )
    fresh = Path(mkdtemp(prefix=".own-", dir=own.parent))
    try:
        create_file(fresh / "certificate.der", certificate.public_bytes(Encoding.DER))
        create_file(fresh / "key.pem", dump_private_key_as_pem(key), 0o400)
        fresh.rename(own)
        sync_folder(own.parent)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not own.exists():  # another process made it in the meantime
            raise
