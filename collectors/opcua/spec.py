"""What to read from one OPC UA server: the rows of `collectors.yaml` with `type: opcua`."""

from collections import Counter
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Strict):
    """node: a node id in text, best with its namespace's URI (`nsu=urn:maker:device;s=AI-1`), because
    namespace numbers may change when a server starts again. Its value is in the tag's unit."""

    tag: str
    node: str = Field(pattern=r"^((nsu=[^;]+|ns=\d+);)?[isgb]=.+$")


class OpcUaSpec(_Strict):
    """One session with one subscription. publish_ms: how often the server reports changes; sampling_ms:
    how often it looks for them (as often as it publishes, when not given). timeout_s: of one service call,
    real seconds."""

    type: Literal["opcua"]
    id: str
    url: str = Field(pattern=r"^opc\.tcp://[^@]+$")
    allow_insecure: bool = False
    publish_ms: int = Field(default=1000, ge=50, le=60_000)
    sampling_ms: int | None = Field(default=None, ge=10, le=60_000)
    timeout_s: float = Field(default=4.0, gt=0, le=60)
    nodes: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _insecure_by_choice_only(self) -> Self:
        if not self.allow_insecure:
            raise ValueError(
                f"{self.id}: sessions are not encrypted; say `allow_insecure: true` to accept it"
            )
        return self

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        twice = [tag for tag, n in Counter(item.tag for item in self.nodes).items() if n > 1]
        if twice:
            raise ValueError(f"{self.id}: listed twice: {', '.join(twice)}")
        return self
