"""What to hear from one MQTT broker: the rows of `collectors.yaml` with `type: mqtt`."""

import ipaddress
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from collectors.mqtt.map_spec import READINGS, BinaryMap, CsvMap, JsonMap, PayloadMap

MAX_LEVELS = 16


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Topic(_Strict):
    """filter: subscribed exactly so, with one `+` where a meter's id stands, or none when the payload
    names it. payload: the map of what comes there. tag: of the map's value without a name, with `{meter}`
    for the meter's id. ids: what a meter is called in tags, by what it calls itself: a meter that took the
    place of another goes on in its tags."""

    filter: str
    payload: str = "readings"
    tag: str = "meter.{meter}"
    ids: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_meter(self) -> Self:
        levels = self.filter.split("/")
        if levels.count("+") > 1 or any(level != "+" and set(level) & {"+", "#"} for level in levels):
            raise ValueError(
                f"filter {self.filter!r}: at most one level may be `+`, the meter's id, and none `#`"
            )
        if len(levels) > MAX_LEVELS:
            raise ValueError(f"filter {self.filter!r} has more than {MAX_LEVELS} levels")
        if "+" in levels and "{meter}" not in self.tag:
            raise ValueError(f"tag {self.tag!r} must hold {{meter}}")
        return self

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.filter).replace(r"\+", "([^/]+)"))


class MqttSpec(_Strict):
    """One persistent session (MQTT 3.1.1, QoS 1). client_id: must stay the same, or the broker keeps what
    came meanwhile for somebody else; made of the id when not given. password_file: read at each connect.
    ca_file: turns TLS on; client_cert and client_key: who the hub is. status_topic: where the hub says
    `online` and, as its will, `offline`, retained; below `$hub/`, nothing when not given. maps: by name.
    max_age_d: older readings are refused. max_silence_s: devices of this connection report a value when it
    changes, and again within so many seconds at least: until then it stands; None for devices that report at
    their own times. new_meters_per_min: unknown meters beyond it are kept without
    looking for their map."""

    type: Literal["mqtt"]
    id: str
    host: str
    port: int = Field(default=1883, ge=1, le=65535)
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    allow_insecure: bool = False
    client_id: str | None = Field(default=None, min_length=1, max_length=128)
    status_topic: str | None = Field(default=None, pattern=r"^\$hub/[^+#]+$")
    keepalive_s: int = Field(default=30, ge=5, le=1200)
    max_age_d: float = Field(default=35.0, gt=0)
    max_silence_s: float | None = Field(default=None, ge=1, le=86_400)
    new_meters_per_min: int = Field(default=60, ge=1)
    maps: dict[str, PayloadMap] = Field(default_factory=dict)
    topics: tuple[Topic, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _never_open_by_accident(self) -> Self:
        if (self.client_cert is None) != (self.client_key is None):
            raise ValueError("client_cert and client_key go together: give both or neither")
        if self.client_cert is not None and self.ca_file is None:
            raise ValueError("client_cert needs TLS: give ca_file")
        if self.insecure and not self.allow_insecure:
            raise ValueError(f"{self.host} without TLS: give ca_file, or say `allow_insecure: true`")
        return self

    @model_validator(mode="after")
    def _every_map(self) -> Self:
        known = self.known_maps
        for topic in self.topics:
            found = known.get(topic.payload)
            if found is None:
                raise ValueError(f"payload {topic.payload!r} is none of the maps: {', '.join(known)}")
            named = isinstance(found, JsonMap | CsvMap | BinaryMap) and found.device is not None
            if "+" not in topic.filter and not named and "{meter}" in topic.tag:
                raise ValueError(f"filter {topic.filter!r}: neither it nor {topic.payload!r} names the meter")
        return self

    @property
    def known_maps(self) -> Mapping[str, PayloadMap]:
        return {"readings": READINGS, **self.maps}

    @property
    def insecure(self) -> bool:
        """Readable by others on its way."""
        return self.ca_file is None and not _is_this_machine(self.host)

    def in_folder(self, folder: Path) -> Self:
        """The same with its files taken as relative to `folder`."""
        files = {name: getattr(self, name) for name in _FILES}
        return self.model_copy(update={name: folder / path for name, path in files.items() if path})

    def password(self) -> str | None:
        """Raises OSError."""
        return self.password_file.read_text().strip() if self.password_file else None


_FILES = ("password_file", "ca_file", "client_cert", "client_key")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
