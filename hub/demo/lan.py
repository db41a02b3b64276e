"""`demo --lan`: one door to the local network, for phones, by TLS; everything else stays on this machine."""

import io
import socket
from pathlib import Path

from hub.demo.certificates import certificates
from hub.opening import Opening

FOLDER = "lan"
PAGE = "/phone"
"""Where a phone begins: it tells how to trust the demo's certificate, and leads to the crew's page."""
_ELSEWHERE = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737): asked which way it would go, the kernel names our own; nothing is
sent."""


def own_address() -> str:
    """This machine's IPv4 address on the network that it reaches others by. Raises OSError without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(_ELSEWHERE)
        address: str = probe.getsockname()[0]
    return address


def address_for(wanted: bool, given: str | None) -> str | None:
    """The address that phones shall use; None: they are not wanted. Raises OSError where there is none."""
    return (given or own_address()) if wanted or given else None


def open_door(data: Path, address: str, port: int) -> Opening:
    """Certificates for the address, and the file that tells the hub of its door. Raises ValueError for an
    address that is not private."""
    folder = data / FOLDER
    files = certificates(folder, address)
    at = Opening(
        bind=address,
        port=port,
        cert=str(files.cert),
        key=str(files.key),
        ca=str(files.ca),
        fingerprint=files.fingerprint,
    )
    at.write(folder)
    return at


def terminal_code(url: str) -> str:
    """A QR code of half blocks."""
    import segno  # noqa: PLC0415

    out = io.StringIO()
    segno.make(url, error="m").terminal(out=out, compact=True, border=2)
    return out.getvalue()
