"""Secrets that the hub makes for itself: a file each, for the hub alone."""

import os
import secrets
from pathlib import Path


def secret(file: Path) -> str:
    """The content of `file`, 256 random bits (mode 0600) made when it is not there: whole, or not at all."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(32))
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(file)
    return file.read_text(encoding="ascii").strip()
