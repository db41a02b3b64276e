"""How a Modbus connection travels: the part of its specification that is about the wire."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tls(_Strict):
    """Modbus/TCP Security (MODBUS/TCP Security V2.1: MBAP in TLS, port 802). ca_file: PEM, the only
    authority whose devices are believed. certificate_file, key_file: who the hub is, for devices that ask.
    server_name: the name in the device's certificate, where it is not `host`."""

    ca_file: Path
    certificate_file: Path | None = None
    key_file: Path | None = None
    server_name: str | None = None

    def in_folder(self, folder: Path) -> Self:
        """The same with its files taken as relative to `folder`."""
        files = {name: getattr(self, name) for name in ("ca_file", "certificate_file", "key_file")}
        return self.model_copy(update={name: folder / path for name, path in files.items() if path})


class Serial(_Strict):
    """A serial port. Modbus' own default is 19,200 baud with even parity (MODBUS over Serial Line V1.02,
    2.5.1); what the devices on the line are set to goes first. bytesize: 8 for RTU, 7 for ASCII, unless
    said."""

    device: str
    baudrate: int = Field(default=19_200, ge=300, le=4_000_000)
    parity: Literal["N", "E", "O"] = "E"
    stopbits: Literal[1, 2] = 1
    bytesize: Literal[7, 8] | None = None

    @property
    def silence_s(self) -> float:
        """Between two frames: 3.5 characters of 11 bits, and 20 ms for adapters that are not exact."""
        return 3.5 * 11 / self.baudrate + 0.02
