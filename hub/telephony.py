"""The exchange as hub.yaml names it, and the secret in its webhook's address."""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from hub.config import TelephonyConfig
from response.hotline.telephony import Telephony


def telephony(spec: TelephonyConfig | None) -> Telephony | None:
    if spec is None:
        return None
    return Telephony(
        token=sha256(_token(spec.token_file).encode()).digest(),
        allow=spec.allow,
        area_code=spec.area_code,
        privacy=spec.privacy,
        agents=spec.agents,
    )


def _token(file: Path) -> str:
    """At the first start 32 random characters, readable by the hub alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fresh, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(24))
    return file.read_text(encoding="ascii").strip()
