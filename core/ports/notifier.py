"""A channel by which people outside the hub are told something."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.model.message import Delivery, Heard, Message


class Notifier(Protocol):
    """One configured channel. What goes wrong is an answer, never an exception: nobody must be left untold
    because another channel raised."""

    async def send(self, message: Message) -> Delivery:
        """Within the channel's own deadline (real seconds). Delivered only when the provider has said that it
        took it. Sending the same `key` twice may tell twice, but the receiver can see that it is one message.
        Cancelled, it lets go of the provider at once and leaves nothing running."""
        ...

    async def close(self) -> None: ...


class Receipts(Protocol):
    """How a provider says, unasked, what became of what it took."""

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """What a provider that asks whether somebody is there wants to hear; None for a stranger."""
        ...

    def heard(
        self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Sequence[Heard] | None:
        """headers: by lower-case name. None for what is not verifiably the provider's, or was recorded and
        sent again; nothing for what it says about other things."""
        ...

    @property
    def thanks(self) -> str:
        """What the provider wants as an answer, so that it does not say it again."""
        ...
