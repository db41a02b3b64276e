"""A snapshot as signed bytes: JSON, and an Ed25519 signature (RFC 8032) over exactly those bytes."""

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.model.snapshot import PublicSnapshot


class NotGenuine(ValueError):
    """The signature does not hold, or what is signed is not a snapshot."""


def sealed(snapshot: PublicSnapshot, signing_key: bytes) -> tuple[bytes, bytes]:
    """(content, signature). signing_key: the 32 raw bytes of an Ed25519 private key."""
    content = msgspec.json.encode(snapshot)
    return content, Ed25519PrivateKey.from_private_bytes(signing_key).sign(content)


def opened(content: bytes, signature: bytes, public_key: bytes) -> PublicSnapshot:
    """The snapshot. public_key: 32 raw bytes. Raises NotGenuine."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
        return msgspec.json.decode(content, type=PublicSnapshot)
    except InvalidSignature as error:
        raise NotGenuine("the signature does not hold") from error
    except msgspec.MsgspecError as error:
        raise NotGenuine(f"signed, but not a snapshot: {error}") from error


def public_key_of(signing_key: bytes) -> bytes:
    """The 32 raw bytes that the citizens' server checks with."""
    public = Ed25519PrivateKey.from_private_bytes(signing_key).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
