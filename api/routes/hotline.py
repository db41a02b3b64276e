"""The hotline card: asked for in a body, so that nobody's number is in an address or a log."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Permission
from api.wire import Answer, plain
from response.hotline.card import Asked, card

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Question(BaseModel):
    """Exactly one of tel, account, address and text, or a call alone; with a call it is about that call.
    text: whatever was typed, taken for what it looks like."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    tel: Words | None = None
    account: Words | None = None
    address: Words | None = None
    text: Words | None = None
    call: Id | None = None

    @property
    def asked(self) -> Asked:
        return Asked(tel=self.tel, account=self.account, address=self.address, text=self.text, call=self.call)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.asked.one is None:
            raise ValueError("give exactly one of tel, account, address and text, or a call")
        return self


async def hotline_card(here: Here, caller: Asker, body: Question) -> Answer:
    """The answer in words to read aloud, then the facts behind it. Each account shown is on record."""
    found = await card(here.hotline, body.asked, user=caller.user, now_ns=here.deps.clock.now_ns())
    return Answer(plain(found))


DOORS = (Door("POST", "/api/v1/hotline/card", hotline_card, Permission.CUSTOMERS),)
