"""The letterbox put together: the hub's key for it, and the service that fetches."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from core.durable_file import PRIVATE, create_file
from core.runtime.health import Health
from core.runtime.supervisor import Supervisor
from hub.check import Configuration
from hub.keys import signing_key
from hub.stores import Stores
from public_portal.fetching import LetterFetch
from public_portal.letter_seal import public_half

KEY = "letters.key"


def letter_key(folder: Path) -> bytes:
    """The 32 raw bytes of the X25519 key that opens letters, made at first use (mode 0600)."""
    file = folder / KEY
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_file(file, X25519PrivateKey.generate().private_bytes_raw(), PRIVATE)
    return file.read_bytes()


def published_key(configuration: Configuration) -> bytes:
    """What citizens' letters are sealed to; empty where none are fetched."""
    hub = configuration.hub
    return public_half(letter_key(hub.data / "keys")) if hub.portal.letterbox else b""


def add_letterbox(
    supervisor: Supervisor, configuration: Configuration, stores: Stores, health: Health
) -> None:
    hub, at = configuration.hub, configuration.hub.portal.letterbox
    if at is None:
        return
    from core.adapters.http_letterbox import HttpLetterbox

    keys, ca_file = hub.data / "keys", configuration.folder / at.ca_file if at.ca_file else None
    sign = Ed25519PrivateKey.from_private_bytes(signing_key(keys)).sign
    fetch = LetterFetch(
        HttpLetterbox(at.url, sign, ca_file),
        letter_key(keys),
        stores.by_hub("letterbox"),
        stores.vault,
        configuration.plant,
        configuration.times,
        stores.clock,
        health,
        at.every_s,
    )
    supervisor.add("letterbox", fetch.run)
