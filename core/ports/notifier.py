"""A channel by which people outside the hub are told something."""

from typing import Protocol

from core.model.message import Delivery, Message


class Notifier(Protocol):
    """One configured channel. What goes wrong is an answer, never an exception: nobody must be left untold
    because another channel raised."""

    async def send(self, message: Message) -> Delivery:
        """Within the channel's own deadline (real seconds). Delivered only when the provider has said that it
        took it. Sending the same `key` twice may tell twice, but the receiver can see that it is one message.
        Cancelled, it lets go of the provider at once and leaves nothing running."""
        ...

    async def close(self) -> None: ...
