"""A letter: sealed by anybody with the hub's public key, opened by the hub alone, and as long as every other.

`WHL1`, eight bytes that name the key, an X25519 key made for this letter, and the padded content under
ChaCha20-Poly1305 with a key that HKDF-SHA256 derives from both: used once, so that its nonce is zero.
"""

from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_MAGIC = b"WHL1"
_NAMED, _KEY, _TAG, _COUNT = 8, 32, 16, 4
_HEAD = len(_MAGIC) + _NAMED + _KEY
ROOM = 4096
"""Bytes of a padded content, its length among them."""
LONGEST = ROOM - _COUNT
SIZE = _HEAD + ROOM + _TAG
"""Bytes of a letter."""


class NotOpened(ValueError):
    """reason: not_a_letter, another_key or tampered."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sealed(content: bytes, public_key: bytes) -> bytes:
    """public_key: 32 raw bytes (X25519). Raises ValueError for more than LONGEST bytes."""
    if len(content) > LONGEST:
        raise ValueError(f"{len(content)} bytes: a letter holds {LONGEST}")
    once = X25519PrivateKey.generate()
    head = _MAGIC + _name_of(public_key) + once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public_key))
    padded = len(content).to_bytes(_COUNT, "big") + content + bytes(LONGEST - len(content))
    return head + _cipher(shared, head, public_key).encrypt(bytes(12), padded, head)


def opened(letter: bytes, private_key: bytes) -> bytes:
    """private_key: 32 raw bytes. Raises NotOpened."""
    if len(letter) != SIZE or not letter.startswith(_MAGIC):
        raise NotOpened("not_a_letter")
    own = X25519PrivateKey.from_private_bytes(private_key)
    public_key = own.public_key().public_bytes_raw()
    head, body = letter[:_HEAD], letter[_HEAD:]
    if head[len(_MAGIC) : len(_MAGIC) + _NAMED] != _name_of(public_key):
        raise NotOpened("another_key")
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(head[-_KEY:]))
        padded = _cipher(shared, head, public_key).decrypt(bytes(12), body, head)
    except (InvalidTag, ValueError) as error:  # ValueError: a key under which every secret is zero
        raise NotOpened("tampered") from error
    count = int.from_bytes(padded[:_COUNT], "big")
    if count > LONGEST:
        raise NotOpened("not_a_letter")
    return padded[_COUNT : _COUNT + count]


def public_half(private_key: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def _name_of(public_key: bytes) -> bytes:
    return sha256(public_key).digest()[:_NAMED]


def _cipher(shared: bytes, head: bytes, public_key: bytes) -> ChaCha20Poly1305:
    derived = HKDF(SHA256(), 32, salt=None, info=b"water hub letter 1" + head + public_key)
    return ChaCha20Poly1305(derived.derive(shared))
