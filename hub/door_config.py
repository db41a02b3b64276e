"""Where servers listen, and where the hub goes to fetch what citizens left."""

import ipaddress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, StringConstraints, model_validator

from public_portal.transport import ANCESTOR


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServeConfig(_Tree):
    """Where a server listens. Anything but this machine needs TLS, or `insecure_http: true` said aloud.
    trusted_proxies: addresses or networks of reverse proxies whose X-Forwarded-For is believed; without it
    nobody's is."""

    bind: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    insecure_http: bool = False
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()

    @property
    def proxies(self) -> tuple[str, ...]:
        return tuple(str(network) for network in self.trusted_proxies)

    @property
    def tls(self) -> bool:
        return self.tls_cert is not None

    @model_validator(mode="after")
    def _never_open_by_accident(self) -> "ServeConfig":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together: give both or neither")
        if not (self.tls or self.insecure_http or ipaddress.ip_address(self.bind).is_loopback):
            raise ValueError(f"bind {self.bind} is open to the network: give tls_cert and tls_key")
        return self


class LetterboxConfig(_Tree):
    """url: the citizens' server as the hub reaches it, outward. ca_file: its certificate's authority, instead
    of the system's. every_s: real seconds between two looks. Anything but this machine is asked by https, or
    `insecure_http: true` is said aloud."""

    url: str = Field(pattern=r"^https?://[^\s/?#]+$")
    ca_file: Path | None = None
    every_s: float = Field(default=5.0, ge=1, le=300)
    insecure_http: bool = False

    @model_validator(mode="after")
    def _by_tls(self) -> "LetterboxConfig":
        at = urlsplit(self.url)
        near = at.hostname in ("localhost", "127.0.0.1", "::1")
        if at.scheme != "https" and not (near or self.insecure_http):
            raise ValueError(f"{self.url} is another machine's and not https")
        return self


Ancestor = Annotated[str, StringConstraints(pattern=ANCESTOR)]
"""`https://www.city.example`, `https://*.city.example`, `http://10.0.0.5:8080`."""


class PortalConfig(ServeConfig):
    """The citizens' door. validation_min: minutes from the end of an hour until the public record has it.
    frame_ancestors: sites whose pages may show the widget; without one nobody's may. letterbox: citizens may
    report by the pages; without it, and behind a diode, they are asked to call."""

    port: int = Field(default=8081, ge=1, le=65535)
    validation_min: int = Field(default=30, ge=15, le=120)
    frame_ancestors: tuple[Ancestor, ...] = ()
    letterbox: LetterboxConfig | None = None
