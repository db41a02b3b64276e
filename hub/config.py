"""The one typed configuration tree. Its unions are the registries: a new protocol or store is a line here."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from collectors.modbus.spec import ModbusSpec
from collectors.mqtt.spec import MqttSpec
from collectors.opcua.spec import OpcUaSpec
from core.model.text import Text

CollectorSpec = Annotated[ModbusSpec | OpcUaSpec | MqttSpec, Field(discriminator="type")]


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CollectorsFile(_Tree):
    """collectors.yaml: every connection to the field."""

    collectors: tuple[CollectorSpec, ...]

    @model_validator(mode="after")
    def _one_owner(self) -> "CollectorsFile":
        owners: dict[str, str] = {}
        for spec in self.collectors:
            if isinstance(spec, ModbusSpec) and owners.setdefault(spec.owner, spec.id) != spec.id:
                raise ValueError(
                    f"{spec.id}: {spec.owner} belongs to {owners[spec.owner]}: "
                    "list the units of one connection under one collector"
                )
        return self


class UtilityConfig(_Tree):
    """id: short and stable, part of public identifiers. hotline: printed wherever a citizen may need it."""

    id: str
    name: Text
    hotline: str


class EmbeddedStore(_Tree):
    """Samples in a SQLite file of the data folder."""

    type: Literal["embedded"] = "embedded"


class KeepConfig(_Tree):
    """Days that samples, their 1-min and their 1-h roll-ups are kept; 0: for ever."""

    samples_days: int = Field(default=730, ge=0)
    minutes_days: int = Field(default=1830, ge=0)
    hours_days: int = Field(default=3660, ge=0)


class InfluxStore(_Tree):
    """Samples in InfluxDB 2.x. The token stands in a file of mode 0400, never here; `waterhub migrate`
    makes the buckets, their retention and the tasks of the roll-ups."""

    type: Literal["influx"]
    url: str
    org: str
    bucket: str
    token_file: Path
    keep: KeepConfig = KeepConfig()


Store = Annotated[EmbeddedStore | InfluxStore, Field(discriminator="type")]


class ServeConfig(_Tree):
    """Where a server listens. Anything but this machine needs TLS, or `insecure_http: true` said aloud."""

    bind: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    insecure_http: bool = False

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


class SpoolConfig(_Tree):
    """max_bytes: the bound at which push sources are no longer acknowledged."""

    max_bytes: int = Field(default=2 * 1024**3, ge=1024**2)


class HubFile(_Tree):
    """hub.yaml: the utility, the stores and the doors. Files are relative to the folder it stands in."""

    utility: UtilityConfig
    data: Path
    network: Path = Path("network.inp")
    accounts: Path | None = None
    historian: Store = EmbeddedStore()
    spool: SpoolConfig = SpoolConfig()
    api: ServeConfig = ServeConfig(port=8080)
    portal: ServeConfig = ServeConfig(port=8081)
