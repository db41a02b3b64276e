"""Where phones reach the hub, told by `demo --lan` to the hub in a file: light, for the demo imports it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from api.phones import PhoneDoor

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
