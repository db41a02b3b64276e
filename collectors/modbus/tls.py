"""TLS toward devices: who is believed, and until when the hub's own certificate is."""

import ssl

from collectors.modbus.transport import Tls


def context(tls: Tls) -> ssl.SSLContext:
    """Raises OSError (ssl.SSLError is one) for files that cannot be used."""
    made = ssl.create_default_context(cafile=tls.ca_file)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate_file is not None:
        made.load_cert_chain(tls.certificate_file, tls.key_file)
    return made


def expires_ns(tls: Tls) -> int | None:
    """UTC ns at which the hub's own certificate ends; None without one."""
    if tls.certificate_file is None:
        return None
    from cryptography import x509  # noqa: PLC0415  (only where TLS is used)

    own = x509.load_pem_x509_certificate(tls.certificate_file.read_bytes())
    return int(own.not_valid_after_utc.timestamp()) * 1_000_000_000
