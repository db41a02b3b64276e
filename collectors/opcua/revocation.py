"""Certificates that their authority has taken back, by the lists (RFC 5280, section 5) in `issuers/crl/` and
`trusted/crl/` (OPC 10000-12, TrustListDataType; the check is OPC 10000-4, 6.1.3, Revocation Check).

Without a list of its authority a certificate is accepted: whoever lays no list there has none to keep. One
that is past its next update still tells whom it revokes.
"""

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

FOLDERS = ("issuers/crl", "trusted/crl")
_SUFFIXES = (".crl", ".der", ".pem")


class Unusable(ValueError):
    """A list that cannot be read, or that its authority has not signed: it may hide whom it revokes."""


def revoked(
    pki: Path, chain: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate]
) -> str | None:
    """Why one of the chain is not to be accepted any more, with the list that says so; None when none is.
    authorities: whose signature a list may bear. Raises Unusable; not for a certificate that stands alone,
    which no authority could take back."""
    for file in _lists(pki):
        try:
            told = _read(file)
        except Unusable:
            if len(chain) == 1:
                continue
            raise
        concerned = [certificate for certificate in chain if certificate.issuer == told.issuer]
        if not concerned:
            continue
        if not any(_signed(told, one) for one in authorities if one.subject == told.issuer):
            raise Unusable(f"revocation list {file} cannot be used: {_name(told.issuer)} has not signed it")
        for certificate in concerned:
            entry = told.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None:
                since = f"{entry.revocation_date_utc:%Y-%m-%d}"
                return f"is revoked since {since} by {_name(told.issuer)} ({file})"
    return None


def _lists(pki: Path) -> list[Path]:
    return sorted(file for folder in FOLDERS for file in (pki / folder).glob("*") if file.suffix in _SUFFIXES)


def _read(file: Path) -> x509.CertificateRevocationList:
    try:
        content = file.read_bytes()
        if content.startswith(b"-----BEGIN"):
            return x509.load_pem_x509_crl(content)
        return x509.load_der_x509_crl(content)
    except (OSError, ValueError) as error:
        raise Unusable(f"revocation list {file} cannot be used: {error}") from error


def _signed(told: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    try:
        return told.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
    except (TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False


def _name(name: x509.Name) -> str:
    return name.rfc4514_string()
