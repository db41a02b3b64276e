"""What to read from one OPC UA server: the rows of `collectors.yaml` with `type: opcua`."""

from collections import Counter
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Policy = Literal[
    "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss", "Basic256", "Basic128Rsa15", "None"
]
LEGACY: frozenset[Policy] = frozenset({"Basic256", "Basic128Rsa15", "None"})
Trigger = Literal["StatusValue", "StatusValueTimestamp"]
_NODE = (
    r"^((nsu=[^;]+|ns=\d{1,5});)?"
    r"(i=\d{1,10}|s=.+|g=[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|b=([A-Za-z0-9+/]{4})*[A-Za-z0-9+/=]{4})$"
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Strict):
    """node: a node id in text, best with its namespace's URI (`nsu=urn:maker:device;s=AI-1`), because
    namespace numbers may change when a server starts again. Its value is in the tag's unit. sampling_ms and
    trigger: as of the connection, for this item alone. deadband: absolute; the server keeps smaller changes
    of the value to itself."""

    tag: str
    node: str = Field(pattern=_NODE)
    sampling_ms: int | None = Field(default=None, ge=10, le=86_400_000)
    trigger: Trigger | None = None
    deadband: float | None = Field(default=None, gt=0)


class OpcUaSpec(_Strict):
    """One session with one subscription, signed and encrypted by the best policy that the server offers, or
    by `policy`. allow_insecure: without a policy nothing is signed or encrypted; legacy ones need it too.
    server_thumbprint: of the only server certificate to accept (SHA-1 or SHA-256, hexadecimal), which must be
    trusted besides. user with password_file, or user_certificate with user_key: files, relative to the
    configuration's folder; nobody in particular, when there are none.

    mode: `auto` subscribes and polls what cannot be subscribed. publish_ms: how often the server reports
    changes; sampling_ms: how often it looks for them, or is polled (each tag's period, when not given).
    trigger: what is a change; with StatusValue a newer time stamp alone is none. max_silence_s: an item that
    has not reported for so long is asked for its value (two periods of its tag and at least 5 s, when not
    given). history: after a loss, ask for what the server recorded, where a node's history may be read.
    timeout_s: of one service call. All in real seconds."""

    type: Literal["opcua"]
    id: str
    url: str = Field(pattern=r"^opc\.tcp://[^@]+$")
    policy: Policy | None = None
    message_mode: Literal["SignAndEncrypt", "Sign"] = "SignAndEncrypt"
    allow_insecure: bool = False
    server_thumbprint: str | None = Field(default=None, pattern=r"^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$")
    user: str | None = None
    password_file: Path | None = None
    user_certificate: Path | None = None
    user_key: Path | None = None
    mode: Literal["auto", "subscribe", "poll"] = "auto"
    publish_ms: int = Field(default=1000, ge=50, le=60_000)
    sampling_ms: int | None = Field(default=None, ge=10, le=86_400_000)
    trigger: Trigger = "StatusValue"
    max_silence_s: float | None = Field(default=None, ge=1, le=86_400)
    history: bool = True
    timeout_s: float = Field(default=4.0, gt=0, le=60)
    nodes: tuple[Item, ...] = Field(min_length=1)

    @property
    def secure(self) -> bool:
        """The session is to be signed at least."""
        return self.policy != "None" and not (self.policy is None and self.allow_insecure)

    @property
    def insecure(self) -> bool:
        return not self.secure or self.policy in LEGACY

    @model_validator(mode="after")
    def _insecure_by_choice_only(self) -> Self:
        if self.policy in LEGACY and not self.allow_insecure:
            raise ValueError(
                f"{self.id}: policy {self.policy} protects nothing; leave it out to take the best one"
                " that the server offers, or say `allow_insecure: true` to accept it"
            )
        return self

    @model_validator(mode="after")
    def _credentials_are_whole_and_protected(self) -> Self:
        if (self.user is None) != (self.password_file is None):
            raise ValueError(f"{self.id}: user and password_file go together: give both or neither")
        if (self.user_certificate is None) != (self.user_key is None):
            raise ValueError(f"{self.id}: user_certificate and user_key go together: give both or neither")
        if self.user and self.user_certificate:
            raise ValueError(f"{self.id}: one of user and user_certificate is enough")
        if (self.user or self.user_certificate) and not self.secure:
            raise ValueError(f"{self.id}: credentials are never sent over an unencrypted session")
        return self

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        twice = [tag for tag, n in Counter(item.tag for item in self.nodes).items() if n > 1]
        if twice:
            raise ValueError(f"{self.id}: listed twice: {', '.join(twice)}")
        return self
