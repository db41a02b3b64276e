"""The door by which phones reach a hub whose other doors stay on its own machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhoneDoor:
    """url: where it is, `https://…` without a path. ca: the certificate that phones must trust to use it,
    PEM; fingerprint: its SHA-256 as phones show it."""

    url: str
    ca: bytes
    fingerprint: str
