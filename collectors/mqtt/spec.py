"""What to hear from one MQTT broker: the rows of `collectors.yaml` with `type: mqtt`."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Topic(_Strict):
    """filter: subscribed exactly so, with one `+` where a meter's id stands. payload: what comes there
    (`payloads.py`). tag: the tag of a meter's register, with `{meter}` for that id."""

    filter: str
    payload: Literal["readings"]
    tag: str = "meter.{meter}"

    @model_validator(mode="after")
    def _one_meter(self) -> Self:
        levels = self.filter.split("/")
        if levels.count("+") != 1 or any(level != "+" and set(level) & {"+", "#"} for level in levels):
            raise ValueError(f"filter {self.filter!r}: one level must be `+`, the meter's id, and none `#`")
        if "{meter}" not in self.tag:
            raise ValueError(f"tag {self.tag!r} must hold {{meter}}")
        return self

    def meter_of(self, topic: str) -> str | None:
        """The meter's id in a topic; None when the topic is another's."""
        pattern = re.escape(self.filter).replace(r"\+", "([^/]+)")
        found = re.fullmatch(pattern, topic)
        return found[1] if found else None


class MqttSpec(_Strict):
    """One persistent session (MQTT 3.1.1, QoS 1). client_id: must stay the same, or the broker keeps what
    came meanwhile for somebody else; made of the id when not given. password_file: read at each connect.
    ca_file: turns TLS on. max_age_d: older readings are refused."""

    type: Literal["mqtt"]
    id: str
    host: str
    port: int = Field(default=1883, ge=1, le=65535)
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    client_id: str | None = Field(default=None, min_length=1, max_length=128)
    keepalive_s: int = Field(default=30, ge=5, le=1200)
    max_age_d: float = Field(default=35.0, gt=0)
    topics: tuple[Topic, ...] = Field(min_length=1)
