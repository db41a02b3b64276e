"""Which servers' certificates are accepted: those laid into `trusted/`, and those that an authority in
`issuers/` has signed, unless a list of its authority revokes it. Any other is written to `rejected/`, from
where a person may move it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from collectors.opcua.identity import thumbprint
from collectors.opcua.revocation import Unusable, revoked

REJECTED_KEPT = 50


class Untrusted(ConnectionError):
    """The server's certificate is not accepted; says why, and what to do."""


def check(pki: Path, content: bytes, uri: str, pinned: str | None) -> x509.Certificate:
    """The server's certificate (DER, its first one when there is a chain), if it is to be accepted. uri: the
    server's application URI, which an authority's certificate must bear. Raises Untrusted."""
    try:
        certificate = x509.load_der_x509_certificate(content)
    except ValueError as error:
        raise Untrusted(f"the server's certificate cannot be read: {error}") from error
    prints = (thumbprint(content), hashlib.sha256(content).hexdigest().upper())
    if pinned and pinned.upper() not in prints:
        raise Untrusted(f"the server shows certificate {prints[0]}, not the pinned {pinned.upper()}")
    trusted, issuers = list(_files(pki / "trusted")), list(_files(pki / "issuers"))
    signers = [one for issuer in issuers if (one := _signer(certificate, issuer)) is not None]
    if content not in trusted:
        if not signers:
            file = _reject(pki / "rejected", certificate, content)
            raise Untrusted(
                f"certificate {prints[0]} of {uri} is not trusted; when it is the server's own, say"
                f" `waterhub opcua trust CONFIG {prints[0][:8]}` (or move {file} to {pki / 'trusted'})"
            )
        if uri not in _uris(certificate):
            raise Untrusted(f"certificate {prints[0]} is not of {uri} but of {', '.join(_uris(certificate))}")
    _check_revocation(pki, f"certificate {prints[0]} of {uri}", [certificate, *signers], [*issuers, *trusted])
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Untrusted(
            f"certificate {prints[0]} is valid from {certificate.not_valid_before_utc:%Y-%m-%d} until"
            f" {certificate.not_valid_after_utc:%Y-%m-%d} only"
        )
    return certificate


def _check_revocation(
    pki: Path, whose: str, chain: Sequence[x509.Certificate], authorities: Sequence[bytes]
) -> None:
    """whose: of the first of the chain. Raises Untrusted."""
    try:
        why = revoked(pki, chain, [one for content in authorities if (one := _loaded(content))])
    except Unusable as error:
        raise Untrusted(f"{error}; lay a new one there, or take it away") from error
    if why is not None:
        raise Untrusted(f"{whose}, or its authority's, {why}: give the server another")


def trust(pki: Path, start: str) -> Path:
    """Moves the rejected certificate whose thumbprint starts so; its new place. Raises LookupError."""
    found = [file for file in certificates(pki / "rejected") if _print(file).startswith(start.upper())]
    if len(found) != 1:
        raise LookupError(f"{len(found) or 'no'} rejected certificates have a thumbprint like {start}")
    folder = pki / "trusted"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found[0].rename(folder / found[0].name)


def certificates(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*") if file.suffix in (".der", ".crt", ".cer", ".pem"))


def _print(file: Path) -> str:
    return thumbprint(_der(file))


def _der(file: Path) -> bytes:
    """Raises ValueError."""
    content = file.read_bytes()
    if content.startswith(b"-----BEGIN"):
        return x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
    return content


def _files(folder: Path) -> Iterator[bytes]:
    return (_der(file) for file in certificates(folder))


def _loaded(content: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(content)
    except ValueError:
        return None


def _signer(certificate: x509.Certificate, issuer: bytes) -> x509.Certificate | None:
    """The issuer, when it is an authority and has signed the certificate."""
    authority = _loaded(issuer)
    if authority is None:
        return None
    try:
        certificate.verify_directly_issued_by(authority)
        is_one = authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return None
    return authority if is_one else None


def _uris(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)


def _reject(folder: Path, certificate: x509.Certificate, content: bytes) -> Path:
    """Keeps it under a name that tells whose it says it is; at most `REJECTED_KEPT`, the newest."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", str(names[0].value) if names else "unnamed")[:40]
    file = folder / f"{name}-{thumbprint(content)}.der"
    if not file.exists():
        file.write_bytes(content)
        for old in sorted(certificates(folder), key=lambda f: f.stat().st_mtime)[:-REJECTED_KEPT]:
            old.unlink(missing_ok=True)
    return file
