"""When a certificate ends."""

from pathlib import Path

from cryptography import x509


def expires_ns(file: Path) -> int:
    """UTC ns. Raises OSError, ValueError for a file that is no certificate."""
    return round(x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc.timestamp()) * 10**9
