"""The exchange as hub.yaml names it, and the secret in its webhook's address."""

from hashlib import sha256
from pathlib import Path

from hub.config import TelephonyConfig
from hub.secret_file import secret
from response.hotline.telephony import Lasts, Telephony


def telephony(spec: TelephonyConfig | None, folder: Path) -> Telephony | None:
    """folder: of the configuration, to which the token's file is relative."""
    if spec is None:
        return None
    return Telephony(
        token=sha256(secret(folder / spec.token_file).encode()).digest(),
        allow=spec.allow,
        area_code=spec.area_code,
        privacy=spec.privacy,
        agents=spec.agents,
        lasts=lasts(spec),
    )


def lasts(spec: TelephonyConfig | None) -> Lasts:
    """Of calls that get no end; as usual where no exchange is configured."""
    return Lasts(spec.ringing_s, spec.spoken_s) if spec else Lasts()
