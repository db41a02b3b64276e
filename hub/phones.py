"""A second door of the hub, for phones on the local network (`demo --lan`): the same rooms by TLS."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from api.app import build
from api.deps import Deps
from api.phones import PhoneDoor
from api.serve import serve
from core.runtime.logs import log

FILE = "door.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """bind: the address, which phones use too. cert, key, ca: PEM files. fingerprint: the CA's SHA-256."""

    bind: str
    port: int
    cert: str
    key: str
    ca: str
    fingerprint: str

    @property
    def url(self) -> str:
        return f"https://{self.bind}:{self.port}"

    @property
    def door(self) -> PhoneDoor:
        return PhoneDoor(self.url, Path(self.ca).read_bytes(), self.fingerprint)

    def write(self, folder: Path) -> Path:
        file = folder / FILE
        file.write_text(json.dumps(asdict(self)))
        return file


def opening(file: Path) -> Opening:
    """As `Opening.write` left it. Raises OSError, or ValueError when it is none."""
    try:
        return Opening(**json.loads(file.read_text()))
    except TypeError as error:
        raise ValueError(f"{file} names no door for phones: {error}") from error


async def serve_phones(deps: Deps, at: Opening, ready: Callable[[int], None] | None = None) -> None:
    """The rooms of `deps` once more, behind TLS and with cookies for TLS alone, until cancelled."""
    app = build(replace(deps, secure_cookies=True))
    log.info("phones' door", at=at.url)
    await serve(app, at.bind, at.port, tls_cert=Path(at.cert), tls_key=Path(at.key), ready=ready)
