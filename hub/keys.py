"""The key that signs what is published. The portal's server only ever gets the public half."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PRIVATE = "portal.key"
PUBLIC = "portal.pub"


def signing_key(folder: Path) -> bytes:
    """The 32 raw bytes of the Ed25519 key, made at first use (private half mode 0600)."""
    file = folder / PRIVATE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        (folder / PUBLIC).write_bytes(public)
        fresh = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fresh, "wb") as handle:
            handle.write(key.private_bytes_raw())
    return file.read_bytes()


def public_key(folder: Path) -> bytes:
    """The 32 raw bytes that the portal's server verifies with. Raises FileNotFoundError before first use."""
    return (folder / PUBLIC).read_bytes()
