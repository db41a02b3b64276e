"""Secrets that the hub makes for itself: a file each, for the hub alone."""

import secrets
from pathlib import Path

from core.durable_file import PRIVATE, create_file


def secret(file: Path) -> str:
    """The content of `file`, 256 random bits (mode 0600) made when it is not there: whole, or not at all."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_file(file, secrets.token_urlsafe(32).encode(), PRIVATE)
    return file.read_text(encoding="ascii").strip()
